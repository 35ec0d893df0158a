"""``clew doctor``."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from clew.cli import talk
from clew.cli.neo4j import Home
from clew.cli.options import Json

if TYPE_CHECKING:
    from clew.doctor import Check


def doctor(home: Home = None, json: Json = False) -> None:
    """Look whether this machine has what clew needs, and say what to do. Ends with 1 where clew can't work."""
    from clew.doctor import examine

    checks = examine(home)
    if json:
        talk.show_json([asdict(check) for check in checks])
    else:
        for check in checks:
            talk.show(_line(check))
    if any(check.needed and check.state == "missing" for check in checks):
        talk.say("clew can't work here yet: see what is missing above")
        raise typer.Exit(1)


def _line(check: Check) -> str:
    """Make one line: how it is, what was found, what it is for, and what to do."""
    line = f"{check.state:<8} {check.name}: {check.found} (for: {check.purpose})"
    return f"{line}. To do: {check.remedy}" if check.remedy else line
