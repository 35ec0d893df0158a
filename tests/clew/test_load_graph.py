"""A Neo4j database as a source, with a real server: what a query returns is read as a table of it would be."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path
from typing import Any

import pytest

import clew as facade
from graph.case import Rehearsed
from graph.errors import Neo4jUnreachable, ParameterRefused, QueryMalformed, QueryNotReadOnly
from graph.neo4j_connection import Neo4jConnection
from graph.neo4j_server import LocalServer
from loaders import neo4j_source
from tests.clew.test_cli import one_line
from tests.graph.proxy import Proxy

pytestmark = [pytest.mark.neo4j, pytest.mark.usefixtures("environment")]

Clew = Any
ACCOUNTS = "MATCH (u:User) RETURN u.id AS account_id, u.name AS handle, u.about AS bio ORDER BY u.id"
POSTS = (
    "MATCH (u:User)-[:WROTE]->(p) OPTIONAL MATCH (p)-[:OF]->(o) "
    "RETURN p.id AS post_id, u.id AS account_id, p.text AS text, p.at AS timestamp, o.id AS object_id ORDER BY p.id"
)
#: What the database holds; the second account's bio is absent, the last post passes the first on.
WORLD = """
CREATE (a:User {id: 9007199254740993, name: 'one', about: 'Safe way, +44 7700 900123'}),
       (b:User {id: 2, name: 'two'}), (c:User {id: '0012', name: 'three', about: 'line one\nline two; "quoted", =cmd'}),
       (p:Post {id: 1234567890123456789, text: 'call +44 7700 900123', at: datetime('2024-01-05T10:30:00+01:00')}),
       (q:Post {id: 'q', text: 'later', at: date('2024-01-06')}), (r:Post {id: 'r', at: 1704450600}),
       (a)-[:WROTE]->(p), (b)-[:WROTE]->(q), (b)-[:WROTE]->(r), (r)-[:OF]->(p)
"""


@pytest.fixture
def world(graph: Neo4jConnection) -> Neo4jConnection:
    graph.driver.execute_query(WORLD, database_="neo4j")
    return graph


@pytest.fixture
def case(tmp_path: Path) -> facade.Case:
    return facade.open(tmp_path / "x.duckdb")


def _as_csv(world: Neo4jConnection, query: str, path: Path) -> Path:
    """Write what a query returns as a CSV, as the user's own script would."""
    result = world.driver.execute_query(query, database_="neo4j")
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(result.keys)
    for record in result.records:
        writer.writerow([each.iso_format() if hasattr(each, "iso_format") else each for each in record.values()])
    path.write_text(text.getvalue(), encoding="utf-8", newline="")
    return path


def test_what_is_loaded_is_what_a_csv_of_the_same_rows_gives(
    world: Neo4jConnection, clew: Clew, tmp_path: Path, case: facade.Case
) -> None:
    said = clew(
        "load", case.path, world.uri, "--accounts-query", ACCOUNTS, "--posts-query", POSTS, "--platform", "x", "--json"
    )
    assert said.code == 0
    assert [(each["source"], each["format"], each["new"]) for each in said.json] == [
        (f"{world.uri}/neo4j accounts", "neo4j", 3),
        (f"{world.uri}/neo4j posts", "neo4j", 3),
    ]
    beside = facade.open(tmp_path / "beside.duckdb")
    for name, query in (("accounts", ACCOUNTS), ("posts", POSTS)):
        beside.load(_as_csv(world, query, tmp_path / f"{name}.csv"), platform="x")
    assert case.status()["content_hash"] == beside.status()["content_hash"]
    assert case.status()["reposts"] == 1
    accounts = set(case.table("accounts").account_id)
    assert accounts == {"x:9007199254740993", "x:2", "x:0012"}


def test_a_second_load_of_the_same_data_is_known_in_whatever_order_it_comes(
    world: Neo4jConnection, case: facade.Case
) -> None:
    for order, new in (("ORDER BY account_id", 3), ("ORDER BY handle DESC", 0)):
        query = ACCOUNTS.replace("ORDER BY u.id", order)
        (loaded,) = case.load_graph(world.uri, accounts_query=query, platform="x")
        assert (loaded.added.new, loaded.added.known) == (new, 3 - new)
    assert len({load["sha256"] for load in case.status()["sources"]}) == 1
    world.driver.execute_query("MATCH (u:User {id: 2}) SET u.about = 'new'", database_="neo4j")
    (loaded,) = case.load_graph(world.uri, accounts_query=ACCOUNTS, platform="x")
    assert (loaded.added.new, loaded.added.known) == (1, 2)
    assert len({load["sha256"] for load in case.status()["sources"]}) == 2


def test_a_row_s_line_is_its_number_in_the_answer(world: Neo4jConnection, case: facade.Case) -> None:
    query = "UNWIND [['1', 'now'], [null, null], ['3', 'never']] AS r RETURN r[0] AS account_id, r[1] AS seen_at"
    (loaded,) = case.load_graph(world.uri, accounts_query=query, platform="x")
    assert (loaded.added.read, loaded.added.rejected) == (3, 3)
    assert case.rejections().line.tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("'words'", "words"),
        ("9223372036854775807", "9223372036854775807"),
        ("1.5", "1.5"),
        ("true", "True"),
        ("date('2024-01-05')", "2024-01-05"),
        ("datetime('2024-01-05T10:30:00.123456789+01:00')", "2024-01-05T10:30:00.123456+01:00"),
        ("localdatetime('2024-01-05T10:30:00')", "2024-01-05T10:30:00"),
        ("time('10:30:00+01:00')", "10:30:00+01:00"),
        ("duration('P1DT2H')", "P1DT2H"),
        ("['a', 1, date('2024-01-05')]", '["a", 1, "2024-01-05"]'),
        ("{a: ['ü']}", '{"a": ["ü"]}'),
        ("[]", "[]"),
        ("''", None),
        ("null", None),
    ],
)
def test_a_value_is_one_cell(value: str, text: str | None, world: Neo4jConnection, case: facade.Case) -> None:
    case.load_graph(world.uri, accounts_query=f"RETURN 'a' AS account_id, {value} AS bio", platform="x")
    with case.reading() as db:
        assert db.execute("SELECT bio FROM accounts").fetchall() == [(text,)]


def test_a_number_that_was_a_decimal_is_no_id_any_more(world: Neo4jConnection, case: facade.Case) -> None:
    case.load_graph(world.uri, accounts_query="RETURN toFloat(1234567890123456789) AS account_id", platform="x")
    assert "its digits are lost" in case.rejections().reason[0]


@pytest.mark.parametrize(
    ("value", "what"),
    [("u", "a node"), ("w", "a relationship"), ("k", "a path"), ("[u]", "a node"), ("{n: u}", "a node")],
)
def test_what_is_no_value_is_refused_with_what_to_return(
    value: str, what: str, world: Neo4jConnection, case: facade.Case
) -> None:
    query = f"MATCH k = (u:User)-[w:WROTE]->() RETURN u.id AS account_id, {value} AS bio"
    with pytest.raises(QueryMalformed, match=f"'bio' holds {what}: return its properties"):
        case.load_graph(world.uri, accounts_query=query)
    assert not case.path.exists()


@pytest.mark.parametrize(
    "query",
    [
        "MATCH (u:User) SET u.x = 1 RETURN u.id AS account_id",
        "CREATE (u:User) RETURN u.id AS account_id",
        "MATCH (u) DETACH DELETE u",
        "LOAD CSV FROM 'file:///etc/passwd' AS l RETURN l[0] AS account_id",
        "MATCH (u:User) CALL apoc.export.csv.all('x', {}) YIELD file RETURN file AS account_id",
        "CALL dbms.listConfig() YIELD name RETURN name AS account_id",
        "MATCH (u:User) CALL { WITH u SET u.x = 1 } IN TRANSACTIONS RETURN u.id AS account_id",
    ],
)
def test_a_query_that_does_more_than_read_is_not_run(
    query: str, world: Neo4jConnection, clew: Clew, case: facade.Case, digest: Any
) -> None:
    before = digest()
    line = one_line(clew("load", case.path, world.uri, "--posts-query", query))
    assert "quer" in line
    assert digest() == before
    assert not case.path.exists()
    with pytest.raises(QueryNotReadOnly):
        case.load_graph(world.uri, accounts_query=query)


@pytest.mark.parametrize(
    ("option", "query", "words"),
    [
        ("--accounts-query", "MATCH (u:User) RETURN u.name AS colour", "no accounts: it has no column for an account"),
        ("--accounts-query", "RETURN 'a' AS account_id, 't' AS text", "ask for them with --posts-query"),
        ("--posts-query", "MATCH (u:User) RETURN u.id AS account_id", "it has no column post_id, text, object_id"),
        ("--posts-query", "MATCH (u:User) RETURN", "Neo4j can't run the query"),
        ("--posts-query", "", "say what to ask the server"),
        ("--posts-query", "   ", "this one with nothing"),
    ],
)
@pytest.mark.usefixtures("world")
def test_a_query_that_gives_no_accounts_or_posts_is_one_line_with_what_would(
    option: str, query: str, words: str, clew: Clew, case: facade.Case
) -> None:
    said = clew("load", case.path, os.environ["NEO4J_URI"], option, query)
    assert said.code in {1, 2}
    assert words in " ".join(said.err.split()).replace("│ ", "").replace(" │", "")
    assert not case.path.exists()


def test_columns_are_mapped_of_whichever_query_returns_them(world: Neo4jConnection, case: facade.Case) -> None:
    case.load_graph(
        world.uri,
        accounts_query="MATCH (u:User) RETURN u.id AS uid",
        posts_query="MATCH (p:Post) RETURN p.id AS pid, p.text AS text",
        columns={"account_id": "uid", "post_id": "pid"},
        platform="x",
    )
    assert (case.status()["accounts"], case.status()["posts"]) == (3, 3)
    with pytest.raises(ParameterRefused, match="no query returns such a column"):
        case.load_graph(world.uri, accounts_query=ACCOUNTS, columns={"bio": "nowhere"})


def test_an_answer_without_rows_is_told(world: Neo4jConnection, case: facade.Case) -> None:
    (loaded,) = case.load_graph(world.uri, accounts_query="MATCH (u:Nobody) RETURN u.id AS account_id", platform="x")
    assert loaded.added.read == 0
    assert "no rows were found in it" in loaded.warnings


def test_a_dry_run_asks_and_writes_nothing(world: Neo4jConnection, clew: Clew, case: facade.Case) -> None:
    said = clew("load", case.path, world.uri, "--posts-query", POSTS, "--platform", "x", "--dry-run")
    assert "3 rows read = 3 would be new" in said.out
    assert not case.path.exists()
    (loaded,) = case.load_graph(world.uri, posts_query=POSTS, platform="x", dry_run=True)
    assert isinstance(loaded.added, Rehearsed)
    assert loaded.added.foreseen.records == {"account": 2, "post": 3, "repost": 1}


def test_many_rows_are_read_in_bounded_memory(world: Neo4jConnection, case: facade.Case) -> None:
    query = "UNWIND range(1, 60000) AS n RETURN n AS post_id, n % 100 AS account_id, 'words ' + n AS text"
    (loaded,) = case.load_graph(world.uri, posts_query=query, platform="x")
    assert (loaded.added.read, loaded.added.new) == (60_000, 60_000)


#: An answer in many pieces, and what the client says when it asks for the second (before, the query is only planned).
MANY = "UNWIND range(1, 60000) AS n RETURN n AS post_id, 'words' AS text"
SECOND_PIECE = (b"UNWIND range", b"UNWIND range", b"\xb1\x3f", b"\xb1\x3f")


def _gone(proxy: Proxy) -> None:
    proxy._server = 1  # whoever still gets in finds nobody
    proxy.cut()


def test_a_server_that_goes_away_in_the_middle_leaves_the_case_as_it_was(
    world: Neo4jConnection, server: LocalServer, case: facade.Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All but the first thousand posts is still to come, and the accounts are here already."""
    place = tmp_path / "unpacked"
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))
    case.load_graph(world.uri, posts_query=POSTS, platform="x")
    before = case.path.read_bytes()
    with Proxy(server.port, words=SECOND_PIECE, deed=_gone) as proxy:
        with pytest.raises(Neo4jUnreachable, match="went away in the middle of the work") as caught:
            case.load_graph(proxy.uri, accounts_query=ACCOUNTS, posts_query=MANY, platform="x")
        assert proxy.acted.is_set()
    assert "\n" not in str(caught.value)
    assert case.path.read_bytes() == before
    del caught
    assert list(place.iterdir()) == []


def test_a_network_that_stumbles_costs_no_row_and_doubles_none(server: LocalServer, case: facade.Case) -> None:
    with Proxy(server.port, words=SECOND_PIECE, deed=Proxy.drop) as proxy:
        (loaded,) = case.load_graph(proxy.uri, posts_query=MANY, platform="x")
        assert proxy.acted.is_set()
    assert (loaded.added.read, loaded.added.new) == (60_000, 60_000)


def test_a_server_that_is_not_there_or_takes_no_password_is_one_line_without_it(
    world: Neo4jConnection, clew: Clew, case: facade.Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEO4J_PASSWORD", "kept-to-ourselves")
    for uri, words in (("bolt://localhost:1", "no Neo4j answers"), (world.uri, "does not take the password")):
        line = one_line(clew("load", case.path, uri, "--accounts-query", ACCOUNTS))
        assert words in line
        assert "kept-to-ourselves" not in line
    line = one_line(clew("load", case.path, "neo4j://me:kept-to-ourselves@localhost", "--accounts-query", ACCOUNTS))
    assert "NEO4J_PASSWORD" in line
    assert "kept-to-ourselves" not in line
    assert not case.path.exists()


def test_no_secret_is_kept_in_the_case(world: Neo4jConnection, server: LocalServer, case: facade.Case) -> None:
    case.load_graph(f"{world.uri}?region=kept-to-ourselves".replace("bolt://", "neo4j://"), accounts_query=ACCOUNTS)
    (source,) = case.status()["sources"]
    assert source["name"].startswith("neo4j://")
    held = case.path.read_bytes()
    assert b"kept-to-ourselves" not in held
    assert server.password.encode() not in held


@pytest.mark.parametrize(
    "words",
    [
        ["neo4j://localhost"],
        ["neo4j://localhost", "a.csv", "--posts-query", "RETURN 1"],
        ["a.csv", "--posts-query", "RETURN 1"],
        ["bolt+s://localhost"],
    ],
    ids=" ".join,
)
def test_a_server_and_files_are_not_mixed(words: list[str], clew: Clew, case: facade.Case) -> None:
    said = clew("load", case.path, *words)
    assert said.code == 2
    assert "Usage" in said.err


@pytest.mark.parametrize("option", [("--sheet", "A"), ("--as", "csv")])
def test_what_is_said_of_files_makes_no_sense_of_a_server(
    option: tuple[str, str], world: Neo4jConnection, clew: Clew, case: facade.Case
) -> None:
    assert option[0] in one_line(clew("load", case.path, world.uri, "--posts-query", POSTS, *option))


def test_the_identity_is_of_columns_and_rows_and_of_no_order() -> None:
    def digest(names: tuple[str, ...], *rows: list[str]) -> str:
        identity = neo4j_source._Identity(names)
        for row in rows:
            identity.take(row)
        return identity.digest()

    a, b = ["1", ""], ["", "1"]
    assert digest(("x", "y"), a, b) == digest(("x", "y"), b, a)
    told = [
        digest(("x", "y")),
        digest(("y", "x")),
        digest(("x", "y"), a),
        digest(("x", "y"), b),
        digest(("x", "y"), a, a),
    ]
    assert len(set(told)) == len(told)
    assert json.dumps(told)
