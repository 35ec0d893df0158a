"""What a loader is: data, and one pure function from a row to records.

A new source is one file in this folder that ends in ``LOADER = Loader(…)``. Nothing registers it: the folder is
walked (``loaders.formats``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, TypeAlias

from graph.records import Record, Rejection, Source
from loaders.json_keys import keys_of_cut

#: How a file is cut into rows; ``loaders/rows.py`` has one reader for each.
Shape = Literal["table", "json-lines", "json-document", "text"]
#: How much of a row is quoted in its rejection, in characters.
QUOTED = 200
#: Why a file is of no format that has lines of JSON.
NO_OBJECT_LINES = "it has not one JSON object a line"


class Row(NamedTuple):
    """One row of a source: its values as read, the source with what was said of it, and the line it began on.

    ``foreseen`` is what the loader's ``foresee`` returned, the same for all rows; empty for loaders without one.
    """

    values: Mapping[str, Any]
    source: Source
    line: int
    foreseen: Mapping[str, Any] = MappingProxyType({})


class Head(NamedTuple):
    """The start of a file, by which loaders recognise it.

    ``text`` is its first characters (64 Ki at most, decoded); ``header`` the cells of its first line if it reads as a
    table, else empty; ``name`` the file's name, a hint at most; ``keys`` those of the first line's object if it has one
    JSON object a line, as far as that line is within ``text``.
    """

    text: str
    header: tuple[str, ...]
    name: str
    keys: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """What the cells of a row are called, whether it is a table or each row an object of its own."""
        return self.header or self.keys

    def first_keys(self) -> frozenset[str]:
        """Return the keys of the first object in a list or on the first line, as far as they are to be seen."""
        text = self.text.lstrip()
        if text.startswith("["):
            return keys_of_cut(text[1:])
        return frozenset(self.keys) or keys_of_cut(self.object_line() or "")

    @property
    def shape(self) -> Shape:
        """How the file looks cut: as a list or one large object, as lines of objects, else as a table or text."""
        if self.object_line() is not None:
            return "json-lines"
        return "json-document" if self.text.lstrip()[:1] in {"{", "["} else "table"

    def object_line(self) -> str | None:
        """Return the first line of a file that has one JSON object a line, as far as that is to be seen."""
        text = self.text.lstrip()
        line, ended, _ = text.partition("\n")
        line = line.rstrip()
        return line if line.startswith("{") and (line.endswith("}") or not ended) else None


RecordsOf: TypeAlias = Callable[[Row], Iterator[Record | Rejection]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where the rows of a JSON document stand, and what around them they need.

    Paths are keys joined by dots, ``item`` for the members of a list: ``chats.list.item.messages.item``. ``rows`` are
    the paths of rows. A row's ``values`` are ``at`` (its path), ``item`` (the row itself), ``within`` (for each map
    around it, outermost first, that map's own scalars, and those objects below it that ``objects`` names by path),
    ``first`` (True for the document's first sound row) and ``opens`` (True for the first one of the innermost map).
    ``needs`` says per row path which ``(index in within, key)`` a row can't do without: where a file gives such a key
    only after the rows, the file is read through once for it.
    """

    rows: tuple[str, ...]
    objects: tuple[str, ...] = ()
    needs: Mapping[str, tuple[tuple[int, str], ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLayout:
    """How rows stand in lines of text, such as a chat in which a message may take several.

    A line comes with its number and without its line feed; a carriage return before that is still there, because a
    format may tell its own line ends from those in a text. One longer than ``rows.TEXT_LINE_LIMIT`` bytes comes in
    pieces of one number.

    ``foresee`` goes through all lines, as often as it calls for them, before any row is made, and returns what they
    tell together and no one tells alone (in which order dates have day and month). What stands there as ``warnings``,
    a list of sentences, is told to whoever loads the file. It raises ``ValueError`` where the file can't be read, with
    the reason in words that stand after the file's name. ``rows`` makes rows of lines, with what was foreseen: the line
    on which a row begins and its values.
    """

    foresee: Callable[[Callable[[], Iterator[tuple[int, str]]], Source], Mapping[str, Any]]
    rows: Callable[[Iterator[tuple[int, str]], Mapping[str, Any]], Iterator[tuple[int, Mapping[str, Any]] | Rejection]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loader:
    """A source format.

    ``name`` is what ``--as`` takes, ``title`` one line for people. ``shapes`` are those its files may have; where that
    is several, the file's start decides. A loader of tables that also reads lines of JSON gets the values of an object
    as a table's cells: texts, of lists and objects their JSON. ``recognises`` returns ``None`` where the file is of
    this format, else the reason why not, in words that stand after "NAME: ". ``columns`` names what it reads, each with
    a sentence. ``rank`` orders loaders that both fit: the lower is asked first (a special format before a general one).
    ``platform`` is the one that all its ids are of, ``None`` where ``--platform`` must say it. ``maps`` is True where
    ``--map`` may name the file's columns, ``by_position`` where columns are read in their order and ``--as`` takes any
    header, ``dated`` where ``--dates`` may say how its dates are written. ``split`` cuts one value of the file into its
    rows, where a line is a page of many. ``layout`` says where the rows of a JSON document stand, ``text_layout`` how
    those of a text do; these shapes need them. ``foresee`` goes through all rows' values once before any becomes
    records and returns, as JSON has it, what rows need of one another, where a row names another that may stand
    anywhere. Every side process holds a copy of that, so it must grow with the accounts of a source at most, never with
    its texts.
    """

    name: str
    title: str
    shapes: tuple[Shape, ...]
    recognises: Callable[[Head], str | None]
    columns: Mapping[str, str]
    records: RecordsOf
    rank: int = 50
    platform: str | None = None
    maps: bool = False
    by_position: bool = False
    dated: bool = False
    split: Callable[[Row], Iterator[Row | Rejection]] | None = None
    layout: Layout | None = None
    text_layout: TextLayout | None = None
    foresee: Callable[[Iterable[Mapping[str, Any]]], Mapping[str, Any]] | None = None

    def shape_of(self, head: Head) -> Shape:
        """Return how a file that begins so is cut; the loader's first shape where it looks like none of its shapes."""
        return head.shape if head.shape in self.shapes else self.shapes[0]
