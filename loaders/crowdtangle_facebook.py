"""CrowdTangle's downloads of Facebook posts, of pages and of groups. The service ended on 14 August 2024.

A page is the author of its posts. Who wrote a group's posts the download does not tell: they stand in the group and are
nobody's. Times are as the service's clock had them, EDT and EST. Columns: as 4CAT imports them (datasources/custom).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from graph.records import Account, Chat, Post, Record, Rejection
from loaders.contract import Loader
from loaders.fixed_columns import digest, handle_of, mark, number_of, own_id, words
from loaders.json_values import country_of
from loaders.times import moment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from graph.records import Moment
    from loaders.contract import Head, Row

PLATFORM = "facebook"
COLUMNS = {
    "Page Name, Group Name": "what the page or group is called",
    "User Name": "its public name",
    "Facebook Id": "its number",
    "Page Description": "what a page says of itself",
    "Page Admin Top Country": "where most of its admins are, two letters",
    "Page Created": "when the page was made",
    "Followers at Posting": "how many followed it",
    "Post Created": "when it was posted, in US Eastern time",
    "Type": "what is attached: photo, video, link, …",
    "URL": "the post's page, by which it is known",
    "Message": "the text",
    "Image Text": "text in the picture: a line under the message",
    "Link Text, Description": "what the page says that is linked to: lines under these, marked as quoted",
    "Link, Final Link": "where it links to, shortened and in full",
}
_TELLING = ("Facebook Id", "Post Created", "Message", "URL")
#: A post's number or, since 2022, its code, at the end of its address.
_NUMBER = re.compile(
    r"/(?:posts|permalink|videos|photos|reel|reels)/(?:[^/?#]+/)*?([^/?#]+)/?(?:[?#]|$)|[?&](?:story_fbid|fbid|v)=([^&#]+)"
)
_EASTERN = {"EDT": "-04:00", "EST": "-05:00", "UTC": "+00:00", "GMT": "+00:00"}


def _recognises(head: Head) -> str | None:
    missing = [name for name in _TELLING if name not in head.header]
    if not missing and not {"Page Name", "Group Name"} & set(head.header):
        missing = ["Page Name or Group Name"]
    return f"its header lacks {', '.join(missing)}" if missing else None


def _records(row: Row) -> Iterator[Record | Rejection]:
    cells, line = row.values, row.line
    try:
        return iter(_group_post(cells) if "Group Name" in cells else _page_post(cells))
    except ValueError as problem:
        return iter((Rejection(line=line, reason=str(problem)),))


def _page_post(cells: Mapping[str, str]) -> list[Record]:
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
        created_at=eastern(cells, "Page Created"),
    )
    return [page, _post(cells, number or handle or "", account_id=page.id, chat_id=None)]


def _group_post(cells: Mapping[str, str]) -> list[Record]:
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
    return [group, _post(cells, group.native_id, account_id=None, chat_id=group.id)]


def _post(cells: Mapping[str, str], where: str, *, account_id: str | None, chat_id: str | None) -> Post:
    at, url = eastern(cells, "Post Created"), mark(cells, "URL")
    own, shown = text_of(cells, "Message", "Image Text"), text_of(cells, "Link Text", "Description")
    text = "\n".join(part for part in (own, shown) if part) or None
    if not (text or url):
        raise ValueError("holds no post: its URL and its texts are empty")
    links = (mark(cells, "Final Link"), mark(cells, "Link"))
    number = next(filter(None, found.groups()), None) if url and (found := _NUMBER.search(url)) else None
    return Post(
        platform=PLATFORM,
        native_id=f"{where}/{number}" if number else f"row-{digest(where, at and at.us, url, text)}",
        account_id=account_id,
        chat_id=chat_id,
        text=text,
        quoted_spans=(len(text) - len(shown), len(text)) if text and shown else (),
        at=at,
        url=url,
        media=mark(cells, "Type"),
        links=tuple(dict.fromkeys(link for link in links if link and link != url)),
    )


def text_of(cells: Mapping[str, str], *columns: str) -> str | None:
    """Return the texts of these columns, each once, one under the other; ``None`` where all are blank."""
    return "\n".join(dict.fromkeys(text for name in columns if (text := words(cells, name)))) or None


def eastern(cells: Mapping[str, str], column: str) -> Moment | None:
    """Return the time in a cell of CrowdTangle's, whose clocks say EDT or EST; ``None`` where it is empty."""
    text = mark(cells, column)
    if text is None:
        return None
    clock, _, zone = text.rpartition(" ")
    try:
        return moment(f"{clock}{_EASTERN[zone]}" if zone in _EASTERN else text)
    except ValueError as problem:
        raise ValueError(f"{column}: {problem}") from problem


LOADER = Loader(
    name="crowdtangle-facebook",
    title="CrowdTangle's posts of Facebook pages or groups, a table",
    shapes=("table",),
    recognises=_recognises,
    columns=COLUMNS,
    records=_records,
    rank=20,
    platform=PLATFORM,
)
