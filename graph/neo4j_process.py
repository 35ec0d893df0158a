"""The process in which the local Neo4j runs; started by ``neo4j_server.start``, never imported by it.

It is run as a script in a process of its own session, with the server's folder as the one argument, and imports
nothing of clew: its working folder and path are its own. It holds a lock on ``server.lock`` while it lives, so that
two servers never share a folder, and says in ``server.json`` who it is. It ends on SIGTERM, and where
``CLEW_NEO4J_ENDS_WITH`` is the number of a process (a test's), with that one, however it ends.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

import jpype
import psutil

#: What ``start`` understands as "another one has this folder".
EXIT_FOLDER_TAKEN = 3
#: Modest: the graph of a few million facts, beside a notebook and a browser on a laptop.
_HEAP, _PAGE_CACHE = "1g", "256m"
_OPENED = ("java.nio", "java.io", "sun.nio.ch", "java.lang", "java.util.concurrent")


def main(home: Path) -> int:
    """Serve from ``home`` until told to end; return the exit code."""
    os.umask(0o077)
    lock = (home / "server.lock").open("a+b")
    if not _locked(lock.fileno()):
        return EXIT_FOLDER_TAKEN
    plan = json.loads((home / "plan.json").read_text("utf-8"))
    _say_who(home, plan)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    jpype.startJVM(plan["library"], *_java_options(plan["java"]), *plan["options"], classpath=plan["jars"])
    if not (home / "graph" / "data" / "databases").exists():
        _set_first_password(home)
    server = _built(home / "graph", plan["port"])
    while not ended.wait(0.2) and _wanted():  # a signal is only handled between two steps of Python
        pass
    server.shutdown()
    (home / "server.json").unlink(missing_ok=True)
    return 0


def _wanted() -> bool:
    """Tell whether the process that it is to end with still runs; so too where there is none."""
    whose = os.environ.get("CLEW_NEO4J_ENDS_WITH", "")
    return not whose.isdecimal() or psutil.pid_exists(int(whose))


def _locked(descriptor: int) -> bool:
    """Take the lock that the system gives back when the process ends, however it ends; tell whether it was free."""
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _say_who(home: Path, plan: dict[str, Any]) -> None:
    """Write ``server.json``: which process this is (its number may be given to another later, its start may not)."""
    me = psutil.Process()
    state = {"pid": me.pid, "started": me.create_time(), "port": plan["port"], "version": plan["version"]}
    part = home / "server.json.part"
    part.write_text(json.dumps(state), "utf-8")
    part.replace(home / "server.json")


def _java_options(version: int) -> list[str]:
    # -Xrs leaves SIGTERM to Python: the JVM would end without letting Neo4j close its files.
    options = [f"-Xmx{_HEAP}", "-Xrs", "-XX:+UseG1GC", "-Dfile.encoding=UTF-8"]
    options += [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in _OPENED]
    return [*options, "--enable-native-access=ALL-UNNAMED"] if version >= 17 else options  # noqa: PLR2004


def _path(path: Path) -> Any:
    return jpype.java.nio.file.Path.of(str(path))


def _set_first_password(home: Path) -> None:
    """Give the user neo4j the password of the file before anybody can log in with the one that everybody knows."""
    graph = home / "graph"
    graph.mkdir(exist_ok=True)
    context = jpype.JClass("org.neo4j.cli.ExecutionContext")(_path(graph), _path(graph / "conf"))
    command = jpype.JClass("org.neo4j.commandline.admin.security.SetInitialPasswordCommand")(context)
    password = (home / "password").read_text("utf-8").strip()
    jpype.JClass("picocli.CommandLine").populateCommand(command, password)
    command.execute()


def _built(graph: Path, port: int) -> Any:
    """Start the database and its Bolt door on loopback; return it."""
    settings = jpype.JClass("org.neo4j.configuration.GraphDatabaseSettings")
    bolt = jpype.JClass("org.neo4j.configuration.connectors.BoltConnector")
    address = jpype.JClass("org.neo4j.configuration.helpers.SocketAddress")
    true, false = jpype.java.lang.Boolean.TRUE, jpype.java.lang.Boolean.FALSE
    size = jpype.JClass("org.neo4j.configuration.SettingValueParsers").BYTES.parse
    builder = jpype.JClass("org.neo4j.dbms.api.DatabaseManagementServiceBuilder")(_path(graph))
    if (own := graph.parent / "neo4j.conf").exists():
        builder.loadPropertiesFromFile(_path(own))  # what is set below stands, whatever the file says
    return (
        builder.setConfig(bolt.enabled, true)
        .setConfig(bolt.listen_address, address("127.0.0.1", port))
        .setConfig(bolt.advertised_address, address("127.0.0.1", port))
        .setConfig(settings.auth_enabled, true)
        .setConfig(settings.allow_file_urls, false)
        .setConfig(settings.udc_enabled, false)
        .setConfig(settings.pagecache_memory, size(_PAGE_CACHE))
        .build()
    )


if __name__ == "__main__":
    code = main(Path(sys.argv[1]))
    # The JVM's threads would keep the process; everything is on disk by now.
    os._exit(code)
