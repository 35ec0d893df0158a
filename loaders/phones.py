"""Phone numbers in texts and contact cards, plainly written or disguised.

A number is found where libphonenumber calls it valid, or where nobody has it (``loaders/reserved_numbers``).
International numbers are found anywhere. National ones need a region: that of a flag, name or code beside the number
(``loaders/regions_beside``), else the given one; without either they are undecided: a mention with candidates and no
value. A text is read as it is seen (``loaders/disguised_digits``), then with digits for its words
(``loaders/number_words``), then with digits for letters like O and l; what was found first stays.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

import phonenumbers

from graph.records import Mention
from loaders.disguised_digits import ALL_LETTERS, end_of_picture, has_symbols, seen_digits, without_letters
from loaders.number_words import folded, may_hold_words, without_words
from loaders.phone_snippets import (
    CANDIDATE_REGIONS,
    DATE,
    LEAST_DIGITS,
    MOST_DIGITS,
    NOT_DIGIT,
    STRONG,
    Found,
    candidates,
    ending,
    joined,
    matched,
    national_rule,
    perhaps,
)
from loaders.regions_beside import is_labelled, region_beside, words_meaning
from loaders.valid_numbers import accepted, e164, parsed, valid_international

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from loaders.plain_spelling import Plain

__all__ = ["CANDIDATE_REGIONS", "find_contact", "find_phones"]

#: The least that a text with a number has: seven digits, or letters like them, with little between. Few characters are
#: digits, so that it is a quick way out for most texts.
_SEVEN_DIGITS = re.compile(rf"\d(?:[\W_]{{0,8}}[\d{ALL_LETTERS}]){{6}}")
_BETWEEN = r" \t\u00a0\u2000-\u200a\u202f\u205f\u3000\-\u2010-\u2015\u2212\uff0d.()/\[\]"
_GAP, _STRONG = f"[{_BETWEEN}]", f"[{STRONG}{_BETWEEN}]"
#: Seven digits or more with at most six other characters between two of them, and what may stand before them. To look
#: for these two is seven times as quick as for both at once, because few characters are digits.
_DIGITS = re.compile(rf"[0-9](?:{_GAP}{{0,6}}[0-9]){{6,}}")
_LEAD = re.compile(rf"(?:\+{_GAP}{{0,3}})?\(?\Z")
#: The same with commas, pictures and ends of lines between.
_WIDE_DIGITS = re.compile(rf"[0-9](?:{_STRONG}{{0,8}}[0-9]){{6,}}")
_WIDE_LEAD = re.compile(rf"(?:\+{_STRONG}{{0,3}})?\(?\Z")
_LONGEST_LEAD = 5
_ANY_STRONG = re.compile(rf"[{STRONG}]")
_MONEY_AFTER = re.compile(
    r"\s{0,2}(?:[$€£¥₺₫₪₹%]|(?:USD|EUR|GBP|IQD|TRY|TL|VND|ALL|SEK|IRR|AFN|PKR|ETB|RON|euros?|dollars?|pounds?|đồng|lek[eë]?|"
    r"dinars?|paund|lei|lire|birr|rupees|toman|sterline|libras|k|đ)\b|دينار|دولار|يورو|تومان|ریال|یورو|دلار|ډالر|افغانۍ|ليرة|لیره|"
    r"روپے|ብር|ዶላር|یۆرۆ|دۆلار|دینار)",
    re.IGNORECASE,
)
_LAST_GROUP = re.compile(r"[ \t][0-9.]{1,7}\Z")
#: What stands before ids, addresses and prices, and after parts of names.
_NOT_BEFORE = frozenset("_#=/@&?%$€£¥₺₫")
_NOT_AFTER = frozenset("_=")
#: A bank account whose letters end just before the digits.
_IBAN_BEFORE = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}[0-9]{0,2}(?:[ ]?[A-Z0-9]{4}){0,7}[ ]?\Z")
_IBAN_LETTERS = re.compile(r"[A-Z]{2}[0-9]{2}|(?:^|[ ])[A-Z]{2}\Z")
_LONGEST_IBAN = 40
_WORD_BEHIND = re.compile(r"[ \t]{1,2}\(?([^\W\d_]{2,20})")
#: The last digits of another number behind one, with nothing behind them: "… 123 or 124".
_OR_ENDING = re.compile(
    r"[ \t]{1,2}(?:or|ou|oder|o|ose|sau|hoặc|veya|أو|او|یا|یان|an|ወይ|ወይም|&|and|et|dhe|ve)[ \t]{1,2}([0-9]{2,4})"
    r"(?=[ \t]{0,3}(?:[.,;!?)\n]|\Z))"
)
_DISGUISED = re.compile(r"[^\d\s+\-.()/\u2010-\u2015\u2212\uff0d\uff0b]|[\r\n]")
_PICTURE = re.compile(
    "[\u2190-\u21ff\u2300-\u245f\u2500-\u2775\u2793-\u27bf\u2900-\u297f\u2b00-\u2bff\U0001f300-\U0001faff]"
)
_UNSEEN = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")


def find_phones(text: str, region: str | None = None) -> list[Mention]:
    """Return the phone numbers in a text, in its order; spans count characters of the text as written.

    ``region`` (ISO 3166-1 alpha-2) is where its national numbers are dialled from, if no country stands beside them.
    ``None``, or a country that has no numbering plan, leaves a number such as 07701234567 undecided: ``value`` is
    ``None`` and ``candidates`` has what it is in each of ``CANDIDATE_REGIONS`` where it is valid. Rules:
    ``international``, ``international 00``, ``country code without plus``, ``national GB``, ``national GB, country
    beside``, ``national, region undecided``, ``second ending`` (a number that writes only its last digits behind
    another); and after a comma each disguise: ``in words``, ``letters for digits``, ``symbols for digits``, ``unseen
    characters inside``, ``pictures inside``, ``over lines``.

    >>> [(m.value, m.as_written, m.rule) for m in find_phones("Call 07700 900123 now", "GB")]
    [('+447700900123', '07700 900123', 'national GB')]
    """
    in_words = may_hold_words(text.lower())
    if not in_words and not has_symbols(text):  # the quick way out for most texts
        some = _SEVEN_DIGITS.search(text)
        if some is None:
            return []
        dated = DATE.search(text, some.start(), some.end() + 4)
        if dated and _SEVEN_DIGITS.search(DATE.sub("x", text)) is None:
            return []
    region = _known(region)
    plain = seen_digits(text)
    found = _Kept(text)
    found.add(plain, region, ())
    if in_words or (plain.starts is not None and may_hold_words(plain.text.lower())):
        told, spans = without_words(plain)
        if spans:
            found.add(told, region, [(*plain.span(*span), ", in words") for span in spans])
            plain = told
    lettered, spans = without_letters(plain)
    if spans:
        found.add(lettered, region, [(*plain.span(*span), ", letters for digits") for span in spans])
    return found.mentions()


class _Kept:
    """The mentions found in a text so far, none of which overlap."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._found: list[Mention] = []

    def add(self, plain: Plain, region: str | None, disguises: Sequence[tuple[int, int, str]]) -> None:
        """Add the numbers of a reading of the text, but where there is one already. ``disguises``: what was read."""
        new = [_mention(self._text, plain, found, disguises) for found in _in_plain(plain, region)]
        if self._found and new:
            starts = [each.start for each in self._found]
            new = [
                each
                for each in new
                if not (before := bisect_left(starts, each.end)) or self._found[before - 1].end <= each.start
            ]
        if new:
            self._found = sorted((*self._found, *new), key=lambda each: each.start) if self._found else new

    def mentions(self) -> list[Mention]:
        """Return them in order."""
        return self._found


def _snippets(
    text: str, start: int, end: int, digits: re.Pattern[str], lead: re.Pattern[str]
) -> Iterator[tuple[int, int]]:
    """Yield where digits stand that may be a number, with the plus or bracket before them."""
    for found in digits.finditer(text, start, end):
        first = found.start()
        before = lead.search(text, max(start, first - _LONGEST_LEAD), first)
        start = found.end()
        yield before.start() if before else first, start


def _in_plain(plain: Plain, region: str | None) -> Iterator[Found]:
    """Yield the numbers of a text with plain digits."""
    text = plain.text
    for start, end in _snippets(text, 0, len(text), _WIDE_DIGITS, _WIDE_LEAD):
        taken: list[int] = []
        for first, last in _snippets(text, start, end, _DIGITS, _LEAD):
            found = None
            for found in _in_snippet(text, first, text[first:last], region):
                taken += found.start, found.end
                yield found
            behind = _OR_ENDING.match(text, found.end) if found else None
            if found and behind and (one := ending(found, *behind.span(1), behind[1])):
                yield one
        if _ANY_STRONG.search(text, start, end) is None:
            continue
        edges = [start, *taken, end]
        for first, last in zip(edges[::2], edges[1::2], strict=True):
            if first < last and len(NOT_DIGIT.sub("", text[first:last])) > LEAST_DIGITS:
                yield from _over_gaps(text, first, text[first:last], region)


def _in_snippet(text: str, start: int, written: str, region: str | None) -> Iterator[Found]:
    international = written.startswith("+")
    end = start + len(written)
    if (_MONEY_AFTER.match(text, end) or _behind_views(text, end)) and (group := _LAST_GROUP.search(written)):
        written = written[: group.start()]
    end = start + len(written)
    if _out_of_place(text, start, end, written):
        return
    if international or (written.startswith("00") and len(written) > 11):  # noqa: PLR2004 - no national one has it
        yield from (each.moved(start) for each in matched(written, region, False))
        return
    if not perhaps(written) or is_labelled(text, start, "other") or _behind_views(text, end):
        return
    beside = region_beside(text, start, end)
    if beside and (found := matched(written, _known(beside), True)) and any(each.value for each in found):
        yield from (_beside(each, beside).moved(start) for each in found)
        return
    if found := matched(written, region, False):
        yield from (each.moved(start) for each in found)
    elif one := _without_plus(text, start, written):
        yield one


def _without_plus(text: str, start: int, written: str) -> Found | None:
    """Return an international number without its plus, where a word such as "WhatsApp" stands before it."""
    digits = NOT_DIGIT.sub("", written)
    if digits.startswith("0") or not 11 <= len(digits) <= 14:  # noqa: PLR2004
        return None
    behind = _WORD_BEHIND.match(text, start + len(written))
    if not (is_labelled(text, start, "label") or (behind and behind[1].casefold() in words_meaning("label"))):
        return None
    value = valid_international(digits)
    if value is None:
        return None
    end = start + len(written.rstrip(" ()-./"))
    return Found(start, end, value, (), "country code without plus")


def _over_gaps(text: str, start: int, written: str, region: str | None) -> Iterator[Found]:
    """Yield the numbers whose parts have lines, commas or pictures between them."""
    if _out_of_place(text, start, start + len(written), written) or is_labelled(text, start, "other"):
        return
    beside = _known(region_beside(text, start, start + len(written)))
    if beside and (found := joined(written, beside)) and any(each.value for each in found):
        yield from (_beside(each, beside).moved(start) for each in found)
        return
    yield from (each.moved(start) for each in joined(written, region))


def _beside(found: Found, region: str) -> Found:
    """Return a number with what its rule says of the country beside it, if that decided."""
    national = f"national {region}"
    return found._replace(rule=f"{national}, country beside") if found.rule == national else found


def _behind_views(text: str, end: int) -> bool:
    """Return whether a word behind digits says that they count something."""
    following = _WORD_BEHIND.match(text, end)
    return following is not None and folded(following[1]) in words_meaning("views")


def _out_of_place(text: str, start: int, end: int, written: str) -> bool:  # noqa: PLR0911 - one reason each
    """Return whether what stands around a snippet says that it is part of a word, an address, a price or an id."""
    before = text[start - 1] if start else ""
    after = text[end] if end < len(text) else ""
    if after == "@":
        return True
    if written.startswith("+"):
        return False
    if _is_latin(before) or _is_latin(after):
        return True
    marked = before == "_" == after and not (start > 1 and text[start - 2].isalnum())  # what Markdown stresses
    if not marked and (before in _NOT_BEFORE or after in _NOT_AFTER):
        return True
    decimal = before in {",", ".", "'", "’"} and text[start - 2 : start - 1].isdigit()
    if decimal and not written.startswith("0"):
        return True
    if (
        before == " "
        and (iban := _IBAN_BEFORE.search(text[max(0, start - _LONGEST_IBAN) : start]))
        and (
            _IBAN_LETTERS.match(iban[0]) and len(iban[0]) > 4  # noqa: PLR2004 - a country's code alone stands beside it
        )
    ):
        return True
    return _MONEY_AFTER.match(text, end) is not None


def _is_latin(character: str) -> bool:
    return character.isalpha() and (character < "\u0250" or "\u1e00" <= character < "\u1f00")


def _mention(text: str, plain: Plain, found: Found, disguises: Sequence[tuple[int, int, str]]) -> Mention:
    """Return a found number with its place in the text as written; unseen characters inside it belong to it."""
    start, end = plain.span(found.start, found.end)
    end = end_of_picture(text, end)
    as_written = text[start:end]
    rule = found.rule
    if _DISGUISED.search(as_written):
        rule += "".join(dict.fromkeys(what for first, last, what in disguises if first < end and last > start))
        rule += _seen_disguise(as_written)
    return Mention(
        kind="phone",
        value=found.value,
        as_written=as_written,
        start=start,
        end=end,
        rule=rule,
        candidates=found.candidates,
    )


def _seen_disguise(written: str) -> str:
    symbols = has_symbols(written) or "\u20e3" in written
    return (
        (", symbols for digits" if symbols else "")
        + (", unseen characters inside" if _UNSEEN.search(written) else "")
        + (", pictures inside" if _PICTURE.search(written.replace("➕", "")) else "")
        + (", over lines" if "\n" in written or "\r" in written else "")
    )


def find_contact(number_as_written: str, region: str | None = None) -> Mention | None:
    """Return the number of a field that holds nothing else: a contact card, a sender.

    What stands there is a number by declaration, so an international one only has to be possible, and a country code
    is found without its plus. ``None`` where there is no number; undecided as in ``find_phones``.
    """
    plain = seen_digits(number_as_written)
    clean = plain.text
    written = clean.strip()
    digits = NOT_DIGIT.sub("", written)
    if not LEAST_DIGITS - 1 <= len(digits) <= MOST_DIGITS:
        return None
    region = _known(region)
    start = re.search(r"[+\d(]", clean)
    stop = max(place for place, character in enumerate(clean) if character.isdigit()) + 1
    span = (start.start() if start else 0, stop)
    found: Found | None = None
    if written.startswith("+") or digits.startswith("00"):
        number = parsed("+" + (digits if written.startswith("+") else digits[2:]), None)
        if number and phonenumbers.is_possible_number(number):
            rule = "international" if written.startswith("+") else "international 00"
            found = Found(*span, e164(number), (), rule)
    elif region and (number := parsed(written, region)) and accepted(number):
        found = Found(*span, e164(number), (), national_rule(digits, number, region))
    elif not digits.startswith("0") and (number := parsed("+" + digits, None)) and accepted(number):
        found = Found(*span, e164(number), (), "country code without plus")
    elif not region and digits.startswith("0") and (fitting := candidates(digits)):
        found = Found(*span, None, fitting, "national, region undecided")
    return _mention(number_as_written, plain, found, ()) if found else None


def _known(region: str | None) -> str | None:
    letters = region.upper() if region else None
    return letters if letters in phonenumbers.SUPPORTED_REGIONS else None
