"""Records on their way into a case: batches of columns, each record with its digest, as Arrow has them.

A record's *digest* is taken over what it states. Two rows that state the same are one version, seen twice.

The digest is the first half of SHA-256 over the table's name and the stated values as a JSON array in canonical form
(RFC 8785), which tells absent from empty and one value from two. Every case that holds an observation holds this digest
of it, so the definition is never to be changed: of columns that came later (``Column.since``), all are in the array if
any of them is stated, and else none is.

Nothing here knows DuckDB: a batch is made where the rows are read, which may be in another process.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson
import pyarrow as pa

from graph.batch_bytes import batch_bytes, batch_of
from graph.records import Account, Chat, Moment, Post, ReadRow, Record, Rejection, Relation, Repost
from graph.schema import OBSERVATIONS, Table

if TYPE_CHECKING:
    import hashlib

#: What is held in Python before it becomes a batch of columns: records, and the bytes that they state.
BATCH, BATCH_BYTES = 20_000, 1 << 24
#: Accounts in a row of which one that says nothing new is dropped at once: a table of posts repeats its accounts. A
#: digest in a set takes some 100 bytes; what is dropped too late costs a row of the stage and nothing else.
RECENT = 60_000
#: Records that a loader makes once and gives out again and again, known by being the same object.
_SAME = 1 << 13
#: What a record may state, in bytes. The longest posts are Facebook's, of 63,206 characters; DuckDB takes 2,048 rows at
#: once into memory, whatever is in them.
LARGEST = 1 << 18
#: How much of a rejected row is kept.
ROW_EXCERPT = 500
_DIGEST_BYTES = 16
_FIRST = {table.name: table.first_stated for table in OBSERVATIONS}

_ARROW: dict[str, pa.DataType] = {
    "VARCHAR": pa.string(),
    "BIGINT": pa.int64(),
    "BOOLEAN": pa.bool_(),
    "INTEGER[]": pa.list_(pa.int32()),
    "VARCHAR[]": pa.list_(pa.string()),
}
_REFUSED = pa.schema([("row_no", pa.int64()), ("line", pa.int64()), ("reason", pa.string()), ("row", pa.string())])


class Staged(NamedTuple):
    """Some rows of a source as columns.

    ``rows`` is how many rows these are. ``tables`` has for each observation table that they state something for a batch
    of ``row_no``, ``line``, ``seen_us``, ``digest`` and the table's stated columns; ``refused`` the rejected rows:
    ``row_no``, ``line``, ``reason``, ``row``. ``row_no`` counts from 0 in this batch.
    """

    rows: int
    tables: Mapping[str, pa.RecordBatch]
    refused: pa.RecordBatch


def _us(moment: Moment | None) -> int | None:
    return None if moment is None else moment.us


def digest_of(table: str, values: tuple[Any, ...]) -> bytes:
    """Return the digest of a version: of the table's name and what it states, in the order of the columns.

    Raises ``TypeError`` for a text with half a surrogate pair, which is no character.
    """
    told = _in_digest(values, _FIRST[table])
    return sha256(table.encode() + orjson.dumps(told)).digest()[:_DIGEST_BYTES]


def _in_digest(values: tuple[Any, ...], first: int) -> tuple[Any, ...]:
    """Return what of a record's values its digest is over: the later ones only where one of them is stated."""
    later = values[first:]
    return values if later.count(None) < len(later) else values[:first]


_NO_MOMENT: tuple[None, None, None] = (None, None, None)


def _account(r: Account) -> tuple[Any, ...]:
    return (
        r.id, r.platform, r.native_id, r.handle, r.display_name, r.bio, r.country, r.status, r.phone, r.url,
        r.followers, _us(r.created_at), r.collector, r.private, r.links or None,
    )  # fmt: skip


def _post(r: Post) -> tuple[Any, ...]:
    return (
        r.id, r.platform, r.native_id, r.account_id, r.chat_id, r.kind, r.text, r.quoted_spans or None,
        *(r.at or _NO_MOMENT), r.country, r.language, r.reply_to, r.url, r.media, r.contact_name, r.contact_phone,
        r.stance, r.status, r.links or None, r.media_digests or None, r.sound_id,
    )  # fmt: skip


def _repost(r: Repost) -> tuple[Any, ...]:
    return (
        r.id, r.account_id, r.content_id, r.object_id, r.kind, *(r.at or _NO_MOMENT), r.object_account_id,
        r.object_name,
    )  # fmt: skip


def _chat(r: Chat) -> tuple[Any, ...]:
    return (r.id, r.platform, r.native_id, r.kind, r.title, r.handle, r.invite)


def _relation(r: Relation) -> tuple[Any, ...]:
    return (
        r.id, r.subject_id, r.object_id, r.kind, r.asserted_by, r.name, r.phone, r.private, *(r.at or _NO_MOMENT),
    )  # fmt: skip


#: What of a record goes into its table's columns, after the digest; whether it says when it was seen, and whether
#: sources say it over and over.
_VALUES: dict[type[Record], tuple[Callable[[Any], tuple[Any, ...]], bool, bool]] = {
    Account: (_account, True, True),
    Post: (_post, True, False),
    Repost: (_repost, False, False),
    Chat: (_chat, True, True),
    Relation: (_relation, False, False),
}


@dataclass(slots=True)
class _Stage:
    """One observation table's records that wait to become columns."""

    table: Table
    values_of: Callable[[Any], tuple[Any, ...]]
    has_seen: bool
    repeats: bool
    #: SHA-256 of the table's name; a copy of it goes on with what a record states.
    hashed: hashlib._Hash
    #: How many columns are in every digest.
    first: int
    marks: list[tuple[int, int, int | None, bytes]] = field(default_factory=list)
    stated: list[tuple[Any, ...]] = field(default_factory=list)

    def columns(self) -> pa.RecordBatch:
        """Return what was taken as columns, and forget it."""
        kinds = [pa.int64(), pa.int64(), pa.int64(), pa.binary(), *(_ARROW[c.type] for c in self.table.stated)]
        names = ["row_no", "line", "seen_us", "digest", *(c.name for c in self.table.stated)]
        columns = [*zip(*self.marks, strict=True), *zip(*self.stated, strict=True)]
        arrays = [pa.array(values, kind) for values, kind in zip(columns, kinds, strict=True)]
        self.marks, self.stated = [], []
        return pa.record_batch(arrays, names=names)


class Stager:
    """Makes batches of columns from rows, and drops what records say again that others just said."""

    def __init__(self) -> None:
        tables = zip(_VALUES.items(), OBSERVATIONS, strict=True)
        self._stages = {
            kind: _Stage(table, *how, sha256(table.name.encode()), table.first_stated) for (kind, how), table in tables
        }
        self._recent: set[bytes] = set()
        self._same: dict[int, Record] = {}
        self._refused: list[tuple[int, int, str, str | None]] = []
        self._rows = 0

    def batches(self, rows: Iterable[ReadRow]) -> Iterator[Staged]:
        """Yield the rows as batches of at most ``BATCH`` records, or a little over ``BATCH_BYTES``; one at least."""
        size = records = 0
        for row in rows:
            records += len(row.records)
            size += self._take(row)
            if records >= BATCH or size >= BATCH_BYTES or len(self._refused) >= BATCH:
                yield self._batch()
                size = records = 0
        yield self._batch()

    def one_batch(self, rows: Iterable[ReadRow]) -> Staged:
        """Return all the rows as one batch."""
        for row in rows:
            self._take(row)
        return self._batch()

    def _take(self, row: ReadRow) -> int:
        """Take a row's records, and return how many bytes they state that was not just stated."""
        line, records, rejection = row
        row_no = self._rows
        self._rows = row_no + 1
        same, stages = self._same, self._stages
        size = 0
        for record in records:
            if id(record) in same:
                continue
            stage = stages[type(record)]
            values = stage.values_of(record)
            in_digest = _in_digest(values, stage.first)
            try:
                told = orjson.dumps(in_digest)
            except TypeError:
                values = tuple(map(_whole, values))
                told = orjson.dumps(values[: len(in_digest)])
            stated = len(told)
            if stated > LARGEST:
                reason = f"states {stated:,} bytes where no platform has room for more than {LARGEST:,}"
                rejection = rejection or Rejection(line=line, reason=reason)
                continue
            hashed = stage.hashed.copy()
            hashed.update(told)
            digest = hashed.digest()[:_DIGEST_BYTES]
            seen_us = _us(record.seen_at) if stage.has_seen else None  # type: ignore[union-attr] # has_seen says so
            if stage.repeats and self._is_known(record, digest, seen_us):
                continue
            stage.marks.append((row_no, line, seen_us, digest))
            stage.stated.append(values)
            size += stated
        if rejection is not None:
            excerpt = None if rejection.row is None else rejection.row[:ROW_EXCERPT]
            self._refused.append((row_no, rejection.line, _whole(rejection.reason), _whole(excerpt)))
        return size

    def _is_known(self, record: Record, digest: bytes, seen_us: int | None) -> bool:
        """Return whether the same was said not long ago, and know it and the very object again."""
        if len(self._same) >= _SAME:
            self._same.clear()
        self._same[id(record)] = record  # it is held, so that no other object can get its address
        seen = digest if seen_us is None else b"%b%d" % (digest, seen_us)
        if seen in self._recent:
            return True
        if len(self._recent) >= RECENT:
            self._recent.clear()
        self._recent.add(seen)
        return False

    def _batch(self) -> Staged:
        tables = {stage.table.name: stage.columns() for stage in self._stages.values() if stage.marks}
        columns = zip(*self._refused, strict=True) if self._refused else ([], [], [], [])
        arrays = [pa.array(values, kind) for values, kind in zip(columns, _REFUSED.types, strict=True)]
        staged = Staged(self._rows, tables, pa.record_batch(arrays, schema=_REFUSED))
        self._refused, self._rows = [], 0
        return staged


def _whole(value: Any) -> Any:
    """Return a text with U+FFFD for half a surrogate pair, which can't be stored; the rest must not go with it."""
    if isinstance(value, tuple):
        return tuple(map(_whole, value))
    if not isinstance(value, str):
        return value
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


@contextmanager
def without_collection() -> Iterator[None]:
    """Spare the collector of cycles the search through rows that wait to be stored; records make no cycles."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def packed(staged: Staged) -> bytes:
    """Return a batch as bytes that another process of this clew understands."""
    parts = {name: batch_bytes(batch) for name, batch in {**staged.tables, "": staged.refused}.items()}
    head = orjson.dumps({"rows": staged.rows, "parts": [[name, part.size] for name, part in parts.items()]})
    return b"".join([len(head).to_bytes(4, "little"), head, *parts.values()])


def unpacked(data: bytes) -> Staged:
    """Return the batch that ``packed`` made bytes of; its columns lie in these bytes."""
    start = 4 + int.from_bytes(data[:4], "little")
    head = orjson.loads(data[4:start])
    view = memoryview(data)
    tables: dict[str, pa.RecordBatch] = {}
    for name, size in head["parts"]:
        tables[name] = batch_of(pa.py_buffer(view[start : start + size]))
        start += size
    refused = tables.pop("")
    return Staged(head["rows"], tables, refused)
