"""Publishing to a real Neo4j, beside the driver alone: ``python -m benchmarks.publishing --size 10000``.

The peer sends the same facts in the same batches with ``UNWIND … MERGE``: what a script does that is written in an
afternoon. It finds nothing stale and overwrites what other cases gave. The CPU is the server's and the client's
together; rows are nodes and relationships.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import psutil

from benchmarks.command import run
from benchmarks.measuring import Measured, Work, measure
from benchmarks.stages import Stages
from graph import neo4j_server
from graph import neo4j_statements as cypher
from graph.case import Case
from graph.graph_model import NODES, RELATIONSHIPS, Node, Relationship, node
from graph.neo4j_connection import Neo4jConnection, connect
from graph.publish import publish as publish_case
from graph.publish_difference import Difference

PEER = "driver, UNWIND … MERGE"


def measured(stages: Stages) -> list[Measured]:
    """Measure the peer, a first publish, and the same again, on a server of their own."""
    home = stages.folder / "server"
    server = neo4j_server.start(home)
    try:
        _warm_up(home, str(stages.case("clusters")))
        return [
            _measure(stages, server.pid, home, "merge", PEER, empty=True, peer=None),
            _measure(stages, server.pid, home, "publish", "clew", empty=True, peer=PEER),
            _measure(stages, server.pid, home, "publish", "clew, nothing to do", empty=False, peer=PEER),
        ]
    finally:
        neo4j_server.stop(home)


def _measure(
    stages: Stages, pid: int, home: Path, function: str, name: str, *, empty: bool, peer: str | None
) -> Measured:
    if empty:
        _empty(home)
    before = _cpu(pid)
    way = f"benchmarks.publishing:{function}"
    one = measure(way, step="publish", name=name, peer=peer, size=stages.size, case=stages.case("clusters"), home=home)
    return replace(one, cpu=one.cpu + _cpu(pid) - before)


def _warm_up(home: Path, case: str) -> None:
    """Let Java compile what both ways run, or the first would pay for the second."""
    for way in (merge, publish):
        way(case, str(home))()
        _empty(home)


def publish(case: str, home: str) -> Work:
    """Publish the case."""
    connection = connect(home=home)
    return lambda: publish_case(Case(Path(case)), connection).total("held")


def merge(case: str, home: str) -> Work:
    """Send the same facts with the driver alone."""
    connection = connect(home=home)
    return lambda: _merge_all(Case(Path(case)), connection)


def _merge_all(case: Case, connection: Neo4jConnection) -> int:
    count = 0
    with case.reading() as db, connection.session() as session:
        for statement in cypher.schema_statements():
            session.run(statement).consume()
        for fact in (*NODES, *RELATIONSHIPS):
            names = [f"{f.on}_{f.property.name}" for f in cypher.columns(fact)]
            difference = Difference(db, fact)
            difference.want()
            for batch in difference.missing():
                rows = [dict(zip(names, row.values(), strict=True)) for row in batch.to_pylist()]
                session.execute_write(lambda t, rows=rows, fact=fact: t.run(_merge(fact), rows=rows).consume())
                count += len(rows)
    return count


def _merge(fact: Node | Relationship) -> str:
    """Return the statement; times go as whole numbers, which is less work than clew's datetimes."""
    fields = cypher.columns(fact)
    own = [f for f in fields if f.on == "n"]
    key = _map([f for f in own if f.identifies and f.property.type != "DATETIME"])
    rest = [f"n.{f.property.name} = row.n_{f.property.name}" for f in own if not f.identifies]
    sets = f" SET {', '.join(rest)}" if rest else ""
    if isinstance(fact, Node):
        return f"UNWIND $rows AS row MERGE (n:{':'.join(fact.labels)} {{{key}}}){sets}"
    ends = [
        f"MATCH ({on}:{node(name).labels[0]} {{{_map([f for f in fields if f.on == on])}}})"
        for on, name in (("a", fact.start), ("b", fact.end))
    ]
    return f"UNWIND $rows AS row {' '.join(ends)} MERGE (a)-[n:{fact.type} {{{key}}}]->(b){sets}"


def _map(fields: Sequence[cypher.Field]) -> str:
    return ", ".join(f"{f.property.name}: row.{f.on}_{f.property.name}" for f in fields)


def _empty(home: Path) -> None:
    with connect(home=home) as connection, connection.session() as session:
        session.run("MATCH (n) CALL { WITH n DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS").consume()


def _cpu(pid: int) -> float:
    used = psutil.Process(pid).cpu_times()
    return used.user + used.system


if __name__ == "__main__":
    run(__doc__, [measured])
