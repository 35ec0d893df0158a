"""What the tables of 4CAT have in common: how they are recognised, their times, and authors that it made unknowable.

4CAT (Digital Methods Initiative) maps what it collected to columns of its own, in CSV or as JSON lines. It can put
``REDACTED`` in the place of all that it knows of authors, which is nobody, or hashes of it, 48 hexadecimal digits: they
are somebody's within one data set, because each has a salt of its own. What is empty is hashed as well
(backend/lib/search.py, processors/filtering/remove_author_info.py).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from loaders.cells import shortened
from loaders.fixed_columns import mark, name_in, own_id
from loaders.json_values import text_of
from loaders.times import moment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from graph.records import Moment
    from loaders.contract import Head

_REDACTED = "REDACTED"
_HASH = re.compile(r"[0-9a-f]{48}")
_UTC_TEXT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", re.ASCII)
#: What 4CAT writes where an item has no time that it can read.
_UNTIMED = "undefined"


def recognised_by(*telling: str) -> Callable[[Head], str | None]:
    """Return what recognises a file by columns that only this table of 4CAT has."""

    def recognises(head: Head) -> str | None:
        missing = [name for name in telling if name not in head.columns]
        return f"it lacks the columns {', '.join(missing)}" if missing else None

    return recognises


def written(cells: Mapping[str, str], column: str) -> str | None:
    """Return a cell as somebody wrote it, ``None`` where it is blank or 4CAT put something in its place.

    4CAT guards no cell against spreadsheets, so a ``'`` that a text begins with is its writer's.
    """
    return _unless_replaced(text_of(cells.get(column)))


def told(cells: Mapping[str, str], column: str) -> str | None:
    """Return a cell that people did not write, without blanks around it, as ``written`` does."""
    return _unless_replaced(mark(cells, column))


def _unless_replaced(text: str | None) -> str | None:
    return None if text is None or text == _REDACTED or _HASH.fullmatch(text) else text


def pseudonym(cells: Mapping[str, str], column: str) -> str | None:
    """Return the id of whom 4CAT's hash in this cell stands for; ``None`` where there is none."""
    text = mark(cells, column)
    return f"pseudonym-{text}" if text and _HASH.fullmatch(text) else None


def name_of(cells: Mapping[str, str], column: str) -> str | None:
    """Return an account's unique name without its @, ``None`` where there is none; any word may be somebody's.

    Raises ``ValueError`` for one that a spreadsheet took for a number.
    """
    text = (written(cells, column) or "").strip()
    if reason := shortened(text.removeprefix("@")):
        raise ValueError(f"{column} {reason}")
    return name_in(text)


def number_in(cells: Mapping[str, str], column: str) -> str | None:
    """Return an id as ``own_id`` does, ``None`` also where 4CAT put something in its place."""
    return own_id(cells, column) if told(cells, column) else None


def post_id(cells: Mapping[str, str]) -> str:
    """Return a post's id; raises ``ValueError`` where there is none, or 4CAT put one word in the place of all."""
    text = number_in(cells, "id")
    if text is None:
        raise ValueError("id is empty")
    return text


def time_of(cells: Mapping[str, str], timezone: str | None = None, *, utc: bool = False) -> Moment | None:
    """Return when an item was posted, by its Unix time, else by ``timestamp``; ``None`` where neither is told.

    ``timestamp`` is in the zone of the server that ran 4CAT, which ``timezone`` says; with ``utc`` it is in UTC. Raises
    ``ValueError``.
    """
    for column in ("unix_timestamp", "timestamp"):
        text = mark(cells, column)
        if text and text != _UNTIMED:
            try:
                at = moment(text, "UTC" if utc else timezone)
            except ValueError as problem:
                raise ValueError(f"{column}: {problem}") from problem
            return at._replace(zone_known=True) if utc else at
    return None


def utc_of(cells: Mapping[str, str]) -> Moment | None:
    """Return when an item was posted, by ``timestamp``, where that is the platform's own time in UTC, as ``time_of``.

    One that a spreadsheet wrote anew is passed over for the Unix time.
    """
    if not _UTC_TEXT.fullmatch(mark(cells, "timestamp") or ""):
        return time_of(cells, utc=True)
    return time_of({"timestamp": cells["timestamp"]}, utc=True)
