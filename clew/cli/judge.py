"""``clew judge``."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Annotated

import typer

import clew
from clew.cli import talk
from clew.cli.options import CasePath, Wait
from graph.csv_guard import unguard
from graph.errors import SourceUnreadable
from graph.wording import counted

Subject = Annotated[str | None, typer.Argument(metavar="[ID]", help="A post's or an account's id.")]
Stance = Annotated[str | None, typer.Option(help="Of a post: offer, ask, information or quotation.")]
SetAside = Annotated[str | None, typer.Option("--set-aside", help="Of an account: yes or no.")]
Retract = Annotated[
    bool,
    typer.Option("--retract", help="Take back what was judged of it."),
]
File = Annotated[Path | None, typer.Option(metavar="CSV", help="Many at once: columns subject, kind, value, note.")]
By = Annotated[str | None, typer.Option(help="Who judges.")]
Note = Annotated[str | None, typer.Option(help="Why.")]


def judge(
    case: CasePath,
    subject: Subject = None,
    stance: Stance = None,
    set_aside: SetAside = None,
    retract: Retract = False,
    file: File = None,
    by: By = None,
    note: Note = None,
    wait: Wait = 10.0,
) -> None:
    """Enter what you decided: a post's stance, or whether an account is set aside. Then run again."""
    given = [("stance", stance), ("set_aside", set_aside)]
    rows: list[tuple[str | None, ...]] = [
        (subject, kind, None if retract else value, note) for kind, value in given if subject and (value or retract)
    ]
    rows += _read(file) if file else []
    if not rows:
        raise typer.BadParameter("say of what: CASE ID --stance ask, CASE ID --set-aside yes, or --file CSV")
    opened = clew.open(case, wait=wait)
    entered = opened.judge_all(rows, by=by)
    said = counted(entered, "judgement")
    talk.say(f"{said} entered, {len(rows) - entered:,} known; clew run CASE applies them to links")
    if unknown := opened.unknown_subjects(row[0] for row in rows if row[0]):
        named = ", ".join(unknown[:5]) + (" …" if unknown[5:] else "")
        talk.say(f"note: the case has no account or post {named}: mistyped, or not loaded yet?")


def _read(file: Path) -> list[tuple[str | None, ...]]:
    from loaders.streams import small_text

    table = csv.DictReader(io.StringIO(small_text(file), newline=""))
    try:
        if missing := {"subject", "kind", "value"} - set(table.fieldnames or ()):
            raise SourceUnreadable(f"{file} has no column {', '.join(sorted(missing))}")
        return [
            (row["subject"], row["kind"], row["value"] or None, unguard(row.get("note") or "") or None) for row in table
        ]
    except csv.Error as error:
        raise SourceUnreadable(f"{file} can't be read as judgements: {error}") from error
