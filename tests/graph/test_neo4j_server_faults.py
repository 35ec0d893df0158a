"""A real server of these tests' own that is killed, stopped, restarted, full, out of memory, silent or read-only.

Each test publishes as a user does, reads one line, puts the server right, and publishes again.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from graph import neo4j_server
from graph.case import Case
from graph.errors import Neo4jRefused, Neo4jUnreachable
from graph.neo4j_connection import connect
from graph.neo4j_server import LocalServer
from graph.publish import publish
from graph.records import Post
from tests.conftest import fill
from tests.graph.faults import Faults, contents, ending
from tests.graph.proxy import Proxy
from tests.graph.test_neo4j_faults import PLACES

pytestmark = pytest.mark.neo4j
#: The server tells its clients to wait 2 seconds for a sign of life instead of 120.
_QUICK = "server.bolt.connection_keep_alive=1s\n"
_EVERYTHING = "MATCH (n) DETACH DELETE n"


class OwnServer:
    """A server in a folder of its own; ``up`` makes it run with some settings."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._settings = ""
        self.server: LocalServer | None = None
        #: Chosen once, so that the server comes back at the same address; not the usual one, which others want too.
        self._port = neo4j_server._bound(0)

    def up(self, settings: str = _QUICK) -> LocalServer:
        """Return the server, running, with these settings."""
        if settings != self._settings:
            self.down()
            folder = neo4j_server.server_home(self._home)
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "neo4j.conf").write_text(settings, "utf-8")
            self._settings = settings
        self.server = neo4j_server.start(self._home, self._port)
        return self.server

    def down(self) -> None:
        """Stop it as ``clew neo4j stop`` does."""
        neo4j_server.stop(self._home)

    def kill(self) -> None:
        """End its process from one moment to the next, and wait until it is gone."""
        assert self.server
        process = psutil.Process(self.server.pid)
        process.kill()
        while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
            time.sleep(0.02)

    def empty(self) -> None:
        """Delete whatever the graph holds."""
        server = self.up(self._settings or _QUICK)
        with connect(server.uri, server.user, server.password) as connection:
            connection.driver.execute_query(_EVERYTHING, database_="neo4j")


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnServer]:
    own = OwnServer(tmp_path_factory.mktemp("own"))
    # As in tests/conftest.py: Java's quick compiler alone.
    os.environ.setdefault("CLEW_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1")
    try:
        yield own
    finally:
        own.down()


@pytest.fixture(scope="module")
def whole_graph(own: OwnServer, small_case_file: Path) -> str:
    """Give the digest of what an undisturbed publish makes."""
    server = own.up()
    with connect(server.uri, server.user, server.password) as connection:
        publish(Case(small_case_file), connection)
        return contents(connection)


@pytest.fixture
def faults(
    own: OwnServer,
    whole_graph: str,
    small_case_file: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Faults:
    """Begin with a server that runs and an empty graph."""
    own.up()
    own.empty()
    return Faults(small_case_file, whole_graph, monkeypatch, capsys)


def resumed(own: OwnServer, faults: Faults) -> str:
    """Publish again to the server, which runs again by then; say what that ended with."""
    server = own.up()
    with connect(server.uri, server.user, server.password) as connection:
        return faults.resumed(connection)


_KILLED_AT = [place for place in PLACES if place not in {"taking the lock", "reading what the graph holds"}]


@pytest.mark.parametrize(
    "place", [pytest.param(p, marks=[] if p == "creating posts" else [pytest.mark.long]) for p in _KILLED_AT]
)
def test_a_server_that_is_killed_in_the_middle(own: OwnServer, faults: Faults, place: str) -> None:
    server = own.up()
    with Proxy(server.port, words=(PLACES[place],), deed=lambda _: own.kill()) as way:
        said = faults.publish(way.uri, server.password)
    assert neo4j_server.status(server.home.parent) is None
    faults.row(f"the server's process is killed at {place}", said.line, resumed(own, faults))


@pytest.mark.long
def test_a_server_that_is_killed_when_the_publish_is_done_keeps_all_of_it(own: OwnServer, faults: Faults) -> None:
    server = own.up()
    said = faults.publish(server.uri, server.password)
    own.kill()
    faults.row("the server's process is killed when the publish is done", said.line, resumed(own, faults))


@pytest.mark.long
@pytest.mark.parametrize(
    ("done", "line", "comes_back"),
    [
        ("the server is stopped in the middle of creating posts", "Post: comparing", False),
        ("the server is restarted in the middle of creating posts", "Post: comparing", True),
        ("the server is restarted after the last fact, before the last mark", "Chat FROM Source: 1 of 1", True),
    ],
)
def test_a_server_that_is_stopped_or_restarted_behind_a_publish(
    own: OwnServer, faults: Faults, done: str, line: str, comes_back: bool
) -> None:
    """The publish never goes on without its lock, which the stop took away."""
    server = own.up()

    def restart(said: str) -> None:
        if said.startswith(line):
            own.down()
            if comes_back:
                own.up()

    with (
        connect(server.uri, server.user, server.password) as connection,
        pytest.raises(Neo4jUnreachable) as caught,
    ):
        publish(Case(faults.case), connection, report=restart)
    faults.row(done, str(caught.value), resumed(own, faults))


@pytest.mark.long
def test_a_server_that_says_nothing_any_more(own: OwnServer, faults: Faults) -> None:
    server = own.up()
    began = time.monotonic()
    with Proxy(server.port, words=(PLACES["creating posts"],), deed=Proxy.stall) as way:
        said = faults.publish(way.uri, server.password)
        assert time.monotonic() - began < 60  # twice the driver's own 2 s, and room for a busy machine
    done = "the server says nothing any more in the middle of creating posts"
    faults.row(done, said.line, resumed(own, faults))


@pytest.mark.long
def test_a_server_whose_disk_is_full(own: OwnServer, faults: Faults) -> None:
    """The system lets the server's process write no byte of a file more: to it, the disk is full."""
    server = own.up()
    process = psutil.Process(server.pid)

    def fill(line: str) -> None:
        if line.startswith("Post: comparing"):
            process.rlimit(psutil.RLIMIT_FSIZE, (0, psutil.RLIM_INFINITY))

    with (
        connect(server.uri, server.user, server.password) as connection,
        pytest.raises(Neo4jRefused) as caught,
    ):
        publish(Case(faults.case), connection, report=fill)
    still_full = faults.publish(server.uri, server.password)
    process.rlimit(psutil.RLIMIT_FSIZE, (psutil.RLIM_INFINITY, psutil.RLIM_INFINITY))
    own.down()
    ends = resumed(own, faults)
    faults.row("the server's disk is full", str(caught.value), ends)
    faults.row("the same once more, while the disk is still full", still_full.line, ends)


_SET = {
    "the whole server can only be read": "server.databases.default_to_read_only=true\n",
    "the database can only be read": "server.databases.read_only=neo4j\n",
}


@pytest.mark.long
@pytest.mark.parametrize("done", list(_SET))
def test_a_server_that_takes_nothing(own: OwnServer, faults: Faults, done: str) -> None:
    """Its own settings say so; and none of them opens a door that clew shut."""
    open_doors = "dbms.security.auth_enabled=false\nserver.bolt.listen_address=0.0.0.0:0\n"
    server = own.up(_QUICK + _SET[done] + open_doors)
    said = faults.publish(server.uri, server.password)
    with pytest.raises(Neo4jRefused, match="does not take the password"):
        connect(server.uri, server.user, "wrong-guess")
    listening = {c.laddr.ip for c in psutil.Process(server.pid).net_connections("tcp") if c.status == "LISTEN"}
    assert listening <= {"127.0.0.1", "::ffff:127.0.0.1"}
    faults.row(done, said.line, resumed(own, faults))


@pytest.mark.long
def test_a_server_that_has_too_little_memory(own: OwnServer, faults: Faults, tmp_path: Path) -> None:
    """Long posts, of which a batch is more than the server's settings let a transaction take."""
    case = Case(tmp_path / "long.duckdb")
    fill(case, "posts.csv", [Post(platform="x", native_id=f"{n}", text="long " * 20_000) for n in range(80)])
    server = own.up(f"{_QUICK}db.memory.transaction.max=4m\n")
    faults.case = case.path
    said = faults.publish(server.uri, server.password)
    server = own.up()
    with connect(server.uri, server.user, server.password) as connection:
        published = publish(case, connection)
        ended = contents(connection)
        own.empty()
        publish(case, connection)
        assert contents(connection) == ended
    faults.row("the server has no memory left for a transaction", said.line, ending(published))


@pytest.mark.long
def test_two_servers_that_are_started_at_once_each_get_a_port_and_answer(tmp_path: Path) -> None:
    homes = [tmp_path / "one", tmp_path / "two"]
    started: list[LocalServer] = []
    starting = [threading.Thread(target=lambda h=home: started.append(neo4j_server.start(h))) for home in homes]
    try:
        for each in starting:
            each.start()
        for each in starting:
            each.join()
        assert len({server.port for server in started}) == len(homes)
        for server in started:
            connect(server.uri, server.user, server.password).close()
    finally:
        for home in homes:
            neo4j_server.stop(home)
