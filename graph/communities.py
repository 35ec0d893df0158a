"""Communities of linked accounts: Leiden and Louvain, and how finely to cut.

Quality is set by the resolution, not by the library: at γ = 1 every modularity code merges small groups of a large
graph (Fortunato and Barthélemy, Resolution limit in community detection, 2007). So the resolution is chosen from the
graph: a ladder of resolutions is tried, and each connected component keeps the partition that describes a random walk
on it in the fewest bits (the two-level map equation; Rosvall and Bergstrom, Maps of random walks on complex networks
reveal community structure, 2008). A component is judged by itself, so what else the case holds does not matter to it.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Literal, TypeAlias

import graspologic_native
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    import networkx as nx

    from graph.linked_accounts import Floats, Ints, LinkedAccounts

Method: TypeAlias = Literal["leiden", "louvain"]
#: Resolutions that are tried; 1 is ordinary modularity within each connected component. Those below 1 cut a small group
#: off a large one without cutting the large one.
LADDER = tuple(float(2**step) for step in range(-4, 21))
#: From 1 on, the ladder ends after so many rungs in a row that brought less than ``GAIN`` of the bits saved so far.
PATIENCE, GAIN = 2, 0.001
#: Rungs that are tried at the same time.
_AT_A_TIME = 2
#: The resolution of a component that is best left whole.
UNCUT = 0.0
#: Bits are compared after rounding to so many digits, because the last ones differ between processors.
_DIGITS = 9


def communities(graph: LinkedAccounts, method: Method, resolution: float | None, seed: int) -> tuple[Ints, Floats]:
    """Each account's community (named by its smallest account), and the resolution used for its component.

    A community is connected and lies within one component. ``resolution`` is modularity's γ with each component taken
    by itself: higher cuts finer. ``None`` chooses it for each component; a component left whole has ``UNCUT``.
    """
    whole = graph.components()
    if not graph.size:
        return whole, np.zeros(0)
    leiden = _Leiden(graph, whole, seed)
    if resolution is None:
        found, used = _shortest(graph, whole, leiden)
    else:
        found, used = leiden.at(resolution), np.full(graph.size, resolution)
    if method == "louvain":
        found = _louvain_as(graph, whole, used, seed)
    return _connected(graph, found), used


def _shortest(graph: LinkedAccounts, whole: Ints, leiden: _Leiden) -> tuple[Ints, Floats]:
    """Climb the ladder; each component keeps the community structure with the shortest description."""
    best, used = whole.copy(), np.full(graph.size, UNCUT)
    bits = description_length(graph, best, whole)
    steps = np.bincount(whole, weights=graph.strength().astype(np.float64), minlength=graph.size)
    saved, idle = 0.0, 0
    for rung, found in _climbed(leiden):
        new = description_length(graph, found, whole)
        better = new < bits
        gain = float(((bits - new) * steps)[better].sum())
        saved += gain
        bits = np.where(better, new, bits)
        best, used = np.where(better[whole], found, best), np.where(better[whole], rung, used)
        idle = idle + 1 if gain <= GAIN * saved and rung >= 1 else 0
        if idle == PATIENCE:
            break
    return best, used


def _climbed(leiden: _Leiden) -> Iterator[tuple[float, Ints]]:
    """Yield each rung of the ladder with its communities.

    Rungs don't depend on each other and Leiden lets go of Python's lock, so the next is looked for at the same time;
    one more than needed is the price.
    """
    with ThreadPoolExecutor(_AT_A_TIME) as pool:
        ahead: deque[tuple[float, Future[Ints]]] = deque()
        try:
            for rung in LADDER:
                ahead.append((rung, pool.submit(leiden.at, rung)))
                if len(ahead) == _AT_A_TIME:
                    first, found = ahead.popleft()
                    yield first, found.result()
            while ahead:
                first, found = ahead.popleft()
                yield first, found.result()
        finally:
            for _, unneeded in ahead:
                unneeded.cancel()


class _Leiden:
    """Leiden on one graph, at any resolution, with each component's resolution taken within the component.

    Modularity compares a community with the total weight of the graph. Here each component's weights are scaled to the
    same total, which makes the comparison the one that the component would have alone.
    """

    def __init__(self, graph: LinkedAccounts, whole: Ints, seed: int) -> None:
        start, neighbour, weight = graph.rows()
        total = np.zeros(graph.size)
        np.add.at(total, whole[graph.a], graph.weight.astype(np.float64))
        scale = total.max() / total[whole]
        self._rows = start, neighbour.astype(np.int32), weight * np.repeat(scale, np.diff(start))
        self._size, self._components, self._seed = graph.size, int(np.count_nonzero(total)), seed

    def at(self, resolution: float) -> Ints:
        """Each account's community at this resolution, named by its smallest account."""
        _, found = graspologic_native.leiden_csr(
            *self._rows, self._size, resolution=resolution * self._components, seed=self._seed
        )
        part = np.empty(self._size, dtype=np.int64)
        part[np.fromiter(found.keys(), dtype=np.int64, count=self._size)] = np.fromiter(
            found.values(), dtype=np.int64, count=self._size
        )
        return _labels(part)


def _louvain_as(graph: LinkedAccounts, whole: Ints, used: Floats, seed: int) -> Ints:
    """Louvain (python-louvain) on each component at the resolution chosen for it."""
    import networkx as nx  # noqa: PLC0415 - 0.2 s, which Leiden need not wait for

    found = np.arange(graph.size, dtype=np.int64)
    order = np.argsort(whole[graph.a], kind="stable")
    bounds = np.flatnonzero(np.diff(whole[graph.a][order], prepend=-1))
    for links in np.split(order, bounds[1:]):
        if not len(links):
            continue
        if used[graph.a[links[0]]] == UNCUT:
            found[np.concatenate([graph.a[links], graph.b[links]])] = whole[graph.a[links[0]]]
            continue
        net = nx.Graph()
        nodes = np.unique(np.concatenate([graph.a[links], graph.b[links]]))
        net.add_nodes_from(nodes.tolist())
        net.add_weighted_edges_from(
            zip(graph.a[links].tolist(), graph.b[links].tolist(), graph.weight[links].tolist(), strict=True)
        )
        part = _louvain(net, float(used[nodes[0]]), seed)
        found[nodes] = nodes[0] + _labels(np.array([part[node] for node in nodes.tolist()], dtype=np.int64))
    return _joined(whole, found)


def _louvain(net: nx.Graph[int], resolution: float, seed: int) -> dict[int, int]:
    """Each node's community; python-louvain again and again, until it joins nothing more.

    Its moves follow the resolution, but its test for going on follows the inverse (0.16), so that it ends too early
    below 1. Started again on the graph of the communities it found, it goes on.
    """
    import community as python_louvain  # noqa: PLC0415 - as networkx, which it imports

    part: dict[int, int] = {node: node for node in net}
    while True:
        found = python_louvain.best_partition(net, resolution=resolution, random_state=seed)
        part = {node: found[group] for node, group in part.items()}
        if len(set(found.values())) == len(found):
            return part
        net = python_louvain.induced_graph(found, net)


def _joined(whole: Ints, part: Ints) -> Ints:
    """Label each account by its component and its part in it, together."""
    _, both = np.unique(np.stack([whole, part]), axis=1, return_inverse=True)
    return _labels(both.reshape(-1))


def _labels(part: Ints) -> Ints:
    """Name each community by its smallest account."""
    _, first, where = np.unique(part, return_index=True, return_inverse=True)
    return first[where].astype(np.int64)


def _connected(graph: LinkedAccounts, part: Ints) -> Ints:
    """Cut communities into their connected parts; Louvain may leave some in pieces."""
    return graph.only(part[graph.a] == part[graph.b]).components()


def description_length(graph: LinkedAccounts, part: Ints, whole: Ints | None = None) -> Floats:
    """Bits a step that the two-level map equation needs, for each component (by the number of its first account).

    Without ``whole`` the graph is taken as one. Numbers that name no component have 0.
    """
    whole = np.zeros(graph.size, dtype=np.int64) if whole is None else whole
    size = graph.size
    strength = graph.strength().astype(np.float64)
    inside = np.bincount(whole, weights=strength, minlength=size)
    crossing = graph.only(part[graph.a] != part[graph.b])
    leaves = np.bincount(part, weights=crossing.strength().astype(np.float64), minlength=size)
    visits = np.bincount(part, weights=strength, minlength=size)
    home = np.zeros(size, dtype=np.int64)
    home[part] = whole
    scale = np.where(inside > 0, inside, 1.0)
    leave, stay = leaves / scale[home], (leaves + visits) / scale[home]
    bits = _plogp(np.bincount(home, weights=leave, minlength=size).astype(np.float64))
    bits += np.bincount(home, weights=_plogp(stay) - 2 * _plogp(leave), minlength=size)
    bits -= np.bincount(whole, weights=_plogp(strength / scale[whole]), minlength=size)
    return np.round(bits, _DIGITS)


def modularity(graph: LinkedAccounts, part: Ints) -> float:
    """Newman and Girvan's modularity of the partition at γ = 1; 0 for a graph without links."""
    strength = graph.strength().astype(np.float64)
    total = strength.sum()
    if not total:
        return 0.0
    inside = 2 * float(graph.weight[part[graph.a] == part[graph.b]].sum())
    visits = np.bincount(part, weights=strength, minlength=graph.size) / total
    return round(inside / float(total) - float(np.square(visits).sum()), _DIGITS)


def _plogp(p: Floats) -> Floats:
    return np.asarray(np.where(p > 0, p * np.log2(np.where(p > 0, p, 1.0)), 0.0))
