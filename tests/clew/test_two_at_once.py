"""Two who work on one case at the same time: the later waits, or is told who holds it; nothing is torn."""

from __future__ import annotations

import shutil
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import clew as facade
from graph.errors import CaseLocked
from graph.neo4j_connection import Neo4jConnection, connect
from graph.neo4j_server import LocalServer
from graph.publish import publish
from tests.clew.disturbed import CASE, case_state


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    facade.write_sample(folder, accounts=300, seed=4)
    return folder


@pytest.fixture(scope="session")
def made_case(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("case") / CASE
    case = facade.open(path)
    case.load(sample / "tiktok_profiles.csv", platform="tiktok")
    case.load(sample / "tiktok_posts.csv", platform="tiktok")
    case.run()
    return path


@pytest.fixture
def case(made_case: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(made_case, tmp_path / CASE))


def start(*words: str | Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "clew", *map(str, words)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(*processes: subprocess.Popen[str]) -> list[tuple[int, str]]:
    """Wait for commands and return how each ended and what it said."""
    said = [process.communicate(timeout=300)[1] for process in processes]
    return [(process.returncode, text) for process, text in zip(processes, said, strict=True)]


@contextmanager
def at_work(code: str, *arguments: str | Path) -> Iterator[subprocess.Popen[str]]:
    """Have another process at work on a case from the moment that it says so; it goes on when it is told to."""
    command = [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == "at work\n"
            yield process
        finally:
            process.kill()


#: A load that stops in its middle until it is told to go on.
LOADING = """
    import sys
    from graph.case import Case
    from graph.records import Account, ReadRow, Source
    def rows():
        for n in range(60_000):
            if n == 50_000:
                print("at work", flush=True)
                sys.stdin.readline()
            yield ReadRow(n, (Account(platform="x", native_id=f"b{n}"),))
    Case(sys.argv[1]).add(Source(name="b", sha256="b", size=1, format="csv"), rows())
"""
#: A notebook that reads, and keeps reading until it is told to go on.
READING = """
    import sys
    import clew
    with clew.open(sys.argv[1]).reading() as db:
        db.execute("SELECT count(*) FROM accounts").fetchall()
        print("at work", flush=True)
        sys.stdin.readline()
"""


def go_on(process: subprocess.Popen[str]) -> int:
    """Let it go on, and return its exit code."""
    process.communicate("go on\n", timeout=120)
    return process.returncode


@pytest.mark.parametrize("there", [False, True])
def test_of_two_loads_at_once_the_second_waits_and_both_are_in(
    sample: Path, case: Path, tmp_path: Path, there: bool
) -> None:
    into = case if there else tmp_path / "new.duckdb"
    before = len(case_state(case)["sources"]) if there else 0
    names = ("x_tweets.jsonl", "tiktok_shares.csv")
    platforms: tuple[tuple[str, ...], ...] = ((), ("--platform", "tiktok"))
    both = [
        start("load", into, sample / name, *platform, "--wait", 120)
        for name, platform in zip(names, platforms, strict=True)
    ]
    for code, said in ended(*both):
        assert code == 0, said
    loads = case_state(into)["sources"][before:]
    assert {load["name"] for load in loads} == set(names)
    assert all(load["new"] == load["read"] - load["rejected"] > 0 for load in loads)
    assert [path.name for path in into.parent.iterdir() if into.name in path.name] == [into.name]


def test_the_same_file_loaded_twice_at_once_is_in_once(sample: Path, tmp_path: Path) -> None:
    words = ("load", tmp_path / CASE, sample / "x_tweets.jsonl", "--wait", 120)
    assert [code for code, _ in ended(start(*words), start(*words))] == [0, 0]
    loads = case_state(tmp_path / CASE)["sources"]
    assert sorted(load["new"] > 0 for load in loads) == [False, True]


def test_whoever_does_not_wait_while_a_load_works_is_told_who_holds_the_case(case: Path, tmp_path: Path) -> None:
    before = case_state(case)
    with at_work(LOADING, case) as loader:
        late = [
            start(*words, "--wait", 0.2)
            for words in (("run", case), ("status", case), ("map", case, "--out", tmp_path / "maps"))
        ]
        for code, said in ended(*late):
            assert code == 1, said
            assert f"process {loader.pid} " in said, said
            assert "--wait SECONDS" in said, said
            assert "Traceback" not in said
        with pytest.raises(CaseLocked, match=f"process {loader.pid} "):
            facade.open(case, wait=0.2).table("accounts")
        assert not (tmp_path / "maps").exists()
        assert go_on(loader) == 0
    after = case_state(case)
    assert after["accounts"] == before["accounts"] + 60_000
    assert after["derived_hash"] == before["derived_hash"]


def test_a_map_asked_for_during_a_load_waits_and_shows_the_case_after_it(case: Path, tmp_path: Path) -> None:
    with at_work(LOADING, case) as loader:
        late = start("map", case, "--out", tmp_path / "maps", "--wait", 120)
        assert go_on(loader) == 0
        assert ended(late)[0][0] == 0
    facade.open(case).map(tmp_path / "again")
    mapped, again = ((tmp_path / name / "index.html").read_bytes() for name in ("maps", "again"))
    assert mapped == again


def test_a_notebook_that_reads_lets_others_read_and_a_load_wait_for_it(sample: Path, case: Path) -> None:
    words = ("load", case, sample / "x_tweets.jsonl", "--wait")
    with at_work(READING, case) as notebook:
        assert facade.open(case, wait=0.2).status()["accounts"] > 0
        ((code, said),) = ended(start(*words, "0.2"))
        assert code == 1
        assert f"process {notebook.pid} " in said
        waits = start(*words, "120")
        assert go_on(notebook) == 0
        assert ended(waits)[0][0] == 0
    assert case_state(case)["sources"][-1]["name"] == "x_tweets.jsonl"


def test_a_notebook_open_between_its_calls_is_in_nobody_s_way(sample: Path, case: Path) -> None:
    notebook = facade.open(case)
    accounts = len(notebook.table("accounts"))
    assert ended(start("load", case, sample / "x_tweets.jsonl", "--wait", "0.2"))[0][0] == 0
    assert len(notebook.table("accounts")) > accounts


def test_a_cell_that_was_interrupted_does_not_keep_the_case(case: Path) -> None:
    for _ in range(3):
        with pytest.raises(KeyboardInterrupt), facade.open(case).reading():
            raise KeyboardInterrupt
    with facade.open(case, wait=0.2)._case.file.opened(write=True) as db:
        assert db.execute("SELECT 1").fetchall() == [(1,)]


def test_loads_in_threads_of_one_process_wait_for_each_other(sample: Path, tmp_path: Path) -> None:
    platforms = {"x_tweets.jsonl": None, "tiktok_posts.csv": "tiktok", "facebook_posts.csv": "facebook"}

    def load(name: str) -> None:
        facade.open(tmp_path / CASE, wait=120).load(sample / name, platform=platforms[name])

    threads = [threading.Thread(target=load, args=(name,)) for name in platforms]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    loads = case_state(tmp_path / CASE)["sources"]
    assert {load["name"] for load in loads} == set(platforms)


@pytest.mark.neo4j
def test_a_run_during_a_publish_waits_or_is_told_and_the_graph_holds_one_run_whole(
    case: Path, graph: Neo4jConnection, server: LocalServer
) -> None:
    late: list[tuple[int, str]] = []

    def meanwhile(_: str) -> None:
        if not late:
            late.extend(ended(start("run", case, "--max-holders", "2", "--wait", "0.2")))

    shown = case_state(case)
    with connect(server.uri, server.user, server.password) as connection:
        published = publish(facade.open(case)._case, connection, report=meanwhile)
        ((code, said),) = late
        assert code == 1
        assert "in use by process" in said, said
        assert case_state(case) == shown
        again = publish(facade.open(case)._case, connection)
    assert published.total("created") > 0
    assert [again.total(name) for name in ("created", "updated", "removed")] == [0, 0, 0]


@pytest.mark.neo4j
def test_two_publishes_of_one_case_at_once_end_as_one(
    case: Path, graph: Neo4jConnection, environment: None, server: LocalServer
) -> None:
    both = ended(start("publish", case), start("publish", case))
    assert [code for code, _ in both] == [0, 0], both
    with connect(server.uri, server.user, server.password) as connection:
        again = publish(facade.open(case)._case, connection)
    assert [again.total(name) for name in ("created", "joined", "updated", "removed")] == [0, 0, 0, 0]
