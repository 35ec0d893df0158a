"""Messages as Telethon gives them, for tests."""

from __future__ import annotations

import json
from typing import Any

SENT = 1_711_965_600


def channel(number: int, **more: Any) -> dict[str, Any]:
    return {"_type": "Channel", "id": number, "title": f"Title {number}", "username": f"name{number}", **more}


def person(number: int, **more: Any) -> dict[str, Any]:
    return {"_type": "User", "id": number, "first_name": f"First{number}", "username": f"user_{number}", **more}


GROUP = channel(6, megagroup=True)


def message(number: int = 1, by: int | None = 5, text: str | None = "hello", **more: Any) -> dict[str, Any]:
    return {
        "_type": "Message",
        "id": number,
        "peer_id": {"_type": "PeerChannel", "channel_id": 6},
        "date": float(SENT),
        "message": text,
        "from_id": {"_type": "PeerUser", "user_id": by} if by else None,
        "_chat": GROUP,
        "post": False,
        "out": False,
        **more,
    }


def private(number: int = 1, *, out: bool, **more: Any) -> dict[str, Any]:
    return {
        **message(number, None, _chat=person(5)),
        "peer_id": {"_type": "PeerUser", "user_id": 5},
        "out": out,
        **more,
    }


def lines(*values: Any) -> str:
    return "\n".join(json.dumps(value) for value in values) + "\n"


def as_telethon_writes_it(value: Any) -> Any:
    """Return a message as ``to_dict`` gives it: types under another key, and nothing that Telethon found out itself."""
    if isinstance(value, dict):
        own = {key: each for key, each in value.items() if not key.startswith("_") or key == "_type"}
        return {"_" if key == "_type" else key: as_telethon_writes_it(each) for key, each in own.items()}
    return [as_telethon_writes_it(each) for each in value] if isinstance(value, list) else value
