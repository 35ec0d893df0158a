"""A fresh case, and a short way to put records into it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from graph.case import Added, Case
from graph.records import ReadRow, Record, Rejection, Source

Add = Callable[..., Added]


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case(tmp_path / "channel.duckdb", wait=0.3)


@pytest.fixture
def add(case: Case) -> Add:
    """Add rows, each a record, a tuple of records, or a rejection, as one file; ``name`` makes another file."""

    def put(rows: Iterable[object], name: str = "a.csv", into: Case | None = None, **said: str) -> Added:
        source = Source(name=name, sha256=name.ljust(64, "0"), size=1, format="csv", **said)  # type: ignore[arg-type]
        return (into or case).add(source, [_row(line, row) for line, row in enumerate(rows, start=1)])

    return put


def _row(line: int, row: object) -> ReadRow:
    if isinstance(row, Rejection):
        return ReadRow(line, (), row)
    records: tuple[Record, ...] = row if isinstance(row, tuple) else (row,)  # type: ignore[assignment]
    return ReadRow(line, records)
