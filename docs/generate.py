"""Writes the pages of ``docs/`` that say what the code says: ``make docs``. A test holds the pages to the code.

Hand-written pages (README, decisions) refer to these, so that no fact stands in two places.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, get_args

import typer

from clew.cli.commands import app
from graph.case import Case
from graph.export import TABLES as EXPORTED
from graph.graph_kinds import Property
from graph.graph_model import BOOKKEEPING, NODES, RELATIONSHIPS, labels_of
from graph.records import Source
from graph.schema import DERIVED, LEDGER, META, OBSERVATIONS, VERSION, Table
from loaders.contract import Loader
from loaders.formats import known
from loaders.lexicon import SIGNS
from loaders.signals import SIGNALS
from loaders.table_columns import COLUMNS
from queries import reader

DOCS = Path(__file__).resolve().parent
#: How an option's value is shown by its type.
VALUES = {int: "N", float: "NUMBER", Path: "FILE"}

#: The views that every output reads, in the order in which one would look; what stands in the case's own views beyond
#: these is inner work.
VIEWS = {
    "accounts": "one row an account; of those that only a post or repost refers to, no more than the id is known",
    "posts": "one row a post, as last seen",
    "reposts": "who passed what on, and when",
    "chats": "groups and channels",
    "relations": "what sources themselves assert of two accounts: who invited whom, who is said to belong to whom",
    "sources": "the files",
    "mentions": "each number, invite, name, address and link in a text; `value` is absent where a region is undecided",
    "holds": "who holds which of them, by which records; an account holds its own name where it is mentioned",
    "links": "linked accounts: `via` lists the values or posts shared, `evidence` the records behind it",
    "left_out": "values that link nobody: help lines, and those that too many hold",
    "clusters": "likely networks",
    "memberships": "who is in which; `rank` 1 is the account it hangs on most",
    "run_facts": "one row: the runs shown, their parameters as JSON, and the two hashes",
}


def pages() -> dict[str, str]:
    """Return every generated page by its file's name."""
    return {
        "case.md": case_page(),
        "commands.md": commands_page(),
        "formats.md": formats_page(),
        "lexicons.md": lexicons_page(),
        "questions.md": questions_page(),
        "schema.md": schema_page(),
    }


def lexicons_page() -> str:
    """Return the page of lexicons, written by hand, with its lists of signs and signals as the code has them."""
    text = (DOCS / "lexicons.md").read_text("utf-8")
    for name, told in (("signs", SIGNS), ("signals", SIGNALS)):
        rows = "\n".join(_table((name.removesuffix("s"), "what it says"), ((f"`{k}`", v) for k, v in told.items())))
        first, mark, rest = text.partition(f"<!-- {name} -->\n")
        text = f"{first}{mark}\n{rows}\n<!-- end -->{rest.partition('<!-- end -->')[2]}"
    return text


def main() -> int:
    """Write the pages that differ, and say which."""
    for name, text in pages().items():
        path = DOCS / name
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
            sys.stderr.write(f"docs/{name}\n")
    return 0


def _table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> list[str]:
    names = list(head)
    cells = ([str(cell).replace("|", "\\|").replace("\n", " ") for cell in row] for row in rows)
    return [
        f"| {' | '.join(names)} |",
        "|" + "---|" * len(names),
        *(f"| {' | '.join(row)} |" for row in cells),
        "",
    ]


def _joined(lines: Iterable[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


def _page(title: str, made_from: str, *lines: str) -> list[str]:
    return [f"# {title}", "", f"Made from {made_from} by `make docs`; do not edit.", "", *lines, ""]


CASE_INTRO = """\
A case is one DuckDB file. Anything that reads DuckDB opens it; clew is only needed to write it.

    with clew.open("channel.duckdb").reading() as db:
        db.sql("SELECT platform, count(*) FROM accounts GROUP BY platform").df()

`reading` gives the *views*: the current state of each record and the findings of one run (`run=`, the latest by
default). Accounts that are set aside, the collector, their address book and private chats are absent from every view
unless `include_set_aside=True` or `include_collector=True` is given; every output of clew reads these views and nothing
else. The *tables* below them keep every version of every record, with the file and line it came from. Times are
microseconds since 1970 UTC in columns that end in `_us`; absent is NULL.
"""


def case_page() -> str:
    """Return the page of a case's views and tables."""
    lines = _page("What a case keeps", "`graph/schema.py` and `graph/views.py`", CASE_INTRO)
    lines += [
        f"The schema's version is {VERSION}. An older case is migrated when it is opened, a newer one refused.",
        "",
    ]
    lines += ["## Views", ""]
    columns = _view_columns()
    lines += _table(("view", "what it shows", "columns"), ((f"`{v}`", VIEWS[v], ", ".join(columns[v])) for v in VIEWS))
    lines += [f"`clew export` and `case.table(name)` give: {', '.join(f'`{name}`' for name in EXPORTED)}.", ""]
    parts: tuple[tuple[str, tuple[Table, ...]], ...] = (
        ("The ledger", (META, *LEDGER)),
        ("What was observed, a row a version", OBSERVATIONS),
        ("What was derived, by run", DERIVED),
    )
    for title, tables in parts:
        lines += [f"## {title}", ""]
        for table in tables:
            lines += [f"### {table.name}", "", f"{table.meaning[0].upper()}{table.meaning[1:]}.", ""]
            lines += _table(("column", "type", "meaning"), ((f"`{c.name}`", c.type, c.meaning) for c in table.columns))
    return _joined(lines)


def _view_columns() -> dict[str, list[str]]:
    """Return the columns of each view, from a case that holds nothing."""
    with tempfile.TemporaryDirectory() as folder:
        case = Case(Path(folder) / "empty.duckdb")
        case.add(Source(name="none", sha256="0" * 64, size=0, format="csv"), ())
        with case.reading() as db:
            return {view: [row[0] for row in db.execute(f"DESCRIBE {view}").fetchall()] for view in VIEWS}


def commands_page() -> str:
    """Return the page of all commands with their options."""
    lines = _page(
        "The command line",
        "`clew/cli/`",
        "Results go to stdout, talk and progress to stderr. Exit code 0 is success, 1 an error (one line says what and "
        "what to do), 2 a misuse. `clew` and `python -m clew` are the same.",
    )
    for name, command in sorted(_commands(typer.main.get_command(app)).items()):
        arguments = [p.metavar or p.name.upper() for p in _of(command, "argument")]
        lines += [f"## clew {name}", "", str(command.help).strip(), "", f"    clew {' '.join([name, *arguments])}", ""]
        rows = [(_shown(p), p.help or "", _default(p)) for p in (*_of(command, "argument"), *_of(command, "option"))]
        lines += _table(("", "", "default"), rows)
    return _joined(lines)


def _commands(group: Any) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for name, command in group.commands.items():
        if inner := getattr(command, "commands", None):
            found |= {f"{name} {each}": deeper for each, deeper in inner.items()}
        else:
            found[name] = command
    return found


def _of(command: Any, kind: str) -> list[Any]:
    return [p for p in command.params if p.param_type_name == kind and p.name != "help"]


def _shown(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return f"`{parameter.metavar or parameter.name}`"
    if parameter.is_flag:
        return f"`{parameter.opts[-1]}`"
    annotation = parameter.type_descriptor.annotation
    value = parameter.metavar or "|".join(map(str, get_args(annotation))) or VALUES.get(annotation, "TEXT")
    return f"`{parameter.opts[-1]} {value}`"


def _default(parameter: Any) -> str:
    if parameter.required:
        return "must be given"
    if parameter.default is None or parameter.default is False:
        return ""
    return f"`{parameter.default}`"


def _given(parameter: reader.Parameter) -> str:
    if parameter.required:
        return "must be given"
    return "" if parameter.default is None else f"`{parameter.default}`"


def schema_page() -> str:
    """Return ``docs/schema.md``: every label, relationship and property with its sentence."""
    lines = [
        "# The graph in Neo4j",
        "",
        "Made from `graph/graph_model.py` by `make docs`; do not edit. Times are UTC. An absent",
        "property is unknown.",
        "",
    ]
    for kind in NODES:
        key = ", ".join(p.name for p in kind.key)
        lines += [f"## (:{':'.join(kind.labels)} {{{key}}})", "", _sentence(kind.meaning), ""]
        lines += _properties((*kind.key, *kind.properties))
    for joined in RELATIONSHIPS:
        start, end = (":".join(labels_of(name)) for name in (joined.start, joined.end))
        lines += [f"## (:{start})-[:{joined.type}]->(:{end})", "", _sentence(joined.meaning), ""]
        lines += _properties((*joined.key, *joined.properties))
    lines += ["## On every fact", "", "Two cases can share a server. So each fact says who holds it.", ""]
    return "\n".join([*lines, *_properties(BOOKKEEPING)])


def _sentence(meaning: str) -> str:
    return f"{meaning[0].upper()}{meaning[1:]}."


def _properties(properties: tuple[Property, ...]) -> list[str]:
    rows = [f"| `{p.name}` | {p.type} | {p.meaning} |" for p in properties]
    return ["| property | type | meaning |", "|---|---|---|", *rows, ""] if rows else []


def formats_page() -> str:
    """Return the page of the formats that are read."""
    lines = _page(
        "What clew reads",
        "`loaders/`",
        "The format is recognised from the content; `--as NAME` overrides. Each row of a file is new, known or "
        "rejected; `clew status CASE --rejections` lists the rejected with file, line and reason. A table may "
        "be a sheet of a workbook (.xlsx, .xlsm, .xlsb, .xls, .ods) or what your own Cypher returns (`clew load CASE "
        "neo4j://HOST --posts-query …`); folders and ZIP archives are read file by file. Gzip, UTF-8, UTF-16 "
        "and Latin-1 are recognised.",
    )
    for loader in known():
        lines += [f"## {loader.name}", "", f"{loader.title[0].upper()}{loader.title[1:]}.", ""]
        lines += _told(loader)
        if loader.maps:
            rows = ((f"`{name}`", meaning, ", ".join(names.split())) for name, (meaning, names) in COLUMNS.items())
            lines += _table(("column", "meaning", "also recognised as"), rows)
        else:
            read = ((f"`{name}`", meaning) for name, meaning in loader.columns.items())
            lines += _table(("column or key", "meaning"), read)
    return _joined(lines)


def _told(loader: Loader) -> list[str]:
    told = []
    if loader.platform is None:
        told.append("Where the file does not tell the platform of its ids, say it with `--platform`.")
    if loader.maps:
        told.append("Columns are recognised by name, or named with `--map account_id=author`.")
    return [" ".join(told), ""] if told else []


def questions_page() -> str:
    """Return the page of the questions that come with clew."""
    lines = _page(
        "Questions to ask of the graph",
        "`queries/cypher/`",
        '`clew query NAME key=value`, in Python `case.query("NAME", key=value)`. A question of one\'s own: '
        "`clew query --cypher TEXT`, `case.cypher(TEXT)`; it can only read.",
    )
    for name in reader.cypher_names():
        query = reader.cypher(name)
        lines += [f"## {name}", "", f"{query.title}. {query.why}", ""]
        if query.parameters:
            given = ((f"`{p.name}`", p.meaning, _given(p)) for p in query.parameters)
            lines += _table(("parameter", "meaning", "default"), given)
        lines += _table(("column", "meaning"), ((f"`{c.name}`", c.meaning) for c in query.returns))
        lines += ["```cypher", query.body, "```", ""]
    return _joined(lines)


if __name__ == "__main__":
    sys.exit(main())
