"""The command line: one file a command, each a thin layer over ``clew.Case``."""

from __future__ import annotations

import os
import sys

import typer

from clew.rooms import check_rooms

_INTERRUPTED = 130


def main() -> int:
    """Run the command line and return its exit code: 0, 1 (one line says what and what to do), 2 (usage)."""
    try:
        return _run()
    except KeyboardInterrupt:
        return _interrupted()
    except RuntimeError as error:
        if str(error) != "Query interrupted":  # what DuckDB makes of Ctrl-C
            raise
        return _interrupted()


def _run() -> int:
    try:
        check_rooms()
    except ImportError as error:
        sys.stderr.write(f"clew: {error}\n")
        return 1
    from clew.cli import talk
    from clew.cli.commands import app
    from graph.errors import ClewError

    try:
        app()
    except ClewError as error:
        talk.say(f"clew: {error}")
        return 1
    except SystemExit as ended:
        if ended.code == _INTERRUPTED:  # Typer makes it of KeyboardInterrupt, and says nothing
            return _interrupted()
        raise
    except BrokenPipeError:
        # Whoever read our output has gone (`clew status | head`): nothing to say, and nobody to say it to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except typer.Exit as done:
        return done.exit_code
    return 0


def _interrupted() -> int:
    sys.stderr.write("clew: interrupted; a case keeps nothing half done\n")
    return _INTERRUPTED
