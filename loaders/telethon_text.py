"""What a message in Telethon's JSON says and shows: its quotations, links and media.

Entities mark parts of a text by their place in UTF-16 code units. Media are called what Telegram Desktop calls them, so
that one message has one description in the exports of both.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate
from typing import Any

from loaders.json_values import id_of, list_of, map_of, text_of
from loaders.telegram_text import full_name
from loaders.telethon_peers import kind_of

_BASIC_PLANE = "\uffff"
_KINDS = {
    "MessageMediaPhoto": "photo",
    "MessageMediaContact": "contact",
    "MessageMediaGeo": "location",
    "MessageMediaGeoLive": "location",
    "MessageMediaVenue": "location",
    "MessageMediaPoll": "poll",
    "MessageMediaGame": "game_title",
    "MessageMediaInvoice": "invoice",
}


def quoted_spans(item: dict[str, Any], text: str | None) -> tuple[int, ...]:
    """Return the spans of a text that are block quotes, in characters: start, end, start, end."""
    found = [
        (start, start + length)
        for each in map(map_of, list_of(item.get("entities")))
        if kind_of(each) == "MessageEntityBlockquote" or (not kind_of(each) and "collapsed" in each)
        if (start := _place(each.get("offset"))) is not None and (length := _place(each.get("length")))
    ]
    if not (text and found):
        return ()
    spans: list[int] = []
    at = _characters(text)
    for start, end in sorted((at(start), at(end)) for start, end in found):
        if spans and start <= spans[-1]:
            spans[-1] = max(spans[-1], end)
        elif start < end:
            spans += (start, end)
    return tuple(spans)


def links_of(item: dict[str, Any]) -> tuple[str, ...]:
    """Return where words and buttons of a message lead; a link that is to be read is text."""
    found = [text_of(each.get("url")) for each in map(map_of, list_of(item.get("entities")))]
    for row in map(map_of, list_of(map_of(item.get("reply_markup")).get("rows"))):
        found += [text_of(map_of(button).get("url")) for button in list_of(row.get("buttons"))]
    return tuple(dict.fromkeys(link for link in found if link))


def media_of(item: dict[str, Any]) -> str | None:
    """Return what is attached: the kind of media, and its file's name where one is given; a link's preview is none."""
    media = map_of(item.get("media"))
    document = map_of(media.get("document"))
    if document:
        attributes = [map_of(each) for each in list_of(document.get("attributes"))]
        name = next((name for each in attributes if (name := text_of(each.get("file_name")))), None)
        kind = _document_kind(text_of(document.get("mime_type")) or "", attributes)
        return f"{kind} {name}" if name else kind
    if told := _KINDS.get(kind_of(media)):
        return told
    if "phone_number" in media:
        return "contact"
    return next((name for name in ("photo", "contact", "poll") if map_of(media.get(name))), None)


def media_digests(item: dict[str, Any]) -> tuple[str, ...]:
    """Return Telegram's own numbers of a message's photo and file, which they keep where they are passed on."""
    media = map_of(item.get("media"))
    found = ((name, id_of(map_of(media.get(name)).get("id"))) for name in ("photo", "document"))
    return tuple(f"{name}{number}" for name, number in found if number)


def contact_of(item: dict[str, Any]) -> tuple[str | None, str | None]:
    """Return the name and number on a contact card."""
    media = map_of(item.get("media"))
    card = map_of(media.get("contact")) or media  # newer layers have it in one piece
    return full_name(card), text_of(card.get("phone_number"))


def _document_kind(mime_type: str, attributes: list[dict[str, Any]]) -> str:
    """Return what Telegram Desktop calls a file of this kind."""
    names = {kind_of(each) for each in attributes}
    keys = {key for each in attributes for key in each}
    if "DocumentAttributeSticker" in names or "stickerset" in keys:
        return "sticker"
    if any(each.get("round_message") is True for each in attributes):
        return "video_message"
    if "DocumentAttributeAnimated" in names:
        return "animation"
    if any(each.get("voice") is True for each in attributes):
        return "voice_message"
    return {"video": "video_file", "audio": "audio_file"}.get(mime_type.partition("/")[0], "file")


def _place(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _characters(text: str) -> Any:
    """Return a function from a place in UTF-16 code units to that in characters, at most the text's end."""
    if max(text) <= _BASIC_PLANE:
        return lambda unit: min(unit, len(text))
    units = list(accumulate((1 + (each > _BASIC_PLANE) for each in text), initial=0))
    return lambda unit: min(bisect_left(units, unit), len(text))
