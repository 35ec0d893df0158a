"""Where a picture comes from: case, sources, method, parameters, and out of how many.

Every page says this, because a cluster is only *likely*: who reads it must see what was looked at and how.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graph.wording import counted, most_cut_at
from visualisations.shown_text import clean, day

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A value that made no link because too many hold it, or because it is a help line; ``kind`` is the link's."""

    kind: str
    value: str
    holders: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What a case holds and what was done with it; ``accounts`` are all that may be shown, linked or not.

    ``links`` and ``clusters`` are the parameters of those steps, ``None`` where the step was not done. ``names`` gives
    for each source's SHA-256 its name. ``last_us`` is the latest post or repost, microseconds UTC.
    """

    case: str
    accounts: int
    linked: int
    clustered: int
    networks: int
    posts: int
    reposts: int
    sources: tuple[tuple[str, str, str], ...]
    extracted: bool
    links: dict[str, Any] | None
    clusters: dict[str, Any] | None
    derived_hash: str | None
    first_us: int | None
    last_us: int | None
    left_out: tuple[LeftOut, ...]
    include_set_aside: bool = False

    @property
    def names(self) -> dict[str, str]:
        """For each source's SHA-256 its name."""
        return {sha256: name for name, sha256, _ in self.sources}

    @property
    def window(self) -> int | None:
        """The seconds within which reposts of one object make a link."""
        return None if self.links is None else self.links.get("window")

    def method(self) -> str:
        """Return how clusters were found: algorithm, resolution and how it was chosen, seed, least size."""
        if self.clusters is None:
            return "clusters were not looked for"
        given = self.clusters
        said = [str(given.get("method", "clusters")).capitalize()]
        if given.get("resolution") is not None:
            said.append(_resolution(given))
        if given.get("seed") is not None:
            said.append(f"seed {given['seed']}")
        if given.get("min_size"):
            said.append(f"at least {given['min_size']} accounts")
        if given.get("min_strength"):
            said.append(f"links of strength {given['min_strength']:g} and more")
        return ", ".join(said)

    def thresholds(self) -> str:
        """Return what makes a link: how many may hold a value, within which time reposts count, and how many."""
        if self.links is None:
            return "links were not looked for"
        given = self.links
        said = []
        if "max_holders" in given:
            said.append(f"a number, invite or other value links at most {given['max_holders']:,} holders")
        if "window" in given:
            least = f", {given['min_participation']} or more" if "min_participation" in given else ""
            said.append(f"reposts of one object within {given['window']:,} s{least}")
        return "; ".join(said)

    def denominator(self) -> str:
        """Return out of how many: the accounts of the case, those linked, those in clusters."""
        counting = "set-aside accounts counted" if self.include_set_aside else "set-aside accounts not counted"
        networks = counted(self.networks, "likely network")
        return (
            f"{counted(self.accounts, 'account')} in the case ({counting}), {self.linked:,} linked to another, "
            f"{self.clustered:,} in {networks}"
        )

    def period(self) -> str:
        """Return from when to when posts and reposts are."""
        if self.last_us is None:
            return "no times in the data"
        first, last = day(self.first_us), day(self.last_us)
        return f"{last} UTC" if first == last else f"{first} to {last} UTC"

    def footer(self) -> str:
        """Return the line at the foot of each page."""
        derived = f"findings {self.derived_hash[:12]}" if self.derived_hash else "no findings yet"
        return " · ".join(
            (
                f"Case {self.case}, {counted(len(self.sources), 'source')}, data of {self.period()}",
                self.denominator(),
                self.method(),
                self.thresholds(),
                derived,
            )
        )

    def lines(self) -> list[tuple[str, str]]:
        """Return the same as pairs of what and how much, for the panel and the index."""
        return [
            ("Case", self.case),
            ("Sources", "; ".join(f"{name} ({form}, SHA-256 {sha[:12]}…)" for name, sha, form in self.sources)),
            ("Data of", self.period()),
            ("Read", f"{counted(self.posts, 'post')}, {counted(self.reposts, 'repost')}"),
            ("Out of", self.denominator()),
            ("Method", self.method()),
            ("A link is", self.thresholds()),
            ("Findings", self.derived_hash[:12] if self.derived_hash else "none yet"),
        ]


_COUNTS = """
    SELECT (SELECT count(*) FROM accounts) AS accounts,
           (SELECT count(*) FROM (SELECT account_a FROM links UNION SELECT account_b FROM links)) AS linked,
           (SELECT count(DISTINCT account_id) FROM memberships) AS clustered,
           (SELECT count(*) FROM clusters) AS networks,
           (SELECT count(*) FROM posts) AS posts,
           (SELECT count(*) FROM reposts) AS reposts,
           (SELECT min(first_us) FROM accounts) AS first_us,
           (SELECT max(last_us) FROM accounts) AS last_us
"""


def read_provenance(db: duckdb.DuckDBPyConnection, case_name: str, *, include_set_aside: bool = False) -> Provenance:
    """Return where pictures of this case come from; ``db`` is a connection from ``case.reading()``."""
    counts = db.execute(_COUNTS)
    names = [column[0] for column in counts.description or ()]
    figures = dict(zip(names, counts.fetchone() or (), strict=True))
    sources = db.execute("SELECT name, sha256, format FROM sources ORDER BY name, sha256").fetchall()
    left_out = db.execute(
        "SELECT kind, value, holders, reason FROM left_out ORDER BY holders DESC, kind, value"
    ).fetchall()
    facts = db.execute(
        "SELECT extract_run IS NOT NULL, links_parameters, clusters_parameters, derived_hash FROM run_facts"
    ).fetchone() or (False, None, None, None)
    return Provenance(
        case=clean(case_name, 80),
        **figures,
        sources=tuple((clean(name, 80), sha256, clean(form, 40)) for name, sha256, form in sources),
        extracted=bool(facts[0]),
        links=json.loads(facts[1]) if facts[1] else None,
        clusters=json.loads(facts[2]) if facts[2] else None,
        derived_hash=facts[3],
        left_out=tuple(LeftOut(kind=k, value=clean(v, 60), holders=h, reason=r) for k, v, h, r in left_out),
        include_set_aside=include_set_aside,
    )


def _resolution(given: Mapping[str, Any]) -> str:
    """Return how finely clusters were cut. Chosen, it may differ from one group of linked accounts to the next."""
    if not given.get("resolution_chosen"):
        return f"resolution {given['resolution']:g}"
    return f"resolution chosen for each group of linked accounts ({most_cut_at(given['resolution'])})"
