"""4CAT's table of Facebook posts.

An author is known by the name in its address, which is unique there; a number stands for the account just as well. A
group's posts name the group but give no id of it, so it is known by its name within this file only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.records import Account, Chat, Post
from loaders.contract import Loader
from loaders.fixed_columns import digest, is_true, mark, needed_id, own_id, words
from loaders.fourcat_columns import person, posted_at, recognised_by, records_by

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.records import Record, Source

PLATFORM = "facebook"
COLUMNS = {
    "id": "the post's own id",
    "url": "its page",
    "body": "the text",
    "author": "who wrote it: the name in the account's address, or its number",
    "author_name": "the name that the account shows",
    "is_in_group, group_name": "the group that it stands in",
    "image_url, video_url": "what is attached: a picture, a video",
    "unix_timestamp, timestamp": "when: Unix time, else the clock time",
}


def _make(cells: Mapping[str, str], source: Source) -> list[Record]:
    number = needed_id(cells, "id")
    author = own_id(cells, "author") if person(cells, "author") else None
    records: list[Record] = []
    account = chat = None
    if author:
        is_number = author.isascii() and author.isdigit()
        account = Account(
            platform=PLATFORM,
            native_id=author if is_number else None,
            handle=None if is_number else author,
            display_name=person(cells, "author_name"),
        )
        records.append(account)
    if is_true(cells, "is_in_group") and (title := words(cells, "group_name")):
        native_id = f"group-{digest(source.sha256, title)}"
        chat = Chat(platform=PLATFORM, native_id=native_id, kind="group", title=title)
        records.append(chat)
    kinds = [kind for kind in ("image", "video") if mark(cells, f"{kind}_url")]
    post = Post(
        platform=PLATFORM,
        native_id=number,
        account_id=account.id if account else None,
        chat_id=chat.id if chat else None,
        text=words(cells, "body"),
        at=posted_at(cells, source.timezone),
        url=mark(cells, "url"),
        media=", ".join(kinds) or None,
    )
    return [*records, post]


LOADER = Loader(
    name="4cat-facebook",
    title="4CAT's Facebook posts: CSV, or one post a line as JSON",
    shapes=("table", "json-lines"),
    recognises=recognised_by("id", "url", "body", "author", "author_name", "is_in_group", "group_name"),
    columns=COLUMNS,
    records=records_by(_make),
    rank=22,
    platform=PLATFORM,
)
