"""One map page as it is put together: nodes, lines, facts for the panel, evidence, and the legend."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from graph.wording import counted
from visualisations.colours import VALUE, cluster_shades, softened
from visualisations.evidence import Evidence
from visualisations.layout import two_level
from visualisations.marks import (
    GREY,
    importance,
    line_kinds,
    node_colour,
    platform_name,
    platform_shapes,
    repost_opacity,
    seconds,
)
from visualisations.networks import Drawing, Hold, Member
from visualisations.provenance import Provenance
from visualisations.pyvis_page import OfflineNetwork
from visualisations.shared_values import Value, places, read_value, shared_kinds
from visualisations.shown_text import account_name, clean, day
from visualisations.summaries import Summary

#: The layout's seed; the same case gives the same picture.
SEED = 1
#: Repost lines fainter than this are solid.
_DASHED = 0.4
#: So many repost lines between networks are switched off at first: they would hide what holds the networks together.
_MANY_ACROSS = 400
_PIECES_ELSEWHERE = 200
#: Characters of a value that its panel shows and copies; none that identifies anything is so long.
_LONGEST_VALUE = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a page stands among others: links between pages are relative, so that a folder can be passed on whole.

    ``index`` leads to the index, ``page_of`` to a cluster's own page, ``None`` where there is none.
    """

    index: str | None = None
    page_of: Callable[[str], str | None] = field(default=lambda _: None)


class MapPage:
    """A drawing on its way to a page; ``html`` gives the page."""

    def __init__(
        self,
        drawing: Drawing,
        evidence: Evidence,
        summaries: Mapping[str, Summary],
        provenance: Provenance,
        place: Place,
    ) -> None:
        self.drawing, self.evidence, self.provenance, self.place = drawing, evidence, provenance, place
        self.summary_of, self.source_names = summaries, provenance.names
        self.cluster_place = {cluster: i for i, cluster in enumerate(drawing.clusters)}
        self.shades = [cluster_shades(self.summary_of[cluster].number - 1) for cluster in drawing.clusters]
        present = {member.platform for member in drawing.members}
        self.platforms = sorted(present, key=lambda p: (-sum(m.platform == p for m in drawing.members), p))
        self.shape_of = platform_shapes(self.platforms)
        across = sum(drawing.values[hold.value] != hold.cluster_id for hold in drawing.holds)
        self.kinds = line_kinds(provenance.window, across)
        self.network = OfflineNetwork()
        self.holds_of = _by_value(drawing.holds)
        self.away_of = _by_value(drawing.elsewhere)
        self.facts: dict[str, Any] = {}
        self.pieces: dict[str, Any] = {}

    def html(self, title: str | None, marking: str | None) -> str:
        """Return the page."""
        nodes = self._nodes()
        lines = self._lines()
        positions = self._positions(nodes, lines)
        for key, options in nodes.items():
            x, y = positions[key]
            facts = options.pop("facts")
            self.facts[self.network.add(key, **options, x=x, y=y)] = facts
        for (key_a, key_b), options in lines:
            found = options.pop("evidence")
            del options["pull"]
            self.pieces[self.network.join(key_a, key_b, **options)] = found
        return self.network.filled_page(page=self._page(title, marking), facts=self.facts, evidence=self.pieces)

    def _positions(
        self, nodes: Mapping[str, Mapping[str, Any]], lines: Sequence[tuple[tuple[str, str], Mapping[str, Any]]]
    ) -> dict[str, tuple[float, float]]:
        at = {key: i for i, key in enumerate(nodes)}
        places = two_level(
            [options["cluster"] for options in nodes.values()],
            np.array([(at[a], at[b]) for (a, b), _ in lines], dtype=np.int64).reshape(-1, 2),
            [options["size"] for options in nodes.values()],
            weights=[options["pull"] for _, options in lines],
            seed=SEED,
        )
        return {key: (round(float(places[i, 0]), 1), round(float(places[i, 1]), 1)) for key, i in at.items()}

    def _nodes(self) -> dict[str, dict[str, Any]]:
        nodes = {f"a{m.account_id}": self._account(m, i) for i, m in enumerate(self.drawing.members, 1)}
        counts: Counter[str] = Counter()
        for value, cluster in self.drawing.values.items():
            counts[value.link] += 1
            nodes[_key(value)] = self._value(value, cluster, counts[value.link])
        return nodes

    def _account(self, member: Member, count: int) -> dict[str, Any]:
        shades = self.shades[self.cluster_place[member.cluster_id]]
        name = account_name(member.handle, member.display_name, member.account_id)
        return {
            "label": name,
            "alias": f"Account {count}",
            "kind": "account",
            "shape": self.shape_of[member.platform],
            "size": round(6 + 11 * math.sqrt(min(max(member.score, 0), 1)), 1),
            "color": node_colour(shades.full, "#ffffff"),
            "cluster": self.cluster_place[member.cluster_id],
            "platform": self.platforms.index(member.platform),
            "rank": member.rank,
            "role": member.role,
            "score": round(member.score, 4),
            "importance": round(importance(member), 4),
            "first": seconds(member.first_us),
            "facts": self._account_facts(member, name),
        }

    def _account_facts(self, member: Member, name: str) -> dict[str, Any]:
        display = clean(member.display_name, 120)
        rows: list[tuple[str, str, bool]] = []
        if display and display != name:
            rows.append(("Name", display, True))
        size = self.drawing.size[member.cluster_id]
        rows.append(("Rank", f"{member.rank:,} of {size:,}, {member.role}", False))
        rows.append(("Score", f"{member.score:.2f} (how much of the network passes through it)", False))
        seen = [day(us) for us in (member.first_us, member.last_us)]
        rows.append(("Active", f"{seen[0]} to {seen[1]} UTC" if seen[0] else "no times", False))
        if member.followers is not None:
            rows.append(("Followers", f"{member.followers:,}", False))
        for label, value in (("Country", member.country), ("Status", member.status), ("Address", member.url)):
            if value:
                rows.append((label, clean(value, 200), label == "Address"))
        rows.append(("Id", clean(member.account_id, 120), True))
        rows.append(("Source", self._source(member), False))
        bio = clean(member.bio, 600)
        return {
            "name": name,
            "what": platform_name(member.platform),
            "rows": rows,
            "bio": bio,
            "terms": [term for term in (display, bio, clean(member.account_id, 120)) if term],
        }

    def _source(self, member: Member) -> str:
        if member.source_sha256 is None:
            return "only named by posts and reposts of others"
        name = self.source_names.get(member.source_sha256, member.source_sha256[:12])
        return name if member.line is None else f"{name}, line {member.line:,}"

    def _value(self, value: Value, cluster: str, count: int) -> dict[str, Any]:
        holds, away = self.holds_of[value], self.away_of.get(value, [])
        bridges = len({hold.cluster_id for hold in (*holds, *away)}) > 1
        times = [hold.first_us for hold in holds if hold.first_us is not None]
        shades = self.shades[self.cluster_place[cluster]]
        holders = len(holds) + len(away)
        place = places()[value.link]
        return {
            "label": read_value(value),
            "alias": f"{shared_kinds()[place].legend} {count}",
            "kind": "value",
            "shape": "diamond",
            "size": round((8 if bridges else 6.5) + min(4.0, 0.9 * math.sqrt(holders)), 1),
            "color": node_colour(VALUE, shades.full),
            "cluster": self.cluster_place[cluster],
            "shared": place,
            "bridges": bridges,
            "importance": round(1.3 + holders / 1000 if bridges else 0.1 + min(holders, 40) / 200, 4),
            "first": seconds(min(times, default=None)),
            "facts": self._value_facts(value, holds, away),
        }

    def _value_facts(self, value: Value, holds: Sequence[Hold], away: Sequence[Hold]) -> dict[str, Any]:
        holders = len(holds) + len(away)
        times = [hold.first_us for hold in holds if hold.first_us is not None]
        rows = [("Holders", f"{holders:,}, {len(holds):,} of them on this page" if away else f"{holders:,}", False)]
        if times:
            rows.append(("First seen", f"{day(min(times))} UTC", False))
        written = clean(value.value, _LONGEST_VALUE)
        return {
            "name": read_value(value),
            "what": shared_kinds()[places()[value.link]].what,
            "value": written,
            "rows": rows,
            "bio": "",
            "terms": [written],
            "elsewhere": [self._holder_elsewhere(hold) for hold in away[:_PIECES_ELSEWHERE]],
        }

    def _holder_elsewhere(self, hold: Hold) -> dict[str, Any]:
        return {
            "name": account_name(hold.handle, hold.display_name, hold.account_id),
            "network": f"likely network {self.summary_of[hold.cluster_id].number}",
            "page": self.place.page_of(hold.cluster_id),
        }

    def _lines(self) -> list[tuple[tuple[str, str], dict[str, Any]]]:
        cluster_of = {member.account_id: member.cluster_id for member in self.drawing.members}
        opacity = self._repost_opacities(cluster_of)
        lines: list[tuple[tuple[str, str], dict[str, Any]]] = []
        for hold in self.drawing.holds:
            across = self.drawing.values[hold.value] != hold.cluster_id
            pieces, total = self.evidence.holds.get((hold.account_id, hold.value), ([], 0))
            made = self._line(int(across), hold.first_us, pull=1.0)
            made["evidence"] = {"pieces": pieces, "more": max(0, total - len(pieces))}
            lines.append(((f"a{hold.account_id}", _key(hold.value)), made))
        for link in self.drawing.co_reposts:
            home = cluster_of[link.account_a]
            across = home != cluster_of[link.account_b]
            tint = None if across else softened(self.shades[self.cluster_place[home]].full, GREY, 0.4)
            made = self._line(2 + int(across), link.first_us, pull=min(1.0, 0.2 + link.strength / 4), colour=tint)
            made["width"] = round(made["width"] + min(1.6, 0.3 * math.log2(max(1, link.pairs))), 2)
            faint = opacity[None if across else home]
            made["color"]["opacity"] = faint
            made["dashes"] = made["dashes"] if faint >= _DASHED else False  # dashes that cross make a moiré
            made |= {"reposts": True, "pairs": link.pairs}
            pieces = self.evidence.co_reposts.get((link.account_a, link.account_b), [])
            made["evidence"] = {"pieces": pieces, "more": max(0, link.pairs - len(pieces))}
            lines.append(((f"a{link.account_a}", f"a{link.account_b}"), made))
        return lines

    def _repost_opacities(self, cluster_of: Mapping[str, str]) -> dict[str | None, float]:
        """Return for each cluster how strong its repost lines are drawn, and for ``None`` those between clusters."""
        lines: Counter[str | None] = Counter()
        for link in self.drawing.co_reposts:
            home = cluster_of[link.account_a]
            lines[home if home == cluster_of[link.account_b] else None] += 1
        accounts: Counter[str | None] = Counter(cluster_of.values())
        accounts[None] = len(cluster_of)
        return {cluster: repost_opacity(count, accounts[cluster]) for cluster, count in lines.items()}

    def _line(self, kind: int, first_us: int | None, *, pull: float, colour: str | None = None) -> dict[str, Any]:
        drawn = self.kinds[kind]
        return {
            "kind": kind,
            "first": seconds(first_us),
            "width": drawn.width,
            "color": {"color": colour or drawn.colour, "opacity": drawn.opacity},
            "dashes": list(drawn.dash) if drawn.dash else False,
            "pull": pull,
        }

    def _page(self, title: str | None, marking: str | None) -> dict[str, Any]:
        drawing, provenance = self.drawing, self.provenance
        alone = self.summary_of[drawing.clusters[0]] if len(drawing.clusters) == 1 else None
        times = [node["first"] for node in self.network.nodes if node["first"] is not None]
        words = alone.in_words(provenance.window) if alone else ""
        kinds = self._legend_kinds()
        shared = counted(len(drawing.values), "shared value")
        what = f"{counted(len(drawing.clusters), 'likely network')} · {counted(len(drawing.members), 'account')}"
        heading = clean(title, 160) or f"Likely networks in {provenance.case}"
        return {
            "title": heading,
            "tab": f"Network {alone.number} · {heading}" if alone else heading,
            "subtitle": f"Likely network {alone.number} ({alone.cluster_id}): {words}"
            if alone
            else f"{what} · {shared}",
            "slug": alone.cluster_id if alone else "map",
            "marking": clean(marking, 120),
            "footer": provenance.footer(),
            "about": [*provenance.lines(), ("Layout", f"two levels, seed {SEED}")],
            "words": words,
            "index": self.place.index,
            "window": provenance.window,
            "notes": [*_notes(drawing), *self._switched_off(kinds)],
            "linksNotDrawn": drawing.co_reposts_left_out,
            "valueColour": VALUE,
            "clusters": [self._legend_cluster(cluster) for cluster in drawing.clusters],
            "platforms": self._legend_platforms(),
            "shared": self._legend_shared(),
            "kinds": kinds,
            "time": {"from": min(times), "to": max(times)} if times and min(times) < max(times) else None,
        }

    def _switched_off(self, kinds: Sequence[Mapping[str, Any]]) -> list[str]:
        return [
            f"{kind['count']:,} lines of the kind “{kind['name']}” are switched off at first, for they would cover the "
            "map; the legend switches them on"
            for kind in kinds
            if kind["off"]
        ]

    def _legend_cluster(self, cluster: str) -> dict[str, Any]:
        summary, shades = self.summary_of[cluster], self.shades[self.cluster_place[cluster]]
        return {
            "number": summary.number,
            "id": cluster,
            "name": summary.key_account,
            "size": summary.size,
            "words": summary.in_words(self.provenance.window),
            "first": day(summary.first_us),
            "last": day(summary.last_us),
            "page": self.place.page_of(cluster) if len(self.drawing.clusters) > 1 else None,
            "colour": shades.full,
            "tint": shades.tint,
            "rim": shades.rim,
            "ink": shades.ink,
        }

    def _legend_platforms(self) -> list[dict[str, Any]]:
        members = self.drawing.members
        return [
            {"name": platform_name(p), "shape": self.shape_of[p], "count": sum(m.platform == p for m in members)}
            for p in self.platforms
        ]

    def _legend_shared(self) -> list[dict[str, Any]]:
        """Return every kind of shared value, those of which there is none too: a permalink has their places."""
        counts = Counter(value.link for value in self.drawing.values)
        return [
            {
                "name": shared.legend,
                "one": shared.one,
                "many": shared.many,
                "article": shared.article,
                "sign": shared.sign,
                "count": counts[shared.link],
            }
            for shared in shared_kinds()
        ]

    def _legend_kinds(self) -> list[dict[str, Any]]:
        counts = [0] * len(self.kinds)
        for line in self.network.edges:
            counts[line["kind"]] += 1
        return [
            {
                "name": kind.name,
                "colour": kind.colour,
                "width": kind.width,
                "dash": list(kind.dash) if kind.dash else None,
                "holds": kind.holds,
                "count": count,
                "off": kind.across and not kind.holds and count > _MANY_ACROSS,
            }
            for kind, count in zip(self.kinds, counts, strict=True)
        ]


def _notes(drawing: Drawing) -> list[str]:
    """Say what is not drawn; a map never leaves anything out silently."""
    notes = []
    if drawing.members_left_out:
        total = len(drawing.members) + drawing.members_left_out
        notes.append(
            f"{drawing.members_left_out:,} of {total:,} accounts are not drawn, because one page can't show "
            "them all; these are the accounts that rank highest. All are in memberships.csv of: "
            "clew export CASE --to csv --out DIR"
        )
    if drawing.co_reposts_left_out:
        notes.append(
            f"{counted(drawing.co_reposts_left_out, 'weaker repost link is', 'weaker repost links are')} not drawn; "
            "every account has its strongest. All are in links.csv of: clew export CASE --to csv --out DIR"
        )
    return notes


def _by_value(holds: Sequence[Hold]) -> dict[Value, list[Hold]]:
    grouped: dict[Value, list[Hold]] = {}
    for hold in holds:
        grouped.setdefault(hold.value, []).append(hold)
    return grouped


def _key(value: Value) -> str:
    """Return what a value's node is known by here; an account's begins with another letter."""
    return f"v{value.link} {value.value}"
