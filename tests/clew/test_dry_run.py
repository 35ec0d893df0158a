"""``clew load --dry-run``: what a load would do, to the row, and not a byte of the case changed."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

import clew as facade
from graph.case import Case, Rehearsed
from graph.errors import CaseLocked, SourceUnreadable
from graph.records import Account, ReadRow, Source
from graph.schema import TABLES

Clew = Any
FIXTURES = Path(__file__).parents[1] / "fixtures" / "loaders"
TIKTOK = ("--platform", "tiktok")
COUNTS = ("read", "new", "known", "rejected", "contradictions", "load_id", "source", "format", "warnings")


def of(folder: Path) -> dict[str, str]:
    """Return every file below a folder with its digest."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def counts(said: Any) -> list[dict[str, Any]]:
    return [{name: each[name] for name in COUNTS} for each in said.json]


def test_it_says_what_the_load_would_and_makes_no_case(clew: Clew, files: Path) -> None:
    before = of(files)
    words = (files / "accounts.csv", files / "posts.csv", *TIKTOK, "--json")
    foreseen = clew("load", files / "x.duckdb", *words, "--dry-run")
    assert foreseen.code == 0
    assert of(files) == before
    assert counts(foreseen) == counts(clew("load", files / "x.duckdb", *words))


@pytest.mark.parametrize("name", sorted(path.name for path in FIXTURES.iterdir() if path.is_file()))
def test_of_every_format_it_says_what_the_load_does_then_and_again(name: str, tmp_path: Path) -> None:
    case = facade.open(tmp_path / "x.duckdb")
    for _ in range(2):
        foreseen = case.load(FIXTURES / name, dry_run=True)
        loaded = case.load(FIXTURES / name)
        assert isinstance(foreseen.added, Rehearsed)
        assert {n: getattr(foreseen.added, n) for n in COUNTS[:-2]} == {
            n: getattr(loaded.added, n) for n in COUNTS[:-2]
        }
        assert foreseen.warnings == loaded.warnings
        with duckdb.connect(case.path, read_only=True) as db:
            held = {
                table: db.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0] for table in ("account", "post")
            }
        assert {table: foreseen.added.foreseen.records.get(table, 0) for table in held} == held


def test_the_case_is_the_same_to_the_byte(clew: Clew, case: Path) -> None:
    before = of(case.parent)
    fresh = case.parent / "fresh.csv"
    fresh.write_text("account_id,bio\n1,another bio\n77,new\n")
    said = clew("load", case, case.parent / "accounts.csv", fresh, *TIKTOK, "--dry-run", "--json")
    assert [(each["new"], each["known"]) for each in said.json] == [(0, 5), (2, 0)]
    after = of(case.parent)
    assert after.pop("fresh.csv")
    assert after == before


def test_a_file_that_repeats_an_earlier_one_of_the_same_call_is_known(clew: Clew, files: Path) -> None:
    shutil.copy(files / "accounts.csv", files / "again.csv")
    said = clew("load", files / "x.duckdb", files / "accounts.csv", files / "again.csv", *TIKTOK, "--dry-run", "--json")
    assert [(each["new"], each["known"]) for each in said.json] == [(5, 0), (0, 5)]


def test_it_is_told_in_words_on_stdout(clew: Clew, files: Path) -> None:
    said = clew("load", files / "x.duckdb", files / "posts.csv", *TIKTOK, "--dry-run")
    assert said.err == ""
    assert said.out.splitlines() == [
        "posts.csv (csv): 3 rows read = 2 would be new + 0 known + 1 rejected",
        "  holds 1 account, 2 posts, of 1 account; platforms: tiktok",
        "  times from 2024-03-01T10:00:00Z to 2024-03-01T11:00:00Z",
        "  rejected 1, first on line 3: timestamp: 'yesterday evening' is no time",
        "nothing was written",
    ]


def test_reasons_are_counted_the_most_frequent_first(clew: Clew, files: Path) -> None:
    bad = "".join(f"1,p{n},words,{'never' if n % 3 else 'soon'}\n" for n in range(9)) + "1,x,words,5/1/2024\n"
    (files / "bad.csv").write_text(f"account_id,post_id,text,timestamp\n{bad}")
    (found,) = clew("load", files / "x.duckdb", files / "bad.csv", *TIKTOK, "--dry-run", "--json").json
    told = [(count, line) for _, count, line in found["foreseen"]["rejections"]]
    assert told == [(6, 3), (3, 2), (1, 11)]
    assert found["foreseen"]["reasons"] == 3


def test_a_folder_and_what_of_it_is_no_source_are_told(clew: Clew, files: Path) -> None:
    (files / "notes.txt").write_text("Dear diary")
    said = clew("load", files / "x.duckdb", files, *TIKTOK, "--dry-run")
    assert said.code == 0
    assert "taken 2 files; not taken 1 file" in said.out
    assert "notes.txt: is of no format" in said.out
    assert not (files / "x.duckdb").exists()


def test_a_file_that_breaks_off_in_its_midst_leaves_no_trace_in_what_follows(files: Path) -> None:
    rows = b"account_id,bio\n" + b"".join(b"%d,words %d\n" % (n, n) for n in range(60_000))
    whole = gzip.compress(rows, mtime=0)
    broken = bytearray(whole)
    broken[-8] ^= 0xFF  # its checksum
    (files / "broken.csv.gz").write_bytes(bytes(broken))
    (files / "whole.csv.gz").write_bytes(whole)
    case = facade.open(files / "x.duckdb")
    done = case.load_all(files, platform="x", dry_run=True)
    new = {each.added.source: each.added.new for each in done if hasattr(each, "added")}
    assert new[f"{files.name}/whole.csv.gz"] == 60_000


def test_what_is_refused_is_refused_in_the_same_line(clew: Clew, files: Path, case: Path) -> None:
    for words in (
        (case, files / "gone.csv"),
        (files / "x.duckdb", files / "accounts.csv", "--region", "Britain"),
        (case, files / "accounts.csv", "--platform", "x"),
        (files / "accounts.csv", files / "posts.csv"),
    ):
        dry, wet = clew("load", *words, "--dry-run"), clew("load", *words)
        assert dry.code == wet.code == 1
        assert dry.err == wet.err


def test_a_case_that_another_process_writes_is_locked_and_one_that_it_reads_is_not(files: Path, case: Path) -> None:
    hold = (
        "import duckdb, sys\nwith duckdb.connect(sys.argv[1], read_only=sys.argv[2] == 'read') as c:\n"
        "    print('held', flush=True)\n    sys.stdin.readline()\n"
    )
    for how in ("write", "read"):
        with subprocess.Popen(
            [sys.executable, "-c", hold, case, how], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            assert process.stdout.readline() == "held\n"
            opened = facade.open(case, wait=0.1)
            if how == "write":
                with pytest.raises(CaseLocked):
                    opened.load(files / "accounts.csv", platform="tiktok", dry_run=True)
            else:
                assert opened.load(files / "accounts.csv", platform="tiktok", dry_run=True).added.known == 5
            process.stdin.close()


def test_nobody_is_locked_out_afterwards(files: Path, case: Path) -> None:
    opened = facade.open(case, wait=0)
    opened.load(files / "accounts.csv", platform="tiktok", dry_run=True)
    assert opened.load(files / "accounts.csv", platform="tiktok").added.known == 5


def test_an_older_case_is_left_as_old_as_it_is(files: Path) -> None:
    case = facade.open(files / "x.duckdb")
    case.load(files / "accounts.csv", platform="tiktok")
    with duckdb.connect(case.path) as db:
        later = [(t.name, c.name) for t in TABLES for c in t.columns if c.since > 1]
        for table, column in later:
            db.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
        db.execute("DROP TABLE text_stance")
        db.execute("UPDATE clew_case SET schema_version = 2")
    before = of(files)
    assert later
    assert case.load(files / "accounts.csv", platform="tiktok", dry_run=True).added.known == 5
    assert of(files) == before
    assert case.load(files / "accounts.csv", platform="tiktok").added.known == 5


@pytest.mark.parametrize("name", ["temp", "main", "system", "account", 'a "quoted" name', "select", "memory"])
def test_a_case_of_any_name_is_compared_with(name: str, files: Path) -> None:
    case = facade.open(files / f"{name}.duckdb")
    case.load(files / "accounts.csv", platform="tiktok")
    assert case.load(files / "accounts.csv", platform="tiktok", dry_run=True).added.known == 5


def test_random_worlds_are_foreseen_to_the_row(tmp_path: Path) -> None:
    seed = random.randrange(1 << 30)
    dice = random.Random(seed)
    case = facade.open(tmp_path / "x.duckdb")
    days = ("2024-01-05", "", "never")
    for n in range(6):
        rows = [
            f"{dice.randrange(30)},{dice.randrange(60)},words {dice.randrange(3)},{dice.choice(days)}"
            for _ in range(dice.randrange(1, 200))
        ]
        path = tmp_path / f"{n}.csv"
        path.write_text("account_id,post_id,text,timestamp\n" + "\n".join(rows) + "\n")
        foreseen, loaded = case.load(path, platform="x", dry_run=True).added, case.load(path, platform="x").added
        assert [getattr(foreseen, c) for c in COUNTS[:5]] == [getattr(loaded, c) for c in COUNTS[:5]], seed


def test_a_large_file_goes_by_side_processes_and_within_a_load_s_memory(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    words = "words that say little " * 8
    path.write_text(
        "account_id,post_id,text\n" + "".join(f"{n % 500},{n},{words}{n}\n" for n in range(60_000)), encoding="utf-8"
    )
    script = (
        "import json, sys, clew\ncase = clew.open(sys.argv[1])\n"
        "a = case.load(sys.argv[2], platform='x', dry_run=True).added\n"
        "peak = next(int(l.split()[1]) for l in open('/proc/self/status') if l.startswith('VmHWM'))\n"
        "print(json.dumps([a.new, a.foreseen.records, peak // 1024]))\n"
    )
    place = tmp_path / "place"
    place.mkdir()
    ran = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "x.duckdb", path],
        capture_output=True, text=True, check=True, env=os.environ | {"TMPDIR": str(place)},
    )  # fmt: skip
    new, records, peak = json.loads(ran.stdout)
    assert (new, records) == (60_000, {"account": 500, "post": 60_000})
    assert peak < 500
    assert {each.name for each in tmp_path.iterdir()} == {"large.csv", "place"}
    assert list(place.iterdir()) == []


def test_inside_a_rehearsal_an_error_of_reading_is_told_and_the_next_source_is_counted(files: Path) -> None:
    case = Case(files / "x.duckdb")

    def rows(broken: bool) -> Any:
        yield ReadRow(1, (Account(platform="x", native_id="1"),))
        if broken:
            raise SourceUnreadable("it broke off")

    with case.rehearsing(files) as add:
        with pytest.raises(SourceUnreadable):
            add(Source(name="a", sha256="0" * 64, size=1, format="csv"), rows(True))
        assert add(Source(name="a", sha256="0" * 64, size=1, format="csv"), rows(False)).new == 1
        assert add(Source(name="b", sha256="1" * 64, size=1, format="csv"), rows(False)).known == 1
    assert not case.path.exists()
