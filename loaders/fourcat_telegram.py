"""4CAT's tables of Telegram messages, as CSV or as one JSON object a line.

``author`` is a bare number, of a user or of a channel. It becomes ``user5`` or ``channel5``, as in Telegram Desktop's
exports, where the row tells which: who has a shown name or is a bot is a user, because 4CAT leaves a channel's title
out; without one, it is a channel that has the chat's name or number, or a name on t.me, which deleted users have not.
Where nothing tells (a deleted user, a channel without a name) it stays a bare ``5``, which is nobody else's.

``chat`` is the chat's name, or its number where it has none. Where a channel posts itself, which views tell, its number
is known: such messages are ``channel5/8`` as elsewhere. Others are ``name/8``, by the chat's name in lower case, or
``5/8``. A chat that is told by its title alone (white space taken out), or not at all, is not known by it, and its
messages by a digest of what the row says.

A forward tells whose it is by number, without saying of what sort, and not which message: its object is told as that of
Telegram Desktop's forwards, by the shown name, else the name on t.me, else the number, with the text or media.

Columns: digitalmethodsinitiative/4cat, datasources/telegram, map_item.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from graph.records import Account, Chat, ChatKind, Post, PostKind, Repost, scoped_id
from loaders.cells import parts_of
from loaders.contract import Loader
from loaders.fixed_columns import digest, is_true, mark, records_by
from loaders.fourcat_columns import (
    name_of,
    number_in,
    post_id,
    pseudonym,
    recognised_by,
    time_of,
    told,
    written,
)
from loaders.json_values import id_of, map_of
from loaders.telegram_text import folded, full_name, object_of_forward

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.records import Record, Source


PLATFORM = "telegram"
COLUMNS = {
    "id": "the message's number in its chat, with the chat before it or not",
    "chat, thread_id": "the chat's name or number; its title in tables of before 2023, where it has no name",
    "author, author_username, author_name, author_is_bot": "who wrote it: number, name, first and last name",
    "body": "the text",
    "body_markdown, entities_linked, link_attached": "links that the text does not show",
    "unix_timestamp, timestamp": "when it was sent: Unix time, or a time in the zone of 4CAT's server",
    "is_reply, reply_to": "the message in the same chat that it answers",
    "author_forwarded_from_name, author_forwarded_from_username, author_forwarded_from_id": "whose it forwards",
    "timestamp_forwarded_from, unix_timestamp_forwarded_from": "that it is a forward; when is not kept",
    "attachment_type, attachment_data": "what is attached, Telegram's number of it, a contact card's name and number",
    "restriction_reason": "why Telegram restricts the message",
}
_TELLING = ("id", "chat", "author", "author_is_bot", "body", "author_forwarded_from_name", "attachment_type")
_USERNAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{3,31}")
_NUMBER = re.compile(r"[1-9]\d{0,17}", re.ASCII)
#: A message's number; newer tables have the chat and a hyphen before it.
_MESSAGE = re.compile(r"(?:.+-)?([1-9][0-9]{0,17})", re.DOTALL)
_PEER = re.compile(r"(?:user|chat|channel)\d{1,18}", re.ASCII)
_MARKED = re.compile(r"-100(\d{5,15})", re.ASCII)
#: What 4CAT calls a chat that it knows nothing of.
_UNTOLD = "unknown"
#: What only forwards have; hashed columns tell nothing, because what is empty is hashed too.
_FORWARDED = (
    "unix_timestamp_forwarded_from",
    "timestamp_forwarded_from",
    "author_forwarded_from_id",
    "author_forwarded_from_username",
    "author_forwarded_from_name",
)
#: A link behind words, as Telethon writes it.
_BEHIND_WORDS = re.compile(r"\]\((https?://[^\s()]+)\)")
#: 4CAT's kinds of media that Telegram Desktop calls otherwise; a link's preview is none.
_MEDIA = {
    "geo": "location",
    "geo_live": "location",
    "venue": "location",
    "game": "game_title",
    "video": "video_file",
    "audio": "audio_file",
    "image": "file",
    "application": "file",
    "text": "file",
    "url": None,
}
_DIGESTS = {"photo": "photo", "video": "document"}


class _Author(NamedTuple):
    """Who wrote a message, and whether the chat has their name or number: then it is a channel, or with this user."""

    account: Account
    is_chat: bool = False


def _make(cells: Mapping[str, str], source: Source) -> list[Record]:
    place = _place(cells)
    author = _author(cells, place, source.collector)
    account = author.account if author else None
    chat = _chat(cells, place, author)
    number, text, at = _number(cells), written(cells, "body"), time_of(cells, source.timezone)
    forward = _is_forward(cells)
    answered = number_in(cells, "reply_to")
    kind: PostKind = "post"
    if forward:
        kind = "repost"
    elif answered or is_true(cells, "is_reply"):
        kind = "reply"
    data = _attached(cells)
    card = data if told(cells, "attachment_type") == "contact" else {}
    known = chat is not None and chat.title is None
    native_id = f"{chat.native_id}/{number}" if chat and known else None
    post = Post(
        platform=PLATFORM,
        native_id=native_id or f"row-{digest(number, place, account and account.id, at and at.us, text)}",
        account_id=account.id if account else None,
        chat_id=chat.id if chat else None,
        kind=kind,
        text=text,
        at=at,
        reply_to=f"{chat.id}/{answered}" if chat and known and answered else None,
        media=_media(cells),
        contact_name=full_name(card),
        contact_phone=id_of(card.get("phone_number")),
        status=f"restricted: {reason}" if (reason := told(cells, "restriction_reason")) else None,
        links=_links(cells, text),
        media_digests=_media_digests(cells, data),
    )
    repost = _forward(cells, post, account) if forward and account else None
    return [record for record in (account, chat, post, repost) if record]


def _place(cells: Mapping[str, str]) -> str | None:
    """Return what tells the chat: its name, number, peer or title; ``None`` where 4CAT knows nothing of it."""
    found = (number_in(cells, name) or pseudonym(cells, name) for name in ("chat", "thread_id"))
    text = next(filter(None, found), _UNTOLD).removeprefix("@")
    marked = _MARKED.fullmatch(text)
    return f"channel{marked[1]}" if marked else None if text == _UNTOLD else text


def _number(cells: Mapping[str, str]) -> str:
    """Return the message's number in its chat."""
    text = post_id(cells)
    if found := _MESSAGE.fullmatch(text):
        return found[1]
    raise ValueError(f"id {text[:40]!r} is no message's number")


def _author(cells: Mapping[str, str], place: str | None, collector: str | None) -> _Author | None:
    """Return who wrote a message; ``None`` where that is not told or 4CAT took it out."""
    if hashed := pseudonym(cells, "author"):
        # What is empty is hashed as well: a hash that stands for a name too is that of nothing.
        nothing = {mark(cells, "author_username"), mark(cells, "author_name")}
        empty = hashed.removeprefix("pseudonym-") in nothing
        return None if empty else _Author(Account(platform=PLATFORM, native_id=hashed))
    number, handle, name = number_in(cells, "author"), name_of(cells, "author_username"), written(cells, "author_name")
    if number is None:
        return _Author(Account(platform=PLATFORM, handle=handle, display_name=name)) if handle else None
    is_chat = place is not None and (place in {number, f"channel{number}"} or place.lower() == (handle or "").lower())
    # Nobody counts the views of what a user writes to another.
    person = (name is not None or is_true(cells, "author_is_bot")) and not (is_chat and told(cells, "views"))
    peer = _peer(number, person=person, channel=is_chat or handle is not None)
    partner = is_chat and peer.startswith("user")
    mine = collector is not None and _is_collector(collector, peer, number, handle, name)
    account = Account(
        platform=PLATFORM,
        native_id=peer,
        handle=handle,
        display_name=name,
        collector=mine,
        private=partner and not mine,
    )
    return _Author(account, is_chat)


def _peer(number: str, *, person: bool, channel: bool) -> str:
    """Return a number with what it is before it, as far as that is known."""
    if _PEER.fullmatch(number):
        return number
    if found := _MARKED.fullmatch(number):
        return f"channel{found[1]}"
    if not _NUMBER.fullmatch(number):
        return f"pseudonym-{number}"  # somebody else put it in the number's place
    if person:
        return f"user{number}"
    return f"channel{number}" if channel else number


def _is_collector(said: str, peer: str, number: str, handle: str | None, name: str | None) -> bool:
    """Return whether an account is called as ``--collector`` says; a channel is nobody who collects."""
    said = said.removeprefix(f"{PLATFORM}:")
    known = {number, peer, name, f"@{handle.lower()}" if handle else None}
    return peer.startswith("user") and (said in known or f"@{said.removeprefix('@').lower()}" in known)


def _chat(cells: Mapping[str, str], place: str | None, author: _Author | None) -> Chat | None:
    """Return the chat, by its number where that is told; ``None`` where nothing is told of it."""
    if place is None:
        return None
    is_name = _USERNAME.fullmatch(place) and not _PEER.fullmatch(place)
    if not (is_name or _NUMBER.fullmatch(place) or _PEER.fullmatch(place)):
        return Chat(platform=PLATFORM, native_id=f"titled-{digest(place)}", title=place)
    native_id = place.lower()
    kind: ChatKind | None = None
    if author and author.is_chat:
        peer = author.account.native_id or ""
        if peer.startswith("user"):
            kind = "bot" if is_true(cells, "author_is_bot") else "personal"
        elif told(cells, "views"):  # which what a group writes in itself has not, unless it forwards it
            native_id, kind = peer, None if _is_forward(cells) else "channel"
    return Chat(
        platform=PLATFORM,
        native_id=native_id,
        kind=kind,
        handle=place if is_name and kind in {None, "channel"} else None,
    )


def _is_forward(cells: Mapping[str, str]) -> bool:
    return any(told(cells, name) for name in _FORWARDED)


def _forward(cells: Mapping[str, str], post: Post, account: Account) -> Repost | None:
    """Return what a post passes on, as Telegram Desktop's exports tell it; ``None`` where nothing tells it."""
    name, handle = written(cells, "author_forwarded_from_name"), name_of(cells, "author_forwarded_from_username")
    whose = name or handle or told(cells, "author_forwarded_from_id")
    marks = tuple(("media", each) for each in post.media_digests)
    object_id = object_of_forward(whose, folded(post.text), marks)
    if object_id is None:
        return None
    return Repost(
        account_id=account.id,
        content_id=post.id,
        object_id=scoped_id(PLATFORM, object_id),
        kind="forward",
        at=post.at,
        object_name=whose,
    )


def _attached(cells: Mapping[str, str]) -> dict[str, Any]:
    """Return what is told of an attachment; an empty map where that is nothing, or not JSON."""
    try:
        return map_of(json.loads(cells.get("attachment_data") or "null"))
    except (ValueError, RecursionError):
        return {}


def _media(cells: Mapping[str, str]) -> str | None:
    kind = told(cells, "attachment_type")
    return _MEDIA.get(kind, kind) if kind else None


def _media_digests(cells: Mapping[str, str], data: Mapping[str, Any]) -> tuple[str, ...]:
    """Return Telegram's own number of a photo or video, which keeps it where it is passed on."""
    kind, number = _DIGESTS.get(told(cells, "attachment_type") or ""), id_of(data.get("id"))
    return (f"{kind}{number}",) if kind and number else ()


def _links(cells: Mapping[str, str], text: str | None) -> tuple[str, ...]:
    """Return the links that a text does not show; names of chats, which 4CAT may list, stand in it."""
    found = [*_BEHIND_WORDS.findall(cells.get("body_markdown", "")), *parts_of(told(cells, "entities_linked"))]
    found += [told(cells, "link_attached") or ""]
    shown = text or ""
    return tuple(dict.fromkeys(link for link in found if "://" in link and link not in shown))


LOADER = Loader(
    name="4cat-telegram",
    title="4CAT's Telegram messages: a table, or one message a line as JSON",
    shapes=("table", "json-lines"),
    recognises=recognised_by(*_TELLING),
    columns=COLUMNS,
    records=records_by(_make),
    rank=9,
    platform=PLATFORM,
)
