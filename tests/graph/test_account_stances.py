"""Who offers, asks or informs by their texts together, who is set aside for it, and what overrules that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from graph.case import Case
from graph.records import Account, Mention, TextStance
from graph.status import set_aside_of
from tests.graph.test_links import NUMBER, account, post

OTHER = "+447700900002"


def read(text: str, region: str | None, place: str) -> tuple[list[Mention], TextStance | None]:
    """Read words as what they say: ``offer``, ``ask?`` (unsure), ``recommend``, ``price`` (a signal), a number."""
    del region
    found, at = [], 0
    for word in text.split(" "):
        if word.startswith("+"):
            found.append(Mention(kind="phone", value=word, as_written=word, start=at, end=at + len(word), rule="t"))
        elif word.startswith("0"):
            either = (NUMBER, OTHER)
            found.append(
                Mention(
                    kind="phone", value=None, candidates=either, as_written=word, start=at, end=at + len(word), rule="t"
                )
            )
        at += len(word) + 1
    if place not in {"bio", "post", "reply", "reposted"}:
        return found, None
    words = text.split()
    stance = next((each.rstrip("?") for each in words if each.rstrip("?") in {"offer", "ask", "information"}), "other")
    stance = "offer" if "recommend" in words else stance
    signals = tuple(each for each in words if each in {"guarantee", "route"})
    score = 0.4 if f"{stance}?" in words else 0.9
    return found, TextStance(
        stance=stance, score=score, signals=signals, recommends="recommend" in words, because=(stance,)
    )


def stances(case: Case) -> dict[str, str]:
    with case.reading(include_set_aside=True) as db:
        return dict(db.execute("SELECT account_id, stance FROM account_stances ORDER BY ALL").fetchall())


@pytest.mark.parametrize(
    ("texts", "stance"),
    [
        ((f"offer {NUMBER}",), "offering"),
        (("offer",), "unknown"),
        (("offer", "offer twice"), "offering"),
        ((f"recommend {NUMBER}",), "unknown"),
        ((f"recommend {NUMBER}", "offer"), "offering"),
        (("ask",), "asking"),
        (("ask", "hello"), "asking"),
        (("ask", "information"), "asking"),
        (("information",), "informing"),
        ((f"ask {NUMBER}",), "asking"),
        (("ask?",), "unknown"),
        (("ask?", "ask"), "asking"),
        (("ask", f"hello {NUMBER}"), "unknown"),
        (("ask", "guarantee"), "unknown"),
        (("ask", "route"), "asking"),
        (("ask", "offer"), "unknown"),
    ],
)
def test_what_an_account_is_by_its_texts(
    case: Case, add: Callable[..., Any], texts: tuple[str, ...], stance: str
) -> None:
    add([account("a"), *(post(str(number), "a", text) for number, text in enumerate(texts))])
    case.extract(read, {})
    assert stances(case) == {"x:a": stance}
    assert [each["account_id"] for each in set_aside_of(case)] == (["x:a"] if stance in {"asking", "informing"} else [])


def test_a_bio_counts_as_a_text_and_only_the_current_one(case: Case, add: Callable[..., Any]) -> None:
    add([account("a", bio=f"offer {NUMBER}")])
    case.extract(read, {})
    assert stances(case) == {"x:a": "offering"}
    add([account("a", bio="ask")], name="later.csv")
    case.extract(read, {})
    assert stances(case) == {"x:a": "asking"}


@pytest.mark.parametrize("bio", [f"route {NUMBER}", "hello guarantee"])
def test_a_bio_that_may_be_an_advert_keeps_an_asker_in(case: Case, add: Callable[..., Any], bio: str) -> None:
    add([account("a", bio=bio), post("1", "a", "ask")])
    case.extract(read, {})
    assert stances(case) == {"x:a": "unknown"}
    assert set_aside_of(case) == []


def test_who_has_no_text_or_none_with_a_stance_stays_in(case: Case, add: Callable[..., Any]) -> None:
    add([account("a"), account("b", bio="hello"), post("1", "b", "good morning")])
    case.extract(read, {})
    assert stances(case) == {}
    assert set_aside_of(case) == []


def test_the_reason_says_what_was_counted_and_which_words_decided(case: Case, add: Callable[..., Any]) -> None:
    add([account("a"), post("1", "a", "ask"), post("2", "a", "hello"), post("3", "a", "information")])
    case.extract(read, {})
    reason = "asking: of its 3 texts 0 offer, 1 ask, 1 inform; it says: ask"
    assert set_aside_of(case) == [{"account_id": "x:a", "reason": reason}]


def test_judgements_overrule_the_rules(case: Case, add: Callable[..., Any]) -> None:
    add([account("a"), account("b"), post("1", "a", f"ask {NUMBER}"), post("2", "b", f"offer {NUMBER}")])
    case.extract(read, {})
    case.judge("x:1", kind="stance", value="offer")
    case.judge("x:2", kind="stance", value="quotation")
    assert stances(case) == {"x:a": "offering", "x:b": "informing"}
    case.judge("x:b", kind="set_aside", value="no")
    assert set_aside_of(case) == []


def test_a_number_in_an_ask_or_a_warning_links_nobody_and_in_an_offer_it_does(
    case: Case, add: Callable[..., Any]
) -> None:
    add([account("a", bio=NUMBER), post("1", "b", f"ask {NUMBER}"), post("2", "c", f"information {NUMBER}")])
    add([post("3", "d", f"offer {NUMBER}")], name="b.csv")
    case.extract(read, {})
    case.links()
    with case.reading() as db:
        assert db.execute("SELECT account_a, account_b FROM links").fetchall() == [("x:a", "x:d")]


def test_what_only_a_private_chat_says_of_somebody_sets_nobody_aside(case: Case, add: Callable[..., Any]) -> None:
    from graph.records import Chat  # noqa: PLC0415 - of this test alone

    chat = Chat(platform="x", native_id="7", kind="personal")
    add([account("a"), chat, post("1", "a", "ask secret", chat_id=chat.id)])
    case.extract(read, {})
    assert set_aside_of(case) == []


def test_a_set_aside_account_and_its_words_are_in_no_table_of_stances(case: Case, add: Callable[..., Any]) -> None:
    add([account("a"), post("1", "a", "ask"), post("2", "b", "offer")])
    case.extract(read, {})
    with case.reading() as db:
        assert db.execute("SELECT record_id, stance, said_by FROM texts_read").fetchall() == [("x:2", "offer", "rules")]


def test_a_national_number_is_decided_by_another_text_of_the_same_account(case: Case, add: Callable[..., Any]) -> None:
    add([account("a", bio=NUMBER), post("1", "a", "offer 07700900001"), post("2", "b", "offer 07700900001")])
    case.extract(read, {})
    with case.reading() as db:
        found = db.execute("SELECT record_id, value, rule FROM mentions WHERE record_id <> 'x:a' ORDER BY 1").fetchall()
    assert found == [("x:1", NUMBER, "t; decided by what the same account writes in x:a"), ("x:2", None, "t")]


def test_a_number_that_two_texts_decide_differently_stays_undecided(case: Case, add: Callable[..., Any]) -> None:
    add([account("a", bio=f"{NUMBER} {OTHER}"), post("1", "a", "offer 07700900001")])
    case.extract(read, {})
    with case.reading() as db:
        assert db.execute("SELECT value FROM mentions WHERE record_id = 'x:1'").fetchall() == [(None,)]


def test_what_others_write_only_suggests(case: Case, add: Callable[..., Any]) -> None:
    add([account("a"), account("b", bio=NUMBER), account("c", bio=NUMBER), post("1", "a", "offer 07700900001")])
    case.extract(read, {})
    case.links()
    with case.reading() as db:
        assert db.execute("SELECT account_a, account_b FROM links").fetchall() == [("x:b", "x:c")]
        told = db.execute("SELECT record_id, suggestion, because FROM undecided").fetchall()
    assert told == [("x:1", NUMBER, "2 others hold it")]


def test_an_account_has_its_stance_in_the_table_of_accounts(case: Case, add: Callable[..., Any]) -> None:
    add([Account(platform="x", native_id="a"), Account(platform="x", native_id="b"), post("1", "a", f"offer {NUMBER}")])
    case.extract(read, {})
    with case.reading() as db:
        assert db.execute("SELECT account_id, stance FROM accounts ORDER BY 1").fetchall() == [
            ("x:a", "offering"),
            ("x:b", None),
        ]
