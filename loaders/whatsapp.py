"""WhatsApp's exported chats, of Android and iOS: one text of messages and system lines.

A row is a message or a system line. The text has neither ids nor zones, does not name who exported it, and marks
neither forwards nor replies. Who writes under a number is that number; a name is one in this file alone, as the phone
that exported it calls people. The chat, and so its messages, are told by how it begins: the same chat exported again
later adds what is new. What is decided on is in docs/decisions/0016-whatsapp.md.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from graph.records import Account, Chat, Post, Record, Rejection, Relation, scoped_id
from loaders.contract import QUOTED, Loader, TextLayout
from loaders.times import moment
from loaders.whatsapp_headers import LONGEST, header_of, pieces, reading_of
from loaders.whatsapp_scene import Scene, key_of, number_of, scene_of, spoken
from loaders.whatsapp_words import YOU, content_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from graph.records import Source
    from loaders.contract import Head, Row
    from loaders.whatsapp_headers import Piece
    from loaders.whatsapp_words import System

PLATFORM = "whatsapp"
COLUMNS = {
    "[15/04/2016, 15:04:05] Name: text": "a message on iOS; lines that follow without such a beginning belong to it",
    "15/04/2016, 15:04 - Name: text": "a message on Android",
    "date": "day, month and year in the order that all dates together tell, or `--dates`; in the zone of `--timezone`",
    "name": "the sender: an account by its number; by its name, in this file alone",
    "IMG-20160415-WA0001.jpg (file attached)": "media and their kind; so are `<attached: …>` and `image omitted`",
    "A created group, A added B": "system lines: who was there, and who invited whom; others are rejected as such",
    "You deleted this message": "who exported the chat, where one contact's name alone has it, or `--collector`",
}
#: A log's lines look the same; its senders are levels.
_LEVELS = re.compile(
    r"(?:[\w.-]{1,40}\.)?(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|CRITICAL)\W*", re.IGNORECASE
)
_LOOKED_AT = 400
_LEAST_HEADERS = 3
_ODD = "lies back in time against what stands before and after it, as does a line pasted into a message: whose is it?"
_AND = re.compile(r", | (?:and|und|y|et|e|och|ve|và|و) ")


def _recognises(head: Head) -> str | None:
    lines = [line for line in head.text.split("\n", _LOOKED_AT)[:_LOOKED_AT] if line.strip()]
    found = [(place, header, line) for place, line in enumerate(lines) if (header := header_of(line))]
    if not found or (found[0][0] > 0 and len(found) < _LEAST_HEADERS):
        return "its lines do not begin as messages do, such as 15/04/2016, 15:04 - Name: text"
    style = found[0][1].style
    if not style.bracket and style.seconds and "," not in style.between and "،" not in style.between:
        return "its lines begin with a date and a time as a log's do"
    said = [spoken(line[header.end :].rstrip("\r")) for _, header, line in found if header.style == style]
    senders = {sender for sender, _, _ in said if sender}
    if senders and all(_LEVELS.fullmatch(sender) for sender in senders):
        return "it is a log: what stands where senders do are levels"
    if not senders and not any(system for _, _, system in said):
        return "none of its messages has a sender"
    return None


def _foresee(lines: Callable[[], Iterator[tuple[int, str]]], source: Source) -> Mapping[str, Any]:
    reading, warnings = reading_of(lines(), source.dates)
    scene = scene_of(pieces(lines(), reading), source)
    return {"reading": reading, "scene": scene, "warnings": [*warnings, *scene.warnings]}


def _rows(
    lines: Iterator[tuple[int, str]], foreseen: Mapping[str, Any]
) -> Iterator[tuple[int, Mapping[str, Any]] | Rejection]:
    """Yield messages and system lines; a message gets its id from all that tells it from others of its chat."""
    scene: Scene = foreseen["scene"]
    number, opens = _Numbering(), True
    for piece in pieces(lines, foreseen["reading"]):
        reason = _refused(piece)
        if reason or piece.day is None:
            yield Rejection(line=piece.line, reason=reason or "", row=piece.text[:QUOTED])
            continue
        at = datetime.combine(piece.day, datetime.min.time()) + timedelta(seconds=piece.seconds)
        precision = "seconds" if foreseen["reading"].style.seconds else "minutes"
        sender, body, system = spoken(piece.text, scene.speakers, scene.collector)
        values = {"scene": scene, "opens": opens, "at": at.isoformat(timespec=precision), "body": body}
        opens = False
        if sender is None:
            yield piece.line, values | {"system": system}
            continue
        content = content_of(body)
        told = (key_of(sender), content.text)
        yield piece.line, values | {"sender": sender, "content": content, "id": number.of(piece.minute, told)}


def _refused(piece: Piece) -> str | None:
    if piece.day is None:
        return "stands before the first message"
    if piece.cut:
        return f"is longer than {LONGEST:,} characters, which no message is"
    return _ODD if piece.odd else None


class _Numbering:
    """Ids of messages within their chat: a digest of minute, sender and text, and which of several that agree in it.

    Which one it is counts on in the latest minute; messages that come after one of a later minute count on their own,
    so that not every message has to be kept in mind.
    """

    def __init__(self) -> None:
        self._latest = -1
        self._now: Counter[tuple[int, tuple[str, str | None]]] = Counter()
        self._late: Counter[tuple[int, tuple[str, str | None]]] = Counter()

    def of(self, minute: int, told: tuple[str, str | None]) -> str:
        """Return the id of the next message."""
        if minute > self._latest:
            self._latest = minute
            self._now.clear()
        late = minute < self._latest
        counts = self._late if late else self._now
        counts[minute, told] += 1
        return hashlib.sha256(repr((minute, told, late, counts[minute, told])).encode()).hexdigest()[:16]


def _records(row: Row) -> Iterator[Record | Rejection]:
    values = row.values
    scene: Scene = values["scene"]
    found: list[Record | Rejection] = []
    if values["opens"]:
        found.append(_chat(scene))
    try:
        if "sender" in values:
            found += _message(values, scene, row.source)
        else:
            found += _happened(values, scene, row)
    except ValueError as problem:
        found.append(Rejection(line=row.line, reason=str(problem), row=values["body"][:QUOTED]))
    return iter(found)


def _chat(scene: Scene) -> Chat:
    return Chat(
        platform=PLATFORM,
        native_id=scene.chat,
        kind="group" if scene.group else "personal",
        title=scene.title,
        invite=scene.invite,
    )


def _message(values: Mapping[str, Any], scene: Scene, source: Source) -> Iterator[Record]:
    account = _account(values["sender"], scene)
    yield account
    content = values["content"]
    card = content.media == "contact card"
    yield Post(
        platform=PLATFORM,
        native_id=f"{scene.chat}/{values['id']}",
        account_id=account.id,
        chat_id=scoped_id(PLATFORM, scene.chat),
        text=content.text,
        at=moment(values["at"], source.timezone),
        media=" ".join(filter(None, (content.media, content.name))) or None,
        contact_name=(content.name or "").rpartition(".")[0] or None if card else None,
        status=content.status,
    )


def _happened(values: Mapping[str, Any], scene: Scene, row: Row) -> Iterator[Record | Rejection]:
    """Yield who a system line shows, and the relation it states; a rejection where it says neither."""
    system: System | None = values["system"]
    if system is None:
        raise ValueError("a system line of an unknown kind")
    who = [] if system.who is None else [_account(system.who, scene)]
    whom = [_account(each, scene) for each in _people(system.whom, scene)]
    if not (who or whom):
        raise ValueError(f"a system line: {system.what}")
    yield from who
    yield from whom
    kind = {"added": "invited", "number": "new number"}.get(system.what)
    if kind is None:
        return
    at = moment(values["at"], row.source.timezone)
    for subject in who:
        for other in whom:
            if other.id != subject.id:
                yield Relation(subject_id=subject.id, object_id=other.id, kind=kind, private=not scene.group, at=at)


def _people(names: str | None, scene: Scene) -> list[str]:
    """Return whom a system line names; of a list those that are numbers or senders, because names have commas too."""
    if names is None:
        return []
    parts = _AND.split(names)
    if names in scene.speakers or len(parts) == 1:
        return [names]
    return [part for part in parts if part in scene.speakers or number_of(part)]


@lru_cache(maxsize=1 << 14)
def _account(name: str, scene: Scene) -> Account:
    """Return the account of a name or number in this file; of ``YOU`` the collector's, whose name may be untold."""
    mine = name in {scene.collector, YOU}
    if name == YOU and scene.collector is None:
        return Account(platform=PLATFORM, native_id=f"export-{scene.scope}", collector=True)
    name = name or scene.collector or YOU
    private = not scene.group and not mine
    if number := number_of(name):
        return Account(platform=PLATFORM, native_id=number, phone=name, collector=mine, private=private)
    shown = name.removeprefix("~").strip() or name
    return Account(
        platform=PLATFORM, native_id=f"{scene.scope}/{name}", display_name=shown, collector=mine, private=private
    )


LOADER = Loader(
    name="whatsapp",
    title="WhatsApp's exported chat, the text of Android or iOS",
    shapes=("text",),
    recognises=_recognises,
    columns=COLUMNS,
    records=_records,
    rank=30,
    platform=PLATFORM,
    dated=True,
    text_layout=TextLayout(foresee=_foresee, rows=_rows),
)
