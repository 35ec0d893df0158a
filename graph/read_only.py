"""Whether an investigator's own Cypher only reads the graph.

A read transaction refuses writes, but would still let a query read the server's files (``LOAD CSV``) and call out
(procedures, functions of plugins). So before anything is sent, the text is cut into tokens and refused unless it
begins as a reading query does and calls nothing but what is listed here. What the server then plans is checked again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from graph.errors import QueryNotReadOnly
from queries.lexing import Token, tokens

#: Procedures that only describe the graph or search its indexes.
PROCEDURES = frozenset(
    {
        "db.labels",
        "db.relationshiptypes",
        "db.propertykeys",
        "db.schema.visualization",
        "db.schema.nodetypeproperties",
        "db.schema.reltypeproperties",
        "db.index.fulltext.querynodes",
        "db.index.fulltext.queryrelationships",
        "db.index.vector.querynodes",
        "db.index.vector.queryrelationships",
    }
)
#: Namespaces of Neo4j's own functions; other functions with a dot are a plugin's and may do anything.
FUNCTIONS = frozenset({"date", "datetime", "duration", "localdatetime", "localtime", "point", "time", "vector"})
_BEGINNINGS = ("MATCH", "OPTIONAL", "WITH", "UNWIND", "RETURN", "CALL")
_CALLED = re.compile(r"[\w.]+")


def check_text(text: str) -> None:
    """Raise :class:`~graph.errors.QueryNotReadOnly` where the text might do more than read the graph.

    >>> check_text("MATCH (n) WHERE n.name = 'LOAD CSV' RETURN n")
    >>> check_text("LOAD CSV FROM 'file:///etc/passwd' AS line RETURN line")
    Traceback (most recent call last):
    ...
    graph.errors.QueryNotReadOnly: a query begins with MATCH, OPTIONAL, WITH, UNWIND, RETURN, CALL; this one with LOAD
    """
    if re.search(r"\\[uU]", text):
        # Neo4j turns these into characters before it reads the query, in strings and names too.
        raise QueryNotReadOnly(r"a query may not have \u escapes; write the characters themselves")
    code = list(tokens(text, "cypher"))
    begins = code[0].text if code else "nothing"
    if begins.upper() not in _BEGINNINGS or code[0].kind != "word":
        raise QueryNotReadOnly(f"a query begins with {', '.join(_BEGINNINGS)}; this one with {begins[:40]}")
    for at, token in enumerate(code):
        if token.kind == "word" and not (at and code[at - 1].text in {".", ":"}):
            _check_word(code, at)
    for name in _function_names(code):
        if name.lower().partition(".")[0] not in FUNCTIONS:
            raise QueryNotReadOnly(f"the function {name} is not one of Neo4j's own for reading")


def check_plan(plan: Any) -> None:
    """Raise :class:`~graph.errors.QueryNotReadOnly` where the plan loads a file or calls what is not listed."""
    if plan is None:
        return
    operator = str(plan.get("operatorType", "")).partition("@")[0]
    if operator == "LoadCSV":
        raise QueryNotReadOnly("a query may not load files (LOAD CSV)")
    if operator == "ProcedureCall":
        called = _CALLED.match(str(plan.get("args", {}).get("Details", "")))
        _check_procedure(called[0] if called else "?")
    for child in plan.get("children", ()):
        check_plan(child)


def _check_word(code: Sequence[Token], at: int) -> None:
    word = code[at].text.upper()
    following = code[at + 1] if at + 1 < len(code) else None
    if word == "LOAD" and following and following.text.upper() == "CSV":
        raise QueryNotReadOnly("a query may not load files (LOAD CSV)")
    if word in {"TRANSACTION", "TRANSACTIONS"}:
        raise QueryNotReadOnly("a query may not open or end transactions (CALL … IN TRANSACTIONS, TERMINATE)")
    if word == "CALL" and following and following.text not in {"{", "("}:
        _check_procedure(".".join(_chain(code, at + 1)))


def _check_procedure(name: str) -> None:
    if name.lower() not in PROCEDURES:
        raise QueryNotReadOnly(f"a query may not call {name or 'that'}; it may call {', '.join(sorted(PROCEDURES))}")


def _function_names(code: Sequence[Token]) -> Iterator[str]:
    """Yield names with dots that are followed by a bracket, procedures left out."""
    for at, token in enumerate(code):
        before = code[at - 1].text.upper() if at else ""
        if token.kind in {"word", "name"} and before not in {".", "CALL"}:
            parts = _chain(code, at)
            end = at + 2 * len(parts) - 1
            if len(parts) > 1 and end < len(code) and code[end].text == "(":
                yield ".".join(parts)


def _chain(code: Sequence[Token], at: int) -> list[str]:
    """Return the parts of the dotted name that starts there, quoted or not."""
    parts = []
    while at < len(code) and code[at].kind in {"word", "name"}:
        parts.append(code[at].text)
        if at + 1 >= len(code) or code[at + 1].text != ".":
            break
        at += 2
    return parts
