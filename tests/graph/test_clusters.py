"""Likely networks: found where planted, not where not, and always the same."""

from __future__ import annotations

import hashlib
from itertools import combinations

import networkx as nx
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from graph.clusters import METHODS, Cluster, Clustering, find_clusters
from graph.communities import Method
from graph.errors import ParameterRefused
from tests.oracles.planted import COLUMNS, link_table, planted_partition, random_links


def members(found: Clustering) -> list[set[str]]:
    return [{member.account_id for member in cluster.members} for cluster in found.clusters]


def clique(*names: str) -> list[tuple[str, str]]:
    return list(combinations(names, 2))


def named(prefix: str, count: int) -> list[str]:
    return [f"{prefix}{place:02d}" for place in range(count)]


def agreement(found: Clustering, truth: np.ndarray) -> float:
    cluster_of = {a: place for place, group in enumerate(members(found)) for a in group}
    return float(adjusted_rand_score(truth, [cluster_of.get(f"x:{n:07d}", -n - 1) for n in range(len(truth))]))


small_links = st.lists(
    st.tuples(
        st.integers(0, 14),
        st.integers(0, 14),
        st.sampled_from(["shared_phone", "co_repost", "other"]),
        st.floats(0.01, 5),
    ).filter(lambda link: link[0] != link[1]),
    max_size=60,
).map(lambda links: pd.DataFrame([(f"x:{a}", f"x:{b}", kind, s) for a, b, kind, s in links], columns=COLUMNS))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_planted_communities_are_recovered(method: Method, seed: int) -> None:
    links, truth = planted_partition(1_200, seed, largest=60)
    assert agreement(find_clusters(links, method=method), truth) > 0.95


def test_small_groups_of_a_large_graph_are_found_where_ordinary_modularity_merges_them() -> None:
    links, truth = planted_partition(8_000, 5, largest=40)
    chosen, ordinary = find_clusters(links), find_clusters(links, resolution=1.0, min_density=0)
    assert agreement(chosen, truth) > 0.95
    assert agreement(ordinary, truth) < 0.7
    assert chosen.resolution > 4


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("large", "small"), [(6, 5), (30, 4), (60, 3)])
def test_a_broker_does_not_fuse_two_networks(method: Method, large: int, small: int) -> None:
    one, other = named("a", large), named("b", small)
    links = pd.concat([link_table(clique("broker", *group), 3 / len(group)) for group in (one, other)])
    found = find_clusters(links, method=method, min_size=2)
    assert sorted(group - {"broker"} for group in members(found)) == sorted([set(one), set(other)])
    (role,) = {m.role for cluster in found.clusters for m in cluster.members if m.account_id == "broker"}
    assert role in {"key", "bridge"}


@pytest.mark.parametrize("degree", [2, 4, 7, 10, 20])
def test_links_without_structure_give_no_large_network(degree: int) -> None:
    found = find_clusters(random_links(1_000, degree, seed=degree))
    assert max((cluster.size for cluster in found.clusters), default=0) <= 40


def test_coincidences_give_no_network_however_many() -> None:
    found = find_clusters(random_links(1_000, 40, seed=1, strength=0.02))
    assert (found.clusters, found.accounts, found.links) == ((), 0, 0)


def test_a_crowd_is_reported_as_one_and_is_no_cluster() -> None:
    found = find_clusters(random_links(1_000, 10, seed=10))
    assert (found.clusters, found.crowds) == ((), (1_000,))
    assert find_clusters(random_links(1_000, 10, seed=10), min_density=0).clusters[0].size == 1_000


@given(small_links, st.randoms(use_true_random=False), st.sampled_from(METHODS))
@settings(max_examples=60, deadline=None)
def test_the_order_of_links_and_of_their_ends_never_matters(links: pd.DataFrame, dice, method: Method) -> None:
    rows = links.to_numpy(dtype=object).tolist()
    dice.shuffle(rows)
    turned = pd.DataFrame([(b, a, k, s) if dice.random() < 0.5 else (a, b, k, s) for a, b, k, s in rows])
    turned.columns = pd.Index(COLUMNS) if rows else turned.columns
    assert find_clusters(turned if rows else links, method=method) == find_clusters(links, method=method)


@given(small_links, st.sampled_from(METHODS), st.sampled_from([None, 0.3, 1.0, 4.0]))
@settings(max_examples=80, deadline=None)
def test_every_cluster_is_connected_and_an_account_is_in_one_at_most(
    links: pd.DataFrame, method: Method, resolution: float | None
) -> None:
    found = find_clusters(links, method=method, resolution=resolution, kind_weights={}, min_strength=0)
    net = nx.Graph(links[["account_a", "account_b"]].to_numpy().tolist())
    groups = members(found)
    assert sum(map(len, groups)) == len(set().union(*groups))
    for group, cluster in zip(groups, found.clusters, strict=True):
        assert nx.is_connected(net.subgraph(group))
        assert cluster.size == len(group) >= 3
        assert cluster.links == net.subgraph(group).number_of_edges()
        assert [m.rank for m in cluster.members] == list(range(1, cluster.size + 1))
        assert all(0 <= m.score <= 1 for m in cluster.members)
        first, second = cluster.members[:2]
        assert first.role == "key" or first.score == second.score
        assert hashlib.sha256(cluster.members[0].account_id.encode()).hexdigest().startswith(cluster.cluster_id[2:])


def test_the_same_links_give_the_same_clusters_on_every_machine() -> None:
    links, _ = planted_partition(1_200, 9, largest=60)
    rows = find_clusters(links).membership_table().to_pylist()
    text = "\n".join(f"{row['cluster_id']} {row['account_id']} {row['role']} {row['rank']}" for row in rows)
    assert hashlib.sha256(text.encode()).hexdigest()[:16] == "d579132c5c1adf68"


def test_data_frames_and_arrow_tables_give_the_same() -> None:
    links, _ = planted_partition(300, 3)
    assert find_clusters(pa.Table.from_pandas(links, preserve_index=False)) == find_clusters(links)


@pytest.mark.parametrize("method", METHODS)
def test_no_links_are_no_clusters(method: Method) -> None:
    nothing = pd.DataFrame([], columns=COLUMNS)
    for links in (nothing, pa.table({name: [] for name in COLUMNS}), link_table([("a", "b")], strength=0)):
        found = find_clusters(links, method=method)
        assert (found.clusters, found.accounts, found.links) == ((), 0, 0)
        assert found.membership_table().num_rows == found.cluster_table().num_rows == 0


def test_one_link_is_a_pair_and_no_network_unless_pairs_are_asked_for() -> None:
    links = link_table([("x:b", "x:a")])
    assert find_clusters(links).clusters == ()
    (pair,) = find_clusters(links, min_size=2).clusters
    assert [m.account_id for m in pair.members] == ["x:a", "x:b"]
    assert (pair.links, pair.strength) == (1, 1.0)


def test_a_kind_counts_as_much_as_it_weighs() -> None:
    one, other = named("a", 6), named("b", 6)
    across = link_table([(a, b) for a in one for b in other], 0.1, "co_repost")
    links = pd.concat([link_table(clique(*one) + clique(*other)), across])
    assert members(find_clusters(links, kind_weights={"co_repost": 20.0}, min_size=12)) == [{*one, *other}]
    apart = find_clusters(links, kind_weights={"co_repost": 0.0})
    assert sorted(members(apart)) == sorted([set(one), set(other)])
    assert {m.role for cluster in apart.clusters for m in cluster.members} == {"member"}


def test_kinds_of_a_pair_add_up_and_a_kind_without_weight_counts_once() -> None:
    pairs = clique("a", "b", "c")
    links = pd.concat([link_table(pairs, 0.03, "new_kind"), link_table(pairs, 0.04, "shared_phone")])
    (cluster,) = find_clusters(links, min_strength=0.06).clusters
    assert (cluster.links, cluster.strength) == (3, pytest.approx(3 * 0.07))
    assert find_clusters(links, kind_weights={"new_kind": 0.1}, min_strength=0.06).clusters == ()


def test_the_account_that_all_ways_lead_through_ranks_first() -> None:
    (star,) = find_clusters(link_table([("z", name) for name in named("a", 5)])).clusters
    assert [(m.account_id, m.role, m.score) for m in star.members[:2]] == [("z", "key", 1.0), ("a00", "member", 0.0)]


def test_where_all_know_all_strength_ranks_and_then_the_id() -> None:
    links = pd.concat([link_table(clique("a", "b", "c", "d")), link_table([("c", "d")], 2.0)])
    (cluster,) = find_clusters(links).clusters
    assert [m.account_id for m in cluster.members] == ["c", "d", "a", "b"]


def test_two_ids_that_begin_alike_are_both_written_in_full() -> None:
    # SHA-256 of these two begins with the same ten hex digits.
    stars = [("x:722720", f"a{n}") for n in range(3)] + [("x:760360", f"b{n}") for n in range(3)]
    found = find_clusters(link_table([*stars, *(("lone", f"c{n}") for n in range(3))]))
    assert sorted(len(cluster.cluster_id) for cluster in found.clusters) == [12, 66, 66]
    assert len({cluster.cluster_id for cluster in found.clusters}) == 3


def test_clusters_come_largest_first_and_the_tables_hold_what_they_say() -> None:
    found = find_clusters(link_table(clique(*named("a", 3)) + clique(*named("b", 5)) + clique(*named("c", 4))))
    assert [cluster.size for cluster in found.clusters] == [5, 4, 3]
    assert found.cluster_table().to_pylist() == [
        {"cluster_id": c.cluster_id, "size": c.size, "links": c.links, "strength": c.strength} for c in found.clusters
    ]
    assert found.membership_table().to_pylist() == [
        {"cluster_id": c.cluster_id, "account_id": m.account_id, "role": m.role, "rank": m.rank, "score": m.score}
        for c in found.clusters
        for m in c.members
    ]


def test_any_text_can_be_an_account_id() -> None:
    hostile = ["x:'; DROP TABLE link; --", "x:\u202e=cmd|' /C calc'!A0", "x:<script>", "x:\x00", "x:😀"]
    (cluster,) = find_clusters(link_table(clique(*hostile))).clusters
    assert isinstance(cluster, Cluster)
    assert {m.account_id for m in cluster.members} == set(hostile)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"method": "spectral"}, "leiden, louvain"),
        ({"resolution": 0.0}, "above 0"),
        ({"resolution": float("nan")}, "above 0"),
        ({"min_size": 1}, "two accounts"),
        ({"min_strength": -1.0}, "min_strength"),
        ({"min_density": 1.5}, "min_density"),
        ({"kind_weights": {"shared_phone": -1.0}}, "shared_phone"),
    ],
)
def test_an_option_that_makes_no_sense_is_refused(options: dict[str, object], said: str) -> None:
    with pytest.raises(ParameterRefused, match=said):
        find_clusters(link_table(clique("a", "b", "c")), **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("a", "a", "k", 1.0), "to itself"),
        (("a", None, "k", 1.0), "no account id"),
        (("a", "b", None, 1.0), "no kind"),
        (("a", "b", "k", -1.0), "negative"),
        (("a", "b", "k", float("nan")), "absent"),
    ],
)
def test_a_link_that_is_none_is_refused(row: tuple[object, ...], said: str) -> None:
    with pytest.raises(ParameterRefused, match=said):
        find_clusters(pd.DataFrame([("a", "b", "k", 1.0), row], columns=COLUMNS))
    with pytest.raises(ParameterRefused, match="strength"):
        find_clusters(pd.DataFrame([row[:3]], columns=COLUMNS[:3]))
