"""Every question is explained and asked on a real Neo4j, and answers what is known of a small world."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from graph.case import Case
from graph.errors import ParameterRefused, QueryMalformed, QueryNotFound, QueryNotReadOnly
from graph.neo4j_connection import Neo4jConnection, connect
from graph.neo4j_server import LocalServer
from graph.publish import publish
from graph.questions import answer, ask, ask_cypher, questions
from graph.unknown_names import remarks
from queries import reader

pytestmark = pytest.mark.neo4j

FIRST, FOURTH, SECOND, FIFTH, BOTH = (f"+44770090000{n}" for n in (1, 4, 2, 5, 3))
POSTED = datetime(2023, 11, 14, 22, 13, 22, tzinfo=UTC)


@pytest.fixture(scope="module")
def asked(server: LocalServer, small_case_file: Path) -> Iterator[Neo4jConnection]:
    """Give a connection to a graph that holds the small case and nothing else; these tests only read."""
    with connect(server.uri, server.user, server.password) as connection:
        connection.driver.execute_query("MATCH (n) DETACH DELETE n", database_="neo4j")
        publish(Case(small_case_file), connection)
        yield connection


@pytest.fixture(scope="module")
def clusters(small_case_file: Path) -> dict[str, str]:
    """Return the cluster of each account."""
    with Case(small_case_file).reading() as db:
        return dict(db.execute("SELECT account_id, cluster_id FROM memberships").fetchall())


@pytest.fixture(scope="module")
def case_id(small_case_file: Path) -> str:
    with Case(small_case_file).reading() as db:
        return str(db.execute("SELECT case_id FROM run_facts").fetchall()[0][0])


def rows(connection: Neo4jConnection, question: str, *columns: str, **parameters: Any) -> list[tuple[Any, ...]]:
    found = answer(connection, question, parameters)
    at = [found.columns.index(column) for column in columns]
    return [tuple(row[n] for n in at) for row in found.rows]


def test_who_holds_a_number_is_told_from_who_names_it(asked):
    found = rows(asked, "who_holds_number", "account", "holds", "mentions", "places", "stances", number=FIRST)
    assert found == [
        ("x:a1", True, 2, ["bio", "post"], []),
        ("x:a2", True, 1, ["bio"], []),
        ("x:a3", True, 1, ["bio"], []),
        ("x:asker", False, 1, ["post"], ["ask"]),
    ]
    assert rows(asked, "who_holds_number", "first_seen", number=FIRST)[0] == (POSTED,)


@pytest.mark.parametrize("written", ["+44 7700 900001", "0044 (0)7700-900001", " +44.7700.900.001 ", "+٤٤٧٧٠٠٩٠٠٠٠١"])
def test_a_number_may_be_written_as_people_do(asked, written):
    assert len(ask(asked, "who_holds_number", number=written)) == 4


def test_a_number_without_its_country_is_refused(asked):
    with pytest.raises(ParameterRefused, match="no number with a country code"):
        ask(asked, "who_holds_number", number="07700 900001")


def test_an_account_is_shown_with_all_that_is_known(asked, clusters):
    for name in ("x:a3", "@a3"):
        found = rows(asked, "show_account", "what", "name", account=name)
        assert {("holds", FIRST), ("holds", BOTH), ("mentions", FIRST), ("mentions", BOTH)} <= set(found)
        assert {name for what, name in found if what == "linked"} == {"x:a1", "x:a2", "x:b3"}
        assert ("cluster", clusters["x:a3"]) in found
        assert ("source", "accounts.csv") in found
    posts = rows(asked, "show_account", "what", "name", "detail", "at", account="x:a1")
    assert ("posted", "x:p1", f"boat on Friday, {FIRST}", POSTED) in posts
    reposts = [name for what, name in rows(asked, "show_account", "what", "name", account="x:c1") if what == "reposted"]
    assert reposts == ["x:elsewhere", "x:p2", "x:p1"]


def test_the_shortest_path_goes_over_who_ties_them(asked):
    found = rows(asked, "shortest_path", "step", "account", "other", "kinds", "via", start="x:a1", end="x:b2")
    assert found == [
        (1, "x:a1", "x:a3", ["shared_phone"], [FIRST, FOURTH]),
        (2, "x:a3", "x:b3", ["shared_phone"], [BOTH]),
        (3, "x:b3", "x:b2", ["shared_phone"], [SECOND, FIFTH]),
    ]
    assert rows(asked, "shortest_path", "step", start="x:a1", end="x:c1") == []


def test_a_number_in_two_clusters_is_found(asked, clusters):
    ((number, found, accounts, holders),) = rows(
        asked, "numbers_across_clusters", "number", "clusters", "accounts", "holders"
    )
    assert (number, accounts, set(holders)) == (BOTH, 2, {"x:a3", "x:b3"})
    assert set(found) == {clusters["x:a1"], clusters["x:b1"]}


def test_the_accounts_that_tie_clusters_together_are_found(asked, clusters):
    a, b = clusters["x:a1"], clusters["x:b1"]
    found = rows(asked, "bridges_between_clusters", "account", "cluster", "others", "links", "via")
    assert found == [("x:a3", a, [b], 1, [BOTH]), ("x:b3", b, [a], 1, [BOTH])]


def test_who_reposts_whom_counts_reposts_of_known_authors(asked):
    found = rows(asked, "who_reposts_whom", "account", "author", "reposts", "posts")
    assert found == [("x:c1", "x:a1", 2, 2), ("x:c2", "x:a1", 2, 2)]
    assert rows(asked, "who_reposts_whom", "account", least=3) == []


def test_hubs_come_by_how_many_accounts_they_are_linked_to(asked, clusters):
    found = rows(asked, "list_hubs", "account", "accounts", "cluster", limit=3)
    assert found[:2] == [("x:a3", 3, clusters["x:a3"]), ("x:b3", 3, clusters["x:b3"])]
    assert len(found) == 3


def test_a_source_is_shown_with_what_it_contributed(asked):
    found = dict(rows(asked, "show_source", "what", "count", source="accounts.csv"))
    assert found == {
        "accounts": 10,
        "posts": 0,
        "chats": 0,
        "reposts": 0,
        "numbers": 5,
        "other values": 0,
        "clusters": 2,
    }
    found = dict(rows(asked, "show_source", "what", "count", source="posts.csv"))
    assert (found["posts"], found["chats"], found["reposts"], found["numbers"]) == (11, 1, 5, 1)


def test_clusters_are_listed_with_what_holds_them_together(asked, clusters):
    found = rows(asked, "list_clusters", "cluster", "size", "links", "numbers", "values", "kinds")
    assert sorted(found) == sorted((clusters[a], 3, 3, 2, [], ["shared_phone"]) for a in ("x:a1", "x:b1"))


def test_the_members_of_a_cluster_come_by_rank(asked, clusters):
    found = rows(asked, "list_members", "rank", "account", "numbers", cluster=clusters["x:a1"])
    assert [(rank, account) for rank, account, _ in found] == [(1, "x:a1"), (2, "x:a2"), (3, "x:a3")]
    assert set(found[2][2]) == {FIRST, FOURTH, BOTH}


def test_a_link_is_explained_by_each_record_behind_it(asked):
    found = rows(asked, "why_linked", "kind", "record", "account", "text", "source", "line", start="x:a2", end="x:a1")
    assert sorted(found) == [
        ("shared_phone", "x:a1", "x:a1", f"call {FIRST} or {FOURTH}", "accounts.csv", 1),
        ("shared_phone", "x:a2", "x:a2", f"call {FIRST} or {FOURTH}", "accounts.csv", 2),
        ("shared_phone", "x:p1", "x:a1", f"boat on Friday, {FIRST}", "posts.csv", 4),
    ]
    found = rows(asked, "why_linked", "kind", "record", "account", "text", start="x:c1", end="x:c2")
    assert len(found) == 4
    assert ("co_repost", "x:r22", "x:c2", "another") in found


def test_the_posts_that_most_pass_on_come_first(asked):
    found = rows(asked, "list_reposted_posts", "post", "author", "accounts", "text")
    assert found == [
        ("x:p1", "x:a1", 2, f"boat on Friday, {FIRST}"), ("x:p2", "x:a1", 2, "another"), ("x:elsewhere", None, 1, None)
    ]  # fmt: skip


def test_the_cases_on_a_server_are_listed(asked, case_id):
    assert rows(asked, "list_cases", "case", "name", "complete", "clusters") == [(case_id, "small", True, 2)]


EXAMPLES = {
    "who_holds_identifier": {"value": FIRST},
    "who_holds_number": {"number": FIRST}, "show_account": {"account": "x:a1"},
    "shortest_path": {"start": "x:a1", "end": "x:b1"}, "show_source": {"source": "posts.csv"},
    "why_linked": {"start": "x:a1", "end": "x:a2"}, "list_members": {"cluster": None},
}  # fmt: skip


@pytest.mark.parametrize("name", reader.cypher_names())
def test_each_question_only_reads_and_is_scoped_by_its_case(asked, clusters, case_id, name):
    given = {**EXAMPLES.get(name, {})}
    if name == "list_members":
        given = {"cluster": clusters["x:a1"]}
    query = reader.cypher(name)
    with asked.session(reading=True) as session:
        plan = session.run(f"EXPLAIN {query.body}", {**query.defaults, **given}).consume()
    assert plan.query_type == "r"
    everything = answer(asked, name, given)
    assert everything.columns == tuple(column.name for column in query.returns)
    assert everything.rows
    if "case" in query.defaults:
        assert answer(asked, name, {**given, "case": case_id}).rows == everything.rows
        other = answer(asked, name, {**given, "case": "another"}).rows
        unscoped = {
            "show_account": {"property"},
            "show_source": {"accounts", "posts", "chats", "reposts", "numbers", "other values", "clusters"},
        }
        assert all(set(map(str, row)) & unscoped.get(name, set()) for row in other)


def test_every_question_has_a_test_of_what_it_answers():
    files = [Path(__file__), Path(__file__).with_name("test_cypher_values.py")]
    text = "".join(file.read_text("utf-8").partition("EXAMPLES")[0] for file in files)
    assert [q.name for q in questions() if f'"{q.name}", ' not in text] == []


def test_a_missing_or_unknown_parameter_is_named_with_those_there_are(asked):
    with pytest.raises(QueryMalformed, match="needs number; it takes number, case=null"):
        ask(asked, "who_holds_number")
    with pytest.raises(QueryMalformed, match="has no parameter phone"):
        ask(asked, "who_holds_number", phone=FIRST)
    with pytest.raises(QueryNotFound, match=r"no query 'nonsense'; there are .*who_holds_number"):
        ask(asked, "nonsense")


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("list_members", {"cluster": "nobody's"}, 'no cluster "nobody\'s"'),
        ("show_account", {"account": "x:none"}, "no account 'x:none'"),
        ("shortest_path", {"start": "x:a1", "end": "{value}"}, "no account '{value}'"),
        ("who_holds_number", {"number": "+447700900999"}, "no text on this server"),
        ("show_source", {"source": "no.csv"}, "file 'no.csv'"),
        ("list_hubs", {"case": "another"}, "no case 'another'"),
    ],
)
def test_an_empty_answer_says_what_is_not_there(asked, name, given, said):
    with pytest.warns(UserWarning, match=said):
        assert ask(asked, name, **given).empty


def test_an_answer_that_is_cut_by_default_says_so(asked):
    assert answer(asked, "list_hubs", {"limit": 1}).remarks == ()
    assert remarks({}, {"limit": 25}, 25, lambda *_: True) == ("only 25 rows are shown; limit=250 shows more",)
    assert remarks({}, {"limit": 25}, 24, lambda *_: True) == ()
    assert remarks({}, {"limit": 25, "case": None}, 0, lambda *_: False) == (
        "no case is published on this server yet: `clew publish CASE`",
    )


def test_an_answer_is_a_data_frame(asked):
    frame = ask(asked, "list_hubs", limit=2)
    assert list(frame.columns)[:3] == ["account", "handle", "accounts"]
    assert frame["accounts"].sum() == 6
    frame = ask_cypher(asked, "UNWIND [1, null, 3] AS n RETURN n")
    assert frame["n"].iloc[0] == 1
    assert isinstance(frame["n"].iloc[0], int)


def test_cypher_of_ones_own_answers_with_nodes_relationships_and_paths(asked):
    frame = ask_cypher(
        asked, "MATCH p = (a:Account {id: $id})-[r:POSTED]->(b {id: 'x:p1'}) RETURN a, r, p, b.at AS at", id="x:a1"
    )
    row = frame.iloc[0]
    assert row["a"]["_labels"] == ["Account"]
    assert row["r"]["_type"] == "POSTED"
    assert [step.get("id") for step in row["p"]] == ["x:a1", None, "x:p1"]
    assert row["at"] == POSTED


WRITING = [
    "MATCH (n:Account) SET n.bio = 'x' RETURN n",
    "MATCH (n) DETACH DELETE n",
    "MATCH (n) WITH n LIMIT 1 CREATE (m:New) RETURN m",
    "MATCH (n) REMOVE n.id",
    "UNWIND [1] AS x MERGE (n:New {id: x}) RETURN n",
    "MATCH (n) FOREACH (x IN [1] | SET n.y = x)",
    "CALL { CREATE (n:New) RETURN n } RETURN n",
    "MATCH (n) CALL (n) { SET n.x = 1 } RETURN n",
]


@pytest.mark.parametrize("text", WRITING)
def test_cypher_that_writes_changes_nothing(asked, text):
    def everything() -> list[Any]:
        found = asked.driver.execute_query("MATCH (n) RETURN properties(n) AS p, labels(n) AS l", database_="neo4j")
        return sorted(repr(sorted(r["p"].items())) + repr(r["l"]) for r in found.records)

    before = everything()
    with pytest.raises(QueryNotReadOnly):
        ask_cypher(asked, text)
    assert everything() == before


def test_the_server_itself_refuses_what_the_check_would_let_through(asked, monkeypatch):
    monkeypatch.setattr("graph.questions._READS", "w")
    with pytest.raises(QueryNotReadOnly):
        ask_cypher(asked, "MATCH (n:Account) SET n.bio = 'x'")
    monkeypatch.undo()
    monkeypatch.setattr("graph.questions.check_text", lambda _: None)
    for text in ("LOAD CSV FROM 'file:///etc/hostname' AS l RETURN l", "CALL dbms.listConfig() YIELD name RETURN name"):
        with pytest.raises(QueryNotReadOnly):
            ask_cypher(asked, text)


@pytest.mark.parametrize(
    "text", ["MATCH (n RETURN n", "RETURN $absent AS x", "MATCH (n) RETURN m", "RETURN 1; RETURN 2"]
)
def test_cypher_that_makes_no_sense_is_said_in_one_line(asked, text):
    with pytest.raises(QueryMalformed) as caught:
        ask_cypher(asked, text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("procedure", ["db.labels()", "db.relationshipTypes()", "db.propertyKeys()"])
def test_procedures_that_describe_the_graph_may_be_called(asked, procedure):
    assert len(ask_cypher(asked, f"CALL {procedure}"))
