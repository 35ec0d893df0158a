"""The linked accounts as a networkx graph."""

from __future__ import annotations

from typing import Any

import duckdb
import networkx as nx

from graph.case import Case
from graph.fetching import dicts


def to_networkx(case: Case, *, run: int | None = None, **include: bool) -> nx.Graph[str]:
    """Return the graph of linked accounts: a node each account that has a link, an edge each linked pair.

    Nodes carry ``platform, handle, display_name, bio, country, status, first_us, last_us`` and, in a cluster,
    ``cluster, role, rank, score``. Edges carry ``weight`` (the links' strength, summed), ``kinds`` (a list),
    ``first_us, last_us`` and, per kind, a dict ``{weight, strength, pairs, via, evidence}`` under the kind's name. What
    is absent is left out.
    """
    made: nx.Graph[str] = nx.Graph()
    with case.reading(run=run, **include) as db:
        for row in _present(db, _NODES):
            made.add_node(row.pop("account_id"), **row)
        for row in _present(db, _LINKS):
            _add_link(made, row)
    return made


def _add_link(made: nx.Graph[str], row: dict[str, Any]) -> None:
    a, b, kind = row.pop("account_a"), row.pop("account_b"), row.pop("kind")
    first, last = row.pop("first_us", None), row.pop("last_us", None)
    if not made.has_edge(a, b):
        made.add_edge(a, b, weight=0.0, kinds=[])
    edge = made.edges[a, b]
    edge["weight"] += row["strength"]
    edge["kinds"].append(kind)
    edge[kind] = row
    for name, value, pick in (("first_us", first, min), ("last_us", last, max)):
        if value is not None:
            edge[name] = pick(edge.get(name, value), value)


_NODES = """
    SELECT account_id, platform, handle, display_name, bio, country, status, first_us, last_us, cluster_id AS cluster,
           role, rank, score
    FROM accounts LEFT JOIN memberships USING (account_id)
    WHERE account_id IN (SELECT account_a FROM links UNION SELECT account_b FROM links)
    ORDER BY account_id
"""
_LINKS = """
    SELECT account_a, account_b, kind, weight, strength, pairs, via, evidence, first_us, last_us
    FROM links ORDER BY account_a, account_b, kind
"""


def _present(db: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if value is not None} for row in dicts(db, sql)]
