"""What the commands say: progress and remarks on stderr, results on stdout, nothing that a terminal would obey."""

from __future__ import annotations

import contextlib
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

_WIDE = 200
#: Longer words than this (digests, addresses) may be broken.
_LONGEST_ID = 40
#: Control characters and those that turn text around: shown as their code in hex, so that a terminal can't act on them.
_ACTS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069\ud800-\udfff]")


def plain(text: object) -> str:
    """Return text that a terminal only shows: control and direction characters become escapes such as ``<1b>``."""
    return _ACTS.sub(lambda m: f"<{ord(m[0]):02x}>", str(text))


def to_stderr() -> Console:
    """Return the console for talk."""
    return Console(stderr=True, highlight=False)


def say(text: object) -> None:
    """Say one line on stderr; what breaks it is indented, so that no name of a file can pose as a line of ours."""
    to_stderr().print(Text(plain(text).replace("\n", "\n  ")), soft_wrap=True)


class _Results(Console):
    """A console whose reader may go away (``clew status | head``): ``main`` then ends with 0, Rich would with 1."""

    def on_broken_pipe(self) -> None:
        """Leave it to ``main``."""
        raise BrokenPipeError


def to_stdout() -> Console:
    """Return the console for results: as wide as the terminal, or wide where a file or program reads."""
    console = _Results(highlight=False)
    return console if console.is_terminal else _Results(highlight=False, width=_WIDE)


def show(text: object) -> None:
    """Print one line of result on stdout."""
    to_stdout().print(Text(plain(text)), soft_wrap=True)


def pass_on(line: str) -> None:
    """Print one line for a program on stdout, at once: whoever reads the pipe waits for it. Nothing is escaped here."""
    try:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        raise BrokenPipeError from None  # without its number, by which Typer would make exit code 1 of it


def show_json(value: Any) -> None:
    """Print a value on stdout as JSON; characters outside ASCII are escaped, so no terminal acts on them."""
    text = json.dumps(value, indent=2, default=str).replace("\x7f", "\\u007f")  # which is ASCII, and a control
    to_stdout().print(Text(text), soft_wrap=True)


def show_table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], *, title: str | None = None) -> None:
    """Print rows as a table on stdout; an absent value is left blank. Numbers stand to the right.

    Where the terminal is too narrow to show ids and numbers unbroken, each row becomes a block of its own instead, a
    column a line: an id that is cut in two can't be copied.
    """
    console = to_stdout()
    cells = [["" if row.get(name) is None else plain(_figure(row[name])) for name in columns] for row in rows]
    heading = None if title is None else Text(plain(title))
    narrowest = [_narrowest([name, *(row[n] for row in cells)]) for n, name in enumerate(columns)]
    if sum(narrowest) + 3 * len(columns) + 1 > console.width:
        _show_blocks(console, cells, columns, heading)
        return
    table = Table(title=heading, title_justify="left")
    for n, name in enumerate(columns):
        numeric = all(isinstance(row.get(name), int | float | None) for row in rows)
        table.add_column(
            Text(plain(name)), justify="right" if numeric else "left", overflow="fold", min_width=narrowest[n]
        )
    for row in cells:
        table.add_row(*map(Text, row))
    console.print(table)


def _narrowest(texts: Sequence[str]) -> int:
    """Return how narrow a column can be: its longest word, but of what is longer than any id, not all."""
    return max((min(cell_len(word), _LONGEST_ID) for text in texts for word in text.split()), default=0)


def _show_blocks(console: Console, cells: list[list[str]], columns: Sequence[str], heading: Text | None) -> None:
    """Print each row as lines ``column  value``."""
    if heading is not None:
        console.print(heading)
    for number, row in enumerate(cells, start=1):
        console.print(Text(f"── {number} of {len(cells)}", style="dim"))
        block = Table.grid(padding=(0, 2))
        block.add_column(no_wrap=True)
        block.add_column(overflow="fold")
        for name, cell in zip(columns, row, strict=True):
            if cell:
                block.add_row(Text(plain(name), style="bold"), Text(cell))
        console.print(block)


def _figure(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


@contextlib.contextmanager
def reading_file(name: str) -> Iterator[Callable[[int, int], None]]:
    """Show how much of a file was read; give the callback that hears (bytes read, bytes in all)."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
    console = to_stderr()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(f"Reading {plain(name)}".replace("[", r"\["), total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


@contextlib.contextmanager
def working(what: str) -> Iterator[Callable[[object], None]]:
    """Show that work goes on, and on what; give the callback that hears of the next piece of work.

    Where nobody watches (stderr is no terminal) each piece is one line.
    """
    console = to_stderr()
    if not console.is_terminal:
        say(what)
        yield say
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(plain(what), total=None)
        yield lambda text: progress.update(task, description=plain(text))
