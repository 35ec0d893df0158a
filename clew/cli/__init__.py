"""The command line: one file a command, each a thin layer over ``clew.Case``.

This file imports next to nothing, so that Ctrl-C is heard while the rest is imported.
"""

from __future__ import annotations

import os
import sys

from clew.cli.interrupts import INTERRUPTED, Interrupts, interrupted

_NO_MEMORY = "there is too little memory for this; close other programs, or take a machine with more"


def main() -> int:
    """Run the command line and return its exit code: 0, 1 (one line says what and what to do), 2 (usage)."""
    interrupts = Interrupts()
    interrupts.listen()
    try:
        code = _run(interrupts)
    except BaseException:
        if not interrupts.heard:
            raise
        code = INTERRUPTED
    finally:
        interrupts.end()
    return interrupted() if interrupts.heard or code == INTERRUPTED else code


def _run(interrupts: Interrupts) -> int:
    from clew.rooms import check_rooms

    try:
        check_rooms()
    except ImportError as error:
        sys.stderr.write(f"clew: {error}\n")
        return 1
    return _obeyed(interrupts)


def _obeyed(interrupts: Interrupts) -> int:
    import typer

    from clew.cli import talk
    from clew.cli.commands import app
    from graph.errors import ClewError

    interrupts.unwinding = True
    try:
        app()
    except (ClewError, MemoryError) as error:
        if not interrupts.heard:  # what came of the interrupt is no news
            talk.say(f"clew: {error if isinstance(error, ClewError) else _NO_MEMORY}")
        return 1
    except SystemExit as ended:
        if ended.code == INTERRUPTED:  # Typer makes it of KeyboardInterrupt, and says nothing
            return INTERRUPTED
        raise
    except BrokenPipeError:
        # Whoever read our output has gone (`clew status | head`): nothing to say, and nobody to say it to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except typer.Exit as done:
        return done.exit_code
    return 0
