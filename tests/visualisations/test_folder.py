"""Writing pages: whole or not at all, and nothing touched that is not ours."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.errors import OutputUnwritable
from visualisations.folder import MANIFEST, write_pages

OLD = [("index.html", b"old"), ("map.html", b"old"), ("clusters/c-aa.html", b"old"), ("clusters/c-bb.html", b"old")]
NEW = [("index.html", b"new"), ("clusters/c-bb.html", b"new")]


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != MANIFEST
    }


def test_pages_of_an_earlier_run_are_replaced_or_removed_and_other_files_left_alone(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "maps"
    write_pages(out, OLD)
    (out / "notes.txt").write_text("mine", encoding="utf-8")
    (out / "clusters" / "c-cc.html").write_text("mine", encoding="utf-8")
    paths = write_pages(out, NEW)
    assert paths == [out / "index.html", out / "clusters" / "c-bb.html"]
    assert files(out) == dict(NEW) | {"notes.txt": b"mine", "clusters/c-cc.html": b"mine"}


def test_an_empty_folder_of_clusters_does_not_stay_behind(tmp_path: Path) -> None:
    write_pages(tmp_path / "maps", OLD)
    write_pages(tmp_path / "maps", [("index.html", b"nothing")])
    assert files(tmp_path / "maps") == {"index.html": b"nothing"}
    assert not (tmp_path / "maps" / "clusters").exists()


def test_a_file_that_clew_did_not_write_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("my own site", encoding="utf-8")
    with pytest.raises(OutputUnwritable, match=r"index\.html was not written by clew map"):
        write_pages(tmp_path, NEW)
    assert files(tmp_path) == {"index.html": b"my own site"}


def test_a_run_that_dies_half_way_leaves_the_old_pages_whole(tmp_path: Path) -> None:
    out = tmp_path / "maps"
    write_pages(out, OLD)

    def dying() -> Iterator[tuple[str, bytes]]:
        yield "index.html", b"new"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_pages(out, dying())
    assert files(out) == dict(OLD)
    assert [path.name for path in tmp_path.iterdir()] == ["maps"]


@pytest.mark.parametrize("listed", ["../precious.txt", "/etc/passwd", "clusters/../../precious.txt", "notes.txt", 7])
def test_a_list_that_was_tampered_with_removes_nothing_else(tmp_path: Path, listed: object) -> None:
    out = tmp_path / "maps"
    write_pages(out, OLD)
    precious = [tmp_path / "precious.txt", out / "notes.txt"]
    for path in precious:
        path.write_text("mine", encoding="utf-8")
    (out / MANIFEST).write_text(json.dumps({"pages": [listed, "map.html"]}), encoding="utf-8")
    with pytest.raises(OutputUnwritable):  # index.html is not listed any more, so it may be somebody's own
        write_pages(out, NEW)
    assert all(path.read_text(encoding="utf-8") == "mine" for path in precious)


def test_a_broken_list_is_no_list(tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_text("{", encoding="utf-8")
    write_pages(tmp_path, NEW)
    assert files(tmp_path) == dict(NEW)


@pytest.mark.parametrize("name", ["../index.html", "clusters/<b>.html", "clusters/c-aa/../x.html", "other.html"])
def test_a_page_s_name_never_comes_from_a_text(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="no name for a page"):
        write_pages(tmp_path / "maps", [(name, b"text")])


def test_a_folder_that_can_t_be_made_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "maps").write_text("a file", encoding="utf-8")
    with pytest.raises(OutputUnwritable, match="choose another folder"):
        write_pages(tmp_path / "maps", NEW)
    assert (tmp_path / "maps").read_text(encoding="utf-8") == "a file"
