"""Cells that do not come as text, kept in a file of ours on the way: a workbook's sheet, the result of a query.

A spool has one row a line, as JSON: its number in the source and its cells, or its number and why it is rejected. The
first is the header. So what follows reads it like any table, in bounded memory and with all cores, and what the cells
came from may be gone by then.
"""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import orjson

from graph.errors import SourceUnreadable
from graph.records import Rejection
from loaders.private_folders import unwritable
from loaders.streams import CHUNK, HEAD_CHARACTERS, Survey, open_unpacked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from loaders.contract import Head
    from loaders.private_folders import PrivateFolder
    from loaders.table_text import Cut

#: The longest row, in bytes: as long as a line of a table in text may be.
ROW_LIMIT = 1 << 23
#: By so many rows a format is recognised.
_HEAD_ROWS = 20


class Found(NamedTuple):
    """What there is to read: the file as it is read, its start, and what the source is.

    ``sha256`` and ``size`` are the source's own; ``survey`` may be of a spool made of it. ``notes`` are what its reader
    should be told. ``folder`` holds what was unpacked, and has to live as long as it is read.
    """

    survey: Survey
    head: Head
    sha256: str
    size: int
    notes: tuple[str, ...] = ()
    folder: PrivateFolder | None = None


def write_spool(path: Path, rows: Iterable[tuple[int, list[str]]]) -> int:
    """Write rows, the header first, and return how many; raises ``OutputUnwritable`` on a full disk."""
    count = 0
    try:
        with path.open("wb") as file:
            for number, cells in rows:
                line = orjson.dumps((number, cells))
                if len(line) > ROW_LIMIT:
                    line = orjson.dumps((number, f"is longer than {ROW_LIMIT:,} bytes"))
                file.write(line + b"\n")
                count += 1
    except OSError as problem:
        raise unwritable(problem) from problem
    return count


def survey_of(path: Path, called: str) -> Survey:
    """Return how a spool is read; ``called`` is what messages call its source. Its ``head`` is as CSV would have it."""
    state = path.stat()
    survey = Survey(
        path=path,
        size=state.st_size,
        changed_ns=state.st_mtime_ns,
        sha256="",
        packed=False,
        encoding="utf-8",
        mark=0,
        undecodable=False,
        nul=True,
        head="",
        called=called,
        spooled=True,
    )
    return replace(survey, head=_head(survey))


def _head(survey: Survey) -> str:
    text = io.StringIO()
    rows = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    for found in islice(cut_spool(survey), _HEAD_ROWS):
        if isinstance(found, tuple) and text.tell() < HEAD_CHARACTERS:
            rows.writerow(found[1])
    return text.getvalue()


def cut_spool(survey: Survey, progress: Callable[[int, int], None] | None = None) -> Iterator[Cut]:
    """Yield a spool's rows, the header first: a number and cells, or a rejection."""
    with open_unpacked(survey, progress) as raw:
        for line in io.BufferedReader(raw, CHUNK):
            try:
                number, cells = orjson.loads(line)
            except ValueError as problem:
                raise SourceUnreadable(f"{survey.called} was meddled with while it was being read") from problem
            yield (number, cells) if isinstance(cells, list) else Rejection(line=number, reason=cells)
