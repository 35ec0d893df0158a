"""A real Neo4j on this machine, from packages alone: start, stop, and whether it runs.

One server a folder. In the folder: ``password`` (only the user can read it), ``graph/`` (what Neo4j keeps),
``server.json`` (who serves it now), ``server.log``. It listens on loopback only and asks for the password. Java gets
1 GB; ``CLEW_JAVA_OPTIONS`` (such as ``-Xmx4g``) says otherwise. Settings of one's own go into ``neo4j.conf`` in that
folder; what clew sets (the address, the password) stands whatever it says.
"""

from __future__ import annotations

import json
import os
import secrets
import shlex
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import neo4j
import platformdirs
import psutil
from neo4j.exceptions import AuthError, DriverError, Neo4jError

from graph.errors import Neo4jRefused, Neo4jUnavailable
from graph.neo4j_jars import NEO4J_VERSION, Java, Report, find_java, neo4j_jars, require_jpype

USER = "neo4j"
#: Where Bolt listens unless something else does.
USUAL_PORT = 7687
_ADDRESS = "127.0.0.1"
_EXIT_FOLDER_TAKEN = 3  # neo4j_process.EXIT_FOLDER_TAKEN; that module can't be imported without a JVM
_START_SECONDS, _STOP_SECONDS = 180.0, 60.0
_SAY_SO_EVERY = 5.0


@dataclass(frozen=True, slots=True)
class LocalServer:
    """A server that runs here: where it answers, how to log in, and its process."""

    uri: str
    user: str
    password: str = field(repr=False)
    pid: int
    home: Path

    @property
    def port(self) -> int:
        """The port Bolt listens on."""
        return int(self.uri.rpartition(":")[2])


def server_home(home: str | Path | None = None) -> Path:
    """Return the server's folder: ``neo4j`` in ``home``, else in ``CLEW_HOME``, else in the user's data folder."""
    base = home or os.environ.get("CLEW_HOME") or platformdirs.user_data_path("clew", appauthor=False)
    return Path(base).expanduser().resolve() / "neo4j"


def start(home: str | Path | None = None, port: int | None = None, report: Report = lambda _: None) -> LocalServer:
    """Start the server, wait until it answers, and return it; one that runs already is returned as it is.

    Parameters
    ----------
    home
        A folder for the server's; see :func:`server_home`.
    port
        Where to listen. Absent: 7687, or a free one where that is taken.
    report
        Takes lines for the user.

    Raises
    ------
    Neo4jUnavailable
        The extra or a Java is missing, Neo4j's jars can't be fetched, the port is taken, or the server died
        (the message has the end of its log).
    """
    folder = server_home(home)
    if running := status(home):
        if port not in (None, running.port):
            raise Neo4jUnavailable(f"Neo4j runs already, at {running.uri}; end it first with: clew neo4j stop")
        return _answering(folder, None, report)
    require_jpype()
    java = find_java()
    jars = neo4j_jars(report)
    _make_folder(folder)
    while True:
        chosen = _free_port(port)
        _write_plan(folder, java, jars, chosen)
        report(
            f"starting Neo4j {NEO4J_VERSION} on Java {java.version} ({java.origin}), port {chosen}, data in {folder}"
        )
        process = _launch(folder)
        try:
            server = _answering(folder, process, report)
        except BaseException as error:
            ended = process.poll() is not None
            process.terminate()
            process.wait(_STOP_SECONDS)
            if isinstance(error, Neo4jUnavailable) and ended and port is None and _bound(chosen) is None:
                report(f"another program took port {chosen} at the same moment; choosing another")
                continue
            raise
        process.returncode = 0  # it lives on without us, on purpose; Popen would warn of that when it is collected
        return server


def stop(home: str | Path | None = None) -> bool:
    """End the server, let it close its files, and return whether there was one.

    Only the process that the folder's ``server.json`` names by number *and* start time is ended.
    """
    folder = server_home(home)
    process = _process(folder)
    if process is None:
        return False
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except psutil.TimeoutExpired:
        process.kill()  # it recovers from its transaction log at the next start
        process.wait(_STOP_SECONDS)
    (folder / "server.json").unlink(missing_ok=True)
    return True


def status(home: str | Path | None = None) -> LocalServer | None:
    """Return the server that runs, ``None`` where none does. It may still be starting."""
    folder = server_home(home)
    process, state = _process(folder), _state(folder)
    if process is None or state is None:
        return None
    return LocalServer(f"bolt://{_ADDRESS}:{state['port']}", USER, _password(folder), process.pid, folder)


def _state(folder: Path) -> dict[str, Any] | None:
    try:
        state: dict[str, Any] = json.loads((folder / "server.json").read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError, json.JSONDecodeError):
        return None
    except OSError as error:
        raise Neo4jUnavailable(f"{folder} can't be read: {error.strerror}; choose another with --home") from error
    return state


def _process(folder: Path) -> psutil.Process | None:
    """Return the server's process; ``None`` where it is gone or its number belongs to another process by now."""
    state = _state(folder)
    if state is None:
        return None
    try:
        process = psutil.Process(state["pid"])
        same = abs(process.create_time() - state["started"]) < 1 and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return None
    return process if same else None


def _password(folder: Path) -> str:
    try:
        return (folder / "password").read_text("utf-8").strip()
    except FileNotFoundError as error:
        raise Neo4jRefused(
            f"{folder / 'password'} is gone, and with it the only key to the data beside it. Put it back, or end the "
            f"server and remove {folder}; a publish makes the graph again from the case"
        ) from error


def _make_folder(folder: Path) -> None:
    """Make the folder, for its user only, and the password in it."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / "password"
        if path.exists():
            return
        if (folder / "graph" / "data" / "databases").exists():
            _password(folder)
        part = folder / f"password.{os.getpid()}"
        part.unlink(missing_ok=True)
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            # Hex, because Neo4j's own command takes a password that begins with - for an option.
            file.write(secrets.token_hex(24))
        part.replace(path)
    except OSError as error:
        raise Neo4jUnavailable(f"{folder} can't be written: {error.strerror}; choose another with --home") from error


def _write_plan(folder: Path, java: Java, jars: list[Path], port: int) -> None:
    """Write down what the server's process is to do."""
    plan = {
        "java": java.version,
        "library": str(java.library),
        "jars": [str(jar) for jar in jars],
        "options": shlex.split(os.environ.get("CLEW_JAVA_OPTIONS", "")),
        "port": port,
        "version": NEO4J_VERSION,
    }
    (folder / "plan.json").write_text(json.dumps(plan), "utf-8")


def _free_port(wanted: int | None) -> int:
    """Return ``wanted`` if nobody listens there, else refuse; without a wish, the usual port or any free one."""
    for port in (wanted,) if wanted is not None else (USUAL_PORT, 0):
        if free := _bound(port):
            return free
    raise Neo4jUnavailable(f"port {wanted} is taken; leave --port out and a free one is used")


def _bound(port: int) -> int | None:
    """Listen on a port for a moment (any free one for 0) and return its number, ``None`` where somebody has it."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        if os.name == "posix":  # elsewhere this option would let two servers share a port
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_ADDRESS, port))
        except OSError:
            return None
        return int(probe.getsockname()[1])


def _launch(folder: Path) -> subprocess.Popen[bytes]:
    """Start the server's process so that it outlives this one: its own session, no terminal, its own folder."""
    # -P: a graph.py or json.py in the working folder must not be taken for ours.
    command = [sys.executable, "-P", str(Path(__file__).with_name("neo4j_process.py")), str(folder)]
    detached: dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        detached = {"creationflags": subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP}
    with (folder / "server.log").open("wb") as log:
        return subprocess.Popen(  # noqa: S603  # our own interpreter and script
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **detached
        )


def _answering(folder: Path, process: subprocess.Popen[bytes] | None, report: Report) -> LocalServer:
    """Wait until Bolt lets the user in; ``process`` is the one that this call started, if it did."""
    began = time.monotonic()
    said = began
    while time.monotonic() - began < _START_SECONDS:
        code = process.poll() if process else None
        if code is not None and code != _EXIT_FOLDER_TAKEN:
            raise Neo4jUnavailable(f"Neo4j ended while starting (exit code {code}). {_end_of_log(folder)}")
        server = status(folder.parent)
        if server and _listens(server) and _lets_in(server):
            report(f"Neo4j answers at {server.uri} (user {server.user}, password in {folder / 'password'})")
            return server
        if server is None and process is None:
            raise Neo4jUnavailable(f"Neo4j ended. {_end_of_log(folder)}")
        if time.monotonic() - said > _SAY_SO_EVERY:
            said = time.monotonic()
            report(f"waiting for Neo4j, {said - began:.0f} s so far")
        time.sleep(0.2)
    raise Neo4jUnavailable(f"Neo4j does not answer after {_START_SECONDS:.0f} s. {_end_of_log(folder)}")


def _listens(server: LocalServer) -> bool:
    """Whether it is this server that listens on its port; one started at the same moment may have been quicker."""
    try:
        listening = psutil.Process(server.pid).net_connections("tcp")
    except psutil.Error:
        return False  # it has just ended, which the caller sees next
    return any(c.status == psutil.CONN_LISTEN and c.laddr.port == server.port for c in listening)


def _lets_in(server: LocalServer) -> bool:
    try:
        with neo4j.GraphDatabase.driver(server.uri, auth=(server.user, server.password)) as driver:
            driver.execute_query("RETURN 1", database_="neo4j")
    except AuthError as error:
        raise Neo4jRefused(
            f"Neo4j at {server.uri} does not take the password in {server.home / 'password'}; it was changed on the "
            "server. Put the new one into that file"
        ) from error
    except (DriverError, Neo4jError):
        return False  # it listens and is not ready yet
    return True


def _end_of_log(folder: Path) -> str:
    path = folder / "server.log"
    lines = path.read_text("utf-8", errors="replace").splitlines()[-2:] if path.exists() else []
    return f"The end of {path}: {' | '.join(lines) or 'empty'}"
