"""Folders for what is unpacked on the way into a case: nobody else's to read, and gone when it has been read.

They lie in the system's folder for temporary files (``TMPDIR``). A process that is killed leaves its own behind; the
next that makes one removes it.
"""

from __future__ import annotations

import contextlib
import errno
import shutil
import tempfile
import weakref
from pathlib import Path
from typing import TYPE_CHECKING

from graph.beside import beside, clear_leftovers
from graph.errors import OutputUnwritable

if TYPE_CHECKING:
    from collections.abc import Iterator

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class PrivateFolder:
    """A folder at ``path`` that lives as long as this object: whoever reads what is in it holds on to it."""

    def __init__(self) -> None:
        place = Path(tempfile.gettempdir()) / "source"
        clear_leftovers(place)
        self.path = beside(place)
        try:
            self.path.mkdir(mode=0o700)
        except OSError as problem:
            raise unwritable(problem) from problem
        self._finalizer = weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)

    def remove(self) -> None:
        """Remove it now."""
        self._finalizer()


@contextlib.contextmanager
def kept_if_well() -> Iterator[PrivateFolder]:
    """Give a new folder, and remove it at once where the block fails."""
    folder = PrivateFolder()
    try:
        yield folder
    except BaseException:
        folder.remove()
        raise


def unwritable(problem: OSError) -> OutputUnwritable:
    """Return the error for a temporary file that can't be written, with what to do."""
    what = "is full" if problem.errno in _FULL else f"can't be written: {problem.strerror}"
    return OutputUnwritable(
        f"{tempfile.gettempdir()}, where files are unpacked to be read, {what}. Make room, or name another folder in "
        "TMPDIR"
    )
