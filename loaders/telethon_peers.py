"""Whom and which chats Telethon's JSON tells of: by which numbers they are known, and what is said of them.

A peer is a user, a chat (a small group) or a channel (a large group too). Its number stands bare beside its type, or
marked: a chat's negative, a channel's after -100 (Telethon, utils.get_peer_id). 4CAT may put what is known of a peer in
the place of its number ("resolve references").
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from graph.records import Account
from loaders.json_values import count_of, id_of, list_of, map_of, text_of
from loaders.telegram_text import full_name

PLATFORM = "telegram"
_CHANNELS_FROM = 10**12
_NO_NUMBER = 10**18
_NUMBER = re.compile(r"-?\d{1,18}", re.ASCII)
_TYPES = {"user": ("User",), "chat": ("Chat", "ChatForbidden"), "channel": ("Channel", "ChannelForbidden")}
#: What Telegram itself says of an account or a channel.
_MARKS = ("deleted", "scam", "fake", "restricted")
#: Where a message has an account or a chat, and where a number in whose place there may be one.
_ENTITIES = ("_sender", "_chat")
_PEERS = ("from_id", "peer_id", "_chat_peer", "to_id")
#: A peer that is a type and a number, and nothing else.
_BARE = 2


def kind_of(value: Any) -> str:
    """Return what Telethon calls the type of a value, "" where that is not told."""
    told = map_of(value)
    return text_of(told.get("_type")) or text_of(told.get("_")) or ""


def peer_of(value: Any) -> str | None:
    """Return a peer as ``user5``, ``chat5`` or ``channel5``: of an object by its key, of a number by its mark."""
    if not isinstance(value, dict):
        number = _number(value)
        if not number:
            return None
        if number > 0:
            return f"user{number}"
        return f"channel{-number - _CHANNELS_FROM}" if -number > _CHANNELS_FROM else f"chat{-number}"
    for kind in ("channel", "chat", "user"):
        if number := bare_number(value.get(f"{kind}_id")):
            return f"{kind}{number}"
    users = (value.get("user"), *list_of(value.get("users"))[:1])
    return next((f"user{number}" for each in users if (number := bare_number(map_of(each).get("id")))), None)


def bare_number(value: Any) -> int | None:
    """Return a peer's number without its mark, where the type is told beside it."""
    number = _number(value)
    if number and number < 0:
        number = -number
        return number - _CHANNELS_FROM if number > _CHANNELS_FROM else number
    return number


class Told(NamedTuple):
    """What a message tells of peers, by peer.

    ``entities`` are users, chats and channels as Telegram describes them in short; ``full`` is what 4CAT asked of them
    beyond that: the description, how many there are, the way in.
    """

    entities: dict[str, dict[str, Any]]
    full: dict[str, dict[str, Any]]


def told_of_peers(item: dict[str, Any]) -> Told:
    """Return what a message tells of the peers that it names; of several descriptions of one, the first."""
    forward, header = map_of(item.get("_forward")), map_of(item.get("fwd_from"))
    found = [each.get(key) for each in (item, forward) if each for key in _ENTITIES]
    full = {}
    for value in (*(item.get(key) for key in _PEERS), header.get("from_id")):
        if not isinstance(value, dict) or len(value) <= _BARE:
            continue
        found.append(value.get("user"))
        found += (each for key in ("users", "chats") for each in list_of(value.get(key)))
        more = map_of(value.get("full_user")) or map_of(value.get("full_chat"))
        if more and (peer := peer_of(value)):
            full[peer] = more
    entities: dict[str, dict[str, Any]] = {}
    for each in found:
        entity = map_of(each)
        if entity and (peer := peer_of_entity(entity)):
            entities.setdefault(peer, entity)
    return Told(entities, full)


def peer_of_entity(entity: dict[str, Any]) -> str | None:
    """Return which peer a user, chat or channel is; ``None`` where its type is not to be told."""
    number = bare_number(entity.get("id"))
    if not number:
        return None
    sort = kind_of(entity)
    kind = next((kind for kind, names in _TYPES.items() if sort in names), None)
    if kind is None and not sort:
        if "broadcast" in entity or "megagroup" in entity:
            kind = "channel"
        elif "first_name" in entity or "phone" in entity:
            kind = "user"
        elif (_number(entity.get("id")) or 0) < 0:
            return peer_of(entity.get("id"))
    return f"{kind}{number}" if kind else None


def account_of(
    peer: str, entity: dict[str, Any], full: dict[str, Any], *, collector: bool = False, private: bool = False
) -> Account:
    """Return the account of a peer, with what is told of it."""
    phone = text_of(entity.get("phone"))
    if phone and phone.isascii() and phone.isdigit():
        phone = f"+{phone}"  # Telegram has all numbers in international form, and leaves the sign out
    return Account(
        platform=PLATFORM,
        native_id=peer,
        handle=handle_of(entity),
        display_name=name_of(entity),
        bio=text_of(full.get("about")),
        status=", ".join(mark for mark in _MARKS if entity.get(mark) is True) or None,
        phone=phone,
        followers=count_of(full.get("participants_count")) if peer.startswith("channel") else None,
        collector=collector,
        private=private and not collector,
    )


def handle_of(entity: dict[str, Any]) -> str | None:
    """Return a peer's name on t.me; the first that is in use where it has several."""
    name = text_of(entity.get("username"))
    others = (map_of(each) for each in list_of(entity.get("usernames")))
    return name or next((text_of(each.get("username")) for each in others if each.get("active") is True), None)


def name_of(entity: dict[str, Any]) -> str | None:
    """Return the name that a peer shows: a title, or first and last name."""
    return text_of(entity.get("title")) or full_name(entity)


def invite_of(entity: dict[str, Any], full: dict[str, Any]) -> str | None:
    """Return the link by which one joins a chat, where one is told and not revoked."""
    for value in (full.get("exported_invite"), entity.get("exported_invite"), entity.get("invite")):
        told = map_of(value)
        link = text_of(told.get("link")) or text_of(value)
        if link and told.get("revoked") is not True:
            return link
    return None


def _number(value: Any) -> int | None:
    if type(value) is int:
        return value if 0 < abs(value) < _NO_NUMBER else None
    text = id_of(value)
    return (int(text) or None) if text and _NUMBER.fullmatch(text) else None
