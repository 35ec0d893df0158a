"""4CAT's tables of Facebook posts, as CSV or as one JSON object a line.

``author`` is the end of the address of the author's page: a name or a number, and nothing where the address ends in a
stroke. A group is known by what stands in its address, a number or a name. Columns: digitalmethodsinitiative/4cat,
datasources/facebook, map_item.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from graph.records import Account, Chat, Post
from loaders.contract import Loader
from loaders.fixed_columns import is_true, records_by
from loaders.fourcat_columns import number_in, post_id, pseudonym, recognised_by, time_of, told, written

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.records import Record, Source


PLATFORM = "facebook"
COLUMNS = {
    "id": "the post's number",
    "author, author_name": "the name or number in the address of the author's page, and the name they show",
    "body": "the text",
    "unix_timestamp, timestamp": "when it was posted: Unix time, or a time in the zone of 4CAT's server",
    "is_in_group, group_name": "the group that it stands in, by the name or number in its address",
    "image_url, video_url": "whether pictures and videos are attached",
    "url": "its page",
}
_TELLING = ("id", "url", "body", "author", "author_name", "is_in_group", "group_name")
_BY_NUMBER = "profile.php?"


def _make(cells: Mapping[str, str], source: Source) -> list[Record]:
    group = _group(cells)
    account = _account(cells, in_group=group is not None)
    media = [kind for kind, column in (("photo", "image_url"), ("video", "video_url")) if told(cells, column)]
    post = Post(
        platform=PLATFORM,
        native_id=post_id(cells),
        account_id=account.id if account else None,
        chat_id=group.id if group else None,
        text=written(cells, "body"),
        at=time_of(cells, source.timezone),
        url=told(cells, "url"),
        media=", ".join(media) or None,
    )
    return [record for record in (account, group, post) if record]


def _account(cells: Mapping[str, str], *, in_group: bool) -> Account | None:
    """Return the author as far as their page's address tells them; a shown name is nobody's alone.

    4CAT hashes an empty cell too. Addresses in groups may end in a stroke, so that a hash there may be everybody's.
    """
    hashed = pseudonym(cells, "author")
    if hashed:
        return None if in_group else Account(platform=PLATFORM, native_id=hashed)
    text = number_in(cells, "author")
    if text and text.startswith(_BY_NUMBER):
        text = next(iter(parse_qs(text.removeprefix(_BY_NUMBER)).get("id", ())), None)
    text = (text or "").partition("?")[0].partition("#")[0].strip()
    if not text or any(each.isspace() for each in text):
        return None
    number = text if text.isascii() and text.isdigit() else None
    return Account(
        platform=PLATFORM,
        native_id=number,
        handle=None if number else text,
        display_name=written(cells, "author_name"),
    )


def _group(cells: Mapping[str, str]) -> Chat | None:
    """Return the group, as CrowdTangle's tables have it where its address has the number."""
    name = number_in(cells, "group_name") if is_true(cells, "is_in_group") else None
    if name is None or any(each.isspace() for each in name):
        return None
    number = name if name.isascii() and name.isdigit() else None
    return Chat(
        platform=PLATFORM,
        native_id=f"group{number}" if number else name.lower(),
        kind="group",
        handle=None if number else name,
        invite=f"facebook.com/groups/{name}",
    )


LOADER = Loader(
    name="4cat-facebook",
    title="4CAT's Facebook posts: a table, or one post a line as JSON",
    shapes=("table", "json-lines"),
    recognises=recognised_by(*_TELLING),
    columns=COLUMNS,
    records=records_by(_make),
    rank=9,
    platform=PLATFORM,
)
