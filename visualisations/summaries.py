"""Each likely network in one sentence: "12 accounts on 4 platforms held together by 3 numbers and 45 reposts …"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graph.wording import counted
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
    is what lasts. ``numbers`` are the phone numbers that two or more members share; ``repost_pairs`` how often two of
    them passed on the same within the window. ``numbers_shared`` gives other clusters and how many numbers they share
    with this one. ``key_account`` (rank 1) and ``members`` are names as shown, by rank; of a very large case only the
    highest ranks. ``stands_out`` is false where rank 1 is the first of equals. Times are microseconds UTC.
    """

    number: int
    cluster_id: str
    size: int
    links: int
    strength: float
    platforms: tuple[tuple[str, int], ...]
    numbers: tuple[str, ...]
    repost_pairs: int
    numbers_shared: tuple[tuple[str, int], ...]
    key_account: str
    key_account_id: str
    stands_out: bool
    members: tuple[str, ...]
    first_us: int | None
    last_us: int | None

    def in_words(self, window: int | None) -> str:
        """Return what it is and what holds it together; ``window`` is the seconds within which reposts count."""
        reasons = []
        if self.numbers:
            reasons.append(counted(len(self.numbers), "shared number"))
        if self.repost_pairs:
            within = f" within {window:,}\u00a0s" if window is not None else ""
            reasons.append(counted(self.repost_pairs, "pair of reposts", "pairs of reposts") + within)
        if not reasons:
            reasons.append(counted(self.links, "link"))
        platforms = counted(len(self.platforms), "platform")
        return f"{counted(self.size, 'account')} on {platforms} held together by {' and '.join(reasons)}"


_FIGURES = """
    WITH people AS (
        SELECT cluster_id, min(first_us) AS first_us, max(last_us) AS last_us,
               bool_or(rank = 1 AND role = 'key') AS stands_out
        FROM memberships LEFT JOIN accounts USING (account_id) GROUP BY cluster_id
    ),
    inside AS (SELECT cluster_a AS cluster_id, kind, pairs, numbers FROM ties WHERE cluster_a = cluster_b),
    reposted AS (
        SELECT cluster_id, sum(pairs)::BIGINT AS repost_pairs FROM inside WHERE kind = 'co_repost' GROUP BY cluster_id
    ),
    shared AS (
        SELECT cluster_id, list(value ORDER BY value) AS numbers
        FROM (SELECT DISTINCT cluster_id, unnest(numbers) AS value FROM inside WHERE kind = 'shared_phone')
        GROUP BY cluster_id
    )
    SELECT c.cluster_id, c.size, c.links, c.strength, p.first_us, p.last_us, p.stands_out,
           coalesce(r.repost_pairs, 0) AS repost_pairs, coalesce(s.numbers, []) AS numbers
    FROM clusters c LEFT JOIN people p USING (cluster_id) LEFT JOIN reposted r USING (cluster_id)
         LEFT JOIN shared s USING (cluster_id)
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
    WITH across AS (
        SELECT DISTINCT cluster_a, cluster_b, unnest(numbers) AS value FROM ties
        WHERE kind = 'shared_phone' AND cluster_a <> cluster_b
    ),
    directed AS (SELECT cluster_a, cluster_b, value FROM across UNION SELECT cluster_b, cluster_a, value FROM across)
    SELECT cluster_a, cluster_b, count(*) FROM directed GROUP BY ALL ORDER BY 1, 3 DESC, 2
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
    shared: dict[str, list[tuple[str, int]]] = {}
    for cluster_id, other, values in db.execute(_SHARED).fetchall():
        shared.setdefault(cluster_id, []).append((other, values))
    figures = db.execute(_FIGURES)
    columns = [column[0] for column in figures.description or ()]
    return [
        _summary(place, dict(zip(columns, row, strict=True)), platforms, named, shared)
        for place, row in enumerate(figures.fetchall(), 1)
    ]


def _named(db: duckdb.DuckDBPyConnection) -> int:
    """Return how many members of each network to name."""
    members, largest = db.execute(
        "SELECT (SELECT count(*) FROM memberships), (SELECT coalesce(max(size), 0) FROM clusters)"
    ).fetchone() or (0, 0)
    return HIGHEST_RANKS if members > MOST_NAMES else int(largest)


def _summary(
    number: int,
    figures: dict[str, Any],
    platforms: dict[str, list[tuple[str, int]]],
    named: dict[str, list[tuple[str, str]]],
    shared: dict[str, list[tuple[str, int]]],
) -> Summary:
    cluster_id = figures["cluster_id"]
    names = named[cluster_id]
    return Summary(
        number=number,
        **figures | {"numbers": tuple(figures["numbers"])},
        platforms=tuple(platforms[cluster_id]),
        numbers_shared=tuple(shared.get(cluster_id, ())),
        key_account=names[0][1],
        key_account_id=names[0][0],
        members=tuple(name for _, name in names),
    )
