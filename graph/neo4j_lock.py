"""The lock under which a publish works: one at a time in a database, and none that outlives its process.

The lock is a node that is created in a transaction and never committed. Its key is unique, so a second one waits for
the first to end, and the server ends the transaction of a connection that breaks. Nothing of it is ever to be seen.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self

from neo4j.exceptions import Neo4jError

from graph.errors import Neo4jRefused
from graph.neo4j_faults import GONE

if TYPE_CHECKING:
    from graph.neo4j_connection import Neo4jConnection

_TAKE = "CREATE (:Case {id: 'lock of clew publish'})"
#: What the server says when a transaction has reached its time waiting for a lock.
_WAITED_TOO_LONG = ("TransactionTimedOut", "LockClientStopped", "Transaction.Terminated")
#: How long one try waits; the server looks every two seconds for what has waited too long.
_TRY_SECONDS = 2.0
#: Proxies drop connections on which nothing is said for minutes.
_KEEP_SECONDS = 20.0


class PublishLock:
    """Held inside a ``with``; entering waits up to ``wait`` seconds for another publish, then refuses."""

    def __init__(self, connection: Neo4jConnection, *, wait: float, report: Callable[[str], None]) -> None:
        self._connection, self._wait, self._report = connection, wait, report
        self._kept = 0.0

    def __enter__(self) -> Self:
        self._wait_for_others()
        self._session = self._connection.session()
        self._transaction = self._session.begin_transaction()
        self._transaction.run(_TAKE).consume()
        self._kept = time.monotonic()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, GONE):
            # To roll back would be to wait once more for a server that says nothing. It does so by itself when the
            # connection ends.
            self._connection.close()
        try:
            self._transaction.close()
        finally:
            self._session.close()

    def keep(self) -> None:
        """Say something on the lock's connection now and then; a lost lock surfaces here as the driver's error."""
        if time.monotonic() - self._kept > _KEEP_SECONDS:
            self.check()

    def check(self) -> None:
        """Raise the driver's error where the lock is lost, as after a restart that nothing else noticed."""
        self._transaction.run("RETURN 1").consume()
        self._kept = time.monotonic()

    def _wait_for_others(self) -> None:
        began = time.monotonic()
        while self._taken():
            waited = time.monotonic() - began
            if waited >= self._wait:
                raise Neo4jRefused(
                    f"another publish works on {self._connection.database!r} at {self._connection.uri} and was not "
                    f"done after {waited:.0f} s; wait for it, or end it, and publish again"
                )
            self._report(f"another publish works on this database; waiting, {waited:.0f} s so far")

    def _taken(self) -> bool:
        """Try to take the lock for a moment and give it back at once."""
        with self._connection.session() as session:
            transaction = session.begin_transaction(timeout=_TRY_SECONDS)
            try:
                transaction.run(_TAKE).consume()
            except Neo4jError as error:
                if not any(word in (error.code or "") for word in _WAITED_TOO_LONG):
                    raise
                return True
            finally:
                transaction.close()
        return False
