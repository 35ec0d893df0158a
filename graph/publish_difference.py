"""What the case has and what the graph holds of it, compared in DuckDB, for one kind of fact.

Both sides become tables of the same columns: ``k0, k1, …`` identify a fact, ``p0, p1, …`` are its other properties,
times in microseconds since 1970 UTC.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import duckdb
import pyarrow as pa

from graph.fetching import count
from graph.graph_kinds import Relationship, Type
from graph.graph_model import kinds_of
from graph.neo4j_statements import End, Fact, Field, columns

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
#: The column with the id of the case that is published; see ``Difference._matched``.
_ME = "publishing.case_id"
#: SQL that tells whether a fact was there before clew.
_STRANGE = "len(list_filter(coalesce(givers, []), lambda giver: ends_with(giver, ' -'))) > 0"
_BATCH_ROWS = 10_000


class Difference:
    """The comparison of one kind: first :meth:`want`, :meth:`hold`, :meth:`take`, :meth:`compare`; then ask.

    ``wanted`` counts what the case has, ``held`` what the graph holds for it, ``matched`` what both have, and
    ``differing`` those of these that are not alike in every property, whoever gave it.
    """

    def __init__(self, db: duckdb.DuckDBPyConnection, fact: Fact) -> None:
        self.db, self.fact = db, fact
        self.wanted = self.held = self.matched = self.differing = 0
        self.hub: End | None = None
        self._fields = columns(fact)
        self._names = list(_column_names(self._fields))
        self._keys = [name for name in self._names if name.startswith("k")]
        table = "".join(c if c.isalnum() else "_" for c in fact.name.lower())
        self._wanted, self._held = (f"pub_{part}_{table}" for part in ("wanted", "held"))
        self._first = self._held

    def want(self) -> None:
        """Make the table of what the case has, and see which end of a relationship recurs most: ``hub``."""
        self.db.execute(f"CREATE OR REPLACE TEMP TABLE {self._wanted} AS {self._select()}")
        self.wanted = count(self.db, f"SELECT count(*) FROM {self._wanted}")
        if isinstance(self.fact, Relationship):
            ends = [f"approx_count_distinct(({', '.join(self._end(on))},))" for on in ("a", "b")]
            starts, stops = self.db.execute(f"SELECT {', '.join(ends)} FROM {self._wanted}").fetchall()[0]
            self.hub = "a" if starts <= stops else "b"

    def hold(self) -> None:
        """Make an empty table for what the graph holds."""
        shape = ", ".join(f"{n} {_DUCKDB[f.property.type]}" for n, f in self._named())
        self.db.execute(
            f"CREATE OR REPLACE TEMP TABLE {self._held} "
            f"(element VARCHAR, cases VARCHAR[], givers VARCHAR[], odd BOOLEAN, {shape})"
        )

    def take(self, values: Sequence[Sequence[Any]]) -> None:
        """Take rows of the graph, as columns: element, cases, givers, then the values."""
        odd = [False] * len(values[0])
        arrays: dict[str, pa.Array] = {"element": pa.array(values[0], pa.string())}
        for name, column in zip(("cases", "givers"), values[1:3], strict=True):
            arrays[name] = _array(column, "STRINGS", odd)
        for (name, f), column in zip(self._named(), values[3:], strict=True):
            arrays[name] = _array(column, f.property.type, odd)
        table = pa.table({**arrays, "odd": pa.array(odd)})
        taken = ["element", "cases", "givers", *self._odd_times(), *self._read_times()]
        self.db.register("pub_batch", table)
        self.db.execute(f"INSERT INTO {self._held} SELECT {', '.join(taken)} FROM pub_batch")
        self.db.unregister("pub_batch")

    def compare(self) -> None:
        """Count, and of what the graph holds twice keep one; the others are stale."""
        self.matched = self.differing = 0
        self.held = count(self.db, f"SELECT count(*) FROM {self._held}")
        self._first = self._held
        if not self.held:
            return
        keys = ", ".join(self._keys)
        if count(self.db, f"SELECT count(DISTINCT ({keys},)) FROM {self._held}") < self.held:
            self._first = f"{self._held}_once"
            self.db.execute(
                f"CREATE OR REPLACE TEMP TABLE {self._first} AS SELECT DISTINCT ON ({keys}) * FROM {self._held} "
                f"ORDER BY {keys}, element"
            )
        unlike = " OR ".join(
            ["h.odd", *(f"w.{n} IS DISTINCT FROM h.{n}" for n, f in self._named() if not f.identifies)]
        )
        found = self.db.execute(f"SELECT count(*), count(*) FILTER ({unlike}) {self._matched()}").fetchall()
        self.matched, self.differing = found[0]

    def missing(self) -> pa.RecordBatchReader:
        """Return what the case has and the graph does not hold for it: rows of values.

        In the order of ``hub``, and then of all that identifies: what is written one after the other then lies together
        on the server, which reads and locks it together.
        """
        absent = f"ANTI JOIN {self._first} h ON {self._same()}" if self.matched else ""
        order = dict.fromkeys((*(self._end(self.hub) if self.hub else ()), *self._keys))
        return self._stream(
            f"SELECT {', '.join(f'w.{n}' for n in self._names)} FROM {self._wanted} w {absent} "
            f"ORDER BY {', '.join(f'w.{n}' for n in order)}"
        )

    def changed(self) -> pa.RecordBatchReader:
        """Return what the graph holds otherwise than the case has to give it: rows of element, values, givers."""
        final = ", ".join(f"w.{n}" if f.identifies else self._final(n, f) for n, f in self._named())
        differs = " OR ".join(
            [f"(h.odd AND NOT {_STRANGE})", *(self._to_give(n, f) for n, f in self._named() if not f.identifies)]
        )
        return self._stream(f"SELECT h.element, {final}, {self._givers()} {self._matched()} WHERE {differs}")

    def others_count(self) -> int:
        """Count what keeps a property that somebody else gave and the case has otherwise."""
        if self.fact.own or not self.differing:
            return 0
        kept = [f"({self._giver(f)} <> {_ME} AND w.{n} <> h.{n})" for n, f in self._named() if not f.identifies]
        return count(self.db, f"SELECT count(*) {self._matched()} WHERE {' OR '.join(kept) or 'false'}")

    def stale(self) -> pa.RecordBatchReader:
        """Return what the graph holds and the case no longer has: rows of element, and the way it is let go."""
        way = f"CASE WHEN len(cases) > 1 THEN 'leave' WHEN {_STRANGE} THEN 'give back' ELSE 'delete' END"
        return self._stream(
            f"SELECT element, {way} FROM {self._first} h ANTI JOIN {self._wanted} w ON {self._same()} "
            f"UNION ALL SELECT element, {way} FROM {self._held} h ANTI JOIN {self._first} USING (element)"
        )

    def forget(self) -> None:
        """Drop the tables."""
        for table in {self._held, self._first, self._wanted}:
            self.db.execute(f"DROP TABLE IF EXISTS {table}")

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
            keys = ", ".join(f"k{i}" for i in range(width))
            there = " UNION ALL ".join(f"SELECT {keys} FROM pub_wanted_{kind.name.lower()}" for kind in kinds_of(end))
            joins.append(f"SEMI JOIN ({there}) e{at} ON {on}")
            at += width
        return f"SELECT * FROM ({rows}) r {' '.join(joins)}"

    def _end(self, on: End) -> list[str]:
        """Return the columns that identify an end."""
        return [n for n, f in self._named() if f.on == on]

    def _sources(self) -> list[str]:
        own = [f.property.column for f in self._fields if f.on == "n"]
        if isinstance(self.fact, Relationship):
            return [*self.fact.start_columns, *self.fact.end_columns, *own]
        return own

    def _matched(self) -> str:
        """Make the FROM of what both have: w (the case), h (the graph), and the case's id."""
        return f"FROM {self._wanted} w JOIN {self._first} h ON {self._same()} CROSS JOIN run_facts publishing"

    def _giver(self, f: Field) -> str:
        """Make SQL for who gave a property: who is listed for it, else the first case."""
        listed = f"list_filter(h.givers, lambda giver: starts_with(giver, '{f.property.name} '))[1]"
        return f"coalesce({listed}[{len(f.property.name) + 2}:], h.cases[1])"

    def _to_give(self, name: str, f: Field) -> str:
        """Make SQL that tells whether the case has to write a property: it gave it, or nobody did."""
        if self.fact.own:
            return f"w.{name} IS DISTINCT FROM h.{name}"
        giver = self._giver(f)
        fills = f"h.{name} IS NULL AND w.{name} IS NOT NULL AND {giver} <> '-'"
        return f"(({giver} = {_ME} AND w.{name} IS DISTINCT FROM h.{name}) OR ({fills}))"

    def _final(self, name: str, f: Field) -> str:
        return f"CASE WHEN {self._to_give(name, f)} THEN w.{name} ELSE h.{name} END"

    def _givers(self) -> str:
        """Make SQL for the list of givers as it is to be, absent where it is empty."""
        if self.fact.own:
            return "NULL::VARCHAR[]"
        given = [(f"'{f.property.name} '", n, self._to_give(n, f)) for n, f in self._named() if not f.identifies]
        again = " OR ".join(f"(starts_with(giver, {start}) AND {give})" for start, _, give in given) or "false"
        new = (
            f"CASE WHEN {g} AND w.{n} IS NOT NULL AND h.cases[1] <> {_ME} THEN {s} || {_ME} END" for s, n, g in given
        )
        kept = f"list_filter(coalesce(h.givers, []), lambda giver: NOT ({again}))"
        return f"nullif({kept} || list_filter([{', '.join(new)}]::VARCHAR[], lambda giver: giver IS NOT NULL), [])"

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
