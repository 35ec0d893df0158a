"""What links beside numbers: invites, names elsewhere, e-mail addresses, places to pay to; and who holds them."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from graph.case import Case
from graph.records import Account, Chat, Mention, Post, Repost
from tests.graph.test_links import account, post
from tests.oracles.links import shared_phone_links

KINDS = {
    "shared_phone": ("phone",),
    "shared_invite": ("invite",),
    "shared_handle": ("handle",),
    "shared_email": ("email",),
    "shared_payment": ("payment", "crypto"),
}
OF = {kind: link for link, kinds in KINDS.items() for kind in kinds}


def find(text: str, region: str | None, place: str) -> tuple[list[Mention], None]:
    """Take each word ``kind=value`` for a mention: these tests are about links, not about finding."""
    del region, place
    found = []
    at = 0
    for word in text.split(" "):
        kind, equals, value = word.partition("=")
        if equals:
            found.append(Mention(kind=kind, value=value, as_written=word, start=at, end=at + len(word), rule="t"))
        at += len(word) + 1
    return found, None


def derive(case: Case, **parameters: Any) -> list[tuple[Any, ...]]:
    case.extract(find, {})
    case.links(**parameters)
    with case.reading() as db:
        return db.execute("SELECT account_a, account_b, kind, via, evidence FROM links ORDER BY ALL").fetchall()


@pytest.mark.parametrize(("kind", "link"), OF.items())
def test_two_accounts_that_hold_one_value_are_linked_by_its_kind(case: Case, add, kind: str, link: str) -> None:
    add([account("a", bio=f"{kind}=v1"), post("9", "b", f"now {kind}=v1"), post("8", "c", f"{kind}=v2")])
    assert derive(case) == [("x:a", "x:b", link, ["v1"], ["x:9", "x:a"])]


def test_a_crypto_address_and_a_payment_name_are_one_kind_of_link(case: Case, add) -> None:
    add([account("a", bio="payment=p crypto=c"), account("b", bio="crypto=c payment=p")])
    assert derive(case) == [("x:a", "x:b", "shared_payment", ["c", "p"], ["x:a", "x:b"])]


def test_an_ordinary_link_joins_nobody(case: Case, add) -> None:
    add([account("a", bio="url=news.example/1"), account("b", bio="url=news.example/1")])
    assert derive(case) == []


def test_a_number_behind_a_link_to_whatsapp_links_once_as_a_number(case: Case, add) -> None:
    made = "wa.me/447700900001 t.me/+447700900001 viber://chat?number=447700900001 zalo.me/84900000001"
    bio = f"phone=+447700900001 invite=wa.me/message/ABC {' '.join(f'invite={each}' for each in made.split())}"
    add([account("a", bio=bio), account("b", bio=bio)])
    assert [(kind, via) for _, _, kind, via, _ in derive(case)] == [
        ("shared_invite", ["wa.me/message/ABC"]),
        ("shared_phone", ["+447700900001"]),
    ]


@pytest.mark.parametrize("kind", OF)
@pytest.mark.parametrize("stance", ["ask", "information", "quotation"])
def test_who_asks_or_informs_holds_nothing_of_what_they_write(case: Case, add, kind: str, stance: str) -> None:
    add([account("a", bio=f"{kind}=v"), post("1", "b", f"{kind}=v", stance=stance), post("2", "b", "hello")])
    assert derive(case) == []


def test_a_link_behind_words_and_one_on_a_profile_are_held_and_a_reposted_one_is_not(case: Case, add) -> None:
    add(
        [
            account("a", links=("invite=t.me/+A",)),
            post("1", "b", "here", links=("invite=t.me/+A",)),
            post("2", "c", "here", links=("invite=t.me/+A",), kind="repost"),
        ]
    )
    assert derive(case) == [("x:a", "x:b", "shared_invite", ["t.me/+A"], ["x:1", "x:a"])]
    with case.reading() as db:
        places = db.execute("SELECT record_id, place FROM mentions ORDER BY ALL").fetchall()
    assert places == [("x:1", "link"), ("x:2", "reposted"), ("x:a", "profile_link")]


def test_a_post_that_turns_out_to_be_a_repost_takes_its_links_with_it(case: Case, add) -> None:
    link = ("invite=t.me/+A",)
    add(
        [
            account("a", links=link),
            post("1", "b", "here", links=link),
            post("1", "b", "here", links=link, kind="repost"),
        ]
    )
    assert derive(case) == []


def test_the_account_whose_name_somebody_writes_is_linked_to_them(case: Case, add) -> None:
    insta = Account(platform="instagram", native_id="77", handle="Some.Name")
    add(
        [
            account("a", bio="handle=instagram:some.name"),
            insta,
            Account(platform="instagram", native_id="78", handle="else"),
        ]
    )
    assert derive(case) == [("instagram:77", "x:a", "shared_handle", ["instagram:some.name"], ["instagram:77", "x:a"])]


def test_a_telegram_name_and_the_way_into_a_channel_are_the_channels_own(case: Case, add) -> None:
    add(
        [
            account("a", bio="invite=t.me/routes"),
            account("b", bio="invite=t.me/+AbC"),
            Account(platform="telegram", native_id="channel5"),
            Chat(platform="telegram", native_id="channel5", kind="channel", handle="Routes", invite="invite=t.me/+AbC"),
            Chat(platform="telegram", native_id="chat6", kind="group", handle="group", invite="invite=t.me/+XyZ"),
        ]
    )
    assert [(a, b, via) for a, b, _, via, _ in derive(case)] == [
        ("telegram:channel5", "x:a", ["t.me/routes"]),
        ("telegram:channel5", "x:b", ["t.me/+AbC"]),
    ]
    with case.reading() as db:
        found = db.execute(
            "SELECT record_id, place, value FROM mentions WHERE record_type = 'chat' ORDER BY 1"
        ).fetchall()
    assert found == [
        ("telegram:channel5", "chat_invite", "t.me/+AbC"),
        ("telegram:chat6", "chat_invite", "t.me/+XyZ"),
    ]


def test_a_name_that_nobody_else_writes_is_no_fact_of_the_graph(case: Case, add) -> None:
    add([Account(platform="instagram", native_id="77", handle="some.name"), account("a", bio="handle=instagram:other")])
    case.extract(find, {})
    with case.reading() as db:
        assert db.execute("SELECT account_id, value FROM holds").fetchall() == [("x:a", "instagram:other")]


def test_what_too_many_hold_is_headlined_under_its_kind_of_link(case: Case, add) -> None:
    add([account(f"a{n}", bio="invite=t.me/news email=a@b.example") for n in range(5)])
    assert derive(case, max_holders=4) == []
    with case.reading() as db:
        assert db.execute("SELECT kind, value, holders FROM left_out ORDER BY 1").fetchall() == [
            ("shared_email", "a@b.example", 5),
            ("shared_invite", "t.me/news", 5),
        ]


def test_the_collector_their_chats_and_their_names_hold_nothing(case: Case, add) -> None:
    add(
        [
            Account(platform="telegram", native_id="user1", handle="me", links=("invite=t.me/+A",), collector=True),
            Chat(platform="telegram", native_id="user1/user2", kind="personal", invite="invite=t.me/+A"),
            Post(platform="telegram", native_id="user1/user2/1", chat_id="telegram:user1/user2", text="invite=t.me/+A",
                 account_id="telegram:user2"),
            account("a", bio="invite=t.me/me"),
            account("b", bio="invite=t.me/+A"),
            Repost(account_id="x:a", content_id="x:1", object_id="telegram:user1/user2/1"),
        ]
    )  # fmt: skip
    assert derive(case) == []
    with case.reading() as db:
        assert "telegram" not in str(db.execute("SELECT * FROM mentions").fetchall())
        assert "telegram" not in str(db.execute("SELECT * FROM holds").fetchall())


@pytest.mark.parametrize("seed", range(8))
def test_every_kind_agrees_with_plain_python_on_a_random_world(tmp_path: Path, add, seed: int) -> None:
    r = random.Random(seed)
    case = Case(tmp_path / "w.duckdb")
    holds = [(f"x:{r.choice('abcdefg')}", r.choice([*OF, "url"]), f"v{r.randrange(4)}") for _ in range(60)]
    add([post(f"h{n}", who[2:], f"{kind}={value}") for n, (who, kind, value) in enumerate(holds)], into=case)
    most = r.choice([2, 4, 9])
    found = {(kind, a, b): via for a, b, kind, via, _ in derive(case, max_holders=most)}
    expected = {}
    for link, kinds in KINDS.items():
        of_kind = [(who, value) for who, kind, value in holds if kind in kinds]
        expected |= {(link, *pair): sorted(e.via) for pair, e in shared_phone_links(of_kind, most).items()}
    assert found == expected
