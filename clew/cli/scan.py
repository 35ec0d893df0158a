"""``clew scan``: what stands in anybody's texts and what they do, as a step of a pipeline."""

from __future__ import annotations

import contextlib
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from clew.cli import talk
from graph.errors import SourceUnreadable
from graph.wording import counted

Files = Annotated[
    list[Path] | None,
    typer.Argument(metavar="[FILE]...", help="Files of JSON lines; stdin where none is given, or for -."),
]


def scan(files: Files = None) -> None:
    """Find numbers, invites, other identifiers, stance and signals in texts: JSON lines.

    A line in is an object with "text" and, as far as known, "id", "region_hint"
    (ISO country code: from where national numbers are dialled), "platform", "kind".
    Each gives one line out, in order: "phones", "ambiguous_phones", "invites",
    "identifiers", "stance" (offer, ask, information, other) with "stance_score",
    "signals", and as "evidence" where each stands and which rule found it.
    A region_hint that is no country's is left out of account, and "notes" says so.
    A line that can't be read gives its number and an "error". The exit code is 0
    all the same; stderr says how many there were.
    """
    from loaders.scanning import scan as answers

    counts: Counter[str] = Counter()
    for path in files or [Path("-")]:
        with _opened(path) as stream:
            for answer in answers(stream, counts, None if str(path) == "-" else str(path)):
                talk.pass_on(answer)
    talk.say(
        f"{counted(counts['lines'], 'line')} read: {counts['found']:,} with anything in them, "
        f"{counted(counts['errors'], 'error')}, {counts['notes']:,} with an unknown region_hint"
    )


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file of lines, or stdin; what can't be read is ``SourceUnreadable``."""
    if str(path) == "-":
        yield sys.stdin.buffer
        return
    try:
        stream = path.open("rb")
    except (OSError, ValueError) as problem:  # ValueError: NUL in the name
        raise SourceUnreadable(f"{path} can't be read: {getattr(problem, 'strerror', problem)}") from problem
    with stream:
        yield stream
