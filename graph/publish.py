"""Publishing a case: after it the graph holds exactly what the case holds, and all else on the server is untouched.

A publish compares before it writes. Kind by kind it reads what the graph holds of this case, compares it with the case
in DuckDB, and sends the difference: facts to create, to join, to change; at the end those to let go of. So a second
publish writes nothing, one that was interrupted is finished by the next, and every count is a fact. Whose a fact is
when two cases or strangers share a server: ``graph/graph_model.py``.

One publish at a time works on a database: each holds a lock that the server gives back when the connection ends.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any, TypeAlias

import duckdb
import pyarrow as pa
from neo4j.exceptions import TransientError

from graph import neo4j_statements as cypher
from graph.errors import Neo4jRefused
from graph.fetching import value
from graph.graph_kinds import Node
from graph.graph_model import NODES, RELATIONSHIPS
from graph.neo4j_connection import RETRY_SECONDS
from graph.neo4j_faults import passes
from graph.neo4j_lock import PublishLock
from graph.neo4j_statements import Fact
from graph.publish_difference import Difference

if TYPE_CHECKING:
    import neo4j

    from graph.case import Case
    from graph.neo4j_connection import Neo4jConnection

Report: TypeAlias = Callable[[str], None]
FACTS: tuple[Fact, ...] = (*NODES, *RELATIONSHIPS)
Rows: TypeAlias = Sequence[Sequence[Any]]
#: Rows a transaction, and the bytes at which a batch of long texts is cut sooner: the server keeps a whole
#: transaction in memory.
_BATCH_ROWS, _BATCH_BYTES = 10_000, 8_000_000
#: How much is read at a time: facts whose lists the server makes at once, and lists (of 500) taken from it at once.
_READ_ROWS, _READ_LISTS = 50_000, 40


def _silent(_: str) -> None:
    """Say nothing."""


@dataclass(slots=True)
class Counts:
    """What became of the facts of a kind.

    ``created`` are new on the server; ``joined`` were there for another case or somebody else; ``updated`` had other
    properties; ``unchanged`` were right. ``others`` counts those of them that keep a property which somebody else gave
    and the case has otherwise. ``removed`` are gone; ``left`` stay for those who hold or use them too.
    """

    created: int = 0
    joined: int = 0
    updated: int = 0
    unchanged: int = 0
    others: int = 0
    removed: int = 0
    left: int = 0

    @property
    def held(self) -> int:
        """How many the case holds now."""
        return self.created + self.joined + self.updated + self.unchanged


@dataclass(frozen=True, slots=True)
class Published:
    """What a publish came to: the counts of each kind, and how much of others' is on the server.

    ``foreign_nodes`` and ``foreign_relationships`` are those that this case does not hold; none was touched.
    """

    case: str
    uri: str
    database: str
    counts: Mapping[str, Counts]
    foreign_nodes: int
    foreign_relationships: int
    seconds: float

    def total(self, name: str) -> int:
        """Sum one count (``created``, ``removed``, …) over all kinds."""
        return sum(getattr(counts, name) for counts in self.counts.values())


def publish(
    case: Case,
    connection: Neo4jConnection,
    *,
    run: int | None = None,
    include_set_aside: bool = False,
    include_collector: bool = False,
    wait: float = 600.0,
    report: Report = _silent,
) -> Published:
    """Make the graph hold exactly what the case holds, and return what that took.

    Parameters
    ----------
    case, connection
        What to publish and where to; the case is only read.
    run
        Whose findings; the latest run's by default.
    include_set_aside, include_collector
        Publish accounts that only ask or inform, or the person who exported the data, too.
    wait
        Seconds to wait for another publish to the same database, before giving up.
    report
        Takes lines of progress.

    Raises
    ------
    Neo4jUnreachable
        The server went away. Publish again; it goes on from there.
    Neo4jRefused
        The server said no, or another publish took longer than ``wait``.
    """
    began = time.monotonic()
    with (
        case.reading(run=run, include_set_aside=include_set_aside, include_collector=include_collector) as db,
        connection.told(),
        connection.session() as session,
    ):
        for statement in cypher.schema_statements():
            session.run(statement).consume()
        with PublishLock(connection, wait=wait, report=report) as lock:
            work = _Publication(db, session, lock, report)
            work.bring_all()
            foreign = work.foreign()
    seconds = time.monotonic() - began
    return Published(work.case_id, connection.uri, connection.database, work.counts, *foreign, seconds)


@dataclass(slots=True)
class _Publication:
    """One publish under way."""

    db: duckdb.DuckDBPyConnection
    session: neo4j.Session
    lock: PublishLock
    report: Report
    case_id: str = ""
    counts: dict[str, Counts] = field(default_factory=dict)
    #: How many facts of each kind are on the server, whoever holds them.
    on_server: dict[str, int] = field(default_factory=dict)
    _marked: bool = False

    def bring_all(self) -> None:
        """Bring every kind in line: nodes, then relationships; what goes goes in the opposite order."""
        self.case_id = str(value(self.db, "SELECT case_id FROM run_facts"))
        self.on_server = dict(self.session.run(cypher.count_all(FACTS)).values())
        differences = []
        for fact in FACTS:
            self.report(f"{fact.name}: comparing")
            difference = Difference(self.db, fact)
            difference.want()
            self._read_held(difference)
            self.counts[fact.name] = Counts()
            self._bring(difference)
            differences.append(difference)
        for difference in reversed(differences):
            self._let_go(difference)
        self.lock.check()
        self._mark(complete=True)

    def foreign(self) -> tuple[int, int]:
        """Count nodes and relationships on the server that this case does not hold."""
        nodes, relationships = (
            self.session.run(text).single(strict=True)[0]
            for text in ("MATCH (n) RETURN count(n)", "MATCH ()-[r]->() RETURN count(r)")
        )
        held = [sum(self.counts[fact.name].held for fact in facts) for facts in (NODES, RELATIONSHIPS)]
        return nodes - held[0], relationships - held[1]

    def _read_held(self, difference: Difference) -> None:
        """Copy what the graph holds of this kind for this case into DuckDB."""
        difference.hold()
        statement = cypher.read_held(difference.fact)
        parts = -(-self.on_server[difference.fact.name] // _READ_ROWS)
        for part in range(parts):
            result = self.session.run(statement, case=self.case_id, parts=parts, part=part)
            while lists := result.fetch(_READ_LISTS):
                rows = [row for record in lists for row in record[0]]
                difference.take([list(column) for column in zip(*rows, strict=True)])
                self.lock.keep()
        difference.compare()

    def _bring(self, difference: Difference) -> None:
        """Update, create and join what the case has otherwise, or the graph does not hold for it."""
        fact, counts = difference.fact, self.counts[difference.fact.name]
        counts.updated = self._update(difference)
        counts.unchanged = difference.matched - counts.updated
        missing = difference.wanted - difference.matched
        with closing(_made_ahead(_batches(difference.missing()) if missing else iter(()))) as batches:
            for rows in batches:
                there = self._there(difference, rows)
                created = [row for at, row in enumerate(rows) if at not in there] if there else rows
                self._create(difference, created)
                self._write(cypher.join, fact, [[element] for element in there.values()])
                counts.created += len(created)
                counts.joined += len(there)
                self.report(f"{fact.name}: {counts.created + counts.joined:,} of {missing:,} written")
        if counts.joined:  # what is there of these decides what this case has to give
            self._read_held(difference)
            self._update(difference)
        counts.others = difference.others_count()

    def _update(self, difference: Difference) -> int:
        """Give facts that the graph holds the properties they are to have, and return how many."""
        updated = 0
        for rows in _batches(difference.changed()) if difference.differing else ():
            self._write(cypher.update, difference.fact, rows)
            updated += len(rows)
        return updated

    def _there(self, difference: Difference, rows: Rows) -> dict[int, str]:
        """Return which of the missing are on the server for somebody else: number in ``rows`` → element."""
        fact = difference.fact
        if fact.own or self.on_server[fact.name] <= difference.held:
            return {}
        width = sum(f.identifies for f in cypher.columns(fact))
        keys = [[at, *row[:width]] for at, row in enumerate(rows)]
        return dict(self.session.run(cypher.find(fact), rows=keys).values())

    def _let_go(self, difference: Difference) -> None:
        """Let go of what the case no longer has."""
        fact, counts = difference.fact, self.counts[difference.fact.name]
        stale = difference.held > difference.wanted - counts.created - counts.joined
        for rows in _batches(difference.stale()) if stale else ():
            by_way = {way: [[element] for element, its_way in rows if its_way == way] for _, way in rows}
            for way, statement in (("leave", cypher.leave), ("give back", cypher.give_back)):
                self._write(statement, fact, by_way.get(way, []))
                counts.left += len(by_way.get(way, []))
            ours = by_way.get("delete", [])
            deleted = self._write(cypher.delete, fact, ours)
            counts.removed += deleted
            if isinstance(fact, Node) and deleted < len(ours):  # somebody attached something
                self._write(cypher.release, fact, ours)
                counts.left += len(ours) - deleted
        difference.forget()

    def _create(self, difference: Difference, rows: Rows) -> None:
        """Create facts, in a transaction of their own; rows are in the order of the difference's hub."""
        fact, hub = difference.fact, difference.hub
        if not rows:
            return
        self._prepare(fact)
        grouped = rows if hub is None else _grouped(rows, [f.on == hub for f in cypher.columns(fact)])
        counters = self._commit(cypher.create(fact, hub), rows=grouped)
        made = counters.nodes_created + counters.relationships_created
        if made != len(rows):
            raise Neo4jRefused(
                f"{len(rows) - made} of {len(rows)} facts ({fact.name}) found an end missing: another program removed "
                "accounts or posts while this publish ran. Publish again"
            )
        self.lock.keep()

    def _prepare(self, fact: Fact) -> None:
        """Say that the Case is not whole, before anything of it is written."""
        if fact.name != "Case":
            self._mark(complete=False)

    def _write(self, statement: Callable[[Any], str], fact: Fact, rows: Rows) -> int:
        """Run a statement on a batch in a transaction of its own and return how many facts it deleted."""
        if not rows:
            return 0
        self._prepare(fact)
        counters = self._commit(statement(fact), rows=rows)
        self.lock.keep()
        return counters.nodes_deleted + counters.relationships_deleted

    def _mark(self, *, complete: bool) -> None:
        """Say on the Case whether it is whole; a publish that finds nothing to do leaves it as it is."""
        if complete or not self._marked:
            statement = (
                "MATCH (n:Case {id: $case}) WHERE coalesce(n.complete, false) <> $complete SET n.complete = $complete"
            )
            self._commit(statement, complete=complete)
        self._marked = not complete

    def _commit(self, statement: str, **parameters: Any) -> neo4j.SummaryCounters:
        """Run a statement in a transaction of its own, again where the server says that the trouble is passing.

        Never again after a broken connection, as the driver would: the lock is gone with it.
        """
        began, pause = time.monotonic(), 0.1
        while True:
            try:
                with self.session.begin_transaction() as transaction:
                    counters = transaction.run(statement, case=self.case_id, **parameters).consume().counters
                    transaction.commit()
                    return counters
            except TransientError as error:
                if time.monotonic() - began > RETRY_SECONDS or not passes(error):
                    raise
                time.sleep(pause)
                pause *= 2
                self.lock.check()


def _batches(reader: pa.RecordBatchReader) -> Iterator[Rows]:
    """Yield rows in lists that are neither too many nor too heavy."""
    for batch in reader:
        pieces = max(1, -(-batch.nbytes // _BATCH_BYTES), -(-batch.num_rows // _BATCH_ROWS))
        size = -(-batch.num_rows // pieces)
        for at in range(0, batch.num_rows, max(size, 1)):
            piece = batch.slice(at, size)
            yield [list(row) for row in zip(*(column.to_pylist() for column in piece.columns), strict=True)]


def _grouped(rows: Rows, of_hub: Sequence[bool]) -> Rows:
    """Group rows that follow each other and have the same hub: its values, then the rows' other values."""
    hub = [at for at, is_hub in enumerate(of_hub) if is_hub]
    rest = [at for at, is_hub in enumerate(of_hub) if not is_hub]
    return [
        [*key, [[row[at] for at in rest] for row in group]]
        for key, group in groupby(rows, key=lambda row: tuple(row[at] for at in hub))
    ]


def _made_ahead(batches: Iterator[Rows]) -> Generator[Rows, None, None]:
    """Yield the batches, the next one made while the server works on this one."""
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, batches, None)
        while (rows := coming.result()) is not None:
            coming = pool.submit(next, batches, None)
            yield rows
