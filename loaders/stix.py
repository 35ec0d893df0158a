"""STIX 2.1 bundles: accounts, their e-mail addresses, and relationships between accounts; any other object is rejected.

An object names others by id, which may stand anywhere in the bundle: what an account is called is foreseen. A TAXII
server's answer has its objects where a bundle has them. Keys: the STIX 2.1 specification, and
oasis-open/cti-stix2-json-schemas. Where an object's own id is found again: docs/decisions/0017-ids-of-others.md.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from graph.records import UNKNOWN_PLATFORM, Account, Moment, Record, Rejection, Relation, bare_handle
from loaders.contract import Layout, Loader
from loaders.json_values import id_of, map_of, text_of
from loaders.platform_names import Called, called, platform_of
from loaders.times import moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from graph.records import Source
    from loaders.contract import Head, Row

#: Before an object's id where nothing else tells an account.
PREFIX = "stix-"
#: Accounts of a computer or a network: root of one is not root of another, and a platform they are none of.
_COMPUTERS = frozenset({"unix", "windows-local", "windows-domain", "ldap", "nis", "radius", "tacacs"})
#: What bundles mostly hold beside accounts, and why it is none.
_REASONS = {
    "marking-definition": "says who may be shown what, which clew does not keep: look there before you publish",
    "identity": "a person or body, of whom clew keeps only the name, with what they assert",
    "note": "what somebody wrote of objects, not what an account says",
    "opinion": "what somebody thinks of objects, not what an account says",
    "grouping": "what somebody put together, which links no accounts by itself",
    "report": "what somebody put together, which links no accounts by itself",
    "observed-data": "when objects were seen, not what they are",
    "bundle": "a bundle within a bundle, which is not read: write it to a file of its own",
}
_LONGEST_NAME = 200
_BUNDLE = re.compile(r'"type"\s*:\s*"bundle"')
_OBJECTS = re.compile(r'"objects"\s*:\s*\[')
_ID = re.compile(r'"id"\s*:\s*"[a-z][a-z0-9-]{2,250}--[0-9a-f]{8}-[0-9a-f]{4}-')
COLUMNS = {
    "objects.item": "the bundle's objects, each a row",
    "user-account: account_type": "the platform; of an account that has none it is --platform's",
    "user-account: user_id, account_login, display_name": "its id, its handle, the name it shows",
    "user-account: account_created, is_disabled": "when it was made, and that it is disabled",
    "email-addr: value, belongs_to_ref": "an e-mail address, a link of the account it belongs to",
    "relationship: source_ref, relationship_type, target_ref": "a relation, where both ends are accounts",
    "relationship: start_time, created_by_ref, revoked": "since when, who says so by name, and that it was taken back",
    "observed-data: objects, last_observed": "accounts that stand within it, as in STIX 2.0, and when they were seen",
    "credential": "not read: passwords are nobody's business here",
}


def _recognises(head: Head) -> str | None:
    if not head.text.lstrip().startswith("{"):
        return 'it is no bundle, {"type": "bundle", "objects": […]}; put a list of objects into one'
    if not _OBJECTS.search(head.text):
        return "it has no list of objects; put a single object into a bundle"
    if not (_BUNDLE.search(head.text) or _ID.search(head.text)):
        return "it is no bundle, and its objects have no ids as in STIX"
    return None


def _foresee(rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what each account is called by its object's id, what identities are, and which ids were revoked.

    An account is its type, user id and login, absent ones ``None``; ``None`` alone where an id is of two accounts.
    """
    accounts: dict[str, list[str | None] | None] = {}
    identities: dict[str, str] = {}
    revoked: dict[str, None] = {}
    for values in rows:
        item = values["item"]
        if number := id_of(item.get("id")):
            if item.get("type") == "user-account":
                told = _told(item)
                accounts[number] = _both(accounts[number], told) if number in accounts else told
            elif item.get("type") == "identity" and (name := text_of(item.get("name"))):
                identities[number] = name[:_LONGEST_NAME]
            if item.get("revoked") is True:
                revoked[number] = None
    return {"accounts": accounts, "identities": identities, "revoked": revoked}


def _told(item: Mapping[str, Any]) -> list[str | None]:
    sort = text_of(item.get("account_type")) or (
        "unix" if "unix-account-ext" in map_of(item.get("extensions")) else None
    )
    names = (id_of(item.get(key)) for key in ("user_id", "account_login"))
    return [sort, *(name if name and bare_handle(name) else None for name in names)]


def _both(one: list[str | None] | None, other: list[str | None]) -> list[str | None] | None:
    """Return what two versions of an object call an account; ``None`` where they contradict each other."""
    if one is None or any(a and b and a != b for a, b in zip(one, other, strict=True)):
        return None
    return [a or b for a, b in zip(one, other, strict=True)]


def _records(row: Row) -> Iterator[Record | Rejection]:
    item = row.values["item"]
    found: list[Record | Rejection] = []
    problems: list[str] = []
    try:
        _take(found, problems, item, row)
    except ValueError as problem:
        problems.append(str(problem))
    if problems:
        found.append(Rejection(line=row.line, reason="; ".join(problems), row=f"id {id_of(item.get('id'))}"))
    return iter(found)


def _take(found: list[Record | Rejection], problems: list[str], item: dict[str, Any], row: Row) -> None:
    """Add what an object says, and to ``problems`` what of it can't be kept."""
    sort = text_of(item.get("type"))
    if sort == "user-account":
        number = id_of(item.get("id"))
        told = row.foreseen.get("accounts", {}).get(number) or _told(item)
        found.append(_account(_called(told, number, row.source), item, problems))
    elif sort == "email-addr":
        found.append(_address(item, row))
    elif sort == "relationship":
        found.append(_relation(item, row, problems))
    elif sort == "observed-data" and (within := _accounts_within(item)):
        seen = _when(item, "last_observed", problems)
        for each in within:
            try:
                found.append(_account(_called(_told(each), None, row.source), each, problems, seen))
            except ValueError as problem:
                problems.append(str(problem))
    elif sort is None:
        raise ValueError("no object: it has no type")
    else:
        raise ValueError(f"of the type {sort[:60]}: {_REASONS.get(sort, 'says nothing of an account that clew keeps')}")


def _called(told: list[str | None], number: str | None, source: Source) -> Called:
    """Return what an account is called: by the platform's own id, else by its login, else by its object's id.

    STIX wants a user id wherever there is a name of any sort, and its own examples repeat the login there: one that is
    no number, and stands alone or is the login, is a handle.
    """
    sort, user_id, login = told
    if sort and sort.casefold() in _COMPUTERS:
        raise ValueError(f"an account of the type {sort[:40]}: of a computer or a network, not of a platform")
    platform = (platform_of(sort) if sort else None) or source.platform or UNKNOWN_PLATFORM
    names = [name for name in (user_id, login) if name]
    if not names:
        if not number:
            raise ValueError("an account without a user_id, an account_login or an id")
        return Called(platform, PREFIX + number.rpartition("--")[2])
    for name in names:
        if (by_number := called(platform, name)).phone:
            return by_number._replace(handle=next((other for other in names if other != name), None))
    if not user_id or (not user_id.isdecimal() and len(set(map(bare_handle, names))) == 1):
        return called(platform, names[-1])
    # What else exports Telegram says of which sort a number is.
    native_id = f"user{user_id}" if platform == "telegram" and user_id.isdecimal() else user_id
    return Called(platform, native_id, login)


def _account(identity: Called, item: Mapping[str, Any], problems: list[str], seen: Moment | None = None) -> Account:
    """Return the account that an object describes."""
    named = {key: item[key] for key in ("user_id", "account_login") if item.get(key) is not None}
    problems += [f"{key}: is no id" for key, name in named.items() if not id_of(name) and str(name).strip()]
    status = "disabled" if item.get("is_disabled") is True else "revoked" if item.get("revoked") is True else None
    return Account(
        **identity._asdict(),
        display_name=text_of(item.get("display_name")),
        status=status,
        created_at=_when(item, "account_created", problems),
        seen_at=seen,
    )


def _accounts_within(item: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the accounts that an observation holds, as it did in STIX 2.0."""
    return [each for each in map(map_of, map_of(item.get("objects")).values()) if each.get("type") == "user-account"]


def _address(item: Mapping[str, Any], row: Row) -> Account:
    """Return what an e-mail address says of the account it belongs to."""
    value = text_of(item.get("value"))
    if not value:
        raise ValueError("an email-addr without a value")
    if not id_of(item.get("belongs_to_ref")):
        raise ValueError("an email-addr that is not said to belong to an account")
    identity = _end("an email-addr", id_of(item["belongs_to_ref"]), row)
    return Account(**identity._asdict(), links=(f"mailto:{value.strip()}",))


def _relation(item: Mapping[str, Any], row: Row, problems: list[str]) -> Relation:
    """Return a relationship between two accounts that nobody took back."""
    ends = [_end("a relationship", id_of(item.get(key)), row) for key in ("source_ref", "target_ref")]
    if ends[0].id == ends[1].id:
        raise ValueError("a relationship of an account with itself")
    if id_of(item.get("id")) in row.foreseen["revoked"]:
        raise ValueError("a relationship that was revoked: whoever said so takes it back")
    sayer = id_of(item.get("created_by_ref"))
    return Relation(
        subject_id=ends[0].id,
        object_id=ends[1].id,
        kind=text_of(item.get("relationship_type")) or "related-to",
        asserted_by=row.foreseen["identities"].get(sayer) or sayer or "stix",
        at=_when(item, "start_time", problems),
    )


def _end(what: str, number: str | None, row: Row) -> Called:
    """Return the account that an object's id means; raise ``ValueError`` where it is none, or not one."""
    accounts = row.foreseen.get("accounts", {})
    if not number:
        raise ValueError(f"{what} without one of its ends")
    if number not in accounts:
        sort = number.partition("--")[0]
        why = "is not in this file" if sort == "user-account" else f"is no account but of the type {sort[:60]}"
        raise ValueError(f"{what} of {number}, which {why}")
    if accounts[number] is None:
        raise ValueError(f"{what} of {number}, by which this file means two accounts")
    return _called(accounts[number], number, row.source)


def _when(item: Mapping[str, Any], key: str, problems: list[str]) -> Moment | None:
    if item.get(key) is None:
        return None
    try:
        return moment(item[key])
    except ValueError as problem:
        problems.append(f"{key}: {problem}")
        return None


LOADER = Loader(
    name="stix",
    title="STIX 2.1 bundles, and what TAXII servers answer",
    shapes=("json-document",),
    recognises=_recognises,
    columns=COLUMNS,
    records=_records,
    rank=9,
    layout=Layout(rows=("objects.item",)),
    foresee=_foresee,
)
