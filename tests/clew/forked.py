"""A process that has imported all of clew and forks a child for each command: what is disturbed then is the work.

Reads ``[words, file for what is said]`` as JSON, one a line; answers with the child's number, and with how it ended.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self


def serve() -> None:
    """Fork until there is nothing more to do."""
    import graph.clusters  # noqa: PLC0415  all that the commands import when they are at it
    import graph.export  # noqa: F401, PLC0415
    import loaders.formats  # noqa: PLC0415
    import loaders.mentions  # noqa: F401, PLC0415
    import visualisations.maps  # noqa: F401, PLC0415
    from clew.cli import commands, main  # noqa: F401, PLC0415

    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while line := sys.stdin.readline():
        words, said = json.loads(line)
        child = os.fork()
        if child == 0:
            os.setsid()
            os.dup2(os.open(os.devnull, os.O_RDWR), 0)
            os.dup2(0, 1)
            os.dup2(os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 2)
            sys.argv = ["clew", *words]
            sys.exit(main())
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


class Forking:
    """Commands as children of one process that has imported everything, in a ``with``."""

    def __init__(self, folder: Path) -> None:
        self._said = folder / "said.txt"

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "tests.clew.forked"]
        root = Path(__file__).parents[2]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, cwd=root, start_new_session=True
        )
        assert self._line() == "ready"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().decode().strip()

    def hit(self, words: list[str], how: signal.Signals, moment: float) -> tuple[int, str]:
        """Start a command, disturb it after ``moment`` seconds, and return how it ended and what it said."""
        assert self._process.stdin is not None
        self._said.unlink(missing_ok=True)
        self._process.stdin.write(json.dumps([words, str(self._said)]).encode() + b"\n")
        child = int(self._line())
        if not select.select([self._process.stdout], [], [], moment)[0]:
            os.kill(child, how)
        code = int(self._line())
        return code, self._said.read_text(encoding="utf-8") if self._said.exists() else ""

    def seconds(self, words: list[str]) -> float:
        """Return how long a command takes that nobody disturbs."""
        began = time.monotonic()
        assert self.hit(words, signal.SIGKILL, 600)[0] == 0
        return time.monotonic() - began


if __name__ == "__main__":
    serve()
