"""STIX's own library (stix2) and clew, both ways: the ids that it makes of what an account is called come out again."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from stix2 import Bundle, Relationship, UserAccount, parse

from graph.records import Account, Record, Relation
from loaders.stix import PREFIX

Reader = Callable[..., Any]
#: What STIX calls a platform that clew calls otherwise.
_TYPES = {"x": "twitter"}
_LOGINS = ("Sea_Farer", "مسافر", "người.bán", "a b", "<b>", "o'name", None)


def written(account: Account) -> UserAccount:
    """Return a user-account made anew of what clew keeps."""
    user_id = account.native_id
    if user_id and account.platform == "telegram":
        user_id = user_id.removeprefix("user")
    named = {"user_id": account.phone or user_id, "account_login": account.handle, "display_name": account.display_name}
    if user_id and user_id.startswith(PREFIX):
        named["user_id"] = None
    told = {key: value for key, value in named.items() if value}
    created = account.created_at.utc() if account.created_at else None
    disabled = {"is_disabled": True} if account.status == "disabled" else {}
    return UserAccount(
        account_type=_TYPES.get(account.platform, account.platform),
        **told,
        **disabled,
        **({"account_created": created} if created else {}),
    )


def world(random: Random) -> tuple[list[Any], list[Any]]:
    """Return accounts and relationships between them, made by the library."""
    accounts = {}
    for number in range(random.randint(2, 9)):
        sort = random.choice(("facebook", "twitter", "skype", "telegram", "instagram", "whatsapp"))
        login = random.choice(_LOGINS)
        named: dict[str, Any] = {"account_login": f"{login}{number}"} if login and sort != "whatsapp" else {}
        if sort == "whatsapp" or not named or random.random() < 0.5:
            named["user_id"] = f"+964770000{number:04}" if sort == "whatsapp" else str(random.randint(1, 10**18))
        more: dict[str, Any] = {"display_name": f"Shown {number}"} if random.random() < 0.5 else {}
        more |= {"is_disabled": True} if random.random() < 0.3 else {}
        more |= {"account_created": "2023-01-15T08:30:00.123Z"} if random.random() < 0.3 else {}
        made = UserAccount(account_type=sort, credential="not-kept", **named, **more)
        accounts[made.id] = made
    relationships = []
    for _ in range(random.randint(0, 6)):
        source, target = random.sample(sorted(accounts), 2)
        relationships.append(Relationship(source, random.choice(("related-to", "same-as")), target))
    return list(accounts.values()), relationships


def read_bundle(objects: list[Any], read: Reader) -> list[Record]:
    found = read(Bundle(objects).serialize())
    assert found.source.format == "stix"
    assert not found.reasons
    records: list[Record] = found.records
    return records


@pytest.mark.parametrize("seed", range(40))
def test_ids_made_of_what_an_account_is_called_survive_the_way_through_clew(seed: int, read: Reader) -> None:
    random = Random(seed)
    accounts, relationships = world(random)
    objects = [*accounts, *relationships]
    random.shuffle(objects)
    records = read_bundle(objects, read)
    anew = {record.id: written(record) for record in records if isinstance(record, Account)}
    assert {made.id for made in anew.values()} == {made.id for made in accounts}
    before = sorted((each.source_ref, each.relationship_type, each.target_ref) for each in relationships)
    related = [record for record in records if isinstance(record, Relation)]
    after = sorted((anew[each.subject_id].id, each.kind, anew[each.object_id].id) for each in related)
    assert after == before
    lines = [Relationship(*ends) for ends in after]
    again = read_bundle([parse(made.serialize()) for made in (*anew.values(), *lines)], read)
    assert set(again) == set(records)


def test_the_librarys_own_check_is_made_of_what_tells_accounts_apart() -> None:
    """What is not kept (a credential) or changes (a name) makes no other id; a login does."""
    one = UserAccount(account_type="twitter", account_login="a", display_name="A", credential="x")
    assert one.id == UserAccount(account_type="twitter", account_login="a").id
    assert one.id != UserAccount(account_type="twitter", account_login="b", display_name="A").id
