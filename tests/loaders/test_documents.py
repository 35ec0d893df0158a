"""JSON documents are streamed: repaired on the way, bounded in memory, truthful where they break off."""

from __future__ import annotations

import io
import json
import re
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.errors import ClewError, SourceUnreadable
from graph.records import Account, Post
from loaders import documents, json_repair
from loaders.formats import open_source
from loaders.json_repair import Repaired

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BRIEF = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


class Drip(io.RawIOBase):
    """A stream that gives its bytes in pieces of the given lengths, then one by one."""

    def __init__(self, content: bytes, lengths: list[int]) -> None:
        self._content = content
        self._lengths = lengths[::-1]

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        length = self._lengths.pop() if self._lengths else 1
        given, self._content = self._content[:length], self._content[length:]
        buffer[: len(given)] = given
        return len(given)


def repaired(content: bytes, lengths: list[int]) -> bytes:
    return io.BufferedReader(Repaired(Drip(content, lengths))).read()


def repaired_by_hand(content: bytes) -> bytes:
    """Repair one escape after the other."""
    text = content.decode("latin-1")
    made = []
    while text:
        if found := re.match(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}", text):
            made.append(found[0])
        elif found := re.match(r"\\u[dD][89a-fA-F][0-9a-fA-F]{2}", text):
            made.append("\\ufffd")
        elif found := re.match(r"\\x([0-9a-fA-F]{2})", text):
            made.append("\\u00" + found[1])
        elif found := re.match(r"(?s)\\.|.", text):
            made.append(found[0])
        text = text[len(found[0] if found else text) :]
    return "".join(made).encode("latin-1")


PIECES = ["\\", "\\x0b", "\\x", "x0b", "\\u00e9", "\\ud83d\\ude00", "\\ud83d", "\\ude00", '"', "a", "\\n", "\\u12", "é"]


@BRIEF
@given(pieces=st.lists(st.sampled_from(PIECES), max_size=30), lengths=st.lists(st.integers(1, 9), max_size=40))
def test_escapes_are_repaired_alike_wherever_the_chunks_break(pieces: list[str], lengths: list[int]) -> None:
    content = "".join(pieces).encode()
    assert repaired(content, lengths) == repaired_by_hand(content)


def test_control_bytes_as_telegram_writes_them_are_read_and_escaped_backslashes_stay(read: Callable[..., Any]) -> None:
    chat = {
        "type": "private_group",
        "id": 1,
        "messages": [{"id": 1, "type": "message", "from_id": "user1", "text": "TEXT"}],
    }
    found = read(json.dumps(chat).replace("TEXT", r"a\x0bb \\x0b \\\x0c \\\\x0b"))
    assert found.of(Post)[0].text == "a\x0bb \\x0b \\\x0c \\\\x0b"


def messages(count: int, text: str = "hello") -> list[dict[str, Any]]:
    return [
        {"id": n, "type": "message", "date_unixtime": str(1_700_000_000 + n), "from_id": "user5", "text": text}
        for n in range(count)
    ]


def test_a_document_cut_in_the_middle_gives_its_rows_and_one_rejection(read: Callable[..., Any]) -> None:
    whole = json.dumps({"type": "private_group", "id": 1, "messages": messages(100)})
    found = read(whole[: len(whole) // 2])
    assert 40 < len(found.rows) < 60
    assert [row.rejection is None for row in found.rows] == [True] * (len(found.rows) - 1) + [False]
    assert found.rows[-1].line == len(found.rows)
    assert "was not read" in found.reasons[0][1]


def test_a_document_that_is_no_json_is_unreadable(read: Callable[..., Any]) -> None:
    with pytest.raises(SourceUnreadable, match="no whole JSON document"):
        read("{'type': 'private_group'}", format_name="telegram-desktop")


def test_what_stands_after_the_messages_is_known_to_them_all_the_same(read: Callable[..., Any]) -> None:
    export = {
        "chats": {"list": [{"messages": messages(2), "name": "One", "type": "personal_chat", "id": 5},
                           {"messages": messages(2), "name": "Two", "type": "private_supergroup", "id": 6}]},
        "personal_information": {"user_id": 9, "first_name": "Me"},
    }  # fmt: skip
    found = read(json.dumps(export))
    assert [post.native_id for post in found.of(Post)] == ["user9/user5/0", "user9/user5/1", "channel6/0", "channel6/1"]
    assert [account.native_id for account in found.of(Account) if account.collector] == ["user9"]


def test_a_row_too_deep_or_too_large_costs_itself_only(
    read: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "VALUES_LIMIT", 500)
    good = json.dumps(messages(1)[0])
    deep = '{"id": 2, "text": ' + "[" * 10_000 + "]" * 10_000 + "}"
    large = json.dumps({"id": 3, "text": ["x"] * 1000})
    found = read(f'{{"type": "private_group", "id": 1, "messages": [{good}, {deep}, {large}, 7, {good}]}}')
    assert [(row.line, row.rejection is None) for row in found.rows] == [
        (1, True),
        (2, False),
        (3, False),
        (4, False),
        (5, True),
    ]
    assert [reason for _, reason in found.reasons] == [
        "is over 64 levels deep", "holds more than 500 values", "is no JSON object",
    ]  # fmt: skip


def test_half_a_surrogate_pair_costs_its_row(read: Callable[..., Any]) -> None:
    rows = messages(3, "TEXT")
    whole = json.dumps({"type": "private_group", "id": 1, "messages": rows})
    found = read(whole.replace("TEXT", "\\ud83d\\ude00", 1).replace("TEXT", "\\ud83d", 1))
    assert [post.text for post in found.of(Post)] == ["😀", "TEXT"]
    assert found.reasons == [(2, "holds half a surrogate pair, which is no text")]


def test_a_key_with_dots_is_not_taken_for_a_path(read: Callable[..., Any]) -> None:
    good = {"type": "private_group", "id": 1, "chats.list": [{"messages": messages(1)}], "messages": messages(1)}
    assert len(read(json.dumps(good)).rows) == 1


def test_a_text_without_end_is_refused_before_it_fills_the_memory(
    read: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_repair, "STRING_LIMIT", 1 << 20)
    with pytest.raises(SourceUnreadable, match="no quote"):
        read('{"type": "private_group", "id": 1, "messages": [{"text": "' + "x" * (1 << 22) + '"}]}')


def test_memory_does_not_grow_with_the_document(tmp_path: Path) -> None:
    def peak(count: int) -> int:
        path = tmp_path / f"{count}.json"
        path.write_text(json.dumps({"type": "private_group", "id": 1, "messages": messages(count, "word " * 150)}))
        opened = open_source(path)
        tracemalloc.start()
        assert sum(1 for _ in opened.rows) == count
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    peak(10)
    assert peak(3000) < peak(800) + 700_000


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=8,
)
KEYS = [
    "id", "type", "text", "from", "from_id", "date", "date_unixtime", "actor_id", "action", "members", "inviter",
    "forwarded_from", "contact_information", "reply_to_message_id", "reply_to_peer_id", "text_entities", "media_type",
    "file_name", "photo", "poll", "user_id", "phone_number", "first_name",
]  # fmt: skip
LIKELY = st.sampled_from(
    ["message", "service", "user1", "channel1", "invite_members", 5, 1_700_000_000, "1700000000", ["user2"]]
)


@BRIEF
@given(
    rows=st.lists(st.dictionaries(st.sampled_from(KEYS), LIKELY | JSON, max_size=10) | JSON, max_size=8),
    contacts=st.lists(st.dictionaries(st.sampled_from(KEYS), LIKELY | JSON, max_size=5), max_size=3),
    chat=st.fixed_dictionaries(
        {"id": st.just(1) | JSON, "type": st.sampled_from(["personal_chat", "private_group", "public_channel"]) | JSON}
    ),
    personal=st.just({"user_id": 1}) | JSON,
)
def test_every_message_and_contact_of_any_export_is_accounted_for(
    rows: list[Any], contacts: list[Any], chat: dict[str, Any], personal: Any, read: Callable[..., Any]
) -> None:
    export = {
        "personal_information": personal,
        "contacts": {"list": contacts},
        "chats": {"list": [{**chat, "messages": rows}]},
    }
    try:
        found = read(json.dumps(export), format_name="telegram-desktop")
    except ClewError as problem:
        pytest.fail(f"a sound document was refused: {problem}")
    assert [row.line for row in found.rows] == list(range(1, len(rows) + len(contacts) + 1))
    assert all(row.records or row.rejection for row in found.rows)
