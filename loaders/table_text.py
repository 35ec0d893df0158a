"""A table's text cut into rows of cells.

Most of a table is *regular*: rows whose quotes are where they belong. One regular expression goes over that, and finds
where rows end, so that whoever has a core to spare cuts them into cells. For the rest there is ``csv``, row by row.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from graph.records import Rejection
from loaders.contract import QUOTED
from loaders.streams import CHUNK, open_unpacked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from loaders.streams import Survey, Unpacked

#: The longest cell of a table, in characters, and its longest line. Longer ones are rejected instead of filling the
#: memory.
CELL_LIMIT = 1 << 20
TABLE_LINE_LIMIT = 1 << 23
#: Text that is looked through at once for regular rows, in characters: less than a cell's limit, so that none of their
#: cells is over it.
_BLOCK = 1 << 18
#: Regular rows that are matched at once, and the most cells that one may have: a match remembers each until it ends.
_AT_ONCE, _CELLS = 500, 2_000
#: A row's line and cells, or why it can't be cut.
Cut: TypeAlias = tuple[int, list[str]] | Rejection


@dataclass(frozen=True, slots=True)
class Run:
    """Regular rows as they stand in the table, with the line on which the first begins."""

    line: int
    text: str


def cut_table(
    survey: Survey, delimiter: str, skip: int, progress: Callable[[int, int], None] | None = None
) -> Iterator[Cut]:
    """Yield the line on which each row of a table begins, and its cells.

    The header is the first; ``skip`` lines stand before it.
    """
    for found in _cut(survey, delimiter, skip, progress, None):
        if not isinstance(found, Run):
            yield found


def cut_runs(
    survey: Survey, delimiter: str, skip: int, progress: Callable[[int, int], None] | None = None
) -> Iterator[Cut | Run]:
    """Yield a table's rows as ``cut_table`` does, but regular ones after the header together and uncut."""
    return _cut(survey, delimiter, skip, progress, _regular(delimiter))


def _cut(
    survey: Survey,
    delimiter: str,
    skip: int,
    progress: Callable[[int, int], None] | None,
    regular: re.Pattern[str] | None,
) -> Iterator[Cut | Run]:
    csv.field_size_limit(CELL_LIMIT)  # of the process: csv knows no other
    with open_unpacked(survey, progress) as stream:
        lines = _Lines(stream, survey.encoding)
        for _ in range(skip):
            next(lines, None)
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        uncut = skip  # lines that the reader did not see
        line = skip + 1
        in_body = False
        while True:
            try:
                if regular and in_body and (text := lines.regular_rows(regular)):
                    yield Run(line, text)
                    uncut += _line_ends(text)
                    line = reader.line_num + uncut + 1
                    continue
                for cells in reader:
                    if cells:
                        yield line, cells
                        in_body = True
                    line = reader.line_num + uncut + 1
                    if regular and lines.at_block:
                        break
                else:
                    break
            except csv.Error as problem:
                if lines.ended and stream.damage:
                    break
                last = reader.line_num + uncut
                lost = f"; lines {line:,} to {last:,} are lost in it" if last > line else ""
                reason = f"{_broken_row(problem)}{lost}"
                yield Rejection(line=line, reason=reason, row=lines.last[:QUOTED] or None, more_lost=bool(lost))
                line = last + 1
        if stream.damage:
            yield Rejection(line=line, reason=stream.damage, row=lines.partial[:QUOTED] or None, more_lost=True)


def cells_of_run(run: Run, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the line on which each row of a run begins, and its cells."""
    csv.field_size_limit(CELL_LIMIT)
    reader = csv.reader(io.StringIO(run.text, newline=""), delimiter=delimiter, strict=True)
    line = run.line
    for cells in reader:
        if cells:
            yield line, cells
        line = run.line + reader.line_num


def _regular(delimiter: str) -> re.Pattern[str] | None:
    """Return what matches some whole regular rows; ``None`` for a delimiter that can be none.

    Of such rows ``csv`` makes the same wherever it begins. What can't match is given up in time that is linear in its
    length: a cell has one way to match. (Possessive quantifiers would say so, but Python up to 3.11.4, which Debian 12
    has, matches wrongly with them: python/cpython#106052.)
    """
    if delimiter in '"\r\n ':
        return None
    mark = re.escape(delimiter)
    cell = rf'(?:"[^"]*(?:""[^"]*)*"|[^"{mark}\r\n]*)'
    return re.compile(rf"(?:{cell}(?:{mark}{cell}){{0,{_CELLS}}}\r?\n){{0,{_AT_ONCE}}}")


def _end_of_regular(regular: re.Pattern[str], text: str) -> int:
    """Return where the regular rows end with which a text begins."""
    end = 0
    while (found := regular.match(text, end)) and found.end() > end:
        end = found.end()
    return end


def _line_ends(text: str) -> int:
    """Count the ends of lines: LF, CR LF and CR, as Python's text streams do."""
    ends = text.count("\n")
    return ends + text.count("\r") - text.count("\r\n") if "\r" in text else ends


def _broken_row(problem: csv.Error) -> str:
    text = str(problem)
    if "field limit" in text:
        return f"has a cell of more than {CELL_LIMIT:,} characters; is a quote left open?"
    if "unexpected end" in text:
        return "has a quote that is never closed"
    return f"can't be cut into cells: {text}"


class _Lines:
    """The lines of a text stream for ``csv``, none longer than it can take.

    ``last`` is the newest line, ``ended`` True after the last one, and ``partial`` the piece of a line with which
    damaged gzip data breaks off; that one is not given out. ``at_block`` says that no text is held that was looked
    through for regular rows and has others.
    """

    def __init__(self, stream: Unpacked, encoding: str) -> None:
        self.last = ""
        self.partial = ""
        self.ended = False
        self.at_block = True
        self._stream = stream
        self._text = io.TextIOWrapper(io.BufferedReader(stream, CHUNK), encoding, "replace", newline="")
        #: Text that was read and not yet given out: the beginning of a row at ``at_block``.
        self._held = io.StringIO(newline="")

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._line()
        self.last = line
        if not line.endswith(("\n", "\r")):
            if len(line) >= TABLE_LINE_LIMIT:
                while (rest := self._text.readline(CHUNK)) and not rest.endswith(("\n", "\r")):
                    continue
                # One cell over the limit: csv refuses it, whatever the state of the quotes, and goes on after it.
                return "x" * (CELL_LIMIT + 1)
            if not line or self._stream.damage:
                self.ended = True
                self.partial = line
                raise StopIteration
        return line

    def regular_rows(self, regular: re.Pattern[str]) -> str:
        """Return the regular rows that come next; none where ``csv`` has to say what comes, or nothing comes."""
        if not self.at_block:
            return ""
        held = self._held.read()
        text = held + self._block()
        end = _end_of_regular(regular, text)
        self._held = io.StringIO(text[end:], newline="")
        # A row may go on in the next block; where it does not end there either, it is not regular or very long.
        self.at_block = len(held) < len(text) and end > 0 and len(text) - end < _BLOCK // 2
        return text[:end]

    def _block(self) -> str:
        text = self._text.read(_BLOCK)
        while text.endswith("\r") and (more := self._text.read(1)):  # CR LF is one end of a line
            text += more
        return text

    def _line(self) -> str:
        line = self._held.readline(TABLE_LINE_LIMIT)
        if line.endswith(("\n", "\r")):
            return line
        self.at_block = True  # the end of what was held, if any was
        return line + self._text.readline(TABLE_LINE_LIMIT - len(line))
