"""The figures behind clusters, against other people's code and plain Python."""

from __future__ import annotations

from math import log2

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph import key_accounts
from graph.communities import description_length, modularity
from graph.key_accounts import betweenness
from graph.linked_accounts import linked_accounts
from tests.oracles.planted import COLUMNS, planted_partition

weighted_links = st.dictionaries(
    st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda pair: pair[0] < pair[1]),
    st.floats(0.1, 9).map(lambda weight: round(weight, 3)),
    min_size=1,
    max_size=30,
)
labels = st.lists(st.integers(0, 9), min_size=10, max_size=10)


def graph_of(links: dict[tuple[int, int], float]):
    rows = [(str(a), str(b), "k", weight) for (a, b), weight in links.items()]
    return linked_accounts(pd.DataFrame(rows, columns=COLUMNS), {}, 0.0)


def named_by_first(labels: list[int], nodes: list[str]) -> np.ndarray:
    """Give each node the place of the first node with its label, as communities are named."""
    wanted = [labels[int(node)] for node in nodes]
    return np.array([wanted.index(label) for label in wanted], dtype=np.int64)


def bits_of(net: nx.Graph, part: dict[str, int]) -> float:
    """Rosvall and Bergstrom's equation 4, written out: index codebook and module codebooks, each times its entropy."""
    total = sum(dict(net.degree(weight="weight")).values())
    visit = {node: degree / total for node, degree in net.degree(weight="weight")}
    leave = {
        module: sum(d["weight"] for a, b, d in net.edges(data=True) if (part[a] == module) != (part[b] == module))
        / total
        for module in set(part.values())
    }

    def entropy(shares: list[float]) -> float:
        whole = sum(shares)
        return -sum(s / whole * log2(s / whole) for s in shares if s > 0) if whole > 0 else 0.0

    found = sum(leave.values()) * entropy(list(leave.values()))
    for module, out in leave.items():
        shares = [out, *(visit[node] for node in net if part[node] == module)]
        found += sum(shares) * entropy(shares)
    return found


@given(weighted_links, labels)
@settings(max_examples=150, deadline=None)
def test_description_length_and_modularity_agree_with_the_formulas_written_out(
    links: dict[tuple[int, int], float], labels: list[int]
) -> None:
    graph = graph_of(links)
    nodes = graph.ids.to_pylist()
    part = named_by_first(labels, nodes)
    net = nx.Graph()
    net.add_weighted_edges_from((str(a), str(b), weight) for (a, b), weight in links.items())
    assert description_length(graph, part)[0] == pytest.approx(
        bits_of(net, dict(zip(nodes, part, strict=True))), abs=1e-6
    )
    groups = [{node for node, label in zip(nodes, part, strict=True) if label == each} for each in set(part.tolist())]
    assert modularity(graph, part) == pytest.approx(nx.community.modularity(net, groups), abs=1e-6)


@given(weighted_links)
@settings(max_examples=60, deadline=None)
def test_each_component_is_described_as_if_it_were_alone(links: dict[tuple[int, int], float]) -> None:
    graph = graph_of(links)
    whole = graph.components()
    together = description_length(graph, np.arange(graph.size), whole)
    for name in np.unique(whole):
        alone = graph.only(whole[graph.a] == name)
        assert together[name] == pytest.approx(description_length(alone, np.arange(graph.size))[0], abs=1e-6)


@given(weighted_links)
@settings(max_examples=60, deadline=None)
def test_components_are_those_of_networkx(links: dict[tuple[int, int], float]) -> None:
    graph = graph_of(links)
    label = dict(zip(graph.ids.to_pylist(), graph.components().tolist(), strict=True))
    parts = nx.connected_components(nx.Graph([(str(a), str(b)) for a, b in links]))
    assert len({frozenset(label[n] for n in part) for part in map(sorted, parts)}) == len(set(label.values()))


@given(weighted_links, st.booleans())
@settings(max_examples=80, deadline=None)
def test_betweenness_agrees_with_networkx_exact_and_from_every_account(
    links: dict[tuple[int, int], float], pivots: bool
) -> None:
    graph = graph_of(links)
    net = nx.Graph(zip(graph.a.tolist(), graph.b.tolist(), strict=True))
    net.add_nodes_from(range(graph.size))
    expected = nx.betweenness_centrality(net)
    work = key_accounts.EXACT_WORK
    try:
        key_accounts.EXACT_WORK = 0 if pivots else work
        found = betweenness(graph.size, graph.a, graph.b, seed=1)
    finally:
        key_accounts.EXACT_WORK = work
    assert found == pytest.approx([expected[node] for node in range(graph.size)], abs=1e-5)


def test_a_few_pivots_find_the_same_key_accounts(monkeypatch: pytest.MonkeyPatch) -> None:
    links, _ = planted_partition(600, 4, degree=4, mixing=0.1)
    graph = linked_accounts(links, {}, 0.0)
    exact = betweenness(graph.size, graph.a, graph.b, seed=1)
    monkeypatch.setattr(key_accounts, "EXACT_WORK", 0)
    near = betweenness(graph.size, graph.a, graph.b, seed=1)
    assert np.corrcoef(exact, near)[0, 1] > 0.9
    assert near.tolist() == betweenness(graph.size, graph.a, graph.b, seed=1).tolist()
    assert near.tolist() != exact.tolist()
