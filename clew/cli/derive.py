"""``clew extract``, ``clew links``, ``clew clusters`` and ``clew run``: from what was loaded to likely networks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

import clew
from clew.cli import talk
from clew.cli.options import (
    CasePath,
    HelpLines,
    Json,
    LinkCollector,
    MaxHolders,
    Method,
    MinParticipation,
    MinSize,
    Resolution,
    Seed,
    Wait,
    Window,
    help_line_numbers,
)
from graph.wording import counted, most_cut_at

if TYPE_CHECKING:
    from graph.steps import RunDone

Publish = Annotated[bool, typer.Option("--publish", help="Publish to Neo4j at the end (NEO4J_URI, _USER, _PASSWORD).")]


def extract(case: CasePath, wait: Wait = 10.0, json: Json = False) -> None:
    """Find phone numbers, invites, handles, e-mail and payment addresses in every bio, post, link and contact card."""
    with talk.working("Looking for numbers and other values in texts") as report:
        found = 0

        def count(more: int) -> None:
            nonlocal found
            found += more
            report(f"Looking for numbers and other values in texts: {found:,} found")

        done = clew.open(case, wait=wait).extract(report=count)
    _tell([done], json=json)


def links(
    case: CasePath,
    window: Window = 60,
    min_participation: MinParticipation = 2,
    max_holders: MaxHolders = 50,
    help_lines: HelpLines = None,
    include_collector: LinkCollector = False,
    wait: Wait = 10.0,
    json: Json = False,
) -> None:
    """Link accounts that hold one number, or pass the same posts on within seconds."""
    with talk.working("Linking accounts") as report:
        done = clew.open(case, wait=wait).links(
            window=window,
            min_participation=min_participation,
            max_holders=max_holders,
            help_lines=help_line_numbers(help_lines),
            include_collector=include_collector,
            report=report,
        )
    _tell([done], json=json)


def clusters(
    case: CasePath,
    method: Method = "leiden",
    resolution: Resolution = None,
    seed: Seed = 1,
    min_size: MinSize = 3,
    wait: Wait = 10.0,
    json: Json = False,
) -> None:
    """Find likely networks among the linked accounts."""
    with talk.working("Finding clusters"):
        done = clew.open(case, wait=wait).clusters(method=method, resolution=resolution, seed=seed, min_size=min_size)
    _tell([done], json=json)


def run(
    case: CasePath,
    window: Window = 60,
    min_participation: MinParticipation = 2,
    max_holders: MaxHolders = 50,
    help_lines: HelpLines = None,
    include_collector: LinkCollector = False,
    method: Method = "leiden",
    resolution: Resolution = None,
    seed: Seed = 1,
    min_size: MinSize = 3,
    publish: Publish = False,
    wait: Wait = 10.0,
    json: Json = False,
) -> None:
    """Do extract, links and clusters in one go. Writes nothing outside the case, unless --publish."""
    opened = clew.open(case, wait=wait)
    with talk.working("Opening the case") as report:
        done = opened.run(
            window=window,
            min_participation=min_participation,
            max_holders=max_holders,
            help_lines=help_line_numbers(help_lines),
            include_collector=include_collector,
            method=method,
            resolution=resolution,
            seed=seed,
            min_size=min_size,
            report=report,
        )
    _tell(done, json=json)
    if publish:
        from clew.cli.publish import publish as publish_case

        publish_case(case, wait=wait)


def say_if_not_run(case: clew.Case, run: int | None) -> None:
    """Say that an output has no networks because none were looked for; else it would look as if there were none."""
    with case.reading(run=run) as db:
        steps = db.execute("SELECT links_run, clusters_run FROM run_facts").fetchone() or (None, None)
    if None in steps:
        talk.say(
            f"note: nobody looked for {'links' if steps[0] is None else 'networks'} in this case yet: clew run CASE"
        )


def _tell(done: list[RunDone] | tuple[RunDone, ...], *, json: bool) -> None:
    for step in done:
        for line in _LINES[step.step](step.counts, step.parameters):
            talk.say(line)
    if json:
        talk.show_json([asdict(step) for step in done])


def _extracted(counts: Mapping[str, Any], _: Mapping[str, Any]) -> list[str]:
    kinds = ", ".join(f"{found:,} {kind}" for kind, found in counts["kinds"].items())
    return [counted(counts["mentions"], "mention") + (f": {kinds}" if kinds else "")]


#: Kinds of link of which it is told that there are none.
_ALWAYS_TOLD = frozenset({"co_repost", "shared_phone"})


def _linked(counts: Mapping[str, Any], parameters: Mapping[str, Any]) -> list[str]:
    lines = [
        f"{kind}: {counted(c['links'], 'link')} between {counted(c['accounts'], 'account')}, "
        f"from {counted(c['pairs'], 'pair')}"
        for kind, c in counts.items()
        if isinstance(c, dict) and (c["links"] or kind in _ALWAYS_TOLD)
    ]
    if coarse := counts["co_repost"]["too_coarse"]:
        pairs = counted(coarse, "pair")
        lines.append(f"  {pairs} not made: their times are coarser than the window of {parameters['window']} s")
    if left_out := sum(c.get("left_out", 0) for c in counts.values() if isinstance(c, dict)):
        lines.append(
            f"  {counted(left_out, 'value links', 'values link')} nobody: help lines, or held by more than "
            f"{counted(parameters['max_holders'], 'account')}; clew status CASE --left-out lists them"
        )
    if counts["set_aside"]:
        aside = counted(counts["set_aside"], "account is", "accounts are")
        lines.append(f"  {aside} set aside: all its texts ask or inform, or an analyst said so")
    return lines


def _clustered(counts: Mapping[str, Any], parameters: Mapping[str, Any]) -> list[str]:
    resolution = f"{parameters['resolution']:g}"
    if parameters["resolution_chosen"]:
        resolution = f"chosen for each group of linked accounts, {most_cut_at(parameters['resolution'])}"
    of = f"of {counts['accounts']:,} linked firmly enough"
    found = f"{counted(counts['clusters'], 'likely network')} of {counted(counts['members'], 'account')}, {of}"
    lines = [f"{found} ({parameters['method']}, resolution {resolution}, seed {parameters['seed']})"]
    if crowds := counts["crowds"]:
        lines.append(
            f"  {counted(len(crowds), 'group')} of up to {crowds[0]:,} accounts too thinly linked to be a network"
        )
    return lines


_LINES = {"extract": _extracted, "links": _linked, "clusters": _clustered}
