"""A file that side processes read comes to the same case as one that is read here, whatever is in it."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.case import Added, Case
from graph.errors import ParameterRefused, ProcessLost, SourceUnreadable
from graph.hashes import content_hash
from graph.schema import OBSERVATIONS
from graph.side_processes import done_aside
from loaders import parcels
from loaders.formats import known, open_source

FORMATS = [loader.name for loader in known()]
TABLES = [table.name for table in OBSERVATIONS]
#: Pieces of files that readers find hard, and of those that they like.
PIECES = (
    "post_id,account_id,text,timestamp\n", "object_id,account_id,content_id,timestamp_share\n", "1,a,b c,1700000000\n",
    '2,"b\nc","d ""e""",2024-05-01 10:00\n', '3,"open,', "4,5\n", "o,a,c,1700000001\n", "x,y,1.23E+18,1700000000\n",
    "\n",
    '{"id":"1","author_id":"2","text":"t"}\n', '{"data":[{"id":"3","author_id":"4","text":"u"},5,{}]}\n', '{"id":\n',
    '{"id":"9","author_id":"8","text":"\\ud800"}\n', "[1]\n", "\0", "\ufffd", "é",
    '{"type":"public_channel","id":1,"name":"n","messages":[', '{"id":1,"type":"message","text":"a","from_id":"user1"}',
    ',{"id":2,"type":"message","date":"2024-01-01T00:00:00","text":["a",{"type":"blockquote","text":"b"}]}', ",7",
    ',{"id":3,"type":"message","text":"\\x0b\\udc00"}', ',{"id":4,"type":"service"}', '],"name":"later"}',
    ',{"id":12345678901234567890123,"type":"message","text":"x"}', "]}",
    '{"id":"m","schema":"Message","properties":{"senderAccount":["u"],"bodyText":["t"]}}\n',
    '{"id":"u","schema":"UserAccount","properties":{"username":["n"],"owner":["p"]}}\n',
    '{"id":"u","schema":"UserAccount","properties":{"service":["X"]}}\n',
    '{"type":"bundle","id":"b","objects":[', '{"type":"relationship","source_ref":"u--1","target_ref":"u--2"}',
    ',{"type":"user-account","id":"u--1","user_id":1},{"type":"user-account","id":"u--2","account_login":"é"}',
    '{"id":"p","schema":"Person","properties":{"name":["é"]}}\n',
)  # fmt: skip


_WORK = """
import os, time
from loaders.mentions import to_e164

def linger(setup):
    def do(task):
        time.sleep(hash(task) % 7 / 500)
        print("what is printed does not mix in")
        return setup + task
    return do

def refuse(setup):
    return lambda task: to_e164(task.decode())

def fail(setup):
    return lambda task: 1 / 0

def die(setup):
    return lambda task: os._exit(3)
"""


class Ways:
    """One file, read here and by side processes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0

    def file(self, content: bytes) -> Path:
        self._count += 1
        path = self._folder / f"source-{self._count}"
        path.write_bytes(content)
        return path

    def case(self, path: Path, processes: int, **said: Any) -> Any:
        """Return everything that a case keeps of a file, or the error that it gives."""
        self._count += 1
        case = Case(self._folder / f"case-{self._count}.duckdb")
        try:
            opened = open_source(path, **said)
            added: Added = case.add(opened.source, opened.staged(processes))
        except SourceUnreadable as problem:
            return str(problem)
        with case.file.opened(write=False) as db:
            tables = {
                name: sorted(db.execute(f"SELECT * FROM {name}").fetchall(), key=repr)
                for name in (*TABLES, "sighting", "rejection")
            }
            found = added, sorted(opened.warnings), tables, content_hash(db)
        case.path.unlink()
        return found


@pytest.fixture(scope="module", autouse=True)
def work_to_do(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Put a module with work for side processes on the path that they inherit."""
    folder = tmp_path_factory.mktemp("work")
    (folder / "tests_of_side_processes.py").write_text(_WORK)
    sys.path.append(str(folder))
    yield
    sys.path.remove(str(folder))


@pytest.fixture(scope="session")
def ways(tmp_path_factory: pytest.TempPathFactory) -> Ways:
    return Ways(tmp_path_factory.mktemp("ways"))


def in_this_process(_: str, setup: bytes, tasks: Iterable[bytes], __: int, **___: object) -> Iterator[bytes]:
    """Do what side processes do, here: to start them for each example would take minutes."""
    return map(parcels.reader(setup), tasks)


@settings(max_examples=25, deadline=None)
@given(
    pieces=st.lists(st.sampled_from(PIECES), min_size=1, max_size=12),
    name=st.sampled_from(FORMATS),
    rows=st.integers(1, 4),
)
def test_parcels_of_any_size_make_the_same_case(pieces: list[str], name: str, rows: int, ways: Ways) -> None:
    path = ways.file("".join(pieces).encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parcels, "_ROWS", rows)
        patch.setattr(parcels, "done_aside", in_this_process)
        here = ways.case(path, 0, format_name=name)
        aside = ways.case(path, 2, format_name=name)
    assert aside == here


@pytest.mark.parametrize(
    "name", ["x.jsonl", "telegram-full.json", "coortweet.csv.gz", "posts.csv", "followthemoney.jsonl", "stix.json"]
)
def test_side_processes_make_the_same_case(name: str, ways: Ways, fixtures: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parcels, "_ROWS", 2)
        aside, here = ways.case(fixtures / name, 2), ways.case(fixtures / name, 0)
    assert aside == here
    assert aside[0].new


def test_what_a_side_process_refuses_is_raised_here() -> None:
    with pytest.raises(ParameterRefused, match="no phone number in international form"):
        list(done_aside("tests_of_side_processes:refuse", b"", [b"12"], 1))


def test_a_fault_in_a_side_process_is_told_with_its_traceback() -> None:
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        list(done_aside("tests_of_side_processes:fail", b"", [b"x"], 1))


def test_results_come_in_the_order_of_their_tasks_whoever_is_quicker() -> None:
    tasks = [str(each).encode() for each in range(60)]
    assert list(done_aside("tests_of_side_processes:linger", b"<", tasks, 2)) == [b"<" + task for task in tasks]


def test_an_ended_side_process_is_one_clear_error() -> None:
    with pytest.raises(ProcessLost, match="ended from outside"):
        list(done_aside("tests_of_side_processes:die", b"", [b"x"] * 9, 2))


def test_no_side_process_is_left_when_the_work_is_given_up() -> None:
    others = set(psutil.Process().children())  # a server of other tests
    with closing(done_aside("tests_of_side_processes:linger", b"", [b"1"] * 9, 2)) as results:
        next(results)
        assert len(set(psutil.Process().children()) - others) == 2
    assert set(psutil.Process().children()) == others


def test_side_processes_end_with_a_killed_parent() -> None:
    code = (
        "import os, sys; sys.path[:] = " + repr(sys.path) + "\n"
        "from graph.side_processes import done_aside\n"
        "results = done_aside('tests_of_side_processes:linger', b'', (b'1' for _ in range(10**6)), 2)\n"
        "next(results); import psutil\n"
        "print(*[child.pid for child in psutil.Process().children()], flush=True)\n"
        "os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, check=False, text=True)
    assert done.returncode == -signal.SIGKILL
    numbers = [int(each) for each in done.stdout.split()]
    assert len(numbers) == 2
    deadline = time.monotonic() + 20
    while any(_alive(number) for number in numbers) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [number for number in numbers if _alive(number)]


def _alive(number: int) -> bool:
    try:
        return psutil.Process(number).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
