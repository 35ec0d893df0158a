"""What the commands say: progress and remarks on stderr, results on stdout, nothing that a terminal would obey."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

_WIDE = 200
#: Control characters and those that turn text around: shown as their code in hex, so that a terminal can't act on them.
_ACTS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069\ud800-\udfff]")


def plain(text: object) -> str:
    """Return text that a terminal only shows: control and direction characters become escapes such as ``<1b>``."""
    return _ACTS.sub(lambda m: f"<{ord(m[0]):02x}>", str(text))


def to_stderr() -> Console:
    """Return the console for talk."""
    return Console(stderr=True, highlight=False)


def say(text: object) -> None:
    """Say one line on stderr."""
    to_stderr().print(Text(plain(text)), soft_wrap=True)


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


def show_json(value: Any) -> None:
    """Print a value on stdout as JSON; characters outside ASCII are escaped, so no terminal acts on them."""
    to_stdout().print(Text(json.dumps(value, indent=2, default=str)), soft_wrap=True)


def show_table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], *, title: str | None = None) -> None:
    """Print rows as a table on stdout; an absent value is left blank. Numbers stand to the right."""
    table = Table(title=None if title is None else Text(plain(title)), title_justify="left")
    for name in columns:
        numeric = all(isinstance(row.get(name), int | float | None) for row in rows)
        table.add_column(Text(plain(name)), justify="right" if numeric else "left", overflow="fold", no_wrap=numeric)
    for row in rows:
        table.add_row(*(Text("" if row.get(name) is None else plain(_figure(row[name]))) for name in columns))
    to_stdout().print(table)


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
