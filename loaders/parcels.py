"""A source in parcels: cut into rows here, made into records and columns by side processes, a parcel at a time.

What is cheap and must be done in order stays in this process: reading, unpacking, cutting into rows, counting lines.
A parcel is bytes: how each row was cut, and its own bytes. What it comes to is the same as if one process did it all.
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from graph.records import Rejection, Source
from graph.side_processes import WITHOUT_NUMBERS, done_aside
from graph.staging import Staged, Stager, packed, unpacked
from loaders import documents, rows
from loaders.contract import Row
from loaders.reading import Reading
from loaders.spools import cut_spool
from loaders.streams import Survey
from loaders.table_text import Run, cells_of_run, cut_runs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from graph.side_processes import Work
    from loaders.contract import Loader, Shape
    from loaders.table_text import Cut

    Progress = Callable[[int, int], None]

#: What makes a parcel full: rows, and their bytes or characters.
_ROWS, _BYTES = 4_000, 1 << 19
_BOOK = 4


def staged_aside(
    loader: Loader,
    shape: Shape,
    survey: Survey,
    source: Source,
    foreseen: Mapping[str, Any] | None = None,
    *,
    processes: int,
    progress: Progress | None,
    warnings: list[str],
) -> Iterator[Staged]:
    """Yield a source's rows as batches of columns, made by ``processes`` side processes.

    ``foreseen`` is what the loader's ``foresee`` returned; each side process is told it once, before any rows.
    ``warnings`` gets what ``Reading`` would tell, in the order of the rows.
    """
    parcels, header = _parcels(loader, shape, survey, progress)
    setup = {
        "loader": loader.name,
        "shape": shape,
        "source": asdict(source),
        "survey": asdict(replace(survey, head="")) | {"path": str(survey.path)},
        "header": header,
        "foreseen": foreseen,
    }
    told: set[str] = set()
    told_once = json.dumps(setup).encode()
    for answer in done_aside("loaders.parcels:reader", told_once, parcels, processes, without=WITHOUT_NUMBERS):
        notes, data = _opened(answer)
        for note in notes:
            if note not in told:
                told.add(note)
                warnings.append(note)
        yield unpacked(data)


def _parcels(loader: Loader, shape: Shape, survey: Survey, progress: Progress | None) -> tuple[Iterator[bytes], Any]:
    """Return a source's parcels, and what all of them need: of a table its header and delimiter."""
    if shape == "json-lines":
        return _gathered(map(_line, rows.cut_lines(survey, progress)), "lines"), None
    if shape == "json-document":
        if loader.layout is None:
            raise TypeError(f"the loader {loader.name} reads a JSON document and needs a layout")
        return _of_document(documents.document_runs(survey, loader.layout, progress)), None
    delimiter, skip = rows.delimiter_of(survey.head)
    cut = cut_spool(survey, progress) if survey.spooled else cut_runs(survey, delimiter, skip, progress)
    header = rows.header_of(cut, survey)
    return _of_table(cut), [header, delimiter]


def reader(setup: bytes) -> Work:
    """Return what makes a parcel into a batch, in a side process."""
    from loaders.formats import named  # noqa: PLC0415 - it imports this module

    told = json.loads(setup)
    columns = tuple(tuple(pair) for pair in told["source"].pop("columns"))
    source = Source(**told["source"], columns=columns)
    survey = Survey(**told["survey"] | {"path": Path(told["survey"]["path"])})
    loader = named(told["loader"])
    reading, stager = Reading(loader, told["shape"], source, told["foreseen"]), Stager()
    needed = told["header"], "table" in loader.shapes

    def read(parcel: bytes) -> bytes:
        reading.warnings.clear()
        staged = stager.one_batch(reading.read(_rows_of(parcel, survey, source, *needed)))
        return _closed(reading.warnings, packed(staged))

    return read


def _rows_of(parcel: bytes, survey: Survey, source: Source, header: Any, as_cells: bool) -> Iterator[Row | Rejection]:
    """Return the rows of a parcel."""
    book, data = _opened(parcel)
    if book["shape"] in {"table", "run"}:
        names, delimiter = header
        return rows.rows_of_cells(_cut_of(book, data, delimiter), names, delimiter, survey, source)
    if book["shape"] == "lines":
        return rows.rows_of_lines(_lines_of(book["rows"], data), survey, source, as_cells=as_cells)
    return _items_of(book, data, source)


def _cut_of(book: Any, data: bytes, delimiter: str) -> Iterable[Cut]:
    """Return a table's rows as cells, or their rejections."""
    if book["shape"] == "run":
        return cells_of_run(Run(book["line"], data.decode()), delimiter)
    return (Rejection(**found[0]) if len(found) == 1 else found for found in book["rows"])


def _closed(book: Any, data: bytes = b"") -> bytes:
    """Return a parcel: its book, with the length before it, and its data."""
    try:
        told = orjson.dumps(book)
    except TypeError:  # half a surrogate pair in a reason, or a number of more than 64 bits around rows
        told = json.dumps(book).encode()
    return b"".join((len(told).to_bytes(_BOOK, "little"), told, data))


def _opened(parcel: bytes) -> tuple[Any, bytes]:
    end = _BOOK + int.from_bytes(parcel[:_BOOK], "little")
    told = parcel[_BOOK:end]
    try:
        book = orjson.loads(told)
    except orjson.JSONDecodeError:
        book = json.loads(told)
    return book, parcel[end:]


def _of_table(cut: Iterable[Cut | Run]) -> Iterator[bytes]:
    """Yield parcels of a table's rows: a run as it is, and of others line and cells, or a rejection alone."""
    book: list[Any] = []
    size = 0
    for found in cut:
        if isinstance(found, Run):
            if book:
                yield _closed({"shape": "table", "rows": book})
                book, size = [], 0
            yield _closed({"shape": "run", "line": found.line}, found.text.encode())
            continue
        if isinstance(found, Rejection):
            book.append([asdict(found)])
        else:
            book.append(found)
            size += sum(map(len, found[1]))
        if size >= _BYTES or len(book) >= _ROWS:
            yield _closed({"shape": "table", "rows": book})
            book, size = [], 0
    if book:
        yield _closed({"shape": "table", "rows": book})


def _line(found: tuple[int, bytes, bool] | Rejection) -> tuple[list[Any], bytes]:
    if isinstance(found, Rejection):
        return [asdict(found)], b""
    number, line, ended = found
    return [number, ended, len(line)], line


def _lines_of(book: Iterable[list[Any]], data: bytes) -> Iterator[tuple[int, bytes, bool] | Rejection]:
    at = 0
    for each in book:
        if len(each) == 1:
            yield Rejection(**each[0])
        else:
            number, ended, size = each
            yield number, data[at : at + size], ended
            at += size


def _gathered(cut: Iterable[tuple[list[Any], bytes]], shape: str) -> Iterator[bytes]:
    """Yield parcels of rows that have a line in the book and bytes of their own."""
    book: list[list[Any]] = []
    data: list[bytes] = []
    size = 0
    for entry, own in cut:
        book.append(entry)
        data.append(own)
        size += len(own)
        if size >= _BYTES or len(book) >= _ROWS:
            yield _closed({"shape": shape, "rows": book}, b"".join(data))
            book, data, size = [], [], 0
    if book:
        yield _closed({"shape": shape, "rows": book}, b"".join(data))


def _of_document(runs: Iterable[documents.Run | Rejection]) -> Iterator[bytes]:
    """Yield parcels of a document's rows; the maps around them are told once a parcel and change."""
    book: list[list[Any]] = []
    data: list[bytes] = []
    around: list[str] = []
    known: tuple[int, int] | None = None
    size = count = 0
    for found in runs:
        if isinstance(found, Rejection):
            book.append([asdict(found)])
            count += 1
        else:
            if (found.place, found.changes) != known:
                known = (found.place, found.changes)
                around.append(json.dumps(found.within))
            # What was not cut out whole may have numbers that only Python's own writer and reader keep.
            own = found.raw if found.raw is not None else json.dumps(found.items).encode()
            entry = [found.number, len(own), found.raw is not None, len(around) - 1, found.at, found.first, found.opens]
            book.append(entry)
            data.append(own)
            size += len(own)
            count += len(found.items)
        if size >= _BYTES or count >= _ROWS:
            yield _closed({"shape": "document", "rows": book, "around": around}, b"".join(data))
            book, data, around, known, size, count = [], [], [], None, 0, 0
    if book:
        yield _closed({"shape": "document", "rows": book, "around": around}, b"".join(data))


def _items_of(book: Any, data: bytes, source: Source) -> Iterator[Row | Rejection]:
    around = [tuple(json.loads(each)) for each in book["around"]]
    end = 0
    for each in book["rows"]:
        if len(each) == 1:
            yield Rejection(**each[0])
            continue
        number, size, regular, place, at, first, opens = each
        own, end = data[end : end + size], end + size
        items = orjson.loads(b"[%b]" % own) if regular else json.loads(own)
        run = documents.Run(number, at, items, None, around[place], place, 0, first, opens)
        yield from documents.rows_of_run(run, source)
