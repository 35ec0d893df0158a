"""Whatever is wrong with a server or the way to it: one line says so, and the next publish ends as if nothing had been.

The server is a real one. What can't be had really is said where it is tried. ``docs/neo4j-faults.md`` is held to all
of this; servers that are killed, full or read-only are in ``test_neo4j_server_faults.py``.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from neo4j.exceptions import Neo4jError, ServiceUnavailable, TransientError

from graph.case import Case
from graph.errors import Neo4jRefused, Neo4jUnreachable
from graph.neo4j_connection import PATIENCE_SECONDS, Neo4jConnection, connect
from graph.neo4j_faults import passes, refused, unreachable
from graph.neo4j_server import LocalServer
from graph.publish import publish
from tests.graph.faults import Faults, contents, ending, rows
from tests.graph.proxy import Proxy

pytestmark = pytest.mark.neo4j


@pytest.fixture
def whole_graph(server: LocalServer, graph: Neo4jConnection, small_case_file: Path) -> str:
    """Give the digest of what an undisturbed publish makes, and leave the graph empty."""
    if not _WHOLE:
        publish(Case(small_case_file), graph)
        _WHOLE.append(contents(graph))
        graph.driver.execute_query("MATCH (n) DETACH DELETE n", database_="neo4j")
    return _WHOLE[0]


#: What ``whole_graph`` found, once a session.
_WHOLE: list[str] = []


@pytest.fixture
def faults(
    small_case_file: Path, whole_graph: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Faults:
    return Faults(small_case_file, whole_graph, monkeypatch, capsys)


@contextlib.contextmanager
def answering(reply: bytes | None) -> Iterator[int]:
    """Listen on a port; say ``reply`` to whoever says something, or keep still for ever."""
    taken: list[socket.socket] = []

    def serve() -> None:
        while True:
            try:
                peer, _ = listening.accept()
            except OSError:
                return  # the end
            taken.append(peer)
            if reply is not None:
                peer.recv(1_000)
                peer.sendall(reply)
                peer.close()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = threading.Thread(target=serve, daemon=True)
        serving.start()
        yield int(listening.getsockname()[1])
        listening.shutdown(socket.SHUT_RDWR)
    serving.join(10)
    for peer in taken:
        peer.close()


def test_a_server_that_is_not_there(faults: Faults, server: LocalServer, graph: Neo4jConnection) -> None:
    with Proxy(server.port) as gone:
        gone.cut()
        said = faults.publish(gone.uri, server.password)
        faults.row("the server is not there", said.line, faults.resumed(graph))


def test_no_address_and_no_server(
    faults: Faults, graph: Neo4jConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLEW_HOME", str(tmp_path))
    faults.untouched("no address, and no server of one's own runs", faults.publish(None, None), graph)


@pytest.mark.parametrize(
    ("done", "given"),
    [
        ("no host of that name", ("bolt://no-such-host.invalid:7687", "secret")),
        ("an address that is none", ("http://localhost:7474", "secret")),
        ("a password in the address", ("bolt://neo4j:hunter2@localhost:7687", "hunter2")),
        ("no password", ("bolt://127.0.0.1:9", None)),
        ("the wrong password", ("SERVER", "hunter2")),
        ("a database that is not there", ("SERVER", "ITS OWN", "--database", "nothere")),
        ("Neo4j's own database", ("SERVER", "ITS OWN", "--database", "system")),
    ],
)
def test_an_address_password_or_database_that_is_wrong(
    faults: Faults, graph: Neo4jConnection, server: LocalServer, done: str, given: tuple[str | None, ...]
) -> None:
    real = {"SERVER": server.uri, "ITS OWN": server.password}
    uri, password, *options = (real.get(word or "", word) for word in given)
    said = faults.publish(uri, password, *filter(None, options))
    assert said.code == 1
    faults.untouched(done, said.line, graph)


def test_a_user_who_is_shut_out(faults: Faults, server: LocalServer, graph: Neo4jConnection) -> None:
    """A user of its own, so that the one of the other tests is not shut out with it."""
    user, first = "late", "to-be-changed"
    system = {"database_": "system"}
    graph.driver.execute_query(
        f"CREATE OR REPLACE USER {user} SET PASSWORD $first CHANGE REQUIRED", first=first, **system
    )
    try:
        said = faults.publish(server.uri, first, "--user", user)
        faults.untouched("a password that must be changed first", said.line, graph)
        lines = [faults.publish(server.uri, "wrong-guess", "--user", user).line for _ in range(4)]
        faults.untouched("the wrong password four times over", lines[-1], graph)
    finally:
        graph.driver.execute_query(f"DROP USER {user}", **system)


@pytest.mark.parametrize(
    ("done", "reply", "scheme"),
    [
        ("a web server at the address", b"HTTP/1.1 400 Bad Request\r\n\r\n", "bolt"),
        ("a web server at a routing address", b"HTTP/1.1 400 Bad Request\r\n\r\n", "neo4j"),
        ("another program at the address", b"SSH-2.0-OpenSSH_9.9\r\n", "bolt"),
        ("a server that knows no Bolt of today (Neo4j 3)", b"\x00\x00\x00\x00", "bolt"),
    ],
)
def test_something_at_the_address_that_is_no_neo4j_of_today(
    faults: Faults, graph: Neo4jConnection, done: str, reply: bytes, scheme: str
) -> None:
    with answering(reply) as port:
        faults.untouched(done, faults.publish(f"{scheme}://127.0.0.1:{port}", "secret"), graph)


def test_a_server_of_an_older_version(faults: Faults, server: LocalServer, graph: Neo4jConnection) -> None:
    """The real server, whose proxy writes another version into its greeting."""
    with Proxy(server.port, rewrite=(b"Neo4j/5.26.16", b"Neo4j/4.4.45 ")) as older:
        faults.untouched("a server of version 4", faults.publish(older.uri, server.password), graph)


@pytest.mark.parametrize("scheme", ["bolt+s", "neo4j+s"])
def test_an_address_that_asks_for_encryption_of_a_plain_server(
    faults: Faults, graph: Neo4jConnection, server: LocalServer, scheme: str
) -> None:
    said = faults.publish(f"{scheme}://127.0.0.1:{server.port}", server.password)
    faults.untouched(f"{scheme}:// to a server that does not encrypt", said.line, graph)


@pytest.mark.parametrize("scheme", ["bolt", "neo4j"])
def test_a_port_that_takes_connections_and_never_says_a_word(
    faults: Faults, graph: Neo4jConnection, scheme: str
) -> None:
    with answering(None) as port:
        began = time.monotonic()
        with pytest.raises(Neo4jUnreachable) as caught:
            connect(f"{scheme}://127.0.0.1:{port}", "neo4j", "secret", patience=1)
        assert time.monotonic() - began < 5
        line = str(caught.value).replace("for 1 s", f"for {PATIENCE_SECONDS:.0f} s")
        faults.untouched(f"{scheme}:// to a port that takes connections and never answers", line, graph)


def test_a_port_where_not_even_a_connection_is_taken(faults: Faults, graph: Neo4jConnection) -> None:
    """A listener whose queue is full drops what comes, as a firewall does."""
    with contextlib.ExitStack() as opened:
        full = opened.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(3):
            waiting = opened.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        with pytest.raises(Neo4jUnreachable) as caught:
            connect(f"bolt://127.0.0.1:{full.getsockname()[1]}", "neo4j", "secret", patience=1)
    line = str(caught.value).replace("for 1 s", f"for {PATIENCE_SECONDS:.0f} s")
    faults.untouched("bolt:// to a port behind a firewall that swallows everything", line, graph)


@pytest.mark.long
def test_a_black_hole_ends_within_half_a_minute_as_the_user_has_it(faults: Faults, graph: Neo4jConnection) -> None:
    with answering(None) as port:
        began = time.monotonic()
        said = faults.publish(f"bolt://127.0.0.1:{port}", "secret")
        assert time.monotonic() - began < PATIENCE_SECONDS + 10
    faults.untouched("bolt:// to a port that takes connections and never answers", said.line, graph)


@pytest.mark.long
def test_a_slow_way_to_the_server_only_takes_longer(
    faults: Faults, server: LocalServer, graph: Neo4jConnection
) -> None:
    with Proxy(server.port, delay=0.02) as slow:
        said = faults.publish(slow.uri, server.password)
    assert contents(graph) == faults.undisturbed
    faults.row("every piece of what both say comes 20 ms late", said.line, faults.resumed(graph))


#: Where in a publish the connection breaks: the words of the client's at which it does.
PLACES = {
    "making the constraints": b"CREATE CONSTRAINT",
    "taking the lock": b"lock of clew",
    "reading what the graph holds": b"count(n) AS n",
    "creating accounts": b"CREATE (n:Account",
    "creating posts": b"CREATE (n:Post ",
    "creating relationships": b"CREATE (a)-[n:POSTED ",
    "creating links": b"CREATE (a)-[n:LINKED ",
    "the last mark, that the case is whole": b"\x88complete\xc3",
}
#: Bolt's message to commit, with its length before and the end mark after it.
_COMMIT = b"\x00\x02\xb0\x12\x00\x00"
_EVERY_DAY = ("creating posts", "the last mark, that the case is whole")


def _places(*, without: int) -> list[Any]:
    return [pytest.param(p, marks=[] if p in _EVERY_DAY else [pytest.mark.long]) for p in list(PLACES)[without:]]


@pytest.mark.parametrize("place", _places(without=0))
def test_a_connection_that_breaks(faults: Faults, server: LocalServer, graph: Neo4jConnection, place: str) -> None:
    with Proxy(server.port, words=(PLACES[place],), deed=Proxy.cut) as breaking:
        said = faults.publish(breaking.uri, server.password)
        assert breaking.acted.is_set()
    faults.row(f"the connection breaks before {place}", said.line, faults.resumed(graph))


@pytest.mark.long
@pytest.mark.parametrize("place", _places(without=3))
def test_a_commit_of_which_the_client_never_hears(
    faults: Faults, server: LocalServer, graph: Neo4jConnection, place: str
) -> None:
    """The server has it, the client can't know: the next publish finds it there and makes nothing twice."""
    with Proxy(server.port, words=(PLACES[place], _COMMIT), deed=Proxy.cut, after=True) as breaking:
        said = faults.publish(breaking.uri, server.password)
        assert breaking.acted.is_set()
    faults.row(f"the server commits, and its answer is lost: {place}", said.line, faults.resumed(graph))


def test_a_connection_that_breaks_and_is_there_again_at_once(
    faults: Faults, server: LocalServer, graph: Neo4jConnection
) -> None:
    """Nothing goes on behind the lock's back: it was lost with the connection."""
    with Proxy(server.port, words=(PLACES["creating posts"],), deed=Proxy.drop) as stumbling:
        said = faults.publish(stumbling.uri, server.password)
    faults.row("all connections break, and new ones are taken at once", said.line, faults.resumed(graph))


@pytest.mark.long
def test_a_connection_that_breaks_while_what_is_gone_is_deleted(
    faults: Faults, server: LocalServer, graph: Neo4jConnection, small_case: object, tmp_path: Path
) -> None:
    case = Case(tmp_path / "small.duckdb")  # the copy that small_case made
    case.judge("x:a1", kind="set_aside", value="yes")
    publish(case, graph)
    wanted = contents(graph)
    graph.driver.execute_query("MATCH (n) DETACH DELETE n", database_="neo4j")
    publish(Case(faults.case), graph)
    faults.case = case.path
    with Proxy(server.port, words=(b"DELETE n",), deed=Proxy.cut) as breaking:
        said = faults.publish(breaking.uri, server.password)
        assert breaking.acted.is_set()
    published = publish(case, graph)
    assert contents(graph) == wanted
    faults.row("the connection breaks while what the case no longer has is deleted", said.line, ending(published))


def _server_says(code: str) -> Neo4jError:
    """Make the driver's error as it makes it of a server's answer."""
    return Neo4jError._hydrate_neo4j(code=code, message="said the server")


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("Neo.ClientError.Security.Forbidden", "late may not do that at bolt://h (said the server). Publishing needs"),
        ("Neo.ClientError.General.ForbiddenOnReadOnlyDatabase", "'db' at bolt://h can only be read"),
        ("Neo.TransientError.General.MemoryPoolOutOfMemoryError", "bolt://h ran out of memory"),
        ("Neo.TransientError.General.OutOfMemoryError", "bolt://h ran out of memory"),
        ("Neo.TransientError.Database.DatabaseUnavailable", "'db' at bolt://h can't take or keep what is written"),
        ("Neo.DatabaseError.Transaction.TransactionLogError", "'db' at bolt://h can't take or keep what is written"),
        ("Neo.TransientError.Transaction.DeadlockDetected", "bolt://h stayed busy"),
        ("Neo.ClientError.Procedure.ProcedureNotFound", "bolt://h refused: Neo.ClientError.Procedure"),
    ],
)
def test_what_a_server_refuses_is_known_by_its_code(code: str, says: str) -> None:
    """A user who may only read, for one: Neo4j's free edition has no roles, so every user of it may write."""
    assert refused(_server_says(code), "bolt://h", "late", "db").startswith(says)


@pytest.mark.parametrize(
    ("code", "may_pass"),
    [
        ("Neo.TransientError.Transaction.DeadlockDetected", True),
        ("Neo.TransientError.General.ForbiddenOnReadOnlyDatabase", False),
        ("Neo.TransientError.General.MemoryPoolOutOfMemoryError", False),
        ("Neo.TransientError.Database.DatabaseUnavailable", False),
    ],
)
def test_only_a_trouble_that_passes_is_waited_for(code: str, may_pass: bool) -> None:
    error = _server_says(code)
    assert isinstance(error, TransientError)
    assert passes(error) == may_pass


def test_a_certificate_that_is_not_trusted_is_told_from_a_server_that_does_not_encrypt() -> None:
    error = ServiceUnavailable("no")
    error.__cause__ = ssl.SSLCertVerificationError("self-signed")
    assert "+ssc" in unreachable(error, "bolt+s://h", worked=False, patience=1)


def test_a_message_of_the_servers_is_one_line_that_no_terminal_obeys() -> None:
    error = Neo4jError._hydrate_neo4j(code="Neo.ClientError.X.Y", message="a\nb\x1b[2J\u202e{uri}")
    line = refused(error, "bolt://h", "u", "d")
    assert line.isprintable()
    assert line.endswith("a b [2J {uri}")


def test_refusals_are_raised_as_what_they_are(server: LocalServer) -> None:
    with pytest.raises(Neo4jRefused):
        connect(server.uri, server.user, "wrong-guess")


def test_every_row_of_the_page_says_one_line_and_an_ending() -> None:
    found = rows()
    assert len(found) > 40
    for done, (reads, ends) in found.items():
        assert done
        assert len(reads) > 20
        assert ends.startswith("the same graph as undisturbed; ")
