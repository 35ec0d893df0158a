"""Ctrl-C at any moment: one line, exit code 130, no traceback.

Python makes ``KeyboardInterrupt`` of it wherever it happens to be. Below that stand libraries that make another
error of it, or none: DuckDB says "Query interrupted", a driver that its server went away, a destructor prints a
traceback and goes on. So what counts is that Ctrl-C was heard, whatever came up from below. Nothing is lost by leaving
at once: a case and an output are as safe from that as from ``kill -9``.
"""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

INTERRUPTED = 130
_SAID = b"clew: interrupted; a case keeps nothing half done\n"
_IMPORTS = "<frozen importlib._bootstrap>"  #: where Python's import stands among the frames
_SHOW_CURSOR = b"\r\x1b[K\x1b[?25h"


class Interrupts:
    """What Ctrl-C does while the command line runs.

    Before ``unwinding`` is set it ends the process at once: there is nothing to clear up. Then the first raises
    ``KeyboardInterrupt``, so that what was begun is taken back, and the second ends the process at once. So does the
    first while a module is imported: an extension that an exception reaches in its beginnings may abort the process
    (nanobind, on which DuckDB's stands, does).
    """

    def __init__(self) -> None:
        self.heard = False
        self.unwinding = False
        self._hook = sys.unraisablehook

    def listen(self) -> None:
        """Begin to hear."""
        signal.signal(signal.SIGINT, self._hear)
        sys.unraisablehook = self._lost

    def end(self) -> None:
        """Hear no more: all is done and said, and Python only puts its things away."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        sys.unraisablehook = self._hook

    def _hear(self, _: int, where: FrameType | None) -> None:
        if self.heard or not self.unwinding or _importing(where):
            _leave()
        self.heard = True
        raise KeyboardInterrupt

    def _lost(self, lost: UnraisableHookArgs) -> None:
        """Leave where the interrupt came up in a destructor, which Python lets nobody hear of."""
        if self.heard and issubclass(lost.exc_type, KeyboardInterrupt):
            _leave()
        self._hook(lost)


def _importing(where: FrameType | None) -> bool:
    while where is not None and where.f_code.co_filename != _IMPORTS:
        where = where.f_back
    return where is not None


def _leave() -> NoReturn:
    os.write(2, (_SHOW_CURSOR if os.isatty(2) else b"") + _SAID)
    os._exit(INTERRUPTED)


def interrupted() -> int:
    """Say that the command was interrupted, and return the exit code."""
    sys.stderr.write(_SAID.decode())
    return INTERRUPTED
