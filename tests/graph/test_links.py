"""The link SQL against plain Python, and who is linked by what."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from graph.case import Case
from graph.errors import CaseIncomplete, ParameterRefused
from graph.records import Account, Mention, Moment, Post, Repost
from graph.status import status_of
from tests.oracles.links import Share, co_repost_links, shared_phone_links

NUMBER = "+447700900001"


def find(text: str, region: str | None, place: str) -> tuple[list[Mention], None]:
    """Take every word that begins with + for a number: these tests are about links, not about finding."""
    del region, place
    found = []
    at = 0
    for word in text.split(" "):
        if word.startswith("+"):
            found.append(Mention(kind="phone", value=word, as_written=word, start=at, end=at + len(word), rule="t"))
        at += len(word) + 1
    return found, None


def derive(case: Case, **parameters: object) -> list[tuple[object, ...]]:
    case.extract(find, {})
    case.links(**parameters)
    with case.reading() as db:
        return db.execute(
            "SELECT account_a, account_b, kind, weight, strength, pairs, via, evidence FROM links ORDER BY ALL"
        ).fetchall()


def account(name: str, **fields: str) -> Account:
    return Account(platform="x", native_id=name, **fields)


def post(name: str, author: str, text: str, **fields: object) -> Post:
    return Post(platform="x", native_id=name, account_id=f"x:{author}", text=text, **fields)  # type: ignore[arg-type]


def test_two_accounts_that_hold_one_number_are_linked_and_the_records_are_named(case: Case, add) -> None:
    add([account("a", bio=f"call {NUMBER}"), account("b"), post("9", "b", f"{NUMBER} every day")])
    assert derive(case) == [("x:a", "x:b", "shared_phone", 1.0, 1.0, 1, [NUMBER], ["x:9", "x:a"])]


@pytest.mark.parametrize("stance", ["ask", "information", "quotation"])
def test_who_asks_informs_or_quotes_writes_a_number_and_holds_none(case: Case, add, stance: str) -> None:
    add([account("a", bio=NUMBER), post("1", "b", f"is {NUMBER} safe?", stance=stance), post("2", "b", "hello")])
    assert derive(case) == []


def test_an_analysts_stance_overrules_the_sources(case: Case, add) -> None:
    add([account("a", bio=NUMBER), post("1", "b", NUMBER, stance="offer"), post("2", "b", "hello")])
    assert len(derive(case)) == 1
    case.judge("x:1", kind="stance", value="quotation")
    assert derive(case) == []
    case.judge("x:1", kind="stance", value=None)
    assert len(derive(case)) == 1


def test_a_reposted_or_quoted_number_is_not_held_and_a_replied_one_is(case: Case, add) -> None:
    add(
        [
            account("a", bio=NUMBER),
            post("1", "b", f"RT {NUMBER}", kind="repost"),
            post("2", "c", f"{NUMBER} said he", quoted_spans=(0, len(NUMBER))),
            post("3", "d", f"call {NUMBER}", kind="reply"),
        ]
    )
    assert [(row[0], row[1]) for row in derive(case)] == [("x:a", "x:d")]


def test_a_contact_card_and_a_senders_number_are_held(case: Case, add) -> None:
    card = Post(platform="x", native_id="1", account_id="x:b", contact_phone=NUMBER)
    add([account("a", phone=NUMBER), card])
    assert [(row[0], row[1]) for row in derive(case)] == [("x:a", "x:b")]


def test_a_number_held_by_too_many_links_nobody_and_is_headlined(case: Case, add) -> None:
    add([account(f"a{n}", bio=NUMBER) for n in range(5)])
    assert len(derive(case, max_holders=5)) == 10
    assert derive(case, max_holders=4) == []
    with case.reading() as db:
        assert db.execute("FROM left_out").fetchall() == [("shared_phone", NUMBER, 5, "too many holders")]


def test_a_help_line_links_nobody_however_few_hold_it(case: Case, add) -> None:
    add([account("a", bio=NUMBER), account("b", bio=NUMBER)])
    assert derive(case, help_lines=[NUMBER]) == []
    with case.reading() as db:
        assert db.execute("FROM left_out").fetchall() == [("shared_phone", NUMBER, 2, "help line")]


def test_an_undecided_number_makes_no_link(case: Case, add) -> None:
    def undecided(text: str, region: str | None, place: str) -> tuple[list[Mention], None]:
        del region, place
        return [
            Mention(kind="phone", value=None, candidates=(NUMBER,), as_written=text, start=0, end=1, rule="t")
        ], None

    add([account("a", bio="07700900001"), account("b", bio="07700900001")])
    case.extract(undecided, {})
    assert case.links().counts["shared_phone"]["links"] == 0
    assert status_of(case)["undecided_numbers"] == 2


def test_who_only_asks_is_set_aside_absent_from_every_view_and_back_when_a_judgement_says_so(case: Case, add) -> None:
    add([account("a", bio=NUMBER), account("b", bio=NUMBER), post("1", "b", "is it safe?", stance="ask")])
    assert derive(case) == []
    with case.reading() as db:
        for view in ("accounts", "posts", "mentions", "holds"):
            assert "x:b" not in str(db.execute(f"FROM {view}").fetchall()), view
    case.judge("x:b", kind="set_aside", value="no", note="also sells")
    assert len(derive(case)) == 1


def test_the_collector_and_what_only_private_places_show_are_never_linked_unless_asked_for(case: Case, add) -> None:
    add([account("a", bio=NUMBER), Account(platform="x", native_id="me", bio=NUMBER, collector=True)])
    add([Account(platform="x", native_id="friend", bio=NUMBER, private=True)], name="b.csv")
    assert derive(case) == []
    assert case.links(include_collector=True).counts["shared_phone"]["links"] == 3
    with case.reading() as db:
        assert db.execute("SELECT account_id FROM accounts").fetchall() == [("x:a",)]
        assert db.execute("FROM links").fetchall() == []


def random_world(seed: int) -> tuple[list[tuple[str, str]], list[Share]]:
    r = random.Random(seed)
    accounts = [f"x:{n}" for n in range(r.randint(2, 12))]
    holds = [(r.choice(accounts), f"+4477009000{r.randint(10, 14)}") for _ in range(r.randint(0, 25))]
    contents = [(f"c{n}", r.choice(accounts)) for n in range(r.randint(0, 40))]
    shares = {
        Share(who, content, r.choice(["o1", "o2", "c1"]), r.randint(0, 120))
        for content, who in contents
        for _ in range(r.choice([1, 1, 1, 2]))
    }
    # One content passes one object on once; what tells another time of it is another version (tests/graph/test_review).
    return holds, sorted({share[:3]: share for share in sorted(shares)}.values())


@pytest.mark.parametrize("seed", range(20))
def test_the_sql_agrees_with_plain_python_on_a_random_world(
    tmp_path: Path, add: Callable[..., object], seed: int
) -> None:
    holds, shares = random_world(seed)
    case = Case(tmp_path / "w.duckdb")
    r = random.Random(seed)
    max_holders, window, participation = r.choice([2, 4, 9]), r.choice([1, 10, 30]), r.choice([1, 2, 3])
    rows: list[object] = [post(f"h{n}", who[2:], number) for n, (who, number) in enumerate(holds)]
    rows += [
        Repost(account_id=s.account, content_id=s.content, object_id=s.object, at=Moment(int(s.at) * 1_000_000))
        for s in shares
    ]
    add(rows, into=case)
    found = derive(case, max_holders=max_holders, window=window, min_participation=participation)
    expected = {("shared_phone", *key): e for key, e in shared_phone_links(holds, max_holders).items()}
    expected |= {("co_repost", *key): e for key, e in co_repost_links(shares, window, participation).items()}
    assert {(kind, a, b): (pairs, via) for a, b, kind, _, _, pairs, via, _ in found} == {
        key: (e.pairs, sorted(e.via)) for key, e in expected.items()
    }
    for a, b, kind, weight, strength, _, _, evidence in found:
        e = expected[kind, a, b]
        assert strength == pytest.approx(e.strength, abs=1e-5)
        assert weight == pytest.approx(e.pairs if kind == "co_repost" else e.strength, abs=1e-5)
        assert evidence


def test_times_coarser_than_the_window_make_no_pair_and_are_counted(case: Case, add) -> None:
    def share(n: int, at: int, precision: str) -> Repost:
        moment = Moment(at * 1_000_000, precision)  # type: ignore[arg-type]
        return Repost(account_id=f"x:{n}", content_id=f"c{n}", object_id="o", at=moment)

    add([share(1, 0, "day"), share(2, 0, "day"), share(3, 0, "day"), share(4, 5, "second"), share(5, 6, "second")])
    case.extract(find, {})
    counts = case.links(min_participation=1, window=10).counts["co_repost"]
    assert (counts["pairs"], counts["too_coarse"]) == (1, 9)  # ten pairs in all, one of them between fine times


def test_quoting_the_same_post_is_no_coordination(case: Case, add) -> None:
    quotes = [
        Repost(account_id=f"x:{n}", content_id=f"c{n}{k}", object_id=f"o{k}", kind="quote", at=Moment(0))
        for n in "ab"
        for k in range(3)
    ]
    add(quotes)
    assert derive(case) == []


def test_steps_out_of_order_say_what_to_do_first(case: Case, add) -> None:
    add([account("a")])
    with pytest.raises(CaseIncomplete, match="clew extract"):
        case.links()
    case.extract(find, {})
    with pytest.raises(CaseIncomplete, match="clew links"):
        case.clusters()
    with pytest.raises(ParameterRefused, match="window is 0"):
        case.links(window=0)


def test_a_second_run_derives_the_same_and_other_parameters_something_else(case: Case, add) -> None:
    add([account(n, bio=NUMBER) for n in "abcd"])
    case.run(find, {})
    first = status_of(case)
    case.run(find, {})
    second = status_of(case)
    assert first["derived_hash"] == second["derived_hash"]
    assert first["clusters"] == second["clusters"] == 1
    case.run(find, {}, links={"max_holders": 2})
    third = status_of(case)
    assert third["derived_hash"] != first["derived_hash"]
    assert third["clusters"] == 0
    assert status_of(case, run=3)["derived_hash"] == first["derived_hash"]


def test_each_run_says_what_the_case_held_when_it_began(case: Case, add) -> None:
    add([account(n, bio=NUMBER) for n in "ab"])
    contents: list[str] = []

    def ran() -> None:
        case.extract(find, {})
        case.links()
        contents.append(status_of(case)["content_hash"])
        with case.file.opened(write=False) as db:
            told = db.execute("SELECT content_hash FROM run ORDER BY run_id DESC LIMIT 2").fetchall()
        assert told == [(contents[-1],)] * 2
        assert not status_of(case)["stale"]

    ran()
    ran()
    assert contents[0] == contents[1]
    add([account("c", bio=NUMBER)], name="b.csv")
    assert status_of(case)["stale"]
    ran()
    case.judge("x:a", kind="set_aside", value="yes")
    assert status_of(case)["stale"]
    ran()
    assert len(set(contents)) == 3


def test_only_the_newest_chains_keep_their_rows(case: Case, add) -> None:
    add([account(n, bio=NUMBER) for n in "abcd"])
    for _ in range(5):
        case.run(find, {})
    with case.file.opened(write=False) as db:
        assert db.execute("SELECT DISTINCT run_id FROM membership ORDER BY 1").fetchall() == [(9,), (12,), (15,)]
        assert db.execute("SELECT count(*) FROM run").fetchall() == [(15,)]
    with pytest.raises(ParameterRefused, match="keeps no run 3"), case.reading(run=3):
        pass


def test_what_is_loaded_after_a_run_makes_it_stale(case: Case, add) -> None:
    add([account("a", bio=NUMBER)])
    case.run(find, {})
    assert status_of(case)["stale"] is False
    add([account("b", bio=NUMBER)], name="b.csv")
    assert status_of(case)["stale"] is True


def test_the_region_said_at_a_later_load_of_the_same_file_counts(case: Case, add) -> None:
    regions: list[str | None] = []

    def listen(text: str, region: str | None, place: str) -> tuple[list[Mention], None]:
        del text, place
        regions.append(region)
        return [], None

    add([account("a", bio="x")])
    case.extract(listen, {})
    add([account("a", bio="x")], region="IQ")
    case.extract(listen, {})
    add([account("a", country="gb", bio="y")], name="c.csv", region="FR")
    case.extract(listen, {})
    assert regions == [None, "IQ", "GB", "GB"]
