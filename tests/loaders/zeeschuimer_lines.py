"""Lines of Zeeschuimer, and items of the platforms in them, for tests."""

from __future__ import annotations

import json
from typing import Any

POSTED, COLLECTED = 1_711_965_600, 1_712_000_000_000


def line(platform: str, item: Any, **told: Any) -> dict[str, Any]:
    return {
        "nav_index": "1:5:0",
        "item_id": "1",
        "timestamp_collected": COLLECTED,
        "source_platform": platform,
        "source_platform_url": f"https://{platform}/",
        "user_agent": "Mozilla/5.0",
        "data": item,
        **told,
    }


def as_4cat_writes_it(envelope: dict[str, Any]) -> dict[str, Any]:
    told = {key: value for key, value in envelope.items() if key != "data"}
    return {**envelope["data"], "__import_meta": told}


def lines(*values: Any) -> str:
    return "\n".join(json.dumps(value) for value in values) + "\n"


def video(number: Any = "71", **more: Any) -> dict[str, Any]:
    return {
        "id": number,
        "desc": "seats",
        "createTime": POSTED,
        "author": {"id": "7001", "uniqueId": "some.one", "nickname": "Some"},
        **more,
    }


def user(number: str, name: str, **more: Any) -> dict[str, Any]:
    return {"__typename": "User", "rest_id": number, "legacy": {"screen_name": name, "name": name, **more}}


def tweet(number: str, by: dict[str, Any] | None, text: str = "hello", **legacy: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"__typename": "Tweet", "rest_id": number}
    made["legacy"] = {"id_str": number, "full_text": text, "created_at": "Mon Apr 01 10:00:00 +0000 2024", **legacy}
    if by:
        made["core"] = {"user_results": {"result": by}}
        made["legacy"]["user_id_str"] = by["rest_id"]
    return made


def of_v2(number: str, by: str, text: str, **more: Any) -> dict[str, Any]:
    return {"id": number, "author_id": by, "text": text, "created_at": "2024-04-01T10:00:00.000Z", **more}


def picture(**more: Any) -> dict[str, Any]:
    return {
        "id": "3392335677657248184_301",
        "code": "C8T_1NRpPG4",
        "media_type": 1,
        "taken_at": POSTED,
        "caption": {"text": "routes"},
        "user": {"pk": "301", "username": "insta.one"},
        **more,
    }
