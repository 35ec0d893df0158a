"""FollowTheMoney: entities that name one another by id, on any line; an account is known by its service and name."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from graph.case import Case
from graph.records import Account, Post, Relation
from loaders.followthemoney import PREFIX
from loaders.formats import open_source
from tests.loaders.made_entities import account, entity, lines, message
from tests.oracles.followthemoney_entities import entities_of, merged

Reader = Callable[..., Any]
FOUND_AGAIN = "SELECT id, s.line FROM account JOIN sighting s USING (digest) ORDER BY s.line"


def test_an_account_is_its_service_and_name_and_keeps_what_it_shows(read: Reader) -> None:
    shown = account(
        "u1",
        "Sea_Farer",
        "Twitter",
        name="Sea Farer",
        phone="+44 7700 900123",
        email="sea@example.org",
        country="gb",
        createdAt="2023-01-15",
        retrievedAt="2024-06-01T08:00:00",
        sourceUrl="https://x.com/sea_farer",
        alephUrl="https://aleph.example.org/entities/u1",
        password="secret",  # noqa: S106 - must not be kept
        ipAddress="192.0.2.1",
        description="an analyst's note: see +44 7700 900999",
    )
    found = read(lines(shown))
    assert found.source.format == "followthemoney"
    (only,) = found.of(Account)
    assert (only.id, only.handle, only.native_id) == ("x:sea_farer", "Sea_Farer", None)
    assert (only.display_name, only.phone, only.country) == ("Sea Farer", "+44 7700 900123", "GB")
    assert (only.url, only.links) == ("https://x.com/sea_farer", ("mailto:sea@example.org",))
    assert only.created_at.utc().isoformat() == "2023-01-15T00:00:00+00:00"
    assert (only.created_at.precision, only.created_at.zone_known) == ("day", True)
    assert (only.seen_at.utc().hour, only.seen_at.zone_known) == (8, True)
    assert only.bio is None
    assert "secret" not in repr(found.rows)
    assert found.warnings == []


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_a_message_is_of_its_account_wherever_that_stands(order: tuple[int, ...], read: Reader) -> None:
    rows = [
        account("u1", "seller"),
        message("m1", date="2024-05-01T10:30:00"),
        message("m2", inReplyToMessage="m1", authoredAt="2024-05-02"),
    ]
    found = read(lines(*(rows[place] for place in order)))
    posts = {post.native_id: post for post in found.of(Post)}
    assert {post.account_id for post in posts.values()} == {"telegram:seller"}
    assert posts["ftm-m2"].reply_to == posts["ftm-m1"].id == "telegram:ftm-m1"
    assert [posts[name].kind for name in ("ftm-m1", "ftm-m2")] == ["post", "reply"]
    assert posts["ftm-m1"].at.utc().isoformat() == "2024-05-01T10:30:00+00:00"
    assert posts["ftm-m2"].at.precision == "day"
    assert not found.reasons


def test_a_person_who_sent_a_message_is_no_account_and_who_is_written_to_is_not_linked(read: Reader) -> None:
    person = entity("p1", "Person", name="Sam Invented", phone="+44 7700 900123")
    sent = message("m1", None, recipients="p2", recipientAccount="u1")
    found = read(lines(sent, account("u1", "asks"), person), platform="telegram")
    assert [(post.id, post.account_id) for post in found.of(Post)] == [("telegram:ftm-m1", None)]
    assert [each.id for each in found.of(Account)] == ["telegram:asks"]
    assert not found.of(Relation)
    assert found.reasons == [(3, "a Person who owns no account in this file")]


def test_the_parts_of_an_account_on_several_lines_are_of_one_account(read: Reader) -> None:
    found = read(lines(message("m1"), account("u1", "seller", None), account("u1", None, "Telegram", name="Seller")))
    assert {each.id for each in found.of(Account)} == {"telegram:seller"}
    assert [post.account_id for post in found.of(Post)] == ["telegram:seller"]
    assert not found.warnings


def test_an_owner_names_the_accounts_and_these_are_related(read: Reader) -> None:
    person = entity("p1", "Person", name=["Sam Invented", "Samuel"], phone=["+44 7700 900123", "+44 7700 900124"])
    person["caption"] = "Samuel"
    found = read(lines(account("u2", "b", "X", owner="p1"), person, account("u1", "a", owner="p1", publisher="Desk")))
    named = [(each.id, each.phone) for each in found.of(Account) if each.display_name == "Samuel"]
    numbers = ("+44 7700 900123", "+44 7700 900124")
    assert named == [(name, number) for name in ("telegram:a", "x:b") for number in numbers]
    (related,) = found.of(Relation)
    assert (related.subject_id, related.kind, related.object_id) == ("telegram:a", "same owner", "x:b")
    assert related.asserted_by == "followthemoney"


@pytest.mark.parametrize("schema", ["LegalEntity", "Organization", "Company", "PublicBody", "Vessel", "Unheard"])
def test_an_owner_may_be_of_any_schema(schema: str, read: Reader) -> None:
    found = read(lines(account("u1", "a", owner="o1"), entity("o1", schema, name="Owner")))
    assert [each.display_name for each in found.of(Account)] == [None, "Owner"]


def test_accounts_of_an_owner_who_is_not_in_the_file_are_related_too(read: Reader) -> None:
    found = read(
        lines(account("u1", "a", owner="gone"), account("u2", "b", owner="gone"), account("u3", "A", owner="gone"))
    )
    assert [each.id for each in found.of(Relation)] == ["telegram:a same owner telegram:b"]


def test_a_link_between_accounts_is_kept_with_who_says_so(read: Reader) -> None:
    link = entity(
        "l1", "UnknownLink", subject="u1", object="u2", role=["same pictures", "same flat"], startDate="2024-05-03"
    )
    link["properties"] |= {"sourceUrl": ["https://news.example.org/1"]}
    found = read(lines(link, account("u1", "a"), account("u2", "b", "X")))
    assert [(each.id, each.asserted_by) for each in found.of(Relation)] == [
        ("telegram:a same pictures x:b", "https://news.example.org/1"),
        ("telegram:a same flat x:b", "https://news.example.org/1"),
    ]
    assert {each.at.precision for each in found.of(Relation)} == {"day"}
    link["properties"] |= {"publisher": ["A Newsroom"]}
    assert {each.asserted_by for each in read(lines(link, account("u1", "a"), account("u2", "b"))).of(Relation)} == {
        "A Newsroom"
    }
    del link["properties"]["role"]
    assert [each.kind for each in read(lines(link, account("u1", "a"), account("u2", "b"))).of(Relation)] == ["linked"]


@pytest.mark.parametrize(
    ("subject", "other", "reason"),
    [
        ("u1", "p1", "an UnknownLink of p1, which is no account in this file"),
        ("gone", "u1", "an UnknownLink of gone, which is no account in this file"),
        ("u1", "u1", "an UnknownLink of an account with itself"),
        ("u1", "u3", "an UnknownLink of an account with itself"),
        ("u1", [], "an UnknownLink without a subject or an object"),
        ("u1", [f"u{n % 2 + 1}" for n in range(200)], None),
        (["u1", "u2"] * 9, [f"u{n + 1}" for n in range(90)], "an UnknownLink of more than 100 pairs"),
    ],
)
def test_a_link_that_is_not_between_two_accounts_is_rejected(
    subject: Any, other: Any, reason: str | None, read: Reader
) -> None:
    many = [account(f"u{n}", f"n{n}") for n in range(4, 91)]
    rows = [account("u1", "a"), account("u2", "b"), account("u3", "@A"), entity("p1", "Person", name="P"), *many]
    found = read(lines(*rows, entity("l", "UnknownLink", subject=subject, object=other)))
    assert [why for line, why in found.reasons if line == len(rows) + 1] == [
        reason or "an UnknownLink of an account with itself"
    ]
    assert len(found.of(Relation)) == (reason is None)


@pytest.mark.parametrize("schema", ["Note", "Similar", "Ownership", "Email", "Sanction", "x" * 10_000, "<b>"])
def test_what_says_nothing_of_an_account_is_rejected_by_its_schema(schema: str, read: Reader) -> None:
    found = read(lines(account("u1", "a"), entity("n1", schema, entity="u1", candidate="u1", match="u1")))
    assert found.reasons == [(2, f"of the schema {schema[:40]}, which says nothing of an account that clew keeps")]


def test_several_names_in_one_service_or_one_name_in_several_are_told_to_be_the_same(read: Reader) -> None:
    found = read(lines(account("u1", ["b", "a"], owner="p1"), account("u2", "c", ["X", "Facebook"]), message("m1")))
    assert [each.id for each in found.of(Account)] == ["telegram:a", "telegram:b", "facebook:c", "x:c"]
    assert [each.id for each in found.of(Relation)] == [
        "telegram:a same entity telegram:b",
        "facebook:c same entity x:c",
    ]
    assert [post.account_id for post in found.of(Post)] == ["telegram:a"]
    assert not found.reasons


def test_which_of_several_names_is_of_which_service_is_not_guessed(read: Reader) -> None:
    found = read(lines(account("u1", ["a", "b"], ["X", "Telegram"]), message("m1")))
    told = "an account of several names and several services: which belongs to which is not told"
    assert found.reasons == [(1, told), (2, told)]
    assert [post.account_id for post in found.of(Post)] == [None]


def test_an_account_without_a_name_is_known_by_its_entity(read: Reader) -> None:
    found = read(lines(account("u1", None, phone="+44 7700 900123"), account("u2", "@", "X"), message("m1", "u1")))
    assert [each.id for each in found.of(Account)] == ["telegram:ftm-u1", "x:ftm-u2"]
    assert [post.account_id for post in found.of(Post)] == ["telegram:ftm-u1"]


def test_a_number_is_the_name_on_platforms_that_know_accounts_by_it(read: Reader) -> None:
    rows = [account("u1", "+964 770 000 0123", "WhatsApp"), account("u2", None, "whatsapp", number="+9647700000123")]
    found = read(lines(*rows, account("u3", "+9647700000123"), account("u4", "name.42", "Signal")))
    assert [(each.id, each.phone) for each in found.of(Account)] == [
        ("whatsapp:+9647700000123", "+964 770 000 0123"),
        ("whatsapp:+9647700000123", "+9647700000123"),
        ("telegram:+9647700000123", None),
        ("signal:name.42", None),
    ]


def test_numbers_are_kept_as_written_valid_or_not_and_each_is_a_version(read: Reader) -> None:
    found = read(
        lines(account("u1", "a", phone=["+44 7700 900123", "12"]), account("u2", "b", number="0044 7700 900124"))
    )
    assert [each.phone for each in found.of(Account)] == ["+44 7700 900123", "12", "0044 7700 900124"]


@pytest.mark.parametrize(
    ("told", "country"), [("gb", "GB"), (["GB", "gb"], "GB"), (["gb", "fr"], None), ("su-x", None)]
)
def test_a_country_is_the_one_that_is_told(told: Any, country: str | None, read: Reader) -> None:
    found = read(lines(account("u1", "a", ["X", "Telegram"], country=told)))
    assert [each.country for each in found.of(Account)] == [country, country]


def test_a_service_that_is_not_told_is_the_platform_that_was_said(read: Reader) -> None:
    text = lines(account("u1", "a", None), message("m1"), account("u2", "b", "X"))
    assert [each.id for each in read(text).of(Account)] == ["unknown:a", "x:b"]
    assert "--platform" in read(text).warnings[0]
    found = read(text, platform="telegram")
    assert [each.id for each in found.of(Account)] == ["telegram:a", "x:b"]
    assert [post.id for post in found.of(Post)] == ["telegram:ftm-m1"]
    assert found.warnings == []


@pytest.mark.parametrize(
    ("date", "told", "precision"),
    [
        ("2024-05-01", "2024-05-01T00:00:00+00:00", "day"),
        ("2024-05-01T21", "2024-05-01T00:00:00+00:00", "day"),
        ("2024-05-01T21:48", "2024-05-01T21:48:00+00:00", "minute"),
        ("2024-05-01T21:48:52", "2024-05-01T21:48:52+00:00", "second"),
        ("2024-05-01T21:48:52Z", "2024-05-01T21:48:52+00:00", "second"),
        ("2024-05-01T21:48:52+02:00", "2024-05-01T19:48:52+00:00", "second"),
        (["2024-05-02", "2024-05-01"], "2024-05-01T00:00:00+00:00", "day"),
    ],
)
def test_times_are_utc_whatever_zone_is_said(date: Any, told: str, precision: str, read: Reader) -> None:
    (post,) = read(lines(message("m1", None, date=date)), timezone="Asia/Baghdad", platform="x").of(Post)
    assert (post.at.utc().isoformat(), post.at.precision, post.at.zone_known) == (told, precision, True)


@pytest.mark.parametrize(
    "date", ["2024", "2024-05", "soon", "2024-13-45", "99999-01-01", "2024-05-01T99:99", "9" * 5000]
)
def test_a_date_that_names_no_day_costs_the_date_and_is_told(date: str, read: Reader) -> None:
    found = read(lines(message("m1", None, date=date)), platform="x")
    assert [(post.text, post.at) for post in found.of(Post)] == [("seats", None)]
    ((line, reason),) = found.reasons
    assert (line, reason.split(":")[0]) == (1, "date")
    assert len(reason) < 200


def test_an_earlier_property_without_a_time_gives_way_to_a_later_one(read: Reader) -> None:
    (post,) = read(lines(message("m1", None, date="2024", publishedAt="2024-05-01")), platform="x").of(Post)
    assert post.at.utc().isoformat() == "2024-05-01T00:00:00+00:00"


def test_text_is_as_written_below_its_subject_and_html_alone_is_told(read: Reader) -> None:
    rows = [
        message("m1", None, bodyText="  a\n\u202eb  ", subject="Re: seats"),
        message("m2", None, bodyText=["one", "two", "one"]),
        entity("m3", "Message", bodyHtml="<p>three</p>"),
        entity("m4", "Message", sender="p1"),
    ]
    found = read(lines(*rows), platform="x")
    assert [post.text for post in found.of(Post)] == ["Re: seats\n  a\n\u202eb  ", "one\ntwo", None, None]
    assert found.reasons == [(3, "a message without a bodyText, and its bodyHtml is not read")]


def test_a_message_that_answers_itself_answers_nothing_and_two_may_answer_each_other(read: Reader) -> None:
    rows = [message("m1", None, inReplyToMessage="m1"), message("m2", None, inReplyToMessage="m3")]
    found = read(lines(*rows, message("m3", None, inReplyToMessage="m2")), platform="x")
    assert [(post.kind, post.reply_to) for post in found.of(Post)] == [
        ("post", None),
        ("reply", "x:ftm-m3"),
        ("reply", "x:ftm-m2"),
    ]


def test_a_message_whose_account_is_missing_or_one_of_two_is_nobodys_and_that_is_told(read: Reader) -> None:
    found = read(lines(message("m1", "gone"), message("m2", ["u1", "u2"]), account("u1", "a"), account("u2", "b")))
    assert [post.account_id for post in found.of(Post)] == [None, None]
    assert found.reasons == [(1, "the account gone is not in this file"), (2, "senderAccount: 2 accounts at once")]


def test_every_entity_is_found_again_by_the_line_that_the_case_keeps(fixtures: Path, tmp_path: Path) -> None:
    """What decision 21 promises: a version's first line in its file is the entity that said it."""
    path = fixtures / "followthemoney.jsonl"
    case = Case(tmp_path / "case.duckdb")
    opened = open_source(path)
    first = case.add(opened.source, opened.rows)
    again = open_source(path)
    assert case.add(again.source, again.rows).new == 0
    assert (first.read, first.rejected) == (35, 19)
    written = path.read_text("utf-8").splitlines()
    with case.file.opened(write=False) as db:
        found = [(name, json.loads(written[line - 1])) for name, line in db.execute(FOUND_AGAIN).fetchall()]
        posts = db.execute("SELECT native_id, s.line FROM post JOIN sighting s USING (digest)").fetchall()
    accounts = {stood["id"]: name for name, stood in found if stood["schema"] == "UserAccount"}
    assert (accounts["u3"], accounts["u4"], accounts[15]) == (
        "facebook:sea.farer.books",
        "facebook:old.model",
        "signal:+447700900777",
    )
    assert posts
    for native_id, line in posts:
        assert native_id == PREFIX + str(json.loads(written[line - 1])["id"])


def test_what_clew_made_is_the_same_when_it_is_written_as_entities_and_read_again(read: Reader, fixtures: Path) -> None:
    """Their own library agrees, which can't be installed everywhere: ``tests/oracles/followthemoney_library.py``."""
    first = read((fixtures / "followthemoney.jsonl").read_bytes())
    again = read(lines(*entities_of(first.records)))
    assert merged(again.records) == merged(first.records)
    assert len(merged(first.records)) > 10
