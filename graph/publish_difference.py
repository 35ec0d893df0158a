"""What the case has and what the graph holds of it, compared in DuckDB, for one kind of fact.

Both sides become tables of the same columns: ``k0, k1, …`` identify a fact, ``p0, p1, …`` are its other properties,
times in microseconds since 1970 UTC.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

import duckdb
import pyarrow as pa

from graph.fetching import count
from graph.graph_model import Relationship, Type
from graph.neo4j_statements import Fact, Field, columns

_DUCKDB: dict[Type, str] = {
    "STRING": "VARCHAR",
    "INTEGER": "BIGINT",
    "FLOAT": "DOUBLE",
    "BOOLEAN": "BOOLEAN",
    "DATETIME": "BIGINT",
    "STRINGS": "VARCHAR[]",
}
_ARROW: dict[Type, pa.DataType] = {
    "STRING": pa.string(),
    "INTEGER": pa.int64(),
    "FLOAT": pa.float64(),
    "BOOLEAN": pa.bool_(),
    "DATETIME": pa.string(),  # as the server writes it; see neo4j_statements.read_held
    "STRINGS": pa.list_(pa.string()),
}
_PYTHON: dict[Type, type] = {
    "STRING": str,
    "INTEGER": int,
    "FLOAT": float,
    "BOOLEAN": bool,
    "DATETIME": str,
    "STRINGS": list,
}
Way = Literal["leave", "give back", "delete"]
_BATCH_ROWS = 10_000


class Difference:
    """The comparison of one kind: :meth:`begin`, :meth:`take` what the graph holds, then ask."""

    def __init__(self, db: duckdb.DuckDBPyConnection, fact: Fact) -> None:
        self.db, self.fact = db, fact
        #: Whether the server has facts of this kind that the case does not hold; ``None``: not known yet.
        self.strangers: bool | None = None
        self.held_count = self.missing_count = 0
        self._fields = columns(fact)
        self._names = list(_column_names(self._fields))
        self._keys = [name for name in self._names if name.startswith("k")]
        table = "".join(c if c.isalnum() else "_" for c in fact.name.lower())
        self._wanted, self._held, self._first = (f"pub_{part}_{table}" for part in ("wanted", "held", "first"))

    def begin(self) -> None:
        """Make the table of what the case has, and an empty one for what the graph holds."""
        self.db.execute(f"CREATE OR REPLACE TEMP TABLE {self._wanted} AS {self._select()}")
        shape = ", ".join(f"{n} {_DUCKDB[f.property.type]}" for n, f in self._named())
        self.db.execute(
            f"CREATE OR REPLACE TEMP TABLE {self._held} "
            f"(element VARCHAR, cases VARCHAR[], had VARCHAR[], odd BOOLEAN, {shape})"
        )

    def take(self, values: Sequence[Sequence[Any]]) -> None:
        """Take rows of the graph, as columns: element, cases, foreign, then the values."""
        odd = [False] * len(values[0])
        arrays: dict[str, pa.Array] = {"element": pa.array(values[0], pa.string())}
        for name, column in zip(("cases", "had"), values[1:3], strict=True):
            arrays[name] = _array(column, "STRINGS", odd)
        for (name, f), column in zip(self._named(), values[3:], strict=True):
            arrays[name] = _array(column, f.property.type, odd)
        table = pa.table({**arrays, "odd": pa.array(odd)})
        taken = ["element", "cases", "had", *self._odd_times(), *self._read_times()]
        self.db.register("pub_batch", table)
        self.db.execute(f"INSERT INTO {self._held} SELECT {', '.join(taken)} FROM pub_batch")
        self.db.unregister("pub_batch")

    def missing(self) -> pa.RecordBatchReader:
        """Return what the case has and the graph does not hold for it: rows of values."""
        self.held_count = self._count(f"SELECT count(*) FROM {self._held}")
        self._pair()
        absent = f"FROM {self._wanted} w ANTI JOIN {self._first} h ON {self._same()}"
        self.missing_count = self._count(f"SELECT count(*) {absent}")
        return self._stream(f"SELECT {', '.join(f'w.{n}' for n in self._names)} {absent}")

    def changed(self) -> pa.RecordBatchReader:
        """Return what the graph holds with other properties that are ours to give: rows of element, values."""
        return self._stream(f"SELECT h.element, {', '.join(f'w.{n}' for n in self._names)} {self._differing('=')}")

    def others_count(self) -> int:
        """Count what keeps other properties than the case has, because another case gave them."""
        return self._count(f"SELECT count(*) {self._differing('<>')}")

    def matched_count(self) -> int:
        """Count what both sides have."""
        return self._count(f"SELECT count(*) FROM {self._wanted} w JOIN {self._first} h ON {self._same()}")

    def stale(self) -> Iterator[tuple[Way, list[list[str]]]]:
        """Yield what the graph holds and the case no longer has, by the way it is let go: rows of element."""
        gone = (
            f"SELECT element, cases, had FROM {self._first} h ANTI JOIN {self._wanted} w ON {self._same()} UNION ALL "
            f"SELECT element, cases, had FROM {self._held} ANTI JOIN {self._first} USING (element)"
        )
        way = "CASE WHEN len(cases) > 1 THEN 'leave' WHEN had IS NOT NULL THEN 'give back' ELSE 'delete' END"
        ways: tuple[Way, ...] = ("leave", "give back", "delete")
        for each in ways:
            rows = self.db.execute(f"SELECT element FROM ({gone}) WHERE {way} = ?", [each]).fetchall()
            if rows:
                yield each, [list(row) for row in rows]
        self.db.execute(f"DROP TABLE {self._held}")
        self.db.execute(f"DROP TABLE {self._first}")
        self.db.execute(f"DROP TABLE {self._wanted}")

    def _pair(self) -> None:
        """Keep one of those that the graph holds twice; the others are stale."""
        keys = ", ".join(self._keys)
        self.db.execute(
            f"CREATE OR REPLACE TEMP TABLE {self._first} AS SELECT DISTINCT ON ({keys}) * FROM {self._held} "
            f"ORDER BY {keys}, element"
        )

    def _select(self) -> str:
        """Make the SQL of what the case has; a relationship needs both ends."""
        cells = ", ".join(
            f"CAST({source} AS {_DUCKDB[f.property.type]}) AS {name}"
            for (name, f), source in zip(self._named(), self._sources(), strict=True)
        )
        rows = f"SELECT {cells} FROM ({self.fact.sql})"
        if not isinstance(self.fact, Relationship):
            return f"SELECT * FROM ({rows}) WHERE {' AND '.join(f'{k} IS NOT NULL' for k in self._keys)}"
        joins, at = [], 0
        for end, width in (
            (self.fact.start, len(self.fact.start_columns)),
            (self.fact.end, len(self.fact.end_columns)),
        ):
            on = " AND ".join(f"r.k{at + i} = e{at}.k{i}" for i in range(width))
            joins.append(f"SEMI JOIN pub_wanted_{end.lower()} e{at} ON {on}")
            at += width
        return f"SELECT * FROM ({rows}) r {' '.join(joins)}"

    def _sources(self) -> list[str]:
        own = [f.property.column for f in self._fields if f.on == "n"]
        if isinstance(self.fact, Relationship):
            return [*self.fact.start_columns, *self.fact.end_columns, *own]
        return own

    def _differing(self, owner: str) -> str:
        other = [
            f"(w.{n} IS DISTINCT FROM h.{n} AND NOT list_contains(coalesce(h.had, []), '{f.property.name}'))"
            for n, f in self._named()
            if not f.identifies
        ]
        changed = " OR ".join(["h.odd", *other])
        return (
            f"FROM {self._wanted} w JOIN {self._first} h ON {self._same()} "
            f"WHERE h.cases[1] {owner} (SELECT case_id FROM run_facts) AND ({changed})"
        )

    def _same(self) -> str:
        """Compare what identifies; only a relationship's own key can be absent (a repost without a time)."""
        return " AND ".join(
            f"w.{n} {'IS NOT DISTINCT FROM' if isinstance(self.fact, Relationship) and f.on == 'n' else '='} h.{n}"
            for n, f in self._named()
            if f.identifies
        )

    def _odd_times(self) -> list[str]:
        """Make SQL that tells rows where a value is not of its type: such a row is written anew."""
        times = (n for n, f in self._named() if f.property.type == "DATETIME")
        return [" OR ".join(["odd", *(f"({n} IS NOT NULL AND TRY_CAST({n} AS TIMESTAMPTZ) IS NULL)" for n in times)])]

    def _read_times(self) -> list[str]:
        return [
            f"epoch_us(TRY_CAST({n} AS TIMESTAMPTZ))" if f.property.type == "DATETIME" else n for n, f in self._named()
        ]

    def _named(self) -> list[tuple[str, Field]]:
        return list(zip(self._names, self._fields, strict=True))

    def _count(self, sql: str) -> int:
        return count(self.db, sql)

    def _stream(self, sql: str) -> pa.RecordBatchReader:
        return self.db.sql(sql).to_arrow_reader(_BATCH_ROWS)


def _column_names(fields: Sequence[Field]) -> Iterator[str]:
    keys = properties = 0
    for f in fields:
        if f.identifies:
            yield f"k{keys}"
            keys += 1
        else:
            yield f"p{properties}"
            properties += 1


def _array(values: Sequence[Any], kind: Type, odd: list[bool]) -> pa.Array:
    """Return the values as Arrow has them; where somebody put one of another type, absent and marked in ``odd``."""
    try:
        return pa.array(values, _ARROW[kind])
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        fitting = []
        for at, value in enumerate(values):
            fits = value is None or (type(value) is _PYTHON[kind] and _all_texts(value))
            odd[at] = odd[at] or not fits
            fitting.append(value if fits else None)
        return pa.array(fitting, _ARROW[kind])


def _all_texts(value: Any) -> bool:
    return not isinstance(value, list) or all(isinstance(each, str) for each in value)
