"""The index of a case's maps: every likely network in words, what was left out, and how all of it was found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from graph.wording import counted
from visualisations.colours import cluster_colour
from visualisations.offline_page import script, style, template
from visualisations.provenance import LeftOut, Provenance
from visualisations.shared_values import Value, enumerated, joined, places, read_value, shared_kinds
from visualisations.shown_text import clean, day
from visualisations.summaries import Summary

#: Values of a kind named for one network; its own map and the export have all.
_VALUES_NAMED = 8
#: Values that the index carries, so that search finds them, in all: a few megabytes. Above, only those named.
MOST_SEARCHED = 200_000
_LONGEST_SEARCHED = 2_000
_SHARES_NAMED = 6
#: Left-out values in the table; the export has all.
_LEFT_OUT_LISTED = 100


def render(
    summaries: Sequence[Summary],
    provenance: Provenance,
    *,
    title: str | None = None,
    marking: str | None = None,
    map_page: str | None = None,
    page_of: Callable[[str], str | None] = lambda _: None,
    notes: Sequence[str] = (),
) -> str:
    """Return the index page: HTML that opens alone and offline.

    ``map_page`` leads to the map of all networks and ``page_of`` to a cluster's own map, both relative to the index and
    ``None`` where there is none. ``notes`` say what was not drawn. A case without clusters gives a page that says why,
    and what to do next.
    """
    further = sum(len(summary.shared) for summary in summaries) <= MOST_SEARCHED
    made = template("index.html", (script("dom.js", "index.js"),), (style("page.css", "index.css"),))
    if not further:
        notes = [*notes, f"Search goes through {_VALUES_NAMED} shared values of each kind of each network."]
    number_of = {summary.cluster_id: summary.number for summary in summaries}
    return made.render(
        page=_page(summaries, provenance, title=title, marking=marking, map_page=map_page, notes=notes),
        networks=[_network(summary, provenance, number_of, page_of, further=further) for summary in summaries],
    )


def _page(
    summaries: Sequence[Summary],
    provenance: Provenance,
    *,
    title: str | None,
    marking: str | None,
    map_page: str | None,
    notes: Sequence[str],
) -> dict[str, Any]:
    left_out = provenance.left_out
    unlisted = len(left_out) - _LEFT_OUT_LISTED
    return {
        "title": clean(title, 160) or f"Likely networks in {provenance.case}",
        "marking": clean(marking, 120),
        "denominator": provenance.denominator(),
        "map": map_page,
        "figures": [
            {"name": "likely networks", "value": f"{provenance.networks:,}"},
            {"name": "accounts in them", "value": f"{provenance.clustered:,}"},
            {"name": "accounts linked to another", "value": f"{provenance.linked:,}"},
            {"name": "accounts in the case", "value": f"{provenance.accounts:,}"},
            {"name": "posts and reposts read", "value": f"{provenance.posts + provenance.reposts:,}"},
        ],
        "nothing": None if summaries else nothing_found(provenance),
        "notes": list(notes),
        "leftOut": [
            {"kind": _kind(row.kind), "value": _read(row), "holders": f"{row.holders:,}", "reason": row.reason}
            for row in left_out[:_LEFT_OUT_LISTED]
        ],
        "leftOutMore": f"{counted(unlisted, 'more value')} in left_out.csv of: clew export CASE --to csv --out DIR"
        if unlisted > 0
        else None,
        "about": provenance.lines(),
        "footer": provenance.footer(),
    }


def _network(
    summary: Summary,
    provenance: Provenance,
    number_of: dict[str, int],
    page_of: Callable[[str], str | None],
    *,
    further: bool,
) -> dict[str, Any]:
    shares = summary.shared_with
    return {
        "number": summary.number,
        "id": summary.cluster_id,
        "colour": cluster_colour(summary.number - 1),
        "words": summary.in_words(provenance.window),
        "key": summary.key_account,
        "standsOut": summary.stands_out,
        "size": summary.size,
        "pairs": summary.repost_pairs,
        "platforms": [platform for platform, _ in summary.platforms],
        "members": list(summary.members),
        "shared": _values(summary.shared, further=further),
        "sharedInAll": len(summary.shared),
        "shares": [
            {"number": number_of[other], "what": joined(enumerated(values)), "page": page_of(other)}
            for other, values in shares[:_SHARES_NAMED]
        ],
        "sharesMore": max(0, len(shares) - _SHARES_NAMED),
        "first": day(summary.first_us),
        "last": day(summary.last_us),
        "page": page_of(summary.cluster_id),
    }


def _values(values: Sequence[Value], *, further: bool) -> list[dict[str, Any]]:
    """Return a network's values kind by kind: some as people read them, and all as they are, to be searched."""
    found = []
    for shared in shared_kinds():
        own = [value for value in values if value.link == shared.link]
        if own:
            names = [read_value(value) for value in own[:_VALUES_NAMED]]
            searched = [clean(value.value, _LONGEST_SEARCHED) for value in (own if further else own[:_VALUES_NAMED])]
            found.append({"kind": shared.many, "names": names, "searched": searched, "inAll": len(own)})
    return found


def _kind(link: str) -> str:
    """Return what the values of a kind of link are called in a table."""
    return shared_kinds()[places()[link]].legend if link in places() else clean(link, 40)


def _read(row: LeftOut) -> str:
    return read_value(Value(row.kind, row.value))


def nothing_found(provenance: Provenance) -> dict[str, Any]:
    """Return why there are no clusters, and what to do next, as sentences."""
    if provenance.clusters is None:
        step = "links" if provenance.links is None else "clusters"
        step = step if provenance.extracted else "numbers, invites and other values"
        return {
            "what": f"{step.capitalize()} have not been looked for in this case yet.",
            "next": ["Do every step: clew run CASE", "Then make the maps again: clew map CASE --out DIR"],
        }
    if provenance.linked:
        least = provenance.clusters.get("min_size", 3)
        return {
            "what": f"{counted(provenance.linked, 'account')} are linked, but no {least} or more hang together.",
            "next": [
                "See the links themselves: clew export CASE --to csv --out DIR, then links.csv",
                f"Let smaller groups count: clew clusters CASE --min-size {max(2, least - 1)}",
                "Load more sources that name the same accounts, numbers or invites: clew load CASE FILE",
            ],
        }
    window = provenance.window or 60
    return {
        "what": f"None of the {counted(provenance.accounts, 'account')} holds a number, invite or other value that "
        f"another holds, or passes the same on within {window:,} s.",
        "next": [
            "See what was read and what was rejected, and why: clew status CASE",
            "Numbers without a country code need the region they are dialled from: clew load CASE FILE --region GB",
            f"Let reposts count that are further apart: clew run CASE --window {window * 5}",
            "Load more sources: clew load CASE FILE",
        ],
    }
