"""Pages as bytes, one task a page: drawn in this process, or by side processes where there is much to draw.

A side process is told once what all pages have in common, and with each task what one page shows and no more. What it
gives back is byte for byte what this process would have made.
"""

from __future__ import annotations

import pickle
from collections.abc import Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, TypeAlias

from graph.side_processes import Work, done_aside
from visualisations import index_page
from visualisations.cluster_map import draw
from visualisations.evidence import Records
from visualisations.map_page import Place
from visualisations.networks import Drawing
from visualisations.provenance import Provenance
from visualisations.summaries import Summary

#: The folder of clusters' own pages.
CLUSTERS = "clusters/"


@dataclass(frozen=True, kw_only=True)
class Common:
    """What all pages have in common; ``own`` are the clusters that have a page of their own."""

    summaries: Sequence[Summary]
    provenance: Provenance
    own: frozenset[str]
    title: str | None
    marking: str | None

    @cached_property
    def summary_of(self) -> dict[str, Summary]:
        """Each cluster's summary."""
        return {summary.cluster_id: summary for summary in self.summaries}


class IndexTask(NamedTuple):
    """The index: whether there is a map of all networks to lead to, and what is said of what was not drawn."""

    whole_map: bool
    notes: tuple[str, ...]


class MapTask(NamedTuple):
    """A map with the records behind it and no others; ``own`` is whether it is a cluster's own page."""

    drawing: Drawing
    records: Records
    own: bool


Task: TypeAlias = IndexTask | MapTask


def drawn(common: Common, tasks: Iterable[Task], processes: int) -> Generator[bytes, None, None]:
    """Yield the pages in the order of the tasks, made by so many side processes; by this one where that is 0.

    The side processes are ended when the generator is closed, or an error or Ctrl-C goes through it.
    """
    if not processes:
        for task in tasks:
            yield _page(common, task)
        return
    setup = pickle.dumps(common, pickle.HIGHEST_PROTOCOL)
    told = (pickle.dumps(task, pickle.HIGHEST_PROTOCOL) for task in tasks)
    with closing(done_aside("visualisations.drawn_pages:drawer", setup, told, processes)) as pages:
        yield from pages


def drawer(setup: bytes) -> Work:
    """Return what draws pages in a side process; ``setup`` is what they have in common."""
    common: Common = pickle.loads(setup)  # noqa: S301 - from the process that started this one
    return lambda task: _page(common, pickle.loads(task))  # noqa: S301 - as above


def _page(common: Common, task: Task) -> bytes:
    page = _index(common, task) if isinstance(task, IndexTask) else _map(common, task)
    return page.encode()


def _index(common: Common, task: IndexTask) -> str:
    return index_page.render(
        common.summaries,
        common.provenance,
        title=common.title,
        marking=common.marking,
        map_page="map.html" if task.whole_map else None,
        page_of=lambda cluster: _path(common, cluster, CLUSTERS),
        notes=task.notes,
    )


def _map(common: Common, task: MapTask) -> str:
    folder, up = ("", "../") if task.own else (CLUSTERS, "")
    return draw(
        task.drawing,
        task.records,
        common.summary_of,
        common.provenance,
        title=common.title,
        marking=common.marking,
        place=Place(index=f"{up}index.html", page_of=lambda cluster: _path(common, cluster, folder)),
    )


def _path(common: Common, cluster_id: str, folder: str) -> str | None:
    return f"{folder}{cluster_id}.html" if cluster_id in common.own else None
