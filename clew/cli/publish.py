"""``clew publish``."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

import clew
from clew.cli import talk
from clew.cli.options import CasePath, IncludeCollector, IncludeSetAside, Json, Run, Wait

if TYPE_CHECKING:
    from graph.publish import Published

Uri = Annotated[
    str | None,
    typer.Argument(
        metavar="[URI]", help="bolt://HOST:7687; NEO4J_URI or the local server by default.", show_default=False
    ),
]
User = Annotated[
    str | None,
    typer.Option(
        help="The server's user; NEO4J_USER by default. The password comes from NEO4J_PASSWORD alone.",
        show_default=False,
    ),
]
Database = Annotated[str | None, typer.Option(help="NEO4J_DATABASE, or neo4j by default.", show_default=False)]


def publish(
    case: CasePath,
    uri: Uri = None,
    user: User = None,
    database: Database = None,
    run: Run = None,
    include_set_aside: IncludeSetAside = False,
    include_collector: IncludeCollector = False,
    wait: Wait = 10.0,
    json: Json = False,
) -> None:
    """Make the graph in Neo4j hold exactly what the case holds; all else on the server stays as it is."""
    with talk.working("Publishing") as report:
        done = clew.open(case, wait=wait).publish(
            uri, user=user, database=database, run=run, include_set_aside=include_set_aside,
            include_collector=include_collector, report=report,
        )  # fmt: skip
    _tell(done, json=json)


def _tell(done: Published, *, json: bool) -> None:
    if json:
        totals = {
            name: done.total(name) for name in ("held", "created", "joined", "updated", "unchanged", "removed", "left")
        }
        talk.show_json({**asdict(done), **totals})
        return
    rows = [
        {"what": name, "held": c.held, **asdict(c)} for name, c in done.counts.items() if c.held or c.removed or c.left
    ]
    talk.show_table(rows, ("what", "held", "created", "joined", "updated", "unchanged", "removed", "left"))
    if others := done.total("others"):
        talk.say(
            f"{others:,} of the unchanged keep other properties, which another case on this server gave them first"
        )
    talk.say(
        f"{done.foreign_nodes:,} nodes and {done.foreign_relationships:,} relationships of others are on the server, "
        "untouched"
    )
    talk.say(f"published case {done.case} to {done.uri} ({done.database}) in {done.seconds:.1f} s")
