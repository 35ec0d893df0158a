"""Pages drawn by side processes are those drawn here, and nothing is left of a run that fails."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import psutil
import pytest

from graph.case import Case
from graph.errors import OutputUnwritable
from tests.visualisations.conftest import Written
from visualisations import drawn_pages, folder, maps
from visualisations.maps import MapsWritten, write_maps

Force = Callable[[int], None]


@pytest.fixture
def drawn_by(monkeypatch: pytest.MonkeyPatch) -> Force:
    """Have pages drawn by so many side processes however few there are; by none where it is 0."""

    def force(processes: int) -> None:
        monkeypatch.setattr(maps, "_WORTH_HELP", 0)
        monkeypatch.setattr(maps, "spare_cores", lambda: processes)

    return force


def files(out: Path) -> dict[str, bytes]:
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*") if path.is_file()}


def side_processes() -> list[int]:
    """Return those that run; a browser's driver, which other tests started, is none of them."""
    running = psutil.Process().children()
    return [child.pid for child in running if any("side_processes" in word for word in child.cmdline())]


def told(case: Case, out: Path, **given: Any) -> tuple[MapsWritten, list[str]]:
    said: list[str] = []
    return write_maps(case, out, report=said.append, **given), said


@pytest.mark.parametrize("given", [{}, {"own_pages": 5, "most_nodes": 60}], ids=["all", "cut"])
def test_side_processes_make_the_same_pages_in_the_same_order(
    written: Written, tmp_path: Path, drawn_by: Force, given: dict[str, int]
) -> None:
    titles = {"title": "Corridor <b>title</b>", "marking": "Official <i>test</i>"}
    drawn_by(0)
    here, said_here = told(written.case, tmp_path / "here", **titles, **given)
    drawn_by(2)
    aside, said_aside = told(written.case, tmp_path / "aside", **titles, **given)
    assert files(tmp_path / "aside") == files(tmp_path / "here")
    assert len(here.paths) > 5
    assert [p.relative_to(tmp_path / "aside") for p in aside.paths] == [
        p.relative_to(tmp_path / "here") for p in here.paths
    ]
    assert (aside.nodes, aside.clusters, aside.whole_map) == (here.nodes, here.clusters, here.whole_map)
    assert here.whole_map == (not given)
    assert said_aside == said_here
    assert side_processes() == []


def test_few_pages_are_drawn_here_for_side_processes_take_a_second_to_start(
    written: Written, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(drawn_pages, "done_aside", refused)
    assert write_maps(written.case, tmp_path / "out").own_maps


@pytest.mark.parametrize("processes", [0, 2])
def test_the_case_is_free_for_others_while_pages_are_drawn(
    written: Written, tmp_path: Path, drawn_by: Force, processes: int
) -> None:
    drawn_by(processes)
    free: list[str] = []

    def write_meanwhile(said: str) -> None:
        if said.startswith("Drawing"):
            with written.case.file.opened(write=True):  # locked while this process reads it
                free.append(said)

    write_maps(written.case, tmp_path / "out", report=write_meanwhile)
    assert len(free) == 2


def broken(drawing: maps.Drawing, *given: Any, **named: Any) -> drawn_pages.MapTask:
    """Make tasks of which every cluster's own can't be drawn."""
    if named["own"]:
        drawing.clusters.append("c-nowhere")
    return drawn_pages.MapTask(drawing, *given, **named)


@pytest.mark.parametrize("processes", [0, 2])
def test_a_page_that_fails_leaves_neither_pages_nor_processes(
    written: Written,
    tmp_path: Path,
    drawn_by: Force,
    monkeypatch: pytest.MonkeyPatch,
    processes: int,
) -> None:
    drawn_by(processes)
    monkeypatch.setattr(maps, "MapTask", broken)
    with pytest.raises(RuntimeError if processes else KeyError, match="c-nowhere"):
        write_maps(written.case, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []
    assert side_processes() == []


def test_an_interrupt_in_the_middle_leaves_neither_pages_nor_processes(
    written: Written, tmp_path: Path, drawn_by: Force
) -> None:
    drawn_by(2)
    running: list[int] = []

    def interrupt(said: str) -> None:
        if said.startswith("Drawing the networks"):
            running.extend(side_processes())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_maps(written.case, tmp_path / "out", report=interrupt)
    assert len(running) == 2
    assert list(tmp_path.iterdir()) == []
    assert side_processes() == []


def test_a_full_disk_in_the_middle_leaves_neither_pages_nor_processes(
    written: Written, tmp_path: Path, drawn_by: Force, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn_by(2)
    running: list[int] = []

    def full(file: IO[Any]) -> None:
        if Path(file.name).parent.name == "clusters":
            running.extend(side_processes())
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(folder, "settle", full)
    with pytest.raises(OutputUnwritable, match="No space left"):
        write_maps(written.case, tmp_path / "out")
    assert len(running) == 2
    assert list(tmp_path.iterdir()) == []
    assert side_processes() == []


def test_what_fails_in_making_a_page_is_not_told_as_the_folder_s_fault(
    written: Written, tmp_path: Path, drawn_by: Force, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unstartable(*_: object) -> None:
        raise OSError(errno.EAGAIN, "no more processes")

    drawn_by(2)
    monkeypatch.setattr(drawn_pages, "done_aside", unstartable)
    with pytest.raises(OSError, match="no more processes"):
        write_maps(written.case, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []
