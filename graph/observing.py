"""How records enter a case: staged in columns, then told apart into new and known, in one transaction.

Nothing is overwritten: a record that says something else than before is a further version, known by its digest
(``graph/staging.py``). All merging is set-based SQL over Arrow batches, so a load costs the same per row however large
the case.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import chain, zip_longest

import duckdb
import numpy as np
import pyarrow as pa

from graph.fetching import count, incoming
from graph.records import ReadRow
from graph.schema import OBSERVATIONS, Table
from graph.staging import Staged, Stager, without_collection

#: What DuckDB may take while rows come in, beside two side processes of 75 MiB each, and while they are merged, when
#: those have ended; the rest spills to disk beside the case. So a load stays near 500 MiB, however large the file.
LOAD_MEMORY, MERGE_MEMORY = "152MiB", "224MiB"
#: Batches are gathered up to these before DuckDB is given them: it takes few large ones quicker than many small ones.
_GATHERED_BYTES = 1 << 22
#: Staged rows that are grouped or joined in one go. DuckDB spills what does not fit, and then wants more memory than
#: there is to go on.
_MERGED_AT_ONCE = 1_000_000
_BY_NAME = {table.name: table for table in OBSERVATIONS}


class _Table:
    """One observation table's incoming rows: (row_no, line, seen_us, digest, fields…) in a table of their own."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, table: Table) -> None:
        self.name = table.name
        self._fields = ", ".join(c.name for c in table.stated)
        columns = ", ".join(f"{c.name} {c.type}" for c in (table.columns[0], *table.stated))
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE stage_{self.name} (row_no BIGINT, line BIGINT, seen_us BIGINT, {columns})"
        )

    def insert(self, connection: duckdb.DuckDBPyConnection, rows: pa.Table) -> None:
        """Take rows; their ``row_no`` counts from the beginning of the source."""
        with incoming(connection, rows):
            connection.execute(f"INSERT INTO stage_{self.name} SELECT * FROM incoming")

    def merge(
        self, connection: duckdb.DuckDBPyConnection, source_id: int, load_id: int, known_in: str | None = None
    ) -> None:
        """Keep versions that the case lacks, note where each was seen, and say which rows added something."""
        name = self.name
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE first_{name} (digest BLOB, seq BIGINT, row_no BIGINT, line BIGINT, "
            "seen_us BIGINT)"
        )
        for part in self._parts(connection, "stage"):
            connection.execute(
                f"INSERT INTO first_{name} SELECT digest, min(rowid), min(row_no), min(line), max(seen_us) "
                f"FROM stage_{name} WHERE {part} GROUP BY digest"
            )
        self._keep_fresh(connection, source_id, known_in)
        self._note_sightings(connection, source_id, load_id)
        for stage in ("first", "stage"):
            connection.execute(f"DROP TABLE {stage}_{name}")

    def _keep_fresh(self, connection: duckdb.DuckDBPyConnection, source_id: int, known_in: str | None) -> None:
        """Keep what the case lacks, and note which rows said it."""
        name = self.name
        connection.execute(f"CREATE OR REPLACE TEMP TABLE fresh_{name} (seq BIGINT, row_no BIGINT)")
        kept = count(connection, f"SELECT count(*) FROM {name}")
        for part in self._parts(connection, "first" if kept else None):
            connection.execute(
                f"INSERT INTO fresh_{name} SELECT seq, row_no FROM first_{name} "
                f"ANTI JOIN (SELECT digest FROM {name} WHERE {part}) k USING (digest) WHERE {part}"
            )
        self._note_contributing(connection, known_in)
        into = f"INSERT INTO {name} SELECT digest, $source, line, {self._fields} FROM stage_{name}"
        if count(connection, f"SELECT count(*) FROM fresh_{name}") == count(
            connection, f"SELECT count(*) FROM stage_{name}"
        ):
            connection.execute(into, {"source": source_id})
        else:
            rows = count(connection, f"SELECT 1 + coalesce(max(row_no), -1) FROM fresh_{name}")
            for some in _some_at_a_time(rows):
                connection.execute(
                    f"{into} SEMI JOIN (SELECT seq FROM fresh_{name} WHERE {some}) f ON seq = stage_{name}.rowid "
                    f"WHERE {some}",
                    {"source": source_id},
                )
        connection.execute(f"DROP TABLE fresh_{name}")

    def _note_contributing(self, connection: duckdb.DuckDBPyConnection, known_in: str | None) -> None:
        """Note which rows added something, to these tables and to what ``known_in`` has, if there is such."""
        name = self.name
        if known_in is None:
            connection.execute(f"INSERT INTO contributing SELECT row_no FROM fresh_{name}")
            return
        for part in self._parts(connection, "first"):
            connection.execute(
                f"INSERT INTO contributing SELECT row_no FROM first_{name} SEMI JOIN fresh_{name} USING (seq) "
                f"ANTI JOIN (SELECT digest FROM {known_in}.{name} WHERE {part}) k USING (digest) WHERE {part}"
            )

    def _note_sightings(self, connection: duckdb.DuckDBPyConnection, source_id: int, load_id: int) -> None:
        """Note when this source saw what it states: the latest time, and the line and load that had it first."""
        name = self.name
        earlier = "SELECT count(*) FROM load WHERE source_id = ? AND load_id < ?"
        seen_before = count(connection, earlier, [source_id, load_id])
        for part in self._parts(connection, "first" if seen_before else None):
            connection.execute(
                "UPDATE sighting SET seen_us = f.seen_us "
                f"FROM (SELECT digest, seen_us FROM first_{name} WHERE {part}) f "
                "WHERE sighting.digest = f.digest AND sighting.source_id = $source "
                "AND f.seen_us > coalesce(sighting.seen_us, f.seen_us - 1)",
                {"source": source_id},
            )
            connection.execute(
                f"INSERT INTO sighting SELECT f.digest, $source, $load, f.line, f.seen_us FROM first_{name} f "
                f"ANTI JOIN (SELECT digest FROM sighting WHERE source_id = $source AND {part}) s USING (digest) "
                f"WHERE {part}",
                {"source": source_id, "load": load_id},
            )

    def _parts(self, connection: duckdb.DuckDBPyConnection, stage: str | None) -> Iterator[str]:
        """Yield conditions on a digest by which a stage's rows come in parts that fit memory; of none, all at once."""
        parts = 1 + count(connection, f"SELECT count(*) FROM {stage}_{self.name}") // _MERGED_AT_ONCE if stage else 1
        if parts == 1:
            yield "true"
            return
        bounds = [(each << 16) // parts for each in range(parts)]  # digests are spread evenly
        written = [f"unhex('{bound:04x}')" for bound in bounds]
        for low, high in zip_longest(written, written[1:]):
            yield f"digest >= {low}" + (f" AND digest < {high}" if high else "")


@dataclass(frozen=True, slots=True)
class Merged:
    """How a load's rows fared; ``read == new + known + rejected``."""

    read: int
    new: int
    known: int
    rejected: int
    contradictions: int


def merge_rows(
    connection: duckdb.DuckDBPyConnection,
    rows: Iterable[ReadRow | Staged],
    *,
    source_id: int,
    load_id: int,
    known_in: str | None = None,
) -> Merged:
    """Take all rows of a source into the case, inside the caller's transaction; they may be staged already.

    ``known_in`` names other tables of the same kind (``catalog.schema``): what stands there is known too.
    """
    connection.execute(f"SET memory_limit = '{LOAD_MEMORY}'")  # of this file until it is closed, after the load
    connection.execute("CREATE OR REPLACE TEMP TABLE contributing (row_no BIGINT)")
    connection.execute("CREATE OR REPLACE TEMP TABLE refused (row_no BIGINT, line BIGINT, reason VARCHAR, row VARCHAR)")
    tables: dict[str, _Table] = {}
    with closing(_batches(rows)) as batches, without_collection():
        read = _take_in(connection, batches, tables)
    connection.execute(f"SET memory_limit = '{MERGE_MEMORY}'")
    # Rows of a table have no order among themselves, and to keep one takes memory.
    connection.execute("SET preserve_insertion_order = false")
    for table in OBSERVATIONS:
        if table.name in tables:
            tables[table.name].merge(connection, source_id, load_id, known_in)
    connection.execute("INSERT INTO rejection SELECT $load, line, reason, row FROM refused", {"load": load_id})
    rejected = count(connection, "SELECT count(*) FROM refused")
    new = sum(_new_rows(connection, some) for some in _some_at_a_time(read))
    stated = [name for name in ("account", "post") if name in tables]
    many = read > _MERGED_AT_ONCE
    contradictions = sum(_contradictions(connection, name, source_id, many=many) for name in stated)
    connection.execute("DROP TABLE contributing")
    connection.execute("DROP TABLE refused")
    return Merged(read, new, read - new - rejected, rejected, contradictions)


def _batches(rows: Iterable[ReadRow | Staged]) -> Generator[Staged, None, None]:
    """Yield the rows' batches; whoever makes them is told at once when no more are wanted."""
    coming = iter(rows)
    try:
        first = next(coming, None)
        if isinstance(first, Staged):
            yield first
            yield from coming  # type: ignore[misc] # all are staged where the first is
        elif first is not None:
            yield from Stager().batches(chain([first], coming))  # type: ignore[arg-type] # as above
    finally:
        if isinstance(coming, Generator):
            coming.close()


def _counted_on(numbers: pa.Array, by: int) -> pa.Array:
    """Return row numbers that go on from ``by``; Arrow's own ways to and from numpy import pandas, 40 MB of it."""
    moved = np.frombuffer(numbers.buffers()[1], np.int64, len(numbers), 8 * numbers.offset) + by
    return pa.Array.from_buffers(pa.int64(), len(moved), [None, pa.py_buffer(moved)])


def _take_in(connection: duckdb.DuckDBPyConnection, batches: Iterator[Staged], tables: dict[str, _Table]) -> int:
    """Put batches into the tables of the stage, and return how many rows they were."""
    read = size = 0
    waiting: dict[str, list[pa.RecordBatch]] = {}

    def give() -> None:
        for name, parts in waiting.items():
            rows = pa.Table.from_batches(parts)
            if name == "refused":
                with incoming(connection, rows):
                    connection.execute("INSERT INTO refused SELECT * FROM incoming")
            else:
                if name not in tables:
                    tables[name] = _Table(connection, _BY_NAME[name])
                tables[name].insert(connection, rows)
        waiting.clear()

    for staged in batches:
        found = {**staged.tables, "refused": staged.refused} if len(staged.refused) else staged.tables
        for name, batch in found.items():
            waiting.setdefault(name, []).append(batch.set_column(0, "row_no", _counted_on(batch.column(0), read)))
            size += batch.nbytes
        read += staged.rows
        if size >= _GATHERED_BYTES:
            give()
            size = 0
    give()
    return read


def _some_at_a_time(rows: int) -> Iterator[str]:
    """Yield conditions on a row's number by which so many rows come in parts that fit memory."""
    for begin in range(0, rows, _MERGED_AT_ONCE):
        yield f"row_no >= {begin} AND row_no < {begin + _MERGED_AT_ONCE}"


def _new_rows(connection: duckdb.DuckDBPyConnection, some: str) -> int:
    """Count which of some rows added something and were not refused."""
    return count(
        connection,
        f"SELECT count(DISTINCT row_no) FROM contributing ANTI JOIN (SELECT row_no FROM refused WHERE {some}) r "
        f"USING (row_no) WHERE {some}",
    )


def _contradictions(connection: duckdb.DuckDBPyConnection, name: str, source_id: int, *, many: bool) -> int:
    """Count the records of which one source gives two versions for the same time of seeing.

    Of ``many`` rows, only the ids that have several versions are gone through; to find these takes as long as the case
    is large, which a small source need not pay.
    """
    several = f"SEMI JOIN (SELECT id FROM {name} GROUP BY id HAVING count(*) > 1) USING (id)" if many else ""
    return count(
        connection,
        f"SELECT count(*) FROM (SELECT id FROM {name} {several} JOIN sighting s USING (digest) "
        "WHERE s.source_id = $source GROUP BY id, seen_us HAVING count(*) > 1)",
        {"source": source_id},
    )
