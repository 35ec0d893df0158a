"""4CAT's custom uploads: somebody's table with the five columns that 4CAT asks for.

Of which platform it is only whoever uploaded it knows: ``--platform``. ``author`` is the account's id as far as the
table tells. Columns beside these are not read; load the table that was uploaded as ``csv`` for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.records import UNKNOWN_PLATFORM, Account, Chat, Post
from loaders.contract import Loader
from loaders.fixed_columns import needed_id, own_id, words
from loaders.fourcat_columns import REDACTED, posted_at, records_by

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.records import Record, Source
    from loaders.contract import Head

COLUMNS = {
    "id": "the item's own id",
    "thread_id": "what it belongs to: the chat that it stands in, unless it is the item's own id",
    "author": "who wrote it; `@name` is taken for a handle",
    "body": "the text",
    "unix_timestamp, timestamp": "when: Unix time, else the clock time",
}
_ASKED_FOR = ("id", "thread_id", "author", "body", "timestamp")
#: Columns of tables that are known by more than the five.
_OF_OTHERS = frozenset({"author_username", "author_full", "author_fullname", "is_in_group", "tiktok_url", "subject"})


def _recognises(head: Head) -> str | None:
    if missing := [name for name in _ASKED_FOR if name not in head.columns]:
        return f"it lacks the columns {', '.join(missing)}"
    others = sorted(_OF_OTHERS & set(head.columns))
    return f"it has {', '.join(others)}, which is another table of 4CAT's" if others else None


def _make(cells: Mapping[str, str], source: Source) -> list[Record]:
    platform = source.platform or UNKNOWN_PLATFORM
    number, author, thread = needed_id(cells, "id"), own_id(cells, "author"), own_id(cells, "thread_id")
    account = None
    if author and author not in REDACTED and author != "@":
        is_handle = author.startswith("@")
        account = Account(
            platform=platform, native_id=None if is_handle else author, handle=author if is_handle else None
        )
    chat = Chat(platform=platform, native_id=thread) if thread and thread != number else None
    post = Post(
        platform=platform,
        native_id=number,
        account_id=account.id if account else None,
        chat_id=chat.id if chat else None,
        text=words(cells, "body"),
        at=posted_at(cells, source.timezone),
    )
    return [record for record in (account, chat, post) if record]


LOADER = Loader(
    name="4cat-custom",
    title="4CAT's custom uploads: CSV, or one item a line as JSON",
    shapes=("table", "json-lines"),
    recognises=_recognises,
    columns=COLUMNS,
    records=records_by(_make),
    rank=40,
)
