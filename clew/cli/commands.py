"""All commands, put together."""

from __future__ import annotations

from typing import Annotated

import typer

import clew
from clew.cli import talk
from clew.cli.demo import demo
from clew.cli.derive import clusters, extract, links, run
from clew.cli.doctor import doctor
from clew.cli.export import export
from clew.cli.formats import formats
from clew.cli.judge import judge
from clew.cli.load import load
from clew.cli.map import map_
from clew.cli.neo4j import neo4j
from clew.cli.publish import publish
from clew.cli.query import query
from clew.cli.sample import sample
from clew.cli.scan import scan
from clew.cli.status import status

app = typer.Typer(
    name="clew",
    help="Find the networks behind people-smuggling adverts: files in, a Neo4j graph and maps out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        talk.show(f"clew {clew.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    del version


_COMMANDS = (
    load, formats, extract, links, clusters, run, status, judge, map_, publish, query, export, scan, sample, demo,
    doctor,
)  # fmt: skip
for _command in _COMMANDS:
    app.command(_command.__name__.rstrip("_"))(_command)
app.add_typer(neo4j, name="neo4j")
