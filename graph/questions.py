"""Asking the graph: the questions that come with clew, and an investigator's own Cypher. Both only read."""

from __future__ import annotations

import contextlib
import json
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

import phonenumbers
from neo4j.exceptions import Neo4jError
from neo4j.graph import Node, Path, Relationship

from graph.errors import ParameterRefused, QueryMalformed, QueryNotFound, QueryNotReadOnly
from graph.neo4j_faults import one_line
from graph.read_only import check_plan, check_text
from graph.unknown_names import remarks
from queries import reader

if TYPE_CHECKING:
    import neo4j
    import pandas as pd

    from graph.neo4j_connection import Neo4jConnection
    from queries.reader import CypherQuery

#: A parameter of this name is a phone number, and taken in any international form.
_PHONE = "number"
#: A parameter of this name is a value of any kind, and taken as it is copied from a browser's address line.
_VALUE = "value"
_AROUND = re.compile(r"(?:https?://)?(?:www\.)?", re.IGNORECASE)
_READS = "r"
#: Rows that are fetched at once where all are wanted and few can be held.
_AT_ONCE = 1_000
_Used = TypeVar("_Used")


@dataclass(frozen=True, slots=True)
class Answer:
    """The columns and rows of an answer.

    Values are those of Python and JSON: times are aware ``datetime``; a node or relationship is a ``dict`` of its
    properties with its labels or type; a path is the list of both in turn. Absent is ``None``.
    """

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    #: What its reader must know: that what it asks about is not there, or that there may be more.
    remarks: tuple[str, ...] = ()

    def frame(self) -> pd.DataFrame:
        """Return it as a data frame; a column in which values are absent has Python's own, and ``None`` for those.

        A remark is given as a warning (``UserWarning``), which a notebook shows above the table.
        """
        import pandas as pd  # noqa: PLC0415  # half a second that `clew query` need not pay

        for remark in self.remarks:
            warnings.warn(remark, stacklevel=4)
        frame = pd.DataFrame(self.rows, columns=list(self.columns), dtype=object)
        whole = [name for name in self.columns if not frame[name].isna().any()]
        return frame.astype({name: frame[name].infer_objects().dtype for name in whole})


def question(name: str) -> CypherQuery:
    """Return the question of that name; raises :class:`~graph.errors.QueryNotFound`."""
    try:
        return reader.cypher(name)
    except reader.NoSuchQuery as error:
        raise QueryNotFound(str(error.args[0])) from error
    except reader.MalformedQuery as error:
        raise QueryMalformed(str(error)) from error


def questions() -> list[CypherQuery]:
    """Return all questions that come with clew, by name."""
    return [question(name) for name in reader.cypher_names()]


def ask(connection: Neo4jConnection, name: str, /, **parameters: Any) -> pd.DataFrame:
    """Return the answer to one of clew's questions as a data frame.

    Raises
    ------
    QueryNotFound
        There is no such question; the message lists them.
    QueryMalformed
        A parameter is missing, or the question has none of that name.
    ParameterRefused
        ``number`` is no phone number with a country code.
    """
    return answer(connection, name, parameters).frame()


def ask_cypher(connection: Neo4jConnection, text: str, /, **parameters: Any) -> pd.DataFrame:
    """Return the answer to Cypher of one's own as a data frame; it may only read the graph.

    Raises
    ------
    QueryNotReadOnly
        It would write, read files or call out; nothing was run.
    QueryMalformed
        The server can't make sense of it.
    """
    return answer_cypher(connection, text, parameters).frame()


def answer(connection: Neo4jConnection, name: str, parameters: Mapping[str, Any]) -> Answer:
    """Return the answer to one of clew's questions; see :func:`ask`."""
    query = question(name)
    complete = _complete(query, parameters)
    found = _read(connection, query.body, complete)

    def finds(statement: str, value: Any) -> bool:
        return bool(_read(connection, f"{statement} RETURN 1 LIMIT 1", {"value": value}).rows)

    return replace(found, remarks=remarks(parameters, complete, len(found.rows), finds))


def answer_cypher(connection: Neo4jConnection, text: str, parameters: Mapping[str, Any]) -> Answer:
    """Return the answer to Cypher of one's own; see :func:`ask_cypher`."""
    _check(connection, text, parameters)
    return _read(connection, text, parameters)


def each_row(
    connection: Neo4jConnection, text: str, use: Callable[[tuple[str, ...], Iterator[tuple[Any, ...]]], _Used]
) -> _Used:
    """Return what ``use`` makes of the columns and rows of Cypher of one's own, which come as it asks for them.

    Values are the driver's own. Where the server asks for another try, ``use`` is called anew with all rows. Raises
    what :func:`ask_cypher` does.
    """
    _check(connection, text, {})

    def work(transaction: neo4j.ManagedTransaction) -> _Used:
        result = transaction.run(text)
        return use(tuple(result.keys()), (tuple(record.values()) for record in result))

    with connection.told(), connection.session(reading=True, fetch=_AT_ONCE) as session, _faults_of_the_query():
        return session.execute_read(work)


def _check(connection: Neo4jConnection, text: str, parameters: Mapping[str, Any]) -> None:
    """Raise where Cypher of one's own would do more than read; it is not run."""
    check_text(text)
    with connection.told(), connection.session(reading=True) as session, _faults_of_the_query():
        plan = session.run(f"EXPLAIN {text}", dict(parameters)).consume()
    if plan.query_type != _READS:
        raise QueryNotReadOnly("the query would change the graph; it may only read")
    check_plan(plan.plan)


def typed(query: CypherQuery | None, name: str, text: str) -> Any:
    """Return a parameter's value as it is meant, from the text of a command line.

    A parameter whose default is a number or a list is read as JSON, others are text. Cypher of one's own (``query``
    is ``None``) has no defaults: what reads as a JSON value is that, anything else is text.
    """
    default = query.defaults.get(name) if query else None
    if query and (default is None or isinstance(default, str)):
        return text
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        if query is None:
            return text
        raise ParameterRefused(f"{name}={text}: {name} is a number such as {default}") from error


def _complete(query: CypherQuery, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return all parameters of a question: given ones checked, the others by default."""
    known = {p.name for p in query.parameters}
    takes = ", ".join(f"{p.name}{'' if p.required else f'={json.dumps(p.default)}'}" for p in query.parameters)
    if unknown := sorted(set(given) - known):
        raise QueryMalformed(f"{query.name} has no parameter {', '.join(unknown)}; it takes {takes or 'none'}")
    complete = {**query.defaults, **given}
    if missing := sorted(known - set(complete)):
        raise QueryMalformed(f"{query.name} needs {', '.join(missing)}; it takes {takes}")
    if _PHONE in complete:
        complete[_PHONE] = _e164(str(complete[_PHONE]))
    if _VALUE in complete:
        complete[_VALUE] = _identifier(str(complete[_VALUE]))
    return complete


def _e164(text: str) -> str:
    """Return a number in E.164, written with spaces, brackets or 00 as people do."""
    cleaned = text.strip()
    if cleaned.startswith("00"):
        cleaned = f"+{cleaned[2:]}"
    try:
        return phonenumbers.format_number(phonenumbers.parse(cleaned), phonenumbers.PhoneNumberFormat.E164)
    except phonenumbers.NumberParseException as error:
        raise ParameterRefused(
            f"{one_line(text)!r} is no number with a country code; write it as +44 7700 900123"
        ) from error


def _identifier(text: str) -> str:
    """Return a value as texts' mentions have it: a number in E.164, a link without scheme and ``www.``."""
    cleaned = text.strip()
    if cleaned.startswith(("+", "00")):
        with contextlib.suppress(ParameterRefused):
            return _e164(cleaned)
    if "/" not in cleaned:
        return cleaned
    host, slash, path = _AROUND.sub("", cleaned, count=1).partition("/")
    return f"{host.lower()}{slash}{path.rstrip('/')}" if path.rstrip("/") else host.lower()


def _read(connection: Neo4jConnection, text: str, parameters: Mapping[str, Any]) -> Answer:
    def work(transaction: neo4j.ManagedTransaction) -> Answer:
        result = transaction.run(text, dict(parameters))
        return Answer(tuple(result.keys()), [tuple(map(_plain, record)) for record in result])

    with connection.told(), connection.session(reading=True) as session, _faults_of_the_query():
        return session.execute_read(work)


@contextlib.contextmanager
def _faults_of_the_query() -> Iterator[None]:
    """Turn the server's complaints about the query itself into clew's; others go on as they came."""
    try:
        yield
    except Neo4jError as error:
        code = error.code or ""
        if code.endswith("Statement.AccessMode"):
            raise QueryNotReadOnly("the query would change the graph; it may only read") from error
        if ".ClientError.Statement." in code:
            raise QueryMalformed(f"Neo4j can't run the query: {one_line(error.message or str(error))}") from error
        raise


def _plain(value: Any) -> Any:
    """Return a value of Neo4j as one of Python."""
    if value is None or isinstance(value, str | int | float | bool | bytes):
        return value
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, Path):
        return [_plain(each) for pair in zip(value.nodes, (*value.relationships, None), strict=True) for each in pair][
            :-1
        ]
    if isinstance(value, Node | Relationship):
        kind = {"_labels": sorted(value.labels)} if isinstance(value, Node) else {"_type": value.type}
        return {**kind, **{k: _plain(v) for k, v in sorted(value.items())}}
    if isinstance(value, Mapping):
        return {k: _plain(v) for k, v in value.items()}
    native = value.to_native() if hasattr(value, "to_native") else str(value)
    return native if isinstance(native, datetime | date) else str(native)
