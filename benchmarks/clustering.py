"""Clustering accounts, beside python-louvain and networkx: ``python -m benchmarks.clustering --size 100000``.

Both peers turn the case's links into a networkx graph and run Louvain once at resolution 1. clew does more: it tries a
ladder of resolutions, ranks every member, and hashes the result.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from benchmarks.command import run
from benchmarks.measuring import Measured, Work, measure
from benchmarks.stages import Stages

if TYPE_CHECKING:
    import pandas as pd

PEERS = {"python-louvain": "python_louvain", "networkx": "networkx_louvain"}


def measured(stages: Stages) -> list[Measured]:
    """Measure the step and both peers."""
    results = [replace(stages.measured("clusters"), peer="python-louvain")]
    for name, function in PEERS.items():
        results.append(
            measure(
                f"benchmarks.clustering:{function}",
                step="clusters",
                name=name,
                note="does less",
                size=stages.size,
                repeat=stages.repeat,
                case=stages.case("links"),
            )
        )
    return results


def python_louvain(case: str) -> Work:
    """Cluster with python-louvain at its defaults."""
    import community

    links = _links(case)

    def work() -> int:
        community.best_partition(_graph(links), random_state=1)
        return len(links)

    return work


def networkx_louvain(case: str) -> Work:
    """Cluster with networkx's Louvain at its defaults."""
    import networkx as nx

    links = _links(case)

    def work() -> int:
        nx.community.louvain_communities(_graph(links), seed=1)
        return len(links)

    return work


def _links(case: str) -> pd.DataFrame:
    import networkx  # noqa: F401  imported now, so that it is not timed

    import clew

    return clew.open(case).table("links")


def _graph(links: pd.DataFrame) -> Any:
    import networkx as nx

    return nx.from_pandas_edgelist(
        links.rename(columns={"strength": "weight"} if "weight" not in links else {}),
        "account_a",
        "account_b",
        edge_attr="weight",
    )


if __name__ == "__main__":
    run(__doc__, [measured])
