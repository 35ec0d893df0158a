"""Which formats are known, which one a file is of, and the way from a path to records.

Every module of this folder that ends in ``LOADER = Loader(…)`` is a format.
"""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import loaders
from graph.errors import FormatUnknown, ParameterRefused
from graph.records import Rejection, Source
from graph.side_processes import spare_cores
from loaders import documents, rows, streams, workbooks
from loaders.binaries import looks_binary
from loaders.contract import Loader
from loaders.parcels import staged_aside
from loaders.reading import Reading
from loaders.source_options import checked
from loaders.spools import Found
from loaders.table_columns import listed

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator, Mapping

    from graph.records import ReadRow
    from graph.staging import Staged
    from loaders.contract import Head, Row, Shape
    from loaders.private_folders import PrivateFolder
    from loaders.streams import Survey

    Progress = Callable[[int, int], None]


_LAST_RESORT = (
    "it is no UTF-8 and was read as Windows-1252, which turns other alphabets into rubbish: if it is not that, "
    "convert it to UTF-8 and load it into a new case"
)


#: What is said first of a file that no loader recognises.
NO_FORMAT = "is of no format that is known here"
_JSON: frozenset[Shape] = frozenset({"json-lines", "json-document"})
_NO_ROWS = "no rows were found in it"
#: What every export of Telegram Desktop is called, and every one of WhatsApp on iOS.
_SAME_NAMES = frozenset({"result.json", "_chat.txt"})
#: From this many bytes on a file is read with the help of side processes, which take half a second to start: as long as
#: reading these takes without them.
_WORTH_HELP = 3 << 20


@dataclass(frozen=True, slots=True)
class Opened:
    """A source that is open: what it is, its rows as they are read, and what its reader should be told.

    ``rows`` is lazy and can be gone through once. ``staged`` is the same by another way: called (once, with how many
    side processes to use, by default as many as the file is worth) it yields the rows, or batches of columns made of
    them. ``warnings`` is complete when either is exhausted.
    """

    source: Source
    rows: Iterator[ReadRow]
    staged: Callable[..., Iterator[ReadRow | Staged]]
    warnings: list[str]


@cache
def known() -> tuple[Loader, ...]:
    """Return every format's loader, special ones before general ones."""
    found = []
    for module in pkgutil.iter_modules(loaders.__path__):
        loader = getattr(importlib.import_module(f"loaders.{module.name}"), "LOADER", None)
        if isinstance(loader, Loader):
            found.append(loader)
    return tuple(sorted(found, key=lambda loader: (loader.rank, loader.name)))


def open_source(
    path: str | os.PathLike[str],
    *,
    format_name: str | None = None,
    platform: str | None = None,
    region: str | None = None,
    timezone: str | None = None,
    columns: Mapping[str, str] | None = None,
    collector: str | None = None,
    dates: str | None = None,
    sheet: str | None = None,
    called: str | None = None,
    progress: Progress | None = None,
) -> Opened:
    """Return a file's source and its rows as records.

    The file is read through once for its digest and encoding, and a second time while ``rows`` is gone through. Of a
    workbook one sheet is read: the first that is a table of a known format.

    Parameters
    ----------
    path
        An ordinary file, gzip or not, or a workbook (.xlsx, .xlsm, .xlsb, .xls, .ods).
    format_name
        A loader's name; ``None`` recognises the format by the file's content.
    platform
        Of which platform the ids are, where the format does not tell; else they begin with ``unknown:``.
    region
        From where its national phone numbers are dialled, ISO 3166-1 alpha-2; ``None`` leaves them undecided.
    timezone
        Where its times without a zone belong, an IANA name; ``None`` reads them as UTC.
    columns
        The file's columns by clew's names (``{"account_id": "author"}``), for tables that are mapped.
    collector
        Who exported it, where the file does not tell: the id, handle, number or name of the account as it stands there.
    dates
        In which order its dates have day, month and year, one of ``graph.records.DATE_ORDERS``, where the file does
        not tell; ``None`` lets all its dates decide.
    sheet
        The name of the sheet to read, of a workbook.
    called
        What the source and messages call the file, if not by its name and path.
    progress
        Called now and then with the bytes read so far and the file's size.

    Raises
    ------
    SourceUnreadable
        The file can't be opened or unpacked, is empty, or is not of the shape its format has. It may be raised while
        ``rows`` is gone through.
    FormatUnknown
        No loader recognises it; the message says why each did not.
    ParameterRefused
        A parameter's value makes no sense; the message lists what would.
    """
    said = checked(platform=platform, region=region, timezone=timezone, dates=dates)
    found = _found(Path(path), called, sheet, format_name, columns or {})
    return open_found(
        found,
        name=called or _source_name(Path(path)),
        format_name=format_name,
        columns=columns,
        collector=collector,
        progress=progress,
        **said,
    )


def open_found(
    found: Found,
    *,
    name: str,
    format_name: str | None,
    told_as: str | None = None,
    platform: str | None = None,
    region: str | None = None,
    timezone: str | None = None,
    columns: Mapping[str, str] | None = None,
    collector: str | None = None,
    dates: str | None = None,
    progress: Progress | None = None,
) -> Opened:
    """Return what was found as an open source, as ``open_source`` does.

    ``name`` is the source's in the case, ``told_as`` what the case calls its format, if not as its loader is called.
    """
    said = checked(platform=platform, region=region, timezone=timezone, dates=dates)
    survey, head = found.survey, found.head
    loader = named(format_name) if format_name is not None else _recognised(survey, head, mapped=bool(columns))
    _check_columns(loader, columns or {}, head)
    shape: Shape = "table" if survey.spooled else loader.shape_of(head)
    if shape not in loader.shapes:
        raise FormatUnknown(f"{survey.called} can't be read as {loader.name}: a workbook has tables, and it reads none")
    if shape == "table" and not columns and not loader.by_position and (reason := loader.recognises(head)):
        _refuse_binary(survey)
        raise FormatUnknown(f"{survey.called} can't be read as {loader.name}: {reason}")
    if loader.platform and said["platform"] not in {None, loader.platform}:
        raise ParameterRefused(
            f"{survey.called} is read as {loader.name}, whose ids are all of {loader.platform}, not of "
            f"{said['platform']}; leave --platform out or say another --as"
        )
    if said["dates"] and not loader.dated:
        dated = ", ".join(each.name for each in known() if each.dated)
        raise ParameterRefused(
            f"{survey.path} is read as {loader.name}, whose dates need no --dates; it works with --as {dated}"
        )
    source = Source(
        name=name,
        sha256=found.sha256,
        size=found.size,
        format=told_as or loader.name,
        columns=tuple(sorted((columns or {}).items())),
        collector=(collector or "").strip() or None,
        **said,
    )
    warnings = [*found.notes, *([_LAST_RESORT] if survey.encoding in {"cp1252", "latin-1"} else [])]
    how = _How(loader, shape, survey, source, progress, warnings, found.folder)
    return Opened(source, _read(how), _staged(how), warnings)


def _found(
    path: Path, called: str | None, sheet: str | None, format_name: str | None, columns: Mapping[str, str]
) -> Found:
    """Return what there is to read at a path."""

    def fits(head: Head) -> bool:
        if columns:
            return set(columns.values()) <= set(head.header)
        tables = [named(format_name)] if format_name is not None else [each for each in known() if _reads_tables(each)]
        return any(loader.recognises(head) is None for loader in tables)

    if workbooks.is_workbook(path):
        return workbooks.sheet_of(path, called or str(path), sheet, fits)
    if sheet is not None:
        raise ParameterRefused(f"--sheet {sheet!r}: {called or path} is no workbook, and has no sheets")
    survey = streams.survey(path, called)
    return Found(survey, rows.head_of(survey), survey.sha256, survey.size)


def _reads_tables(loader: Loader) -> bool:
    return "table" in loader.shapes


def _source_name(path: Path) -> str:
    """Return what the case calls the file; exports that are all called the same are told apart by their folder."""
    return f"{path.parent.name}/{path.name}" if path.name in _SAME_NAMES and path.parent.name else path.name


class _How(NamedTuple):
    """What it takes to read a source; ``warnings`` get what its reader should be told.

    ``folder`` is held for as long as what was unpacked into it is read.
    """

    loader: Loader
    shape: Shape
    survey: Survey
    source: Source
    progress: Progress | None
    warnings: list[str]
    folder: PrivateFolder | None


def _read(how: _How) -> Iterator[ReadRow]:
    """Yield what each row came to, and note what the reader should be told."""
    reading, warnings = Reading(how.loader, how.shape, how.source, _foreseen(how)), how.warnings
    told = 0
    empty = True
    for row in reading.read(_rows(how)):
        empty = False
        if len(reading.warnings) > told:
            warnings += reading.warnings[told:]
            told = len(reading.warnings)
        yield row
    if empty:
        warnings.append(_NO_ROWS)


def _staged(how: _How) -> Callable[[int | None], Iterator[ReadRow | Staged]]:
    """Return what yields a source's rows, or batches of them that ``processes`` made; of a small file none do."""

    def staged(processes: int | None = None) -> Iterator[ReadRow | Staged]:
        if processes is None:
            processes = spare_cores() if how.survey.size >= _WORTH_HELP else 0
        if not processes or how.shape == "text":
            yield from _read(how)
            return
        empty = True
        for batch in staged_aside(
            *how[:4], _foreseen(how), processes=processes, progress=how.progress, warnings=how.warnings
        ):
            empty = empty and not batch.rows
            yield batch
        if empty:
            how.warnings.append(_NO_ROWS)

    return staged


def _foreseen(how: _How) -> Mapping[str, Any] | None:
    """Return what rows need of one another, for which the source is read once more; ``None`` for other loaders."""
    if how.loader.foresee is None:
        return None
    found = _rows(how._replace(progress=None, warnings=[]))
    return how.loader.foresee(row.values for row in found if not isinstance(row, Rejection))


def _rows(how: _How) -> Iterator[Row | Rejection]:
    loader, shape, survey, source, progress, warnings, *_ = how
    if shape == "table":
        return rows.table_rows(survey, source, progress)
    if shape == "json-lines":
        return rows.line_rows(survey, source, progress, as_cells="table" in loader.shapes)
    if shape == "text" and loader.text_layout:
        return rows.text_rows(survey, source, loader.text_layout, warnings, progress)
    if loader.layout is None:
        raise TypeError(f"the loader {loader.name} reads a JSON document or a text and needs a layout")
    return documents.document_rows(survey, source, loader.layout, progress)


def _refuse_binary(survey: Survey) -> None:
    """Raise ``FormatUnknown`` in one line, without what each loader made of bytes that are no text."""
    if looks_binary(survey.head):
        raise FormatUnknown(f"{survey.called} is no text but something binary; export what it holds as CSV or JSON")


def _recognised(survey: Survey, head: Head, *, mapped: bool) -> Loader:
    candidates = [loader for loader in known() if loader.maps or not mapped]
    if survey.spooled:
        candidates = [loader for loader in candidates if _reads_tables(loader)]
    reasons, others = [], []
    for loader in candidates:
        reason = loader.recognises(head)
        if reason is None or (mapped and head.header):
            return loader
        if any((shape in _JSON) == (head.shape in _JSON) for shape in loader.shapes):
            reasons.append(f"  {loader.name} ({loader.title}): {reason}")
        else:
            others.append(loader.name)
    _refuse_binary(survey)
    if others:
        what = "no JSON" if head.shape not in _JSON else "JSON"
        reasons.append(f"  {', '.join(others)}: it is {what}")
    listed = "\n".join(reasons)
    raise FormatUnknown(
        f"{survey.called} {NO_FORMAT}; say which it is with --as NAME (clew formats lists them), or name a table's "
        f"columns with --map account_id=COLUMN. Why none fits:\n{listed}"
    )


def named(name: str) -> Loader:
    """Return the loader of that name; raise ``ParameterRefused`` where there is none."""
    for loader in known():
        if loader.name == name:
            return loader
    raise ParameterRefused(f"{name!r} is no format; known are {', '.join(loader.name for loader in known())}")


def _check_columns(loader: Loader, columns: Mapping[str, str], head: Head) -> None:
    if columns and not loader.maps:
        mapping = ", ".join(each.name for each in known() if each.maps)
        raise ParameterRefused(f"the columns of {loader.name} are fixed; --map works with --as {mapping}")
    for ours, theirs in columns.items():
        if ours not in loader.columns:
            raise ParameterRefused(f"--map {ours}={theirs}: {ours!r} is none of {', '.join(loader.columns)}")
        if theirs not in head.header:
            raise ParameterRefused(
                f"--map {ours}={theirs}: the file has no column {theirs!r}, but {listed(head.header)}"
            )
