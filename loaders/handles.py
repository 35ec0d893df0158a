"""Names on other platforms that a text gives after a label: "insta: some.name", "IG @name", "@name on TikTok".

A false handle links strangers, so a word after a label is only a name where its shape or the writing says so: an ``@``;
after a colon, a digit, ``_`` or dot in it, or that nothing follows; without either, a digit with a letter, or ``_``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from loaders.handle_labels import (
    BEFORE_LABEL,
    CONNECTORS,
    FILLERS,
    NAMES_OF_PEOPLE,
    NO_NAMES,
    ONLY_WITH_BOTH,
    PLATFORM_OF,
)
from loaders.invites import Meaning, telegram_name
from loaders.links_in_text import Found
from loaders.profiles import handle, payment, upi

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from loaders.plain_spelling import Plain


class Label(NamedTuple):
    """The name of an app in a text: what it is, as written in lower case, and where."""

    platform: str
    word: str
    start: int
    end: int


#: From the end of a label to a name: words that may stand between, then marks. A line ends only behind a mark, such
#: as a colon or an arrow.
_NAME = re.compile(
    rf"(?:['’]?s\b)?(?P<words>(?:[ \t]+(?:{FILLERS})(?![^\W_])){{0,3}})"
    r"(?P<marks>[^\w\n@$,;.!?؟،]{0,10}(?:(?<=[^\w\s])[ \t]{0,3}\n[ \t]{0,3})?)"
    r"(?P<sign>[@$]?)(?P<name>[a-z0-9_](?:[a-z0-9_.-]{0,48}[a-z0-9_])?)"
)
_PAYMENT_NAME = re.compile(
    rf"(?P<words>(?:[ \t]+(?:{FILLERS}|mail|e-mail|email|address|adresse|to|via|tag)(?![^\W_])){{0,3}})"
    r"[^\w\n@$,;.!?]{0,10}(?P<name>[@$]?[a-z0-9](?:[a-z0-9_.+-]{0,62}[a-z0-9_])?(?:@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,4})?)"
)
_AT_NAME = re.compile(r"(?<![\w@./])@([a-z0-9_](?:[a-z0-9_.-]{0,48}[a-z0-9_])?)(?![\w@/])")
#: What a name can't be followed by: then it is part of a word, an address or a path, or itself a label.
_NOT_AFTER = re.compile(r"[^\W_]|[@/$%]|['’][a-z]")
_NEXT_LABEL = re.compile(r"[ \t]?[:=]")
#: Marks that say no more than a blank does.
_LOOSE = " \t()[]…*_~"
#: After a plain word, what shows that it stood alone: the end of a line, a mark, a connector, no further word.
_ALONE = re.compile(r"[ \t]*(?:\Z|\n|[^\w\s]|[ \t](?:and|or|et|dhe|ve|och|và|und|og|و)[ \t]|[ \t]{2})")
_NEXT_WORD = re.compile(r"[ \t]+([^\W\d_]+)[ \t]*[:=@]")
_ENDS_AS_HOST = re.compile(r"\.(?:com|net|org|me|info|io|example|co|html?|php|jpe?g|png|pdf|mp4)\Z")
_VERSION = re.compile(r"v?[0-9][0-9._-]*[a-z]{0,3}")
_HAS_LETTER, _HAS_MARK = re.compile(r"[a-z]"), re.compile(r"[0-9_.]")
_PLAIN_LEAST, _LOOSE_LEAST = 4, 5
_FACEBOOK_NUMBER = re.compile(r"[0-9]{14,17}")
#: Behind "label @name" another label makes it the next one's label, not this name's.
_LABELS_NEXT = re.compile(r"[ \t]*[:=@]|[ \t]+@")


def find_handles(plain: Plain, labels: Sequence[Label]) -> Iterator[Found]:
    """Yield what stands after or before the labels of a plain text: handles, Telegram names and payment names."""
    low = plain.low
    taken: set[int] = set()
    for first, last in _runs(low, labels):
        together = labels[first : last + 1]
        paying = [label for label in together if label.platform.startswith("pay:")]
        found = list(_paid(low, paying) if paying else _named(plain, together))
        taken |= {one.start for one in found}
        yield from found
    if "@" in low:
        yield from _named_before(low, labels, taken)


def _runs(low: str, labels: Sequence[Label]) -> Iterator[tuple[int, int]]:
    """Yield the first and last of labels that share what follows them."""
    first = 0
    for n, label in enumerate(labels):
        following = labels[n + 1] if n + 1 < len(labels) else None
        if following is None or not CONNECTORS.fullmatch(low, label.end, following.start):
            yield first, n
            first = n + 1


def _named(plain: Plain, labels: Sequence[Label]) -> Iterator[Found]:
    low, last = plain.low, labels[-1]
    match = _NAME.match(low, last.end)
    if match is None or match["sign"] == "$":
        return
    start, end = match.start("sign"), match.end()
    if _NOT_AFTER.match(low, end):
        return
    written = plain.text[slice(*match.span("name"))]
    for label in labels:
        if _is_name(plain, label, match) and (meaning := _meaning(label.platform, written)):
            yield Found(meaning.kind, meaning.value, start, end, f"{_what(meaning)} after '{label.word}'")


def _what(meaning: Meaning) -> str:
    return {"invite": "Telegram name", "payment": "payment name"}.get(meaning.kind, "handle")


def _meaning(platform: str, name: str) -> Meaning | None:
    if platform == "telegram":
        return telegram_name(name) if len(name) > 4 else None  # noqa: PLR2004 - four are only sold, and often words
    if platform == "facebook" and _FACEBOOK_NUMBER.fullmatch(name):
        return Meaning("handle", f"facebook:{name}")
    return handle(platform, name) if len(name) > 1 else None


def _is_name(plain: Plain, label: Label, match: re.Match[str]) -> bool:
    """Return whether what follows a label is a name on that platform, by its shape and what stands around it."""
    name = match["name"]
    told = ":" in match["marks"] or "=" in match["marks"]
    if not _HAS_LETTER.search(name):
        return told and label.platform == "facebook" and _FACEBOOK_NUMBER.fullmatch(name) is not None
    if name in NO_NAMES:
        return False
    if match["sign"]:
        return told or label.word not in ONLY_WITH_BOTH
    if label.word in ONLY_WITH_BOTH or _NEXT_LABEL.match(plain.low, match.end()):
        return False
    return _looks_like_a_name(plain, label, match, told)


def _looks_like_a_name(plain: Plain, label: Label, match: re.Match[str], told: bool) -> bool:
    """Return whether a word without an ``@`` is no ordinary one; the less stands before it, the more it must show."""
    name, marks = match["name"], match["marks"]
    if not marks or _VERSION.fullmatch(name) or _ENDS_AS_HOST.search(name):
        return False
    if marks.strip(_LOOSE):  # a colon, an arrow, an emoji, quotation marks
        return _HAS_MARK.search(name) is not None or (told and _stands_alone(plain, label, match))
    has_digit = any(character.isdigit() for character in name)
    return len(name) >= _LOOSE_LEAST and ("_" in name or (has_digit and not name[0].isdigit()))


def _stands_alone(plain: Plain, label: Label, match: re.Match[str]) -> bool:
    """Return whether a plain word after a colon is all that is said, and in small letters."""
    start, end = match.span("name")
    return (
        label.platform not in NAMES_OF_PEOPLE
        and end - start >= _PLAIN_LEAST
        and plain.text[start:end] == match["name"]
        and (_ALONE.match(plain.low, end) is not None or _before_label(plain.low, end))
    )


def _before_label(low: str, at: int) -> bool:
    word = _NEXT_WORD.match(low, at)
    return word is not None and word[1] in PLATFORM_OF


def _named_before(low: str, labels: Sequence[Label], taken: set[int]) -> Iterator[Found]:
    """Yield names that stand before their label: "@name on insta", "@name (IG)"."""
    by_start = {label.start: label for label in labels if not label.platform.startswith("pay:")}
    for match in _AT_NAME.finditer(low):
        if match.start() in taken or match[1] in NO_NAMES:
            continue
        for start in range(match.end() + 2, min(match.end() + 10, len(low))):
            label = by_start.get(start)
            if label is None or not BEFORE_LABEL.fullmatch(low, match.end(), start):
                continue
            meaning = _meaning(label.platform, match[1]) if _HAS_LETTER.search(match[1]) else None
            if meaning and not _LABELS_NEXT.match(low, label.end):
                yield Found(meaning.kind, meaning.value, *match.span(), f"{_what(meaning)} before '{label.word}'")
            break


def _paid(low: str, labels: Sequence[Label]) -> Iterator[Found]:
    """Yield the payment name after the label of a payment service."""
    match = _PAYMENT_NAME.match(low, labels[-1].end)
    if match is None:
        return
    name = match["name"]
    for label in labels:
        meaning = _payment_meaning(label.platform.removeprefix("pay:"), name)
        if meaning:
            yield Found(meaning.kind, meaning.value, *match.span("name"), f"{_what(meaning)} after '{label.word}'")
            return


def _payment_meaning(service: str, name: str) -> Meaning | None:
    local, at, host = name.partition("@")
    if service == "upi":
        return upi(name) if local and "." not in host else None
    if local and at:
        return Meaning("payment", f"paypal:{name}") if service == "paypal" and "." in host else None
    if service == "cashapp":
        return payment("cash.app/$", name[1:]) if name.startswith("$") else None
    hosts = {"paypal": "paypal.me/", "venmo": "venmo.com/", "revolut": "revolut.me/"}
    return payment(hosts[service], host) if at and host and "." not in host else None
