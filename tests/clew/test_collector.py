"""Whoever exported a chat is in nothing that clew gives out: no link, cluster, map, export or graph."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import clew as facade
from graph.neo4j_connection import Neo4jConnection

#: What others hold too, so that the collector would be linked to them by each of these were they anybody else.
NUMBER, INVITE, MAIL, NAME = (
    "+44 7700 900123",
    "https://t.me/+AbCdEfGhIjKlMnOp",
    "boats@agency.example",
    "insta: agency.x",
)
ADVERT = f"Boats every week, {NUMBER}, {INVITE}, {MAIL}, {NAME}"
#: What is the collector's alone, wherever the export has it.
TRACES = ("Qwerta", "Zuiop", "qwertazuiop", "7700900987", "7700 900987", "909090909", "privateword", "Diary of")
WORDS = "Leaving on Friday at ten from the usual place, twelve seats are left"


def telegram_export() -> str:
    """Return a full export: two groups in which the collector writes as the others do, a private chat, contacts."""

    def message(number: int, who: str, name: str, text: str, **more: Any) -> dict[str, Any]:
        return {
            "id": number, "type": "message", "date": "2024-03-01T10:00:00",
            "date_unixtime": str(1_709_287_200 + number), "from": name, "from_id": who, "text": text, **more,
        }  # fmt: skip

    people = [("user909090909", "Qwerta Zuiop"), ("user1", "One"), ("user2", "Two"), ("user3", "Three")]
    group = [message(n, who, name, ADVERT) for n, (who, name) in enumerate(people, start=1)]
    forwards = [
        message(20 + 10 * turn + n, who, name, f"{WORDS} {turn}", forwarded_from="Origin")
        for turn in range(3)
        for n, (who, name) in enumerate(people)
    ]
    card = {"first_name": "Agency", "last_name": "", "phone_number": NUMBER}
    cards = [message(90 + n, who, name, "", contact_information=card) for n, (who, name) in enumerate(people)]
    service = {
        "id": 99, "type": "service", "date": "2024-03-01T11:00:00", "date_unixtime": "1709290800",
        "action": "invite_members", "actor": "Qwerta Zuiop", "actor_id": "user909090909", "members": [{"id": "user1"}],
    }  # fmt: skip
    reply = message(100, "user1", "One", "yes", reply_to_message_id=1)
    export = {
        "about": "",
        "personal_information": {
            "user_id": 909090909, "first_name": "Qwerta", "last_name": "Zuiop", "username": "@qwertazuiop",
            "phone_number": "+447700900987", "bio": f"Diary of a privateword {NUMBER} {INVITE}",
        },
        "contacts": {"about": "", "list": [
            {"user_id": 1, "first_name": "privateword", "last_name": "One", "phone_number": NUMBER},
            {"first_name": "privateword", "last_name": "", "phone_number": "+44 7700 900124"},
        ]},
        "chats": {"about": "", "list": [
            {"name": "Routes", "type": "private_supergroup", "id": 5,
             "messages": [*group, *forwards, *cards, service, reply]},
            {"name": "One", "type": "personal_chat", "id": 1, "messages": [
                message(1, "user909090909", "Qwerta Zuiop", f"privateword {ADVERT}"),
                message(2, "user1", "One", f"privateword {NUMBER}"),
            ]},
            {"name": "Diary of", "type": "saved_messages", "id": 909090909, "messages": [
                message(1, "user909090909", "Qwerta Zuiop", f"privateword {INVITE}"),
            ]},
        ]},
    }  # fmt: skip
    return json.dumps(export)


def whatsapp_export() -> str:
    """Return a group's chat in which the collector, known by name, writes as the others do, and adds one of them."""
    senders = ["Qwerta Zuiop", "+44 7700 900101", "+44 7700 900102", "+44 7700 900103"]
    lines = ["13/03/2024, 10:00 - Messages and calls are end-to-end encrypted.",
             "13/03/2024, 10:00 - Qwerta Zuiop created group \"Routes\"",
             "13/03/2024, 10:01 - Qwerta Zuiop added +44 7700 900101"]  # fmt: skip
    for minute in range(10, 14):
        lines += [f"13/03/2024, 10:{minute} - {sender}: {ADVERT} {minute}" for sender in senders]
    lines.append("14/03/2024, 09:00 - Qwerta Zuiop: privateword and no advert")
    return "\n".join(lines) + "\n"


def whatsapp_private() -> str:
    """Return a conversation of two, with the other side's advert in it: nobody but the two ever saw it."""
    lines = [
        f"13/03/2024, 10:0{n} - {who}: privateword {ADVERT}" for n, who in enumerate(["Qwerta Zuiop", "Zuiop Two"])
    ]
    return "\n".join(lines) + "\n"


EXPORTS: dict[str, tuple[str, Callable[[], str], dict[str, str]]] = {
    "telegram": ("result.json", telegram_export, {}),
    "whatsapp": ("_chat.txt", whatsapp_export, {"collector": "Qwerta Zuiop", "dates": "dmy"}),
}


@pytest.fixture(params=EXPORTS)
def loaded(request: pytest.FixtureRequest, tmp_path: Path) -> facade.Case:
    """Return a case with an export in it, and everything derived."""
    name, export, said = EXPORTS[request.param]
    path = tmp_path / "export" / name
    path.parent.mkdir()
    path.write_text(export(), "utf-8")
    case = facade.open(tmp_path / "case" / "channel.duckdb")
    case.path.parent.mkdir()
    loaded = case.load(path, **said)
    assert loaded.added.rejected == (1 if request.param == "whatsapp" else 0)  # what tells of encryption is no message
    case.run(resolution=1.0)
    return case


def traces_in(text: str) -> list[str]:
    return [trace for trace in TRACES if trace.lower() in text.lower()]


def test_the_others_are_linked_by_all_that_the_collector_holds_too_and_are_a_network(loaded: facade.Case) -> None:
    with loaded.reading() as db:
        kinds = {row[0] for row in db.execute("SELECT DISTINCT kind FROM links").fetchall()}
        assert kinds >= {"shared_phone", "shared_invite", "shared_email", "shared_handle"}
        assert db.execute("SELECT size FROM clusters").fetchall() == [(3,)]
        assert traces_in(str(db.execute("SELECT * FROM links").fetchall())) == []
    with loaded.reading(include_collector=True) as db:  # they are kept, for whoever asks for them
        assert traces_in(str(db.execute("SELECT * FROM accounts").fetchall())) != []


def test_no_table_and_no_word_of_status_has_them(loaded: facade.Case, tmp_path: Path) -> None:
    loaded.export(tmp_path / "tables")
    for path in (tmp_path / "tables").iterdir():
        assert traces_in(path.read_text("utf-8")) == [], path.name
    status = loaded.status()
    for key in ("sources", "links", "runs"):
        assert traces_in(json.dumps(status[key], default=str)) == []
    assert traces_in(str(loaded.to_networkx().nodes(data=True))) == []


def test_no_map_has_them(loaded: facade.Case, tmp_path: Path) -> None:
    loaded.map(tmp_path / "maps")
    pages = [path for path in (tmp_path / "maps").rglob("*") if path.is_file()]
    assert len(pages) >= 2
    for path in pages:
        assert traces_in(path.read_bytes().decode("utf-8", "replace")) == [], path.name


def test_a_conversation_of_two_is_in_no_output(tmp_path: Path) -> None:
    path = tmp_path / "WhatsApp Chat with Zuiop Two.txt"
    path.write_text(whatsapp_private(), "utf-8")
    case = facade.open(tmp_path / "channel.duckdb")
    assert case.load(path, dates="dmy").added.read == 2
    case.run()
    case.export(tmp_path / "tables")
    told = "".join(file.read_text("utf-8") for file in (tmp_path / "tables").glob("*.csv"))
    assert traces_in(told) == []
    assert "agency" not in told


@pytest.mark.neo4j
@pytest.mark.usefixtures("environment")
def test_the_graph_has_nothing_of_them(loaded: facade.Case, graph: Neo4jConnection) -> None:
    loaded.publish()
    with graph.session(reading=True) as session:
        nodes = [str(record.data()) for record in session.run("MATCH (n) RETURN labels(n), properties(n)")]
        between = [str(record.data()) for record in session.run("MATCH ()-[r]->() RETURN type(r), properties(r)")]
    assert len(nodes) > 10
    assert len(between) > 10
    assert traces_in("\n".join(nodes + between)) == []
