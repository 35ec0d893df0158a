"""Messages of Telegram as Telethon gives them: one JSON object a line, as 4CAT stores them, or a list of them.

Accounts, chats and messages have the ids that Telegram Desktop's exports give them. A forward names the very message
that it passes on where that stood in a channel. A private chat's messages do not say who collected them, unless one is
theirs (``out``): the chat is named after ``--collector`` where that is their number, else after the file. Keys:
LonamiWebs/Telethon; digitalmethodsinitiative/4cat, datasources/telegram.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from graph.records import PRIVATE_CHATS, Account, Chat, ChatKind, Moment, Post, Record, Rejection, Relation, Repost
from graph.records import scoped_id as scoped
from loaders.contract import NO_OBJECT_LINES, Layout, Loader
from loaders.json_values import id_of, list_of, map_of, no_id, text_of
from loaders.telegram_text import folded, object_of_forward
from loaders.telethon_peers import (
    PLATFORM,
    account_of,
    bare_number,
    handle_of,
    invite_of,
    kind_of,
    name_of,
    peer_of,
    peer_of_entity,
    told_of_peers,
)
from loaders.telethon_text import contact_of, links_of, media_digests, media_of, quoted_spans
from loaders.times import moment_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph.records import Source
    from loaders.contract import Head, Row

_PLACES, _CONTENTS = {"peer_id", "_chat", "_chat_peer", "to_id"}, {"message", "action", "media"}
#: What stands for a collector whom the messages do not name, as in Telegram Desktop's exports.
_UNTOLD = "export-"
_SAID = re.compile(r"(?:telegram:)?(?:user)?(\d{1,18})", re.ASCII)
COLUMNS = {
    "id, peer_id, _chat": "the message's number, and the chat it stands in, with its name, title and kind",
    "from_id, _sender, post": "who wrote it: number, name, shown name, phone, and what Telegram says of them",
    "date": "when: Unix time, or a date; one without a zone belongs to `--timezone`",
    "message": "the text; of `entities` its block quotes, counted in UTF-16, and the links behind words",
    "reply_markup": "the links behind buttons",
    "fwd_from, _forward": "what it forwards: whose, and in a channel which message",
    "reply_to": "the message it answers, and in which chat if not this one; a forum's topic is none",
    "media": "what is attached, Telegram's numbers of photos and files, and a contact card's name and number",
    "action": "a service message: who acted, and whom they invited",
    "full_user, full_chat": "where 4CAT resolved references: descriptions, how many there are, the way into a chat",
    "restriction_reason": "why Telegram restricts the message; of a chat it is kept that, and not why",
    "out": "True where whoever collected wrote it: marked as collector, never linked or shown",
}


class _Scene(NamedTuple):
    """A message, its chat's record and peer, its author, who collects, also as was said, and what is told of peers."""

    item: dict[str, Any]
    chat: Chat
    peer: str
    author: str | None
    collector: str
    said: str
    entities: dict[str, dict[str, Any]]
    full: dict[str, dict[str, Any]]


def _recognises(head: Head) -> str | None:
    if head.object_line() is None and not head.text.lstrip().startswith("["):
        return f"{NO_OBJECT_LINES} and is no list of objects"
    keys = head.first_keys()
    if "id" in keys and keys & _PLACES and keys & _CONTENTS:
        return None
    return "its first object is no message with id, peer_id (or _chat) and message (or action)"


def _records(row: Row) -> Iterator[Record | Rejection]:
    item = map_of(row.values.get("item")) if "within" in row.values else dict(row.values)
    found: list[Record | Rejection] = []
    try:
        scene = _scene(item, row.source)
        found.append(scene.chat)
        _take_message(found, scene, row.source.timezone)
    except ValueError as problem:
        found.append(Rejection(line=row.line, reason=str(problem), row=f"id {id_of(item.get('id'))}"))
    return iter(found)


def _scene(item: dict[str, Any], source: Source) -> _Scene:
    """Return where a message stands; raise ``ValueError`` where it does not say so."""
    peer = _chat_peer(item)
    if peer is None:
        raise ValueError("a message that does not say in which chat it stands")
    entities, full = told_of_peers(item)
    said = (source.collector or "").strip()
    found = _SAID.fullmatch(said)
    collector = f"user{found[1]}" if found else f"{_UNTOLD}{source.sha256[:12]}"
    entity = entities.get(peer, {})
    kind = _chat_kind(item, peer, entity, collector)
    if kind == "saved":
        collector = peer
    private = kind in PRIVATE_CHATS
    chat = Chat(
        platform=PLATFORM,
        native_id=f"{collector}/{peer}" if private else peer,
        kind=kind,
        title=name_of(entity),
        handle=None if private else handle_of(entity),
        invite=None if private else invite_of(entity, full.get(peer, {})),
    )
    author = _author(item, kind, peer, collector)
    return _Scene(item, chat, peer, author, collector, said, entities, full)


def _chat_peer(item: dict[str, Any]) -> str | None:
    """Return the chat of a message; of a private one, whom it is with."""
    if peer := peer_of(item.get("peer_id")) or peer_of(item.get("_chat_peer")):
        return peer
    to = peer_of(item.get("to_id"))  # as it was before 2020: of a private message, whom it went to
    if to and to.startswith("user") and item.get("out") is not True:
        to = peer_of(item.get("from_id"))
    if to:
        return to
    return peer_of_entity(map_of(item.get("_chat"))) or peer_of(item.get("chat_id"))


def _chat_kind(item: dict[str, Any], peer: str, entity: dict[str, Any], collector: str) -> ChatKind | None:
    if peer.startswith("user"):
        if entity.get("is_self") is True or peer == collector:
            return "saved"
        return "bot" if entity.get("bot") is True else "personal"
    if peer.startswith("chat"):
        return "group"
    if entity.get("megagroup") is True or entity.get("gigagroup") is True:
        return "group"
    if entity.get("broadcast") is True or item.get("post") is True:
        return "channel"
    # Without what is told of the chat: all that stands in a channel, and nothing in a group, is a post of its own.
    return "group" if item.get("post") is False or entity.get("broadcast") is False else None


def _take_message(found: list[Record | Rejection], scene: _Scene, timezone: str | None) -> None:
    """Add who wrote a message, the post, and what it forwards."""
    item = scene.item
    if kind_of(item) == "MessageEmpty":
        raise ValueError("a message that is gone (MessageEmpty)")
    if scene.author:
        found.append(_account(scene, scene.author))
    if map_of(item.get("action")):
        found += _service(scene, scene.author, moment_at(item, "date", timezone))
        return
    number = id_of(item.get("id"))
    if not number:
        raise ValueError(no_id("a message", item.get("id")))
    if _CONTENTS.isdisjoint(item):
        raise ValueError("a message without its text (message), media or action")
    post = _post(scene, number, moment_at(item, "date", timezone))
    found.append(post)
    if header := map_of(item.get("fwd_from")):
        original = _original(header)
        if original and original in scene.entities:
            found.append(_account(scene, original))
        if repost := _forward(scene, header, original, post):
            found.append(repost)


def _author(item: dict[str, Any], kind: ChatKind | None, peer: str, collector: str) -> str | None:
    """Return who wrote a message: what stands in a channel is the channel's, a private one's is told by its way."""
    if told := peer_of(item.get("from_id")):
        return told
    if kind == "channel" or item.get("post") is True:
        return peer
    if told := peer_of_entity(map_of(item.get("_sender"))) or peer_of(item.get("_sender_id")):
        return told
    if kind not in PRIVATE_CHATS or not isinstance(item.get("out"), bool):
        return None
    return collector if item["out"] else peer


def _account(scene: _Scene, peer: str) -> Account:
    """Return an account, marked where it is the collector's or known from a private chat only."""
    entity = scene.entities.get(peer, {})
    mine = _is_collector(scene, peer, entity)
    private = scene.chat.kind in PRIVATE_CHATS
    return account_of(peer, entity, scene.full.get(peer, {}), collector=mine, private=private)


def _is_collector(scene: _Scene, peer: str, entity: dict[str, Any]) -> bool:
    """Return whether an account is that of whoever collected; a channel never is, though they may post in its name."""
    if peer == scene.collector or entity.get("is_self") is True:
        return True
    if peer.startswith(("channel", "chat")):
        return False
    if scene.said and _is_called(entity, scene.said):
        return True
    if peer != scene.author:
        return False
    # Two people talk in a personal chat: the one it is with, and the one who collected it.
    other = scene.chat.kind == "personal" and peer != scene.peer and scene.collector.startswith(_UNTOLD)
    return scene.item.get("out") is True or other


def _is_called(entity: dict[str, Any], said: str) -> bool:
    """Return whether an account has the handle, number or name by which ``--collector`` says who collected."""
    handle, phone = handle_of(entity), text_of(entity.get("phone"))
    called = {name_of(entity), f"@{handle.lower()}" if handle else None, f"+{phone.lstrip('+')}" if phone else None}
    given = {said, f"@{said.removeprefix('@').lower()}", f"+{re.sub(r'[^0-9]', '', said)}"}
    return bool(given & called)


def _post(scene: _Scene, number: str, at: Moment | None) -> Post:
    item = scene.item
    text = text_of(item.get("message"))
    answered, where = _answered(scene)
    contact_name, contact_phone = contact_of(item)
    reasons = (map_of(each) for each in list_of(item.get("restriction_reason")))
    restricted = sorted({reason for each in reasons if (reason := text_of(each.get("reason")))})
    forward = bool(map_of(item.get("fwd_from")))
    return Post(
        platform=PLATFORM,
        native_id=f"{scene.chat.native_id}/{number}",
        account_id=scoped(PLATFORM, scene.author) if scene.author else None,
        chat_id=scene.chat.id,
        kind="repost" if forward else "reply" if answered else "post",
        text=text,
        quoted_spans=quoted_spans(item, text),
        at=at,
        reply_to=scoped(PLATFORM, f"{where}/{answered}") if answered else None,
        media=media_of(item),
        contact_name=contact_name,
        contact_phone=contact_phone,
        status="restricted: " + ", ".join(restricted) if restricted else None,
        links=links_of(item),
        media_digests=media_digests(item),
    )


def _answered(scene: _Scene) -> tuple[str | None, str]:
    """Return the number of the message that is answered, and its chat; a message in a forum's topic answers nobody."""
    header = map_of(scene.item.get("reply_to"))
    number = id_of(header.get("reply_to_msg_id")) or id_of(scene.item.get("reply_to_msg_id"))
    if header.get("forum_topic") is True and not header.get("reply_to_top_id"):
        number = None
    return number, peer_of(header.get("reply_to_peer_id")) or scene.chat.native_id


def _original(header: dict[str, Any]) -> str | None:
    """Return whose message is forwarded; before 2020 channels stood beside users."""
    channel = bare_number(header.get("channel_id"))
    return f"channel{channel}" if channel else peer_of(header.get("from_id"))


def _forward(scene: _Scene, header: dict[str, Any], original: str | None, post: Post) -> Repost | None:
    """Return what a post passes on: a channel's message by its number, any other as Telegram Desktop's are told."""
    if post.account_id is None:
        return None
    name = text_of(header.get("from_name")) or name_of(scene.entities.get(original or "", {}))
    number = id_of(header.get("channel_post"))
    if number and original and original.startswith("channel"):
        object_id: str | None = f"{original}/{number}"
    else:
        marks = tuple(("media", digest) for digest in post.media_digests)
        object_id = object_of_forward(name or original, folded(post.text), marks)
    if object_id is None:
        return None
    return Repost(
        account_id=post.account_id,
        content_id=post.id,
        object_id=scoped(PLATFORM, object_id),
        kind="forward",
        at=post.at,
        object_account_id=scoped(PLATFORM, original) if original else None,
        object_name=name,
    )


def _service(scene: _Scene, actor: str | None, at: Moment | None) -> Iterator[Record]:
    """Yield whom a service message says that somebody invited, and the invitation."""
    action = map_of(scene.item["action"])
    if not actor:
        raise ValueError(f"a service message ({kind_of(action)[:60] or 'without a type'}) that does not say who acted")
    added = [f"user{number}" for each in list_of(action.get("users")) if (number := bare_number(each))]
    inviter = bare_number(action.get("inviter_id"))
    pairs = [(actor, each) for each in added] + ([(f"user{inviter}", actor)] if inviter else [])
    for subject, invited in pairs:
        if subject != invited:
            yield _account(scene, invited if subject == actor else subject)
            yield Relation(
                subject_id=scoped(PLATFORM, subject), object_id=scoped(PLATFORM, invited), kind="invited", at=at
            )


LOADER = Loader(
    name="telethon",
    title="Telethon's messages of Telegram, one JSON object a line or a list, as 4CAT stores them",
    shapes=("json-lines", "json-document"),
    recognises=_recognises,
    columns=COLUMNS,
    records=_records,
    rank=7,
    platform=PLATFORM,
    layout=Layout(rows=("item",)),
)
