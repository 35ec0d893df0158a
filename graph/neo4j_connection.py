"""A connection to a Neo4j server: whose address and password, and its errors in clew's words.

Arguments come first, then ``NEO4J_URI``, ``NEO4J_USER``, ``NEO4J_PASSWORD`` and ``NEO4J_DATABASE``; with no address at
all, the local server (``clew neo4j start``) if one runs. A password never stands in a message.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import neo4j
from neo4j.exceptions import ConfigurationError, DriverError, Neo4jError

from graph import neo4j_server
from graph.errors import Neo4jRefused, Neo4jUnreachable
from graph.neo4j_faults import GONE, OLDEST_VERSION, one_line, refused, unreachable

_SCHEMES = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")
#: How long it may take from the first packet until a server has said who it is and let the user in.
PATIENCE_SECONDS = 20.0
# What goes wrong is raised, in clew's words; the driver's own lines would stand on the terminal beside them.
logging.getLogger("neo4j").addHandler(logging.NullHandler())
#: How long a statement is tried again while the server says that the trouble is passing (a deadlock, an election).
RETRY_SECONDS = 10.0


class Neo4jConnection:
    """An open connection to one database; close it, or use it in a ``with``.

    ``uri``, ``user`` and ``database`` are for messages; the password is kept by the driver alone. When a publish finds
    that the server went away, it closes the connection.
    """

    def __init__(
        self, uri: str, user: str, password: str, database: str, *, patience: float = PATIENCE_SECONDS
    ) -> None:
        self.uri, self.user, self.database = uri, user, database
        self._patience, self._worked = patience, False
        self.driver = neo4j.GraphDatabase.driver(
            uri,
            auth=(user, password),
            connection_timeout=patience,
            connection_acquisition_timeout=patience,
            max_transaction_retry_time=RETRY_SECONDS,
            # Hints about plans are for whoever writes a query, and would reach the terminal as log lines.
            notifications_min_severity=neo4j.NotificationMinimumSeverity.OFF,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the server."""
        self.driver.close()

    def session(self, *, reading: bool = False, fetch: int = 10_000) -> neo4j.Session:
        """Return a session of the database; ``reading`` refuses writes, ``fetch`` is how many rows come at once."""
        mode = neo4j.READ_ACCESS if reading else neo4j.WRITE_ACCESS
        return self.driver.session(database=self.database, default_access_mode=mode, fetch_size=fetch)

    def about(self) -> str:
        """Return what the server calls itself, such as ``Neo4j 5.26.16 community``."""
        with self.told(), self.session(reading=True) as session:
            text = "CALL dbms.components() YIELD name, versions, edition WITH * WHERE name = 'Neo4j Kernel' "
            (versions, edition), *_ = session.run(text + "RETURN versions, edition").values()
        return one_line(f"Neo4j {', '.join(versions)} {edition}")

    @contextlib.contextmanager
    def told(self) -> Iterator[None]:
        """Turn the driver's errors inside the block into clew's, with what to do.

        Raises :class:`~graph.errors.Neo4jUnreachable` or :class:`~graph.errors.Neo4jRefused`.
        """
        try:
            yield
        except GONE as error:
            line = unreachable(error, self.uri, worked=self._worked, patience=self._patience)
            raise Neo4jUnreachable(line) from error
        except (Neo4jError, DriverError) as error:
            raise Neo4jRefused(refused(error, self.uri, self.user, self.database)) from error

    def check_version(self) -> None:
        """Talk to the server for the first time; raise :class:`~graph.errors.Neo4jRefused` where it is too old."""
        with self.told():
            with self.session(reading=True) as session:
                session.run("RETURN 1").consume()
            agent = self.driver.get_server_info().agent
        version = re.match(r"Neo4j/(\d+)", agent)
        if version is None or int(version[1]) < OLDEST_VERSION:
            raise Neo4jRefused(
                f"{self.uri} is {one_line(agent)}; clew needs Neo4j {OLDEST_VERSION} or later. Bring the server up to "
                "date, or name another"
            )
        self._worked = True


def connect(
    uri: str | None = None,
    user: str | None = None,
    password: str | None = None,
    database: str | None = None,
    *,
    home: str | Path | None = None,
    patience: float = PATIENCE_SECONDS,
) -> Neo4jConnection:
    """Return an open connection, after the server took the password and proved to be Neo4j 5 or later.

    What is absent comes from the environment, then from the local server in ``home``; see the module. ``patience`` is
    how many seconds the server may take until it has let the user in.

    Raises
    ------
    Neo4jUnreachable
        Nothing answers, or nothing was named and no local server runs.
    Neo4jRefused
        The server says no to the password or the database, or is too old.
    """
    uri = uri or os.environ.get("NEO4J_URI")
    user = user or os.environ.get("NEO4J_USER")
    password = password or os.environ.get("NEO4J_PASSWORD")
    database = database or os.environ.get("NEO4J_DATABASE") or "neo4j"
    local = neo4j_server.status(home) if not (uri and password) else None
    if local and uri in (None, local.uri):
        uri, user, password = local.uri, local.user, password or local.password
    if database == "system":
        raise Neo4jRefused("the database 'system' is Neo4j's own. Name another with --database or NEO4J_DATABASE")
    if uri is None:
        raise Neo4jUnreachable(
            "no Neo4j was named and none runs here. Start one with: clew neo4j start, or name yours with NEO4J_URI, "
            "NEO4J_USER and NEO4J_PASSWORD"
        )
    _check_address(uri)
    if not password:
        raise Neo4jRefused(f"there is no password for {uri}. Put it into NEO4J_PASSWORD")
    try:
        connection = Neo4jConnection(uri, user or "neo4j", password, database, patience=patience)
    except (ConfigurationError, ValueError) as error:
        raise Neo4jUnreachable(f"{uri} is no address that the driver takes: {one_line(str(error))}") from error
    try:
        connection.check_version()
    except BaseException:
        connection.close()
        raise
    return connection


def _check_address(uri: str) -> None:
    parts = urlsplit(uri)
    if parts.username or parts.password:
        raise Neo4jUnreachable("the address carries a user or password; put them into NEO4J_USER and NEO4J_PASSWORD")
    if parts.scheme not in _SCHEMES or not parts.hostname:
        raise Neo4jUnreachable(f"{uri!r} is no Neo4j address; write bolt://HOST:7687 or neo4j+s://HOST")
