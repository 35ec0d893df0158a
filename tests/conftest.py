"""A real Neo4j for the whole session, and a small world whose links and clusters are known."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

import clew
from graph import neo4j_server
from graph.case import Case
from graph.neo4j_connection import Neo4jConnection, connect
from graph.neo4j_server import LocalServer
from graph.records import Account, Chat, Moment, Post, ReadRow, Record, Repost, Source

#: Two that a1, a2, a3 hold, two that b1, b2, b3 hold, and one that a3 and b3 hold. The asker names the first.
A_NUMBERS, B_NUMBERS, TIE = ("+447700900001", "+447700900004"), ("+447700900002", "+447700900005"), "+447700900003"
#: What a terminal, Cypher, Python's and JavaScript's templates and HTML would obey, were they let.
HOSTILE = (
    "'}) MATCH (n) DETACH DELETE n //",
    "` }) \\u0027 \\",
    "\x1b[2J\x1b]0;owned\x07\x00\u202eevil",
    "{{7*7}} ${7*7} {0} %s $case",
    "<script>alert(1)</script>",
    "null",
    "",
)
# How long an example takes is the machine's business; a hang is what pytest's own timeout finds.
settings.register_profile("clew", deadline=None)
settings.load_profile("clew")
# A test run that is killed must not leave its servers behind.
os.environ["CLEW_NEO4J_ENDS_WITH"] = str(os.getpid())

_MORNING = 1_700_000_000_000_000


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalServer]:
    """Start a real Neo4j with a folder and port of its own; end it, by its process, when the session ends."""
    home = tmp_path_factory.mktemp("neo4j")
    # Java's quick compiler alone: it is the first minutes of a server that tests see.
    os.environ.setdefault("CLEW_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1")
    try:
        yield neo4j_server.start(home)
    finally:
        neo4j_server.stop(home)


@pytest.fixture
def graph(server: LocalServer) -> Iterator[Neo4jConnection]:
    """Give a connection to an empty database."""
    with connect(server.uri, server.user, server.password) as connection:
        connection.driver.execute_query("MATCH (n) DETACH DELETE n", database_="neo4j")
        yield connection


@pytest.fixture
def environment(server: LocalServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Name the session's server in the environment, as a user would."""
    monkeypatch.setenv("NEO4J_URI", server.uri)
    monkeypatch.setenv("NEO4J_USER", server.user)
    monkeypatch.setenv("NEO4J_PASSWORD", server.password)
    monkeypatch.delenv("NEO4J_DATABASE", raising=False)


Digest = Callable[[], str]


@pytest.fixture
def digest(graph: Neo4jConnection) -> Digest:
    """Give a function that digests everything on the server: labels, types, properties, and each element's own id."""

    def of_everything() -> str:
        nodes = "MATCH (n) RETURN elementId(n), labels(n), properties(n)"
        relationships = "MATCH (a)-[r]->(b) RETURN elementId(r), type(r), properties(r), elementId(a), elementId(b)"
        seen = []
        with graph.session(reading=True) as session:
            for text in (nodes, relationships):
                seen += sorted(repr([_sorted(value) for value in record]) for record in session.run(text))
        return hashlib.sha256("\n".join(seen).encode("utf-8", "surrogatepass")).hexdigest()

    return of_everything


def _sorted(value: object) -> object:
    if isinstance(value, dict):
        return sorted((key, str(each)) for key, each in value.items())
    return sorted(value) if isinstance(value, list) else value


@pytest.fixture(scope="session")
def small_case_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make, once, a case of two likely networks, a1 a2 a3 and b1 b2 b3, that a3 and b3 tie together.

    The asker names the first number and holds none; c1 and c2 repost two posts of a1 within seconds; h has texts and
    names that would harm a program that took them for more than data.
    """
    path = tmp_path_factory.mktemp("case") / "small.duckdb"
    case = Case(path)
    fill(case, "accounts.csv", _accounts())
    fill(case, "posts.csv", _posts())
    case.judge("x:asker", kind="set_aside", value="no")  # else nothing would be seen of who only names a number
    clew.open(path).run(resolution=1.0)  # so small a world leaves nothing to choose from
    return path


@pytest.fixture
def small_case(small_case_file: Path, tmp_path: Path) -> clew.Case:
    """Give a copy of ``small_case_file`` that a test may change."""
    return clew.open(shutil.copy(small_case_file, tmp_path / "small.duckdb"))


def fill(case: Case, name: str, records: list[Record]) -> None:
    """Put records into a case as one file of that name, a line each."""
    source = Source(name=name, sha256=hashlib.sha256(name.encode()).hexdigest(), size=1, format="csv")
    case.add(source, [ReadRow(line, (record,)) for line, record in enumerate(records, start=1)])


def _accounts() -> list[Record]:
    a, b = (f"call {' or '.join(numbers)}" for numbers in (A_NUMBERS, B_NUMBERS))
    bios = {
        "a1": a, "a2": a, "a3": f"{a} or {TIE}", "b1": b, "b2": b, "b3": f"{b} or {TIE}",
        "asker": None, "c1": None, "c2": None,
    }  # fmt: skip
    known = [Account(platform="x", native_id=name, handle=f"@{name}", bio=bio) for name, bio in bios.items()]
    return [*known, Account(platform="x", native_id="h", display_name=HOSTILE[0], bio=HOSTILE[1], url=HOSTILE[2])]


def _posts() -> list[Record]:
    def at(seconds: int) -> Moment:
        return Moment(_MORNING + seconds * 1_000_000)

    asked = Post(
        platform="x", native_id="q1", account_id="x:asker", text=f"is {A_NUMBERS[0]} any good?", stance="ask", at=at(0)
    )
    return [
        Chat(platform="x", native_id="g", kind="group", title="Group"),
        asked,
        Post(platform="x", native_id="q2", account_id="x:asker", text="hello", chat_id="x:g", at=at(1)),
        Post(platform="x", native_id="p1", account_id="x:a1", text=f"boat on Friday, {A_NUMBERS[0]}", at=at(2)),
        Post(platform="x", native_id="p2", account_id="x:a1", text="another", at=at(3)),
        *(
            Post(platform="x", native_id=f"h{n}", account_id="x:h", text=text or None, at=at(4 + n))
            for n, text in enumerate(HOSTILE)
        ),
        *(
            Repost(
                account_id=f"x:c{c}", content_id=f"x:r{c}{p}", object_id=f"x:p{p}", kind="retweet", at=at(600 * p + c)
            )
            for c in (1, 2)
            for p in (1, 2)
        ),
        Repost(account_id="x:c1", content_id="x:r3", object_id="x:elsewhere", kind="retweet"),
    ]
