"""The two-level layout: what must hold for any clusters and links."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visualisations.layout import CLUSTER_GAP, Positions, separate, two_level


@st.composite
def graphs(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    clusters = draw(st.integers(1, 25))
    sizes = draw(st.lists(st.integers(1, 40), min_size=clusters, max_size=clusters))
    groups = rng.permutation(np.repeat(np.arange(clusters), sizes))
    links = rng.integers(0, len(groups), size=(draw(st.integers(0, 3)) * len(groups), 2))
    return groups, links, rng.uniform(5, 17, len(groups))


def distances(points: Positions) -> np.ndarray:
    gaps = points[:, None, :] - points[None, :, :]
    return np.hypot(gaps[..., 0], gaps[..., 1])


@settings(max_examples=15, deadline=None)
@given(graphs())
def test_every_node_has_a_finite_place_and_the_same_one_again(graph: tuple[np.ndarray, ...]) -> None:
    first, again = two_level(*graph, seed=7), two_level(*graph, seed=7)
    assert first.shape == (len(graph[0]), 2)
    assert np.isfinite(first).all()
    np.testing.assert_array_equal(first, again)


@settings(max_examples=15, deadline=None)
@given(graphs())
def test_hardly_any_nodes_overlap(graph: tuple[np.ndarray, ...]) -> None:
    groups, links, sizes = graph
    apart = distances(two_level(groups, links, sizes)) - (sizes[:, None] + sizes[None, :])
    overlapping = np.triu(apart < -1, 1).sum()
    assert overlapping <= len(groups) // 100


@settings(max_examples=15, deadline=None)
@given(graphs())
def test_members_are_nearer_to_their_own_cluster_than_to_any_other(graph: tuple[np.ndarray, ...]) -> None:
    groups, links, sizes = graph
    points = two_level(groups, links, sizes)
    clusters = groups.max() + 1
    centres = np.array([points[groups == c].mean(axis=0) for c in range(clusters)])
    reach = np.array([np.hypot(*(points[groups == c] - centres[c]).T).max() for c in range(clusters)])
    beyond = np.hypot(*(points[:, None] - centres[None]).transpose(2, 0, 1)) - reach[None]
    assert (beyond.argmin(axis=1) == groups).all()


def test_no_two_clusters_overlap_even_when_all_are_linked_to_all() -> None:
    groups = np.repeat(np.arange(30), 12)
    links = np.array([(a, b) for a in range(0, 360, 12) for b in range(0, 360, 12)])
    points = two_level(groups, links, np.full(360, 8.0))
    centres = np.array([points[groups == c].mean(axis=0) for c in range(30)])
    reach = np.array([np.hypot(*(points[groups == c] - centres[c]).T).max() for c in range(30)])
    apart = distances(centres) - reach[:, None] - reach[None, :]
    assert apart[np.triu_indices(30, 1)].min() > CLUSTER_GAP / 4


def test_linked_clusters_are_placed_nearer_to_each_other_than_unlinked_ones() -> None:
    groups = np.repeat(np.arange(24), 8)
    pairs = [(8 * c + k, 8 * (c + 1) + k) for c in range(0, 24, 2) for k in range(3)]
    inside = [(8 * c, 8 * c + k) for c in range(24) for k in range(1, 8)]
    points = two_level(groups, np.array(pairs + inside), np.full(192, 8.0))
    between = distances(np.array([points[groups == c].mean(axis=0) for c in range(24)]))
    linked = np.array([between[c, c + 1] for c in range(0, 24, 2)])
    assert np.median(linked) < 0.6 * np.median(between[np.triu_indices(24, 1)])


def test_linked_members_are_placed_nearer_to_each_other_than_unlinked_ones() -> None:
    rng = np.random.default_rng(3)
    stars = np.array([(10 * s, 10 * s + k) for s in range(12) for k in range(1, 10)])
    points = two_level(np.zeros(120, dtype=int), np.vstack((stars, rng.integers(0, 120, (10, 2)))), np.full(120, 8.0))
    between = distances(points)
    assert np.median(between[stars[:, 0], stars[:, 1]]) < 0.5 * np.median(between[np.triu_indices(120, 1)])


def test_points_on_one_spot_are_moved_apart() -> None:
    moved = separate(np.zeros((40, 2)), np.full(40, 5.0), exact=True)
    assert (distances(moved) + np.eye(40) * 99).min() >= 9.9


def test_nothing_to_lay_out_gives_no_positions() -> None:
    assert two_level([], [], []).shape == (0, 2)


@pytest.mark.parametrize(("nodes", "clusters", "seconds"), [(1_000, 30, 1.5), (10_000, 300, 8.0)])
def test_time_grows_with_the_nodes(nodes: int, clusters: int, seconds: float) -> None:
    rng = np.random.default_rng(1)
    groups = np.concatenate((np.arange(clusters), rng.integers(0, clusters, nodes - clusters)))
    links = rng.integers(0, nodes, (2 * nodes, 2))
    started = time.process_time()
    two_level(groups, links, np.full(nodes, 9.0))
    assert time.process_time() - started < seconds
