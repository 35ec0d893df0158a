"""A folder of maps: an index, the map of all networks where one page can show them, and each network's own map.

What is made:

- ``index.html``: every likely network in words; always.
- ``map.html``: all networks, where accounts and shared values are 2,000 nodes at most.
- ``clusters/<cluster id>.html``: each network's own map, for the 200 largest. Every page carries vis-network, because
  it must open alone and offline: half a megabyte each, 100 MB for 200. Smaller networks stand in the index with their
  accounts and shared values in words.

A network of more than 2,000 nodes is drawn with the accounts that rank highest, and its page says how many are not.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from graph.side_processes import spare_cores
from graph.wording import counted
from visualisations.drawn_pages import CLUSTERS, Common, IndexTask, MapTask, Task, drawn
from visualisations.evidence import read_records
from visualisations.folder import write_pages
from visualisations.networks import MOST_NODES, Drawing, Pages, read_networks
from visualisations.provenance import read_provenance
from visualisations.summaries import HIGHEST_RANKS, Summary, read_summaries

if TYPE_CHECKING:
    import duckdb

    from graph.case import Case

#: Networks that get a page of their own, the largest first.
OWN_PAGES = 200
_TOLD = 25  # pages between two words on how far it is
#: Nodes drawn over all pages from which side processes are worth it: so many are drawn in three seconds, and a side
#: process takes one to start.
_WORTH_HELP = 3_000


@dataclass(frozen=True, slots=True, kw_only=True)
class MapsWritten:
    """What was written: the pages, the index first; nodes (accounts and values) drawn over all networks; networks.

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
        How many accounts and shared values one page shows.
    report
        Hears what is being done.

    Raises
    ------
    OutputUnwritable
        The folder can't be written, or a file in the way is not ours.
    """
    with ExitStack() as opened:
        reading = case.reading(run=run, include_set_aside=include_set_aside, include_collector=include_collector)
        db = opened.enter_context(reading)
        report("Reading likely networks")
        summaries = read_summaries(db)
        provenance = read_provenance(db, case.path.stem, include_set_aside=include_set_aside)
        planned = _planned(db, summaries, own_pages, most_nodes)
        common = Common(
            summaries=summaries,
            provenance=provenance,
            own=frozenset(planned.own),
            title=title,
            marking=marking,
        )
        with closing(_pages(common, planned, db, opened.close, report)) as pages:
            paths = write_pages(out, pages)
    return MapsWritten(
        paths=tuple(paths),
        nodes=sum(drawing.nodes for drawing in ([planned.whole] if planned.whole else planned.own.values())),
        clusters=len(summaries),
        whole_map=planned.whole is not None,
        own_maps=len(planned.own),
    )


@dataclass(frozen=True, slots=True)
class _Planned:
    """What is drawn: each cluster's own page, and the map of all where one page can show them."""

    own: Mapping[str, Drawing]
    whole: Drawing | None

    @property
    def drawings(self) -> list[Drawing]:
        """All of them, in the order of the pages."""
        return [*([self.whole] if self.whole else []), *self.own.values()]


def _planned(db: duckdb.DuckDBPyConnection, summaries: Sequence[Summary], own_pages: int, most_nodes: int) -> _Planned:
    everything = sum(summary.size for summary in summaries) <= most_nodes
    own = summaries[:own_pages]
    read = {s.cluster_id: s.size for s in (summaries if everything else own)}
    pages = Pages(read_networks(db, read, most_members=most_nodes))
    whole = pages.drawing([s.cluster_id for s in summaries]) if everything and summaries else None
    if whole is not None and whole.nodes > most_nodes:
        whole = None
    return _Planned({s.cluster_id: pages.drawing([s.cluster_id], most_nodes=most_nodes) for s in own}, whole)


def _pages(
    common: Common,
    planned: _Planned,
    db: duckdb.DuckDBPyConnection,
    close: Callable[[], None],
    report: Callable[[str], None],
) -> Generator[tuple[str, bytes], None, None]:
    """Make the pages one after the other, so that few are in memory: path in the folder, and bytes.

    ``close`` closes the case; it is called as soon as all is read, so that nobody waits for pages to be drawn.
    """
    worth_help = sum(drawing.nodes for drawing in planned.drawings) >= _WORTH_HELP
    processes = spare_cores() if worth_help else 0

    def tasks() -> Iterator[Task]:
        index = IndexTask(planned.whole is not None, tuple(_notes(common.summaries, planned)))
        if processes:
            yield index  # rendered while this process goes on reading
        report("Reading the records behind the links")
        records = read_records(db, planned.drawings)
        close()
        if not processes:
            yield index
        for drawing in planned.drawings:
            yield MapTask(drawing, records.behind(drawing), own=drawing is not planned.whole)

    with closing(drawn(common, tasks(), processes)) as pages:
        yield "index.html", next(pages)
        if planned.whole is not None:
            report("Drawing the map of all networks")
            yield "map.html", next(pages)
        for count, cluster_id in enumerate(planned.own, 1):
            if count % _TOLD == 1:
                report(f"Drawing the networks' own maps: {count:,} of {len(planned.own):,}")
            yield f"{CLUSTERS}{cluster_id}.html", next(pages)


def _notes(summaries: Sequence[Summary], planned: _Planned) -> Iterator[str]:
    if summaries and planned.whole is None:
        yield (
            "There is no map of all networks together: they are more accounts and shared values than one page can show."
        )
    without = len(summaries) - len(planned.own)
    if without:
        yield (
            f"The {len(planned.own):,} largest networks have their own maps; {counted(without, 'smaller one')} "
            "can be read here with their accounts. All members are in memberships.csv of: "
            "clew export CASE --to csv --out DIR"
        )
    if any(len(summary.members) < summary.size for summary in summaries):
        yield f"Search goes through the {HIGHEST_RANKS} accounts of each network that rank highest."
    cut = [drawing for drawing in planned.own.values() if drawing.members_left_out]
    if cut:
        yield (
            f"{counted(len(cut), 'network is', 'networks are')} too large for one page: such a map shows the "
            "accounts that rank highest and says how many it does not show."
        )
