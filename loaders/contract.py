"""What a loader is: data, and one pure function from a row to records.

A new source is one file in this folder that ends in ``LOADER = Loader(…)``. Nothing registers it: the folder is
walked (``loaders.formats``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypeAlias

from graph.records import Record, Rejection, Source

#: How a file is cut into rows; ``loaders/rows.py`` has one reader for each.
Shape = Literal["table", "json-lines", "json-document"]


class Row(NamedTuple):
    """One row of a source: its values as read, the source with what was said of it, and the line it began on."""

    values: Mapping[str, Any]
    source: Source
    line: int


class Head(NamedTuple):
    """The start of a file, by which loaders recognise it.

    ``text`` is its first characters (64 Ki at most, decoded); ``header`` the cells of its first line if it reads as a
    table, else empty; ``name`` the file's name, a hint at most.
    """

    text: str
    header: tuple[str, ...]
    name: str


RecordsOf: TypeAlias = Callable[[Row], Iterator[Record | Rejection]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loader:
    """A source format.

    ``name`` is what ``--as`` takes, ``title`` one line for people. ``recognises`` returns ``None`` where the file is of
    this format, else the reason why not, in words that stand after "NAME: ". ``columns`` names what it reads, each with
    a sentence. ``rank`` orders loaders that both fit: the lower is asked first (a special format before a general one).
    """

    name: str
    title: str
    shape: Shape
    recognises: Callable[[Head], str | None]
    columns: Mapping[str, str]
    records: RecordsOf
    rank: int = 50
