"""Telethon's messages: the ids that Telegram Desktop's exports give, whose each is, and what stays private."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph import views
from graph.case import Case
from graph.records import Account, Chat, Post, Relation, Repost
from loaders.formats import open_source
from tests.loaders.conftest import FIXTURES
from tests.loaders.telethon_messages import (
    GROUP,
    SENT,
    as_telethon_writes_it,
    channel,
    lines,
    message,
    person,
    private,
)
from tests.loaders.test_any_value import VALUES, parsed, places, text_of

if TYPE_CHECKING:
    from pathlib import Path

BRIEF = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
Read = Callable[..., Any]


@pytest.mark.parametrize("write", [lines, lambda *each: json.dumps(each), lambda *each: json.dumps(each, indent=2)])
@pytest.mark.parametrize("form", [lambda value: value, as_telethon_writes_it])
def test_lines_and_lists_in_either_form_are_recognised(
    write: Callable[..., str], form: Callable[[Any], Any], read: Read
) -> None:
    found = read(write(form(message(1)), form(message(2, action={"_type": "MessageActionPinMessage"}))))
    assert found.source.format == "telethon"
    assert [row.line for row in found.rows] == [1, 2]
    assert [post.id for post in found.of(Post)] == ["telegram:channel6/1"]
    assert found.reasons == []
    assert found.warnings == []


def test_a_first_message_longer_than_what_is_looked_at_is_recognised(read: Read) -> None:
    long = message(1, unread="x" * (1 << 17))
    for written in (lines(long), json.dumps([long]), json.dumps([long], indent=1)):
        assert read(written).source.format == "telethon"


def test_lines_of_x_that_speak_of_peers_are_not_taken(read: Read) -> None:
    tweet = {
        "id": "1",
        "author_id": "2",
        "text": '{"peer_id": 1, "message": "',
        "entities": {"peer_id": 1, "message": 2},
    }
    assert read(lines(tweet)).source.format == "x-jsonl"


@pytest.mark.parametrize(
    ("said", "chat", "kind"),
    [
        ({"_chat": GROUP}, "channel6", "group"),
        ({"_chat": channel(6, gigagroup=True)}, "channel6", "group"),
        ({"_chat": channel(6, broadcast=True)}, "channel6", "channel"),
        ({"_chat": None, "post": True}, "channel6", "channel"),
        ({"_chat": None, "post": False}, "channel6", "group"),
        ({"_chat": None, "post": None}, "channel6", None),
        ({"peer_id": {"chat_id": 7}}, "chat7", "group"),
        ({"peer_id": -1000000000006}, "channel6", "group"),
        ({"peer_id": {"channel_id": -1000000000006}}, "channel6", "group"),
        ({"peer_id": -7}, "chat7", "group"),
        ({"peer_id": None, "to_id": {"channel_id": 6}}, "channel6", "group"),
        ({"peer_id": None}, "channel6", "group"),
        ({"peer_id": None, "_chat": {**GROUP, "id": -1000000000006}}, "channel6", "group"),
    ],
)
def test_a_chat_is_known_by_its_peer_however_that_is_told(
    said: dict[str, Any], chat: str, kind: str | None, read: Read
) -> None:
    found = read(lines(message(3, **said)))
    assert [(each.id, each.kind) for each in found.of(Chat)] == [(f"telegram:{chat}", kind)]
    assert [(post.id, post.chat_id) for post in found.of(Post)] == [(f"telegram:{chat}/3", f"telegram:{chat}")]


def test_a_message_is_the_same_as_telegram_desktop_exports_it(read: Read) -> None:
    card = {"_type": "MessageMediaContact", "first_name": "Ali", "last_name": "B", "phone_number": "+964 770 000 0122"}
    hidden = {"_type": "MessageFwdHeader", "date": float(SENT), "from_name": "Hidden", "from_id": None}
    ours = [
        message(1, text="call", reply_to={"reply_to_msg_id": 9}),
        message(2, text="", media=card),
        message(3, text="Places on the lorry", fwd_from=hidden),
    ]
    own = {"type": "message", "date_unixtime": str(SENT), "from": "First5", "from_id": "user5"}
    theirs = [
        {**own, "id": 1, "text": "call", "reply_to_message_id": 9},
        {**own, "id": 2, "text": "", "contact_information": card},
        {**own, "id": 3, "text": "places  on the LORRY", "forwarded_from": "Hidden"},
    ]
    export = {"name": "Title 6", "type": "public_supergroup", "id": 6, "messages": theirs}
    found, other = read(lines(*ours)), read(json.dumps(export))
    assert other.source.format == "telegram-desktop"
    assert found.of(Post)[:2] == other.of(Post)[:2]
    assert found.of(Repost) == other.of(Repost)
    assert {each.id for each in found.of(Account)} == {each.id for each in other.of(Account)}
    assert {each.id for each in found.of(Chat)} == {each.id for each in other.of(Chat)}


def test_an_answer_names_its_message_and_a_topic_is_none(read: Read) -> None:
    said = [
        {"reply_to": {"reply_to_msg_id": 9}},
        {"reply_to": {"reply_to_msg_id": 9, "reply_to_peer_id": {"channel_id": 8}}},
        {"reply_to": {"reply_to_msg_id": 4, "forum_topic": True, "reply_to_top_id": None}},
        {"reply_to": {"reply_to_msg_id": 9, "forum_topic": True, "reply_to_top_id": 4}},
        {"reply_to_msg_id": 9},
        {"reply_to": {"story_id": 3, "peer": {"user_id": 5}}},
    ]
    posts = read(lines(*(message(n, **each) for n, each in enumerate(said)))).of(Post)
    assert [post.reply_to for post in posts] == [
        "telegram:channel6/9",
        "telegram:channel8/9",
        None,
        "telegram:channel6/9",
        "telegram:channel6/9",
        None,
    ]
    assert [post.kind for post in posts] == ["reply", "reply", "post", "reply", "reply", "post"]


def test_an_account_shows_what_telegram_says(read: Read) -> None:
    several = {
        "username": None,
        "usernames": [{"username": "old", "active": False}, {"username": "new", "active": True}],
    }
    sender = person(5, last_name="Last", phone="447700900301", scam=True, restricted=True, **several)
    account = read(lines(message(_sender=sender))).of(Account)[0]
    assert (account.id, account.handle, account.display_name) == ("telegram:user5", "new", "First5 Last")
    assert (account.phone, account.status, account.collector, account.private) == (
        "+447700900301",
        "scam, restricted",
        False,
        False,
    )


def test_what_4cat_asked_beyond_the_message_is_read(read: Read) -> None:
    invite = {"link": "https://t.me/+abc", "revoked": False}
    full = {"id": 6, "about": "call me", "participants_count": 12, "exported_invite": invite}
    place = {"channel_id": 6, "full_chat": full, "chats": [channel(6, broadcast=True)], "users": []}
    writer = {"full_user": {"id": 5, "about": "bio"}, "users": [person(5)], "chats": []}
    found = read(
        lines(
            message(1, None, peer_id=place, _chat=None, post=True),
            message(2, from_id=writer),
            message(
                3,
                None,
                post=True,
                peer_id={**place, "full_chat": {**full, "exported_invite": {**invite, "revoked": True}}},
            ),
        )
    )
    of_channel, of_user = found.of(Account)[:2]
    assert (of_channel.id, of_channel.bio, of_channel.followers, of_channel.handle) == (
        "telegram:channel6",
        "call me",
        12,
        "name6",
    )
    assert (of_user.id, of_user.bio, of_user.handle) == ("telegram:user5", "bio", "user_5")
    assert [(each.invite, each.title) for each in found.of(Chat)] == [
        ("https://t.me/+abc", "Title 6"),
        (None, "Title 6"),
        (None, "Title 6"),
    ]


def test_what_stands_in_a_channel_is_the_channels_and_an_unsigned_message_of_a_group_nobodys(read: Read) -> None:
    found = read(
        lines(message(1, None, _chat=channel(6, broadcast=True)), message(2, None), message(3, None, _sender=person(8)))
    )
    assert [post.account_id for post in found.of(Post)] == ["telegram:channel6", None, "telegram:user8"]


def test_an_invitation_is_a_relation(read: Read) -> None:
    def service(number: int, by: int | None, **action: Any) -> dict[str, Any]:
        return {**message(number, by), "message": None, "action": {"_type": "MessageActionX", **action}}

    found = read(
        lines(
            service(1, 5, users=[6, 5, "7", None, {}]),
            service(2, 8, inviter_id=5),
            service(3, 9),
            service(4, None, users=[6]),
            service(5, 9, inviter_id=9, users=7),
        )
    )
    assert [(each.subject_id, each.object_id, each.kind) for each in found.of(Relation)] == [
        ("telegram:user5", "telegram:user6", "invited"),
        ("telegram:user5", "telegram:user7", "invited"),
        ("telegram:user5", "telegram:user8", "invited"),
    ]
    assert {each.id for each in found.of(Account)} == {f"telegram:user{n}" for n in (5, 6, 7, 8, 9)}
    assert found.reasons == [(4, "a service message (MessageActionX) that does not say who acted")]
    assert found.of(Post) == []


def test_a_private_chat_and_whom_it_is_with_are_private_and_who_collected_is_marked(read: Read) -> None:
    me = {"from_id": {"user_id": 1}, "_sender": person(1)}
    found = read(lines(private(1, out=False), private(2, out=True, **me), private(3, out=True)))
    assert {(each.native_id.partition("-")[0], each.collector, each.private) for each in found.of(Account)} == {
        ("user5", False, True),
        ("user1", True, False),
        ("export", True, False),
    }
    assert {each.kind for each in found.of(Chat)} == {"personal"}
    assert len({each.id for each in found.of(Chat)}) == 1
    assert found.of(Chat)[0].native_id.startswith("export-")


@pytest.mark.parametrize("said", ["1", "user1", "telegram:user1"])
def test_a_private_chat_is_named_after_who_is_said_to_have_collected_it(said: str, read: Read) -> None:
    found = read(lines(private(1, out=False), private(2, out=True)), collector=said)
    assert {each.id for each in found.of(Chat)} == {"telegram:user1/user5"}
    assert [post.account_id for post in found.of(Post)] == ["telegram:user5", "telegram:user1"]
    assert [(each.native_id, each.collector) for each in found.of(Account)] == [("user5", False), ("user1", True)]


@pytest.mark.parametrize("said", ["@User_5", "user_5", "First5", "+44 7700 900301", "447700900301"])
def test_who_collected_may_be_said_by_handle_name_or_number(said: str, read: Read) -> None:
    found = read(
        lines(message(_sender=person(5, phone="447700900301")), message(2, 7, _sender={**person(7), "username": None})),
        collector=said,
    )
    assert [each.collector for each in found.of(Account)] == [True, False]


def test_nobody_is_the_collector_for_want_of_a_handle(read: Read) -> None:
    nameless = {"_type": "User", "id": 5}
    assert [each.collector for each in read(lines(message(_sender=nameless)), collector="None").of(Account)] == [False]


def test_who_wrote_what_goes_out_is_the_collector_and_a_channel_they_write_as_is_not(read: Read) -> None:
    as_channel = {"from_id": {"channel_id": 8}, "out": True}
    post = {"from_id": None, "out": True, "post": True, "_chat": channel(6, broadcast=True)}
    found = read(lines(message(1, 1, out=True), message(2, **as_channel), message(3, **post), message(4, 1)))
    assert [(each.native_id, each.collector) for each in found.of(Account)] == [
        ("user1", True),
        ("channel8", False),
        ("channel6", False),
        ("user1", False),
    ]


def test_saved_messages_and_bots_are_private_too(read: Read) -> None:
    mine = private(
        1,
        out=True,
        _chat=person(5, is_self=True),
        fwd_from={"from_id": {"channel_id": 8}, "channel_post": 1},
        _forward={"_chat": channel(8)},
    )
    found = read(lines(mine, private(2, out=False, _chat=person(5, bot=True))))
    assert [(each.kind, each.native_id.partition("-")[0]) for each in found.of(Chat)] == [
        ("saved", "user5/user5"),
        ("bot", "export"),
    ]
    assert {(each.native_id, each.collector, each.private) for each in found.of(Account)} == {
        ("user5", True, False),
        ("channel8", False, True),
        ("user5", False, True),
    }


def test_private_messages_of_before_2020_are_with_whoever_is_not_the_collector(read: Read) -> None:
    old = {"peer_id": None, "_chat": None}
    found = read(
        lines(
            {**message(1, **old), "to_id": {"_type": "PeerUser", "user_id": 1}, "from_id": 5},
            {**message(2, **old), "to_id": {"_type": "PeerUser", "user_id": 5}, "from_id": 1, "out": True},
        )
    )
    assert {each.native_id.rpartition("/")[2] for each in found.of(Chat)} == {"user5"}
    assert [(each.native_id, each.collector) for each in found.of(Account)] == [("user5", False), ("user1", True)]


@pytest.mark.parametrize(
    ("date", "us"),
    [(SENT, SENT), (float(SENT), SENT), ("2024-04-01T10:00:00+00:00", SENT), ("2024-04-01 12:00:00+02:00", SENT)],
)
def test_a_date_is_read_in_every_form(date: Any, us: int, read: Read) -> None:
    found = read(lines(message(date=date)))
    assert found.of(Post)[0].at.us == us * 1_000_000
    assert found.warnings == []


def test_a_date_without_a_zone_belongs_to_the_one_that_is_said(read: Read) -> None:
    naive = lines(message(date="2024-04-01 13:00:00"))
    assert read(naive, timezone="Asia/Baghdad").of(Post)[0].at.us == SENT * 1_000_000
    assert read(naive).warnings == ["times without a zone were read as UTC; say where they belong with --timezone"]


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"_type": "MessageEmpty"}, "a message that is gone (MessageEmpty)"),
        ({"date": "soon"}, "date: 'soon' is no time"),
        ({"id": None}, "a message without an id"),
        ({"peer_id": None, "_chat": None}, "a message that does not say in which chat it stands"),
        ({"peer_id": {"channel_id": 0}, "_chat": {}}, "a message that does not say in which chat it stands"),
    ],
)
def test_what_is_no_message_is_rejected_with_the_reason(said: dict[str, Any], reason: str, read: Read) -> None:
    found = read(lines(message(1), message(2, **said)))
    assert found.reasons == [(2, reason)]
    assert [post.id for post in found.of(Post)] == ["telegram:channel6/1"]


def test_an_object_with_neither_text_nor_media_nor_action_is_no_message(read: Read) -> None:
    bare = {key: value for key, value in message(2).items() if key != "message"}
    assert read(lines(message(1), bare)).reasons == [(2, "a message without its text (message), media or action")]


@pytest.mark.parametrize("name", ["telethon.ndjson", "telethon.json"])
@BRIEF
@given(data=st.data())
def test_any_value_anywhere_may_be_any_other_and_each_message_is_records_or_a_rejection(
    name: str, data: st.DataObject, read: Read
) -> None:
    values = copy.deepcopy(parsed(text_of(name)))
    values = values[0] if name.endswith(".json") else [each for each in values if isinstance(each, dict)]
    for value in values:
        if at := list(places(value)):
            inside, key = at[data.draw(st.integers(0, len(at) - 1))]
            inside[key] = data.draw(VALUES)
    written = json.dumps(values) if name.endswith(".json") else lines(*values)
    found = read(written.encode("utf-8", "surrogatepass"), format_name="telethon")
    assert len(found.rows) == len(values)
    assert all(row.records or row.rejection for row in found.rows)


def test_a_case_tells_handles_and_owners_apart_and_knows_the_file_again(tmp_path: Path) -> None:
    case = Case(tmp_path / "channel.duckdb")
    opened = open_source(FIXTURES / "telethon.ndjson")
    added = case.add(opened.source, opened.rows)
    assert (added.read, added.rejected) == (16, 5)
    again = open_source(FIXTURES / "telethon.ndjson")
    assert case.add(again.source, again.rows).new == 0
    with case.file.opened(write=False) as db:
        views.install(db, views.Selection(extract_run=None, links_run=None, clusters_run=None))
        rows = db.execute("SELECT account_id, handle FROM aliases").fetchall()
        shown = {each for (each,) in db.execute("SELECT account_id FROM accounts").fetchall()}
        texts = "".join(text or "" for (text,) in db.execute("SELECT text FROM posts").fetchall())
    assert {handle for account, handle in rows if account == "telegram:user701"} == {"seven_one", "seven_new"}
    assert {account for account, handle in rows if handle == "seven_one"} == {"telegram:user701", "telegram:user702"}
    assert shown.isdisjoint({"telegram:user700", "telegram:user705"}), "the collector and a private chat are not shown"
    assert "I send the money" not in texts
