"""Text from accounts and times from sources, made fit to be shown.

Accounts choose their names and bios, so a page treats them as hostile: it only ever puts them in as text, and what is
invisible or turns the reading order around is taken out first. Both together keep ``<script>`` a word and a name that
is written backwards from posing as another.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta
from functools import cache, lru_cache

import phonenumbers

_ZWNJ, _ZWJ = "\u200c", "\u200d"
_EPOCH = datetime(1970, 1, 1)

#: Format characters (category Cf) that one can see: signs that stand over the digits after them, as in Arabic.
_VISIBLE_FORMATS = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2")
#: Letters and marks without a shape of their own that other categories hide among: fillers and joiners.
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
#: Scripts in which a joiner or non-joiner between letters changes how a word is written (Persian, Kurdish, Hindi, …).
_JOINING_SCRIPTS = (
    "ARABIC", "SYRIAC", "MANDAIC", "MONGOLIAN", "NKO", "DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI", "ORIYA",
    "TAMIL", "TELUGU", "KANNADA", "MALAYALAM", "SINHALA", "KHMER", "MYANMAR",
)  # fmt: skip
#: Anything that needs a closer look; most names have nothing of it.
_PLAIN = r"\x20-\x7e\u00a1-\u00ac\u00ae-\u024f\u0620-\u064a\u0660-\u06d3\u0400-\u045f"
_SUSPECT = re.compile(f"[^{_PLAIN}]")
#: Such characters in a row, with the one plain character that is a mark, and spaces, over which marks add up. What
#: stands between rows is kept as it is.
_SUSPECTS = re.compile(f"(?:[^{_PLAIN}]|\u0670)(?:[^{_PLAIN}]|[\u0670 ])*")
_SPACES = re.compile(r"\s+")
#: Marks stacked on one letter; more than this is drawn over the lines above and below.
_MOST_MARKS = 4
#: Texts and times of which the cleaned form is remembered: one post stands behind many lines of a map.
_REMEMBERED = 1 << 15


def clean(text: object, most: int = 400) -> str:
    """Return the text on one line without control, bidirectional and invisible characters, ``most`` characters long.

    Zero-width joiners and non-joiners stay between letters of scripts that need them and within emoji. What is cut off
    is shown by an ellipsis. Absent (``None``) gives ``""``.
    """
    return "" if text is None else _cleaned(str(text)[: most * 8], most)


@lru_cache(_REMEMBERED)
def _cleaned(text: str, most: int) -> str:
    shown = unicodedata.normalize("NFC", text)
    if _SUSPECT.search(shown):
        shown = _without_hidden(shown)
    shown = _SPACES.sub(" ", shown).strip()
    return shown if len(shown) <= most else shown[: most - 1].rstrip() + "…"


def _without_hidden(text: str) -> str:
    return _SUSPECTS.sub(_seen, text)


def _seen(row: re.Match[str]) -> str:
    """Return what one sees of suspect characters in a row."""
    text, kept, marks = row.string, [row.string[row.start() - 1 : row.start()]], 0
    for place in range(row.start(), row.end()):
        character = text[place]
        category = unicodedata.category(character)
        if character in "\t\n\r\u2028\u2029" or category == "Zs":
            kept.append(" ")
        elif character in (_ZWNJ, _ZWJ):
            if _joins(character, kept[-1], text[place + 1 : place + 2]):
                kept.append(character)
        elif character in _INVISIBLE or (category in ("Cc", "Cs", "Cf") and character not in _VISIBLE_FORMATS):
            continue
        else:
            marks = marks + 1 if category in ("Mn", "Me") else 0
            if marks <= _MOST_MARKS:
                kept.append(character)
    return "".join(kept[1:])


def _joins(character: str, before: str, after: str) -> bool:
    """Tell whether a joiner between these two has something to join."""
    if not before or not after:
        return False
    if unicodedata.name(before, "").startswith(_JOINING_SCRIPTS):
        return unicodedata.name(after, "").startswith(_JOINING_SCRIPTS)
    # 👩‍💻: a pictograph, its skin tone or its variation selector, then the joiner, then the next pictograph.
    pictures = ("So", "Sk", "Mn")
    return character == _ZWJ and unicodedata.category(before) in pictures and unicodedata.category(after) == "So"


def account_name(handle: object, display_name: object, account_id: str, most: int = 80) -> str:
    """Return what an account is called on a page: its handle with ``@``, its display name, or the platform's id."""
    bare = clean(handle, most).removeprefix("@")
    if bare:
        return f"@{bare}"
    return clean(display_name, most) or clean(account_id.partition(":")[2] or account_id, most)


@cache
def read_number(value: str) -> str:
    """Return an E.164 number as people read it, ``+44 7700 900123``; what is no such number stays as it is, cleaned."""
    try:
        parsed = phonenumbers.parse(value)
    except phonenumbers.NumberParseException:
        return clean(value, 40)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def excerpt(text: str, start: int, stop: int, around: int = 90) -> tuple[str, str, str]:
    """Return what stands before a span, the span, and what stands after it, cleaned, each side cut at ``around``."""
    before, after = text[max(0, start - around) : start], text[stop : stop + around]
    led = "…" if start > around else ""
    more = "…" if stop + around < len(text) else ""
    # Spaces at the cuts are lost in cleaning, but the span must not grow together with its neighbours.
    left = clean(before, around) + (" " if before[-1:].isspace() else "")
    right = (" " if after[:1].isspace() else "") + clean(after, around)
    return led + left, clean(text[start:stop], 80), right + more


@lru_cache(_REMEMBERED)
def utc(us: int | None, precision: str | None = "second", zone_known: bool | None = True) -> str | None:
    """Return a time as people read it, ``2024-11-30 14:05:09 UTC``, as fine as it is known; absent stays absent."""
    if us is None:
        return None
    try:
        when = (_EPOCH + timedelta(microseconds=us)).isoformat(" ")
    except OverflowError:
        return None
    if precision == "day":
        return when[:10] + ("" if zone_known else " (time zone assumed)")
    clock = when[:19] if precision == "second" else when[:16]
    return f"{clock} UTC" + ("" if zone_known else " (time zone assumed)")


def day(us: int | None) -> str | None:
    """Return the day of a time in UTC, ``2024-11-30``; absent stays absent."""
    return utc(us, "day")
