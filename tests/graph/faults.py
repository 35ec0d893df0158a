"""What the tests of Neo4j's faults share: the command as a user gives it, what a graph holds, and the page of faults.

``docs/neo4j-faults.md`` lists each fault, what the user reads, and what the next publish ends with. The tests hold
each row to what really happened; with ``CLEW_WRITE_FAULTS=1`` they write it instead.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from clew.cli import main
from graph.case import Case
from graph.neo4j_connection import Neo4jConnection
from graph.publish import Published, publish

PAGE = Path(__file__).resolve().parents[2] / "docs" / "neo4j-faults.md"
#: What stands in the place of ports, folders and processes, which differ from run to run.
_AS_ON_THE_PAGE = ((r"127\.0\.0\.1:\d+", "127.0.0.1:7687"), (r"\|", r"\\|"))
_HEAD = "| what was done | what the user reads | what the next publish ends with |"
_SAME, _UNWRITTEN = "the same graph as undisturbed", "nothing had been written"


@dataclass(frozen=True)
class Said:
    """How a command ended, and the one line of it that tells what went wrong (empty where nothing did)."""

    code: int
    line: str


class Faults:
    """One test's way to publish as a user does, and to hold the page to what came of it."""

    def __init__(
        self, case: Path, undisturbed: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.case = case
        self.undisturbed = undisturbed
        self._monkeypatch, self._capsys = monkeypatch, capsys

    def publish(self, uri: str | None, password: str | None, *options: str) -> Said:
        """Run ``clew publish`` in this process; it must end well, or with one line that gives nothing secret away."""
        self._monkeypatch.setattr("sys.argv", ["clew", "publish", str(self.case), *([uri] if uri else []), *options])
        for name in ("NEO4J_URI", "NEO4J_USER", "NEO4J_DATABASE", "NEO4J_PASSWORD"):
            self._monkeypatch.delenv(name, raising=False)
        if password:
            self._monkeypatch.setenv("NEO4J_PASSWORD", password)
        self._capsys.readouterr()
        try:
            code = main()
        except SystemExit as ended:  # what Typer makes of a good end
            code = int(ended.code or 0)
        written = self._capsys.readouterr()
        lines = [line for line in written.err.splitlines() if line.startswith("clew: ")]
        assert "Traceback" not in written.err
        assert not (password and password in written.out + written.err)
        assert (code, len(lines)) in {(0, 0), (1, 1)}, written.err
        assert not lines or (written.out == "" and lines == written.err.splitlines()[-1:])
        return Said(code, lines[0].removeprefix("clew: ") if lines else "")

    def resumed(self, connection: Neo4jConnection) -> str:
        """Publish again, now that nothing is in the way; say what was there, after holding the graph to be whole."""
        published = publish(Case(self.case), connection, wait=60)
        assert contents(connection) == self.undisturbed
        return ending(published)

    def untouched(self, done: str, said: Said | str, connection: Neo4jConnection) -> None:
        """Hold the page to have this row, and the graph to be as empty as it was; an undisturbed publish began so."""
        assert connection.driver.execute_query("MATCH (n) RETURN n LIMIT 1", database_="neo4j").records == []
        line = said.line if isinstance(said, Said) else said
        assert line
        self.row(done, line, f"{_SAME}; {_UNWRITTEN}")

    def row(self, done: str, reads: str, ends: str) -> None:
        """Hold the page to have this row."""
        for pattern, instead in _AS_ON_THE_PAGE:
            reads = re.sub(pattern, instead, reads)
        check_row(done, reads or "nothing but the usual: it ends well", ends)


def ending(published: Published) -> str:
    """Say how a publish that ended with the whole graph got there."""
    there = published.total("unchanged")
    kept = f"{there} of {published.total('held')} facts had been kept" if there else _UNWRITTEN
    return f"{_SAME}; {kept}"


def contents(connection: Neo4jConnection) -> str:
    """Digest all that is in a graph: labels, types, properties and ends, without Neo4j's own ids."""
    nodes = "MATCH (n) RETURN labels(n), properties(n)"
    between = "MATCH (a)-[r]->(b) RETURN type(r), properties(r), labels(a), properties(a), labels(b), properties(b)"
    with connection.session(reading=True) as session:
        seen = [repr([_sorted(value) for value in record]) for text in (nodes, between) for record in session.run(text)]
    return hashlib.sha256("\n".join(sorted(seen)).encode("utf-8", "surrogatepass")).hexdigest()


def _sorted(value: object) -> object:
    if isinstance(value, dict):
        return sorted((key, str(each)) for key, each in value.items())
    return sorted(value) if isinstance(value, list) else value


def rows() -> dict[str, tuple[str, str]]:
    """Return the page's rows: what was done → what the user reads, what the next publish ends with."""
    table = PAGE.read_text("utf-8").partition(_HEAD)[2].partition("\n\n")[0]
    cells = (re.split(r"(?<!\\)\|", line)[1:-1] for line in table.splitlines()[2:])
    return {done.strip(): (reads.strip(), ends.strip()) for done, reads, ends in cells}


def check_row(done: str, reads: str, ends: str) -> None:
    """Hold the page to say what happened; write it there where that is asked for."""
    known = rows()
    assert done in known, f"docs/neo4j-faults.md has no row for: {done}"
    if os.environ.get("CLEW_WRITE_FAULTS"):
        line = f"| {done} | {' | '.join(known[done])} |"
        PAGE.write_text(PAGE.read_text("utf-8").replace(line, f"| {done} | {reads} | {ends} |"), "utf-8")
        return
    assert (_alike(known[done][0]), known[done][1].partition(";")[0]) == (_alike(reads), ends.partition(";")[0])


def _alike(reads: str) -> str:
    """Return a line without what chance decides: when exactly a broken connection is noticed, and so in which words.

    How many facts an earlier try had kept is chance too; that the graph is whole is asserted where it was published.
    """
    gone = ("no Neo4j answers at ", "Neo4j at bolt://127.0.0.1:7687 went away in the middle of the work")
    return "gone" if reads.startswith(gone) else reads
