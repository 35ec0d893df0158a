"""Likely networks: clusters of linked accounts, with the accounts they hang on."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from graph.communities import Method, communities, description_length, modularity
from graph.errors import ParameterRefused
from graph.key_accounts import BRIDGE_SHARE, Role, betweenness, ranked, roles
from graph.linked_accounts import FIXED_POINT, Ints, LinkedAccounts, linked_accounts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

#: How much each kind of link counts; a kind not named here counts 1. A number held together says four times what a
#: repeated coincidence of reposts says (measured on sample worlds: docs/decisions/0009).
DEFAULT_KIND_WEIGHTS: Mapping[str, float] = MappingProxyType({"shared_phone": 1.0, "co_repost": 0.25})
#: Pairs whose strength over all kinds is below this are coincidences and do not count: one number that more than 34
#: accounts hold is not enough to join two of them, nor are two posts that both share with more than four others.
MIN_STRENGTH = 0.03
#: Fewer accounts are no network.
MIN_SIZE = 3
#: A group in which fewer of the pairs are linked is a crowd, no network. Up to 40 accounts are never thinner than this.
MIN_DENSITY = 0.05
METHODS: tuple[Method, ...] = ("leiden", "louvain")
_HEX_DIGITS = 10
#: What both methods' random generators take.
_LARGEST_SEED = 2**32 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An account's place in a cluster. ``rank`` 1 is the one it hangs on most; ``score`` is 0 to 1."""

    account_id: str
    role: Role
    rank: int
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """A likely network: its members by rank, the links between them and their strength, summed over kinds."""

    cluster_id: str
    members: tuple[Member, ...]
    links: int
    strength: float

    @property
    def size(self) -> int:
        """How many accounts it has."""
        return len(self.members)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clustering:
    """What was found, and how.

    ``clusters`` are in the order of size, largest first, then id. ``resolution`` is the one given, or else the one at
    which most accounts were clustered; ``resolutions`` says how many accounts at each. ``accounts`` and ``links`` count
    what was clustered (pairs of ``min_strength`` and more). ``bits`` is the map equation's description length a step,
    ``bits_as_one`` that of the same graph without any cluster; ``modularity`` is at γ = 1. ``crowds`` are the sizes
    of the groups that were too thinly linked to be called a network (``min_density``), largest first.
    """

    clusters: tuple[Cluster, ...]
    method: Method
    seed: int
    resolution: float
    resolutions: Mapping[float, int]
    kind_weights: Mapping[str, float]
    min_strength: float
    min_size: int
    min_density: float
    crowds: tuple[int, ...]
    accounts: int
    links: int
    modularity: float
    bits: float
    bits_as_one: float

    def cluster_table(self) -> pa.Table:
        """Return the clusters as columns ``cluster_id, size, links, strength``."""
        rows = [(c.cluster_id, c.size, c.links, c.strength) for c in self.clusters]
        return _table(rows, _CLUSTER_COLUMNS)

    def membership_table(self) -> pa.Table:
        """Return the members as columns ``cluster_id, account_id, role, rank, score``, by cluster and rank."""
        rows = [(c.cluster_id, m.account_id, m.role, m.rank, m.score) for c in self.clusters for m in c.members]
        return _table(rows, _MEMBERSHIP_COLUMNS)


_CLUSTER_COLUMNS = pa.schema(
    [("cluster_id", pa.string()), ("size", pa.int64()), ("links", pa.int64()), ("strength", pa.float64())]
)
_MEMBERSHIP_COLUMNS = pa.schema(
    [
        ("cluster_id", pa.string()),
        ("account_id", pa.string()),
        ("role", pa.string()),
        ("rank", pa.int32()),
        ("score", pa.float64()),
    ]
)


def _table(rows: Sequence[tuple[object, ...]], schema: pa.Schema) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    return pa.table(
        [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)], schema=schema
    )


def find_clusters(
    links: pd.DataFrame | pa.Table,
    *,
    method: Method = "leiden",
    resolution: float | None = None,
    seed: int = 1,
    kind_weights: Mapping[str, float] = DEFAULT_KIND_WEIGHTS,
    min_size: int = MIN_SIZE,
    min_strength: float = MIN_STRENGTH,
    min_density: float = MIN_DENSITY,
) -> Clustering:
    """Find the likely networks among linked accounts; the same links and options give the same result, ids included.

    ``links`` has the columns ``account_a``, ``account_b``, ``kind`` and ``strength``; rows may come in any order.
    ``resolution`` cuts finer the higher it is (modularity's γ, within each connected component); ``None`` chooses it
    from the graph, see :mod:`graph.communities`. Every cluster is connected. An account is in one cluster at most, in
    none if its cluster would have fewer than ``min_size`` accounts, or would be a crowd: fewer than ``min_density`` of
    its pairs linked.

    Raises ``ParameterRefused`` where an option or a link makes no sense.

    >>> import pandas as pd
    >>> pairs = [("x:1", "x:2"), ("x:1", "x:3"), ("x:2", "x:3")]
    >>> links = pd.DataFrame(pairs, columns=["account_a", "account_b"]).assign(kind="shared_phone", strength=0.5)
    >>> [cluster.size for cluster in find_clusters(links).clusters]
    [3]
    """
    _check(method, resolution, min_size, min_strength, min_density)
    if not 0 <= seed <= _LARGEST_SEED:
        raise ParameterRefused(f"a seed is 0 to {_LARGEST_SEED:,}, not {seed}")
    graph = linked_accounts(links, kind_weights, min_strength)
    part, used = communities(graph, method, resolution, seed)
    at = Counter(used.tolist())
    likeliest = max(at, key=lambda gamma: (at[gamma], -gamma)) if at else 1.0
    clusters, crowds = _described(graph, part, min_size, min_density, seed)
    return Clustering(
        clusters=clusters,
        method=method,
        seed=seed,
        resolution=resolution if resolution is not None else likeliest,
        resolutions=MappingProxyType(dict(sorted(at.items()))),
        kind_weights=MappingProxyType(dict(kind_weights)),
        min_strength=min_strength,
        min_size=min_size,
        min_density=min_density,
        crowds=crowds,
        accounts=graph.size,
        links=len(graph.weight),
        modularity=modularity(graph, part),
        bits=float(description_length(graph, part)[0]) if graph.size else 0.0,
        bits_as_one=float(description_length(graph, np.zeros_like(part))[0]) if graph.size else 0.0,
    )


def _check(method: str, resolution: float | None, min_size: int, min_strength: float, min_density: float) -> None:
    if method not in METHODS:
        raise ParameterRefused(f"{method!r} is no method; there are {', '.join(METHODS)}")
    if resolution is not None and not (np.isfinite(resolution) and resolution > 0):
        raise ParameterRefused(f"a resolution is above 0, not {resolution}; leave it out to have it chosen")
    if min_size < 2:  # noqa: PLR2004  two is what a link joins
        raise ParameterRefused(f"a cluster has two accounts at least, so min_size can't be {min_size}")
    if not (np.isfinite(min_strength) and min_strength >= 0):
        raise ParameterRefused(f"min_strength is 0 or more, not {min_strength}")
    if not 0 <= min_density <= 1:
        raise ParameterRefused(f"min_density is a share of all pairs, 0 to 1, not {min_density}")


def _described(
    graph: LinkedAccounts, part: Ints, min_size: int, min_density: float, seed: int
) -> tuple[tuple[Cluster, ...], tuple[int, ...]]:
    """Describe each community that is large enough and no crowd; return the crowds' sizes too."""
    bridges = _bridges(graph, part)
    inner = graph.only(part[graph.a] == part[graph.b])
    strength = inner.strength()
    links_of = dict(_grouped(part[inner.a]))
    place = np.zeros(graph.size, dtype=np.int64)
    ids = graph.ids.to_pylist()
    found: list[tuple[tuple[Member, ...], int, float]] = []
    crowds: list[int] = []
    for name, nodes in _grouped(part):
        if len(nodes) < min_size:
            continue
        own = links_of[name]
        if len(own) < min_density * len(nodes) * (len(nodes) - 1) / 2:
            crowds.append(len(nodes))
            continue
        place[nodes] = np.arange(len(nodes))
        score = betweenness(len(nodes), place[inner.a[own]], place[inner.b[own]], seed)
        order = ranked(score, strength[nodes])
        role = roles(score, order, bridges[nodes])
        at, scores = nodes.tolist(), score.tolist()
        members = tuple(
            Member(account_id=ids[at[node]], role=role[node], rank=rank, score=scores[node])
            for rank, node in enumerate(order.tolist(), start=1)
        )
        found.append((members, len(own), int(inner.weight[own].sum()) / FIXED_POINT))
    names = _cluster_ids([members[0].account_id for members, _, _ in found])
    clusters = [
        Cluster(cluster_id=name, members=members, links=count, strength=total)
        for name, (members, count, total) in zip(names, found, strict=True)
    ]
    clusters.sort(key=lambda cluster: (-cluster.size, cluster.cluster_id))
    return tuple(clusters), tuple(sorted(crowds, reverse=True))


def _grouped(part: Ints) -> list[tuple[int, Ints]]:
    """Return each name in use with the positions that carry it, names ascending."""
    if not len(part):
        return []
    order = np.argsort(part, kind="stable")
    bounds = np.flatnonzero(np.diff(part[order], prepend=-1))
    return list(zip(part[order][bounds].tolist(), np.split(order, bounds[1:]), strict=True))


def _bridges(graph: LinkedAccounts, part: Ints) -> npt.NDArray[np.bool_]:
    """Mark accounts with at least ``BRIDGE_SHARE`` of their strength in one cluster that is not theirs."""
    crossing = part[graph.a] != part[graph.b]
    a, b, weight = graph.a[crossing], graph.b[crossing], graph.weight[crossing]
    node, other = np.concatenate([a, b]), np.concatenate([part[b], part[a]])
    key, where = np.unique(node * max(graph.size, 1) + other, return_inverse=True)
    into = np.zeros(len(key), dtype=np.int64)
    np.add.at(into, where, np.concatenate([weight, weight]))
    most = np.zeros(graph.size, dtype=np.int64)
    np.maximum.at(most, key // max(graph.size, 1), into)
    return (most > 0) & (most >= BRIDGE_SHARE * graph.strength())


def _cluster_ids(firsts: list[str]) -> list[str]:
    """Return ``c-`` and the first hex digits of SHA-256 of each rank 1 account, longer for all whose digits collide."""
    digests = [hashlib.sha256(account.encode("utf-8", "surrogatepass")).hexdigest() for account in firsts]
    seen = Counter(digest[:_HEX_DIGITS] for digest in digests)
    return [f"c-{digest if seen[digest[:_HEX_DIGITS]] > 1 else digest[:_HEX_DIGITS]}" for digest in digests]
