"""``clew neo4j start``, ``stop`` and ``status``: the local server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clew.cli import talk
from clew.cli.options import Json

if TYPE_CHECKING:
    from graph.neo4j_server import LocalServer

neo4j = typer.Typer(help="A real Neo4j on this machine, from packages alone.", no_args_is_help=True)
Home = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        help="Where the server keeps its folder; CLEW_HOME or your data folder by default.",
        show_default=False,
    ),
]
Port = Annotated[
    int | None,
    typer.Option(help="Where to listen; 7687 or a free one by default.", min=1, max=65535, show_default=False),
]


@neo4j.command()
def start(home: Home = None, port: Port = None, json: Json = False) -> None:
    """Start the server and leave it running; the first time fetches Neo4j (130 MB)."""
    from graph import neo4j_server

    with talk.working("Starting Neo4j") as report:
        server = neo4j_server.start(home, port, report)
    _tell(server, json=json)


@neo4j.command()
def stop(home: Home = None) -> None:
    """End the server; what it holds is kept."""
    from graph import neo4j_server

    talk.say("Neo4j ended" if neo4j_server.stop(home) else "no Neo4j was running here")


@neo4j.command()
def status(home: Home = None, json: Json = False) -> None:
    """Say whether the server runs, and where. Ends with 1 where it does not."""
    from graph import neo4j_server

    server = neo4j_server.status(home)
    if server:
        _tell(server, json=json)
        return
    talk.say(f"no Neo4j runs in {neo4j_server.server_home(home)}; start it with: clew neo4j start")
    raise typer.Exit(1)


def _tell(server: LocalServer, *, json: bool) -> None:
    """Say where the server is; the password itself stays in its file."""
    facts = {"uri": server.uri, "user": server.user, "password_file": str(server.home / "password"), "pid": server.pid}
    if json:
        talk.show_json(facts)
        return
    talk.show(f"Neo4j runs at {server.uri}, user {server.user}, process {server.pid}")
    talk.show(f"its password is in {facts['password_file']}, its data in {server.home}")
