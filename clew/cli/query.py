"""``clew query``: clew's questions, or Cypher of one's own; both only read."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from clew.cli import talk
from graph.csv_guard import guard

if TYPE_CHECKING:
    from graph.questions import Answer

Name = Annotated[str | None, typer.Argument(metavar="[NAME]", help="The question; clew query --list shows them all.")]
Given = Annotated[
    list[str] | None,
    typer.Argument(metavar="[KEY=VALUE]...", help="Its parameters, such as number='+44 7700 900123'."),
]
ListThem = Annotated[bool, typer.Option("--list", help="List the questions, what each takes, and why one asks it.")]
Cypher = Annotated[str | None, typer.Option(metavar="TEXT", help="Cypher of your own; it can't write.")]
Format = Annotated[Literal["table", "csv", "json"], typer.Option("--format", help="How to print the answer.")]
Uri = Annotated[str | None, typer.Option(help="NEO4J_URI or the local server by default.", show_default=False)]
User = Annotated[str | None, typer.Option(help="NEO4J_USER by default; the password comes from NEO4J_PASSWORD.")]
Database = Annotated[str | None, typer.Option(help="NEO4J_DATABASE, or neo4j by default.", show_default=False)]


def query(
    name: Name = None,
    given: Given = None,
    list_them: ListThem = False,
    cypher: Cypher = None,
    format_: Format = "table",
    uri: Uri = None,
    user: User = None,
    database: Database = None,
) -> None:
    """Ask the graph a question and print the answer."""
    from graph.neo4j_connection import connect

    if list_them or (name is None and cypher is None):
        _list_questions(as_json=format_ == "json")
        return
    # With --cypher there is no name, and the first argument is a parameter.
    pairs = [*([name] if cypher and name else []), *(given or [])]
    with connect(uri, user, database=database) as connection:
        answer = _answer(connection, name, cypher, pairs)
    show(answer, format_)
    for remark in answer.remarks:
        talk.say(remark)


def _answer(connection: Any, name: str | None, cypher: str | None, pairs: Sequence[str]) -> Answer:
    from graph import questions

    asked = None if cypher is not None or name is None else questions.question(name)
    parameters = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals:
            raise typer.BadParameter(f"{pair!r} is no KEY=VALUE, such as number='+44 7700 900123'")
        if key in parameters:
            raise typer.BadParameter(f"{key} is given twice")
        parameters[key] = questions.typed(asked, key, value)
    if asked is None:
        return questions.answer_cypher(connection, cypher or "", parameters)
    return questions.answer(connection, asked.name, parameters)


def _list_questions(*, as_json: bool) -> None:
    from graph.questions import questions

    if as_json:
        talk.show_json([
            {"name": q.name, "title": q.title, "why": q.why,
             "parameters": {p.name: p.meaning for p in q.parameters}, "returns": {c.name: c.meaning for c in q.returns}}
            for q in questions()
        ])  # fmt: skip
        return
    for q in questions():
        talk.show(f"{q.name}: {q.title}")
        talk.show(f"    {q.why}")
        for p in q.parameters:
            talk.show(f"    {p.name}{'' if p.required else f'={json.dumps(p.default)}'}  {p.meaning}")


def show(answer: Answer, how: str) -> None:
    """Print an answer; what accounts wrote is data in each format alike."""
    if how == "json":
        talk.show_json([{c: _plain(v) for c, v in zip(answer.columns, row, strict=True)} for row in answer.rows])
    elif how == "csv":
        _show_csv(answer)
    else:
        rows = [{c: _cell(v) for c, v in zip(answer.columns, row, strict=True)} for row in answer.rows]
        talk.show_table(rows, answer.columns)
        talk.say(f"{len(rows):,} row{'' if len(rows) == 1 else 's'}")


def _show_csv(answer: Answer) -> None:
    """Write CSV to stdout; a terminal gets it with control characters shown, a file gets every character."""
    text = io.StringIO()
    writer = csv.writer(text)  # with CRLF, or it leaves a lone CR unquoted
    writer.writerow([guard(c) for c in answer.columns])
    writer.writerows([guard(v) if isinstance(v := _cell(value), str) else v for value in row] for row in answer.rows)
    written = text.getvalue()
    sys.stdout.write(talk.plain(written.replace("\r\n", "\n")) if sys.stdout.isatty() else written)


def _cell(value: Any) -> Any:
    """Return a value as one cell: numbers as they are, times in ISO 8601, lists by commas, nodes as JSON."""
    plain = _plain(value)
    if isinstance(plain, list) and all(isinstance(each, str | int | float) for each in plain):
        return ", ".join(map(str, plain))
    return json.dumps(plain, ensure_ascii=False) if isinstance(plain, dict | list) else plain


def _plain(value: Any) -> Any:
    """Return a value as JSON has it."""
    if isinstance(value, date):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return value
