"""Writing beside and renaming: what has its final name is whole, whenever the process was killed.

What a process writes has a hidden name with its number until it is whole. A killed process leaves such names behind;
the next that writes to the same place removes them.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
from pathlib import Path
from typing import IO, Any

import psutil

#: Processes of one number follow one another (in a container it is always the same few): the start tells them apart.
#: What a library writes beside has the name and a further ending: DuckDB's log of a case that is being made.
_NAME = re.compile(r"\.clew-(?P<pid>\d+)-(?P<started>\d+)-[0-9a-f]{8}(?:\.[a-z.]+)?$")
_CLOCK_SECONDS = 5


def beside(path: Path) -> Path:
    """Return a name beside ``path``, of this process alone, under which to write what is to stand at ``path``."""
    started = int(psutil.Process().create_time())
    return path.with_name(f".{path.name}.clew-{os.getpid()}-{started}-{secrets.token_hex(4)}")


def settle(file: IO[Any]) -> None:
    """Bring what was written to the disk itself, so that not even a power cut leaves a renamed file without it."""
    file.flush()
    os.fsync(file.fileno())


def clear_leftovers(path: Path) -> None:
    """Remove what processes that have ended left beside ``path``; what can't be removed stays."""
    prefix = f".{path.name}.clew-"
    try:
        found = [each for each in path.parent.iterdir() if each.name.startswith(prefix)]
    except OSError:  # no folder, nothing left in it
        return
    for left in found:
        match = _NAME.search(left.name)
        if match is None or _lives(int(match["pid"]), int(match["started"])):
            continue
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left, ignore_errors=True)
        else:
            with contextlib.suppress(OSError):
                left.unlink()


def _lives(pid: int, started: int) -> bool:
    """Return whether the process that began then still runs; the clock may have been put right since."""
    try:
        return abs(psutil.Process(pid).create_time() - started) < _CLOCK_SECONDS
    except psutil.NoSuchProcess:
        return False
    except psutil.Error:  # somebody else's, and alive
        return True
