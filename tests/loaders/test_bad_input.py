"""Whatever is given to ``clew load``: rows that are counted, or one clear line; nothing hangs or vanishes."""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

import clew as facade
from graph.case_file import CaseFile
from graph.errors import ParameterRefused, SourceUnreadable
from loaders.formats import open_source
from tests.fixtures.bad.binaries import BINARIES
from tests.fixtures.bad.case_of_bad import Bad
from tests.fixtures.bad.documents import DOCUMENTS
from tests.fixtures.bad.json_lines import JSON_LINES
from tests.fixtures.bad.page import PAGE, page
from tests.fixtures.bad.tables import TABLES, X
from tests.fixtures.bad.texts import TEXTS

Clew = Callable[..., Any]
ALL = (*TABLES, *JSON_LINES, *DOCUMENTS, *TEXTS, *BINARIES)
#: What the bomb, and the line that is nothing but empty lists, may take: as much as any load (graph/staging.py).
MEMORY_MIB = 500
#: Files whose ids, times, texts or reposts are odd and were taken.
_TAKEN = (
    "ids.",
    "times.",
    "reposts.",
    "dates-",
    "forwards.",
    "control-",
    "without-ids.",
    "kinds.json",
    "chat-with",
    "chat-of-odd",
)


def _of(folder: Path) -> dict[str, str]:
    """Return every file below a folder with its digest."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink()
    }


@pytest.fixture(scope="session")
def empty_case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make, once, a case without anything in it; it is only copied."""
    path = tmp_path_factory.mktemp("empty") / "channel.duckdb"
    with CaseFile(path).opened(write=True, create=True):
        return path


def _held(case: Path) -> tuple[int, list[str]]:
    """Return how many loads a case has, and the reasons of its rejections."""
    with duckdb.connect(case, read_only=True) as db:
        loads = db.execute("SELECT count(*) FROM load").fetchall()[0][0]
        return loads, [row[0] for row in db.execute("SELECT reason FROM rejection ORDER BY line, reason").fetchall()]


@pytest.mark.parametrize("bad", ALL, ids=lambda bad: bad.name)
def test_a_bad_file_is_counted_row_by_row_or_refused_in_one_clear_line(
    bad: Bad, clew: Clew, empty_case: Path, tmp_path: Path
) -> None:
    path, case = bad.write(tmp_path), Path(shutil.copy(empty_case, tmp_path / "channel.duckdb"))
    before = _of(tmp_path)
    said = clew("load", case, path, *bad.options, *(X if path.suffix == ".csv" and not bad.options else ()))
    assert "Traceback" not in said.err
    after = _of(tmp_path)
    if bad.counts is None:
        assert said.code == 1
        assert said.err.startswith(f"clew: {path}")
        assert all(piece in said.err for piece in bad.says)
        assert said.err.count("\n") == 1 or "of no format that is known here" in said.err.splitlines()[0]
        assert _held(case) == (0, [])
        assert after.keys() == before.keys()
        return
    assert said.code == 0, said.err
    read, new, known, rejected = bad.counts
    assert read == new + known + rejected
    told = f"{read:,} rows read = {new:,} new + {known:,} known + {rejected:,} rejected"
    assert told.replace("1 rows", "1 row") in said.err.replace("1 rows", "1 row")
    assert all(note in said.err for note in bad.notes)
    loads, reasons = _held(case)
    assert loads == 1
    assert len(reasons) == rejected == len(bad.says)
    assert all(piece in reason for piece, reason in zip(bad.says, reasons, strict=True)), reasons
    assert after.keys() == before.keys()
    assert after[bad.name] == before[bad.name]


def test_the_page_of_bad_input_lists_every_file_with_its_counts() -> None:
    assert PAGE.read_text("utf-8") == page(), "python -m tests.fixtures.bad.page writes it anew"


def test_what_was_taken_of_bad_files_goes_the_whole_way(clew: Clew, tmp_path: Path) -> None:
    """Ids, times and texts that were taken must not break what reads them later."""
    case = tmp_path / "channel.duckdb"
    taken = [bad.write(tmp_path) for bad in ALL if bad.counts and bad.name.startswith(_TAKEN)]
    assert clew("load", case, *taken).code == 0
    for words in (("run",), ("export", "--out", tmp_path / "tables"), ("map", "--out", tmp_path / "maps"), ("status",)):
        said = clew(words[0], case, *words[1:])
        assert (said.code, "Traceback" in said.err) == (0, False), said.err
    again = clew("load", case, *taken)
    assert again.err.count(" 0 new +") == len(taken)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("pipe.csv", "no ordinary file"),
        ("socket.csv", "no ordinary file"),
        ("/dev/zero", "no ordinary file"),
        ("loop.csv", "symbolic links"),
        ("file/inside.csv", "Not a directory"),
        ("dangling.csv", "No such file"),
        ("nothing.csv", "No such file"),
        ("n" * 300, "too long"),
        ("/proc/self/mem", "Input/output error"),
    ],
)
def test_what_can_not_be_read_is_one_line_and_no_case_is_made(name: str, told: str, clew: Clew, tmp_path: Path) -> None:
    _odd_files(tmp_path)
    said = clew("load", tmp_path / "channel.duckdb", tmp_path / name)
    assert said.code == 1
    assert said.err.startswith("clew: ")
    assert said.err.count("\n") == 1
    assert told in said.err
    assert not (tmp_path / "channel.duckdb").exists()


@pytest.mark.parametrize("name", ["pipe.csv", "socket.csv", "/dev/zero", "loop.csv", "folder.csv", "file/x", "n" * 300])
@pytest.mark.parametrize("command", ["load", "status", "run"])
def test_what_can_be_no_case_is_one_line(name: str, command: str, clew: Clew, tmp_path: Path) -> None:
    _odd_files(tmp_path)
    (tmp_path / "good.csv").write_text("account_id,bio\n1,words\n")
    said = clew(command, tmp_path / name, *([tmp_path / "good.csv"] if command == "load" else []))
    assert said.code == 1
    assert said.err.splitlines()[-1].startswith("clew: ")
    assert len(said.err) < 500


def _odd_files(folder: Path) -> None:
    os.mkfifo(folder / "pipe.csv")
    (folder / "loop.csv").symlink_to(folder / "loop.csv")
    (folder / "folder.csv").mkdir()
    (folder / "file").write_text("x")
    (folder / "dangling.csv").symlink_to(folder / "nowhere")
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(folder / "socket.csv"))


@pytest.mark.parametrize("name", ["pipe.csv", "/dev/zero", "folder.csv", "nothing", "bytes"])
def test_lists_that_are_no_files_are_refused_without_a_hang(name: str, clew: Clew, tmp_path: Path, case: Path) -> None:
    _odd_files(tmp_path)
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\xff")
    for words in (("links", case, "--help-lines"), ("judge", case, "--file")):
        said = clew(*words, tmp_path / name)
        assert said.code == 1
        assert "Traceback" not in said.err


def _long_table(path: Path) -> bytes:
    content = b"account_id,bio\n" + b"".join(b"%d,%b\n" % (n, b"words " * 40) for n in range(8_000))
    path.write_bytes(content)
    return content


def test_a_file_that_is_written_to_while_it_is_read_leaves_no_row_behind(tmp_path: Path) -> None:
    source = tmp_path / "growing.csv"
    whole = _long_table(source)
    case = facade.open(tmp_path / "channel.duckdb")

    def append(_: int, __: int) -> None:
        with source.open("ab") as file:
            file.write(b"9999,more\n")

    def shorten(_: int, __: int) -> None:
        os.truncate(source, len(whole) // 2)

    for meddle in (append, shorten):
        source.write_bytes(whole)
        with pytest.raises(SourceUnreadable, match="changed while it was being read"):
            case.load(source, platform="x", progress=meddle)
        assert case.status()["accounts"] == 0
    source.write_bytes(whole)
    assert case.load(source, platform="x").added.new == 8_000


def test_a_file_that_vanishes_is_read_to_its_end_or_refused(tmp_path: Path) -> None:
    source = tmp_path / "gone.csv"
    whole = _long_table(source)
    opened = open_source(source, platform="x")
    source.unlink()
    with pytest.raises(SourceUnreadable, match="No such file"):
        list(opened.rows)
    source.write_bytes(whole)
    loaded = facade.open(tmp_path / "channel.duckdb").load(
        source, platform="x", progress=lambda _, __: source.unlink(missing_ok=True)
    )
    assert loaded.added.new == 8_000


@pytest.mark.parametrize(
    ("command", "option", "value"),
    [
        ("links", "--window", "9000000000001"),
        ("links", "--window", str(2**63)),
        ("links", "--min-participation", str(2**70)),
        ("links", "--max-holders", str(2**63)),
        ("clusters", "--seed", "-1"),
        ("clusters", "--seed", str(2**64)),
        ("clusters", "--resolution", "nan"),
        ("status", "--run", str(2**70)),
        ("map", "--run", "-1"),
    ],
)
def test_a_number_that_makes_no_sense_is_refused_with_what_would(
    command: str, option: str, value: str, clew: Clew, case: Path
) -> None:
    said = clew(command, case, option, value)
    assert said.code == 1
    assert said.err.splitlines()[-1].startswith("clew: ")
    assert "Traceback" not in said.err


def test_the_widest_window_reaches_over_all_times_that_there_are(case: Path) -> None:
    opened = facade.open(case)
    century = 100 * 366 * 86_400
    assert opened.links(window=century).parameters["window"] == century
    with pytest.raises(ParameterRefused, match="what makes sense is 1 to"):
        opened.links(window=century + 1)


def test_the_name_of_a_file_is_one_line_in_what_is_told(clew: Clew, tmp_path: Path) -> None:
    source = tmp_path / "evil\x1b[2J\nclew: 0 rejected [red]x.csv"
    source.write_text("account_id,bio\n1,words\n")
    said = clew("load", tmp_path / "channel.duckdb", source, *X)
    assert said.code == 0
    assert "\x1b" not in said.err
    assert not any(line.startswith("clew: 0 rejected") for line in said.err.splitlines())


_LOAD = """
import sys, clew
from graph.errors import ClewError
try:
    added = clew.open(sys.argv[1]).load(sys.argv[2], platform=sys.argv[3] or None).added
    print(added.read, added.new, added.known, added.rejected)
except ClewError as error:
    print(type(error).__name__)
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


@pytest.mark.parametrize(
    ("name", "platform", "result"),
    [
        ("bomb.csv.gz", "x", "SourceUnreadable"),
        ("line-of-empty-lists.jsonl.gz", "", "1 0 0 1"),
        ("many-chats.json.gz", "", "SourceUnreadable"),
    ],
)
def test_a_small_file_that_unpacks_to_much_takes_no_more_memory_than_any_load_and_no_disk(
    name: str, platform: str, result: str, tmp_path: Path
) -> None:
    path = next(bad for bad in ALL if bad.name == name).write(tmp_path)
    assert path.stat().st_size < 2_000_000
    case = tmp_path / "channel.duckdb"
    ran = subprocess.run(
        [sys.executable, "-c", _LOAD, case, path, platform], capture_output=True, text=True, timeout=120, check=True
    )
    told, peak_kib = ran.stdout.splitlines()
    assert told == result
    assert int(peak_kib) < MEMORY_MIB * 1024
    assert sum(each.stat().st_size for each in tmp_path.iterdir() if each != path) < 5_000_000
