"""Workbooks of Excel and of OpenDocument as tables: one sheet's cells as the text that a CSV would have.

Reading one takes a library that holds a whole sheet in memory and, in Rust, ends the process where there is not enough.
So it works in a side process with a limit, which leaves each sheet as a spool (``loaders/spools.py``). What a workbook
unpacks to, how far its sheets reach, and whether it is whole is looked at before that.
"""

from __future__ import annotations

import json
import re
import zipfile
from datetime import date, time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from graph.errors import ParameterRefused, ProcessLost, SourceUnreadable
from graph.side_processes import WITHOUT_NUMBERS, done_aside
from loaders.archives import DAMAGED, begins_as_zip, bomb, chunks_of, opened_zip
from loaders.binaries import OLD_OFFICE
from loaders.private_folders import kept_if_well
from loaders.rows import head_of
from loaders.spools import Found, survey_of, write_spool
from loaders.streams import BOMB_FREE, BOMB_RATIO, digest_of, refuse_changed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from graph.side_processes import Work
    from loaders.contract import Head
    from loaders.streams import Survey

#: What the side process does.
SPOOLER = "loaders.workbooks:spooler"
#: What it may take. A sheet takes 40 to 80 bytes a cell, empty ones between filled ones too.
MEMORY = 1 << 30
#: The most cells of a sheet's rectangle from A1 to its last cell.
AREA_LIMIT = 12_000_000
#: Doubles have 15 digits that can be relied on, and Excel keeps no more: of a longer id the rest is lost.
_WHOLE_BELOW = 10**15
_TYPES = "[Content_Types].xml"
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument.spreadsheet"
_PARTS = (".xml", ".rels", ".bin")
#: The beginning of a cell, with its place; in XML no text can look like it.
_CELL = re.compile(rb"<(?:\w{1,20}:)?c\s[^<>]{0,200}?\br\s{0,9}=\s{0,9}[\"']([A-Z]{1,3})(\d{1,7})")
#: As long as the longest of these, so that none is overlooked where one chunk ends and the next begins.
_CARRIED = 256
_NO_WORKBOOK = "is an Office file, but no workbook that can be read: save the sheet as .xlsx or CSV"
_TAKES = f"takes more than {MEMORY >> 20:,} MiB of memory to read, or is broken"
_ENCRYPTED = "is encrypted: open it with its password, and save it without one"


class _Sheet(NamedTuple):
    """A sheet that holds rows: its name, how many, whether it is hidden, and its spool."""

    name: str
    rows: int
    hidden: bool
    spool: str


def is_workbook(path: Path) -> bool:
    """Return whether a file is a workbook, or another file of Office programs.

    Raises ``SourceUnreadable`` for a damaged ZIP archive, which is what most of them are.
    """
    if not begins_as_zip(path):
        return _begins_as_old(path)
    with opened_zip(path, str(path)) as archive:
        names = set(archive.namelist())
        return _TYPES in names or ("mimetype" in names and _mimetype(archive).startswith(_OPEN_DOCUMENT))


def _begins_as_old(path: Path) -> bool:
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            return file.read(len(OLD_OFFICE)) == OLD_OFFICE
    except (OSError, ValueError):  # whoever reads it says why it can't be read
        return False


def _mimetype(archive: zipfile.ZipFile) -> bytes:
    try:
        with archive.open("mimetype") as member:
            return member.read(100)
    except (*DAMAGED, RuntimeError):  # RuntimeError: it is encrypted
        return b""


def sheet_of(path: Path, called: str, sheet: str | None, fits: Callable[[Head], bool]) -> Found:
    """Return the sheet of a workbook that is read: the one of that name, else the first that is a table that ``fits``.

    Where none fits it is the first that holds rows. The notes tell of the sheets that hold rows too and are not read.

    Raises ``SourceUnreadable`` for a file that is no workbook, damaged, encrypted, too large or empty, and
    ``ParameterRefused`` where it has no sheet of that name.
    """
    before = path.stat()
    sha256, size = digest_of(path, called)
    if begins_as_zip(path):
        with opened_zip(path, called) as archive:
            _check(archive, called, size)
    with kept_if_well() as folder:
        names, sheets = _spooled_aside(path, called, folder.path)
        refuse_changed(path, before, called)
        chosen, notes = _chosen(names, sheets, sheet, fits, called)
    return Found(*chosen, sha256, size, tuple(notes), folder)


def _chosen(
    names: list[str], sheets: list[_Sheet], sheet: str | None, fits: Callable[[Head], bool], called: str
) -> tuple[tuple[Survey, Head], list[str]]:
    """Return the sheet that is read, and what is to be told of the others."""
    if sheet is not None and sheet not in names:
        raise ParameterRefused(f"--sheet {sheet!r}: {called} has no such sheet, but {_listed(names)}")
    candidates = [each for each in sheets if sheet in {None, each.name}]
    if not candidates:
        raise SourceUnreadable(f"{called} holds no rows" if sheet is None else f"{called}: {sheet!r} holds no rows")
    surveys = [survey_of(Path(each.spool), called) for each in candidates]
    heads = [head_of(survey) for survey in surveys]
    chosen = next((n for n, head in enumerate(heads) if fits(head)), 0)
    return (surveys[chosen], heads[chosen]), list(_notes(candidates[chosen], sheets))


def _notes(read: _Sheet, sheets: list[_Sheet]) -> Iterator[str]:
    if read.hidden:
        yield f"the sheet {read.name!r} is hidden in the workbook; it was read"
    others = [f"{each.name!r} ({each.rows:,} {'row' if each.rows == 1 else 'rows'})" for each in sheets if each != read]
    if others:
        yield (
            f"only the sheet {read.name!r} was read; {', '.join(others)} {'hold' if len(others) > 1 else 'holds'} rows "
            "too: read them with --sheet NAME"
        )


def _listed(names: list[str]) -> str:
    shown = ", ".join(repr(name) for name in names[:20])
    return f"{shown} and {len(names) - 20} more" if len(names) > 20 else shown or "none"  # noqa: PLR2004 - as above


def _check(archive: zipfile.ZipFile, called: str, size: int) -> None:
    """Raise where a workbook is encrypted, damaged, or would take more memory than it may.

    Its reader does not look at checksums to the end of each part, and a damaged part may give another number.
    """
    infos = [info for info in archive.infolist() if info.filename.lower().endswith(_PARTS)]
    if any(info.flag_bits & 1 for info in infos):
        raise SourceUnreadable(f"{called} {_ENCRYPTED}")
    if sum(info.file_size for info in infos) > max(BOMB_FREE, BOMB_RATIO * size):
        raise SourceUnreadable(bomb(called))
    for info in infos:
        try:
            column, row = _extent(chunks_of(archive, info))
        except (*DAMAGED, RuntimeError, OSError) as problem:
            raise SourceUnreadable(f"{called} is damaged: it does not give what was packed. Get it anew") from problem
        if column * row > AREA_LIMIT:
            raise SourceUnreadable(
                _too_large(f"{called}: a sheet of it reaches to row {row:,} and column {column:,}: too far")
            )


def _extent(chunks: Iterable[bytes]) -> tuple[int, int]:
    """Return how far the cells of a sheet reach: column and row, counted from 1; of other parts 0 or so."""
    columns: set[bytes] = set()
    row = 0
    carried = b""
    for data in chunks:
        found = _CELL.findall(carried + data)
        carried = data[-_CARRIED:]
        if found:
            columns.update(column for column, _ in found)
            lowest = max(int(number) for _, number in found)
            row = max(row, lowest)
    return max(map(_column_number, columns), default=0), row


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _too_large(what: str) -> str:
    return f"{what}. Delete what stands far from the table, or save the sheet as CSV"


def _spooled_aside(path: Path, called: str, folder: Path) -> tuple[list[str], list[_Sheet]]:
    """Return the names of all sheets, and those that hold rows, each left as a spool in ``folder``."""
    task = json.dumps([str(path), str(folder)]).encode()
    try:
        (answer,) = done_aside(SPOOLER, b"", [task], 1, without=WITHOUT_NUMBERS)
    except ProcessLost as problem:
        raise SourceUnreadable(f"{called} {_too_large(_TAKES)}") from problem
    told = json.loads(answer)
    if "problem" in told:
        raise SourceUnreadable(f"{called} {told['problem']}")
    return told["names"], [_Sheet(*each) for each in told["sheets"]]


def spooler(_: bytes) -> Work:
    """Return what spools a workbook's sheets, in a side process of which it takes memory and voice."""
    _limit_memory()
    _silence()

    def spool(task: bytes) -> bytes:
        path, folder = json.loads(task)
        return json.dumps(_spool(path, Path(folder))).encode()

    return spool


def _spool(path: str, folder: Path) -> dict[str, Any]:
    import python_calamine as calamine  # noqa: PLC0415 - where it may end the process

    try:
        with calamine.load_workbook(path) as workbook:
            sheets = []
            for number, about in enumerate(workbook.sheets_metadata):
                if about.typ != calamine.SheetTypeEnum.WorkSheet:
                    continue
                spool = folder / str(number)
                count = write_spool(spool, _rows_of(workbook.get_sheet_by_index(number)))
                if spool.stat().st_size:
                    hidden = about.visible != calamine.SheetVisibleEnum.Visible
                    sheets.append(_Sheet(about.name, count, hidden, str(spool)))
            return {"names": workbook.sheet_names, "sheets": sheets}
    except calamine.PasswordError:
        return {"problem": _ENCRYPTED}
    except (calamine.CalamineError, ValueError, OverflowError):
        return {"problem": _NO_WORKBOOK}
    except MemoryError:
        return {"problem": _too_large(_TAKES)}


def _rows_of(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    """Yield a sheet's rows that are not blank: number, and cells as text, all as many as the sheet is wide."""
    if sheet.start is None:
        return
    for number, row in enumerate(sheet.iter_rows(), 1):
        cells = [cell if type(cell) is str else text_of(cell) for cell in row]
        if any(cell and not cell.isspace() for cell in cells):
            yield number, cells


def text_of(value: Any) -> str:
    """Return a cell's value as a CSV would have it.

    A whole number has no ``.0``; one of more digits than Excel keeps is written as Excel shows it, so that an id that
    lost its digits is known for one. Dates and times are ISO 8601.

    >>> text_of(12.0), text_of(0.5), text_of(1234567890123456789.0), text_of(date(2024, 1, 5))
    ('12', '0.5', '1.23456789012346E+18', '2024-01-05')
    """
    if isinstance(value, bool | str):
        return str(value)
    if isinstance(value, float | int):
        return _number(value)
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _number(value: float) -> str:
    if float(value).is_integer():
        return str(int(value)) if abs(value) < _WHOLE_BELOW else f"{value:.14E}"
    text = f"{value:.15g}"
    return text if "." in text or "e" in text else repr(value)


def _limit_memory() -> None:
    """Let this process have ``MEMORY`` and no more, where the system can hold it to that."""
    try:
        import resource  # noqa: PLC0415 - not everywhere
    except ImportError:
        return
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    wanted = MEMORY if most == resource.RLIM_INFINITY else min(MEMORY, most)
    resource.setrlimit(resource.RLIMIT_AS, (wanted, most))


def _silence() -> None:
    """Let nothing be said on the terminal by a library that breaks off; the one line that counts is clew's."""
    import os  # noqa: PLC0415 - for this alone

    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
