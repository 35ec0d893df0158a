"""After a publish the graph holds exactly what the case holds, and all else on the server is as it was."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

import clew
from graph.case import Case
from graph.errors import Neo4jRefused
from graph.neo4j_connection import Neo4jConnection, connect
from graph.neo4j_lock import PublishLock
from graph.publish import Published, publish
from graph.records import Account, Post, ReadRow, Repost, Source

ROOT = Path(__file__).resolve().parents[2]
_NOBODY = {"created": 0, "joined": 0, "updated": 0, "removed": 0, "left": 0}
_US = "CASE WHEN {0} IS NULL THEN null ELSE {0}.epochSeconds * 1000000 + {0}.microsecond END"

#: What the case has, from its views, and the same from the graph, by Cypher that shares nothing with the publish's.
HELD = {
    "Account": "SELECT account_id, handle, display_name, bio, url FROM accounts",
    "Post": "SELECT post_id, text, at_us, stance FROM posts UNION SELECT object_id, NULL, NULL, NULL FROM reposts "
    "WHERE object_id NOT IN (SELECT post_id FROM posts)",
    "Phone": "SELECT DISTINCT value FROM mentions WHERE value IS NOT NULL",
    "Cluster": "SELECT cluster_id, size, links, strength FROM clusters",
    "POSTED": "SELECT account_id, post_id FROM posts WHERE account_id IS NOT NULL UNION SELECT object_account_id, "
    "object_id FROM reposts WHERE object_account_id IS NOT NULL AND object_id NOT IN (SELECT post_id FROM posts)",
    "REPOSTED": "SELECT DISTINCT account_id, object_id, content_id, at_us FROM reposts",
    "POSTED_IN": "SELECT post_id, chat_id FROM posts WHERE chat_id IS NOT NULL",
    "MENTIONS": "SELECT DISTINCT record_id, value, place, as_written, stance FROM mentions WHERE value IS NOT NULL",
    "HOLDS": "SELECT account_id, value, evidence FROM holds",
    "LINKED": "SELECT account_a, account_b, kind, weight, first_us, evidence FROM links",
    "MEMBER_OF": "SELECT account_id, cluster_id, role, rank, score FROM memberships",
    "FROM": "SELECT account_id, source_sha256, line FROM accounts WHERE source_sha256 IS NOT NULL UNION ALL "
    "SELECT post_id, source_sha256, line FROM posts UNION ALL SELECT chat_id, source_sha256, line FROM chats",
}
SHOWN = {
    "Account": "MATCH (n:Account) WHERE $case IN n.cases RETURN n.id, n.handle, n.display_name, n.bio, n.url",
    "Post": f"MATCH (n:Post) WHERE $case IN n.cases RETURN n.id, n.text, {_US.format('n.at')}, n.stance",
    "Phone": "MATCH (n:Identifier:Phone) WHERE $case IN n.cases RETURN n.e164",
    "Cluster": "MATCH (n:Cluster {case: $case}) RETURN n.id, n.size, n.links, n.strength",
    "POSTED": "MATCH (a)-[r:POSTED]->(b) WHERE $case IN r.cases RETURN a.id, b.id",
    "REPOSTED": f"MATCH (a)-[r:REPOSTED]->(b) WHERE $case IN r.cases RETURN a.id, b.id, r.id, {_US.format('r.at')}",
    "POSTED_IN": "MATCH (a)-[r:POSTED_IN]->(b:Chat) WHERE $case IN r.cases RETURN a.id, b.id",
    "MENTIONS": "MATCH (a)-[r:MENTIONS {case: $case}]->(b) RETURN a.id, b.e164, r.place, r.as_written, r.stance",
    "HOLDS": "MATCH (a:Account)-[r:HOLDS {case: $case}]->(b:Phone) RETURN a.id, b.value, r.evidence",
    "LINKED": "MATCH (a)-[r:LINKED {case: $case}]->(b) "
    f"RETURN a.id, b.id, r.kind, r.weight, {_US.format('r.first_seen')}, r.evidence",
    "MEMBER_OF": "MATCH (a)-[r:MEMBER_OF {case: $case}]->(b) RETURN a.id, b.id, r.role, r.rank, r.score",
    "FROM": "MATCH (a)-[r:FROM]->(b:Source) WHERE $case IN r.cases RETURN a.id, b.sha256, r.line",
}

pytestmark = pytest.mark.neo4j


def ask(graph: Neo4jConnection, text: str, **parameters: Any) -> list[tuple[Any, ...]]:
    return [
        tuple(record.values()) for record in graph.driver.execute_query(text, parameters, database_="neo4j").records
    ]


def held(case: Case | clew.Case) -> dict[str, list[str]]:
    with case.reading() as db:
        return {kind: sorted(map(repr, db.execute(sql).fetchall())) for kind, sql in HELD.items()}


def shown(graph: Neo4jConnection, case_id: str) -> dict[str, list[str]]:
    return {kind: sorted(map(repr, ask(graph, text, case=case_id))) for kind, text in SHOWN.items()}


def done(case: Case | clew.Case, graph: Neo4jConnection, **options: Any) -> Published:
    return publish(Case(case.path), graph, **options)


def totals(published: Published) -> dict[str, int]:
    return {name: published.total(name) for name in _NOBODY}


def test_the_graph_holds_exactly_what_the_case_holds(small_case, graph):
    published = done(small_case, graph)
    assert shown(graph, published.case) == held(small_case)
    assert published.total("created") == published.total("held")
    assert (published.foreign_nodes, published.foreign_relationships) == (0, 0)
    assert ask(graph, "MATCH (c:Case) RETURN c.id, c.complete") == [(published.case, True)]


def test_a_second_publish_writes_nothing(small_case, graph, digest):
    first = done(small_case, graph)
    before = digest()
    second = done(small_case, graph)
    assert digest() == before
    assert totals(second) == _NOBODY
    assert second.total("unchanged") == first.total("held")


def test_after_a_run_with_other_parameters_nothing_is_stale(small_case, graph, digest):
    ask(graph, "CREATE (:Suspect {name: 'mine'})-[:KNOWS {since: 1}]->(:Account {name: 'no id'})")
    ask(graph, "CREATE (:Account {id: 'y:other', handle: 'o'})-[:POSTED]->(:Post {id: 'y:1'})")
    ask(graph, "CREATE (:Phone {value: 'mine'}), (:Cluster {id: 'mine'})")
    foreign = digest()
    first = done(small_case, graph)
    small_case.run(window=1, min_participation=9, max_holders=2, min_size=2)
    second = done(small_case, graph)
    assert second.total("removed") > 0
    assert shown(graph, second.case) == held(small_case)
    assert (second.foreign_nodes, second.foreign_relationships) == (6, 2)
    assert first.foreign_nodes == 6
    ask(graph, "MATCH ()-[r]->() WHERE r.case IS NOT NULL OR r.cases IS NOT NULL DELETE r")
    ask(graph, "MATCH (n) WHERE n.cases IS NOT NULL OR n.case IS NOT NULL OR n:Case DELETE n")
    assert digest() == foreign


def test_facts_of_somebody_else_with_the_same_key_are_joined_and_given_back(small_case, graph, digest):
    ask(
        graph,
        "CREATE (a:Account {id: 'x:a1', handle: 'watched', note: 'mine'})-[:POSTED {sure: true}]->(:Post {id: 'x:p1'})",
    )
    ask(graph, "CREATE (:Identifier {kind: 'phone', value: '+447700900001'})")
    before = digest()
    published = done(small_case, graph)
    assert published.counts["Account"].joined == 1
    assert ask(graph, "MATCH (a:Account {id: 'x:a1'}) RETURN a.handle, a.note, a.bio, a.cases") == [
        ("watched", "mine", "call +447700900001 or +447700900004", [published.case])
    ]
    assert ask(graph, "MATCH (:Account {id: 'x:a1'})-[r:POSTED]->(:Post {id: 'x:p1'}) RETURN r.sure, r.cases") == [
        (True, [published.case])
    ]
    assert totals(done(small_case, graph)) == _NOBODY
    for account in ("a1", "a2", "a3", "b1", "b2", "b3", "asker", "c1", "c2", "h"):
        small_case.judge(f"x:{account}", kind="set_aside", value="yes")
    emptied = done(small_case, graph)
    assert emptied.counts["Account"].removed == 9
    assert emptied.counts["Account"].left == 1
    left = "MATCH (n) WHERE n:Case OR n:Source OR n:Chat DETACH DELETE n"
    ask(graph, left)
    assert ask(graph, "MATCH (n:Phone) REMOVE n:Phone RETURN n.value") == [("+447700900001",)]
    assert digest() == before


def test_two_cases_on_one_server_leave_each_other_alone(small_case, graph, tmp_path):
    other = Case(tmp_path / "other.duckdb")
    records = [
        Account(platform="x", native_id="a1", handle="@a1", bio="another bio, call +447700900002"),
        Account(platform="x", native_id="z", bio="call +447700900002"),
        Post(platform="x", native_id="p1", account_id="x:a1", text="another text"),
    ]
    other.add(Source(name="o", sha256="o" * 64, size=1, format="csv"), [ReadRow(1, tuple(records))])
    clew.open(other.path).run()
    first = done(small_case, graph)
    before = shown(graph, first.case)
    second = done(other, graph)
    assert shown(graph, first.case) == before
    assert second.counts["Account"].joined == 1
    assert second.counts["Account"].created == 1
    assert totals(done(small_case, graph)) == _NOBODY
    again = done(other, graph)
    assert totals(again) == _NOBODY
    assert again.counts["Account"].others == 1
    assert again.counts["Post"].others == 1
    small_case.judge("x:a1", kind="set_aside", value="yes")
    assert done(small_case, graph).counts["Account"].left == 1
    assert done(other, graph).counts["Account"].updated == 1
    assert shown(graph, second.case) == held(other)
    mine, wanted = shown(graph, first.case), held(small_case)
    assert keys(mine.pop("Post")) == keys(wanted.pop("Post"))  # what one knows only as reposted, the other has read
    assert mine == wanted


def test_a_node_that_somebody_attached_something_to_stays_as_a_bare_key_and_comes_back(small_case, graph):
    done(small_case, graph)
    ask(graph, "MATCH (a:Account {id: 'x:a1'}) CREATE (:Suspect {name: 'S'})-[:IS]->(a)")
    ask(graph, "MATCH (a:Account {id: 'x:a2'}) SET a.seen_by = 'me'")
    for account in ("a1", "a2", "c1"):
        small_case.judge(f"x:{account}", kind="set_aside", value="yes")
    published = done(small_case, graph)
    assert (published.counts["Account"].removed, published.counts["Account"].left) == (1, 2)
    assert ask(graph, "MATCH (:Suspect)-[:IS]->(a) RETURN properties(a)") == [({"id": "x:a1", "cases": []},)]
    assert ask(graph, "MATCH (a:Account {id: 'x:a2'}) RETURN a.seen_by, a.bio") == [("me", None)]
    assert shown(graph, published.case) == held(small_case)
    for account in ("a1", "a2", "c1"):
        small_case.judge(f"x:{account}", kind="set_aside", value=None)
    done(small_case, graph)
    assert shown(graph, published.case) == held(small_case)
    assert ask(graph, "MATCH (:Suspect)-[:IS]->(a) RETURN a.bio") == [("call +447700900001 or +447700900004",)]


def test_what_others_broke_is_whole_after_the_next_publish(small_case, graph):
    case_id = done(small_case, graph).case
    ask(
        graph,
        "MATCH (a:Account {id: 'x:a1'}) SET a.bio = 'x', a.followers = 'many', a.first_active = 7, a.handle = ['l']",
    )
    ask(graph, "MATCH (a:Account {id: 'x:a2'}) DETACH DELETE a")
    ask(graph, "MATCH (:Account)-[r:LINKED {kind: 'co_repost'}]-() SET r.weight = 'heavy', r.evidence = [1]")
    ask(graph, "MATCH (a:Account {id: 'x:c1'})-[r:REPOSTED]->(p) CREATE (a)-[s:REPOSTED]->(p) SET s = properties(r)")
    ask(graph, "MATCH (c:Case) SET c.complete = false")
    done(small_case, graph)
    assert shown(graph, case_id) == held(small_case)
    assert ask(graph, "MATCH (a:Account {id: 'x:a1'}) RETURN a.followers, a.first_active.year") == [(None, 2023)]
    assert ask(graph, "MATCH (c:Case) RETURN c.complete") == [(True,)]


def test_accounts_that_are_set_aside_are_absent_unless_asked_for(small_case, graph):
    small_case.judge("x:a1", kind="set_aside", value="yes")
    published = done(small_case, graph)
    everything = repr(ask(graph, "MATCH (n) OPTIONAL MATCH (n)-[r]->() RETURN properties(n), properties(r)"))
    assert "x:a1" not in everything
    assert "boat on Friday" not in everything
    with_them = done(small_case, graph, include_set_aside=True)
    assert with_them.counts["Account"].held == published.counts["Account"].held + 1


@pytest.mark.parametrize(
    "lines", [5, 14, 22, *(pytest.param(n, marks=pytest.mark.long) for n in (1, 2, 3, 8, 11, 17, 20, 25, 28, 30))]
)
def test_a_publish_that_was_killed_is_finished_by_the_next(small_case, graph, environment, lines):
    script = (
        "import sys, time\n"
        "from graph.case import Case\nfrom graph.neo4j_connection import connect\nfrom graph.publish import publish\n"
        "def report(line):\n    print(line, flush=True)\n    time.sleep(0.02)\n"
        "with connect() as c:\n    publish(Case(sys.argv[1]), c, report=report)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(small_case.path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    for _ in range(lines):
        assert process.stdout.readline()
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert ask(graph, "MATCH (c:Case) WHERE c.complete RETURN c") == []
    published = done(small_case, graph, wait=30)
    assert shown(graph, published.case) == held(small_case)
    assert ask(graph, "MATCH (c:Case) RETURN c.complete") == [(True,)]
    assert totals(done(small_case, graph)) == _NOBODY


def test_a_second_publish_waits_for_the_first_and_gives_up_in_words(small_case, graph, server):
    said: list[str] = []
    with connect(server.uri, server.user, server.password) as other:
        with PublishLock(other, wait=0, report=said.append):
            assert ask(graph, "MATCH (c:Case) RETURN count(c)") == [(0,)]
            with pytest.raises(Neo4jRefused, match="another publish works on 'neo4j'"):
                done(small_case, graph, wait=0)
            waiting = threading.Thread(target=lambda: done(small_case, graph, wait=60, report=said.append))
            waiting.start()
            while not said:
                time.sleep(0.05)
        waiting.join(60)
    assert said[0].startswith("another publish works on this database; waiting")
    assert ask(graph, "MATCH (c:Case) RETURN c.complete") == [(True,)]


@pytest.mark.parametrize("seed", [1, *(pytest.param(n, marks=pytest.mark.long) for n in range(2, 12))])
def test_whatever_happens_between_publishes_each_case_is_shown_exactly(graph, tmp_path, seed):
    """Random worlds of two cases that share accounts; what is compared is what nobody else wrote first."""
    chance = random.Random(seed)
    cases = [Case(tmp_path / f"{name}.duckdb") for name in "ab"]
    ask(graph, "CREATE (:Mine {id: 1})-[:LIKES]->(:Account {id: 'x:foreign'})")
    for turn in range(5):
        case = cases[turn % 2]
        rows = [ReadRow(line, (record,)) for line, record in enumerate(some_records(chance), start=1)]
        case.add(Source(name=f"{turn}", sha256=f"{turn}" * 64, size=1, format="csv"), rows)
        clew.open(case.path).run(window=chance.choice([1, 60]), min_size=2)
        if chance.random() < 0.5:
            case.judge(f"x:{chance.randrange(12)}", kind="set_aside", value=chance.choice(["yes", "no"]))
        published = done(case, graph)
        wanted, found = held(case), shown(graph, published.case)
        for kind in ("Account", "Post"):  # their properties may be the other case's
            assert keys(found.pop(kind)) == keys(wanted.pop(kind)), (seed, turn)
        wanted.pop("FROM")
        found.pop("FROM")
        assert found == wanted, (seed, turn)
    assert totals(done(case, graph)) == _NOBODY
    assert ask(graph, "MATCH (:Mine)-[:LIKES]->(a) RETURN properties(a)") == [({"id": "x:foreign"},)]


def keys(rows: list[str]) -> list[str]:
    return sorted(row.split(",")[0] for row in rows)


def some_records(chance: random.Random) -> list[Account | Post | Repost]:
    def account() -> str:
        return str(chance.randrange(12))

    def text() -> str:
        return f"call +44770090000{chance.randrange(4)}" if chance.random() < 0.7 else "hello"

    return [
        *(Account(platform="x", native_id=account(), bio=text()) for _ in range(6)),
        *(
            Post(platform="x", native_id=f"p{chance.randrange(20)}", account_id=f"x:{account()}", text=text())
            for _ in range(6)
        ),
        *(
            Repost(
                account_id=f"x:{account()}", content_id=f"x:r{chance.random()}", object_id=f"x:p{chance.randrange(25)}"
            )
            for _ in range(6)
        ),
    ]
