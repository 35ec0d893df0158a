"""``clew map``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import clew
from clew.cli import talk
from clew.cli.derive import say_if_not_run
from clew.cli.options import CasePath, IncludeCollector, IncludeSetAside, Out, Run, Wait
from graph.wording import counted

Title = Annotated[str | None, typer.Option(help="What stands above every page.")]
Marking = Annotated[str | None, typer.Option(help="A handling marking for head and foot, such as OFFICIAL.")]


def map_(
    case: CasePath,
    out: Out = Path("maps"),
    title: Title = None,
    marking: Marking = None,
    run: Run = None,
    include_set_aside: IncludeSetAside = False,
    include_collector: IncludeCollector = False,
    wait: Wait = 10.0,
) -> None:
    """Write an index of the likely networks and their maps: pages that open without a network."""
    include = {"include_set_aside": include_set_aside, "include_collector": include_collector}
    opened = clew.open(case, wait=wait)
    with talk.working("Drawing maps") as report:
        written = opened.map(out, run=run, title=title, marking=marking, report=report, **include)
    networks, nodes = counted(written.clusters, "likely network"), counted(written.nodes, "node")
    talk.say(f"{networks}, {nodes}, {counted(len(written.paths), 'page')}. Open:")
    say_if_not_run(opened, run)
    talk.show(written.paths[0])
