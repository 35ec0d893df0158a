"""FollowTheMoney, the data model of Aleph and OpenSanctions: entities, one JSON object a line.

An entity names others by id, which may stand on any line, and the parts of one may stand on several: what an account is
called is foreseen. Properties: github.com/opensanctions/followthemoney, followthemoney/schema, from 3.0 to 4.11.
Where an entity's own id is found again: docs/decisions/0017-ids-of-others.md.
"""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from graph.records import (
    UNKNOWN_PLATFORM,
    Account,
    Moment,
    Post,
    Record,
    Rejection,
    Relation,
    bare_handle,
    scoped_id,
)
from loaders.contract import NO_OBJECT_LINES, Loader, Row
from loaders.json_values import LONGEST_ID, country_of, id_of, list_of, map_of, no_id, text_of
from loaders.platform_names import NUMBERED, Called, called, platform_of
from loaders.times import moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from loaders.contract import Head

#: Before an entity's id where the platform's own is not told, so that it is never taken for one of the platform's.
PREFIX = "ftm-"
#: An entity of more names or services, an owner of more accounts, or a link of more pairs of ends is no real one.
MOST_NAMES, MOST_OWNED, MOST_PAIRS = 100, 1_000, 100
#: How many reasons a row's rejection has at most.
_TOLD = 4
_PARTIES = frozenset({"LegalEntity", "Person", "Organization", "Company", "PublicBody"})
_SCHEMA = re.compile(r'"schema"\s*:\s*"[A-Z]\w{1,60}"')
_PROPERTIES = re.compile(r'"properties"\s*:\s*\{')
_DAY, _DAY_LENGTH = re.compile(r"\d{4}-\d\d-\d\d(?![\d-])"), len("2024-05-01")
_TO_MINUTE = len("2024-05-01T10:30")
_ZONED = re.compile(r"(?:Z|[+-]\d\d:?\d\d)$")
COLUMNS = {
    "id, schema, properties": "the entity; values of a property are a list, and one alone may stand without it",
    "UserAccount: username, service": "what an account is called and where; a service that is not told is --platform's",
    "UserAccount: phone (number in 3.x), email": "what belongs to it, as written; the e-mail address as a link",
    "UserAccount: name, country, createdAt, sourceUrl or alephUrl": "what else it shows, and its page",
    "UserAccount: owner": "accounts of one owner are related as `same owner`",
    "Person, Organization and others who own an account: name, phone, email": "their accounts' name and numbers",
    "Message: bodyText, subject, senderAccount": "a post, its text below its subject, and by which account",
    "Message: date, authoredAt, publishedAt": "when, in UTC as the model has it; of several the earliest",
    "Message: inReplyToMessage, language, sourceUrl": "what it answers, its language, its page",
    "Message: sender, recipients, recipientAccount, phoneMentioned": "not read: a person is no account, who is written "
    "to is no accomplice, and what a text mentions is found anew",
    "UnknownLink: subject, object, role, date, publisher or sourceUrl": "a relation, where both ends are accounts",
    "retrievedAt": "when the source saw it",
    "password, ipAddress, description, notes, summary": "not read: an analyst's notes are not the account's words",
}

#: An account's platforms, and its names as written.
_Told: TypeAlias = "list[list[str]]"


class _Entity(NamedTuple):
    """A row's entity with where it stands; ``problems`` gets what of it can't be kept."""

    id: str | None
    properties: dict[str, Any]
    row: Row
    problems: list[str]

    def texts(self, *names: str) -> list[str]:
        """Return a property's values that are texts or whole numbers, of the first property that has any."""
        for name in names:
            if name in self.properties and (found := _texts(self.properties[name])):
                return found
        return []

    def first(self, *names: str) -> str | None:
        return next(iter(self.texts(*names)), None)

    def refs(self, name: str) -> list[str]:
        return list(dict.fromkeys(_refs(self.properties.get(name))))

    def when(self, *names: str) -> Moment | None:
        """Return the earliest time of the first property that has any."""
        for name in names:
            if name not in self.properties:
                continue
            found = []
            for text in self.texts(name):
                try:
                    found.append(_moment(text))
                except ValueError as problem:
                    self.problems.append(f"{name}: {problem}")
            if found:
                return min(found)
        return None

    def identities(self, number: str | None) -> list[Called]:
        """Return what the account of that entity is called; nothing, and why, where that is not to be told."""
        told = self.row.foreseen.get("accounts", {}).get(number) if number else _taken([[], []], self.properties)
        found = _identities(number, told, self.row.source.platform)
        if isinstance(found, str):
            self.problems.append(found)
            return []
        return found

    def sayer(self, *names: str) -> str:
        """Return who says what the entity says."""
        return self.first("publisher", *names) or next(iter(_texts(self.row.values.get("datasets"))), "followthemoney")


def _identities(number: str | None, told: _Told | None, platform: str | None) -> list[Called] | str:
    """Return what an account is called, in an order of its own, or why that is not to be told."""
    if told is None:
        return f"the account {number} is not in this file"
    platforms = sorted(told[0]) or [platform or UNKNOWN_PLATFORM]
    handles = sorted(told[1], key=bare_handle)
    if max(len(platforms), len(handles)) > MOST_NAMES:
        return f"an account of more than {MOST_NAMES} names or services"
    if len(platforms) > 1 and len(handles) > 1:
        return "an account of several names and several services: which belongs to which is not told"
    if handles:
        return [called(at, name) for at in platforms for name in handles]
    if number:
        return [Called(at, f"{PREFIX}{number}") for at in platforms]
    return "an account with neither a username nor an id"


def _recognises(head: Head) -> str | None:
    line = head.object_line()
    if line is None:
        return NO_OBJECT_LINES
    if head.keys and not {"schema", "properties"} <= set(head.keys):
        return (
            "its first line is no entity {id, schema, properties}; statements (canonical_id, prop, value) are not read"
        )
    if not (_SCHEMA.search(line) and _PROPERTIES.search(line)):
        return "its first line is no entity {id, schema, properties}"
    return None


def _foresee(rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what each account is called, by its entity's id, and by an owner's id which accounts are theirs."""
    accounts: dict[str, _Told] = {}
    owners: dict[str, dict[str, None]] = {}
    for values in rows:
        if values.get("schema") == "UserAccount" and (number := id_of(values.get("id"))):
            properties = map_of(values.get("properties"))
            _taken(accounts.setdefault(number, [[], []]), properties)
            for owner in _refs(properties.get("owner")):
                owners.setdefault(owner, {})[number] = None
    return {"accounts": accounts, "owners": {owner: sorted(owned) for owner, owned in owners.items()}}


def _taken(told: _Told, properties: dict[str, Any]) -> _Told:
    """Add the services and names that one part of an entity has, each name once however it is written."""
    platforms, handles = told
    for text in _texts(properties.get("service")):
        platform = platform_of(text)
        if platform and platform not in platforms and len(platforms) <= MOST_NAMES:
            platforms.append(platform)
    names = list(filter(_is_name, _texts(properties.get("username"))))
    if not names and not NUMBERED.isdisjoint(map(platform_of, _texts(properties.get("service")))):
        names = list(filter(_is_name, _numbers(properties)))
    for name in names:
        if bare_handle(name) not in map(bare_handle, handles) and len(handles) <= MOST_NAMES:
            handles.append(name.strip())
    return told


def _is_name(text: str) -> bool:
    return len(text) <= LONGEST_ID and bare_handle(text) != ""


def _records(row: Row) -> Iterator[Record | Rejection]:
    values = row.values
    entity = _Entity(id_of(values.get("id")), map_of(values.get("properties")), row, [])
    found: list[Record | Rejection] = []
    try:
        _take(found, entity)
    except ValueError as problem:
        entity.problems.append(str(problem))
    if problems := list(dict.fromkeys(entity.problems)):
        more = f"; and {len(problems) - _TOLD:,} more" if len(problems) > _TOLD else ""
        found.append(Rejection(line=row.line, reason="; ".join(problems[:_TOLD]) + more, row=f"id {entity.id}"))
    return iter(found)


def _take(found: list[Record | Rejection], entity: _Entity) -> None:
    """Add what an entity says, by its schema; any other than those that are read may own accounts."""
    schema = text_of(entity.row.values.get("schema"))
    if not isinstance(entity.row.values.get("properties"), dict) or schema is None:
        raise ValueError("no entity: it has no schema or no properties")
    if any(isinstance(each, dict) for value in entity.properties.values() for each in list_of(value) or [value]):
        entity.problems.append("holds an entity within it, which is not read: write entities one a line")
    if schema in _READERS:
        _READERS[schema](found, entity)
    elif entity.id in entity.row.foreseen.get("owners", {}):
        _take_owner(found, entity)
    elif schema in _PARTIES:
        raise ValueError(f"a {schema} who owns no account in this file")
    else:
        raise ValueError(f"of the schema {schema[:40]}, which says nothing of an account that clew keeps")


def _take_account(found: list[Record | Rejection], entity: _Entity) -> None:
    """Add an account, what else it is called, and whose other accounts it stands beside."""
    if any(len(text) > LONGEST_ID for text in entity.texts("username")):
        entity.problems.append(f"username: one of more than {LONGEST_ID} characters")
    identities = entity.identities(entity.id)
    countries = {code for text in entity.texts("country") if (code := country_of(text))}
    country = countries.pop() if len(countries) == 1 else None
    created, seen = entity.when("createdAt"), entity.when("retrievedAt")
    for identity in identities:
        for phone in _numbers(entity.properties) or (identity.phone,):  # of several, each is a version of its own
            account = Account(
                **identity._replace(phone=phone)._asdict(),
                display_name=entity.first("name"),
                country=country,
                url=entity.first("sourceUrl", "alephUrl"),
                created_at=created,
                links=_links(entity),
                seen_at=seen,
            )
            found.append(account)
    found += [_relation(identities[0], other, "same entity", entity.sayer()) for other in identities[1:]]
    owners = entity.row.foreseen.get("owners", {})
    for first in dict.fromkeys(owners[owner][0] for owner in entity.refs("owner") if owner in owners):
        others = entity.identities(first) if identities and first != entity.id else []
        if others and others[0].id != identities[0].id:
            found.append(_relation(others[0], identities[0], "same owner", entity.sayer()))


def _take_owner(found: list[Record | Rejection], entity: _Entity) -> None:
    """Add to the accounts of an owner what the owner is called and can be reached by."""
    owned = entity.row.foreseen["owners"][entity.id]
    if len(owned) > MOST_OWNED:
        raise ValueError(f"the owner of {len(owned):,} accounts: of more than {MOST_OWNED:,} none is given its name")
    names, phones, links = entity.texts("name"), entity.texts("phone"), _links(entity)
    if not (names or phones or links):
        raise ValueError("the owner of an account, without a name, a phone or an e-mail address")
    caption = text_of(entity.row.values.get("caption"))
    name = caption if caption in names else next(iter(names), None)
    seen = entity.when("retrievedAt")
    for number in owned:
        for identity in entity.identities(number):
            for phone in phones or (identity.phone,):
                told = identity._replace(phone=phone)._asdict()
                found.append(Account(**told, display_name=name, links=links, seen_at=seen))


def _take_message(found: list[Record | Rejection], entity: _Entity) -> None:
    """Add a message; its sender, who may be a person, is no account."""
    if not entity.id:
        raise ValueError(no_id("a message", entity.row.values.get("id")))
    senders = entity.refs("senderAccount")
    if len(senders) > 1:
        entity.problems.append(f"senderAccount: {len(senders)} accounts at once")
    author = next(iter(entity.identities(senders[0])), None) if len(senders) == 1 else None
    platform = author.platform if author else entity.row.source.platform or UNKNOWN_PLATFORM
    answered = [number for number in entity.refs("inReplyToMessage") if number != entity.id]
    texts = dict.fromkeys([*entity.texts("subject"), *entity.texts("bodyText")])
    if entity.texts("bodyHtml") and not entity.texts("bodyText"):
        entity.problems.append("a message without a bodyText, and its bodyHtml is not read")
    languages = entity.texts("language")
    post = Post(
        platform=platform,
        native_id=PREFIX + entity.id,
        account_id=author.id if author else None,
        kind="reply" if answered else "post",
        text="\n".join(texts) or None,
        at=entity.when("date", "authoredAt", "publishedAt", "startDate"),
        language=languages[0] if len(languages) == 1 else None,
        reply_to=scoped_id(platform, PREFIX + answered[0]) if answered else None,
        url=entity.first("sourceUrl", "alephUrl"),
        seen_at=entity.when("retrievedAt"),
    )
    found.append(post)


def _take_link(found: list[Record | Rejection], entity: _Entity) -> None:
    ends = [entity.refs(name) for name in ("subject", "object")]
    if not all(ends):
        raise ValueError("an UnknownLink without a subject or an object")
    accounts = entity.row.foreseen.get("accounts", {})
    if others := [number for each in ends for number in each if number not in accounts]:
        raise ValueError(f"an UnknownLink of {others[0]}, which is no account in this file")
    roles = entity.texts("role") or ["linked"]
    if len(ends[0]) * len(ends[1]) * len(roles) > MOST_PAIRS:
        raise ValueError(f"an UnknownLink of more than {MOST_PAIRS} pairs")
    at, sayer = entity.when("date", "startDate"), entity.sayer("sourceUrl")
    for subject, other in product(*([entity.identities(number)[:1] for number in each] for each in ends)):
        if not (subject and other):
            continue  # what either is called is not to be told, as was noted
        if subject[0].id == other[0].id:
            entity.problems.append("an UnknownLink of an account with itself")
            continue
        found += [_relation(subject[0], other[0], role, sayer, at) for role in roles]


def _relation(subject: Called, other: Called, kind: str, sayer: str, at: Moment | None = None) -> Relation:
    return Relation(subject_id=subject.id, object_id=other.id, kind=kind, asserted_by=sayer, at=at)


def _links(entity: _Entity) -> tuple[str, ...]:
    return tuple(f"mailto:{address.strip()}" for address in entity.texts("email"))


def _moment(text: str) -> Moment:
    """Return the moment of a date as the model has it: ISO 8601 in UTC, of which any part of the end may be missing."""
    if not _DAY.match(text):
        raise ValueError(f"{text[:40]!r} names no day")
    if len(text) < _TO_MINUTE:  # an hour without minutes says no more than its day does here
        return moment(text[:_DAY_LENGTH])._replace(zone_known=True)
    return moment(text if _ZONED.search(text) else text + "Z")


def _texts(values: Any) -> list[str]:
    """Return the texts of a property, whole numbers too, each once; one alone may stand without its list."""
    found = values if isinstance(values, list) else [values]
    if len(found) == 1 and type(found[0]) is str:  # the quick way for what most properties have
        return found if text_of(found[0]) else []
    texts = (value if isinstance(value, str) else id_of(value) for value in found)
    return list(dict.fromkeys(text for text in texts if text_of(text) and text))


def _numbers(properties: dict[str, Any]) -> list[str]:
    """Return an account's numbers, by the name that the property has since 4.0 or had before."""
    return _texts(properties.get("phone")) or _texts(properties.get("number"))


def _refs(values: Any) -> Iterator[str]:
    """Yield the ids of the entities that a property names, or holds."""
    for value in values if isinstance(values, list) else [values]:
        if number := id_of(value.get("id") if isinstance(value, dict) else value):
            yield number


_READERS = {"UserAccount": _take_account, "Message": _take_message, "UnknownLink": _take_link}
LOADER = Loader(
    name="followthemoney",
    title="FollowTheMoney entities (Aleph, OpenSanctions), one JSON object a line",
    shapes=("json-lines",),
    recognises=_recognises,
    columns=COLUMNS,
    records=_records,
    rank=7,
    foresee=_foresee,
)
