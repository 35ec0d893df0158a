"""The arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

CasePath = Annotated[Path, typer.Argument(metavar="CASE", help="The case's file, such as channel.duckdb.")]
Wait = Annotated[float, typer.Option(help="Seconds to wait while another process works on the case.", min=0)]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON, for a program.")]
Run = Annotated[
    int | None, typer.Option(help="Show this run's findings; the latest by default (clew status lists runs).")
]
Out = Annotated[Path, typer.Option(metavar="DIR", help="The folder to write into; made if it is not there.")]
IncludeSetAside = Annotated[
    bool, typer.Option("--include-set-aside", help="Show accounts that are set aside because they only ask or inform.")
]
IncludeCollector = Annotated[
    bool,
    typer.Option(
        "--include-collector",
        help="A seized device: show the person who exported the data, their address book and private chats too.",
    ),
]
Window = Annotated[int, typer.Option(help="Seconds within which two shares of one object make a pair.", min=1)]
MinParticipation = Annotated[int, typer.Option(help="How often an account must share to count (CooRTweet's).", min=1)]
MaxHolders = Annotated[
    int, typer.Option(help="A value held by more accounts links nobody; it is headlined instead.", min=2)
]
HelpLines = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Help-line numbers, one a line in international form: they never link."),
]
Method = Annotated[Literal["leiden", "louvain"], typer.Option(help="How clusters are found.")]
Resolution = Annotated[
    float | None, typer.Option(help="Higher cuts finer; chosen from the graph by default.", show_default=False)
]
Seed = Annotated[int, typer.Option(help="Of the random choices in clustering; the same seed gives the same clusters.")]
MinSize = Annotated[int, typer.Option(help="Fewer accounts are no cluster.", min=2)]
LinkCollector = Annotated[
    bool, typer.Option("--include-collector", help="A seized device: link the collector and their private chats too.")
]


def help_line_numbers(file: Path | None) -> tuple[str, ...]:
    """Read a file of help lines: one number a line, ``#`` begins a remark. ``None`` gives none."""
    if file is None:
        return ()
    from loaders.streams import small_text

    lines = small_text(file).splitlines()
    return tuple(number for line in lines if (number := line.partition("#")[0].strip()))
