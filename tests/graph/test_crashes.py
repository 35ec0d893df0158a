"""The log beside a case: cut short, flipped, filled with zeros, of another case. And disks and memories too small."""

from __future__ import annotations

import json
import random
import resource
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

import clew
from graph.case import Case
from graph.case_file import CaseFile
from graph.errors import CaseUnreadable, MemoryTooSmall, OutputUnwritable
from tests.clew.disturbed import CASE, case_state, files, opens

#: Does four things to a case and is killed before anything of it leaves the log. Says what each was, and how long the
#: log was then.
_LOGGED = """
    import json, os, sys
    import duckdb
    import clew
    from pathlib import Path
    from tests.clew.disturbed import case_state
    connect = duckdb.connect
    def without_end(*given, **named):
        connection = connect(*given, **named)
        connection.execute("PRAGMA disable_checkpoint_on_shutdown")
        return connection
    duckdb.connect = without_end
    path, folder = Path(sys.argv[1]), Path(sys.argv[2])
    case = clew.open(path)
    for name in ("tiktok_profiles.csv", "tiktok_posts.csv", "tiktok_shares.csv"):
        case.load(folder / name, platform="tiktok")
        print(json.dumps([path.with_name(path.name + ".wal").stat().st_size, case_state(path)]), flush=True)
    case.run()
    print(json.dumps([path.with_name(path.name + ".wal").stat().st_size, case_state(path)]), flush=True)
    os.kill(os.getpid(), 9)
"""


@dataclass(frozen=True)
class Killed:
    """What a killed process left: the case, its log, and after how many bytes of the log what had been acknowledged."""

    case: bytes
    log: bytes
    acknowledged: tuple[tuple[int, dict[str, Any]], ...]

    def put(self, folder: Path, log: bytes) -> Path:
        """Lay the case and a log into a folder."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        (folder / CASE).write_bytes(self.case)
        (folder / f"{CASE}.wal").write_bytes(log)
        return folder / CASE

    def after(self, size: int) -> dict[str, Any]:
        """Return what had been acknowledged when the log was that long."""
        return [state for length, state in self.acknowledged if length <= size][-1]


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    clew.write_sample(folder, accounts=400, seed=8)
    return folder


@pytest.fixture(scope="session")
def killed(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Killed:
    path = tmp_path_factory.mktemp("killed") / CASE
    command = [sys.executable, "-c", textwrap.dedent(_LOGGED), str(path), str(sample)]
    said = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False, cwd=Path(__file__).parents[2])
    assert said.returncode == -9
    acknowledged = [(length, state) for length, state in map(json.loads, said.stdout.splitlines())]
    assert len(acknowledged) == 4
    log = path.with_name(f"{CASE}.wal").read_bytes()
    assert len(log) == acknowledged[-1][0]
    nothing = acknowledged[0][1] | {"sources": []}
    return Killed(path.read_bytes(), log, ((0, nothing), *acknowledged))


def holds(case: Path, killed: Killed, size: int) -> bool:
    """Return whether a case holds what had been acknowledged within so many bytes of the log, and no more."""
    state, expected = json.loads(json.dumps(opens(case))), killed.after(size)
    return state["sources"] == [] if expected["sources"] == [] else state == expected


def test_an_intact_log_brings_back_all_that_was_acknowledged(killed: Killed, tmp_path: Path) -> None:
    case = killed.put(tmp_path / "here", killed.log)
    assert json.loads(json.dumps(case_state(case))) == killed.acknowledged[-1][1]


@pytest.mark.parametrize("cuts", [4, pytest.param(20, marks=pytest.mark.long)])
def test_logs_cut_short_anywhere_bring_back_what_was_acknowledged_before_the_cut(
    killed: Killed, tmp_path: Path, cuts: int
) -> None:
    chance = random.Random(cuts)
    for cut in (*(chance.randrange(len(killed.log)) for _ in range(cuts)), killed.acknowledged[2][0]):
        case = killed.put(tmp_path / "here", killed.log[:cut])
        assert holds(case, killed, cut), f"cut after {cut} of {len(killed.log)} bytes"


def test_after_a_cut_the_same_commands_end_the_same(killed: Killed, sample: Path, tmp_path: Path) -> None:
    case = killed.put(tmp_path / "here", killed.log[: killed.acknowledged[2][0] + 1_000])
    for name in ("tiktok_posts.csv", "tiktok_shares.csv"):
        clew.open(case).load(sample / name, platform="tiktok")
    clew.open(case).run()
    ended, expected = case_state(case), killed.acknowledged[-1][1]
    assert [ended[n] for n in ("content_hash", "derived_hash")] == [
        expected[n] for n in ("content_hash", "derived_hash")
    ]
    assert list(files(case.parent)) == [CASE]


def damaged(killed: Killed, number: int) -> Iterator[tuple[str, int, bytes]]:
    """Yield logs that are not as they were written: what was done, up to where it is good, the log."""
    chance = random.Random(7)
    for _ in range(number):
        at = chance.randrange(200, len(killed.log))
        flipped = bytearray(killed.log)
        flipped[at] ^= 1 << chance.randrange(8)
        yield f"a bit of byte {at} flipped", at, bytes(flipped)
    for _ in range(number):
        at = chance.randrange(200, len(killed.log))
        yield f"zeros from byte {at} on", at, killed.log[:at] + bytes(len(killed.log) - at)
    for at in (0, 2, 8, 20)[:number]:
        yield f"byte {at} of the head wrong", 0, killed.log[:at] + bytes([killed.log[at] ^ 0xFF]) + killed.log[at + 1 :]
    yield "no log at all", 0, chance.randbytes(5_000)


@pytest.mark.parametrize("number", [1, pytest.param(20, marks=pytest.mark.long)])
def test_a_damaged_log_is_said_once_and_kept_and_the_case_opens_with_what_came_before_the_damage(
    killed: Killed, tmp_path: Path, number: int
) -> None:
    for turn, (what, good, log) in enumerate(damaged(killed, number)):
        case = killed.put(tmp_path / "here", log)
        with (
            pytest.raises(CaseUnreadable, match="set aside") as refused,
            CaseFile(case).opened(write=turn % 2 == 0),
        ):
            raise AssertionError(what)
        assert "\n" not in str(refused.value), what
        assert holds(case, killed, good), what
        kept = list(case.parent.glob("*.damaged-*"))
        assert [each.read_bytes() for each in kept] == [log], what
        assert kept[0].name in str(refused.value), what


def test_a_log_of_another_case_is_set_aside(killed: Killed, sample: Path, tmp_path: Path) -> None:
    case = tmp_path / CASE
    clew.open(case).load(sample / "tiktok_profiles.csv", platform="tiktok")
    (tmp_path / f"{CASE}.wal").write_bytes(killed.log)
    with pytest.raises(CaseUnreadable, match="set aside"):
        case_state(case)
    assert [load["name"] for load in case_state(case)["sources"]] == ["tiktok_profiles.csv"]


def test_a_damaged_log_where_nothing_can_be_written_is_left_as_it_is(
    killed: Killed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = killed.log[:5_000] + bytes(len(killed.log) - 5_000)
    case = killed.put(tmp_path / "here", log)

    def refused(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("graph.case_log.os.truncate", refused)
    monkeypatch.setattr(Path, "replace", refused)
    with pytest.raises(CaseUnreadable, match="can't be set aside"):
        case_state(case)
    assert (tmp_path / "here" / f"{CASE}.wal").read_bytes() == log


def test_what_killed_processes_left_beside_a_case_goes_with_the_next_that_writes(case: Case, add: Any) -> None:
    add([])
    left = [
        case.path.with_name(f".{CASE}.clew-999999999-1-0a0b0c0d"),
        case.path.with_name(f"{CASE}.tmp") / "duckdb_temp_999999999_0_storage_DEFAULT-0.tmp",
    ]
    left[1].parent.mkdir()
    for each in left:
        each.write_text("left")
    mine = case.path.with_name(f"{CASE}.notes")
    mine.write_text("mine")
    add([], name="b.csv")
    assert sorted(path.name for path in case.path.parent.iterdir()) == [CASE, mine.name]


def test_a_case_has_its_tables_from_the_moment_that_it_is_there(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed_while_made(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("graph.case_file.make_or_migrate", killed_while_made)
    with pytest.raises(KeyboardInterrupt), case.file.opened(write=True, create=True):
        raise AssertionError
    assert list(case.path.parent.iterdir()) == []


def test_a_case_that_two_make_at_once_is_made_once(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    from graph import case_file  # noqa: PLC0415

    make = case_file.make_or_migrate

    def slower(connection: duckdb.DuckDBPyConnection, path: Path, **given: Any) -> None:
        make(connection, path, **given)
        if not path.exists():
            monkeypatch.setattr("graph.case_file.make_or_migrate", make)
            CaseFile(path)._connect(write=True, create=True, migrate=True).close()
            with duckdb.connect(path) as first:
                first.execute("UPDATE clew_case SET case_id = 'first'")

    monkeypatch.setattr("graph.case_file.make_or_migrate", slower)
    with case.file.opened(write=True, create=True) as connection:
        assert connection.execute("SELECT case_id FROM clew_case").fetchall() == [("first",)]
    assert [path.name for path in case.path.parent.iterdir()] == [CASE]


Run = Callable[..., subprocess.CompletedProcess[str]]


class FullDisk:
    """A folder on a disk that is as good as full: a small one, or where none can be made, files that can't grow."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.limit: int | None = None
        mount = ["mount", "-t", "tmpfs", "-o", "size=48m", "none", str(folder)]
        self.mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0

    def leave(self, free: int) -> None:
        """Fill the disk but for so many bytes."""
        if not self.mounted:
            self.limit = free
            return
        fill = self.folder / "fill"
        fill.unlink(missing_ok=True)
        fill.write_bytes(bytes(max(shutil.disk_usage(self.folder).free - free, 0)))

    def run(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        """Run ``clew`` on it."""
        limit = self.limit

        def before() -> None:
            if limit is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

        command = [sys.executable, "-m", "clew", *map(str, words)]
        return subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=before)

    def end(self) -> None:
        if self.mounted:
            subprocess.run(["umount", str(self.folder)], check=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[FullDisk]:
    (tmp_path / "disk").mkdir()
    disk = FullDisk(tmp_path / "disk")
    try:
        yield disk
    finally:
        disk.end()


def says_one_line(ended: subprocess.CompletedProcess[str]) -> bool:
    """Return whether a command ended with one line on what happened, below its lines of progress."""
    lines = [line for line in ended.stderr.splitlines() if line.startswith("clew: ")]
    return ended.returncode == 1 and len(lines) == 1 and "Traceback" not in ended.stderr


def fill_and_do(disk: FullDisk, sample: Path, free: int) -> list[str]:
    """Do each step on a disk with so much room, and return what did not fit; the case is as it was, or whole."""
    case, refused = disk.folder / CASE, []
    steps: dict[str, tuple[str | Path, ...]] = {
        "load": ("load", case, sample / "x_tweets.jsonl"),
        "run": ("run", case),
        "map": ("map", case, "--out", disk.folder / "maps"),
        "export": ("export", case, "--out", disk.folder / "tables"),
    }
    for name, words in steps.items():
        before = case_state(case)
        disk.leave(free)
        ended = disk.run(*words)
        told = f"{name} with {free} bytes: {ended.returncode} {ended.stderr}"
        if ended.returncode != 0:
            assert says_one_line(ended), told
            assert str(disk.folder) in ended.stderr.splitlines()[-1], told
            assert "No space left" in ended.stderr or "no space left" in ended.stderr or disk.limit is not None, told
            refused.append(name)
            assert case_state(case) == before, told
        for made in disk.folder.glob("*/*"):
            assert made.suffix in {".html", ".json", ".csv"} or made.name == "clusters", told
        assert not list(disk.folder.rglob(".*")), told
    return refused


@pytest.fixture
def on_disk(disk: FullDisk, sample: Path) -> FullDisk:
    """Give a disk with a case on it, with something in it."""
    case = clew.open(disk.folder / CASE)
    case.load(sample / "tiktok_profiles.csv", platform="tiktok")
    case.load(sample / "tiktok_posts.csv", platform="tiktok")
    return disk


def test_on_a_full_disk_each_step_says_so_in_one_line_and_leaves_the_case_as_it_was(
    on_disk: FullDisk, sample: Path
) -> None:
    assert fill_and_do(on_disk, sample, 0) == ["load", "run", "map", "export"]


@pytest.mark.long
@pytest.mark.parametrize("kilobytes", [4, 16, 64, 128, 256, 512, 1_024, 2_048, 4_096, 8_192])
def test_wherever_the_disk_gets_full_the_case_is_as_it_was(on_disk: FullDisk, sample: Path, kilobytes: int) -> None:
    fill_and_do(on_disk, sample, kilobytes * 1_024)


def test_a_new_case_on_a_full_disk_is_not_begun(disk: FullDisk, sample: Path) -> None:
    disk.leave(0)
    ended = disk.run("load", disk.folder / CASE, sample / "x_tweets.jsonl")
    assert says_one_line(ended), ended.stderr
    assert [path.name for path in disk.folder.iterdir() if path.name != "fill"] == []


def test_too_little_memory_is_said_in_one_line_and_the_case_is_as_it_was(
    killed: Killed, sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = killed.put(tmp_path / "here", killed.log)
    before = case_state(case)
    monkeypatch.setattr("graph.observing.LOAD_MEMORY", "1MiB")
    with pytest.raises(MemoryTooSmall, match="too little memory"):
        clew.open(case).load(sample / "x_tweets.jsonl")
    assert case_state(case) == before


@pytest.mark.parametrize(("error", "told"), [(MemoryError(), MemoryTooSmall), (duckdb.IOException("x"), duckdb.Error)])
def test_what_fails_for_want_of_room_is_told_and_what_does_not_comes_as_it_is(
    case: Case, add: Any, error: Exception, told: type[Exception]
) -> None:
    add([])
    with pytest.raises(told), case.reading():
        raise error


@pytest.mark.parametrize("words", ["No space left on device", "Disk quota exceeded", "File too large"])
def test_a_disk_that_takes_no_more_is_told_however_the_system_puts_it(case: Case, add: Any, words: str) -> None:
    add([])
    with pytest.raises(OutputUnwritable, match=words.lower()), case.reading():
        raise duckdb.IOException(f'Could not write file "x": {words}')
