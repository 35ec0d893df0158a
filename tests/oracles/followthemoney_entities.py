"""What clew made of FollowTheMoney, written as entities again, and what records of one account come to.

For tests only. An entity's id is what it was where clew has it, else it is made of the account's, because
many characters of that may stand in no id of theirs.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from graph.records import UNKNOWN_PLATFORM, Account, Moment, Post, Record, Relation
from loaders.followthemoney import PREFIX

#: Fields of which an account may have several at once, because entities have.
_SHOWN = ("handle", "display_name", "country", "phone", "url", "created_at")


def entities_of(records: Iterable[Record], phone: str = "phone") -> Iterator[dict[str, Any]]:
    """Yield entities, as JSON has them, that say what the records say; each version of an account is one part of it.

    ``phone`` is what the model calls a number: ``number`` before 4.0.
    """
    kept = list(records)
    numbers = {record.id: _number(record) for record in kept if isinstance(record, Account)}
    for count, record in enumerate(kept):
        if isinstance(record, Account):
            yield _entity(numbers[record.id], "UserAccount", _account(record, phone))
        elif isinstance(record, Post):
            sender = f"sender-of-{record.native_id}"
            yield _entity(sender, "LegalEntity", {"name": ["Sender"]})
            yield _entity(record.native_id.removeprefix(PREFIX), "Message", _message(record, sender, numbers))
        elif isinstance(record, Relation):
            ends = {"subject": [numbers[record.subject_id]], "object": [numbers[record.object_id]]}
            said = {"role": [record.kind], "publisher": [record.asserted_by], "date": _date(record.at)}
            yield _entity(f"link-{count}", "UnknownLink", ends | said)


def merged(records: Iterable[Record]) -> dict[str, Any]:
    """Return all that records say of each account, post and relation, however many records say it."""
    accounts: dict[str, dict[str, set[Any]]] = defaultdict(lambda: defaultdict(set))
    rest = set()
    for record in records:
        if not isinstance(record, Account):
            rest.add(record)
            continue
        for field in _SHOWN:
            if (value := getattr(record, field)) is not None:
                accounts[record.id][field].add(value)
        accounts[record.id]["links"] |= set(record.links)
        accounts[record.id]["seen_at"] |= {record.seen_at} - {None}
    return {"rest": rest} | {name: dict(told) for name, told in accounts.items()}


def _entity(number: str, schema: str, properties: dict[str, list[Any]]) -> dict[str, Any]:
    return {"id": number, "schema": schema, "properties": {name: told for name, told in properties.items() if told}}


def _number(account: Account) -> str:
    if account.native_id and account.native_id.startswith(PREFIX):
        return account.native_id.removeprefix(PREFIX)
    return "account-" + hashlib.sha256(account.id.encode()).hexdigest()[:16]


def _account(account: Account, phone: str) -> dict[str, list[Any]]:
    known_by_number = account.native_id and not account.native_id.startswith(PREFIX)
    return {
        "service": [account.platform] if account.platform != UNKNOWN_PLATFORM else [],
        "username": _told(account.native_id if known_by_number else account.handle),
        "name": _told(account.display_name),
        "country": _told((account.country or "").lower() or None),
        phone: _told(account.phone),
        "sourceUrl": _told(account.url),
        "email": [link.removeprefix("mailto:") for link in account.links],
        "createdAt": _date(account.created_at),
        "retrievedAt": _date(account.seen_at),
    }


def _message(post: Post, sender: str, numbers: dict[str, str]) -> dict[str, list[Any]]:
    return {
        "sender": [sender],
        "senderAccount": [numbers[post.account_id]] if post.account_id else [],
        "bodyText": _told(post.text),
        "language": _told(post.language),
        "sourceUrl": _told(post.url),
        "date": _date(post.at),
        "retrievedAt": _date(post.seen_at),
        "inReplyToMessage": [post.reply_to.partition(f":{PREFIX}")[2]] if post.reply_to else [],
    }


def _told(value: Any) -> list[Any]:
    return [] if value is None else [value]


def _date(at: Moment | None) -> list[str]:
    if at is None:
        return []
    shown = {"day": "%Y-%m-%d", "minute": "%Y-%m-%dT%H:%M", "second": "%Y-%m-%dT%H:%M:%S"}[at.precision]
    return [at.utc().strftime(shown)]
