"""Random entities through FollowTheMoney's own library and clew, both ways.

A program of its own, because that library can't be among the packages that developing needs: it needs ICU and a C++
compiler to be installed (docs/decisions/0017-ids-of-others.md). Where these are, beside clew's own packages::

    pip install --target LIBRARY followthemoney==4.11.2      # or 3.8.5, the last before the model changed
    PYTHONPATH=LIBRARY python -m tests.oracles.followthemoney_library FIRST_SEED WORLDS

What their library writes, clew must read as it is; what clew made of it, written again, their library must find valid
and leave as it is, and clew must read it as before.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import followthemoney
from followthemoney import model

from graph.records import Account, Post, Record, bare_handle
from loaders.followthemoney import PREFIX
from loaders.formats import open_source
from loaders.platform_names import platform_of
from tests.oracles.followthemoney_entities import entities_of, merged

_SERVICES = ("Telegram", "Twitter", "Facebook", "https://www.tiktok.com/", "WhatsApp", "Zalo", "Зелло", "Some App")
_NAMES = ("Sea.Farer", "@boats_24", "مسافر", "người_bán", "a b", "name's", "O`Name", "<b>", "=1+1")
_NUMBERS = ("+33199000{:03}", "+1202555{:04}", "+964770000{:04}")
_TEXTS = (
    "Boat, call +33 1 99 00 01 23",
    "قارب إلى أوروبا",
    "two\nlines",
    " as written ",
    "مرحبا\u200f",
    "ghế cuối",
    "\t.",
)
_DATES = ("2024-05-01", "2024-05-01T10:30", "2024-05-01T10:30:59", "1999-12-31T23:59:59")
_PHONE = "phone" if "phone" in model.get("UserAccount").properties else "number"


def main(first: int, worlds: int) -> int:
    """Try each world; tell the seed of one that fails."""
    tried: Counter[str] = Counter()
    for seed in range(first, first + worlds):
        try:
            _try(Random(seed), tried)
        except Exception:
            sys.stderr.write(f"seed {seed}:\n")
            raise
    sys.stdout.write(f"followthemoney {followthemoney.__version__}, {worlds} worlds: {dict(tried)}\n")
    return 0


def _try(random: Random, tried: Counter[str]) -> None:
    world = [entity.to_dict() for entity in _world(random)]
    random.shuffle(world)
    records = _read(world)
    _compare(world, records)
    written = list(entities_of(records, _PHONE))
    theirs = []
    for each in written:
        model.get(each["schema"]).validate({"properties": each["properties"]})
        proxy = model.get_proxy(each, cleaned=False)
        assert {name: sorted(told) for name, told in proxy.to_dict()["properties"].items()} == {
            name: sorted(told) for name, told in each["properties"].items()
        }, each
        theirs.append(proxy.to_dict())
    random.shuffle(theirs)
    again = _read(theirs)
    assert merged(again) == merged(records)
    tried.update(type(record).__name__ for record in records)


def _world(random: Random) -> list[Any]:
    """Return entities that name one another, made by their library."""
    people, accounts, messages, links = [], [], [], []
    for number in range(random.randint(1, 4)):
        person = _made(
            "Person", f"p{number}", name=f"Invented {number}", phone=_number(random) if random.random() < 0.5 else None
        )
        people.append(person)
    for number in range(random.randint(1, 8)):
        service = random.choice(_SERVICES)
        name = _number(random) if service == "WhatsApp" else f"{random.choice(_NAMES)}{random.randint(0, 9)}"
        told = {
            "username": name,
            "service": service,
            "name": _maybe(random, f"Shown {number}"),
            _PHONE: _maybe(random, _number(random)),
        }
        told |= {"owner": _maybe(random, random.choice(people)), "createdAt": _maybe(random, random.choice(_DATES))}
        told |= {"email": _maybe(random, f"a{number}@example.org"), "country": _maybe(random, "gb")}
        told |= {
            "sourceUrl": _maybe(random, f"https://example.org/{number}"),
            "retrievedAt": _maybe(random, random.choice(_DATES)),
        }
        accounts.append(_made("UserAccount", f"u{number}.{random.getrandbits(80):020x}", **told))
    for number in range(random.randint(0, 8)):
        told = {
            "bodyText": random.choice(_TEXTS),
            "sender": random.choice(people),
            "senderAccount": random.choice(accounts),
        }
        told |= {"date": _maybe(random, random.choice(_DATES)), "language": _maybe(random, "ara")}
        messages.append(_made("Message", f"m{number}", **told))
    for message in messages:
        same = [
            other
            for other in messages
            if other.get("senderAccount") == message.get("senderAccount") and other is not message
        ]
        if same and random.random() < 0.5:
            message.add("inReplyToMessage", random.choice(same))
    for number in range(random.randint(0, 4)):
        pair = random.sample(accounts, 2) if len(accounts) > 1 else accounts * 2
        told = {
            "subject": pair[0],
            "object": pair[1],
            "role": _maybe(random, "same pictures"),
            "date": _maybe(random, "2024-05-03"),
        }
        links.append(_made("UnknownLink", f"l{number}", **told))
    return [*people, *accounts, *messages, *links]


def _made(schema: str, number: str, /, **properties: Any) -> Any:
    entity = model.make_entity(schema)
    entity.id = number
    for name, value in properties.items():
        if value is not None:
            entity.add(name, value)
    model.get(schema).validate({"properties": entity.to_dict()["properties"]})
    return entity


def _maybe(random: Random, value: Any) -> Any:
    return value if random.random() < 0.5 else None


def _number(random: Random) -> str:
    return random.choice(_NUMBERS).format(random.randint(100, 199))


def _read(entities: list[dict[str, Any]]) -> list[Record]:
    """Return the records of a file of these entities."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "entities.jsonl"
        path.write_text("".join(json.dumps(entity) + "\n" for entity in entities), "utf-8")
        opened = open_source(path)
        assert opened.source.format == "followthemoney"
        return [record for row in opened.rows for record in row.records]


def _compare(world: list[dict[str, Any]], records: list[Record]) -> None:
    """Fail where clew did not read what their library wrote."""
    wanted = {}
    for entity in world:
        if entity["schema"] == "UserAccount":
            told = entity["properties"]
            name, platform = told["username"][0], platform_of(told["service"][0])
            wanted[entity["id"]] = f"{platform}:{bare_handle(name)}"
    assert set(wanted.values()) == {record.id for record in records if isinstance(record, Account)}
    messages = {entity["id"]: entity["properties"] for entity in world if entity["schema"] == "Message"}
    posts = {record.native_id.removeprefix(PREFIX): record for record in records if isinstance(record, Post)}
    assert posts.keys() == messages.keys()
    for number, told in messages.items():
        assert posts[number].account_id == wanted[told["senderAccount"][0]]
        assert posts[number].text == told["bodyText"][0]
    for entity in world:
        if entity["schema"] == "UserAccount":
            shown = merged(record for record in records if record.id == wanted[entity["id"]])[wanted[entity["id"]]]
            assert set(entity["properties"].get(_PHONE, [])) <= shown.get("phone", set())
            assert set(entity["properties"].get("name", [])) <= shown.get("display_name", set())


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
