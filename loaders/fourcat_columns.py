"""What the tables of 4CAT have in common: how they are recognised, their times, and names that it made unreadable.

4CAT (Digital Methods Initiative) maps what it collected to columns of its own, in CSV or as JSON lines. It can replace
names by digests, which are still one account's, or by a word for all of them, which is nobody's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.records import Rejection
from loaders.fixed_columns import when, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from graph.records import Moment, Record, Source
    from loaders.contract import Head, RecordsOf, Row

#: What 4CAT writes for every author where it is told to leave authors out.
REDACTED = frozenset({"REDACTED", "[redacted]", "redacted"})


def recognised_by(*telling: str) -> Callable[[Head], str | None]:
    """Return what recognises a file by columns that only this table of 4CAT has."""

    def recognises(head: Head) -> str | None:
        missing = [name for name in telling if name not in head.columns]
        return f"it lacks the columns {', '.join(missing)}" if missing else None

    return recognises


def records_by(make: Callable[[Mapping[str, str], Source], list[Record]]) -> RecordsOf:
    """Return a loader's function of rows, where ``make`` raises ``ValueError`` for a row that is no record."""

    def records(row: Row) -> Iterator[Record | Rejection]:
        try:
            return iter(make(row.values, row.source))
        except ValueError as problem:
            return iter((Rejection(line=row.line, reason=str(problem)),))

    return records


def posted_at(cells: Mapping[str, str], timezone: str | None = None) -> Moment | None:
    """Return when: the Unix time where there is one; ``timestamp`` says the same by the clock of 4CAT's server."""
    return when(cells, "unix_timestamp", "timestamp", timezone=timezone)


def person(cells: Mapping[str, str], column: str) -> str | None:
    """Return a name; ``None`` where it is blank or stands for everybody."""
    text = words(cells, column)
    return None if text is None or text.strip() in REDACTED else text


def listed(cells: Mapping[str, str], column: str) -> tuple[str, ...]:
    """Return the values that 4CAT joined by commas, each once."""
    return tuple(dict.fromkeys(part for each in cells.get(column, "").split(",") if (part := each.strip())))
