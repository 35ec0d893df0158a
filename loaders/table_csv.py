"""Any table of accounts, posts or reposts, as its columns say.

What columns may be called stands in ``loaders/table_columns.py``; ``--map`` names them where that fails. Each row makes
what its columns allow: an account, its post, and a repost where an original is named.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, cast, get_args

import phonenumbers

from graph.records import (
    STANCES,
    UNKNOWN_PLATFORM,
    Account,
    Chat,
    Moment,
    Post,
    PostKind,
    Record,
    Rejection,
    Repost,
    RepostKind,
    Stance,
    platform_name,
    scoped_id,
)
from loaders.cells import count_in, id_in, parts_of
from loaders.contract import Loader
from loaders.json_values import LONGEST_ID
from loaders.table_columns import MEANINGS, plan
from loaders.times import moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loaders.contract import Head, Row

#: Cells that make a row a post of its own, even where it passes another on.
_OF_A_POST = frozenset({"text", "post_id", "contact_phone"})
_REPOST_KINDS = frozenset(get_args(RepostKind))


def _recognises(head: Head) -> str | None:
    if not head.header:
        return "it does not read as a table"
    return plan(head.header).problem


def _records(row: Row) -> Iterator[Record | Rejection]:
    values, source, line, _ = row
    table = plan(tuple(values), source.columns)
    if table.problem:
        return iter((Rejection(line=line, reason=table.problem),))
    cells = table.read(values)
    try:
        platform = platform_name(cells["platform"]) if "platform" in cells else source.platform or UNKNOWN_PLATFORM
        return iter(
            _posting(cells, platform, source.timezone, table.author)
            if table.posts
            else _profile(cells, platform, source.timezone)
        )
    except ValueError as problem:
        return iter((Rejection(line=line, reason=str(problem)),))


def _profile(cells: dict[str, str], platform: str, timezone: str | None) -> list[Record]:
    """Return the account of a row of accounts, whose ``timestamp`` is when it was seen."""
    account = _account_of(cells, platform, timezone, whole_row=True)
    if account is None:
        raise ValueError("no account: its id and handle are empty")
    return [account]


class _Told(NamedTuple):
    """What a row of posts tells that its post and its repost share."""

    platform: str
    author: str | None
    chat: Chat | None
    at: Moment | None
    seen_at: Moment | None


def _posting(cells: dict[str, str], platform: str, timezone: str | None, author: tuple[str, ...]) -> list[Record]:
    """Return the account, chat, post and repost of a row of posts, as far as it has them."""
    records: list[Record] = []
    account = _author(author, tuple(map(cells.get, author)), platform, timezone)
    if account is not None:
        records.append(account)
    chat = None
    if "chat" in cells:
        chat = Chat(
            platform=platform,
            native_id=_id(cells, "chat", platform),
            title=cells.get("chat_title"),
            invite=cells.get("chat_invite"),
        )
        records.append(chat)
    at, seen_at = _time(cells, "timestamp", timezone), _time(cells, "seen_at", timezone)
    told = _Told(platform, account.id if account else None, chat, at, seen_at)
    native_id = _post_id(cells, told)
    kind, repost_kind = _kinds(cells)
    if "object_id" not in cells or not _OF_A_POST.isdisjoint(cells):
        if _OF_A_POST.isdisjoint(cells) and not {"media", "url"} & cells.keys():
            raise ValueError("holds no post: its id and text are empty")
        records.append(_post(cells, told, native_id, kind))
    if "object_id" in cells:
        records.append(_repost(cells, told, native_id, repost_kind))
    return records


def _repost(cells: dict[str, str], told: _Told, native_id: str, kind: RepostKind) -> Repost:
    if told.author is None:
        raise ValueError("no account: it is not told who passed the original on")
    return Repost(
        account_id=told.author,
        content_id=_scoped(cells, "content_id", told.platform) or scoped_id(told.platform, native_id),
        object_id=scoped_id(told.platform, _id(cells, "object_id", told.platform)),
        kind=kind,
        at=told.at,
        object_account_id=_scoped(cells, "object_account_id", told.platform),
        object_name=cells.get("object_name"),
    )


def _post(cells: dict[str, str], told: _Told, native_id: str, kind: PostKind) -> Post:
    return Post(
        platform=told.platform,
        native_id=native_id,
        account_id=told.author,
        chat_id=told.chat.id if told.chat else None,
        kind=kind,
        text=cells.get("text"),
        at=told.at,
        country=_country(cells.get("country")),
        language=cells.get("language"),
        reply_to=_scoped(cells, "reply_to", told.platform),
        url=cells.get("url"),
        media=cells.get("media"),
        contact_name=cells.get("contact_name"),
        contact_phone=cells.get("contact_phone"),
        stance=_stance(cells),
        status=cells.get("status"),
        links=parts_of(cells.get("links")),
        media_digests=parts_of(cells.get("media_digests")),
        sound_id=_id(cells, "sound_id", told.platform) if "sound_id" in cells else None,
        seen_at=told.seen_at,
    )


@lru_cache(maxsize=1 << 14)
def _author(
    names: tuple[str, ...], told: tuple[str | None, ...], platform: str, timezone: str | None
) -> Account | None:
    """Return the account of a row of posts, of its cells of these names; one that posts often is made once."""
    cells = {name: cell for name, cell in zip(names, told, strict=True) if cell is not None}
    if len(cells) == 1 and "account_id" in cells:  # an id and no more, as most tables of posts have it
        native_id = _id(cells, "account_id", platform)
        if native_id[0] != "@":
            return Account(platform=platform, native_id=native_id)
    return _account_of(cells, platform, timezone, whole_row=False)


def _account_of(cells: dict[str, str], platform: str, timezone: str | None, *, whole_row: bool) -> Account | None:
    """Return the row's account; where it is the ``whole_row``, country, url, status and time are its own."""
    native_id = _id(cells, "account_id", platform) if "account_id" in cells else None
    handle = cells.get("handle", "").strip() or None
    if native_id and native_id.startswith("@"):
        native_id, handle = None, handle or native_id
    if not native_id and not (handle or "").strip("@ \t"):
        return None
    if handle and len(handle) > LONGEST_ID:
        raise ValueError(f"handle is longer than {LONGEST_ID} characters: that is no name of an account")
    seen = _time(cells, "seen_at", timezone)
    return Account(
        platform=platform,
        native_id=native_id,
        handle=handle,
        display_name=cells.get("display_name"),
        bio=cells.get("bio"),
        country=_country(cells.get("account_country") or (cells.get("country") if whole_row else None)),
        status=cells.get("account_status") or (cells.get("status") if whole_row else None),
        phone=cells.get("phone"),
        url=cells.get("account_url") or (cells.get("url") if whole_row else None),
        links=parts_of(cells.get("account_links") or (cells.get("links") if whole_row else None)),
        followers=count_in(cells.get("followers")),
        created_at=_time(cells, "account_created_at", timezone),
        seen_at=seen or (_time(cells, "timestamp", timezone) if whole_row else None),
    )


def _id(cells: dict[str, str], column: str, platform: str) -> str:
    """Return an id as the platform has it; clew's own exports have the platform before it."""
    text = cells[column]
    return id_in(text, column).removeprefix(f"{platform}:") or text


def _scoped(cells: dict[str, str], column: str, platform: str) -> str | None:
    return scoped_id(platform, _id(cells, column, platform)) if column in cells else None


def _post_id(cells: dict[str, str], told: _Told) -> str:
    for column in ("post_id", "content_id"):
        if column in cells:
            return _id(cells, column, told.platform)
    # The same in every file that has this post, so that it is known again.
    at, chat = told.at and told.at.us, told.chat and told.chat.id
    parts: tuple[object, ...] = (
        told.author,
        at,
        chat,
        cells.get("object_id"),
        cells.get("text"),
        cells.get("contact_phone"),
    )
    parts += tuple(f"{name}={cells[name]}" for name in ("url", "reply_to", "media", "contact_name") if name in cells)
    return "row-" + hashlib.sha256(repr(parts).encode()).hexdigest()[:20]


#: A retweet in a table that does not tell what it passes on: the words, and any number in them, are another's.
_COPIED = re.compile(r"\s*RT @\w{1,30}:")


def _kinds(cells: dict[str, str]) -> tuple[PostKind, RepostKind]:
    """Return what the row is as a post and as a repost."""
    if "repost_kind" not in cells and "object_id" not in cells and "RT @" not in cells.get("text", ""):
        return ("reply" if "reply_to" in cells else "post"), "share"  # the quick way for nearly every row
    told = cells.get("repost_kind", "share").lower()
    if told not in _REPOST_KINDS:
        raise ValueError(f"repost_kind {told!r} is none of {', '.join(get_args(RepostKind))}")
    if "object_id" in cells:
        return ("quote" if told == "quote" else "repost"), cast("RepostKind", told)
    if _COPIED.match(cells.get("text", "")):
        return "repost", "share"
    return ("reply" if "reply_to" in cells else "post"), "share"


def _stance(cells: dict[str, str]) -> Stance | None:
    """Return the reviewed stance; one that is misspelt must not pass as unreviewed, which would link an asker."""
    told = cells.get("stance")
    if told is None:
        return None
    if told.lower() not in STANCES:
        raise ValueError(f"stance {told!r} is none of {', '.join(STANCES)}")
    return cast("Stance", told.lower())


def _country(text: str | None) -> str | None:
    """Return a country's two letters, ``None`` for anything else: names of countries are not guessed."""
    if text is None:
        return None
    letters = text.strip().upper()
    letters = "GB" if letters == "UK" else letters
    return letters if letters in phonenumbers.SUPPORTED_REGIONS else None


def _time(cells: dict[str, str], column: str, timezone: str | None) -> Moment | None:
    if column not in cells:
        return None
    try:
        return moment(cells[column], timezone)
    except ValueError as problem:
        raise ValueError(f"{column}: {problem}") from problem


LOADER = Loader(
    name="csv",
    title="any table of accounts, posts or reposts: comma, semicolon or tab",
    shapes=("table",),
    recognises=_recognises,
    columns=MEANINGS,
    records=_records,
    rank=90,
    maps=True,
)
