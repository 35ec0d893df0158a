"""A folder of maps: an index, the map of all networks where one page can show them, and each network's own map.

What is made:

- ``index.html``: every likely network in words; always.
- ``map.html``: all networks, where accounts and numbers are 2,000 nodes at most.
- ``clusters/<cluster id>.html``: each network's own map, for the 200 largest. Every page carries vis-network, because
  it must open alone and offline: half a megabyte each, 100 MB for 200. Smaller networks stand in the index with their
  accounts and numbers in words.

A network of more than 2,000 nodes is drawn with the accounts that rank highest, and its page says how many are not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from graph.wording import counted
from visualisations import index_page
from visualisations.cluster_map import draw
from visualisations.evidence import Evidence, read_evidence
from visualisations.folder import write_pages
from visualisations.map_page import Place
from visualisations.networks import MOST_NODES, Drawing, Pages, read_networks
from visualisations.provenance import Provenance, read_provenance
from visualisations.summaries import HIGHEST_RANKS, Summary, read_summaries

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph.case import Case

#: Networks that get a page of their own, the largest first.
OWN_PAGES = 200
_TOLD = 25  # pages between two words on how far it is


@dataclass(frozen=True, slots=True, kw_only=True)
class MapsWritten:
    """What was written: the pages, the index first; nodes (accounts and numbers) drawn over all networks; networks.

    ``whole_map`` is whether there is a map of all networks; ``own_maps`` counts networks with a page of their own.
    """

    paths: tuple[Path, ...]
    nodes: int
    clusters: int
    whole_map: bool
    own_maps: int


def _silent(_: str) -> None:
    """Say nothing."""


def write_maps(
    case: Case,
    out: Path,
    *,
    run: int | None = None,
    title: str | None = None,
    marking: str | None = None,
    include_set_aside: bool = False,
    include_collector: bool = False,
    own_pages: int = OWN_PAGES,
    most_nodes: int = MOST_NODES,
    report: Callable[[str], None] = _silent,
) -> MapsWritten:
    """Write the maps of a case into the folder ``out`` and return what was written.

    All pages are made beside the folder first and put into it by renaming, so a killed run leaves no half page. Pages
    of an earlier run that are not made any more are removed; nothing else in the folder is touched.

    Parameters
    ----------
    out
        The folder; made if it is not there.
    run
        The run whose findings are shown; absent: the latest.
    title, marking
        What stands above each page, and the handling marking at its head and foot; absent: a title from the case's
        name, no marking.
    include_set_aside, include_collector
        Show accounts that only ask or inform, and the person who exported the data; both are left out otherwise.
    own_pages
        How many networks get a page of their own, the largest first.
    most_nodes
        How many accounts and numbers one page shows.
    report
        Hears what is being done.

    Raises
    ------
    OutputUnwritable
        The folder can't be written, or a file in the way is not ours.
    """
    with case.reading(run=run, include_set_aside=include_set_aside, include_collector=include_collector) as db:
        report("Reading likely networks")
        summaries = read_summaries(db)
        provenance = read_provenance(db, case.path.stem, include_set_aside=include_set_aside)
        everything = sum(summary.size for summary in summaries) <= most_nodes
        own = summaries[:own_pages]
        read = {s.cluster_id: s.size for s in (summaries if everything else own)}
        pages = Pages(read_networks(db, read, most_members=most_nodes))
        whole = pages.drawing([s.cluster_id for s in summaries]) if everything and summaries else None
        if whole is not None and whole.nodes > most_nodes:
            whole = None
        drawings = {s.cluster_id: pages.drawing([s.cluster_id], most_nodes=most_nodes) for s in own}
        report("Reading the records behind the links")
        evidence = _evidence(db, [*drawings.values(), *([whole] if whole else [])], provenance)
    made = _Maps(summaries, provenance, evidence, drawings, whole, title, marking)
    paths = write_pages(out, made.pages(report))
    return MapsWritten(
        paths=tuple(paths),
        nodes=whole.nodes if whole else sum(drawing.nodes for drawing in drawings.values()),
        clusters=len(summaries),
        whole_map=whole is not None,
        own_maps=len(drawings),
    )


def _evidence(db: object, drawings: Sequence[Drawing], provenance: Provenance) -> Evidence:
    return read_evidence(
        db,  # type: ignore[arg-type]
        (hold for drawing in drawings for hold in drawing.holds),
        (link for drawing in drawings for link in drawing.co_reposts),
        provenance.names,
    )


@dataclass(frozen=True, slots=True)
class _Maps:
    """Everything the pages are made from, read once."""

    summaries: Sequence[Summary]
    provenance: Provenance
    evidence: Evidence
    drawings: Mapping[str, Drawing]
    whole: Drawing | None
    title: str | None
    marking: str | None

    def pages(self, report: Callable[[str], None]) -> Iterator[tuple[str, str]]:
        """Make the pages one after the other, so that only one is in memory: path in the folder, and text."""
        yield "index.html", self._index()
        if self.whole is not None:
            report("Drawing the map of all networks")
            place = Place(index="index.html", page_of=lambda cluster: self._page(cluster, "clusters/"))
            yield "map.html", self._drawn(self.whole, place)
        place = Place(index="../index.html", page_of=lambda cluster: self._page(cluster, ""))
        for count, (cluster_id, drawing) in enumerate(self.drawings.items(), 1):
            if count % _TOLD == 1:
                report(f"Drawing the networks' own maps: {count:,} of {len(self.drawings):,}")
            yield f"clusters/{cluster_id}.html", self._drawn(drawing, place)

    def _page(self, cluster_id: str, folder: str) -> str | None:
        return f"{folder}{cluster_id}.html" if cluster_id in self.drawings else None

    def _drawn(self, drawing: Drawing, place: Place) -> str:
        return draw(
            drawing,
            self.evidence,
            self.summaries,
            self.provenance,
            title=self.title,
            marking=self.marking,
            place=place,
        )

    def _index(self) -> str:
        return index_page.render(
            self.summaries,
            self.provenance,
            title=self.title,
            marking=self.marking,
            map_page="map.html" if self.whole else None,
            page_of=lambda cluster: self._page(cluster, "clusters/"),
            notes=self._notes(),
        )

    def _notes(self) -> list[str]:
        notes = []
        if self.summaries and self.whole is None:
            notes.append(
                "There is no map of all networks together: they are more accounts and numbers than one page can show."
            )
        without = len(self.summaries) - len(self.drawings)
        if without:
            notes.append(
                f"The {len(self.drawings):,} largest networks have their own maps; {counted(without, 'smaller one')} "
                "can be read here with their accounts. All members are in memberships.csv of: "
                "clew export CASE --to csv --out DIR"
            )
        if any(len(summary.members) < summary.size for summary in self.summaries):
            notes.append(f"Search goes through the {HIGHEST_RANKS} accounts of each network that rank highest.")
        cut = [drawing for drawing in self.drawings.values() if drawing.members_left_out]
        if cut:
            notes.append(
                f"{counted(len(cut), 'network is', 'networks are')} too large for one page: such a map shows the "
                "accounts that rank highest and says how many it does not show."
            )
        return notes
