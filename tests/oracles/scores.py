"""How well a clustering agrees with what was planted in a sample world.

- ARI: adjusted Rand index over all accounts but brokers (they have two networks, a partition gives them one) and
  licensed agents. Whoever is in no cluster, and whoever is in no network, is alone.
- Pair precision and recall: pairs in one cluster that have a network in common, of all pairs in one cluster, and of all
  planted pairs, brokers included. Two agents of one agency are neither right nor wrong: they do share a number, and the
  agency is no smuggling network. An agent beside anybody else is wrong.
- Innocents drawn in: accounts of no network, agents left aside, that are in any cluster at all.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

from sklearn.metrics import adjusted_rand_score

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """One clustering against one truth; shares from 0 to 1, ``innocents`` by role."""

    ari: float
    precision: float
    recall: float
    innocents: Mapping[str, int]
    clusters: int

    @property
    def drawn_in(self) -> int:
        """How many innocents are in a cluster."""
        return sum(self.innocents.values())


def scores(truth: Mapping[str, Any], clusters: Sequence[Sequence[str]]) -> Scores:
    """Score clusters (lists of account ids) against a sample's ``truth.json``; an account unknown there is innocent."""
    known = truth["accounts"]
    cluster_of = {account: place for place, members in enumerate(clusters) for account in members}
    compared = [a for a, is_ in known.items() if len(is_["networks"]) < 2 and is_["role"] != "agent"]
    planted = [known[a]["networks"][0] if known[a]["networks"] else a for a in compared]
    found = [str(cluster_of.get(a, a)) for a in compared]
    right = wrong = 0
    for members in clusters:
        for one, other in combinations(members, 2):
            verdict = _belong(known.get(one), known.get(other))
            right += verdict is True
            wrong += verdict is False
    pairs = sum(len(n["members"]) * (len(n["members"]) - 1) // 2 for n in truth["networks"].values())
    drawn = Counter(
        known[a]["role"] if a in known else "unknown"
        for a in cluster_of
        if a not in known or not (known[a]["networks"] or known[a]["role"] == "agent")
    )
    return Scores(
        ari=float(adjusted_rand_score(planted, found)),
        precision=right / (right + wrong) if right + wrong else 1.0,
        recall=right / pairs if pairs else 1.0,
        innocents=dict(drawn.most_common()),
        clusters=len(clusters),
    )


def _belong(one: Mapping[str, Any] | None, other: Mapping[str, Any] | None) -> bool | None:
    """Whether two accounts belong together; ``None`` for two agents of one agency."""
    if one is None or other is None:
        return False
    if one["role"] == other["role"] == "agent" and one["group"] == other["group"]:
        return None
    return bool(set(one["networks"]) & set(other["networks"]))
