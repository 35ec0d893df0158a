"""Each likely network in one sentence: "12 accounts on 4 platforms held together by 3 shared numbers and 45 …"."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graph.wording import counted
from visualisations.shared_values import Value, enumerated, joined, ordered
from visualisations.shown_text import account_name
from visualisations.ties import tie

if TYPE_CHECKING:
    import duckdb

#: Names of members that an index carries, so that search finds them; above, only the highest ranks of each network.
MOST_NAMES = 20_000
HIGHEST_RANKS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A likely network in figures.

    ``number`` counts from 1 in the order of size; it is what the network is called in one set of pages, ``cluster_id``
    is what lasts. ``shared`` are the numbers, invites and other values that two or more members share, kind by kind;
    ``repost_pairs`` how often two of them passed on the same within the window. ``shared_with`` gives other clusters
    and how many values of each kind of link they share with this one. ``key_account`` (rank 1) and ``members`` are
    names as shown, by rank; of a very large case only the highest ranks. ``stands_out`` is false where rank 1 is the
    first of equals. Times are microseconds UTC.
    """

    number: int
    cluster_id: str
    size: int
    links: int
    strength: float
    platforms: tuple[tuple[str, int], ...]
    shared: tuple[Value, ...]
    repost_pairs: int
    shared_with: tuple[tuple[str, dict[str, int]], ...]
    key_account: str
    key_account_id: str
    stands_out: bool
    members: tuple[str, ...]
    first_us: int | None
    last_us: int | None

    def in_words(self, window: int | None) -> str:
        """Return what it is and what holds it together; ``window`` is the seconds within which reposts count."""
        reasons = enumerated(Counter(value.link for value in self.shared), "shared")
        if self.repost_pairs:
            within = f" within {window:,}\u00a0s" if window is not None else ""
            reasons.append(counted(self.repost_pairs, "pair of reposts", "pairs of reposts") + within)
        if not reasons:
            reasons.append(counted(self.links, "link"))
        platforms = counted(len(self.platforms), "platform")
        return f"{counted(self.size, 'account')} on {platforms} held together by {joined(reasons)}"


_FIGURES = """
    WITH people AS (
        SELECT cluster_id, min(first_us) AS first_us, max(last_us) AS last_us,
               bool_or(rank = 1 AND role = 'key') AS stands_out
        FROM memberships LEFT JOIN accounts USING (account_id) GROUP BY cluster_id
    ),
    reposted AS (
        SELECT cluster_a AS cluster_id, sum(pairs)::BIGINT AS repost_pairs FROM ties
        WHERE cluster_a = cluster_b AND kind = 'co_repost' GROUP BY cluster_a
    )
    SELECT c.cluster_id, c.size, c.links, c.strength, p.first_us, p.last_us, p.stands_out,
           coalesce(r.repost_pairs, 0) AS repost_pairs
    FROM clusters c LEFT JOIN people p USING (cluster_id) LEFT JOIN reposted r USING (cluster_id)
    ORDER BY c.size DESC, c.strength DESC, c.cluster_id
"""

_PLATFORMS = """
    SELECT cluster_id, coalesce(platform, split_part(account_id, ':', 1)) AS on_platform, count(*) AS accounts
    FROM memberships LEFT JOIN accounts USING (account_id) GROUP BY ALL ORDER BY accounts DESC, on_platform
"""

_NAMED = """
    SELECT cluster_id, account_id, handle, display_name FROM memberships LEFT JOIN accounts USING (account_id)
    QUALIFY row_number() OVER (PARTITION BY cluster_id ORDER BY rank, account_id) <= $named
    ORDER BY cluster_id, rank, account_id
"""

_SHARED = """
    SELECT DISTINCT cluster_a, kind, unnest(shared) AS value FROM ties
    WHERE cluster_a = cluster_b AND shared IS NOT NULL
"""

#: The clusters that share most with one come first.
_SHARED_WITH = """
    WITH across AS (
        SELECT DISTINCT cluster_a, cluster_b, kind, unnest(shared) AS value FROM ties
        WHERE cluster_a <> cluster_b AND shared IS NOT NULL
    ),
    directed AS (FROM across UNION SELECT cluster_b, cluster_a, kind, value FROM across),
    counted AS (SELECT cluster_a, cluster_b, kind, count(*) AS shared FROM directed GROUP BY ALL)
    SELECT cluster_a, cluster_b, kind, shared FROM counted
    ORDER BY cluster_a, sum(shared) OVER (PARTITION BY cluster_a, cluster_b) DESC, cluster_b, kind
"""


def read_summaries(db: duckdb.DuckDBPyConnection) -> list[Summary]:
    """Return every likely network of the run shown, the largest first; none where clusters were not looked for."""
    tie(db)
    platforms: dict[str, list[tuple[str, int]]] = {}
    for cluster_id, platform, accounts in db.execute(_PLATFORMS).fetchall():
        platforms.setdefault(cluster_id, []).append((platform, accounts))
    named: dict[str, list[tuple[str, str]]] = {}
    for cluster_id, account_id, handle, display_name in db.execute(_NAMED, {"named": _named(db)}).fetchall():
        named.setdefault(cluster_id, []).append((account_id, account_name(handle, display_name, account_id)))
    shared: dict[str, list[Value]] = {}
    for cluster_id, link, value in db.execute(_SHARED).fetchall():
        shared.setdefault(cluster_id, []).append(Value(link, value))
    shared_with: dict[str, dict[str, dict[str, int]]] = {}
    for cluster_id, other, link, values in db.execute(_SHARED_WITH).fetchall():
        shared_with.setdefault(cluster_id, {}).setdefault(other, {})[link] = values
    figures = db.execute(_FIGURES)
    columns = [column[0] for column in figures.description or ()]
    found = []
    for number, row in enumerate(figures.fetchall(), 1):
        cluster_id = row[0]
        names = named[cluster_id]
        found.append(
            Summary(
                number=number,
                **dict(zip(columns, row, strict=True)),
                platforms=tuple(platforms[cluster_id]),
                shared=tuple(ordered(shared.get(cluster_id, ()))),
                shared_with=tuple(shared_with.get(cluster_id, {}).items()),
                key_account=names[0][1],
                key_account_id=names[0][0],
                members=tuple(name for _, name in names),
            )
        )
    return found


def _named(db: duckdb.DuckDBPyConnection) -> int:
    """Return how many members of each network to name."""
    members, largest = db.execute(
        "SELECT (SELECT count(*) FROM memberships), (SELECT coalesce(max(size), 0) FROM clusters)"
    ).fetchone() or (0, 0)
    return HIGHEST_RANKS if members > MOST_NAMES else int(largest)
