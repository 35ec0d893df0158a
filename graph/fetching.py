"""Fetching from DuckDB whole, so that no half-read result stays open on a connection."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pyarrow as pa

if TYPE_CHECKING:
    import duckdb


def value(connection: duckdb.DuckDBPyConnection, sql: str, parameters: Any = None) -> Any:
    """Return the first column of the first row, ``None`` where there is no row."""
    rows = connection.execute(sql, parameters or []).fetchall()
    return rows[0][0] if rows else None


def count(connection: duckdb.DuckDBPyConnection, sql: str, parameters: Any = None) -> int:
    """Return ``value`` as a whole number, 0 where there is none."""
    return int(value(connection, sql, parameters) or 0)


def dicts(connection: duckdb.DuckDBPyConnection, sql: str, parameters: Any = None) -> list[dict[str, Any]]:
    """Return the rows as dicts by column name."""
    result = connection.execute(sql, parameters or [])
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


@contextmanager
def incoming(connection: duckdb.DuckDBPyConnection, table: pa.Table) -> Iterator[None]:
    """Let statements of the block read ``table`` once, as the relation ``incoming``.

    A relation's name is kept until the transaction ends, with all that it refers to. A stream that was read holds
    nothing any more, so a long load does not gather its batches in memory.
    """
    batches = iter(table.to_batches())
    connection.register("incoming", pa.RecordBatchReader.from_batches(table.schema, batches))
    try:
        yield
    finally:
        connection.unregister("incoming")
