"""What ``.ci/run`` looks at after the tests: that none was skipped, and that nothing they started still runs."""

from __future__ import annotations

import os
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import psutil


def skips(report: Path) -> list[str]:
    """Return the tests that did not run to their end: skipped, or expected to fail."""
    cases = ET.parse(report).iter("testcase")  # noqa: S314  written by our own pytest a moment ago
    return [f"{case.get('classname')}: {case.get('name')}" for case in cases if case.find("skipped") is not None]


def end_leftovers(mark: str) -> list[str]:
    """End the processes that carry ``CLEW_CI_MARK=mark``, other than this one and its parents, and return their names.

    The mark is inherited, so whatever the tests started has it, however far it has detached itself.
    """
    own = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
    found = []
    for process in psutil.process_iter():
        try:
            if process.pid not in own and process.environ().get("CLEW_CI_MARK") == mark:
                found.append(f"{process.pid} {' '.join(process.cmdline())[:200]}")
                process.kill()
        except psutil.Error:
            continue  # another user's, or gone meanwhile
    return found


def main(what: str, argument: str) -> int:
    """Print what was found and return 1 if there is any."""
    lines = skips(Path(argument)) if what == "skips" else end_leftovers(argument)
    for line in lines:
        sys.stderr.write(f"{'skipped' if what == 'skips' else 'still ran, and was ended'}: {line}\n")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
