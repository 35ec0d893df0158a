"""What a map draws, read from a case's views: members of likely networks, the values they share, what they repost.

A shared value (a number, an invite, …) is drawn once, as a node between those who hold it: thirty holders are thirty
lines then, not the 435 links that they are in the graph. Reposts are drawn from account to account.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from visualisations.shared_values import Value, as_table, ordered
from visualisations.ties import tie

if TYPE_CHECKING:
    import duckdb

#: Nodes on one page. Above, a browser on an office machine becomes slow, and no eye can follow.
MOST_NODES = 2_000
#: Lines between accounts on one page; the strongest are drawn, and every account keeps its strongest.
MOST_REPOST_LINES = 6_000
#: Repost links read whole; where there are more, the strongest of each account are, which is more than can be drawn.
MOST_LINKS_READ = 100_000
_STRONGEST_READ = 60


class Member(NamedTuple):
    """An account in a likely network, as the case knows it; absent values are ``None``, times microseconds UTC."""

    account_id: str
    cluster_id: str
    role: str
    rank: int
    score: float
    platform: str
    handle: str | None
    display_name: str | None
    bio: str | None
    country: str | None
    status: str | None
    url: str | None
    followers: int | None
    first_us: int | None
    last_us: int | None
    source_sha256: str | None
    line: int | None


class Hold(NamedTuple):
    """One member holds one value, with the records (posts, accounts) in which it stands.

    Where the account's own id is among them, it stands in its bio or on its profile, or it is its own name.
    """

    account_id: str
    handle: str | None
    display_name: str | None
    cluster_id: str
    value: Value
    first_us: int | None
    last_us: int | None
    evidence: frozenset[str]


class CoRepost(NamedTuple):
    """Two members pass on the same objects within the window: how many pairs, and some of the objects."""

    account_a: str
    account_b: str
    pairs: int
    strength: float
    objects: tuple[str, ...]
    first_us: int | None
    last_us: int | None


@dataclass(slots=True)
class Networks:
    """Likely networks as read: members in the order of their rank, ``size`` of each cluster, holds and co-reposts.

    ``holds`` are those of every value that links a member to another, whoever's cluster that is in: a value that
    bridges clusters shows so even on the page of one of them. ``co_reposts_in_all`` counts repost links by the two
    clusters that they join, whether read or not.
    """

    size: dict[str, int] = field(default_factory=dict)
    members: dict[str, list[Member]] = field(default_factory=dict)
    holds: dict[Value, list[Hold]] = field(default_factory=dict)
    co_reposts: list[CoRepost] = field(default_factory=list)
    co_reposts_in_all: dict[tuple[str, str], int] = field(default_factory=dict)


@dataclass(slots=True)
class Drawing:
    """What stands on one page: at most so many nodes, and what had to stay away.

    ``values`` gives for each value drawn the cluster in which most of its holders are. ``elsewhere`` are holds of
    those values by members who are not on the page.
    """

    clusters: list[str]
    size: dict[str, int]
    members: list[Member]
    values: dict[Value, str]
    holds: list[Hold]
    elsewhere: list[Hold]
    co_reposts: list[CoRepost]
    members_left_out: int = 0
    co_reposts_left_out: int = 0

    @property
    def nodes(self) -> int:
        """How many nodes it has: accounts and shared values."""
        return len(self.members) + len(self.values)


_MEMBERS = """
    SELECT m.account_id, m.cluster_id, m.role, m.rank, m.score,
           coalesce(a.platform, split_part(m.account_id, ':', 1)) AS platform, a.handle, a.display_name, a.bio,
           a.country, a.status, a.url, a.followers, a.first_us, a.last_us, a.source_sha256, a.line
    FROM memberships m LEFT JOIN accounts a USING (account_id)
    WHERE m.cluster_id IN (SELECT unnest($clusters::VARCHAR[]))
    QUALIFY row_number() OVER (PARTITION BY m.cluster_id ORDER BY m.rank, m.account_id) <= $most
    ORDER BY m.cluster_id, m.rank, m.account_id
"""

#: Only values that made a link are drawn: one left out for the number of its holders joins nobody on a map either.
_HOLDS = f"""
    WITH linking AS (
        SELECT DISTINCT kind AS link_kind, unnest(shared) AS value FROM ties
        WHERE shared IS NOT NULL AND (account_a IN (SELECT unnest($accounts::VARCHAR[]))
                                      OR account_b IN (SELECT unnest($accounts::VARCHAR[])))
    ),
    holder AS (
        SELECT h.account_id, l.link_kind, h.value, min(h.at_us) AS first_us, max(h.at_us) AS last_us,
               list(DISTINCT h.record_id) AS evidence
        FROM holding h JOIN {as_table()} USING (kind) JOIN linking l USING (link_kind, value)
        GROUP BY ALL
    )
    SELECT h.account_id, a.handle, a.display_name, m.cluster_id, h.link_kind, h.value, h.first_us, h.last_us,
           h.evidence
    FROM holder h JOIN memberships m USING (account_id) LEFT JOIN accounts a USING (account_id)
    ORDER BY h.link_kind, h.value, h.account_id
"""

_CO_REPOSTS = """
    SELECT account_a, account_b, pairs, strength, via[1:6] AS objects, first_us, last_us FROM links
    WHERE kind = 'co_repost' AND account_a IN (SELECT unnest($accounts::VARCHAR[]))
          AND account_b IN (SELECT unnest($accounts::VARCHAR[]))
    QUALIFY row_number() OVER (PARTITION BY account_a ORDER BY strength DESC, account_b) <= $each
            OR row_number() OVER (PARTITION BY account_b ORDER BY strength DESC, account_a) <= $each
    ORDER BY account_a, account_b
"""

_CO_REPOSTS_IN_ALL = """
    SELECT cluster_a, cluster_b, count(*) FROM ties
    WHERE kind = 'co_repost' AND cluster_a IN (SELECT unnest($clusters::VARCHAR[]))
          AND cluster_b IN (SELECT unnest($clusters::VARCHAR[]))
    GROUP BY ALL
"""


def read_networks(
    db: duckdb.DuckDBPyConnection,
    clusters: Mapping[str, int],
    *,
    most_members: int = MOST_NODES,
    most_links: int = MOST_LINKS_READ,
) -> Networks:
    """Return the clusters named (with their sizes), at most so many members of each: those who rank highest.

    ``db`` is a connection from ``case.reading()``. The cost grows with what is read, not with the number of clusters.
    """
    networks = Networks(size=dict(clusters), members={cluster: [] for cluster in clusters})
    if not clusters:
        return networks
    tie(db)
    accounts = []
    for row in _rows(db, _MEMBERS, {"clusters": list(clusters), "most": most_members}):
        member = Member(*row)
        networks.members[member.cluster_id].append(member)
        accounts.append(member.account_id)
    for *whose, link, value, first, last, evidence in _rows(db, _HOLDS, {"accounts": accounts}):
        hold = Hold._make([*whose, Value(link, value), first, last, frozenset(evidence)])
        networks.holds.setdefault(hold.value, []).append(hold)
    for home, other, count in db.execute(_CO_REPOSTS_IN_ALL, {"clusters": list(clusters)}).fetchall():
        networks.co_reposts_in_all[home, other] = count
    total = sum(networks.co_reposts_in_all.values())
    each = total if total <= most_links else _STRONGEST_READ
    for a, b, pairs, strength, objects, *times in _rows(db, _CO_REPOSTS, {"accounts": accounts, "each": each}):
        networks.co_reposts.append(CoRepost(a, b, pairs, strength, tuple(objects or ()), *times))
    return networks


def _rows(db: duckdb.DuckDBPyConnection, sql: str, parameters: Mapping[str, Any]) -> Iterable[tuple[Any, ...]]:
    """Yield rows; their columns are in the order of what is made of them."""
    answer = db.execute(sql, dict(parameters))
    while batch := answer.fetchmany(10_000):
        yield from batch


class Pages:
    """Cuts drawings out of networks that were read once: indexed here, so that each costs what it shows."""

    def __init__(self, networks: Networks) -> None:
        self._networks = networks
        self._values: dict[str, list[Value]] = {}
        for value, holds in networks.holds.items():
            for hold in holds:
                self._values.setdefault(hold.account_id, []).append(value)
        self._co_reposts: dict[str, list[CoRepost]] = {}
        for link in networks.co_reposts:
            self._co_reposts.setdefault(link.account_a, []).append(link)

    def drawing(
        self, clusters: Sequence[str], *, most_nodes: int | None = None, most_lines: int = MOST_REPOST_LINES
    ) -> Drawing:
        """Return what a page of these clusters shows.

        ``most_nodes`` cuts the lowest ranks off until accounts and values together are no more; what was cut is
        counted in the drawing. Absent: everything that was read. ``most_lines`` is how many repost links are shown.
        """
        members = sorted(
            (m for c in clusters for m in self._networks.members[c]), key=lambda m: (m.rank, m.cluster_id, m.account_id)
        )
        while True:
            values, holds, elsewhere = self._shared({m.account_id for m in members}, set(clusters))
            surplus = len(members) + len(values) - (most_nodes or len(members) + len(values))
            if surplus <= 0 or len(members) <= 1:
                break
            # A member may take a value with it, so half the surplus first; the loop ends when it fits.
            members = members[: -max(1, surplus // 2)]
        order = {cluster: place for place, cluster in enumerate(clusters)}
        shown = {m.account_id for m in members}
        links = [link for a in sorted(shown) for link in self._co_reposts.get(a, ()) if link.account_b in shown]
        drawn = _strongest(links, {m.account_id: m.cluster_id for m in members}, most_lines)
        counts = self._networks.co_reposts_in_all
        in_all = sum(counts.get((home, other), 0) for home in clusters for other in clusters)
        return Drawing(
            clusters=list(clusters),
            size={cluster: self._networks.size[cluster] for cluster in clusters},
            members=sorted(members, key=lambda m: (order[m.cluster_id], m.rank, m.account_id)),
            values=values,
            holds=holds,
            elsewhere=elsewhere,
            co_reposts=drawn,
            members_left_out=sum(self._networks.size[c] for c in clusters) - len(members),
            co_reposts_left_out=in_all - len(drawn),
        )

    def _shared(
        self, shown: Collection[str], clusters: Collection[str]
    ) -> tuple[dict[Value, str], list[Hold], list[Hold]]:
        """Return the values that two clustered accounts hold, one of them shown, with holds shown and elsewhere."""
        values: dict[Value, str] = {}
        holds: list[Hold] = []
        elsewhere: list[Hold] = []
        for value in ordered({value for account in shown for value in self._values.get(account, ())}):
            here = [hold for hold in self._networks.holds[value] if hold.account_id in shown]
            away = [hold for hold in self._networks.holds[value] if hold.account_id not in shown]
            if len(here) == 1 and all(hold.cluster_id in clusters for hold in away):
                continue  # its other holders are among those cut off: a loose end would only puzzle
            home = Counter(hold.cluster_id for hold in here)
            values[value] = min(home, key=lambda cluster: (-home[cluster], cluster))
            holds += here
            elsewhere += away
        return values, holds, elsewhere


def _strongest(links: list[CoRepost], cluster_of: Mapping[str, str], most: int) -> list[CoRepost]:
    """Return at most so many links in their old order, the strongest of each account among them.

    Links within a cluster go first, for they are why it is one.
    """
    if len(links) <= most:
        return links

    def order(i: int) -> tuple[bool, float, str, str]:
        link = links[i]
        across = cluster_of[link.account_a] != cluster_of[link.account_b]
        return across, -link.strength, link.account_a, link.account_b

    ranked = sorted(range(len(links)), key=order)
    kept: set[int] = set()
    reached: set[str] = set()
    for i in ranked:
        ends = {links[i].account_a, links[i].account_b}
        if not ends <= reached:
            kept.add(i)
            reached |= ends
    for i in ranked:
        if len(kept) >= most:
            break
        kept.add(i)
    return [links[i] for i in sorted(kept)]
