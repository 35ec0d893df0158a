"""Entities of FollowTheMoney, made for tests: an account, a message, or any other, as JSON has them."""

from __future__ import annotations

import json
from typing import Any


def entity(number: Any, schema: str, /, **properties: Any) -> dict[str, Any]:
    told = {name: value if isinstance(value, list) else [value] for name, value in properties.items()}
    return {"id": number, "schema": schema, "properties": told}


def account(number: Any, username: Any = None, service: Any = "Telegram", /, **properties: Any) -> dict[str, Any]:
    named = {"username": username} if username else {}
    return entity(number, "UserAccount", **named, **({"service": service} if service else {}), **properties)


def message(number: Any, sender: Any = "u1", /, **properties: Any) -> dict[str, Any]:
    properties = {"bodyText": "seats", "sender": "p1"} | ({"senderAccount": sender} if sender else {}) | properties
    return entity(number, "Message", **properties)


def lines(*values: Any) -> str:
    return "".join(json.dumps(value) + "\n" for value in values)
