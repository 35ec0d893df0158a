"""How well planted networks are found, through the real product: ``python -m benchmarks.quality [SEED …]``.

Each seed's sample world is written, loaded and run as an investigator would. Three ways of grouping are compared:

- *leiden* and *louvain*: clew's own, with every option at its default. Once on the files as they are, and once after
  ``reviewed.csv`` and ``help_lines.txt`` were given, as after an analyst's first day.
- *naive*: what a script does in an afternoon: link whoever writes one number or ever passed on one object, no window,
  no damping, python-louvain at its defaults.

The seeds are none of those on which clew's defaults were chosen (101 to 106).
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Literal

import community
import networkx as nx

import clew
from clew.sample import write_world
from tests.oracles.scores import Scores, scores

SEEDS = (1, 2, 3, 4, 5)
ACCOUNTS = 2_000
METHODS: tuple[Literal["leiden", "louvain"], ...] = ("leiden", "louvain")
_HEADER = "| way | seed | ARI | pair precision | pair recall | innocents drawn in | clusters |"


def found_clusters(case: clew.Case) -> list[list[str]]:
    """Return the latest run's clusters as lists of account ids."""
    members: dict[str, list[str]] = defaultdict(list)
    table = case.table("memberships")
    for cluster, account in zip(table["cluster_id"], table["account_id"], strict=True):
        members[cluster].append(account)
    return list(members.values())


def naive_clusters(case: clew.Case, seed: int) -> list[list[str]]:
    """Group accounts without window, damping or a thought of who holds what; groups of three and more."""
    with case.reading() as db:
        rows = db.execute(
            "SELECT account_id, value FROM mentions WHERE value IS NOT NULL AND account_id IS NOT NULL "
            "UNION SELECT account_id, object_id FROM reposts ORDER BY ALL"
        ).fetchall()
    groups: dict[str, set[str]] = defaultdict(set)
    for account, reason in rows:
        groups[reason].add(account)
    weight: Counter[tuple[str, str]] = Counter()
    for accounts in groups.values():
        weight.update(combinations(sorted(accounts), 2))
    net = nx.Graph()
    net.add_weighted_edges_from((a, b, count) for (a, b), count in weight.items())
    members: dict[int, list[str]] = defaultdict(list)
    for account, group in community.best_partition(net, random_state=seed).items():
        members[group].append(account)
    return [group for group in members.values() if len(group) > 2]


def measured(seed: int, folder: Path) -> Iterator[tuple[str, Scores]]:
    """Yield each way of grouping with its scores on the world of ``seed``."""
    world = write_world(folder, ACCOUNTS, seed)
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    case = clew.open(folder / "case.duckdb")
    for source in world.sources:
        case.load(source.path, **source.options)
    case.run()
    for method in METHODS:
        case.clusters(method=method)
        yield f"{method}, as loaded", scores(truth, found_clusters(case))
    yield "naive, as loaded", scores(truth, naive_clusters(case, seed))
    case.judge_all(world.reviews())
    case.run(help_lines=world.help_lines())
    for method in METHODS:
        case.clusters(method=method)
        yield f"{method}, reviewed", scores(truth, found_clusters(case))


def table(results: dict[str, dict[int, Scores]]) -> str:
    """Return the Markdown table: for each way the mean, then each seed."""
    lines = [_HEADER, "|---|---|---|---|---|---|---|"]
    for way, by_seed in results.items():
        figures = {seed: (s.ari, s.precision, s.recall, s.drawn_in, s.clusters) for seed, s in by_seed.items()}
        mean = tuple(statistics.fmean(column) for column in zip(*figures.values(), strict=True))
        for seed, (ari, precision, recall, drawn, clusters) in [("mean", mean), *figures.items()]:
            lines.append(
                f"| {way} | {seed} | {ari:.3f} | {precision:.3f} | {recall:.3f} | {drawn:.0f} | {clusters:.0f} |"
            )
    return "\n".join(lines)


def main(seeds: tuple[int, ...]) -> None:
    """Measure all seeds and print the table; progress goes to stderr."""
    results: dict[str, dict[int, Scores]] = defaultdict(dict)
    for seed in seeds:
        began = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            for way, found in measured(seed, Path(folder)):
                results[way][seed] = found
                print(f"seed {seed}: {way}: {found}", file=sys.stderr)
        print(f"seed {seed}: {time.perf_counter() - began:.0f} s", file=sys.stderr)
    print(table(results))


if __name__ == "__main__":
    main(tuple(int(seed) for seed in sys.argv[1:]) or SEEDS)
