"""``clew load`` of folders, archives and workbooks, as a user gives it."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest

import clew as facade
from clew.loading import Gathered, Loaded
from graph.errors import ParameterRefused
from tests.loaders.workbook_bytes import Sheet, table, workbook

Clew = Any
TIKTOK = ("--platform", "tiktok")


@pytest.fixture
def folder(files: Path) -> Path:
    """Return a folder with two good files, one of them deeper, and much that is none."""
    given = files / "given"
    (given / "deeper" / "photos").mkdir(parents=True)
    shutil.copy(files / "accounts.csv", given / "b.csv")
    shutil.copy(files / "posts.csv", given / "deeper" / "a.csv")
    (given / "notes.txt").write_text("Dear diary,\ntoday nothing happened.\n")
    (given / "empty.csv").write_text("")
    for n in range(3):
        (given / "deeper" / "photos" / f"{n}.jpg").write_bytes(b"\xff\xd8\xff")
    (given / ".DS_Store").write_bytes(b"\0")
    return given


def zipped(folder: Path, path: Path) -> Path:
    """Pack a folder as a user would, with names from inside it."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in sorted(folder.rglob("*")):
            archive.write(each, each.relative_to(folder).as_posix())
    return path


def sources(clew: Clew, case: Path) -> list[tuple[str, int]]:
    return [(load["name"], load["new"]) for load in clew("status", case, "--json").json["sources"]]


def test_a_folder_is_taken_file_by_file_and_the_rest_is_told(clew: Clew, folder: Path, tmp_path: Path) -> None:
    case = tmp_path / "x.duckdb"
    said = clew("load", case, folder, *TIKTOK)
    assert said.code == 0
    assert sources(clew, case) == [("given/b.csv", 5), ("given/deeper/a.csv", 2)]
    told = said.err.splitlines()
    at = told.index(f"{folder}: taken 2 files; not taken 2 files:")
    assert told[at + 1 :] == [
        "  given/empty.csv: is empty",
        "  given/notes.txt: is of no format that is known here",
        "  3 files of pictures, sound and the like: not looked into",
        "  1 hidden: not looked into",
    ]


def test_an_archive_is_taken_as_its_folder_is_and_knows_the_same_files_again(
    clew: Clew, folder: Path, tmp_path: Path
) -> None:
    case = tmp_path / "x.duckdb"
    archive = zipped(folder, tmp_path / "a.zip")
    clew("load", case, archive, *TIKTOK)
    assert sources(clew, case) == [("a.zip/b.csv", 5), ("a.zip/deeper/a.csv", 2)]
    digest = hashlib.sha256((folder / "b.csv").read_bytes()).hexdigest()
    assert clew("status", case, "--json").json["sources"][0]["sha256"] == digest
    said = clew("load", case, folder, *TIKTOK)
    assert "given/b.csv (csv): 5 rows read = 0 new + 5 known + 0 rejected" in said.err
    with facade.open(case).reading() as db:
        assert db.execute("SELECT count(*) FROM source").fetchall() == [(2,)]


def test_files_folders_and_archives_can_be_named_together(
    clew: Clew, files: Path, folder: Path, tmp_path: Path
) -> None:
    archive = zipped(folder, tmp_path / "a.zip")
    said = clew("load", tmp_path / "x.duckdb", files / "accounts.csv", folder, archive, *TIKTOK, "--json")
    kinds = [("added" if "load_id" in each else "gathered") for each in said.json]
    assert kinds == ["added", "added", "added", "gathered", "added", "added", "gathered"]
    assert said.json[3]["not_taken"][0] == {"source": "given/empty.csv", "reason": "is empty"}
    assert {name: said.json[3][name] for name in ("taken", "media", "hidden")} == {"taken": 2, "media": 3, "hidden": 1}


def test_a_folder_of_which_nothing_is_taken_ends_with_1_and_makes_no_case(clew: Clew, tmp_path: Path) -> None:
    (tmp_path / "given").mkdir()
    (tmp_path / "given" / "notes.txt").write_text("Dear diary")
    said = clew("load", tmp_path / "x.duckdb", tmp_path / "given")
    assert said.code == 1
    assert "given/notes.txt: is of no format" in said.err
    assert said.err.splitlines()[-1].startswith("clew: nothing was taken")
    assert not (tmp_path / "x.duckdb").exists()


def test_what_makes_no_sense_of_any_file_is_said_once(clew: Clew, folder: Path, tmp_path: Path) -> None:
    for option in (("--region", "Britain"), ("--timezone", "Mars"), ("--as", "excel"), ("--platform", "a:b")):
        said = clew("load", tmp_path / "x.duckdb", folder, *option)
        assert said.code == 1
        assert said.err.count("\n") == 1


def test_an_option_that_does_not_fit_one_file_costs_that_file(clew: Clew, folder: Path, tmp_path: Path) -> None:
    shutil.copy(Path(__file__).parents[1] / "fixtures" / "loaders" / "x.jsonl", folder / "x.jsonl")
    said = clew("load", tmp_path / "x.duckdb", folder, *TIKTOK)
    assert said.code == 0
    assert "given/x.jsonl: is read as x-jsonl, whose ids are all of x, not of tiktok" in said.err


def test_the_case_may_lie_in_the_folder(clew: Clew, folder: Path) -> None:
    for _ in range(2):
        said = clew("load", folder / "channel.duckdb", folder, *TIKTOK)
        assert said.code == 0
        assert "channel.duckdb" not in said.err
        assert "taken 2 files" in said.err


def test_an_archive_in_an_archive_and_a_tar_are_refused_with_a_word(clew: Clew, folder: Path, tmp_path: Path) -> None:
    shutil.copy(zipped(folder, tmp_path / "inner.zip"), folder / "inner.zip")
    shutil.make_archive(str(folder / "packed"), "gztar", folder / "deeper")
    outer = zipped(folder, tmp_path / "outer.zip")
    told = clew("load", tmp_path / "x.duckdb", outer, *TIKTOK).err
    assert "outer.zip/inner.zip: is a ZIP archive where one file is wanted: unpack it first" in told
    assert "outer.zip/packed.tar.gz: is a tar archive: unpack it, and load the folder" in told


def test_ten_files_are_named_for_a_reason_and_more_are_counted(clew: Clew, tmp_path: Path) -> None:
    for n in range(25):
        (tmp_path / f"{n:02}.txt").write_text("words")
    said = clew("load", tmp_path / "x.duckdb", tmp_path)
    assert said.err.count("is of no format") == 11
    assert "  15 files more: is of no format that is known here" in said.err
    as_json = clew("load", tmp_path / "x.duckdb", tmp_path, "--json")
    assert len(as_json.json[0]["not_taken"]) == 25


def test_a_hostile_member_s_name_is_shown_and_not_obeyed(clew: Clew, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("\x1b[2J\nclew: all is well.csv", "account_id,bio\n1,words\n")
        archive.writestr("../../evil\u202e.txt", "words")
    said = clew("load", tmp_path / "x.duckdb", tmp_path / "a.zip", *TIKTOK)
    assert said.code == 0
    assert "\x1b" not in said.err
    assert "\u202e" not in said.err
    assert not any(line.startswith("clew:") for line in said.err.splitlines())


def test_a_workbook_is_loaded_in_a_folder_in_an_archive_and_by_itself(clew: Clew, tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.mkdir()
    (given / "book.xlsx").write_bytes(table(["account_id", "bio"], ["0012", "words"]))
    archive = zipped(given, tmp_path / "a.zip")
    case = tmp_path / "x.duckdb"
    for path, name in ((given / "book.xlsx", "book.xlsx"), (given, "given/book.xlsx"), (archive, "a.zip/book.xlsx")):
        assert f"{name} (csv): 1 row" in clew("load", case, path, *TIKTOK).err.replace("1 rows", "1 row")
    assert facade.open(case).table("accounts").account_id.tolist() == ["tiktok:0012"]


def test_a_sheet_can_be_named(clew: Clew, tmp_path: Path) -> None:
    rows = {1: ["account_id", "bio"], 2: ["1", "words"]}
    (tmp_path / "b.xlsx").write_bytes(workbook(Sheet("First", rows), Sheet("Second", {**rows, 3: ["2", "words"]})))
    said = clew("load", tmp_path / "x.duckdb", tmp_path / "b.xlsx", *TIKTOK, "--sheet", "Second")
    assert "2 rows read" in said.err
    assert "note: only the sheet 'Second' was read; 'First' (2 rows) holds rows too" in said.err
    said = clew("load", tmp_path / "x.duckdb", tmp_path / "b.xlsx", "--sheet", "Third")
    assert said.code == 1
    assert "'First', 'Second'" in said.err


def test_in_python_the_same_is_returned(folder: Path, tmp_path: Path) -> None:
    case = facade.open(tmp_path / "x.duckdb")
    heard: list[Loaded | Gathered] = []
    done = case.load_all(folder, platform="tiktok", report=heard.append)
    assert heard == done
    first, second, gathered = done
    assert isinstance(first, Loaded)
    assert isinstance(second, Loaded)
    assert isinstance(gathered, Gathered)
    assert (first.added.source, first.added.new, gathered.taken) == ("given/b.csv", 5, 2)
    with pytest.raises(ParameterRefused, match="no format"):
        case.load_all(folder, format="excel")


def test_ctrl_c_while_members_are_read_leaves_no_file_and_no_half_source(tmp_path: Path) -> None:
    rows = b"account_id,bio\n" + b"".join(b"%d,%b\n" % (n, b"words " * 30) for n in range(60_000))
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for n in range(6):
            archive.writestr(f"{n}.csv", rows.replace(b"words", b"words%d" % n))
    place = tmp_path / "unpacked"
    place.mkdir()
    command = [sys.executable, "-m", "clew", "load", tmp_path / "x.duckdb", tmp_path / "a.zip", "--platform", "x"]
    environment = os.environ | {"TMPDIR": str(place)}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        process.stderr.readline()  # the first member is in the case
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
        assert "Traceback" not in process.stderr.read()
    assert list(place.iterdir()) == []
    assert facade.open(tmp_path / "x.duckdb").status()["accounts"] % 60_000 == 0


def test_a_killed_load_leaves_a_folder_that_the_next_one_removes(tmp_path: Path) -> None:
    place = tmp_path / "unpacked"
    place.mkdir()
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", b"account_id,bio\n" + b"1,words\n" * 2_000_000)
        archive.writestr("b.csv", b"account_id,bio\n" + b"2,words\n" * 2_000_000)
    command = [sys.executable, "-m", "clew", "load", tmp_path / "x.duckdb", tmp_path / "a.zip", "--platform", "x"]
    environment = os.environ | {"TMPDIR": str(place)}
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
        until = time.monotonic() + 60
        while not list(place.glob(".source*/*")) and time.monotonic() < until:
            time.sleep(0.01)
        process.kill()
    assert list(place.iterdir())
    (tmp_path / "c.zip").write_bytes(b"")
    with zipfile.ZipFile(tmp_path / "c.zip", "w") as archive:
        archive.writestr("c.csv", "account_id,bio\n3,words\n")
    command[-3] = tmp_path / "c.zip"
    assert subprocess.run(command, env=environment, capture_output=True, check=False).returncode == 0
    assert list(place.iterdir()) == []


def test_nothing_of_these_tests_is_left_in_the_folder_for_temporary_files() -> None:
    assert not list(Path(tempfile.gettempdir()).glob(f".source.clew-{os.getpid()}-*"))
