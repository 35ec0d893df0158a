"""Cells of tables whose columns a format names once and for all: an id, a text, a time, a count, or absent."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from graph.csv_guard import unguard
from loaders.cells import ABSENT, shortened, whole_id
from loaders.json_values import LONGEST_ID
from loaders.times import moment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.records import Moment

_COUNT = re.compile(r"\d{1,18}", re.ASCII)
_GROUPING = str.maketrans("", "", ",' \u00a0\u202f")
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
    if text is None:
        return None
    if reason := shortened(text):
        raise ValueError(f"{column} {reason}")
    if len(text) > LONGEST_ID:
        raise ValueError(f"{column} is longer than {LONGEST_ID} characters: that is no id")
    return whole_id(text)


def needed_id(cells: Mapping[str, str], column: str) -> str:
    """Return an id that the row is nothing without; raises ``ValueError`` where it is absent too."""
    text = own_id(cells, column)
    if text is None:
        raise ValueError(f"{column} is empty")
    return text


def when(cells: Mapping[str, str], *columns: str, timezone: str | None = None) -> Moment | None:
    """Return the time in the first of the columns that has one; ``None`` where none has. Raises ``ValueError``."""
    for column in columns:
        if text := mark(cells, column):
            try:
                return moment(text, timezone)
            except ValueError as problem:
                raise ValueError(f"{column}: {problem}") from problem
    return None


def number_of(cells: Mapping[str, str], column: str) -> int | None:
    """Return a count of 0 or more, whatever stands between its thousands; ``None`` for anything else."""
    digits = whole_id((mark(cells, column) or "").translate(_GROUPING))
    return int(digits) if _COUNT.fullmatch(digits) else None


def is_true(cells: Mapping[str, str], column: str) -> bool:
    """Return whether a cell says yes."""
    return (mark(cells, column) or "").lower() in _TRUE


def handle_of(cells: Mapping[str, str], column: str) -> str | None:
    """Return a handle without its @; ``None`` where none is given or what stands there is none."""
    text = (mark(cells, column) or "").removeprefix("@")
    return text if text and len(text) <= LONGEST_ID and not any(each.isspace() for each in text) else None


def digest(*parts: object) -> str:
    """Return an id for what has none, the same wherever these parts are the same."""
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()[:20]
