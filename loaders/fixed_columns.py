"""Cells of tables whose columns a format names once and for all: an id, a text, a time, a count, or absent."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from graph.csv_guard import unguard
from graph.records import Rejection
from loaders.cells import ABSENT, count_in, id_in
from loaders.json_values import LONGEST_ID
from loaders.times import moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from graph.records import Moment, Record, Source
    from loaders.contract import RecordsOf, Row

_TRUE = frozenset({"true", "yes", "1", "y"})


def mark(cells: Mapping[str, str], column: str) -> str | None:
    """Return a cell in which words like ``NA`` mean nothing: an id, a link, a kind; ``None`` where it says nothing."""
    text = cells.get(column, "").strip()
    return None if text in ABSENT else text


def words(cells: Mapping[str, str], column: str) -> str | None:
    """Return a cell as somebody wrote it; ``None`` where it is blank."""
    text = cells.get(column, "")
    return unguard(text) if text and not text.isspace() else None


def own_id(cells: Mapping[str, str], column: str) -> str | None:
    """Return an id; ``None`` where there is none. Raises ``ValueError`` for one that is no longer what it was."""
    text = mark(cells, column)
    return None if text is None else id_in(text, column)


def needed_id(cells: Mapping[str, str], column: str) -> str:
    """Return an id that the row is nothing without; raises ``ValueError`` where it is absent too."""
    text = own_id(cells, column)
    if text is None:
        raise ValueError(f"{column} is empty")
    return text


def when(
    cells: Mapping[str, str],
    *columns: str,
    timezone: str | None = None,
    read: Callable[[str, str | None], Moment] = moment,
) -> Moment | None:
    """Return the time in the first of the columns that has one, as ``read`` has it; ``None`` where none has.

    Raises ``ValueError``.
    """
    for column in columns:
        if text := mark(cells, column):
            try:
                return read(text, timezone)
            except ValueError as problem:
                raise ValueError(f"{column}: {problem}") from problem
    return None


def number_of(cells: Mapping[str, str], column: str) -> int | None:
    """Return a count of 0 or more, whatever stands between its thousands; ``None`` for anything else."""
    return count_in(mark(cells, column))


def is_true(cells: Mapping[str, str], column: str) -> bool:
    """Return whether a cell says yes."""
    return (mark(cells, column) or "").lower() in _TRUE


def handle_of(cells: Mapping[str, str], column: str) -> str | None:
    """Return a handle without its @; ``None`` where none is given or what stands there is none."""
    return name_in(mark(cells, column) or "")


def name_in(text: str) -> str | None:
    """Return the unique name that a text without blanks around it is, without its @; ``None`` where it is none."""
    name = text.removeprefix("@")
    return name if name and len(name) <= LONGEST_ID and not any(each.isspace() for each in name) else None


def records_by(make: Callable[[Mapping[str, str], Source], list[Record]]) -> RecordsOf:
    """Return a loader's function of rows, where ``make`` raises ``ValueError`` for a row that is no record."""

    def records(row: Row) -> Iterator[Record | Rejection]:
        try:
            return iter(make(row.values, row.source))
        except ValueError as problem:
            return iter((Rejection(line=row.line, reason=str(problem)),))

    return records


def digest(*parts: object) -> str:
    """Return an id for what has none, the same wherever these parts are the same."""
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()[:20]
