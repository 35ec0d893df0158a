"""What went wrong with a server, in one line: what, where, and what to do. No password ever stands in one.

``docs/neo4j-faults.md`` shows each line beside what leads to it, and a test holds that page to real servers.
"""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator

from neo4j.exceptions import (
    ConnectionAcquisitionTimeoutError,
    DriverError,
    Neo4jError,
    ServiceUnavailable,
    SessionExpired,
    TransientError,
    UnsupportedServerProduct,
)

OLDEST_VERSION = 5
#: The server is not there, or no longer.
GONE = (ServiceUnavailable, SessionExpired, ConnectionAcquisitionTimeoutError)
#: What a code contains where the database takes no writes, memory is out, or the server can't work its files.
_READ_ONLY = ("ReadOnly",)
_NO_MEMORY = ("OutOfMemory", "MemoryLimit")
_BROKEN = ("DatabaseUnavailable", "TransactionCommitFailed", "TransactionLogError", "TransactionStartFailed")

_AGAIN = "and give the same command again; it goes on from there"
#: Why nothing came of the first talk with a server, by what is behind the driver's error; the first that fits counts.
_UNREACHABLE: tuple[tuple[type[BaseException], str, str], ...] = (
    (
        socket.gaierror,
        "",
        "no host has the name in {uri}, as far as this machine knows. Check the address and the network",
    ),
    (
        ssl.SSLCertVerificationError,
        "",
        "{uri} shows a certificate that is not trusted here. If it is your own server's, write +ssc for +s",
    ),
    (
        ssl.SSLError,
        "",
        (
            "{uri} asks for encryption, and what answers there does not encrypt. If that is right for this server, "
            "leave +s out of the address"
        ),
    ),
    (
        ServiceUnavailable,
        "looks like HTTP",
        "what answers at {uri} speaks HTTP. Neo4j has another port for Bolt, which clew needs: mostly 7687",
    ),
    (
        TimeoutError,
        "",
        (
            "nothing came from {uri} for {patience:.0f} s. Check the address, the network between, and that a Neo4j is "
            "well there; one that encrypts needs +s in the address"
        ),
    ),
    (
        BaseException,
        "",
        (
            "no Neo4j answers at {uri}, or it went away. Check that it runs and the address is right; clew neo4j "
            "start runs one here"
        ),
    ),
)
#: What a server refuses, by what its code contains; the first that fits counts.
_REFUSED: tuple[tuple[tuple[str, ...], str], ...] = (
    (("Security.Forbidden",), "{user} may not do that at {uri} ({said}). Publishing needs a user who may write"),
    (_READ_ONLY, "{database!r} at {uri} can only be read. Publish to another database, or have the server take writes"),
    (
        ("RateLimit",),
        (
            "{uri} takes no password for a while, after too many wrong ones. Wait a little; check NEO4J_USER and "
            "NEO4J_PASSWORD"
        ),
    ),
    (
        ("CredentialsExpired",),
        (
            "the password of {user} at {uri} has to be changed before its first use. Log in once with Neo4j's own "
            "tools, change it, and put the new one into NEO4J_PASSWORD"
        ),
    ),
    (("Unauthorized",), "{uri} does not take the password of {user}. Set NEO4J_USER and NEO4J_PASSWORD"),
    (("DatabaseNotFound",), "{uri} has no database {database!r}. Name another with --database or NEO4J_DATABASE"),
    (
        _NO_MEMORY,
        (
            "{uri} ran out of memory ({code}). Give it more (one of your own machine: CLEW_JAVA_OPTIONS=-Xmx4g clew "
            f"neo4j start), {_AGAIN}"
        ),
    ),
    (
        _BROKEN,
        (
            "{database!r} at {uri} can't take or keep what is written ({code}). Mostly its disk is full: make room, "
            f"start the server again, {_AGAIN}"
        ),
    ),
    (
        ("ConstraintCreationFailed",),
        (
            "the constraints can't be made in {database!r} at {uri}, because data that is there breaks them ({said}). "
            "Remove it, or publish to another database"
        ),
    ),
    (
        (UnsupportedServerProduct.__name__,),
        (
            "what answers at {uri} is no Neo4j that clew can talk to: another program, or one older than "
            f"{OLDEST_VERSION}. Check the address, or bring the server up to date"
        ),
    ),
)


def one_line(text: str) -> str:
    """Return ``text`` on one line with nothing that a terminal would obey; a server's message can quote a post."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+", " ", text).strip()


def passes(error: TransientError) -> bool:
    """Whether trying again may help: a deadlock or an election passes, a read-only database or no memory does not."""
    return not _fits(_code(error), (*_READ_ONLY, *_NO_MEMORY, *_BROKEN))


def unreachable(error: BaseException, uri: str, *, worked: bool, patience: float) -> str:
    """Say why nothing came of talking to ``uri``.

    ``worked`` tells whether the server had answered before, ``patience`` how many seconds it was given for its first
    answer.
    """
    if worked:
        return (
            f"Neo4j at {uri} went away in the middle of the work{_how(error)}. Start it again (one of your own "
            f"machine: clew neo4j start), {_AGAIN}"
        )
    causes = list(_causes(error))
    line = next(
        line for kind, says, line in _UNREACHABLE if any(isinstance(c, kind) and says in str(c) for c in causes)
    )
    return line.format(uri=uri, patience=patience)


def refused(error: Neo4jError | DriverError, uri: str, user: str, database: str) -> str:
    """Say what the server at ``uri`` refused, and the remedy."""
    code = _code(error)
    said = one_line(error.message if isinstance(error, Neo4jError) and error.message else str(error))
    for words, line in _REFUSED:
        if _fits(code, words):
            return line.format(uri=uri, user=user, database=database, code=code, said=said)
    if isinstance(error, TransientError):
        return f"{uri} stayed busy ({code}: {said}). Try again later"
    return f"{uri} refused: {code}: {said}"


def _how(error: BaseException) -> str:
    silent = any(isinstance(cause, TimeoutError) for cause in _causes(error))
    return " (it keeps the connection and says nothing)" if silent else ""


def _code(error: Neo4jError | DriverError) -> str:
    return (error.code if isinstance(error, Neo4jError) else None) or type(error).__name__


def _fits(code: str, words: tuple[str, ...]) -> bool:
    return any(word in code for word in words)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and all behind it; the driver gathers those of a routing address in a group."""
    while error is not None:
        yield error
        if isinstance(error, BaseExceptionGroup):
            for each in error.exceptions:
                yield from _causes(each)
        error = error.__cause__ or error.__context__
