"""CrowdTangle's downloads of Facebook posts, of pages and of groups. The service ended on 14 August 2024.

A page is the author of its posts. Who wrote a group's posts the download does not tell: they stand in the group and are
nobody's. A post is known by its number alone, as in 4CAT's tables. What a linked page says is marked as quoted, and so
is the text in a picture that the post shares from another page. Times are by the clock of whoever downloaded, with the
letters of its zone. Columns: as 4CAT imports them (datasources/upload/import_formats.py).
"""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from graph.records import Account, Chat, Post, Record, bare_handle
from loaders.contract import Loader
from loaders.fixed_columns import digest, handle_of, is_true, mark, number_of, own_id, records_by, when, words
from loaders.json_values import LONGEST_ID, country_of
from loaders.zone_letters import moment_by_letters

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.records import Moment, Source
    from loaders.contract import Head

PLATFORM = "facebook"
COLUMNS = {
    "Page Name, Group Name": "what the page or group is called",
    "User Name": "its public name",
    "Facebook Id": "its number",
    "Page Description": "what a page says of itself",
    "Page Admin Top Country": "where most of its admins are, two letters",
    "Page Created": "when the page was made",
    "Followers at Posting": "how many followed it",
    "Post Created": "when it was posted; its letters tell the zone, or `--timezone`",
    "Type": "what is attached: photo, video, link, …",
    "URL": "the post's page, by which it is known",
    "Message": "the text",
    "Image Text": "text in the picture: a line under the message",
    "Link Text, Description": "what the page says that is linked to: lines under these, marked as quoted",
    "Is Video Owner?": "whether these are what the page says of its own video: then they are its own text",
    "Link, Final Link": "where it links to, shortened and in full; whose picture it is",
}
_TELLING = ("Facebook Id", "Post Created", "Message", "URL")
#: What stands before a post's number or, since 2022, its code, in its address; and what it is called in a query.
_BEFORE_NUMBER = frozenset({"posts", "permalink", "videos", "photos", "reel", "reels"})
_NUMBERS = ("story_fbid", "fbid", "v")
_FACEBOOK = re.compile(r"https?://(?:[a-z-]+\.)?facebook\.com/", re.IGNORECASE)
#: What an address may begin with that is nobody's name.
_PLACES = frozenset({"groups", "photo", "watch", "reel", "events", "media", "hashtag", "share", "stories", "story"})


def _recognises(head: Head) -> str | None:
    missing = [name for name in _TELLING if name not in head.header]
    if not missing and not {"Page Name", "Group Name"} & set(head.header):
        missing = ["Page Name or Group Name"]
    return f"its header lacks {', '.join(missing)}" if missing else None


def _make(cells: Mapping[str, str], source: Source) -> list[Record]:
    return (_group_post if "Group Name" in cells else _page_post)(cells, source.timezone)


def _page_post(cells: Mapping[str, str], timezone: str | None) -> list[Record]:
    number, handle = own_id(cells, "Facebook Id"), handle_of(cells, "User Name")
    if not (number or handle):
        raise ValueError("no page: its Facebook Id and User Name are empty")
    page = Account(
        platform=PLATFORM,
        native_id=number,
        handle=handle,
        display_name=words(cells, "Page Name"),
        bio=words(cells, "Page Description"),
        country=country_of(mark(cells, "Page Admin Top Country")),
        followers=number_of(cells, "Followers at Posting"),
        created_at=_made(cells, timezone),
    )
    whose = frozenset(name.lower() for name in (number, handle) if name)
    return [page, _post(cells, timezone, page, whose)]


def _group_post(cells: Mapping[str, str], timezone: str | None) -> list[Record]:
    number = own_id(cells, "Facebook Id")
    if not number:
        raise ValueError("no group: its Facebook Id is empty")
    handle = handle_of(cells, "User Name")
    group = Chat(
        platform=PLATFORM,
        native_id=f"group{number}",
        kind="group",
        title=words(cells, "Group Name"),
        handle=handle,
        invite=f"facebook.com/groups/{number}",
    )
    return [group, _post(cells, timezone, group, frozenset())]


def _post(cells: Mapping[str, str], timezone: str | None, where: Account | Chat, whose: frozenset[str]) -> Post:
    """Return a post of a page or in a group; ``whose`` are the page's number and name, as addresses have them."""
    at, url = clock_time(cells, "Post Created", timezone), mark(cells, "URL")
    links = tuple(link for name in ("Final Link", "Link") if (link := mark(cells, name)))
    own, shown = ["Message"], ["Link Text", "Description"]
    if is_true(cells, "Is Video Owner?"):
        own, shown = own + shown, []
    (shown if whose and any(_is_anothers(link, whose) for link in links) else own).insert(1, "Image Text")
    mine, quoted = text_of(cells, *own), text_of(cells, *shown)
    text = "\n".join(part for part in (mine, quoted) if part) or None
    if not (text or url):
        raise ValueError("holds no post: its URL and its texts are empty")
    name = where.native_id or bare_handle(where.handle or "")
    code = _code_of(url) if url else None
    number = code if code is None or (code.isascii() and code.isdigit()) else f"{name}/{code}"
    return Post(
        platform=PLATFORM,
        native_id=number or f"row-{digest(name, at and at.us, url, text)}",
        account_id=where.id if isinstance(where, Account) else None,
        chat_id=where.id if isinstance(where, Chat) else None,
        text=text,
        quoted_spans=(len(text) - len(quoted), len(text)) if text and quoted else (),
        at=at,
        url=url,
        media=mark(cells, "Type"),
        links=tuple(dict.fromkeys(link for link in links if link != url)),
    )


def _code_of(url: str) -> str | None:
    """Return the number or code of a post in its address, ``None`` where it has none."""
    path, _, query = url.partition("#")[0].partition("?")
    parts = [part for part in path.split("/") if part]
    if not _BEFORE_NUMBER.isdisjoint(parts[:-1]):
        return parts[-1][:LONGEST_ID]
    told = parse_qs(query[:2_000])
    return next((told[name][0][:LONGEST_ID] for name in _NUMBERS if name in told), None)


def _is_anothers(link: str, whose: frozenset[str]) -> bool:
    """Return whether a link leads to what another page posted, as far as its address tells."""
    found = _FACEBOOK.match(link)
    name = re.split(r"[/?#]", link[found.end() :], maxsplit=1)[0].lower() if found else ""
    return bool(name) and not name.endswith(".php") and name not in _PLACES and name not in whose


def _made(cells: Mapping[str, str], timezone: str | None) -> Moment | None:
    """Return when a page was made; a time that can't be read is not worth a post."""
    with contextlib.suppress(ValueError):
        return clock_time(cells, "Page Created", timezone)
    return None


def text_of(cells: Mapping[str, str], *columns: str) -> str | None:
    """Return the texts of these columns, each once, one under the other; ``None`` where all are blank."""
    return "\n".join(dict.fromkeys(text for name in columns if (text := words(cells, name)))) or None


def clock_time(cells: Mapping[str, str], column: str, timezone: str | None) -> Moment | None:
    """Return the time in a cell of CrowdTangle's, by the letters of its zone; ``None`` where it is empty."""
    return when(cells, column, timezone=timezone, read=moment_by_letters)


LOADER = Loader(
    name="crowdtangle-facebook",
    title="CrowdTangle's posts of Facebook pages or groups, a table",
    shapes=("table",),
    recognises=_recognises,
    columns=COLUMNS,
    records=records_by(_make),
    rank=20,
    platform=PLATFORM,
)
