"""A text as a reader understands it, and where each of its characters stood in the text as written.

Who hides a link from a filter writes ``t . me / name``, ``hxxps://t[.]me/name`` or puts characters into it that nobody
sees. Here these spellings become plain ones, so that the rules in ``loaders/identifiers.py`` need to know only those.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

#: Characters that nobody sees, the keycap of emoji digits, and the tatweel that only stretches an Arabic word.
UNSEEN = "\u00ad\u034f\u061c\u0640\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff\u20e3"
#: Characters that look like ASCII ones: full width, mathematical and circled letters, other dots, slashes and colons.
_LOOKALIKE = "\uff01-\uff5e\u2024\u2044\u2215\u2236\u24b6-\u24e9\u3002\ufe52\ufe55\uff61\U0001d400-\U0001d7ff"
_ODD = re.compile(f"[{UNSEEN}{_LOOKALIKE}]")
_UNSEEN_ONE = re.compile(f"[{UNSEEN}]")
_NOT_BY_UNICODE = {"\u2044": "/", "\u2215": "/", "\u2236": ":", "\u3002": ".", "\uff61": "."}
_SURROGATE = re.compile("[\ud800-\udfff]")


class Plain(NamedTuple):
    """A plainly spelled text. ``low`` is it in lower case, as long as ``text``.

    ``starts[i]`` and ``ends[i]`` are where the ``i``-th character began and ended in the text as written; both are
    ``None`` where nothing was changed.
    """

    text: str
    low: str
    starts: list[int] | None = None
    ends: list[int] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where a part of the plain text stands in the text as written."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]


def seen(text: str) -> Plain:
    """Return a text without unseen characters and with ASCII ones in place of those that look like them."""
    if text.isascii():
        return Plain(text, text.lower())
    if not _ODD.search(text):
        return Plain(text, _lower(text))
    edits = [(odd.start(), odd.end(), _plain(odd[0])) for odd in _ODD.finditer(text)]
    return edited(Plain(text, ""), edits)


def seen_low(text: str) -> str:
    """Return what ``seen(text).low`` is, without its places: a fifth of the cost where there is nothing to find."""
    if text.isascii():
        return text.lower()
    return _lower(_ODD.sub(lambda odd: _plain(odd[0]), text) if _ODD.search(text) else text)


def without_surrogates(text: str) -> str:
    """Return a text with U+FFFD for each half of a surrogate pair, which is no text: as long as before."""
    return _SURROGATE.sub("\ufffd", text)


@lru_cache(maxsize=4096)
def _plain(odd: str) -> str:
    if _UNSEEN_ONE.match(odd):
        return ""
    plain = _NOT_BY_UNICODE.get(odd) or unicodedata.normalize("NFKC", odd)
    return plain if len(plain) == 1 and plain.isascii() else odd


def _lower(text: str) -> str:
    low = text.lower()
    # Only the dotted capital I of Turkish becomes two characters.
    return low if len(low) == len(text) else text.replace("\u0130", "i").lower()


def edited(plain: Plain, edits: list[tuple[int, int, str]]) -> Plain:
    """Return a plain text in which each span (start, end; in order, none overlapping) is spelled otherwise."""
    if not edits:
        return plain
    before = range(len(plain.text))
    old_starts = plain.starts if plain.starts is not None else before
    old_ends = plain.ends if plain.ends is not None else range(1, len(before) + 1)
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    done = 0
    for start, end, spelling in edits:
        pieces += plain.text[done:start], spelling
        starts += old_starts[done:start]
        ends += old_ends[done:start]
        starts += [old_starts[start]] * len(spelling)
        ends += [old_ends[end - 1]] * len(spelling)
        done = end
    pieces.append(plain.text[done:])
    starts += old_starts[done:]
    ends += old_ends[done:]
    text = "".join(pieces)
    return Plain(text, _lower(text), starts, ends)


# What follows spells disguised links and addresses plainly.

_DOT_WORD = r"(?:dot|punkt|point)"
#: Between brackets.
_BRACKETED = re.compile(
    rf"[\[({{<][ \t]?(?:(?P<dot>\.|{_DOT_WORD})|(?P<at>@|at|arobase)|(?P<slash>/)|(?P<colon>://?|:))[ \t]?[\])}}>]"
)
#: A scheme that no program opens.
_SCHEME = re.compile(r"h(?:xx|tt|\*\*)p(?P<s>s?)(?:[ \t]{0,2}(?:[\[({<]:[\])}>]|:)[ \t]{0,2}/[ \t]?/[ \t]{0,2})")
#: An address told in words. After "at" only where mail is known to be: people look at things.
_MAIL_HOSTS = "gmail|googlemail|hotmail|outlook|yahoo|ymail|icloud|proton|protonmail|gmx|yandex|mail|aol|live|tutanota"
_MAIL_IN_WORDS = re.compile(
    rf"(?P<at>[ \t]+(?:at[ \t]+(?=(?:{_MAIL_HOSTS})[ \t])|arobase[ \t]+))"
    rf"(?P<host>[a-z0-9-]{{2,63}})(?P<dot>[ \t]+{_DOT_WORD}[ \t]+)(?=[a-z]{{2,12}}(?![a-z]))"
)
#: Hosts of invites, profiles and payments, whose dots and slashes may be spelled apart or in words. Of no others, or
#: sentences would become links.
_APART = (
    "t.me", "telegram.me", "telegram.dog", "wa.me", "chat.whatsapp.com", "api.whatsapp.com", "whatsapp.com",
    "discord.gg", "discord.com", "signal.group", "signal.me", "instagram.com", "facebook.com", "fb.com", "m.me",
    "tiktok.com", "x.com", "twitter.com", "snapchat.com", "youtube.com", "vk.com", "linktr.ee", "paypal.me",
    "paypal.com", "cash.app", "revolut.me", "venmo.com", "line.me", "zalo.me", "threads.net",
)  # fmt: skip
_DOT = rf"(?:[ \t]{{0,3}}\.[ \t]{{0,3}}|[ \t]{{1,3}}{_DOT_WORD}[ \t]{{1,3}})"
_SLASH = r"(?:[ \t]{0,3}/[ \t]{0,3}|[ \t]{1,3}slash[ \t]{1,3})"
_HOST_APART = re.compile(
    rf"(?<![a-z0-9_@.\-\u00c0-\u024f])(?P<host>{'|'.join(each.replace('.', _DOT) for each in _APART)})"
    rf"(?P<slash>{_SLASH})"
    r"(?P<sign>[+#@$]?)[ \t]{0,2}(?P<name>[a-z0-9_][a-z0-9_.-]*)"
)
#: A blank before or behind the last dot of such a host, or behind the host.
_PERHAPS_APART = re.compile(
    r"\.(?:(?<=[ \t].)|(?=[ \t])|(?=[a-z]{2,5}[ \t]))[ \t]{0,3}"
    r"(?:me|com|gg|group|app|ee|net|dog)[ \t]{0,3}(?:/|slash)"
)
_BLANKS = re.compile(r"[ \t]+")
_WORDS = re.compile(rf"[ \t]+{_DOT_WORD}[ \t]+")
_LEAST_NAME = 3


def undisguised(plain: Plain) -> Plain:
    """Return a text with defanged and spaced links and addresses spelled plainly.

    >>> undisguised(seen("hxxps://t[.]me/name_1 or t . me / name_2")).text
    'https://t.me/name_1 or t.me/name_2'
    """
    low = plain.low
    if "http" in low or "hxxp" in low or "h**p" in low:
        plain = edited(plain, _schemes(low))
    plain = edited(plain, _brackets(plain.low))
    in_words = " dot " in plain.low
    if in_words or _PERHAPS_APART.search(plain.low):
        plain = edited(plain, _hosts_apart(plain.text, plain.low))
    if in_words or "arobase" in plain.low:
        plain = edited(plain, _mail_in_words(plain.low))
    return plain


def _schemes(low: str) -> list[tuple[int, int, str]]:
    plainly = ((found, f"http{found['s']}://") for found in _SCHEME.finditer(low))
    return [(*found.span(), scheme) for found, scheme in plainly if found[0] != scheme]


def _brackets(low: str) -> list[tuple[int, int, str]]:
    edits: list[tuple[int, int, str]] = []
    for found in _BRACKETED.finditer(low):
        start, end = found.span()
        if found["colon"]:
            edits.append((start, end, found["colon"]))
            continue
        # A blank on each side belongs to it: "name (at) host".
        start -= start > (edits[-1][1] if edits else 0) and low[start - 1] in " \t"
        end += end < len(low) and low[end] in " \t"
        edits.append((start, end, "." if found["dot"] else "@" if found["at"] else "/"))
    return edits


def _hosts_apart(text: str, low: str) -> list[tuple[int, int, str]]:
    edits = []
    for found in _HOST_APART.finditer(low):
        # A blank after the slash alone ends a sentence as often as it hides a name: "join t.me/ and then".
        apart = _BLANKS.search(found["host"]) or found["slash"][0] in " \t"
        if apart and len(found["name"]) >= _LEAST_NAME and found["name"] not in _APART:
            host = _BLANKS.sub("", _WORDS.sub(".", text[slice(*found.span("host"))]))
            edits.append((found.start(), found.start("name"), f"{host}/{found['sign']}"))
    return edits


def _mail_in_words(low: str) -> list[tuple[int, int, str]]:
    edits = []
    for found in _MAIL_IN_WORDS.finditer(low):
        edits += [(*found.span("at"), "@"), (*found.span("dot"), ".")]
    return edits


def disguise(written: str, plain: str) -> str:
    """Return in what way a spelling is no plain one, as it ends the name of a rule; ``""`` where it is plain.

    >>> disguise("t . me/name", "t.me/name")
    ', spaced'
    """
    if written == plain:
        return ""
    if _BLANKS.search(written):
        return ", spaced"
    return ", defanged" if written.isascii() else ", disguised"
