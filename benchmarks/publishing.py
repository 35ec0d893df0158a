"""Publishing to a real Neo4j, beside the plain driver: ``python -m benchmarks.publishing --size 10000``.

The peer writes the same nodes and relationships in batches of 10,000 rows with ``UNWIND … MERGE … SET n += …``, after
the same constraints were made, through the same driver (with its native extension, which clew brings). Both start with
an empty server of their own. Rows are nodes and relationships; CPU seconds are the client's and the server's together.
clew does more: it compares with what is there, counts, and can be interrupted at any moment.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from benchmarks.command import run
from benchmarks.measuring import Measured, Work, measure
from benchmarks.stages import Stages

if TYPE_CHECKING:
    import neo4j

BATCH = 10_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def measured(stages: Stages) -> list[Measured]:
    """Measure a first publish, a second one, and the peer's."""
    from graph import neo4j_server

    home = stages.folder / "server"

    def empty() -> None:
        neo4j_server.stop(home)
        shutil.rmtree(home, ignore_errors=True)
        neo4j_server.start(home)

    def measure_one(function: str, **told: Any) -> Measured:
        return measure(
            f"benchmarks.publishing:{function}",
            size=stages.size,
            repeat=stages.repeat if told.get("before_each") else 1,
            case=stages.case("clusters"),
            home=home,
            **told,
        )

    peer = "UNWIND … MERGE"
    try:
        return [
            measure_one("clew", step="publish", name="clew", peer=peer, before_each=empty),
            measure_one("clew", step="publish again", name="clew"),
            measure_one("merges", step="publish", name=peer, note="does less", before_each=empty),
        ]
    finally:
        neo4j_server.stop(home)


def server_process(home: str) -> int:
    """Return the process of the server, whose CPU time counts too."""
    from graph import neo4j_server

    server = neo4j_server.status(home)
    assert server is not None
    return server.pid


def clew(case: str, home: str) -> Work:
    """Publish the case."""
    from graph.case import Case
    from graph.neo4j_connection import connect
    from graph.publish import publish

    def work() -> int:
        with connect(home=home) as connection:
            counts = publish(Case(case), connection).counts
            return sum(kind.held for kind in counts.values())

    return work


def merges(case: str, home: str) -> Work:
    """Write what a publish writes, kind by kind, with MERGE."""
    from graph.case import Case
    from graph.neo4j_connection import connect
    from graph.neo4j_statements import schema_statements
    from graph.publish import FACTS
    from graph.publish_difference import Difference

    def work() -> int:
        total = 0
        with connect(home=home) as connection, Case(case).reading() as db, connection.session() as session:
            for statement in schema_statements():
                session.run(statement).consume()
            for fact in FACTS:
                difference = Difference(db, fact)
                difference.want()
                for rows in _rows(difference):
                    session.execute_write(_run, _merge(fact), rows)
                    total += len(rows)
        return total

    return work


def _run(transaction: neo4j.ManagedTransaction, statement: str, rows: list[dict[str, Any]]) -> None:
    transaction.run(statement, rows=rows).consume()


def _rows(difference: Any) -> Iterator[list[dict[str, Any]]]:
    """Yield batches of maps: keys of the ends and of the fact, and ``properties``."""
    from graph.neo4j_statements import columns

    fields = columns(difference.fact)
    for batch in difference.missing():
        values = [
            [None if us is None else _EPOCH + timedelta(microseconds=us) for us in column.to_pylist()]
            if field.property.type == "DATETIME"
            else column.to_pylist()
            for field, column in zip(fields, batch.columns, strict=True)
        ]
        rows = []
        for row in zip(*values, strict=True):
            made: dict[str, Any] = {"properties": {}}
            for field, value in zip(fields, row, strict=True):
                if field.identifies:
                    made[f"{field.on}_{field.property.name}"] = value
                else:
                    made["properties"][field.property.name] = value
            rows.append(made)
        yield from (rows[at : at + BATCH] for at in range(0, len(rows), BATCH))


def _merge(fact: Any) -> str:
    from graph.graph_kinds import Node
    from graph.graph_model import kinds_of

    def key(on: str, properties: Any) -> str:
        return ", ".join(f"{p.name}: row.{on}_{p.name}" for p in properties)

    if isinstance(fact, Node):
        further = "".join(f" SET n:{label}" for label in fact.labels[1:])
        return (
            f"UNWIND $rows AS row MERGE (n:{fact.labels[0]} {{{key('n', fact.key)}}}) SET n += row.properties{further}"
        )
    start, end = kinds_of(fact.start)[0], kinds_of(fact.end)[0]
    return (
        f"UNWIND $rows AS row MATCH (a:{start.labels[0]} {{{key('a', start.key)}}}) "
        f"MATCH (b:{end.labels[0]} {{{key('b', end.key)}}}) "
        f"MERGE (a)-[n:{fact.type} {{{key('n', fact.key)}}}]->(b) SET n += row.properties"
    )


if __name__ == "__main__":
    run(__doc__, [measured])
