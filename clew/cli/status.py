"""``clew status``."""

from __future__ import annotations

import json as json_module
from typing import Annotated, Any

import typer

import clew
from clew.cli import talk
from clew.cli.options import CasePath, Json, Run, Wait

Rejections = Annotated[bool, typer.Option("--rejections", help="List every rejected row with file, line and reason.")]
LeftOut = Annotated[bool, typer.Option("--left-out", help="List the numbers, invites, … that link nobody, and why.")]
SetAside = Annotated[bool, typer.Option("--set-aside", help="List the accounts that are set aside, and why.")]
Undecided = Annotated[
    bool, typer.Option("--undecided", help="List the numbers whose country is not told, with what others suggest.")
]
#: Rejected rows shown without being asked for.
_FIRST = 10
#: Runs shown in the table; ``--json`` has all.
_LAST_RUNS = 9


def status(
    case: CasePath,
    run: Run = None,
    rejections: Rejections = False,
    left_out: LeftOut = False,
    set_aside: SetAside = False,
    undecided: Undecided = False,
    wait: Wait = 10.0,
    json: Json = False,
) -> None:
    """Say what a case holds, file by file, and what was found in it."""
    opened = clew.open(case, wait=wait)
    figures = opened.status(run=run)
    lists = {
        "rejections": opened.rejections() if rejections or json or figures["rejected"] else None,
        "left_out_values": opened.table("left_out", run=run) if left_out else None,
        "set_aside_accounts": opened.set_aside() if set_aside else None,
        "undecided_mentions": opened.table("undecided", run=run) if undecided else None,
    }
    found: dict[str, list[dict[str, Any]]] = {
        name: [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]
        for name, table in lists.items()
        if table is not None
    }
    if json:
        talk.show_json(figures | found)
        return
    _figures(figures)
    for name, rows in found.items():
        _list(name, rows, everything=name != "rejections" or rejections)


def _figures(f: dict[str, Any]) -> None:
    columns = ("name", "format", "read", "new", "known", "rejected")
    talk.show_table(f["sources"], columns, title=f"Loads into {f['case']}")
    names = ("accounts", "posts", "reposts", "mentions", "undecided_numbers", "set_aside", "clusters", "members")
    held = [{"what": name.replace("_", " "), "how many": f[name]} for name in names]
    talk.show_table(held, ("what", "how many"), title="What it holds")
    kinds = [{"kind": kind, **counts} for kind, counts in f["links"].items()]
    if kinds:
        talk.show_table(kinds, ("kind", "pairs", "links", "accounts"), title="Links")
    if f["runs"]:
        _runs(f)
    talk.show(f"case    {f['case_id']} (its name in Neo4j)")
    talk.show(f"content {f['content_hash']}")
    talk.show(f"derived {f['derived_hash'] or '(nothing yet: clew run CASE)'}")
    if f["stale"]:
        talk.show("Something was loaded or judged after this run: do clew run CASE again.")


def _runs(f: dict[str, Any]) -> None:
    """Print the latest runs, which of them the figures show, and how each was made."""
    last = f["runs"][-_LAST_RUNS:]
    shown = set(f["shown_runs"].values())
    rows = [
        {"run": r["run_id"], "step": r["step"], "on": r["parent"], "shown": "yes" if r["run_id"] in shown else None,
         "parameters": _parameters(r["parameters"])}
        for r in last
    ]  # fmt: skip
    title = "Runs" if len(last) == len(f["runs"]) else f"The last {len(last)} of {len(f['runs']):,} runs"
    talk.show_table(rows, ("run", "step", "on", "shown", "parameters"), title=title)


def _parameters(recorded: str) -> str:
    """Return a run's parameters in one line; lists (rules, resolutions tried) are for ``--json``."""
    parameters = json_module.loads(recorded).items()
    return ", ".join(f"{key} {value}" for key, value in parameters if not isinstance(value, dict | list))


def _list(name: str, rows: list[dict[str, Any]], *, everything: bool) -> None:
    shown = rows if everything else rows[:_FIRST]
    title = name.replace("_", " ").capitalize()
    talk.show_table(shown, list(shown[0]) if shown else ["none"], title=title)
    if len(shown) < len(rows):
        talk.show(f"… and {len(rows) - len(shown):,} more: --rejections lists all")
