"""Words that are another's, and people who must neither be accused nor vanish; a review found each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from graph.records import Account, Post, Repost
from loaders.formats import open_source


def read(path: Path, text: str, name: str | None = None) -> tuple[list[Any], list[str]]:
    path.write_text(text, encoding="utf-8")
    rows = list(open_source(path, format_name=name, platform=None).rows)
    return [record for row in rows for record in row.records], [r.rejection.reason for r in rows if r.rejection]


def exported(kind: str, people: list[str], **more: Any) -> str:
    messages = [
        {"id": n, "type": "message", "date_unixtime": "1700000000", "from": who, "from_id": who, "text": f"text {n}"}
        | more
        for n, who in enumerate(people)
    ]
    chat = {"name": "Bob", "type": kind, "id": 6, "messages": messages}
    me = {"user_id": 9, "first_name": "Me"}
    return json.dumps({"personal_information": me, "chats": {"list": [chat]}})


def test_a_copied_advert_in_a_table_is_anothers_words(tmp_path: Path) -> None:
    table = 'post_id,author,text\n1,seller,Call +44 7700 900123\n2,migrant,"RT @seller: Call +44 7700 900123"\n'
    records, _ = read(tmp_path / "t.csv", table, "csv")
    assert [r.kind for r in records if isinstance(r, Post)] == ["post", "repost"]


def test_a_retweet_that_was_collected_without_its_references_is_anothers_words(tmp_path: Path) -> None:
    tweet = {"id": "2", "author_id": "7", "created_at": "2024-01-01T00:00:00.000Z", "text": "RT @seller: Call me"}
    records, _ = read(tmp_path / "t.jsonl", json.dumps({"data": [tweet]}), "x-jsonl")
    assert [r.kind for r in records if isinstance(r, Post)] == ["repost"]


def test_a_chat_of_unknown_type_is_rejected_because_it_may_be_private(tmp_path: Path) -> None:
    records, reasons = read(tmp_path / "result.json", exported("", ["user5"]), "telegram-desktop")
    assert not [r for r in records if isinstance(r, Post) or (isinstance(r, Account) and not r.collector)]
    assert len(reasons) == 1
    assert "unknown type" in reasons[0]


def test_a_third_in_a_personal_chat_is_not_taken_for_the_collector(tmp_path: Path) -> None:
    text = exported("personal_chat", ["user6", "user9", "user77"])
    records, _ = read(tmp_path / "result.json", text, "telegram-desktop")
    collectors = {r.native_id: r.collector for r in records if isinstance(r, Account)}
    assert collectors == {"user6": False, "user9": True, "user77": False}


def test_short_forwards_of_nobody_named_are_not_one_message(tmp_path: Path) -> None:
    short = exported("public_supergroup", ["user5"], forwarded_from=None, text="ok")
    long = exported(
        "public_supergroup", ["user5"], forwarded_from=None, text="Free places every week, families accepted, ask me"
    )
    for text, passed_on in ((short, 0), (long, 1)):
        records, _ = read(tmp_path / "result.json", text, "telegram-desktop")
        assert len([r for r in records if isinstance(r, Repost)]) == passed_on
