"""Telegram Desktop's ``result.json``: one exported chat, or everything of one account.

A row is a message or a contact. In private chats each side numbers its own messages, so these chats are named after
the person who exported them. An export has no original message id for a forward: its object is told by whom it is from,
its date if given, and its text or media. Keys: Telegram Desktop, export/output/export_output_json.cpp.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from graph.records import (
    Account,
    Chat,
    ChatKind,
    Moment,
    Post,
    PostKind,
    Record,
    Rejection,
    Relation,
    Repost,
    scoped_id,
)
from loaders.contract import Layout, Loader
from loaders.json_values import id_of, list_of, map_of, no_id, text_of
from loaders.telegram_text import forwarded_object, full_name, links_of, media_of, written
from loaders.times import moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph.records import Source
    from loaders.contract import Head, Row

PLATFORM = "telegram"

#: Chat type: what it is here, and the prefix that its number has in ``from_id``.
_CHATS: dict[str, tuple[ChatKind, str]] = {
    "saved_messages": ("saved", "user"),
    "replies": ("saved", "user"),
    "verification_codes": ("saved", "user"),
    "personal_chat": ("personal", "user"),
    "bot_chat": ("bot", "user"),
    "private_group": ("group", "chat"),
    "private_supergroup": ("group", "channel"),
    "public_supergroup": ("group", "channel"),
    "private_channel": ("channel", "channel"),
    "public_channel": ("channel", "channel"),
}
#: What stands for a collector whom the export does not name.
_UNTOLD = "export-"
_PEER = re.compile(r"(?:user|chat|channel)\d+", re.ASCII)
_SIGNS = (
    re.compile(rf'"type"\s*:\s*"(?:{"|".join(_CHATS)})"'),
    re.compile(r'"(?:chats|left_chats|contacts|frequent_contacts)"\s*:\s*\{\s*"(?:about|list)"'),
    re.compile(r'"personal_information"\s*:\s*\{'),
    re.compile(r'"messages"\s*:\s*\[\s*\{.*"(?:from_id|actor_id|date_unixtime|text_entities)"\s*:', re.DOTALL),
)
COLUMNS = {
    "chats.list.item.messages.item, left_chats.list.item.messages.item, messages.item": "the messages, each a row",
    "contacts.list.item": "the address book of whoever exported; each contact a row, kept and never shown",
    "personal_information": "who exported: marked as collector, never linked or shown",
    "type, id, name": "of a chat: what it is, its number, its title",
    "from_id, from": "the author's id and name; a bare number, as in old exports, is a user's",
    "date_unixtime": "when; where it is absent, `date` in the zone of `--timezone`",
    "text, text_entities": "the text, in one piece or in parts, with its block quotes and the links behind words",
    "contact_information": "a contact card: its name and number",
    "forwarded_from": "whom a forward is from, by name",
    "reply_to_message_id, reply_to_peer_id": "the message it answers, and in which chat if not this one",
    "actor_id, members, inviter": "who did what a service message tells, and whom it invited where ids are given",
}


class _Setting(NamedTuple):
    """Where a message stands: the chat, who exported it (native id, and whether the export says so)."""

    chat: Chat
    kind: ChatKind | None
    peer: str
    collector: str
    collector_told: bool


def _recognises(head: Head) -> str | None:
    if not head.text.lstrip().startswith("{"):
        return "it is no JSON object"
    if not any(sign.search(head.text) for sign in _SIGNS):
        return "it has neither a chat's type and messages nor personal_information, contacts or chats"
    return None


def _records(row: Row) -> Iterator[Record | Rejection]:
    values, source, line, _ = row
    root, around = values["within"][0], values["within"][-1]
    personal = map_of(root.get("personal_information"))
    found: list[Record | Rejection] = []
    if values["first"] and (me := _collector(personal)):
        found.append(me)
    collector_id = id_of(personal.get("user_id"))
    collector = f"user{collector_id}" if collector_id else f"{_UNTOLD}{source.sha256[:12]}"
    item = values["item"]
    try:
        if values["at"] == "contacts.list.item":
            found += _contact(item, collector, told=collector_id is not None, timezone=source.timezone)
        else:
            chat = (id_of(around.get("id")), text_of(around.get("type")) or "", text_of(around.get("name")))
            setting = _setting(*chat, collector, told=collector_id is not None)
            if values["opens"]:
                found.append(setting.chat)
            _take_message(found, item, setting, source)
    except ValueError as problem:
        found.append(Rejection(line=line, reason=str(problem)))
    return iter(found)


def _collector(personal: dict[str, Any]) -> Account | None:
    number = id_of(personal.get("user_id"))
    if not number:
        return None
    return Account(
        platform=PLATFORM,
        native_id=f"user{number}",
        handle=text_of(personal.get("username")),
        display_name=full_name(personal),
        bio=text_of(personal.get("bio")),
        phone=text_of(personal.get("phone_number")),
        collector=True,
    )


def _contact(item: dict[str, Any], collector: str, *, told: bool, timezone: str | None) -> Iterator[Record]:
    """Yield the account of an address book entry and the relation; the number stays with the relation."""
    number = id_of(item.get("user_id"))
    phone = text_of(item.get("phone_number"))
    name = full_name(item)
    if number:
        native_id = f"user{number}"
    elif digits := re.sub(r"\D", "", phone or ""):
        # Most exports give no user_id; the same entry is known again by its number.
        native_id = "contact-" + hashlib.sha256(digits.encode()).hexdigest()[:16]
    else:
        raise ValueError("a contact with neither an account nor a number: whom it means is not told")
    if not told:
        yield Account(platform=PLATFORM, native_id=collector, collector=True)
    account = Account(platform=PLATFORM, native_id=native_id, display_name=name, private=True)
    yield account
    mine = scoped_id(PLATFORM, collector)
    yield Relation(
        subject_id=mine,
        object_id=account.id,
        kind="contact",
        asserted_by=mine,
        name=name,
        phone=phone,
        private=True,
        at=_when(item, timezone),
    )


@lru_cache(maxsize=64)
def _setting(number: str | None, sort: str, title: str | None, collector: str, *, told: bool) -> _Setting:
    """Return where the messages of a chat stand; made once for its thousands of messages."""
    if not number:
        raise ValueError("its chat has no id")
    if sort not in _CHATS:
        # It may be a conversation of two, and what is private must not be shown for want of a name for it.
        raise ValueError(f"a message from a chat of the unknown type {sort[:40]!r}: it may be a private one")
    kind, prefix = _CHATS[sort]
    if sort == "verification_codes":
        raise ValueError("a message from the chat of login codes, which is nobody's post")
    peer = f"{prefix}{number}"
    private = kind in {"personal", "bot", "saved"}
    native_id = f"{collector}/{peer}" if private else peer
    record = Chat(platform=PLATFORM, native_id=native_id, kind=kind, title=title)
    return _Setting(record, kind, peer, collector, told)


def _take_message(found: list[Record | Rejection], item: dict[str, Any], setting: _Setting, source: Source) -> None:
    """Add who wrote a message, the post, and what it forwards."""
    sort = item.get("type")
    if sort == "service":
        found += _service(item, setting, source)
        return
    if sort == "unsupported":
        raise ValueError("a message that this Telegram Desktop could not export (type unsupported)")
    if sort != "message":
        raise ValueError(f"a message of the unknown type {str(sort)[:40]!r}")
    number = id_of(item.get("id"))
    if not number:
        raise ValueError(no_id("a message", item.get("id")))
    author = _peer(item.get("from_id"), setting) or (setting.peer if setting.kind == "channel" else None)
    if author:
        name = text_of(item.get("from")) or (setting.chat.title if author == setting.peer else None)
        found.append(_account(author, name, setting.kind, setting.peer, setting.collector))
    forward = "forwarded_from" in item
    kind: PostKind = "repost" if forward else "post"
    post = _post(item, setting, number, author=author, kind=kind, at=_when(item, source.timezone))
    found.append(post)
    if forward and author and (original := forwarded_object(item, post.text)):
        repost = Repost(
            account_id=scoped_id(PLATFORM, author),
            content_id=post.id,
            object_id=scoped_id(PLATFORM, original),
            kind="forward",
            at=post.at,
            object_account_id=_scoped(_peer(item.get("forwarded_from_id"), setting)),
            object_name=text_of(item.get("forwarded_from")),
        )
        found.append(repost)


def _post(
    item: dict[str, Any], setting: _Setting, number: str, *, author: str | None, kind: PostKind, at: Moment | None
) -> Post:
    text, quoted = written(item)
    answered = id_of(item.get("reply_to_message_id"))
    other = _peer(item["reply_to_peer_id"], setting) if answered and "reply_to_peer_id" in item else None
    card = map_of(item["contact_information"]) if "contact_information" in item else {}
    where = other or setting.chat.native_id
    return Post(
        platform=PLATFORM,
        native_id=f"{setting.chat.native_id}/{number}",
        account_id=_scoped(author),
        chat_id=setting.chat.id,
        kind="reply" if answered and kind == "post" else kind,
        text=text,
        quoted_spans=quoted,
        at=at,
        reply_to=scoped_id(PLATFORM, f"{where}/{answered}") if answered else None,
        media=media_of(item),
        contact_name=full_name(card) if card else None,
        contact_phone=text_of(card.get("phone_number")),
        links=links_of(item) if text and type(item.get("text")) is list else (),
    )


def _service(item: dict[str, Any], setting: _Setting, source: Source) -> Iterator[Record]:
    """Yield who acted, and whom they invited as far as the export gives ids (it mostly gives names)."""
    action = str(item.get("action") or "without an action")[:60]
    actor = _peer(item.get("actor_id"), setting)
    if not actor:
        raise ValueError(f"a service message ({action}) that does not say who acted")
    where = (setting.kind, setting.peer, setting.collector)
    account = _account(actor, text_of(item.get("actor")), *where)
    yield account
    at = _when(item, source.timezone)
    pairs = []
    if action == "invite_members":
        pairs = [(actor, member) for each in list_of(item.get("members")) if (member := _named_peer(each))]
    elif inviter := _named_peer(item.get("inviter")):
        pairs = [(inviter, actor)]
    for subject, invited in pairs:
        if subject != invited:
            other = invited if subject == actor else subject
            yield _account(other, None, *where)
            yield Relation(
                subject_id=scoped_id(PLATFORM, subject), object_id=scoped_id(PLATFORM, invited), kind="invited", at=at
            )


@lru_cache(maxsize=1 << 14)
def _account(native_id: str, name: str | None, kind: ChatKind | None, peer: str, collector: str) -> Account:
    """Return an account of a chat, marked where it is the collector's or known from a private chat only.

    ``peer`` is the chat's, ``kind`` its kind. One that writes often is made once.
    """
    if kind == "personal":
        # Two people talk in a personal chat: the one it is with, and the one who exported it. Where that one is named,
        # anybody else there is a third, who must not vanish as the collector does.
        mine = native_id != peer and collector.startswith(_UNTOLD)
    elif kind == "saved":
        mine = native_id == peer
    else:
        mine = False
    mine = mine or native_id == collector
    private = not mine and kind in {"personal", "bot", "saved"}
    return Account(platform=PLATFORM, native_id=native_id, display_name=name, collector=mine, private=private)


def _peer(value: Any, setting: _Setting) -> str | None:
    """Return a peer's id with its type before it; the bare number of old exports is a user's or the channel's."""
    text = id_of(value)
    return None if text is None else _peer_of(text, setting.peer if setting.kind == "channel" else None)


@lru_cache(maxsize=1 << 14)
def _peer_of(text: str, channel: str | None) -> str | None:
    if _PEER.fullmatch(text):
        return text
    if text.isascii() and text.isdigit():
        return channel if channel == f"channel{text}" else f"user{text}"
    return None


def _named_peer(value: Any) -> str | None:
    """Return the id of a member or inviter where one is given; a name is no identity."""
    if isinstance(value, dict):
        value = value.get("id") or value.get("user_id")
        return f"user{number}" if (number := id_of(value)) and number.isdigit() else _named_peer(number)
    return value if isinstance(value, str) and _PEER.fullmatch(value) else None


def _when(item: dict[str, Any], timezone: str | None) -> Moment | None:
    """Return when, by the Unix time if there is one, else by the local time of whoever exported."""
    for key in ("date_unixtime", "date"):
        value = item.get(key)
        if value is not None and value != "":
            try:
                return moment(value, timezone)
            except ValueError as problem:
                raise ValueError(f"{key}: {problem}") from problem
    return None


def _scoped(native_id: str | None) -> str | None:
    return scoped_id(PLATFORM, native_id) if native_id else None


_PERSONAL = (0, "personal_information")
_CHAT = ((-1, "type"), (-1, "id"))
LOADER = Loader(
    name="telegram-desktop",
    title="Telegram Desktop's result.json, of one chat or of everything",
    shapes=("json-document",),
    recognises=_recognises,
    columns=COLUMNS,
    records=_records,
    rank=10,
    platform=PLATFORM,
    layout=Layout(
        rows=(
            "messages.item",
            "chats.list.item.messages.item",
            "left_chats.list.item.messages.item",
            "contacts.list.item",
        ),
        objects=("personal_information",),
        needs={
            "messages.item": _CHAT,
            "chats.list.item.messages.item": (_PERSONAL, *_CHAT),
            "left_chats.list.item.messages.item": (_PERSONAL, *_CHAT),
            "contacts.list.item": (_PERSONAL,),
        },
    ),
)
