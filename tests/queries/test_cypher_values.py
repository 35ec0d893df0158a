"""What the questions say of invites, handles, e-mail and payment addresses, on a real Neo4j."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from graph.case import Case
from graph.neo4j_connection import Neo4jConnection, connect
from graph.neo4j_server import LocalServer
from graph.publish import publish
from graph.questions import answer, ask
from graph.records import Account, Chat, Mention, Post, Record
from queries import reader
from tests.conftest import fill

pytestmark = pytest.mark.neo4j

#: What each kind of mention is, and the account of each pair that also holds a value of the other cluster.
INVITE, HANDLE, EMAIL, PAYMENT, CRYPTO = (
    "t.me/+AbC", "instagram:some_name", "a@mail.example", "paypal.me/name", "btc:bc1qtest",
)  # fmt: skip


def find(text: str, region: str | None, place: str) -> tuple[list[Mention], None]:
    """Take each word ``kind=value`` for a mention: these tests are about questions, not about finding."""
    del region, place
    found = []
    at = 0
    for word in text.split(" "):
        kind, equals, value = word.partition("=")
        if equals:
            found.append(Mention(kind=kind, value=value, as_written=word, start=at, end=at + len(word), rule="t"))
        at += len(word) + 1
    return found, None


def _accounts() -> list[Record]:
    first = f"invite={INVITE} handle={HANDLE} payment={PAYMENT}"
    second = f"email={EMAIL} crypto={CRYPTO} phone=+447700900001"
    return [
        *(Account(platform="x", native_id=f"a{n}", handle=f"@a{n}", bio=f"Trips! {first}") for n in (1, 2, 3)),
        *(Account(platform="x", native_id=f"b{n}", handle=f"@b{n}", bio=second) for n in (1, 2)),
        Account(platform="x", native_id="b3", handle="@b3", bio=f"{second} handle={HANDLE}"),
        Account(platform="instagram", native_id="77", handle="@Some_Name", bio="hello"),
        Account(platform="telegram", native_id="channel5"),
        Account(platform="x", native_id="asker"),
    ]


def _posts() -> list[Record]:
    links = (f"invite={INVITE}", "invite=wa.me/447700900001", "url=news.example/1")
    return [
        Chat(platform="telegram", native_id="channel5", kind="channel", title="Trips", invite=f"invite={INVITE}"),
        Post(platform="x", native_id="q1", account_id="x:asker", text=f"is invite={INVITE} any good?", stance="ask"),
        Post(platform="x", native_id="q2", account_id="x:asker", text="hello"),
        Post(platform="x", native_id="p1", account_id="x:a1", text="press here", links=links),
        Post(platform="x", native_id="p2", account_id="x:a2", text="press here", links=links),
        Post(platform="x", native_id="p3", account_id="x:b1", text="", links=links[1:]),
        Post(platform="x", native_id="p4", account_id="x:b1", text="invite=t.me/routes invite=t.me/+lower"),
    ]


@pytest.fixture(scope="module")
def asked(server: LocalServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neo4jConnection]:
    """Give a connection to a graph of two networks that hold no number alone; these tests only read."""
    case = Case(tmp_path_factory.mktemp("values") / "values.duckdb")
    fill(case, "accounts.csv", _accounts())
    fill(case, "posts.csv", _posts())
    case.judge("x:asker", kind="set_aside", value="no")  # else nothing would be seen of who only names a value
    case.extract(find, {})
    case.links()
    case.clusters(resolution=1.0)
    with connect(server.uri, server.user, server.password) as connection:
        connection.driver.execute_query("MATCH (n) DETACH DELETE n", database_="neo4j")
        publish(case, connection)
        yield connection


def rows(connection: Neo4jConnection, question: str, *columns: str, **parameters: Any) -> list[tuple[Any, ...]]:
    found = answer(connection, question, parameters)
    at = [found.columns.index(column) for column in columns]
    return [tuple(row[n] for n in at) for row in found.rows]


def test_who_holds_a_value_is_told_from_who_names_it_and_from_the_chat_it_leads_to(asked):
    columns = ("kind", "account", "holds", "places", "stances", "texts")
    assert rows(asked, "who_holds_identifier", *columns, value=INVITE) == [
        ("invite", "x:a1", True, ["bio", "link"], [], ["x:a1", "x:p1"]),
        ("invite", "x:a2", True, ["bio", "link"], [], ["x:a2", "x:p2"]),
        ("invite", "telegram:channel5", True, ["own_name"], [], ["telegram:channel5"]),
        ("invite", "x:a3", True, ["bio"], [], ["x:a3"]),
        ("invite", "x:asker", False, ["post"], ["ask"], ["x:q1"]),
        ("invite", None, False, ["chat_invite"], [], ["telegram:channel5"]),
    ]


def test_an_account_whose_name_others_write_is_among_the_holders(asked):
    found = rows(asked, "who_holds_identifier", "account", "holds", "places", value=HANDLE)
    assert ("instagram:77", True, ["own_name"]) in found
    assert len(found) == 5


@pytest.mark.parametrize(
    ("written", "holders"),
    [
        (f"https://{INVITE}", 6),
        (f" http://www.{INVITE}/ ", 6),
        ("A@Mail.example", 3),
        ("Instagram:Some_Name", 5),
        ("HTTPS://T.me/Routes", 1),
        ("0044 7700 900001", 3),
        ("https://news.example/1", 3),
    ],
)
def test_a_value_may_be_written_as_a_browser_shows_it(asked, written, holders):
    assert len(ask(asked, "who_holds_identifier", value=written)) == holders


def test_a_value_that_is_not_there_is_said_and_a_code_is_told_by_its_capitals(asked):
    for value in ("t.me/+abc", "t.me/+LOWER", "BTC:bc1qtest", "++", "00", "", "'}) MATCH (n) DETACH DELETE n //"):
        with pytest.warns(UserWarning, match="no text on this server has"):
            assert ask(asked, "who_holds_identifier", value=value).empty


def test_a_value_is_found_by_an_index_among_millions(asked):
    query = reader.cypher("who_holds_identifier")
    with asked.session(reading=True) as session:
        plan = session.run(f"EXPLAIN {query.body}", {"value": INVITE, "case": None}).consume().plan
    assert "IndexSeek" in repr(plan)
    assert "NodeByLabelScan" not in repr(plan)


def test_values_across_clusters_are_found_with_their_kind(asked):
    found = rows(asked, "values_across_clusters", "kind", "value", "accounts", "holders")
    assert found == [("handle", HANDLE, 5, ["instagram:77", "x:a1", "x:a2", "x:a3", "x:b3"])]
    assert rows(asked, "numbers_across_clusters", "number") == []


def test_clusters_and_members_are_listed_with_values_of_every_kind(asked):
    found = rows(asked, "list_clusters", "size", "numbers", "values", "kinds")
    assert found == [
        (5, 0, ["handle: 1", "invite: 1", "payment: 1"], ["shared_handle", "shared_invite", "shared_payment"]),
        (3, 1, ["crypto: 1", "email: 1"], ["shared_email", "shared_payment", "shared_phone"]),
    ]
    ((cluster,), (other,)) = rows(asked, "list_clusters", "cluster")
    members = {
        account: held for account, *held in rows(asked, "list_members", "account", "numbers", "values", cluster=cluster)
    }
    assert members["x:a3"] == [[], [HANDLE, PAYMENT, INVITE]]
    assert members["telegram:channel5"] == [[], [INVITE]]
    members = {
        account: held for account, *held in rows(asked, "list_members", "account", "numbers", "values", cluster=other)
    }
    assert members["x:b3"] == [["+447700900001"], [EMAIL, CRYPTO, HANDLE]]


def test_an_account_is_shown_with_the_kind_of_all_it_holds(asked):
    found = rows(asked, "show_account", "what", "name", "detail", account="x:a1")
    assert ("holds", INVITE, "invite, evidence: x:a1 x:p1") in found
    assert ("mentions", INVITE, f"invite, link of x:p1: invite={INVITE}") in found
    assert ("holds", HANDLE, "handle, evidence: x:a1") in found


def test_a_link_of_any_kind_is_explained_by_the_value_as_written(asked):
    columns = ("kind", "via", "record", "as_written", "text", "source", "line")
    found = rows(asked, "why_linked", *columns, start="x:a1", end="x:a2")
    assert [row for row in found if row[0] == "shared_invite"] == [
        ("shared_invite", [INVITE], "x:a1", [f"invite={INVITE}"], _accounts()[0].bio, "accounts.csv", 1),
        ("shared_invite", [INVITE], "x:a2", [f"invite={INVITE}"], _accounts()[1].bio, "accounts.csv", 2),
        ("shared_invite", [INVITE], "x:p1", [f"invite={INVITE}"], "press here", "posts.csv", 4),
        ("shared_invite", [INVITE], "x:p2", [f"invite={INVITE}"], "press here", "posts.csv", 5),
    ]
    assert {(row[0], *row[1]) for row in found} >= {("shared_handle", HANDLE), ("shared_payment", PAYMENT)}
    assert all(row[1] and row[3] for row in found)


def test_a_link_by_an_own_name_or_the_way_into_a_channel_is_explained_by_that_name(asked):
    found = rows(asked, "why_linked", "via", "record", "as_written", "source", "line", start="instagram:77", end="x:a1")
    assert found == [
        ([HANDLE], "instagram:77", ["@Some_Name"], "accounts.csv", 7),
        ([HANDLE], "x:a1", [f"handle={HANDLE}"], "accounts.csv", 1),
    ]
    found = rows(asked, "why_linked", "via", "record", "as_written", start="telegram:channel5", end="x:a3")
    assert found == [
        ([INVITE], "telegram:channel5", [f"invite={INVITE}"]),
        ([INVITE], "x:a3", [f"invite={INVITE}"]),
    ]


def test_a_source_is_shown_with_its_values_apart_from_its_numbers(asked):
    found = dict(rows(asked, "show_source", "what", "count", source="accounts.csv"))
    assert (found["numbers"], found["other values"]) == (1, 5)
    found = dict(rows(asked, "show_source", "what", "count", source="posts.csv"))
    assert (found["numbers"], found["other values"]) == (0, 5)


def test_the_way_between_two_accounts_names_values_of_every_kind(asked):
    found = rows(asked, "shortest_path", "account", "other", "kinds", "via", start="telegram:channel5", end="x:b1")
    assert [(kinds, via) for _, _, kinds, via in found] == [
        (["shared_invite"], [INVITE]),
        (["shared_handle"], [HANDLE]),
        (["shared_email", "shared_payment", "shared_phone"], [EMAIL, CRYPTO, "+447700900001"]),
    ]
    found = rows(asked, "bridges_between_clusters", "account", "kinds", "via")
    assert ("x:b3", ["shared_handle"], [HANDLE]) in found
