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
from neo4j.exceptions import (
    AuthError,
    ClientError,
    ConfigurationError,
    DriverError,
    Forbidden,
    Neo4jError,
    ServiceUnavailable,
    SessionExpired,
    TransientError,
)

from graph import neo4j_server
from graph.errors import Neo4jRefused, Neo4jUnreachable

OLDEST_VERSION = 5
_SCHEMES = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")
_CONNECT_SECONDS = 10.0
# What goes wrong is raised, in clew's words; the driver's own lines would stand on the terminal beside them.
logging.getLogger("neo4j").addHandler(logging.NullHandler())
#: How long a statement is tried again while the server says that the trouble is passing (a deadlock, an election).
RETRY_SECONDS = 10.0
_GONE = (ServiceUnavailable, SessionExpired)


class Neo4jConnection:
    """An open connection to one database; close it, or use it in a ``with``.

    ``uri``, ``user`` and ``database`` are for messages; the password is kept by the driver alone.
    """

    def __init__(self, uri: str, user: str, password: str, database: str) -> None:
        self.uri, self.user, self.database = uri, user, database
        self.driver = neo4j.GraphDatabase.driver(
            uri,
            auth=(user, password),
            connection_timeout=_CONNECT_SECONDS,
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

    @contextlib.contextmanager
    def told(self) -> Iterator[None]:
        """Turn the driver's errors inside the block into clew's, with what to do.

        Raises :class:`~graph.errors.Neo4jUnreachable` or :class:`~graph.errors.Neo4jRefused`.
        """
        try:
            yield
        except _GONE as error:
            raise Neo4jUnreachable(
                f"no Neo4j answers at {self.uri}, or it went away. Check that it runs and the address is right; "
                "clew neo4j start runs one here"
            ) from error
        except (Neo4jError, DriverError) as error:
            raise Neo4jRefused(self._refusal(error)) from error

    def _refusal(self, error: Neo4jError | DriverError) -> str:
        """Say what the server at hand refused, and the remedy."""
        code = (error.code if isinstance(error, Neo4jError) else None) or type(error).__name__
        said = one_line(error.message if isinstance(error, Neo4jError) and error.message else str(error))
        if isinstance(error, Forbidden) or "ReadOnly" in code:
            return f"{self.user} may not do that at {self.uri} ({said}). Publishing needs a user who may write"
        if isinstance(error, AuthError):
            return f"{self.uri} does not take the password of {self.user}. Set NEO4J_USER and NEO4J_PASSWORD"
        if code.endswith("DatabaseNotFound"):
            return f"{self.uri} has no database {self.database!r}. Name another with --database or NEO4J_DATABASE"
        if isinstance(error, TransientError):
            return f"{self.uri} stayed busy or ran out of memory ({code}: {said}). Try again later"
        if isinstance(error, ClientError) and "ConstraintCreationFailed" in code:
            return (
                f"the constraints can't be made in {self.database!r} at {self.uri}, because data that is there breaks "
                f"them ({said}). Remove it, or publish to another database"
            )
        return f"{self.uri} refused: {code}: {said}"


def connect(
    uri: str | None = None,
    user: str | None = None,
    password: str | None = None,
    database: str | None = None,
    *,
    home: str | Path | None = None,
) -> Neo4jConnection:
    """Return an open connection, after the server took the password and proved to be Neo4j 5 or later.

    What is absent comes from the environment, then from the local server in ``home``; see the module.

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
    if uri is None:
        raise Neo4jUnreachable(
            "no Neo4j was named and none runs here. Start one with: clew neo4j start, or name yours with NEO4J_URI, "
            "NEO4J_USER and NEO4J_PASSWORD"
        )
    _check_address(uri)
    if not password:
        raise Neo4jRefused(f"there is no password for {uri}. Put it into NEO4J_PASSWORD")
    try:
        connection = Neo4jConnection(uri, user or "neo4j", password, database)
    except (ConfigurationError, ValueError) as error:
        raise Neo4jUnreachable(f"{uri} is no address that the driver takes: {one_line(str(error))}") from error
    try:
        _check_version(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def one_line(text: str) -> str:
    """Return ``text`` on one line with nothing that a terminal would obey; a server's message can quote a post."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+", " ", text).strip()


def _check_address(uri: str) -> None:
    parts = urlsplit(uri)
    if parts.username or parts.password:
        raise Neo4jUnreachable("the address carries a user or password; put them into NEO4J_USER and NEO4J_PASSWORD")
    if parts.scheme not in _SCHEMES or not parts.hostname:
        raise Neo4jUnreachable(f"{uri!r} is no Neo4j address; write bolt://HOST:7687 or neo4j+s://HOST")


def _check_version(connection: Neo4jConnection) -> None:
    with connection.told():
        with connection.session(reading=True) as session:
            session.run("RETURN 1").consume()
        agent = connection.driver.get_server_info().agent
    version = re.match(r"Neo4j/(\d+)", agent)
    if version is None or int(version[1]) < OLDEST_VERSION:
        raise Neo4jRefused(f"{connection.uri} is {agent}; clew needs Neo4j {OLDEST_VERSION} or later")
