"""The Cypher of a publish, made from the model alone: labels and names from there, values as parameters.

Each statement takes ``$rows``, a list of lists, and where it says so ``$case``. A row's values stand in the order of
:func:`columns`; times are microseconds since 1970 UTC. ``element`` is Neo4j's own id of a node or relationship, good
for as long as a publish runs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from graph.graph_kinds import Node, Property, Relationship
from graph.graph_model import INDEXES, NODES, kinds_of, labels_of

Fact: TypeAlias = Node | Relationship
#: An end of a relationship: a, where it starts, or b.
End: TypeAlias = Literal["a", "b"]

_ROWS_A_LIST = 500
#: Microseconds and seconds from the year 1 to 1970: what is added is never negative, as Cypher's % needs it.
_EARLY_US, _EARLY_S = 62_135_596_800_000_000, 62_135_596_800


@dataclass(frozen=True, slots=True)
class Field:
    """A value of a fact's row: the property, and whose it is in a pattern (n: the fact, a and b: its ends)."""

    on: str
    property: Property
    identifies: bool


def columns(fact: Fact) -> tuple[Field, ...]:
    """Return the values of a row: of a relationship first the keys of its ends, then its key, then the rest."""
    ends: list[Field] = []
    if isinstance(fact, Relationship):
        ends += [Field("a", p, identifies=True) for p in kinds_of(fact.start)[0].key]
        ends += [Field("b", p, identifies=True) for p in kinds_of(fact.end)[0].key]
    key = [Field("n", p, identifies=True) for p in fact.key]
    return (*ends, *key, *(Field("n", p, identifies=False) for p in fact.properties))


def schema_statements() -> list[str]:
    """Return the statements that make the constraints and indexes where they are not there yet."""
    made = [
        f"CREATE CONSTRAINT clew_{kind.labels[0].lower()}_key IF NOT EXISTS FOR (n:{kind.labels[0]}) "
        f"REQUIRE ({', '.join(f'n.{p.name}' for p in kind.key)}) IS UNIQUE"
        for kind in NODES
    ]
    return made + [
        f"CREATE INDEX clew_{label.lower()}_{name} IF NOT EXISTS FOR (n:{label}) ON (n.{name})"
        for label, name in INDEXES
    ]


def count_all(facts: Iterable[Fact]) -> str:
    """Count the facts of each kind, whoever holds them; Neo4j keeps these numbers ready. Returns name, count."""
    counts = []
    for fact in facts:
        pattern = f"(n:{fact.labels[0]})" if isinstance(fact, Node) else f"(:{_label(fact.start)})-[n:{fact.type}]->()"
        counts.append(f"MATCH {pattern} WITH count(n) AS n RETURN '{fact.name}' AS name, n")
    return " UNION ALL ".join(counts)


def read_held(fact: Fact) -> str:
    """Read what ``$case`` holds: lists of rows of element, cases, givers and the values, times as text.

    A record of its own for each fact costs the driver six times the work of a row in a list. Lists are made in the
    server's memory, so only each ``$parts``-th fact is read, those with the remainder ``$part``.
    """
    holds = f"n.{_owner(fact)} = $case" if fact.own else "$case IN n.cases"
    books = ("[$case]", "null") if fact.own else ("n.cases", "n.givers")
    values = (
        f"toStringOrNull({f.on}.{f.property.name})" if f.property.type == "DATETIME" else f"{f.on}.{f.property.name}"
        for f in columns(fact)
    )
    return (
        f"MATCH {_pattern(fact)} WHERE id(n) % $parts = $part AND {holds} "
        f"WITH id(n) / ($parts * {_ROWS_A_LIST}) AS list, [elementId(n), {', '.join((*books, *values))}] AS row "
        "WITH list, collect(row) AS rows RETURN rows"
    )


def find(fact: Fact) -> str:
    """Find facts by what identifies them, whoever holds them: rows of (number, values); returns number, element."""
    fields = columns(fact)
    if isinstance(fact, Node):
        return f"UNWIND $rows AS row MATCH (n:{fact.labels[0]} {{{_map(fields, 'n', 1)}}}) RETURN row[0], elementId(n)"
    same = [
        f"(n.{f.property.name} = {_value(f, at)} OR (n.{f.property.name} IS NULL AND row[{at}] IS NULL))"
        for at, f in enumerate(fields, start=1)
        if f.on == "n" and f.identifies
    ]
    where = f" WHERE {' AND '.join(same)}" if same else ""
    return f"UNWIND $rows AS row {_ends(fact, 1)} MATCH (a)-[n:{fact.type}]->(b){where} RETURN row[0], elementId(n)"


def create(fact: Fact, hub: End | None = None) -> str:
    """Create facts that are not there: rows of values, ``$case``.

    With ``hub``, an end of a relationship, rows are grouped by it: the values that identify it, then a list of rows
    without them. The server then looks for that end once a group.
    """
    fields = columns(fact)
    held = [] if isinstance(fact, Node) else ["case: $case"]
    own = held if fact.own else ["cases: [$case]"]
    if isinstance(fact, Node):
        return (
            f"UNWIND $rows AS row CREATE (n:{':'.join(fact.labels)} {{{', '.join((*own, *_pairs(fields, 'n', 0)))}}})"
        )
    if hub is None:
        return (
            f"UNWIND $rows AS row {_ends(fact, 0)} "
            f"CREATE (a)-[n:{fact.type} {{{', '.join((*own, *_pairs(fields, 'n', 0)))}}}]->(b)"
        )
    inner = [f for f in fields if f.on != hub]
    ends = {"a": _label(fact.start), "b": _label(fact.end)}
    outer = [f for f in fields if f.on == hub]
    other: End = "b" if hub == "a" else "a"
    return (
        f"UNWIND $rows AS row MATCH ({hub}:{ends[hub]} {{{_map(outer, hub, 0)}}}) UNWIND row[{len(outer)}] AS one "
        f"WITH {hub}, one AS row MATCH ({other}:{ends[other]} {{{_map(inner, other, 0)}}}) "
        f"CREATE (a)-[n:{fact.type} {{{', '.join((*own, *_pairs(inner, 'n', 0)))}}}]->(b)"
    )


def join(fact: Fact) -> str:
    """Hold facts that somebody else made too: rows of (element), ``$case``.

    Of what was there before clew, the properties are noted; what ``$case`` has to give follows with :func:`update`.
    """
    return (
        f"{_by_element(fact)} WITH n, n.cases IS NULL AS strange, keys(n) AS had "
        "SET n.givers = CASE WHEN strange THEN [name IN had | name + ' -'] ELSE n.givers END, "
        f"n.cases = coalesce(n.cases, []) + $case {_labels(fact)}"
    )


def update(fact: Fact) -> str:
    """Give facts the properties that they are to have: rows of (element, values, givers)."""
    fields = list(enumerate(columns(fact), start=1))
    parts = []
    for at, f in fields:
        if not f.identifies:
            name, value = f.property.name, _value(f, at)
            guarded = f"CASE WHEN '{name} -' IN coalesce(n.givers, []) THEN n.{name} ELSE {value} END"
            parts.append(f"n.{name} = {value if fact.own else guarded}")
    if not fact.own:
        parts.append(f"n.givers = row[{len(fields) + 1}]")
    return f"{_by_element(fact)} SET {', '.join(parts)}"


def leave(fact: Fact) -> str:
    """Let go of facts that others hold too, and take off what ``$case`` gave: rows of (element), ``$case``."""
    gone = []
    for name in _names(fact):
        listed = f"any(giver IN givers WHERE giver STARTS WITH '{name} ')"
        given = f"CASE WHEN {listed} THEN '{name} ' + $case IN givers ELSE cases[0] = $case END"
        gone.append(f"n.{name} = CASE WHEN {given} THEN null ELSE n.{name} END")
    left = "[giver IN givers WHERE NOT giver ENDS WITH ' ' + $case]"
    gone += [
        "n.cases = [held IN cases WHERE held <> $case]",
        f"n.givers = CASE WHEN size({left}) > 0 THEN {left} END",
    ]
    return f"{_by_element(fact)} WITH n, n.cases AS cases, coalesce(n.givers, []) AS givers SET {', '.join(gone)}"


def give_back(fact: Fact) -> str:
    """Make facts again what they were before clew came: rows of (element)."""
    undone = (f"n.{name} = CASE WHEN '{name} -' IN givers THEN n.{name} END" for name in _names(fact))
    return (
        f"{_by_element(fact)} WITH n, n.givers AS givers "
        f"SET {', '.join((*undone, 'n.cases = null', 'n.givers = null'))}"
    )


def delete(fact: Fact) -> str:
    """Delete facts: rows of (element). A node that somebody attached something to is left; see :func:`release`."""
    if isinstance(fact, Relationship):
        return f"{_by_element(fact)} DELETE n"
    ours = [p.name for p in (*fact.key, *fact.properties)] + ["cases", "givers"]
    return (
        f"{_by_element(fact)} WITH n WHERE NOT EXISTS {{ (n)--() }} AND size(labels(n)) = {len(fact.labels)} "
        f"AND all(name IN keys(n) WHERE name IN {ours}) DELETE n"
    )


def release(fact: Node) -> str:
    """Take clew's properties off nodes that could not be deleted: rows of (element). Only label and key stay."""
    held = [f"n.{_owner(fact)} = null"] if fact.own else ["n.cases = []", "n.givers = null"]
    return f"{_by_element(fact)} SET {', '.join((*(f'n.{name} = null' for name in _names(fact)), *held))}"


def _owner(fact: Fact) -> str:
    """Return the property that names the case a fact of its own belongs to."""
    return "id" if isinstance(fact, Node) and fact.name == "Case" else "case"


def _label(name: str) -> str:
    """Return the label by whose key a kind of node is found."""
    return labels_of(name)[0]


def _names(fact: Fact) -> list[str]:
    return [p.name for p in fact.properties]


def _pattern(fact: Fact) -> str:
    if isinstance(fact, Node):
        return f"(n:{':'.join(fact.labels)})"
    start, end = (":".join(labels_of(name)) for name in (fact.start, fact.end))
    return f"(a:{start})-[n:{fact.type}]->(b:{end})"


def _by_element(fact: Fact) -> str:
    pattern = f"(n:{fact.labels[0]})" if isinstance(fact, Node) else f"()-[n:{fact.type}]->()"
    return f"UNWIND $rows AS row MATCH {pattern} WHERE elementId(n) = row[0]"


def _ends(fact: Relationship, first: int) -> str:
    """Match both ends of a relationship by their keys; each is one look into an index."""
    fields = columns(fact)
    start, end = _label(fact.start), _label(fact.end)
    return f"MATCH (a:{start} {{{_map(fields, 'a', first)}}}) MATCH (b:{end} {{{_map(fields, 'b', first)}}})"


def _map(fields: Iterable[Field], on: str, first: int) -> str:
    return ", ".join(_pairs([f if f.identifies else Field("", f.property, False) for f in fields], on, first))


def _pairs(fields: Iterable[Field], on: str, first: int) -> list[str]:
    return [f"{f.property.name}: {_value(f, at)}" for at, f in enumerate(fields, start=first) if f.on == on]


def _labels(fact: Fact) -> str:
    """Set the further labels of a node that was there with the first alone."""
    if isinstance(fact, Relationship) or len(fact.labels) == 1:
        return ""
    return f"SET n:{':'.join(fact.labels[1:])}"


def _value(f: Field, at: int) -> str:
    if f.property.type != "DATETIME":
        return f"row[{at}]"
    shifted = f"(row[{at}] + {_EARLY_US})"
    return (
        f"CASE WHEN row[{at}] IS NULL THEN null ELSE datetime({{epochSeconds: {shifted} / 1000000 - {_EARLY_S}, "
        f"nanosecond: {shifted} % 1000000 * 1000}}) END"
    )
