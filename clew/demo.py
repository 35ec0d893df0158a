"""The main job from end to end on a synthetic world: sample, load, run, Neo4j, a question, maps.

Without what Neo4j needs (a network for the first start, Java) it ends with the case and the maps, and says what is
missing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from clew.case import Case
from clew.sample import WorldWritten, write_world
from graph.errors import Neo4jError

if TYPE_CHECKING:
    from graph.publish import Published
    from graph.questions import Answer
    from visualisations.maps import MapsWritten

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoDone:
    """What the demo made. ``published``, ``number`` and ``answer`` are ``None`` where Neo4j was not to be had.

    ``missing`` says why not, in one line. ``answer`` is who holds or names ``number``, asked of the graph.
    """

    case: Case
    maps: MapsWritten
    index: Path
    published: Published | None = None
    number: str | None = None
    answer: Answer | None = None
    missing: str | None = None


def demo(directory: Path, *, accounts: int = 2_000, seed: int = 1, report: Report) -> DemoDone:
    """Do everything once in ``directory`` and return what came of it. Done again, it adds nothing and ends the same."""
    directory.mkdir(parents=True, exist_ok=True)
    report(f"Writing a synthetic world of {accounts:,} accounts into {directory / 'sample'}")
    world = write_world(directory / "sample", accounts=accounts, seed=seed)
    case = Case(directory / "demo.duckdb")
    for source in world.sources:
        loaded = case.load(source.path, **source.options)
        a = loaded.added
        counts = f"{a.read:,} rows = {a.new:,} new + {a.known:,} known + {a.rejected:,} rejected"
        report(f"{a.source} ({loaded.format}): {counts}")
    _review(case, world, report)
    report("Looking for numbers and other values, linking accounts, finding clusters")
    *_, clusters = case.run(help_lines=world.help_lines(), report=report)
    report(f"{clusters.counts['clusters']} likely networks of {clusters.counts['members']:,} accounts")
    report("Drawing maps")
    maps = case.map(directory / "maps", title="Synthetic demo", marking="Synthetic data", report=report)
    done = DemoDone(case=case, maps=maps, index=directory / "maps" / "index.html")
    try:
        published, number, holders = _ask(case, report)
    except Neo4jError as error:
        return replace(done, missing=str(error))
    return replace(done, published=published, number=number, answer=holders)


def _review(case: Case, world: WorldWritten, report: Report) -> None:
    """Enter what the sample's analyst read: posts that write a number without holding it."""
    rows = world.reviews()
    entered = case.judge_all(rows, by="the sample's analyst")
    report(f"{len(rows):,} posts reviewed ({entered:,} new): who asks, informs or quotes holds no number")


def _ask(case: Case, report: Report) -> tuple[Published, str | None, Answer | None]:
    """Publish to the local Neo4j and ask it who holds the number that most accounts of a likely network hold."""
    from graph.neo4j_connection import connect
    from graph.neo4j_server import start
    from graph.questions import answer

    server = start(report=report)
    report(f"Publishing to {server.uri}")
    published = case.publish(server.uri, user=server.user, password=server.password, report=report)
    with case.reading() as db:
        found = db.execute(
            "SELECT value FROM holds SEMI JOIN memberships USING (account_id) ANTI JOIN left_out USING (value) "
            "GROUP BY value ORDER BY count(*) DESC, value LIMIT 1"
        ).fetchall()
    if not found:
        return published, None, None
    number = found[0][0]
    with connect(server.uri, server.user, server.password) as connection:
        return published, number, answer(connection, "who_holds_number", {"number": number, "case": case.id})
