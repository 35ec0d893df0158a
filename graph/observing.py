"""How records enter a case: staged in columns, then told apart into new and known, in one transaction.

A record's *digest* is taken over what it states. Two rows that state the same are one version, seen twice; nothing is
overwritten. All merging is set-based SQL over Arrow batches, so a load costs the same per row however large the case.

The digest is the first half of SHA-256 over the table's name and the stated values as a JSON array in canonical form
(RFC 8785), which tells absent from empty and one value from two. Every case that holds an observation holds this digest
of it, so the definition is never to be changed.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import duckdb
import orjson
import pyarrow as pa

from graph.fetching import count, incoming
from graph.records import Account, Chat, Moment, Post, ReadRow, Record, Relation, Repost
from graph.schema import OBSERVATIONS, Table

#: What is held in Python before it goes to DuckDB as Arrow tables: records, and the bytes that they state.
BATCH, BATCH_BYTES = 20_000, 1 << 24
#: What DuckDB may take during a load, which has nothing in it that is quicker with more; the rest spills to disk beside
#: the case. With Python and a batch a load stays under 500 MiB, however large the file.
LOAD_MEMORY = "160MiB"
#: Records in a row of which one that says nothing new is dropped at once: a table of posts repeats its accounts.
RECENT = 200_000
_DIGEST_BYTES = 16
#: How much of a rejected row is kept.
ROW_EXCERPT = 500

_ARROW: dict[str, pa.DataType] = {
    "VARCHAR": pa.string(),
    "BIGINT": pa.int64(),
    "BOOLEAN": pa.bool_(),
    "INTEGER[]": pa.list_(pa.int32()),
}


def _us(moment: Moment | None) -> int | None:
    return None if moment is None else moment.us


def digest_of(table: str, values: tuple[Any, ...]) -> bytes:
    """Return the digest of a version: of the table's name and what it states, in the order of the columns.

    Raises ``TypeError`` for a text with half a surrogate pair, which is no character.
    """
    return _digest(table, orjson.dumps(values))


def _digest(table: str, told: bytes) -> bytes:
    return sha256(table.encode() + told).digest()[:_DIGEST_BYTES]


_NO_MOMENT: tuple[None, None, None] = (None, None, None)


def _account(r: Account) -> tuple[Any, ...]:
    return (
        r.id, r.platform, r.native_id, r.handle, r.display_name, r.bio, r.country, r.status, r.phone, r.url,
        r.followers, _us(r.created_at), r.collector, r.private,
    )  # fmt: skip


def _post(r: Post) -> tuple[Any, ...]:
    return (
        r.id, r.platform, r.native_id, r.account_id, r.chat_id, r.kind, r.text, r.quoted_spans or None,
        *(r.at or _NO_MOMENT), r.country, r.language, r.reply_to, r.url, r.media, r.contact_name, r.contact_phone,
        r.stance, r.status,
    )  # fmt: skip


def _repost(r: Repost) -> tuple[Any, ...]:
    return (
        r.id, r.account_id, r.content_id, r.object_id, r.kind, *(r.at or _NO_MOMENT), r.object_account_id,
        r.object_name,
    )  # fmt: skip


def _chat(r: Chat) -> tuple[Any, ...]:
    return (r.id, r.platform, r.native_id, r.kind, r.title, r.handle)


def _relation(r: Relation) -> tuple[Any, ...]:
    return (
        r.id, r.subject_id, r.object_id, r.kind, r.asserted_by, r.name, r.phone, r.private, *(r.at or _NO_MOMENT),
    )  # fmt: skip


#: What of a record goes into its table's columns, after the digest.
_VALUES: dict[type[Record], Callable[[Any], tuple[Any, ...]]] = {
    Account: _account,
    Post: _post,
    Repost: _repost,
    Chat: _chat,
    Relation: _relation,
}


@dataclass(slots=True)
class _Stage:
    """One observation table's incoming rows: (sequence, row number, line, seen_us, digest, fields…)."""

    table: Table
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    recent: set[bytes] = field(default_factory=set)
    opened: bool = False

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(c.name for c in self.table.stated)

    def take(self, seq: int, row_no: int, line: int, seen_us: int | None, values: tuple[Any, ...]) -> int:
        """Take a record's values and return how many bytes they are; 0 where one just before it said the same."""
        try:
            told = orjson.dumps(values)
        except TypeError:
            values = tuple(map(_whole, values))
            told = orjson.dumps(values)
        digest = _digest(self.table.name, told)
        seen = digest if seen_us is None else b"%b%d" % (digest, seen_us)
        if seen in self.recent:
            return 0
        if len(self.recent) >= RECENT:
            self.recent.clear()
        self.recent.add(seen)
        self.rows.append((seq, row_no, line, seen_us, digest, *values))
        return len(told)

    def _open(self, connection: duckdb.DuckDBPyConnection) -> None:
        columns = ", ".join(f"{c.name} {c.type}" for c in (self.table.columns[0], *self.table.stated))
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE stage_{self.table.name} "
            f"(seq BIGINT, row_no BIGINT, line BIGINT, seen_us BIGINT, {columns})"
        )
        self.opened = True

    def flush(self, connection: duckdb.DuckDBPyConnection) -> None:
        if not self.rows:
            return
        if not self.opened:
            self._open(connection)
        types = [pa.int64()] * 4 + [pa.binary(), *(_ARROW[c.type] for c in self.table.stated)]
        names = ["seq", "row_no", "line", "seen_us", "digest", *self.fields]
        arrays = [pa.array(values, kind) for values, kind in zip(zip(*self.rows, strict=True), types, strict=True)]
        with incoming(connection, pa.table(arrays, names=names)):
            connection.execute(f"INSERT INTO stage_{self.table.name} SELECT * FROM incoming")
        self.rows.clear()

    def merge(self, connection: duckdb.DuckDBPyConnection, source_id: int, load_id: int) -> None:
        """Keep versions that the case lacks, note where each was seen, and say which rows added something."""
        name = self.table.name
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE first_{name} AS SELECT digest, min(seq) AS seq, min(row_no) AS row_no, "
            f"min(line) AS line, max(seen_us) AS seen_us FROM stage_{name} GROUP BY digest"
        )
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE fresh_{name} AS SELECT seq, row_no FROM first_{name} ANTI JOIN {name} "
            "USING (digest)"
        )
        connection.execute(f"INSERT INTO contributing SELECT DISTINCT row_no FROM fresh_{name}")
        connection.execute(
            f"INSERT INTO {name} SELECT digest, $source, line, {', '.join(self.fields)} FROM stage_{name} "
            f"SEMI JOIN fresh_{name} USING (seq)",
            {"source": source_id},
        )
        connection.execute(
            "UPDATE sighting SET seen_us = f.seen_us "
            f"FROM first_{name} f WHERE sighting.digest = f.digest AND sighting.source_id = $source "
            "AND f.seen_us > coalesce(sighting.seen_us, f.seen_us - 1)",
            {"source": source_id},
        )
        connection.execute(
            "INSERT INTO sighting SELECT f.digest, $source, $load, f.line, f.seen_us "
            f"FROM first_{name} f ANTI JOIN (SELECT digest FROM sighting WHERE source_id = $source) s USING (digest)",
            {"source": source_id, "load": load_id},
        )
        for stage in ("stage", "first", "fresh"):
            connection.execute(f"DROP TABLE {stage}_{name}")


def _whole(value: Any) -> Any:
    """Return a text with U+FFFD for half a surrogate pair, which can't be stored; the rest must not go with it."""
    if not isinstance(value, str):
        return value
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


@dataclass(frozen=True, slots=True)
class Merged:
    """How a load's rows fared; ``read == new + known + rejected``."""

    read: int
    new: int
    known: int
    rejected: int
    contradictions: int


def merge_rows(
    connection: duckdb.DuckDBPyConnection, rows: Iterable[ReadRow], *, source_id: int, load_id: int
) -> Merged:
    """Take all rows of a source into the case, inside the caller's transaction."""
    connection.execute(f"SET memory_limit = '{LOAD_MEMORY}'")  # of this file until it is closed, after the load
    stages = {kind: _Stage(table) for kind, table in zip(_VALUES, OBSERVATIONS, strict=True)}
    connection.execute("CREATE OR REPLACE TEMP TABLE contributing (row_no BIGINT)")
    connection.execute("CREATE OR REPLACE TEMP TABLE refused (row_no BIGINT, line BIGINT, reason VARCHAR, row VARCHAR)")
    with _without_collection():
        read = _stage_rows(connection, rows, stages)
    for stage in stages.values():
        if stage.opened:
            stage.merge(connection, source_id, load_id)
    connection.execute("INSERT INTO rejection SELECT $load, line, reason, row FROM refused", {"load": load_id})
    rejected = count(connection, "SELECT count(*) FROM refused")
    new = count(connection, "SELECT count(DISTINCT row_no) FROM contributing ANTI JOIN refused USING (row_no)")
    contradictions = sum(_contradictions(connection, name, source_id) for name in ("account", "post"))
    connection.execute("DROP TABLE contributing")
    connection.execute("DROP TABLE refused")
    return Merged(read, new, read - new - rejected, rejected, contradictions)


@contextmanager
def _without_collection() -> Iterator[None]:
    """Spare the collector of cycles the search through rows that wait to be stored; records make no cycles."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _stage_rows(
    connection: duckdb.DuckDBPyConnection, rows: Iterable[ReadRow], stages: dict[type[Record], _Stage]
) -> int:
    buffers = {kind: (stage, _VALUES[kind]) for kind, stage in stages.items()}
    refused: list[tuple[int, int, str, str | None]] = []
    seq = row_no = pending = size = 0
    for row_no, (line, records, rejection) in enumerate(rows, start=1):
        for record in records:
            stage, values = buffers[type(record)]
            if taken := stage.take(seq, row_no, line, _us(getattr(record, "seen_at", None)), values(record)):
                seq += 1
                pending += 1
                size += taken
        if rejection is not None:
            excerpt = None if rejection.row is None else rejection.row[:ROW_EXCERPT]
            refused.append((row_no, rejection.line, _whole(rejection.reason), _whole(excerpt)))
        if pending >= BATCH or size >= BATCH_BYTES or len(refused) >= BATCH:
            _flush(connection, stages, refused)
            pending = size = 0
    _flush(connection, stages, refused)
    return row_no


def _flush(
    connection: duckdb.DuckDBPyConnection,
    stages: dict[type[Record], _Stage],
    refused: list[tuple[int, int, str, str | None]],
) -> None:
    for stage in stages.values():
        stage.flush(connection)
    if refused:
        kinds = (pa.int64(), pa.int64(), pa.string(), pa.string())
        arrays = [pa.array(values, kind) for values, kind in zip(zip(*refused, strict=True), kinds, strict=True)]
        with incoming(connection, pa.table(arrays, names=["row_no", "line", "reason", "row"])):
            connection.execute("INSERT INTO refused SELECT * FROM incoming")
        refused.clear()


def _contradictions(connection: duckdb.DuckDBPyConnection, name: str, source_id: int) -> int:
    """Count the records of which one source gives two versions for the same time of seeing."""
    return count(
        connection,
        f"SELECT count(*) FROM (SELECT id FROM {name} JOIN sighting s USING (digest) WHERE s.source_id = $source "
        "GROUP BY id, seen_us HAVING count(*) > 1)",
        {"source": source_id},
    )
