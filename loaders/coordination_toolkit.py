"""The eight columns of the coordination-network-toolkit: messages, with what they repost, answer and link to.

The toolkit reads them by position and passes over the header, whatever it says; with ``--as`` so does this. Its times
are seconds from anywhere: what can't be a Unix time is rejected. Columns: QUT Digital Observatory,
coordination-network-toolkit, README and preprocess.py.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from graph.records import UNKNOWN_PLATFORM, Account, Post, PostKind, Record, Repost, scoped_id
from loaders.cells import parts_of
from loaders.contract import Loader
from loaders.fixed_columns import handle_of, needed_id, own_id, records_by, when, words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.records import Record, Source
    from loaders.contract import Head

COLUMNS = {
    "message_id": "1st: the message's own id",
    "user_id": "2nd: who wrote it",
    "username": "3rd: the account's public name",
    "repost_id": "4th: the message that it passes on, word for word",
    "reply_id": "5th: the message that it answers",
    "message": "6th: the text",
    "timestamp": "7th: when, Unix seconds",
    "urls": "8th: the links in it, apart by blanks or as a list",
}


def _recognises(head: Head) -> str | None:
    if head.header[: len(COLUMNS)] == tuple(COLUMNS):
        return None
    return (
        "its first eight columns are not message_id, user_id, username, repost_id, reply_id, message, timestamp, urls"
    )


def _message(values: Mapping[str, str], source: Source) -> list[Record]:
    cells = dict(zip(COLUMNS, islice(values.values(), len(COLUMNS)), strict=False))
    if len(cells) < len(COLUMNS):
        raise ValueError(f"has {len(cells)} columns where eight are read by their position")
    platform = source.platform or UNKNOWN_PLATFORM
    number, author = needed_id(cells, "message_id"), own_id(cells, "user_id")
    handle = handle_of(cells, "username")
    at = when(cells, "timestamp", timezone=source.timezone)
    account = Account(platform=platform, native_id=author, handle=handle) if author or handle else None
    passed_on, answered = own_id(cells, "repost_id"), own_id(cells, "reply_id")
    kind: PostKind = "repost" if passed_on else "reply" if answered else "post"
    post = Post(
        platform=platform,
        native_id=number,
        account_id=account.id if account else None,
        kind=kind,
        text=words(cells, "message"),
        at=at,
        reply_to=scoped_id(platform, answered) if answered else None,
        links=parts_of(cells["urls"]),
    )
    records: list[Record] = [account, post] if account else [post]
    if passed_on:
        if account is None:
            raise ValueError("no account: it is not told who passed the original on")
        original = scoped_id(platform, passed_on)
        records.append(Repost(account_id=account.id, content_id=post.id, object_id=original, at=at))
    return records


LOADER = Loader(
    name="coordination-network-toolkit",
    title="the coordination-network-toolkit's table of messages: eight columns by their position",
    shapes=("table",),
    recognises=_recognises,
    columns=COLUMNS,
    records=records_by(_message),
    rank=20,
    by_position=True,
)
