"""``clew load``."""

from __future__ import annotations

import re
from typing import Annotated, Any

import typer

import clew
from clew.cli import loaded, talk
from clew.cli.options import CasePath, Json, Wait
from graph.errors import SourceUnreadable

_SERVER = re.compile(r"(?:neo4j|bolt)(?:\+\w+)?://")
Files = Annotated[
    list[str],
    typer.Argument(
        metavar="FILE…",
        help=(
            "Files of accounts, posts or reposts, gzip and workbooks too; folders and ZIP archives of them; or a Neo4j "
            "server, neo4j://HOST."
        ),
    ),
]
As = Annotated[str | None, typer.Option("--as", metavar="FORMAT", help="Read as this format; clew formats lists them.")]
Map = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="COLUMN=THEIRS", help="How a table calls a column: --map account_id=author."),
]
Platform = Annotated[str | None, typer.Option(help="Of which platform the ids are, where the format does not tell.")]
Region = Annotated[str | None, typer.Option(help="Country (ISO code) from where its national numbers are dialled.")]
Timezone = Annotated[str | None, typer.Option(help="Where its times without a zone belong, such as Europe/London.")]
Collector = Annotated[
    str | None,
    typer.Option(help="Who exported it, where the file does not tell: the name, number or id that they have in it."),
]
Dates = Annotated[
    str | None,
    typer.Option(metavar="ORDER", help="How its dates are written, where they leave it open: dmy, mdy, ymd or ydm."),
]
Sheet = Annotated[
    str | None, typer.Option(metavar="NAME", help="Of a workbook, the sheet to read; the first that is a table if not.")
]
AccountsQuery = Annotated[
    str | None,
    typer.Option(metavar="CYPHER", help="Of a server: your own Cypher that returns accounts, a column each."),
]
PostsQuery = Annotated[
    str | None, typer.Option(metavar="CYPHER", help="Of a server: your own Cypher that returns posts or reposts.")
]
User = Annotated[
    str | None, typer.Option(help="The server's user; NEO4J_USER by default. The password is in NEO4J_PASSWORD alone.")
]
Database = Annotated[
    str | None, typer.Option(help="The server's database; NEO4J_DATABASE, or neo4j by default.", show_default=False)
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Read all of it, write nothing, and say what a load would do.")]


def load(
    case: CasePath,
    files: Files,
    format_name: As = None,
    columns: Map = None,
    platform: Platform = None,
    region: Region = None,
    timezone: Timezone = None,
    collector: Collector = None,
    dates: Dates = None,
    sheet: Sheet = None,
    accounts_query: AccountsQuery = None,
    posts_query: PostsQuery = None,
    user: User = None,
    database: Database = None,
    dry_run: DryRun = False,
    wait: Wait = 10.0,
    json: Json = False,
) -> None:
    """Take files into a case. Each is taken whole or not at all; loading one again adds nothing."""
    opened = clew.open(case, wait=wait)
    how: dict[str, Any] = {
        "format": format_name, "columns": dict(_pair(text) for given in columns or () for text in _pieces(given)),
        "platform": platform, "region": region, "timezone": timezone, "collector": collector, "dates": dates,
        "sheet": sheet, "dry_run": dry_run, "reading": talk.reading_file,
        "report": loaded.tell(dry_run=dry_run, json=json),
    }  # fmt: skip
    if _is_server(files, asked=bool(accounts_query or posts_query)):
        how |= {"accounts_query": accounts_query, "posts_query": posts_query, "user": user, "database": database}
        done = opened.load_graph(files[0], **how)
    else:
        done = opened.load_all(files, **how)
    if json:
        talk.show_json([loaded.as_json(one) for one in done])
    elif dry_run:
        talk.show("nothing was written")
    if not loaded.any_taken(done):
        raise SourceUnreadable(f"nothing was taken of {', '.join(files)}")


def _is_server(files: list[str], *, asked: bool) -> bool:
    """Return whether what is loaded is what a server answers; refuse what makes no sense together."""
    servers = [file for file in files if _SERVER.match(file)]
    if servers and len(files) > 1:
        raise typer.BadParameter("a server is loaded by itself", param_hint="FILE…")
    if bool(servers) != asked:
        what = "name a server, such as neo4j://HOST" if asked else "say what to ask the server"
        raise typer.BadParameter(f"{what}: --accounts-query and --posts-query go with one", param_hint="FILE…")
    return asked


def _pieces(given: str) -> list[str]:
    """Take apart ``a=b,c=d``; a comma inside a column's name is no border."""
    pieces = given.split(",")
    return pieces if all("=" in piece for piece in pieces) else [given]


def _pair(text: str) -> tuple[str, str]:
    name, equals, theirs = text.partition("=")
    if not (name and equals and theirs):
        raise typer.BadParameter(f"{text!r} is not COLUMN=THEIRS, such as account_id=author", param_hint="--map")
    return name.strip(), theirs.strip()
