"""Telegram Desktop's exports: who said what where, what was forwarded, and what stays private."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from graph.records import Account, Chat, Post, Relation, Repost

if TYPE_CHECKING:
    from collections.abc import Callable


def message(number: int, author: Any = "user5", text: Any = "hello", **more: Any) -> dict[str, Any]:
    return {
        "id": number, "type": "message", "date": "2024-04-01T12:00:00", "date_unixtime": "1711965600",
        "from": "Five", "from_id": author, "text": text, **more,
    }  # fmt: skip


def chat(
    *messages: dict[str, Any], kind: str = "public_supergroup", number: int = 7, name: str = "Routes"
) -> dict[str, Any]:
    return {"name": name, "type": kind, "id": number, "messages": list(messages)}


def full(*chats: dict[str, Any], **more: Any) -> dict[str, Any]:
    personal = {"user_id": 1, "first_name": "Me", "last_name": "", "phone_number": "+44 7700 900001", "username": "@me"}
    return {"about": "…", "personal_information": personal, **more, "chats": {"about": "…", "list": list(chats)}}


@pytest.mark.parametrize(
    ("kind", "native_id", "sort"),
    [
        ("public_supergroup", "channel7", "group"),
        ("private_supergroup", "channel7", "group"),
        ("private_group", "chat7", "group"),
        ("public_channel", "channel7", "channel"),
        ("private_channel", "channel7", "channel"),
        ("personal_chat", "user1/user7", "personal"),
        ("bot_chat", "user1/user7", "bot"),
        ("saved_messages", "user1/user7", "saved"),
        ("replies", "user1/user7", "saved"),
    ],
)
def test_a_chat_is_known_by_its_type_and_number(kind: str, native_id: str, sort: str, read: Callable[..., Any]) -> None:
    found = read(json.dumps(full(chat(message(3), message(4), kind=kind))))
    assert [(each.native_id, each.kind) for each in found.of(Chat)] == [(native_id, sort)]
    assert [post.id for post in found.of(Post)] == [f"telegram:{native_id}/3", f"telegram:{native_id}/4"]
    assert {post.chat_id for post in found.of(Post)} == {f"telegram:{native_id}"}


def test_private_chats_of_two_people_with_one_are_two_chats(read: Callable[..., Any]) -> None:
    mine = full(chat(message(3), kind="personal_chat", number=5))
    yours = json.loads(json.dumps(mine).replace('"user_id": 1', '"user_id": 2'))
    ids = {read(json.dumps(export)).of(Post)[0].id for export in (mine, yours)}
    assert len(ids) == 2


def test_a_text_in_parts_is_one_text_and_its_quotes_are_marked(read: Callable[..., Any]) -> None:
    quote = {"type": "blockquote", "text": "😀 he said"}
    parts = [
        "Call 😀 ",
        {"type": "phone", "text": "+44 7700 900123"},
        " ",
        quote,
        {"type": "blockquote", "text": " so"},
        7,
        {},
    ]
    post = read(json.dumps(chat(message(1, text=parts)))).of(Post)[0]
    assert post.text == "Call 😀 +44 7700 900123 😀 he said so"
    assert [post.text[a:b] for a, b in zip(post.quoted_spans[::2], post.quoted_spans[1::2], strict=True)] == [
        "😀 he said so"
    ]


def test_the_same_forward_is_one_object_however_it_is_written(read: Callable[..., Any]) -> None:
    file = {"forwarded_from": "Origin", "file_name": "a.mp4", "file_size": 99}
    photo = {"forwarded_from": "Origin", "photo": "(File not included. Change data exporting settings)"}
    messages = [
        message(1, "user5", "Ｂoat  tonight\n£900", forwarded_from="Origin"),
        message(2, "user6", ["boat ", {"type": "bold", "text": "TONIGHT"}, " £900 "], forwarded_from="Origin"),
        message(3, "user6", "boat tonight £900", forwarded_from="Other"),
        message(4, "user6", "boat tonight £900", forwarded_from=None),
        message(5, "user6", "boat tonight £900"),
        message(6, "user6", "", width=9, height=9, **photo),
        message(7, "user6", "", file="(File not included. Change data exporting settings)", **file),
        message(8, "user5", "", file="files/a (2).mp4", **file),
    ]
    found = read(json.dumps(chat(*messages)))
    objects = {repost.content_id.rsplit("/", 1)[1]: repost.object_id for repost in found.of(Repost)}
    assert sorted(objects) == ["1", "2", "3", "4", "7", "8"]
    assert objects["1"] == objects["2"]
    assert objects["7"] == objects["8"]
    assert len(set(objects.values())) == 4
    assert all(each.startswith("telegram:fwd-") for each in objects.values())
    assert {post.native_id.rsplit("/", 1)[1] for post in found.of(Post) if post.kind == "repost"} == set("1234678")
    assert {repost.object_name for repost in found.of(Repost)} == {"Origin", "Other", None}


def test_the_unix_time_decides_and_local_time_stands_in_for_it(read: Callable[..., Any]) -> None:
    old = {key: value for key, value in message(2).items() if key != "date_unixtime"}
    posts = read(json.dumps(chat(message(1), old)), timezone="Asia/Baghdad").of(Post)
    assert posts[0].at.utc().hour == 10
    assert posts[0].at.zone_known
    assert posts[1].at.utc().hour == 9
    assert not posts[1].at.zone_known


def test_a_channels_posts_are_the_channels(read: Callable[..., Any]) -> None:
    posts = [message(1, "channel7"), message(2, 7), {**message(3), "from_id": None}]
    found = read(json.dumps(chat(*posts, kind="public_channel")))
    assert {post.account_id for post in found.of(Post)} == {"telegram:channel7"}
    assert found.of(Account)[-1].display_name == "Five"


def test_a_bare_number_of_old_exports_is_a_users(read: Callable[..., Any]) -> None:
    assert read(json.dumps(chat(message(1, 5)))).of(Account)[0].id == "telegram:user5"


def test_a_contact_card_is_kept_with_its_post(read: Callable[..., Any]) -> None:
    card = {"first_name": "Ali", "last_name": "B", "phone_number": "+964 770 000 0122"}
    post = read(json.dumps(chat(message(1, text="", contact_information=card)))).of(Post)[0]
    assert (post.contact_name, post.contact_phone, post.text, post.media) == (
        "Ali B",
        "+964 770 000 0122",
        None,
        "contact",
    )


def test_an_answer_names_the_message_it_answers_also_in_another_chat(read: Callable[..., Any]) -> None:
    found = read(
        json.dumps(
            chat(message(2, reply_to_message_id=1), message(3, reply_to_message_id=9, reply_to_peer_id="channel8"))
        )
    )
    assert [post.reply_to for post in found.of(Post)] == ["telegram:channel7/1", "telegram:channel8/9"]
    assert {post.kind for post in found.of(Post)} == {"reply"}


def test_the_collector_is_marked_and_those_it_speaks_with_alone_are_private(
    read: Callable[..., Any],
) -> None:
    export = full(
        chat(message(1, "user5"), message(2, "user1"), kind="personal_chat", number=5),
        chat(message(1, "user1"), message(2, "user6")),
    )
    accounts = read(json.dumps(export)).of(Account)
    assert {(each.id, each.collector, each.private) for each in accounts} == {
        ("telegram:user1", True, False), ("telegram:user5", False, True), ("telegram:user6", False, False),
    }  # fmt: skip
    assert accounts[0].phone == "+44 7700 900001"
    assert accounts[0].handle == "@me"


def test_in_a_single_private_chat_the_collector_is_the_one_it_is_not_with(read: Callable[..., Any]) -> None:
    found = read(json.dumps(chat(message(1, "user5"), message(2, "user4"), kind="personal_chat", number=5)))
    assert {each.id for each in found.of(Account) if each.collector} == {"telegram:user4"}


def test_the_address_book_keeps_its_numbers_with_the_relation(read: Callable[..., Any]) -> None:
    contacts = {"list": [
        {"user_id": 5, "first_name": "Boss", "phone_number": "+964 770 000 0121", "date_unixtime": "1672531200"},
        {"first_name": "Nobody", "phone_number": "00964 770 000 0123", "date": "2023-01-01T00:00:00"},
    ]}  # fmt: skip
    found = read(json.dumps(full(contacts=contacts)))
    relations = found.of(Relation)
    assert [(each.subject_id, each.kind, each.name, each.phone, each.private) for each in relations] == [
        ("telegram:user1", "contact", "Boss", "+964 770 000 0121", True),
        ("telegram:user1", "contact", "Nobody", "00964 770 000 0123", True),
    ]
    assert relations[0].object_id == "telegram:user5"
    assert all(each.phone is None and each.private for each in found.of(Account) if not each.collector)


def test_an_invitation_is_a_relation_where_ids_are_given(read: Callable[..., Any]) -> None:
    service = {"type": "service", "date_unixtime": "1711965600", "actor": "Boss", "text": ""}
    rows = [
        {**service, "id": 1, "actor_id": "user5", "action": "invite_members", "members": ["A name", None, "user6"]},
        {**service, "id": 2, "actor_id": "user7", "action": "join_group_by_link", "inviter": "user5"},
        {**service, "id": 3, "actor_id": "user8", "action": "pin_message"},
        {**service, "id": 4, "action": "send_payment"},
    ]
    found = read(json.dumps(chat(*rows)))
    assert [(each.subject_id, each.object_id, each.kind, each.private) for each in found.of(Relation)] == [
        ("telegram:user5", "telegram:user6", "invited", False),
        ("telegram:user5", "telegram:user7", "invited", False),
    ]
    assert {each.id for each in found.of(Account)} == {f"telegram:user{n}" for n in (5, 6, 7, 8)}
    assert found.reasons == [(4, "a service message (send_payment) that does not say who acted")]


def test_login_codes_are_never_kept(read: Callable[..., Any]) -> None:
    found = read(json.dumps(full(chat(message(1, text="Your code is 12345"), kind="verification_codes"))))
    assert found.of(Post) == []
    assert "login codes" in found.reasons[0][1]
    assert "12345" not in repr(found.rows)


def test_a_message_without_an_author_is_a_post_of_nobody(read: Callable[..., Any]) -> None:
    found = read(json.dumps(chat({"id": 1, "type": "message", "text": "hi", "forwarded_from": "A"})))
    assert found.of(Post)[0].account_id is None
    assert found.of(Repost) == []
    assert found.reasons == []
