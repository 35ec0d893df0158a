"""Which accounts a cluster hangs on: betweenness, ranks and roles.

Betweenness is the share of the shortest ways between two members that lead through a third (Freeman 1977; computed as
in Brandes, A faster algorithm for betweenness centrality, 2001). In a cluster where all know all it is 0 for everyone;
then the strength of the links decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import rustworkx as rx

if TYPE_CHECKING:
    from graph.linked_accounts import Floats, Ints

Role: TypeAlias = Literal["key", "bridge", "member"]
#: Up to so many members times links the betweenness is exact (about a tenth of a second); beyond, from pivots.
EXACT_WORK = 4_000_000
#: Members from which shortest ways are followed in a cluster too large for the exact figure (Brandes and Pich 2007).
PIVOTS = 64
#: A member through whom at least this share of the ways between the others leads is a key account.
KEY_SCORE = 0.25
#: A member with at least this share of its link strength in one other cluster is a bridge.
BRIDGE_SHARE = 0.2
_DIGITS = 6


def betweenness(size: int, a: Ints, b: Ints, seed: int) -> Floats:
    """Each node's share, 0 to 1, of the shortest ways between the others; exact up to ``EXACT_WORK``.

    ``a`` and ``b`` are the ends of the links, each pair once. Beyond, ``PIVOTS`` seeded starts stand for all.
    """
    if len(a) == size * (size - 1) // 2:
        return np.zeros(size)
    if size * len(a) > EXACT_WORK:
        return _from_pivots(size, a, b, seed)
    net = rx.PyGraph(multigraph=False)
    net.add_nodes_from([None] * size)
    net.add_edges_from_no_data(list(zip(a.tolist(), b.tolist(), strict=True)))
    # One thread: sums of several would differ in their last bits.
    found = rx.graph_betweenness_centrality(net, normalized=True, parallel_threshold=1 << 62)
    return np.clip(np.round(np.array([found[node] for node in range(size)]), _DIGITS), 0.0, 1.0)


def _from_pivots(size: int, a: Ints, b: Ints, seed: int) -> Floats:
    """Brandes' dependencies from some starts, whole levels at a time."""
    source, target = np.concatenate([a, b]), np.concatenate([b, a])
    pivots = np.random.default_rng(seed).choice(size, size=min(PIVOTS, size), replace=False)
    score = np.zeros(size)
    for pivot in np.sort(pivots).tolist():
        level, ways = _ways_from(pivot, size, source, target)
        flow = np.zeros(size)
        for depth in range(int(level.max()), 0, -1):
            step = (level[target] == depth) & (level[source] == depth - 1)
            near, far = source[step], target[step]
            flow += np.bincount(near, weights=ways[near] / ways[far] * (1 + flow[far]), minlength=size)
        flow[pivot] = 0
        score += flow
    starts = np.full(size, len(pivots))
    starts[pivots] -= 1
    return np.asarray(np.clip(np.round(score / np.maximum(starts * (size - 2), 1), _DIGITS), 0.0, 1.0))


def _ways_from(pivot: int, size: int, source: Ints, target: Ints) -> tuple[Ints, Floats]:
    """Return each node's distance from the pivot and the number of shortest ways to it."""
    level, ways = np.full(size, -1, dtype=np.int64), np.zeros(size)
    level[pivot], ways[pivot] = 0, 1.0
    depth = 0
    while True:
        onward = (level[source] == depth) & (level[target] < 0)
        if not onward.any():
            return level, ways
        ways += np.bincount(target[onward], weights=ways[source[onward]], minlength=size)
        depth += 1
        level[target[onward]] = depth


def ranked(score: Floats, strength: Ints) -> Ints:
    """Return the members from the one the cluster hangs on most: by score, then strength inside, then id."""
    return np.lexsort((np.arange(len(score)), -strength, -score)).astype(np.int64)


def roles(score: Floats, order: Ints, bridges: npt.NDArray[np.bool_]) -> list[Role]:
    """Return each member's role: key, else bridge if marked so, else member.

    Key are those from ``KEY_SCORE`` on, and the one through whom more ways lead than through any other.
    Where rank 1 is owed to the strength of links or to the id alone, nobody is key: a network need not have a leader,
    and to be the first of equals accuses nobody.
    """
    first, second = int(order[0]), int(order[min(1, len(order) - 1)])
    stands_out = first if score[first] > score[second] else None
    return [
        "key" if node == stands_out or score[node] >= KEY_SCORE else "bridge" if bridges[node] else "member"
        for node in range(len(score))
    ]
