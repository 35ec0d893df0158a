"""From a file to rows: tables and JSON lines.

JSON documents are read in ``loaders/documents.py``, tables are cut in ``loaders/table_text.py``. With these and
``loaders/streams.py`` this is the only place that knows encodings, byte order marks, delimiters and compression.
Every row that can't be read is one ``Rejection`` with the line on which it began.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import orjson

from graph.errors import SourceUnreadable
from graph.records import Rejection
from loaders.cells import cells_of
from loaders.contract import QUOTED, Head, Row
from loaders.spools import cut_spool
from loaders.streams import CHUNK, open_unpacked
from loaders.table_text import cut_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from graph.records import Source
    from loaders.contract import TextLayout
    from loaders.streams import Survey, Unpacked
    from loaders.table_text import Cut, Run

#: The longest line of JSON lines. Longer ones are rejected instead of filling the memory; a page of 500 tweets with all
#: its includes has some 3 MB.
JSON_LINE_LIMIT = 1 << 26
#: Values of a line longer than ``LARGE_LINE`` bytes, counted by commas: 64 MiB of empty lists would take 1.5 GiB.
LARGE_LINE, JSON_VALUES_LIMIT = 1 << 22, 1_000_000
#: The longest line of a text, in bytes; messages of WhatsApp have at most 65,536 characters.
TEXT_LINE_LIMIT = 1 << 18
DELIMITERS = (",", ";", "\t")
#: By these lines of a table its delimiter is chosen.
_SAMPLE_LINES = 20
_UNDECODABLE = "holds bytes that are not text in the file's encoding"
_NUL = "holds NUL characters, which no text has"
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def head_of(survey: Survey) -> Head:
    """Return what formats are recognised by: the first characters, and the first line's cells if it is a table."""
    text = survey.head
    if not survey.spooled and text.lstrip()[:1] in {"{", "["}:
        return Head(text, (), PurePath(survey.called).name, _keys(Head(text, (), "").object_line()))
    delimiter, skip = delimiter_of(text) if not survey.spooled else (",", 0)
    header = next(_sample(text, delimiter, skip), [])
    return Head(text, tuple(_header(header)), PurePath(survey.called).name)


def _keys(line: str | None) -> tuple[str, ...]:
    try:
        value = orjson.loads(line or "null")
    except orjson.JSONDecodeError:  # damaged, or longer than what was taken to look at
        return ()
    return tuple(value) if isinstance(value, dict) else ()


def delimiter_of(text: str) -> tuple[str, int]:
    """Return the delimiter of a table by its first lines, and how many lines stand before the header.

    A first line ``sep=;``, as Excel writes, decides. Else it is the delimiter by which most of the lines have as many
    cells as the first, which must have two or more; then the one with the most cells. A comma where none does.
    """
    first = text.split("\n", 1)[0].strip().lower()
    if first.startswith("sep=") and len(first) == len("sep=") + 1:
        return first[-1], 1
    if first == "sep=":
        return "\t", 1

    def merit(delimiter: str) -> tuple[float, int]:
        lines = [row for row in _sample(text, delimiter, 0) if row]
        width = len(lines[0]) if lines else 0
        if width <= 1:
            return 0.0, 0
        return sum(len(row) == width for row in lines) / len(lines), width

    return max(DELIMITERS, key=merit), 0


def table_rows(
    survey: Survey, source: Source, progress: Callable[[int, int], None] | None = None
) -> Iterator[Row | Rejection]:
    """Yield a table's rows: values by column name, as text; blank lines are no rows.

    A row with another number of cells than the header is a rejection (empty cells at its end don't count), and so is
    one whose quotes are broken. Columns without a name are called ``column 3``, a name's second use ``name (2)``.
    ``line`` is the line on which the row begins. A header that can't be read is ``SourceUnreadable``.
    """
    delimiter, skip = delimiter_of(survey.head)
    cut = cut_spool(survey, progress) if survey.spooled else cut_table(survey, delimiter, skip, progress)
    return rows_of_cells(cut, header_of(cut, survey), delimiter, survey, source)


def header_of(cut: Iterator[Cut | Run], survey: Survey) -> list[str]:
    """Take the header from the rows of a table and return its names, each once."""
    first = next(cut, None)
    if not isinstance(first, tuple):
        reason = first.reason if isinstance(first, Rejection) else "is missing"
        raise SourceUnreadable(f"{survey.called}: the header {reason}")
    return _header(first[1])


def rows_of_cells(
    cut: Iterable[Cut], header: list[str], delimiter: str, survey: Survey, source: Source
) -> Iterator[Row | Rejection]:
    """Yield the rows that cells make under a header, as ``table_rows`` says."""
    suspicious = _suspicion(survey)
    width = len(header)
    for found in cut:
        if isinstance(found, Rejection):
            yield found
            continue
        line, cells = found
        if len(cells) != width:
            while len(cells) > width and not cells[-1]:
                cells.pop()
            if len(cells) != width:
                reason = f"has {len(cells)} cells where the header has {width}"
                yield Rejection(line=line, reason=reason, row=delimiter.join(cells)[:QUOTED])
                continue
        if suspicious and (why := suspicious(cells)):
            yield Rejection(line=line, reason=why, row=delimiter.join(cells)[:QUOTED])
            continue
        yield Row(dict(zip(header, cells)), source, line)  # noqa: B905 - as long as each other, see above


def line_rows(
    survey: Survey,
    source: Source,
    progress: Callable[[int, int], None] | None = None,
    *,
    as_cells: bool = False,
) -> Iterator[Row | Rejection]:
    """Yield the objects of a file that has one JSON value a line; blank lines are no rows.

    ``line`` is the line's number. A line that is no JSON, or whose value is no object, is a rejection. ``as_cells``
    gives values as a table would have them.
    """
    return rows_of_lines(cut_lines(survey, progress), survey, source, as_cells=as_cells)


def rows_of_lines(
    lines: Iterable[tuple[int, bytes, bool] | Rejection], survey: Survey, source: Source, *, as_cells: bool = False
) -> Iterator[Row | Rejection]:
    """Yield the rows that lines make: their numbers, their bytes, and whether they end, as ``line_rows`` says."""
    for found in lines:
        if isinstance(found, Rejection):
            yield found
            continue
        number, line, ended = found
        value = _value(line, survey)
        if isinstance(value, str):
            reason = value if ended else f"{value}; the file ends in this line"
            yield Rejection(line=number, reason=reason, row=_shown(line))
        else:
            yield Row(cells_of(value) if as_cells else value, source, number)


def text_rows(
    survey: Survey,
    source: Source,
    layout: TextLayout,
    warnings: list[str],
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[Row | Rejection]:
    """Yield the rows of a text; before that its lines are gone through for what only all of them tell.

    ``line`` is the line on which a row begins. ``warnings`` get what was foreseen and should be told. Where the data
    breaks off, the last rejection says so. A text that its layout can't read is ``SourceUnreadable``.
    """
    damage: list[Rejection] = []
    try:
        foreseen = layout.foresee(lambda: _text_lines(survey, None, []), source)
    except ValueError as problem:
        raise SourceUnreadable(f"{survey.path}: {problem}") from problem
    warnings += foreseen.get("warnings", ())
    for found in layout.rows(_text_lines(survey, progress, damage), foreseen):
        if isinstance(found, Rejection):
            yield found
            continue
        line, values = found
        why = suspicious_text("".join(value for value in values.values() if isinstance(value, str)), survey)
        yield Rejection(line=line, reason=why) if why else Row(values, source, line)
    yield from damage


def _text_lines(
    survey: Survey, progress: Callable[[int, int], None] | None, damage: list[Rejection]
) -> Iterator[tuple[int, str]]:
    """Yield a text's lines with their numbers; only a line feed ends one. Where data breaks off, ``damage`` says so."""
    with open_unpacked(survey, progress) as raw:
        stream = io.BufferedReader(utf8(raw, survey), CHUNK)
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        number = 1
        for piece in iter(partial(stream.readline, TEXT_LINE_LIMIT), b""):
            ended = piece.endswith(b"\n")
            # A piece of a long line may end within a character; the next one has the rest of it.
            yield number, decoder.decode(piece, final=ended).removesuffix("\n")
            number += ended
        if raw.damage:
            damage.append(Rejection(line=number, reason=raw.damage, more_lost=True))


def cut_lines(
    survey: Survey, progress: Callable[[int, int], None] | None = None
) -> Iterator[tuple[int, bytes, bool] | Rejection]:
    """Yield the number and bytes of each line that is not blank, and whether it ends before the file does."""
    with open_unpacked(survey, progress) as raw:
        stream = io.BufferedReader(utf8(raw, survey), CHUNK)
        number = 0
        for line in iter(partial(stream.readline, JSON_LINE_LIMIT), b""):
            number += 1
            ended = line.endswith(b"\n")
            if not ended and len(line) >= JSON_LINE_LIMIT:
                yield Rejection(line=number, reason=f"is longer than {JSON_LINE_LIMIT:,} bytes", row=_shown(line))
                while not ended and (rest := stream.readline(CHUNK)):
                    ended = rest.endswith(b"\n")
                continue
            if not ended and raw.damage:
                yield Rejection(line=number, reason=raw.damage, row=_shown(line), more_lost=True)
                return
            if not line.isspace():
                yield number, line, ended
        if raw.damage:
            yield Rejection(line=number + 1, reason=raw.damage, more_lost=True)


def utf8(stream: Unpacked, survey: Survey) -> io.RawIOBase:
    """Return the stream as good UTF-8, whatever it is encoded in; what does not fit becomes U+FFFD."""
    if survey.encoding == "utf-8" and not survey.undecodable:
        return stream
    return _Recoded(stream, survey.encoding)


def suspicious_text(text: str, survey: Survey) -> str | None:
    """Return why a text can't be trusted to be what the author wrote, ``None`` where it can."""
    if survey.undecodable and _REPLACEMENT in text:
        return _UNDECODABLE
    return _NUL if "\0" in text else None


def _value(line: bytes, survey: Survey) -> dict[str, Any] | str:
    """Return a line's JSON object, or why there is none."""
    if survey.undecodable and _REPLACEMENT.encode() in line:
        return _UNDECODABLE
    if survey.nul and b"\0" in line:
        return _NUL
    if len(line) > LARGE_LINE and line.count(b",") > JSON_VALUES_LIMIT:
        return _Reason(f"holds more than {JSON_VALUES_LIMIT:,} values")
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError as problem:
        value = _leniently(line, f"is not JSON: {problem.msg} at column {problem.colno}")
    if isinstance(value, dict):
        return _NUL if b"\\u0000" in line and _has_nul(value) else value
    return value if isinstance(value, _Reason) else f"is no JSON object but {_kind(value)}"


class _Reason(str):
    """Why a line is rejected, told apart from a JSON string."""

    __slots__ = ()


def _leniently(line: bytes, complaint: str) -> Any:
    """Return the value of what orjson refuses and Python reads: NaN and Infinity."""
    try:
        value = json.loads(line)
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return _Reason("holds half a surrogate pair, which is no text")
    except RecursionError:
        return _Reason("is nested too deeply")
    except ValueError:
        return _Reason(complaint)
    return value


def _has_nul(value: object) -> bool:
    """Return whether a text anywhere in a JSON value has a NUL: its escape in a line may be a backslash and letters."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            if "\0" in each:
                return True
        elif isinstance(each, dict):
            waiting += each.keys()
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each
    return False


def _kind(value: object) -> str:
    if value is None:
        return "null"
    return {list: "a list", str: "a string", bool: "true or false"}.get(type(value), "a number")


def _shown(line: bytes) -> str:
    return line[:QUOTED].decode("utf-8", "replace").strip()


def _sample(text: str, delimiter: str, skip: int) -> Iterator[list[str]]:
    """Yield the rows of a table's start; the last line is left out where the start may cut it."""
    lines = text.splitlines(keepends=True)[skip : skip + _SAMPLE_LINES]
    try:
        yield from csv.reader(lines, delimiter=delimiter)
    except csv.Error:
        return


def _header(cells: list[str]) -> list[str]:
    names: list[str] = []
    taken: dict[str, int] = {}
    for place, cell in enumerate(cells, 1):
        name = cell.strip() or f"column {place}"
        taken[name] = taken.get(name, 0) + 1
        names.append(name if taken[name] == 1 else f"{name} ({taken[name]})")
    return names


def _suspicion(survey: Survey) -> Callable[[list[str]], str | None] | None:
    """Return a check of cells, or ``None`` where the survey found nothing to look for."""
    if not (survey.undecodable or survey.nul):
        return None
    return lambda cells: suspicious_text("".join(cells), survey)


class _Recoded(io.RawIOBase):
    """A byte stream in any encoding, as UTF-8."""

    def __init__(self, stream: Unpacked, encoding: str) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._ready = b""
        self._ended = False

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        """Fill ``buffer`` and return how much that was; 0 at the end."""
        while not self._ready and not self._ended:
            data = self._stream.read(CHUNK)
            self._ended = not data
            self._ready = self._decoder.decode(data or b"", final=self._ended).encode("utf-8", "replace")
        given = self._ready[: len(buffer)]
        self._ready = self._ready[len(given) :]
        buffer[: len(given)] = given
        return len(given)
