"""Identifiers that link accounts, found in texts: invites, handles, e-mail, payment and crypto addresses, URLs.

Kinds and values: ``invite`` (``t.me/name``, ``t.me/+Code``, ``chat.whatsapp.com/Code``, ``wa.me/447700900123``, …),
``handle`` (``instagram:some.name``), ``email``, ``payment`` (``paypal.me/name``, ``iban:…``), ``crypto`` (``btc:…``),
``url`` (without scheme and tracking), and ``phone`` where a link is made of a number. What a link identifies is that
kind only, and not a ``url`` as well. Nothing is looked up: what a short link stands for stays unknown.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import replace
from typing import TYPE_CHECKING

import ahocorasick_rs

from graph.records import Mention
from loaders.crypto_addresses import LEAST, find_crypto_addresses, find_ibans, may_hold_codes
from loaders.handle_labels import PLATFORM_OF
from loaders.handles import Label, find_handles
from loaders.links_in_text import COUNTRIES, Found, find_links
from loaders.phones import find_phones
from loaders.plain_spelling import Plain, disguise, seen, seen_low, undisguised, without_surrogates

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: A dot with a letter behind it, perhaps a bracket or a blank between: the least that a host has.
_DOT = re.compile(r"\.(?:[a-z]|[\])}>][ \t]?[a-z]|[ \t]{1,3}(?:me|com|gg|group|app|ee|net|dog)[ \t]{0,3}/)")
#: The least that a bank account or an address of money has: a digit behind a letter. It looks for the digit first,
#: because there are fewer; what stands behind a letter only costs half.
_CODE = re.compile(r"[0-9](?<=[a-z].)", re.DOTALL)
_MAIL = re.compile(r"@((?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,6}[a-z]{2,24})(?![\w@])")
_LOCAL_CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789._%+-"
_LONGEST_LOCAL = 64
#: What stands behind an @ in names of files and not of hosts.
_FILES = frozenset({
    "png", "jpg", "jpeg", "gif", "webp", "svg", "pdf", "mp3", "mp4", "mov", "avi", "zip", "doc", "docx", "txt", "html",
    "htm", "php", "js", "css", "json",
})  # fmt: skip

_HINTS = ("://", "tel:", "sms:", "dot", "arobase")
_SCHEMES = frozenset({"://", "tel:", "sms:"})
_PATTERNS = (*PLATFORM_OF, *_HINTS)
_MATCHER = ahocorasick_rs.AhoCorasick(_PATTERNS, matchkind=ahocorasick_rs.MatchKind.LeftmostLongest)


def find_identifiers(text: str, platform: str | None = None) -> list[Mention]:
    """Return the identifiers in a text, in its order; spans count characters of the text as written.

    ``platform`` is where the text stands. A bare ``@name`` is a name there, and no identifier that leads elsewhere: it
    is not returned, whichever platform that is. ``rule`` says which rule found each and whether its spelling was
    disguised; ``candidates`` is always empty.

    >>> [(m.kind, m.value, m.rule) for m in find_identifiers("insta: some.name, hxxps://t[.]me/Some_Name")]
    [('handle', 'instagram:some.name', "handle after 'insta'"), ('invite', 't.me/some_name', 'invite link, defanged')]
    """
    del platform
    low = seen_low(text)
    try:
        matches = _MATCHER.find_matches_as_indexes(low)
    except UnicodeEncodeError:  # half of a surrogate pair, in whose place any character that is no letter will do
        return [replace(m, as_written=text[m.start : m.end]) for m in find_identifiers(without_surrogates(text))]
    hits = _words(low, matches) if matches else []
    codes = _CODE.search(low) is not None and may_hold_codes(low)
    if not (hits or codes or _DOT.search(low)):  # the quick way out for most texts
        return []
    return [_mention(text, *each) for each in _found(seen(text), hits)]


def find_all(text: str, region: str | None = None, platform: str | None = None) -> list[Mention]:
    """Return the phone numbers and the identifiers in a text, in its order; what both rules find, once.

    ``region`` is where national numbers are dialled from, as for ``find_phones``. Digits in an account or an address of
    money are no phone numbers.

    >>> [(m.kind, m.value) for m in find_all("wa.me/+447700900123 or +44 7700 900123")]
    [('invite', 'wa.me/447700900123'), ('phone', '+447700900123'), ('phone', '+447700900123')]
    """
    identifiers = find_identifiers(text, platform)
    phones = find_phones(text, region)
    if not (phones and identifiers):
        return phones or identifiers
    digits_of_others = _Spans([each for each in identifiers if each.kind in _NO_NUMBERS])
    in_links = _Spans([each for each in identifiers if each.kind == "phone"])
    phones = [
        phone
        for phone in phones
        if not digits_of_others.meet(phone) and ((other := in_links.meet(phone)) is None or other.value != phone.value)
    ]
    # Of what begins together the wider stands first: the link before the number in it.
    return sorted((*phones, *identifiers), key=lambda each: (each.start, -each.end))


#: In what is one of these, digits are no number to call.
_NO_NUMBERS = frozenset({"crypto", "payment", "handle", "email"})


class _Spans:
    """The spans of what was found, in order, to ask which of them another one meets."""

    def __init__(self, found: Sequence[Found | Mention]) -> None:
        self._found = sorted(found, key=lambda each: each.start)
        self._starts = [each.start for each in self._found]

    def meet(self, other: Found | Mention) -> Found | Mention | None:
        """Return the last that begins before ``other`` ends and does not end before it begins; ``None`` for none."""
        before = bisect_left(self._starts, other.end)
        last = self._found[before - 1] if before else None
        return last if last is not None and last.end > other.start else None


def _words(low: str, matches: list[tuple[int, int, int]]) -> list[tuple[str, int, int]]:
    """Return the labels and hints among what the matcher found in a text: what, and where; only whole words."""
    found = []
    for which, start, end in matches:
        pattern = _PATTERNS[which]
        if pattern[-1].isalnum() and end < len(low) and (low[end].isalnum() or low[end] in "'’"):
            end = _end_of_word(low, pattern, end)  # noqa: PLW2901 - what is written together with the word belongs to it
        if end and (not pattern[0].isalnum() or _begins_a_word(low, start)):
            found.append((pattern, start, end))
    return found


#: What Turkish, Albanian, Persian and Kurdish write at the end of an app's name: on, from, my, the.
_ENDING = re.compile(
    r"(?:['’]?(?:dan|den|tan|ten|da|de|ta|te|ım|im|um|imi|ya|ye)|i|it|in|u|un|n|م|ی|ي|مون|تون|مان|ەکەم|ەکەمان|ە)(?![^\W_])"
)
#: Shorter names have other words begin with them.
_LEAST_ENDED = 4


def _end_of_word(low: str, pattern: str, end: int) -> int:
    """Return where the word ends that begins with a label, 0 where that is another word."""
    ending = _ENDING.match(low, end) if len(pattern) >= _LEAST_ENDED else None
    if ending is not None:
        return ending.end()
    return 0 if low[end].isalnum() else end


#: What Arabic and its neighbours write together with a word: the, and, on the, with, for the.
_ARTICLE = re.compile(r"(?<![^\W_])و?(?:ال|بال|عال|لل|ب|ع|و)\Z")


def _begins_a_word(low: str, start: int) -> bool:
    before = low[start - 1] if start else " "
    if not (before.isalnum() or before in "_@.#-"):
        return True
    return before > "\u0600" and _ARTICLE.search(low, max(0, start - 5), start) is not None


def _found(plain: Plain, hits: list[tuple[str, int, int]]) -> list[tuple[Plain, Found]]:
    """Return what is found in a text, in its order, each with the plain text in which it was found."""
    clear = undisguised(plain)
    if clear is not plain:
        hits = _words(clear.low, _MATCHER.find_matches_as_indexes(clear.low))
    found = find_links(clear, any(what in _SCHEMES for what, _, _ in hits))
    labels = [Label(PLATFORM_OF[what], what, start, end) for what, start, end in hits if what in PLATFORM_OF]
    has_mail = "@" in clear.low
    if labels or has_mail:
        links = _Spans([each for each in found if each.kind != "phone"])
        if has_mail:
            found += _mails(clear.low, links)
        if labels:
            found += [each for each in find_handles(clear, labels) if links.meet(each) is None]
    if _CODE.search(clear.low):
        if max(map(len, clear.text.split()), default=0) >= LEAST:
            found += find_crypto_addresses(clear)
        found += find_ibans(clear)
    # Of what begins together the wider stands first: the link before the number in it.
    return [(clear, each) for each in sorted(found, key=lambda each: (each.start, -each.end))]


def _mails(low: str, links: _Spans) -> Iterator[Found]:
    """Yield the e-mail addresses in a text in lower case that are no parts of links."""
    for host in _MAIL.finditer(low):
        ending = host[1].rpartition(".")[2]
        if ending in _FILES or (len(ending) == 2 and ending not in COUNTRIES):  # noqa: PLR2004 - a country's
            continue
        before = low[max(0, host.start() - _LONGEST_LOCAL) : host.start()]
        local = before[len(before.rstrip(_LOCAL_CHARACTERS)) :].lstrip(".-")
        start = host.start() - len(local)
        if not local or (start and (low[start - 1].isalnum() and low[start - 1] < "\u0370")):
            continue
        mail = Found("email", f"{local}@{host[1]}", start, host.end(), "e-mail address")
        if links.meet(mail) is None:
            yield mail


def _mention(text: str, plain: Plain, found: Found) -> Mention:
    start, end = plain.span(found.start, found.end)
    as_written = text[start:end]
    return Mention(
        kind=found.kind,
        value=found.value,
        as_written=as_written,
        start=start,
        end=end,
        rule=found.rule + disguise(as_written, plain.text[found.start : found.end]),
    )
