"""What all lines of an exported WhatsApp chat tell together: its kind, its name, and who exported it."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from loaders.phones import find_contact
from loaders.whatsapp_words import MARK, YOU, System, content_of, plain, system_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graph.records import Source
    from loaders.whatsapp_headers import Piece

#: A name before a colon has no more characters than this; a contact's may be long, a sentence is no name.
_LONGEST_NAME = 120
#: By so many messages with text, of its beginning, a chat is known again in another file.
_BEGINNING = 10
_PRIVATE_MOST = 2
_NUMBER = re.compile(r"\+[\d\s().\-\u2010-\u2015]{6,30}")
_INVITE = re.compile(r"https?://chat\.whatsapp\.com/(?:invite/)?[0-9A-Za-z_-]{10,40}")
_QUOTE = re.compile(r"[\"“”„«»]")
#: What makes it worth while to dress a message up as a notice of the app: numbers, links, handles.
_CARRIES = re.compile(r"\d|://|@")
_FILES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"WhatsApp[ -]Chatt? (?:with|mit|met|med|-) (?P<title>.+)",
        r"Chat (?:de|di|do) WhatsApp (?:con|com) (?P<title>.+)",
        r"Chat WhatsApp con (?P<title>.+)",
        r"(?:Discussion|Conversation) WhatsApp avec (?P<title>.+)",
        r"Conversa (?:do|no) WhatsApp com (?P<title>.+)",
        r"(?P<title>.+) ile WhatsApp Sohbeti",
        r"محادثة واتساب مع (?P<title>.+)",
    )
)
_UNTOLD = "who exported this chat is not told by it; say it with --collector NAME, or they may be linked and shown"
_PRIVATE = (
    "no more than two people write in it and nothing shows a group: it is taken for a private conversation, which is "
    "never linked or shown unless asked for (--include-collector)"
)


class Scene(NamedTuple):
    """A chat as its file tells it.

    ``scope`` stands before names in ids: a name is one of this file alone. ``chat`` is the chat's native id.
    ``speakers`` are all senders of messages, ``collector`` the one who exported it, ``None`` where that is not told.
    """

    scope: str
    chat: str
    title: str | None
    group: bool
    invite: str | None
    collector: str | None
    speakers: frozenset[str]
    warnings: tuple[str, ...]


@lru_cache(maxsize=1 << 14)
def number_of(name: str) -> str | None:
    """Return the number that a sender is, in E.164; ``None`` where it is a name, be there digits in it or not."""
    found = find_contact(name) if _NUMBER.fullmatch(name) else None
    return found.value if found else None


def key_of(sender: str) -> str:
    """Return by what a sender is known within a chat: the number, or the name."""
    return number_of(sender) or sender


def split(text: str) -> tuple[str | None, str, System | None]:
    """Return a line's sender (``None`` of a system line), what is said, and what happened as far as that is known.

    The sender ends at the first colon and blank: a name with such a colon in it is cut there. A line that says what
    happened may have a sender too, on iOS: whether it is a message is for ``spoken`` to say.
    """
    first = text.partition("\n")[0]
    end = first.find(": ")
    if end < 0 and first.endswith(":"):
        end = len(first) - 1
    quote = _QUOTE.search(first, 0, max(end, 0))
    if quote and (system := system_of(text)) and system.title:
        return None, text, system
    sender = plain(first[:end]) if 0 < end <= _LONGEST_NAME else ""
    if not sender:
        return None, text, system_of(text)
    body = text[end + 2 :]
    system = system_of(body) if body.startswith(MARK) else None
    if system and (system.what == "a call" or (not (system.who or system.whom) and _CARRIES.search(body))):
        system = None
    return sender, body, system


def spoken(
    text: str, speakers: frozenset[str] = frozenset(), collector: str | None = None
) -> tuple[str | None, str, System | None]:
    """Return a line's sender, ``None`` of a system line, what is said, and what happened.

    iOS gives system lines a sender: who did it, or the group. One who writes messages too, and is somebody else, says
    it: nobody can make another's deed out of a message by putting the app's mark before it.
    """
    sender, body, system = split(text)
    if sender is None or system is None:
        return sender, body, system if sender is None else None
    return (None, body, system) if _is_notice(sender, system, speakers, collector) else (sender, body, None)


def _is_notice(sender: str, system: System, speakers: frozenset[str], collector: str | None) -> bool:
    if sender not in speakers or system.who is system.whom is None:
        return True
    return sender == (collector if system.who == YOU else system.who)


class _Seen:
    """What was seen of a chat's lines, one after the other."""

    def __init__(self) -> None:
        self.speakers: set[str] = set()
        self.own: set[str] = set()
        self.happened: dict[System, None] = {}
        self.marked: dict[tuple[str, System], None] = {}
        self.invite: str | None = None
        self.beginning: list[tuple[int, str, str]] = []

    def take(self, piece: Piece) -> None:
        """Look at the next message or system line."""
        sender, body, system = split(piece.text)
        if sender is None or system is not None:
            if link := _INVITE.search(body):
                self.invite = link[0]
            if sender is not None and system is not None:
                self.marked[sender, system] = None
            elif system is not None:
                self.happened[system] = None
            return
        self.speakers.add(sender)
        content = content_of(body)
        if content.own:
            self.own.add(sender)
        if content.text and len(self.beginning) < _BEGINNING:
            self.beginning.append((piece.minute, key_of(sender), content.text))


def scene_of(found: Iterable[Piece], source: Source) -> Scene:
    """Return what kind of chat a file has, what it is called, and who exported it, with what should be told of that."""
    seen = _Seen()
    for piece in found:
        if piece.day is not None and not piece.odd and not piece.cut:
            seen.take(piece)
    speakers = frozenset(seen.speakers)
    notices = [(sender, told) for sender, told in seen.marked if _is_notice(sender, told, speakers, None)]
    happened = [*seen.happened, *(told for _, told in notices)]
    title = title_of(source.name)
    group = (
        any(told.group for told in happened)
        or len(speakers) > _PRIVATE_MOST
        or (len(speakers) == _PRIVATE_MOST and title is not None and not _meant(title, speakers))
    )
    named = {name for told in happened for name in (told.who, told.whom) if name}
    collector, warnings = _collector(seen, source, named, None if group else title)
    if collector is None and group:
        warnings.append(_UNTOLD)
    elif not group:
        warnings.append(_PRIVATE)
    scope = source.sha256[:12]
    whole = len(seen.beginning) == _BEGINNING
    return Scene(
        scope,
        hashlib.sha256(repr(seen.beginning).encode()).hexdigest()[:16] if whole else scope,
        title or _title(happened, {sender for sender, _ in notices} - speakers),
        group,
        seen.invite,
        collector,
        speakers,
        tuple(warnings),
    )


def title_of(name: str) -> str | None:
    """Return whom or what a file's name says that the chat is with; of ``_chat.txt``, the folder's or archive's name.

    >>> title_of("WhatsApp Chat with Anna.txt"), title_of("WhatsApp Chat - Trip.zip/_chat.txt"), title_of("chat.txt")
    ('Anna', 'Trip', None)
    """
    folder, _, file = name.rpartition("/")
    bare = re.sub(r"(?:\.txt|\.zip|\.gz)+\Z", "", folder.rpartition("/")[2] if file == "_chat.txt" else file)
    bare = bare if " " in bare else bare.replace("_", " ")
    return next(
        (title for each in _FILES if (found := each.fullmatch(bare)) and (title := plain(found["title"]))), None
    )


def _title(happened: list[System], groups: set[str]) -> str | None:
    """Return what system lines last called the chat, or the one who says them and nothing else: on iOS, the group."""
    titles = [told.title for told in happened if told.title]
    return titles[-1] if titles else next(iter(groups)) if len(groups) == 1 else None


def _loose(name: str) -> str:
    """Return what a file's name keeps of a name: letters and digits."""
    return "".join(filter(str.isalnum, name.casefold()))


def _meant(name: str, speakers: Iterable[str]) -> list[str]:
    """Return the senders whom a name or number means."""
    number = number_of(plain(name))
    exact = [each for each in speakers if each == plain(name) or (number and number_of(each) == number)]
    return exact or [each for each in speakers if _loose(each) and _loose(each) == _loose(name)]


def _collector(seen: _Seen, source: Source, named: set[str], partner: str | None) -> tuple[str | None, list[str]]:
    """Return who exported the chat, ``None`` where that is not told, and what should be told of it.

    ``named`` are those whom system lines name: they call the one who exported "You". ``partner`` is whom a private
    chat is with.
    """
    warnings = []
    if source.collector:
        meant = _meant(source.collector, seen.speakers)
        if len(meant) == 1:
            return meant[0], []
        warnings.append(
            f"{'nobody' if not meant else 'more than one'} in it is called as --collector says: write the name or "
            "number as it stands before the messages"
        )
    if partner and (met := _meant(partner, seen.speakers)):
        others = sorted(seen.speakers - set(met))
        return (others[0] if len(others) == 1 else None), warnings
    # A name alone can be that of whoever exported it: numbers and ~names are people whom that phone does not know.
    likely = [each for each in seen.own - named if number_of(each) is None and not each.startswith("~")]
    if len(seen.own) == len(likely) == 1:
        warnings.append(
            f"{likely[0]} is taken for who exported this chat, and is not linked or shown, because of a message that "
            "reads as one that they deleted themselves; if that is wrong, say --collector NAME in a new case"
        )
        return likely[0], warnings
    return None, warnings
