"""``clew load``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import clew
from clew.cli import talk
from clew.cli.options import CasePath, Json, Wait

if TYPE_CHECKING:
    from clew.case import Loaded

Files = Annotated[list[Path], typer.Argument(metavar="FILE…", help="Files of accounts, posts or reposts; gzip too.")]
As = Annotated[
    str | None, typer.Option("--as", metavar="FORMAT", help="Read as this format; an unknown name lists them.")
]
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
    wait: Wait = 10.0,
    json: Json = False,
) -> None:
    """Take files into a case. Each is taken whole or not at all; loading one again adds nothing."""
    opened = clew.open(case, wait=wait)
    said = {"format": format_name, "platform": platform, "region": region, "timezone": timezone}
    said |= {"collector": collector, "dates": dates}
    mapped = dict(_pair(text) for given in columns or () for text in _pieces(given))
    done = []
    for file in files:
        with talk.reading_file(file.name) as progress:
            loaded = opened.load(file, columns=mapped, progress=progress, **said)
        done.append(loaded)
        _tell(loaded)
    if json:
        talk.show_json([asdict(one.added) | {"format": one.format, "warnings": one.warnings} for one in done])


def _pieces(given: str) -> list[str]:
    """Take apart ``a=b,c=d``; a comma inside a column's name is no border."""
    pieces = given.split(",")
    return pieces if all("=" in piece for piece in pieces) else [given]


def _pair(text: str) -> tuple[str, str]:
    name, equals, theirs = text.partition("=")
    if not (name and equals and theirs):
        raise typer.BadParameter(f"{text!r} is not COLUMN=THEIRS, such as account_id=author", param_hint="--map")
    return name.strip(), theirs.strip()


def _tell(loaded: Loaded) -> None:
    a = loaded.added
    talk.say(
        f"{a.source} ({loaded.format}): {a.read:,} rows read = "
        f"{a.new:,} new + {a.known:,} known + {a.rejected:,} rejected"
    )
    for warning in loaded.warnings:
        talk.say(f"  note: {warning}")
    if a.contradictions:
        talk.say(f"  note: it says two different things of {a.contradictions:,} accounts or posts; both are kept")
    if a.rejected:
        talk.say("  clew status CASE --rejections lists each rejected row with line and reason")
