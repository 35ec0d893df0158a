"""4CAT's table of Telegram messages.

A chat is known by its public name, which is what the table has, or by its number where it has no name; a message by
chat and number. The author's number is a user's, unless the author is the channel itself: its name is then the chat's.
A forward tells its original by name and words, as in Telegram Desktop's exports, so that both give one object.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from graph.records import Account, Chat, Post, Repost, scoped_id
from loaders.contract import Loader
from loaders.fixed_columns import handle_of, mark, needed_id, own_id, words
from loaders.fourcat_columns import listed, person, posted_at, recognised_by, records_by
from loaders.json_values import map_of, text_of
from loaders.telegram_text import forwarded_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.records import Record, Source

PLATFORM = "telegram"
COLUMNS = {
    "id, thread_id, chat": "the message: the chat's name or number, and the message's number in it",
    "author, author_username, author_name": "who wrote it: number, public name, shown name",
    "body": "the text",
    "unix_timestamp, timestamp": "when: Unix time, else the clock time",
    "is_reply, reply_to": "the message that it answers, by its number in the chat",
    "author_forwarded_from_name, author_forwarded_from_username": "whom a forward is from",
    "entities_linked": "names that it links to: kept as links to t.me",
    "link_attached": "the link that is shown under it",
    "attachment_type, attachment_data, attachment_filename": "what is attached; of a contact card the name and number",
}


def _make(cells: Mapping[str, str], source: Source) -> list[Record]:
    chat = _chat(cells)
    number = needed_id(cells, "id").rpartition("-")[2]
    if not (number.isascii() and number.isdigit()):
        raise ValueError(f"id {number[:40]!r} ends in no message's number")
    account = _author(cells, chat)
    text, at = words(cells, "body"), posted_at(cells, source.timezone)
    answered = own_id(cells, "reply_to")
    forward = _forwarded_from(cells)
    card = _card(cells)
    kind = "repost" if forward is not None else "reply" if answered else "post"
    post = Post(
        platform=PLATFORM,
        native_id=f"{chat.native_id}/{number}",
        account_id=account.id if account else None,
        chat_id=chat.id,
        kind=kind,  # type: ignore[arg-type] # one of three words
        text=text,
        at=at,
        reply_to=scoped_id(PLATFORM, f"{chat.native_id}/{answered}") if answered else None,
        media=_media(cells),
        contact_name=" ".join(part for key in ("first_name", "last_name") if (part := text_of(card.get(key)))) or None,
        contact_phone=text_of(card.get("phone_number")),
        links=_links(cells),
    )
    records: list[Record] = [record for record in (chat, account, post) if record]
    if account and forward is not None and (original := forwarded_object({"forwarded_from": forward}, text)):
        repost = Repost(
            account_id=account.id,
            content_id=post.id,
            object_id=scoped_id(PLATFORM, original),
            kind="forward",
            at=at,
            object_name=forward or None,
        )
        records.append(repost)
    return records


def _chat(cells: Mapping[str, str]) -> Chat:
    told = own_id(cells, "chat") or own_id(cells, "thread_id")
    if not told:
        raise ValueError("chat is empty: where the message stands is not told")
    if told.lstrip("-").isdigit():
        return Chat(platform=PLATFORM, native_id=f"channel{told.removeprefix('-100').lstrip('-')}")
    name = told.removeprefix("@")
    return Chat(platform=PLATFORM, native_id=name.lower(), handle=name)


def _author(cells: Mapping[str, str], chat: Chat) -> Account | None:
    number = own_id(cells, "author") if person(cells, "author") else None
    handle = handle_of(cells, "author_username") if person(cells, "author_username") else None
    if not (number or handle):
        return None
    is_chat = bool(handle and chat.handle and handle.lower() == chat.handle.lower())
    if number and number.lstrip("-").isdigit():
        number = f"channel{number.removeprefix('-100').lstrip('-')}" if is_chat else f"user{number}"
    elif number:
        number = f"pseudonym-{number}"  # a digest that 4CAT put in its place
    return Account(platform=PLATFORM, native_id=number, handle=handle, display_name=person(cells, "author_name"))


def _forwarded_from(cells: Mapping[str, str]) -> str | None:
    """Return whom a message is forwarded from, "" where only that it is forwarded is told, ``None`` where it is not."""
    columns = ("author_forwarded_from_name", "author_forwarded_from_username", "author_forwarded_from_id")
    told = next((name for column in columns[:2] if (name := words(cells, column))), None)
    return told or ("" if mark(cells, columns[2]) or mark(cells, "unix_timestamp_forwarded_from") else None)


def _card(cells: Mapping[str, str]) -> dict[str, Any]:
    if mark(cells, "attachment_type") != "contact":
        return {}
    try:
        return map_of(orjson.loads(cells.get("attachment_data", "")))
    except orjson.JSONDecodeError:
        return {}


def _media(cells: Mapping[str, str]) -> str | None:
    kind, name = mark(cells, "attachment_type"), words(cells, "attachment_filename")
    return f"{kind} {name}" if kind and name else kind


def _links(cells: Mapping[str, str]) -> tuple[str, ...]:
    links = [f"https://t.me/{name}" for name in listed(cells, "entities_linked")]
    if shown := mark(cells, "link_attached"):
        links.append(shown)
    return tuple(dict.fromkeys(links))


LOADER = Loader(
    name="4cat-telegram",
    title="4CAT's Telegram messages: CSV, or one message a line as JSON",
    shapes=("table", "json-lines"),
    recognises=recognised_by("id", "chat", "author", "author_username", "body"),
    columns=COLUMNS,
    records=records_by(_make),
    rank=9,
    platform=PLATFORM,
)
