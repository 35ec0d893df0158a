"""Tables that somebody put into 4CAT as they were ("custom upload"), as CSV or as one JSON object a line.

4CAT asks for five columns, and puts them first. Columns beside these are not read: load the table that was uploaded as
``csv`` for them.
Its ``id`` may be 4CAT's own count of rows, which begins at 1 in each data set: a post whose id is so short a number is
known by a digest of what its row says. Columns: digitalmethodsinitiative/4cat, datasources/upload/import_formats.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.records import UNKNOWN_PLATFORM, Account, Chat, Post
from loaders.contract import Loader
from loaders.fixed_columns import digest, records_by
from loaders.fourcat_columns import number_in, post_id, pseudonym, time_of, written

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.records import Record, Source
    from loaders.contract import Head

COLUMNS = {
    "id": "the post's own id; a number of fewer than ten digits may be a count of rows, and is none",
    "thread_id": "the group or thread that it stands in, where it is not the same as `id`",
    "author": "the account's id; `@name` is taken for a handle",
    "body": "the text",
    "timestamp, unix_timestamp": "when it was posted: Unix time, or a time in the zone of 4CAT's server",
}
#: How 4CAT orders the columns of an upload; those that the uploaded table has beside them come after these.
_ORDER = ("id", "thread_id", "author", "body", "timestamp", "unix_timestamp")
#: Columns of tables that are known by more than these.
_OF_OTHERS = frozenset({"author_username", "author_full", "author_fullname", "is_in_group", "tiktok_url", "subject"})
_COUNTED = 10


def _recognises(head: Head) -> str | None:
    found = head.columns
    if found[: len(_ORDER)] != _ORDER and set(found) not in (set(_ORDER), set(_ORDER[:-1])):
        return f"its first columns are not {', '.join(_ORDER)}"
    others = sorted(_OF_OTHERS & set(found))
    return f"it has {', '.join(others)}, which is another table of 4CAT's" if others else None


def _make(cells: Mapping[str, str], source: Source) -> list[Record]:
    platform = source.platform or UNKNOWN_PLATFORM
    number, thread, account = post_id(cells), number_in(cells, "thread_id"), _account(cells, platform)
    chat = Chat(platform=platform, native_id=thread) if thread and thread != number else None
    text, at = written(cells, "body"), time_of(cells, source.timezone)
    if number.isascii() and number.isdigit() and len(number) < _COUNTED:
        number = f"row-{digest(number, thread, account and account.id, at and at.us, text)}"
    post = Post(
        platform=platform,
        native_id=number,
        account_id=account.id if account else None,
        chat_id=chat.id if chat else None,
        text=text,
        at=at,
    )
    return [record for record in (account, chat, post) if record]


def _account(cells: Mapping[str, str], platform: str) -> Account | None:
    author = pseudonym(cells, "author") or number_in(cells, "author")
    if author and author.startswith("@"):
        return Account(platform=platform, handle=author) if author.strip("@ \t") else None
    return Account(platform=platform, native_id=author) if author else None


LOADER = Loader(
    name="4cat-custom",
    title="4CAT's custom uploads: id, thread_id, author, body and timestamp, as a table or as JSON lines",
    shapes=("table", "json-lines"),
    recognises=_recognises,
    columns=COLUMNS,
    records=records_by(_make),
    rank=85,
)
