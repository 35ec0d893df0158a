"""Rows of a Neo4j database as a source: what the user's own Cypher returns, its columns read as a table's are.

The answer is kept on the way (``loaders/spools.py``), so that the server is asked once and a load begins when all of it
is here. What identifies it, and why: docs/decisions/0018-sources-that-are-no-files.md.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Literal, TypeAlias
from urllib.parse import urlsplit

from graph.errors import QueryMalformed
from loaders.formats import open_found
from loaders.private_folders import kept_if_well
from loaders.rows import head_of
from loaders.spools import Found, survey_of, write_spool
from loaders.table_columns import listed, plan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from graph.neo4j_connection import Neo4jConnection
    from loaders.formats import Opened

Kind: TypeAlias = Literal["accounts", "posts"]
#: What the sources are told to be in a case; how their columns are read is ``csv``'s.
FORMAT = "neo4j"
_DIGEST_BYTES = 16
_PROPERTIES = "return its properties, such as u.id AS account_id"


def open_query(
    connection: Neo4jConnection,
    kind: Kind,
    text: str,
    *,
    columns: Mapping[str, str] | None = None,
    **said: Any,
) -> Opened:
    """Return what a query returns as an open source: one of accounts, or one of posts and reposts.

    ``columns`` says by clew's names how the query calls its own (``{"account_id": "uid"}``), where these say it not
    themselves; those that it does not return are left out. ``said`` are ``loaders.formats.open_found``'s. Line 1 is the
    first row of the answer.

    Raises
    ------
    QueryNotReadOnly
        It would write, read files or call out; nothing was run.
    QueryMalformed
        The server can't make sense of it, or what it returns are no accounts, or no posts.
    Neo4jUnreachable, Neo4jRefused
        The server went away, or said no.
    """
    from graph.questions import each_row  # noqa: PLC0415 - all modules of this folder are imported for any file

    name = f"{_address(connection)} {kind}"
    own: dict[str, str] = {}

    def keep(names: tuple[str, ...], rows: Iterator[tuple[Any, ...]]) -> str:
        own.update({ours: theirs for ours, theirs in (columns or {}).items() if theirs in names})
        _check_columns(kind, names, own)
        identity = _Identity(names)
        write_spool(folder.path / kind, _cells(names, rows, identity))
        return identity.digest()

    with kept_if_well() as folder:
        sha256 = each_row(connection, text, keep)
        survey = survey_of(folder.path / kind, name)
        found = Found(survey, head_of(survey), sha256, survey.size, folder=folder)
        return open_found(found, name=name, format_name="csv", told_as=FORMAT, columns=own, **said)


def _address(connection: Neo4jConnection) -> str:
    """Return where the rows come from, without anything that may be secret."""
    parts = urlsplit(connection.uri)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname}{port}/{connection.database}"


def _check_columns(kind: Kind, names: tuple[str, ...], columns: Mapping[str, str]) -> None:
    """Raise where the columns are not those of what was asked for: a post's author would become a mere account."""
    found = plan(names, tuple(columns.items()))
    if kind == "posts" and not found.posts:
        raise QueryMalformed(
            "what --posts-query returns are no posts: it has no column post_id, text, object_id or contact_phone (clew "
            f"formats csv has the other names of these, --map gives its own); its columns are {listed(names)}"
        )
    if kind == "accounts" and found.posts:
        of_posts = [theirs for ours, theirs in (*found.marks, *found.texts) if ours in {"post_id", "text", "object_id"}]
        raise QueryMalformed(
            f"what --accounts-query returns are posts, for its columns {listed(tuple(of_posts))}: ask for them with "
            "--posts-query, or call these columns something else (… AS bio)"
        )
    if kind == "accounts" and found.problem:
        raise QueryMalformed(f"what --accounts-query returns are no accounts: {found.problem}")


def _cells(
    names: tuple[str, ...], rows: Iterator[tuple[Any, ...]], identity: _Identity
) -> Iterator[tuple[int, list[str]]]:
    plain = _plainly()
    yield 0, list(names)
    for number, row in enumerate(rows, 1):
        cells = [
            value if type(value) is str else _cell(plain(value, name)) for name, value in zip(names, row, strict=True)
        ]
        identity.take(cells)
        yield number, cells


def _cell(value: Any) -> str:
    """Return a value of JSON as one cell: lists and maps as JSON, nothing for null."""
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else str(value)


def _plainly() -> Callable[[Any, str], Any]:
    """Return what makes values of JSON of the driver's: times as ISO 8601; it names the column of what is none."""
    from neo4j.graph import Node, Path, Relationship  # noqa: PLC0415 - as above
    from neo4j.time import Date, DateTime, Duration, Time  # noqa: PLC0415 - as above

    refused = {
        Node: f"a node: {_PROPERTIES}",
        Relationship: f"a relationship: {_PROPERTIES}",
        Path: f"a path: {_PROPERTIES}",
        bytes: "bytes: return text or numbers",
        bytearray: "bytes: return text or numbers",
    }

    def plain(value: Any, column: str) -> Any:
        for kind, what in refused.items():
            if isinstance(value, kind):
                raise QueryMalformed(f"the column {column!r} holds {what}")
        if isinstance(value, DateTime | Date | Time):
            return value.to_native().isoformat()
        if isinstance(value, Duration):
            return value.iso_format()
        if isinstance(value, list | tuple):
            return [plain(each, column) for each in value]
        if isinstance(value, dict):
            return {name: plain(each, column) for name, each in value.items()}
        return value

    return plain


class _Identity:
    """What tells one answer from another: its columns and its rows, in whatever order the server gives them."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self._names = names
        self._rows = bytearray()

    def take(self, cells: list[str]) -> None:
        """Count a row in."""
        self._rows += hashlib.sha256(_canonical(cells)).digest()[:_DIGEST_BYTES]

    def digest(self) -> str:
        """Return the SHA-256 of the columns' names and the rows' digests, sorted, in hex."""
        import numpy as np  # noqa: PLC0415 - as above

        rows = np.sort(np.frombuffer(self._rows, f"S{_DIGEST_BYTES}"))
        return hashlib.sha256(_canonical(self._names) + rows.tobytes()).hexdigest()


def _canonical(texts: object) -> bytes:
    return json.dumps(texts, ensure_ascii=False, separators=(",", ":")).encode()
