"""``clew publish`` and ``clew query``: what they print where, and that what accounts wrote is data in each format."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from clew.cli import query as command
from graph.csv_guard import unguard
from graph.questions import Answer
from tests.conftest import HOSTILE

Clew = Any


@pytest.fixture
def published(clew: Clew, small_case: Any, graph: Any, environment: None) -> Any:
    said = clew("publish", small_case.path, "--json")
    assert said.code == 0
    return said


pytestmark = pytest.mark.neo4j


def test_publish_tells_what_it_did(clew: Clew, small_case: Any, published: Any) -> None:
    assert published.json["created"] == published.json["held"] > 50
    again = clew("publish", small_case.path)
    assert again.code == 0
    assert "Account" in again.out
    assert "0 nodes and 0 relationships of others" in again.err
    assert clew("publish", small_case.path, "--json").json["created"] == 0


def test_a_question_is_answered_as_table_csv_and_json(clew: Clew, published: Any) -> None:
    words = ("query", "who_holds_number", "number=00 44 7700 900001")
    table = clew(*words)
    assert table.code == 0
    assert "x:a1" in table.out
    found = json.loads(clew(*words, "--format", "json").out)
    assert found[0]["holds"] is True
    assert found[0]["first_seen"] == "2023-11-14T22:13:22Z"
    rows = list(csv.DictReader(io.StringIO(clew(*words, "--format", "csv").out)))
    assert [row["account"] for row in rows] == [row["account"] for row in found] == ["x:a1", "x:a2", "x:a3", "x:asker"]


def test_cypher_of_ones_own_takes_parameters_and_can_only_read(clew: Clew, published: Any) -> None:
    text = "MATCH (a:Account) WHERE a.id = $id RETURN a.handle AS handle, $n + 1 AS n"
    assert clew("query", "--cypher", text, "id=x:a1", "n=2", "--format", "json").json == [{"handle": "@a1", "n": 3}]
    refused = clew("query", "--cypher", "MATCH (a:Account) DETACH DELETE a")
    assert refused.code == 1
    assert "may only read" in refused.err
    assert clew("query", "--cypher", "LOAD CSV FROM 'file:///etc/passwd' AS l RETURN l").code == 1


def test_hostile_text_comes_back_as_it_was_and_moves_no_terminal(clew: Clew, published: Any) -> None:
    words = ("query", "--cypher", "MATCH (p:Post) WHERE p.id STARTS WITH 'x:h' RETURN p.text AS text ORDER BY p.id")
    wanted = [text or None for text in HOSTILE]
    assert clew(*words, "--format", "json").json == [{"text": text} for text in wanted]
    table = clew(*words).out
    assert not set(table) & set("\x1b\x07\x00\u202e")
    assert "<1b>[2J" in table


@pytest.mark.parametrize(
    "text", ["=1+1", "+1 or 2", "-x", "@SUM(A1)", "\tx", "\rx", "'=x", "[red]x[/red]", "a\nb", 'q"q']
)
def test_no_cell_of_a_csv_is_a_formula(capsys: pytest.CaptureFixture[str], text: str) -> None:
    command.show(Answer(("free", "number"), [(text, -1)]), "csv")
    ((free, number),) = list(csv.reader(io.StringIO(capsys.readouterr().out, newline="")))[1:]
    assert free[0] not in "=+-@\t\r"
    assert (unguard(free), number) == (text, "-1")


def test_the_questions_are_listed_without_a_server(clew: Clew, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEO4J_URI", "bolt://127.0.0.1:9")
    listed = clew("query", "--list")
    assert listed.code == 0
    assert "who_holds_number: Who holds or names a number" in listed.out
    assert len(clew("query", "--list", "--format", "json").json) >= 8
    unreachable = clew("query", "list_hubs")
    assert unreachable.code == 1


def test_a_question_that_is_misspelt_is_answered_with_those_there_are(clew: Clew, published: Any) -> None:
    said = clew("query", "who_holds_numbers")
    assert said.code == 1
    assert "who_holds_number" in said.err
    assert clew("query", "list_hubs", "limit=many").code == 1
    assert clew("query", "list_hubs", "limit").code == 2
