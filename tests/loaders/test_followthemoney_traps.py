"""FollowTheMoney as nobody should write it: no entity, no list, two of one, hostile names, and more than is real."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from graph.errors import FormatUnknown
from graph.records import Account, Post, Relation
from loaders.followthemoney import LOADER, MOST_NAMES, MOST_OWNED
from tests.loaders.made_entities import account, entity, lines, message

Reader = Callable[..., Any]


@pytest.mark.parametrize("properties", [None, [], "x", 5])
def test_what_has_no_properties_or_no_schema_is_no_entity(properties: Any, read: Reader) -> None:
    found = read(
        lines(account("u1", "a"), {"id": "u2", "schema": "UserAccount", "properties": properties}, {"id": "x"})
    )
    assert [line for line, _ in found.reasons] == [2, 3]
    assert {reason for _, reason in found.reasons} == {"no entity: it has no schema or no properties"}


def test_values_without_their_list_and_whole_numbers_are_read_and_others_are_not(read: Reader) -> None:
    odd = {
        "id": 7,
        "schema": "UserAccount",
        "properties": {"username": 12345, "service": "Telegram", "phone": [None, 1.5, True, ""]},
    }
    sent = {"id": 8, "schema": "Message", "properties": {"bodyText": "seats", "senderAccount": 7}}
    found = read(lines(odd, sent))
    assert [(each.id, each.phone) for each in found.of(Account)] == [("telegram:12345", None)]
    assert [(post.id, post.account_id) for post in found.of(Post)] == [("telegram:ftm-8", "telegram:12345")]


def test_an_entity_within_another_is_told_and_not_lost_in_silence(read: Reader) -> None:
    person = entity("p1", "Person", name="Sam Invented")
    found = read(
        lines(account("u1", "a", owner=person), person | {"properties": {"name": ["S"], "userAccounts": [{}]}})
    )
    assert [reason for _, reason in found.reasons] == [
        "holds an entity within it, which is not read: write entities one a line"
    ] * 2
    assert [each.display_name for each in found.of(Account)] == [None, "S"]


def test_statements_and_other_peoples_lines_are_refused_by_their_keys(read: Reader) -> None:
    statement = {"id": "s", "canonical_id": "u1", "prop": "username", "schema": "UserAccount", "value": "a"}
    for text in (
        lines(statement),
        lines({"type": "Feature", "properties": {}}),
        json.dumps(account("u1", "a"), indent=1),
    ):
        with pytest.raises(FormatUnknown, match="followthemoney"):
            read(text)


def test_an_entity_in_its_own_order_of_keys_is_recognised_and_so_is_one_of_a_long_first_line(read: Reader) -> None:
    long = account("u1", "a") | {"datasets": ["x"], "caption": "a"}
    long["properties"]["notes"] = ["n" * 100_000, '"text": "data": [{"username":']
    reordered = {"properties": long["properties"], "schema": "UserAccount", "id": "u1"}
    assert read(lines(long)).source.format == "followthemoney"
    short = {"properties": {"username": ["text"], "service": ["X"]}, "id": "u1", "schema": "UserAccount"}
    assert read(lines(short, reordered)).source.format == "followthemoney"


@pytest.mark.parametrize("name", ["a" * 201, "a" * 1_000_000])
def test_a_name_that_is_none_is_told(name: str, read: Reader) -> None:
    found = read(lines(account("u1", name)))
    assert [each.id for each in found.of(Account)] == ["telegram:ftm-u1"]
    assert found.reasons == [(1, "username: one of more than 200 characters")]


def test_no_entity_makes_more_work_than_its_size(read: Reader) -> None:
    """Names and owned accounts beyond what is real are refused; else a file's rows could multiply each other."""
    named = [account("u1", [f"n{number}" for number in range(MOST_NAMES + 1)])] * 300
    owned = [account(f"a{number}", f"n{number}", owner="p1") for number in range(MOST_OWNED + 1)]
    owners = [entity("p1", "Person", name="Owner")] * 1_000
    started = time.perf_counter()
    found = read(lines(*named, *owned, *owners))
    assert time.perf_counter() - started < 5
    assert {reason for _, reason in found.reasons} == {
        f"an account of more than {MOST_NAMES} names or services",
        f"the owner of {MOST_OWNED + 1:,} accounts: of more than {MOST_OWNED:,} none is given its name",
    }
    assert len(found.of(Relation)) == MOST_OWNED


def test_hostile_names_stay_what_they_are(read: Reader) -> None:
    for name in ("'}) MATCH (n) DETACH DELETE n //", "\x1b[2J", "a:b", "=1+1", "{{7*7}}"):
        (found,) = read(lines(account("u1", name))).of(Account)
        assert (found.platform, found.handle) == ("telegram", name)


def test_what_is_foreseen_grows_with_accounts_alone() -> None:
    """Each side process holds a copy of it, so it must not hold what messages or people say."""
    assert LOADER.foresee
    talk = [message(f"m{number}", bodyText="x" * 1_000) for number in range(50)]
    people = [entity(f"p{number}", "Person", name="N" * 1_000) for number in range(50)]
    told = LOADER.foresee([*talk, account("u1", "seller", owner="p1", phone="+44 7700 900123"), *people])
    assert json.loads(json.dumps(told)) == told
    assert len(json.dumps(told)) < 100
