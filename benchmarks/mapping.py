"""Writing maps, beside networkx and pyvis at their defaults: ``python -m benchmarks.mapping --size 100000``.

The peer lays each of the 200 largest networks out with ``networkx.spring_layout`` and writes a pyvis page of it: nodes
and lines, no evidence, no search, no index.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from benchmarks.command import run
from benchmarks.measuring import Measured, Work, measure
from benchmarks.stages import Stages


def measured(stages: Stages) -> list[Measured]:
    """Measure the maps and the peer's pages."""
    return [measure_maps(stages), _measure(stages, "pyvis", name="networkx, pyvis", note="does less")]


def measure_maps(stages: Stages) -> Measured:
    """Measure the maps alone."""
    return _measure(stages, "clew", name="clew", peer="networkx, pyvis")


def _measure(stages: Stages, function: str, *, name: str, peer: str | None = None, note: str = "") -> Measured:
    out = stages.folder / "maps"
    return measure(
        f"benchmarks.mapping:{function}",
        step="map",
        name=name,
        peer=peer,
        note=note,
        size=stages.size,
        repeat=stages.repeat,
        before_each=lambda: shutil.rmtree(out, ignore_errors=True),
        case=stages.case("clusters"),
        out=out,
    )


def clew(case: str, out: str) -> Work:
    """Write the index and the maps; rows are accounts and numbers drawn."""
    import clew

    opened = clew.open(case)
    return lambda: opened.map(out).nodes


def pyvis(case: str, out: str) -> Work:
    """Lay networks out and write pages; rows are the accounts drawn."""
    import networkx as nx
    from pyvis.network import Network

    import clew

    whole = clew.open(case).to_networkx()
    clusters: dict[str, list[str]] = {}
    for account, data in whole.nodes(data=True):
        if "cluster" in data:
            clusters.setdefault(data["cluster"], []).append(account)
    largest = sorted(clusters.values(), key=len, reverse=True)[:200]
    Path(out).mkdir(parents=True)

    def work() -> int:
        for number, members in enumerate(largest):
            plain = nx.Graph(whole.subgraph(members).edges())
            positions = nx.spring_layout(plain, seed=1)
            page = Network(cdn_resources="in_line")
            for node in plain:
                page.add_node(node, x=1000 * positions[node][0], y=1000 * positions[node][1])
            page.add_edges(list(plain.edges()))
            (Path(out) / f"{number}.html").write_text(page.generate_html(), encoding="utf-8")
        return sum(map(len, largest))

    return work


if __name__ == "__main__":
    run(__doc__, [measured])
