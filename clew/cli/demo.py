"""``clew demo``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clew.cli import talk

if TYPE_CHECKING:
    from clew.demo import DemoDone

Directory = Annotated[Path, typer.Argument(metavar="DIR", help="The folder to work in; made if it is not there.")]
Accounts = Annotated[int, typer.Option(help="About how many accounts the synthetic world has.", min=100)]
Seed = Annotated[int, typer.Option(help="Another seed makes another world.")]
#: Rows of the answer that are printed.
_ROWS = 12


def demo(directory: Directory, accounts: Accounts = 2_000, seed: Seed = 1) -> None:
    """Try everything on a synthetic world: sample, load, run, a local Neo4j, a question, maps."""
    from clew.cli.query import show
    from clew.demo import demo as whole_way

    done = whole_way(directory, accounts=accounts, seed=seed, report=talk.say)
    if done.answer is not None:
        rows = done.answer.rows
        talk.show(f"Who holds or names {done.number}? The first {min(_ROWS, len(rows))} of {len(rows)}:")
        show(replace(done.answer, rows=rows[:_ROWS]), "table")
    _where_to_look(done)


def _where_to_look(done: DemoDone) -> None:
    talk.show("")
    talk.show(f"The case   {done.case.path}   (clew status {done.case.path})")
    talk.show(f"The maps   {done.index.resolve().as_uri()}   (open it in a browser; it needs no network)")
    if done.published is None:
        talk.show(f"No graph   {done.missing}")
        return
    talk.show(f"The graph  {done.published.uri}   (clew query --list; it runs until: clew neo4j stop)")
    if done.number:
        talk.show(f"Ask it     clew query who_holds_number number={done.number}")
