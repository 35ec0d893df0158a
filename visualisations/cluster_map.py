"""The map of likely networks: accounts, the values they share and what they repost together, on one offline page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from graph.errors import CaseIncomplete, MapTooLarge, ParameterRefused
from graph.wording import counted
from visualisations.evidence import Records, read_records
from visualisations.map_page import MapPage, Place
from visualisations.networks import MOST_NODES, Drawing, Pages, read_networks
from visualisations.provenance import Provenance, read_provenance
from visualisations.shown_text import clean
from visualisations.summaries import Summary, read_summaries

if TYPE_CHECKING:
    from graph.case import Case


def render(
    case: Case,
    *,
    cluster_id: str | None = None,
    run: int | None = None,
    title: str | None = None,
    marking: str | None = None,
    include_set_aside: bool = False,
    include_collector: bool = False,
    most_nodes: int = MOST_NODES,
) -> str:
    """Return one page with the likely networks of a case, or with one of them: HTML that opens alone and offline.

    Parameters
    ----------
    cluster_id
        Only this cluster; absent: all.
    run
        The run whose findings are shown; absent: the latest.
    title, marking
        What stands above the map, and the handling marking at head and foot; absent: a title from the case, no marking.
    include_set_aside, include_collector
        Show accounts that only ask or inform, and the person who exported the data; both are left out otherwise.

    most_nodes
        How many accounts and shared values the page may show.

    Raises
    ------
    MapTooLarge
        More nodes than that: use ``visualisations.maps.write_maps``, which makes an index and a
        page for each network.
    ParameterRefused
        No such cluster in this run.
    CaseIncomplete
        No clusters at all.
    """
    with case.reading(run=run, include_set_aside=include_set_aside, include_collector=include_collector) as db:
        summaries = read_summaries(db)
        chosen = [s for s in summaries if cluster_id in (None, s.cluster_id)]
        if cluster_id is not None and not chosen:
            raise ParameterRefused(f"this run has no cluster {clean(cluster_id, 40)}; clew map CASE lists them")
        if not chosen:
            raise CaseIncomplete("there are no likely networks to draw; clew map CASE makes a page that says why")
        accounts = sum(summary.size for summary in chosen)
        if accounts <= most_nodes:
            pages = Pages(read_networks(db, {s.cluster_id: s.size for s in chosen}))
            drawing = pages.drawing([s.cluster_id for s in chosen])
        if accounts > most_nodes or drawing.nodes > most_nodes:
            raise MapTooLarge(
                f"{counted(accounts, 'account')} and their shared values are more than the {most_nodes:,} nodes that "
                "one page can show; write an index with a page for each network instead: clew map CASE --out DIR"
            )
        provenance = read_provenance(db, case.path.stem, include_set_aside=include_set_aside)
        records = read_records(db, [drawing])
    return draw(drawing, records, {s.cluster_id: s for s in summaries}, provenance, title=title, marking=marking)


def draw(
    drawing: Drawing,
    records: Records,
    summaries: Mapping[str, Summary],
    provenance: Provenance,
    *,
    title: str | None = None,
    marking: str | None = None,
    place: Place | None = None,
) -> str:
    """Return the page of a drawing.

    ``records`` are those behind it, and no others; ``summaries`` are by cluster, of all clusters of the run.
    """
    evidence = records.evidence(drawing, provenance.names)
    page = MapPage(drawing, evidence, summaries, provenance, place or Place())
    return page.html(title, marking)
