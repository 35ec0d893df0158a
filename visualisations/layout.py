"""Where the nodes of a map stand: clusters as discs beside each other, their members inside each.

Two levels. First every cluster is drawn for itself, all of them at once: linked members attract, members of one
cluster repel a few of their fellows chosen by chance, and what overlaps is moved apart. Then the clusters, now discs
of known size, are laid out on the quotient graph (one node a cluster, one edge between clusters that are linked).
Every step costs time in proportion to nodes and links, so a map of ten thousand nodes takes well under a second.
Distance on the page means membership and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

Positions: TypeAlias = npt.NDArray[np.float64]
Indices: TypeAlias = npt.NDArray[np.int64]

#: Space between the rims of two clusters, in the page's units: room for a label of two lines.
CLUSTER_GAP = 64.0
#: Space between a cluster's outermost member and its rim.
RIM = 26.0
#: Least space between two nodes' edges.
NODE_GAP = 9.0
#: How much wider than high a map is laid out: screens and A4 landscape are.
ASPECT = 1.35

_AT_ONCE = 1 << 16  # random numbers drawn at once
_PULLS = 90  # rounds of the inner force layout; more changes nothing that an eye sees
_FELLOWS = 9  # fellows that push a member in one round; with fewer the discs get holes
_PACKINGS = 160  # rounds of the outer layout
_CLOSINGS = 50  # rounds of drawing unlinked clusters in
_SWEEPS = 60  # rounds of moving overlapping discs apart; ends early when none overlap
_NOTHING = 1e-6  # a distance that gives no direction
_LOOKS = 4  # rounds after which neighbours are looked up again
_FEW = 120  # points of which all pairs are looked at
_LARGE = 24  # discs that are compared with all others; the next largest sets the grid's cell
_GOLDEN_ANGLE = np.pi * (3 - np.sqrt(5))


def two_level(
    groups: npt.ArrayLike,
    links: npt.ArrayLike,
    sizes: npt.ArrayLike,
    *,
    weights: npt.ArrayLike | None = None,
    seed: int = 1,
) -> Positions:
    """Return an ``(n, 2)`` array with a position for every node, centred on the origin, y downwards.

    Parameters
    ----------
    groups
        ``n`` cluster numbers, counted from 0 without gaps.
    links
        ``(m, 2)`` node numbers; links inside and between clusters alike. Loops and doubles do no harm.
    sizes
        ``n`` radii at which the nodes will be drawn.
    weights
        ``m`` weights of the links; absent: all alike. Only their square root counts, and only up to four times the
        smallest, so that one strong link doesn't fold a cluster up.
    seed
        The same input and seed give the same positions.

    Returns
    -------
    Positions of which no two nodes of a cluster overlap, nor two clusters.
    """
    group = np.asarray(groups, dtype=np.int64)
    edges = np.asarray(links, dtype=np.int64).reshape(-1, 2)
    radius = np.asarray(sizes, dtype=np.float64)
    if not len(group):
        return np.zeros((0, 2))
    pull = _tamed(np.ones(len(edges)) if weights is None else np.asarray(weights, dtype=np.float64))
    rng = np.random.default_rng(seed)
    clusters = int(group.max()) + 1
    inside = group[edges[:, 0]] == group[edges[:, 1]]
    inner = _members_inside(group, edges[inside], pull[inside], radius, rng)
    discs = _disc_radii(inner, group, radius, clusters)
    centres = _discs_apart(discs, group[edges[~inside]], pull[~inside])
    placed = inner + centres[group]
    centred: Positions = placed - (placed.min(axis=0) + placed.max(axis=0)) / 2
    return centred


def _tamed(weights: Positions) -> Positions:
    positive = weights[weights > 0]
    floor = positive.min() if len(positive) else 1.0
    return np.clip(np.sqrt(np.maximum(weights, floor) / floor), 1, 4)


def _members_inside(
    group: Indices, edges: Indices, pull: Positions, radius: Positions, rng: np.random.Generator
) -> Positions:
    """Lay out every cluster around the origin: attraction along links, repulsion from fellows drawn by chance.

    Repulsion by samples instead of by all pairs is the trick of LargeVis (Tang et al. 2016): the expectation is the
    same, the cost linear.
    """
    fellows = _Fellows.of(group)
    room = 2 * float(radius.mean()) + NODE_GAP
    span = room * np.sqrt(fellows.of_size) * 0.72
    place = _sunflower_rank(group, edges)
    points = np.column_stack((np.cos(place * _GOLDEN_ANGLE), np.sin(place * _GOLDEN_ANGLE)))
    points *= (np.sqrt((place + 0.5) / fellows.of_size) * span)[:, None]
    points += rng.normal(scale=room * 0.05, size=points.shape)
    springs = _Springs.of(edges, pull, len(group))
    inward = (0.55 * room / np.maximum(span, room))[:, None]
    crowd = np.minimum(np.maximum(fellows.of_size - 1, 0) / _FELLOWS, 6)[:, None]
    for turn, drawn in enumerate(fellows.by_chance(_PULLS, rng)):
        heat = (1 - turn / _PULLS) * room * 1.3
        force = _attraction(points, springs, room) + _repulsion(points, drawn, room) * crowd
        force -= points * inward
        length = np.hypot(force[:, 0], force[:, 1])
        points += force * (np.minimum(length, heat) / np.maximum(length, 1e-9))[:, None]
    points -= _means(points, group)[group]
    points = _held_together(points, group, span)
    apart = separate(points, radius + NODE_GAP / 2, group)
    centred: Positions = apart - _means(apart, group)[group]
    return centred


class _Fellows(NamedTuple):
    """Who is in one cluster with whom: nodes in the order of clusters; for each node where its cluster begins there."""

    order: Indices
    first: Indices
    of_size: Indices

    @classmethod
    def of(cls, group: Indices) -> _Fellows:
        count = np.bincount(group)
        starts = np.concatenate(([0], np.cumsum(count)[:-1]))
        return cls(np.argsort(group, kind="stable"), starts[group], count[group])

    def by_chance(self, rounds: int, rng: np.random.Generator) -> Iterator[Indices]:
        """Yield for each round ``_FELLOWS`` of every node's cluster, itself perhaps among them."""
        # Several rounds at once: small arrays cost more to ask for than to fill.
        at_once = max(1, _AT_ONCE // (len(self.order) * _FELLOWS))
        for start in range(0, rounds, at_once):
            chance = rng.random((min(at_once, rounds - start), len(self.order), _FELLOWS))
            yield from self.order.take(self.first[:, None] + (chance * self.of_size[:, None]).astype(np.int64))


class _Springs(NamedTuple):
    """Links as springs: their ends, how hard each pulls, and by what its pull is divided at either end.

    Divided by the smaller degree: a leaf follows its hub, a hub is not torn about by its leaves.
    """

    a: Indices
    b: Indices
    pull: Positions
    at_a: Positions
    at_b: Positions

    @classmethod
    def of(cls, edges: Indices, pull: Positions, size: int) -> _Springs:
        a, b = np.ascontiguousarray(edges[:, 0]), np.ascontiguousarray(edges[:, 1])
        degree = np.maximum(np.bincount(edges.ravel(), minlength=size), 1)
        smaller = np.sqrt(np.minimum(degree[a], degree[b]))
        return cls(a, b, 0.5 * pull / smaller, np.sqrt(degree[a]), np.sqrt(degree[b]))


def _sunflower_rank(group: Indices, edges: Indices) -> Positions:
    """Return each member's place in its cluster, counted from the middle outwards: the most linked first."""
    degree = np.bincount(edges.ravel(), minlength=len(group))
    ranked = np.lexsort((-degree, group))
    count = np.bincount(group)
    start = np.repeat(np.concatenate(([0], np.cumsum(count)[:-1])), count)
    rank = np.empty(len(group))
    rank[ranked] = np.arange(len(group)) - start
    return rank


def _attraction(points: Positions, springs: _Springs, room: float) -> Positions:
    a, b = springs.a, springs.b
    gap = points.take(b, axis=0) - points.take(a, axis=0)
    reach = np.minimum(1, np.hypot(gap[:, 0], gap[:, 1]) / (2 * room))
    size = len(points)
    drawn = np.empty((size, 2))
    for axis in (0, 1):
        step = gap[:, axis] * springs.pull * reach
        drawn[:, axis] = np.bincount(a, step / springs.at_a, size) - np.bincount(b, step / springs.at_b, size)
    return drawn


def _repulsion(points: Positions, fellows: Indices, room: float) -> Positions:
    gap = points[:, None, :] - points.take(fellows, axis=0)
    square = np.maximum(np.einsum("nkd,nkd->nk", gap, gap), (0.2 * room) ** 2)
    pushed: Positions = np.einsum("nkd,nk->nd", gap, room**2 / square)
    return pushed


def _held_together(points: Positions, group: Indices, span: Positions) -> Positions:
    """Scale each cluster to the disc that its members need, and bring stragglers to its rim."""
    far = np.hypot(points[:, 0], points[:, 1])
    typical = np.sqrt(np.bincount(group, far**2) / np.bincount(group))[group]
    scaled = points * (0.7 * span / np.maximum(typical, 1e-9))[:, None]
    reach = np.hypot(scaled[:, 0], scaled[:, 1])
    return scaled * np.minimum(1, 1.15 * span / np.maximum(reach, 1e-9))[:, None]


def _means(points: Positions, group: Indices) -> Positions:
    count = np.bincount(group)
    return np.column_stack([np.bincount(group, points[:, axis]) / count for axis in (0, 1)])


def _disc_radii(points: Positions, group: Indices, radius: Positions, clusters: int) -> Positions:
    reach = np.hypot(points[:, 0], points[:, 1]) + radius
    discs = np.zeros(clusters)
    np.maximum.at(discs, group, reach)
    return discs + RIM


def _discs_apart(discs: Positions, edges: Indices, pull: Positions) -> Positions:
    """Place discs without overlap: linked clusters as a core, near whom they are linked to, the others in rings."""
    need = discs + np.minimum(CLUSTER_GAP, 12 + 0.5 * discs) / 2
    linked = np.bincount(edges.ravel(), minlength=len(discs)) > 0
    core = np.flatnonzero(linked) if linked.any() else np.array([int(discs.argmax())])
    others = np.setdiff1d(np.arange(len(discs)), core)
    centres = np.zeros((len(discs), 2))
    centres[core] = _core(need[core], np.searchsorted(core, edges), pull)
    reach = np.hypot(centres[core, 0] / ASPECT, centres[core, 1]) + need[core]
    others = others[np.argsort(-discs[others], kind="stable")]
    # Rings are drawn as circles and then widened: that only adds to the distances.
    centres[others] = _rings(need[others], float(reach.max())) * np.array([ASPECT, 1.0])
    return _closed_up(centres, need) if len(others) else centres


def _closed_up(points: Positions, need: Positions) -> Positions:
    """Draw all discs towards the middle as far as they go, so that no empty ring is left around the core."""
    for turn in range(_CLOSINGS):
        points = points * (1 - 0.035 * (1 - turn / _CLOSINGS))
        points = separate(points, need, rounds=3)
    return separate(points, need, exact=True)


def _core(need: Positions, edges: Indices, pull: Positions) -> Positions:
    """Lay out linked discs: from a sunflower, the largest inside, towards whom they are linked to."""
    order = np.argsort(-need, kind="stable")
    area = np.cumsum(need[order] ** 2) - need[order] ** 2
    angle = np.arange(len(need)) * _GOLDEN_ANGLE
    points = np.empty((len(need), 2))
    points[order] = np.column_stack((np.cos(angle) * ASPECT, np.sin(angle))) * (1.15 * np.sqrt(area))[:, None]
    for turn in range(_PACKINGS if len(need) > 1 else 0):
        ease = 1 - turn / _PACKINGS
        points += _towards_linked(points, edges, pull, need) * (0.25 * ease)
        points -= points * np.array([0.02 / ASPECT, 0.02 * ASPECT]) * ease
        points = separate(points, need, rounds=2)
    return separate(points, need, exact=True)


def _towards_linked(points: Positions, edges: Indices, pull: Positions, need: Positions) -> Positions:
    """Return for each disc the mean of the ways to its linked discs' rims, the heavier links counting more."""
    a, b = edges[:, 0], edges[:, 1]
    gap = points[b] - points[a]
    length = np.maximum(np.hypot(gap[:, 0], gap[:, 1]), 1e-9)
    step = gap * (np.maximum(0, 1 - (need[a] + need[b]) / length) * pull)[:, None]
    size = len(points)
    total = np.maximum(np.bincount(a, pull, size) + np.bincount(b, pull, size), 1e-9)
    return np.column_stack(
        [(np.bincount(a, step[:, axis], size) - np.bincount(b, step[:, axis], size)) / total for axis in (0, 1)]
    )


def _rings(need: Positions, inner: float) -> Positions:
    """Place discs, sorted from large to small, in rings around a circle of the given radius."""
    points = np.zeros((len(need), 2))
    start = 0
    while start < len(need):
        radius = inner + need[start]
        widths = 2 * np.arcsin(np.minimum(need[start:] / radius, 1.0))
        fitting = max(int(np.searchsorted(np.cumsum(widths), 2 * np.pi, side="right")), 1)
        widths = widths[:fitting]
        spare = (2 * np.pi - widths.sum()) / fitting
        angle = np.cumsum(widths + spare) - (widths + spare) / 2 - np.pi / 2
        points[start : start + fitting] = np.column_stack((np.cos(angle), np.sin(angle))) * radius
        inner = radius + need[start]
        start += fitting
    return points


def separate(
    points: Positions,
    radius: Positions,
    group: Indices | None = None,
    *,
    rounds: int = _SWEEPS,
    exact: bool = False,
) -> Positions:
    """Return the points moved apart until no two discs of one group overlap, or the rounds are used up.

    ``exact`` guarantees it: what still overlaps then is cured by moving all points away from the origin in proportion.
    """
    points = points.copy()
    own = np.zeros(len(points), dtype=np.int64) if group is None else group
    all_pairs = len(points) <= _FEW
    for turn in range(rounds):
        if turn == 0 or (turn % _LOOKS == 0 and not all_pairs):
            near = _neighbours(points, radius, own)
        a, b, gap, length = _overlaps(points, radius, *near)
        if not len(a):
            if turn % _LOOKS == 0 or all_pairs:
                return points
            near = _neighbours(points, radius, own)
            continue
        same = length < _NOTHING  # two on one spot have no direction: their numbers give one
        gap[same] = np.column_stack((np.cos(a[same] * _GOLDEN_ANGLE), np.sin(a[same] * _GOLDEN_ANGLE)))
        missing = radius[a] + radius[b] - length
        # The smaller gives way: a large disc is not pushed about by hundreds of small ones.
        share = (radius[b] / (radius[a] + radius[b]))[:, None]
        step = gap * (missing * 1.02 / np.where(same, 1.0, length))[:, None]
        step_a, step_b = step * share, step * (1 - share)
        for axis in (0, 1):
            points[:, axis] += np.bincount(a, step_a[:, axis], len(points))
            points[:, axis] -= np.bincount(b, step_b[:, axis], len(points))
    if not exact:
        return points
    a, b, _, length = _overlaps(points, radius, *_neighbours(points, radius, own))
    if len(a):
        points *= float(((radius[a] + radius[b]) / np.maximum(length, 1e-3)).max()) * 1.001
    return points


def _overlaps(
    points: Positions, radius: Positions, a: Indices, b: Indices
) -> tuple[Indices, Indices, Positions, Positions]:
    """Return those of the pairs whose discs overlap, the way from the second to the first, and its length."""
    gap = points.take(a, axis=0) - points.take(b, axis=0)
    length = np.hypot(gap[:, 0], gap[:, 1])
    touching = np.flatnonzero(length < (radius.take(a) + radius.take(b)) * 0.999)
    return a.take(touching), b.take(touching), gap.take(touching, axis=0), length.take(touching)


def _neighbours(points: Positions, radius: Positions, group: Indices) -> tuple[Indices, Indices]:
    """Return the pairs of one group that overlap or may do so in the next few rounds.

    All pairs where there are few points; else a grid for the many and all pairs for the few large ones.
    """
    if len(points) <= _FEW:
        a, b = np.triu_indices(len(points), 1)
        own = group[a] == group[b]
        return a[own], b[own]
    limit = max(float(np.sort(radius)[-(_LARGE + 1)]), 2.5 * float(np.median(radius)))
    large = np.flatnonzero(radius > limit)
    small = np.flatnonzero(radius <= limit)
    first, second = _near_pairs(points[small], 2.2 * float(radius[small].max()), group[small])
    a, b = small[first], small[second]
    if len(large):
        many_a, many_b = np.repeat(large, len(points)), np.tile(np.arange(len(points)), len(large))
        # Large against small once; large against large only in one order.
        once = (radius[many_b] <= limit) | (many_a < many_b)
        a, b = np.concatenate((a, many_a[once])), np.concatenate((b, many_b[once]))
    gap = points[a] - points[b]
    close = (np.hypot(gap[:, 0], gap[:, 1]) < (radius[a] + radius[b]) * 1.4) & (group[a] == group[b])
    return a[close], b[close]


def _near_pairs(points: Positions, cell: float, group: Indices) -> tuple[Indices, Indices]:
    """Return each pair of points of one group that lie in one cell or in two that touch, once."""
    if not len(points):
        empty = np.zeros(0, dtype=np.int64)
        return empty, empty
    columns = np.floor((points - points.min(axis=0)) / cell).astype(np.int64) + 1
    wide, high = columns.max(axis=0) + 2
    key = (group * high + columns[:, 1]) * wide + columns[:, 0]
    order = np.argsort(key, kind="stable")
    sorted_key = key[order]
    firsts, seconds = [], []
    for offset in (0, 1, wide - 1, wide, wide + 1):
        start = np.searchsorted(sorted_key, sorted_key + offset, side="left")
        stop = np.searchsorted(sorted_key, sorted_key + offset, side="right")
        if offset == 0:
            start = np.arange(len(order)) + 1
        many = np.maximum(stop - start, 0)
        total = int(many.sum())
        left = np.repeat(np.arange(len(order)), many)
        step = np.arange(total) - np.repeat(np.cumsum(many) - many, many)
        firsts.append(order[left])
        seconds.append(order[np.repeat(start, many) + step])
    return np.concatenate(firsts), np.concatenate(seconds)
