"""What a Telegram message says and carries, and by what a forward's original is told."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import TYPE_CHECKING, Any

from loaders.json_values import id_of, list_of, map_of, text_of

if TYPE_CHECKING:
    from collections.abc import Mapping

#: What stands for a file that was left out of the export: no name of anything.
_LEFT_OUT = re.compile(r"\((?:File|Photo) (?:not included|unavailable|exceeds)")
#: Keys that tell one file or other attachment from the next.
_TELLING = ("file_name", "file_size", "photo_file_size", "sticker_id")
_DESCRIBING = ("media_type", "mime_type", "duration_seconds", "width", "height", "sticker_emoji")
_KINDS = ("photo", "contact_information", "location_information", "poll", "game_title", "invoice_information", "file")
_ATTACHED = frozenset(_KINDS) | {"media_type"}


def full_name(person: Mapping[str, Any]) -> str | None:
    """Return the first and last name of somebody, or of a contact card; ``None`` where both are absent."""
    parts = (text_of(person.get("first_name")), text_of(person.get("last_name")))
    return " ".join(part for part in parts if part) or None


def written(item: dict[str, Any]) -> tuple[str | None, tuple[int, ...]]:
    """Return a message's text in one piece and the spans of its block quotes, in characters: start, end, start, end."""
    parts = item.get("text")
    if not parts and item.get("text_entities"):
        parts = item["text_entities"]
    if isinstance(parts, str):
        return text_of(parts), ()
    pieces: list[str] = []
    spans: list[int] = []
    length = 0
    for part in list_of(parts):
        piece = part if isinstance(part, str) else map_of(part).get("text")
        if not isinstance(piece, str) or not piece:
            continue
        pieces.append(piece)
        if isinstance(part, dict) and part.get("type") == "blockquote":
            if spans and spans[-1] == length:
                spans[-1] = length + len(piece)
            else:
                spans += (length, length + len(piece))
        length += len(piece)
    text = text_of("".join(pieces))
    return text, tuple(spans) if text else ()


def links_of(item: dict[str, Any]) -> tuple[str, ...]:
    """Return where the words lead that a message's writer put links behind; a link that is to be read is text."""
    found = dict.fromkeys(
        href
        for key in ("text", "text_entities")
        for part in list_of(item.get(key))
        if isinstance(part, dict) and part.get("type") == "text_link" and (href := text_of(part.get("href")))
    )
    return tuple(found)


def media_of(item: dict[str, Any]) -> str | None:
    """Return what is attached: the kind of media, and its file's name where one is given."""
    if _ATTACHED.isdisjoint(item):
        return None
    kind = text_of(item.get("media_type")) or next((key for key in _KINDS if item.get(key)), None)
    if kind is None:
        return None
    kind = kind.removesuffix("_information")
    name = text_of(item.get("file_name"))
    return f"{kind} {name}" if name else kind


#: A forward of nobody named and without a date is told by its text alone; a text shorter than this tells nothing.
_SAYS_LITTLE = 16


def forwarded_object(item: dict[str, Any], text: str | None) -> str | None:
    """Return the native id of what a message of Telegram Desktop's forwards, as ``object_of_forward`` makes it."""
    content = folded(text)
    media = None if content else _media_marks(item)
    if not content and not media:
        return None
    name = text_of(item.get("forwarded_from"))
    date = id_of(item.get("forwarded_date_unixtime")) or id_of(item.get("forwarded_date"))
    return object_of_forward(name, content, media, date)


def folded(text: str | None) -> str | None:
    """Return a text as forwards of it are compared: NFKC, case and white space folded."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split()) if text else None


def object_of_forward(
    name: str | None, content: str | None, media: tuple[tuple[str, str], ...] | None, date: str | None = None
) -> str | None:
    """Return the native id of what is forwarded; ``None`` where it has neither text nor telling media.

    A digest of the name it is from, its date if given, and its text, folded, or, without a text, its media. Two
    forwards of one message get one id; so do two messages of one name that say the same.
    """
    media = None if content else media
    if not content and not media:
        return None
    if not (name or date) and content and len(content) < _SAYS_LITTLE:
        return None  # "ok" and "thanks" of nobody in particular are not one message that strangers pass on
    return "fwd-" + hashlib.sha256(repr((name, date, content, media)).encode()).hexdigest()[:24]


def _media_marks(item: dict[str, Any]) -> tuple[tuple[str, str], ...] | None:
    """Return what tells a message's media from others; ``None`` where only its kind or its size in pixels is known."""
    telling = [(key, mark) for key in _TELLING if (mark := id_of(item.get(key)))]
    for key in ("contact_information", "location_information"):
        telling += [(f"{key}.{name}", str(value)) for name, value in sorted(map_of(item.get(key)).items()) if value]
    if question := text_of(map_of(item.get("poll")).get("question")):
        telling.append(("question", question))
    for key in ("photo", "file"):
        path = text_of(item.get(key))
        if path and not _LEFT_OUT.search(path) and not telling:
            # Telegram Desktop numbers and dates the files of each export anew: the name is telling in one export only.
            telling.append((key, path))
    if not telling:
        return None
    return (*telling, *((key, mark) for key in _DESCRIBING if (mark := id_of(item.get(key)))))
