"""``clew export``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import clew
from clew.cli import talk
from clew.cli.derive import say_if_not_run
from clew.cli.options import CasePath, IncludeCollector, IncludeSetAside, Json, Out, Run, Wait
from graph.wording import counted

To = Annotated[str, typer.Option("--to", help="The format; csv.")]


def export(
    case: CasePath,
    out: Out = Path("export"),
    to: To = "csv",
    run: Run = None,
    include_set_aside: IncludeSetAside = False,
    include_collector: IncludeCollector = False,
    wait: Wait = 10.0,
    json: Json = False,
) -> None:
    """Write a case's tables as files, and export.json, which says of what case and with which parameters they are."""
    opened = clew.open(case, wait=wait)
    with talk.working(f"Writing tables into {out}"):
        written = opened.export(
            out, to=to, run=run, include_set_aside=include_set_aside, include_collector=include_collector
        )
    if json:
        talk.show_json(written)
    else:
        for name, count in written.items():
            talk.show(f"{out / name}: {counted(count, 'row')}")
    say_if_not_run(opened, run)
