"""Phone numbers in texts and contact cards.

A number is found where libphonenumber calls it valid, or where nobody has it (``loaders/reserved_numbers``).
International numbers are found anywhere. National ones need a region; without one they are undecided: a mention with
candidates and no value. Only snippets that look like numbers are given to libphonenumber, each distinct one once.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import phonenumbers
from phonenumbers import Leniency, NumberParseException, PhoneNumber, PhoneNumberMatcher

from graph.records import Mention
from loaders.reserved_numbers import is_reserved, may_hold_reserved

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Where a number without a region may be dialled from: countries on the reported routes whose national numbers begin
#: with 0. (Where they do not, as in Italy or Tunisia, any nine digits would be a number.)
CANDIDATE_REGIONS = ("GB", "FR", "BE", "DE", "SE", "AL", "TR", "IQ", "IR", "SY", "AF", "VN")

#: Characters that nobody sees, which apps and writers leave inside numbers; also the keycap of emoji digits.
_UNSEEN = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff\u20e3"
_GAP = rf"[ \t\u00a0\u2000-\u200a\u202f\u205f\u3000\-\u2010-\u2015\u2212\uff0d.()/{_UNSEEN}]"
#: Seven digits or more with at most six other characters between two of them.
_SNIPPET = re.compile(rf"(?:[+\uff0b]{_GAP}{{0,3}})?\(?\d(?:{_GAP}{{0,6}}\d){{6,}}")
#: Its first seven digits, and what may stand before them. To look for these two is seven times as quick, because few
#: characters are digits, and any may begin a snippet.
_SEVEN_DIGITS = re.compile(rf"\d(?:{_GAP}{{0,6}}\d){{6}}")
_LEAD = re.compile(rf"(?:[+\uff0b]{_GAP}{{0,3}})?\(?\Z")
_LONGEST_LEAD = 5
_UNSEEN_ONE = re.compile(f"[{_UNSEEN}]")
_NOT_DIGIT = re.compile(r"\D+")
_LEAST_DIGITS = 7
#: A run of more digits holds ids or noise, not a list of numbers; its cost is bounded by this.
_MOST_DIGITS = 2000
_MOST_NATIONAL = 12
#: How often libphonenumber may try again within a snippet.
_TRIES = 30

_DATE = re.compile(
    r"(?<!\d)(?:(?:19|20)\d\d([-/. ])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12]\d|3[01])"
    r"|(?:0?[1-9]|[12]\d|3[01])([-/. ])(?:0?[1-9]|[12]\d|3[01])\2(?:19|20)\d\d)(?!\d)"
)
_STAMP = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d)?)?")
_NO_PHONE = re.compile(
    r"\d{1,3}(?:\.\d{1,3}){3}"  # an IP address
    r"|[1-9]\d{0,2}(?:\.\d{3})+"  # a price
    r"|\d{1,3}\.\d{4,}(?:[ ]-?\d{1,3}\.\d{4,})?"  # coordinates
    r"|\d{4}(?:[ -]\d{4}){3}"  # a card
)
_MONEY_AFTER = re.compile(
    r"\s{0,2}(?:[$€£¥₺₫₪₹%]|(?:USD|EUR|GBP|IQD|TRY|TL|VND|ALL|SEK|IRR|AFN|euros?|dollars?|pounds?|đồng|lek[eë]?|dinars?)\b"
    r"|دينار|دولار|يورو|تومان|ریال|یورو|دلار)",
    re.IGNORECASE,
)
#: What may stand at the edges of a snippet without belonging to the number, and before a further number.
_EDGES = " \t-.()/\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
_NEXT_NUMBER = re.compile(r"[ \t/.\-]+(?=\(?0\d)")
#: What stands before ids, addresses and prices, and after parts of names.
_NOT_BEFORE = frozenset("_#=/@&?%$€£¥₺₫")
_NOT_AFTER = frozenset("_=")


class _Found(NamedTuple):
    """A number in a snippet: where, in E.164 or ``None``, what it may be, and by which rule."""

    start: int
    end: int
    value: str | None
    candidates: tuple[str, ...]
    rule: str

    def moved(self, by: int) -> _Found:
        """Return the same further on."""
        return self._replace(start=self.start + by, end=self.end + by)


def find_phones(text: str, region: str | None = None) -> list[Mention]:
    """Return the phone numbers in a text, in its order; spans count characters of the text as written.

    ``region`` (ISO 3166-1 alpha-2) is where its national numbers are dialled from. ``None``, or a country that has no
    numbering plan, leaves a number such as 07701234567 undecided: ``value`` is ``None`` and ``candidates`` has what it
    is in each of ``CANDIDATE_REGIONS`` where it is valid. Rules: ``international``, ``international 00``,
    ``country code without plus``, ``national GB``, ``national, region undecided``.

    >>> [(m.value, m.as_written, m.rule) for m in find_phones("Call 07700 900123 now", "GB")]
    [('+447700900123', '07700 900123', 'national GB')]
    """
    if _SEVEN_DIGITS.search(text) is None:  # the quick way out for most texts
        return []
    region = _known(region)
    return [mention for snippet in _snippets(text) for mention in _mentions(text, snippet, region)]


def _snippets(text: str) -> Iterator[re.Match[str]]:
    """Yield what ``_SNIPPET`` finds in a text, one after the other."""
    at = 0
    while seven := _SEVEN_DIGITS.search(text, at):
        first = seven.start()
        lead = _LEAD.search(text, max(at, first - _LONGEST_LEAD), first)
        snippet = _SNIPPET.match(text, lead.start() if lead else first)
        if snippet is None:
            return
        yield snippet
        at = snippet.end()


def find_contact(number_as_written: str, region: str | None = None) -> Mention | None:
    """Return the number of a field that holds nothing else: a contact card, a sender.

    What stands there is a number by declaration, so an international one only has to be possible, and a country code
    is found without its plus. ``None`` where there is no number; undecided as in ``find_phones``.
    """
    clean, places = _seen_only(number_as_written)
    written = clean.strip()
    digits = _NOT_DIGIT.sub("", written)
    if not _LEAST_DIGITS - 1 <= len(digits) <= _MOST_DIGITS:
        return None
    region = _known(region)
    start = re.search(r"[+\d(]", clean)
    stop = max(place for place, character in enumerate(clean) if character.isdigit()) + 1
    span = (start.start() if start else 0, stop)
    found: _Found | None = None
    if written.startswith("+") or digits.startswith("00"):
        plain = digits if written.startswith("+") else digits[2:]
        if (number := _parsed("+" + plain, None)) and phonenumbers.is_possible_number(number):
            rule = "international" if written.startswith("+") else "international 00"
            found = _Found(*span, _e164(number), (), rule)
    elif region and (number := _parsed(written, region)) and _accepted(number):
        found = _Found(*span, _e164(number), (), _national_rule(digits, number, region))
    elif not digits.startswith("0") and (number := _parsed("+" + digits, None)) and _accepted(number):
        found = _Found(*span, _e164(number), (), "country code without plus")
    elif not region and digits.startswith("0") and (candidates := _candidates(digits)):
        found = _Found(*span, None, candidates, "national, region undecided")
    return _mention(number_as_written, found, places, 0) if found else None


def _known(region: str | None) -> str | None:
    letters = region.upper() if region else None
    return letters if letters in phonenumbers.SUPPORTED_REGIONS else None


def _mentions(text: str, snippet: re.Match[str], region: str | None) -> Iterator[Mention]:
    written = snippet[0]
    clean, places = _seen_only(written)
    if _out_of_place(text, snippet, clean):
        return
    for found in _matched(clean, region):
        yield _mention(text, found, places, snippet.start())


def _mention(text: str, found: _Found, places: list[int] | None, offset: int) -> Mention:
    """Return a found number with its place in the text as written; unseen characters inside it belong to it."""
    start, last = found.start, found.end - 1
    if places is not None:
        start, last = places[start], places[last]
    start, end = offset + start, offset + last + 1
    return Mention(
        kind="phone",
        value=found.value,
        as_written=text[start:end],
        start=start,
        end=end,
        rule=found.rule,
        candidates=found.candidates,
    )


def _seen_only(written: str) -> tuple[str, list[int] | None]:
    """Return a snippet with ASCII digits and without unseen characters, and where each of its characters stood."""
    if written.isascii():
        return written, None
    places = [place for place, character in enumerate(written) if not _UNSEEN_ONE.match(character)]
    clean = "".join(
        str(int(character)) if character.isdecimal() else "+" if character == "\uff0b" else character
        for character in (written[place] for place in places)
    )
    return clean, places


def _out_of_place(text: str, snippet: re.Match[str], clean: str) -> bool:
    """Return whether what stands around a snippet says that it is part of a word, an address, a price or an id."""
    before = text[snippet.start() - 1] if snippet.start() else ""
    after = text[snippet.end()] if snippet.end() < len(text) else ""
    if after == "@":
        return True
    if clean.startswith("+"):
        return False
    if _is_latin(before) or _is_latin(after) or before in _NOT_BEFORE or after in _NOT_AFTER:
        return True
    decimal = before in {",", ".", "'", "’"} and text[snippet.start() - 2 : snippet.start() - 1].isdigit()
    return (decimal and not clean.startswith("0")) or _MONEY_AFTER.match(text, snippet.end()) is not None


def _is_latin(character: str) -> bool:
    return character.isalpha() and (character < "\u0250" or "\u1e00" <= character < "\u1f00")


@lru_cache(maxsize=1 << 16)
def _matched(clean: str, region: str | None) -> tuple[_Found, ...]:
    """Return the numbers in a snippet; dates in it are cut out first."""
    found: list[_Found] = []
    begin = 0
    for date in (*_DATE.finditer(clean), None):
        end = date.start() if date else len(clean)
        piece = clean[begin:end]
        digits = _NOT_DIGIT.sub("", piece)
        if _LEAST_DIGITS <= len(digits) <= _MOST_DIGITS:
            found += (each.moved(begin) for each in _piece(piece, digits, region))
        begin = date.end() if date else end
    return tuple(found)


def _piece(piece: str, digits: str, region: str | None) -> list[_Found]:
    """Return the numbers of a snippet without dates: the whole, or one after the other."""
    bare = piece.strip(_EDGES)
    if _NO_PHONE.fullmatch(bare) or (bare == digits and _STAMP.fullmatch(digits)):
        return []
    if one := _whole(piece, region):
        return [one]
    for cut in islice(_NEXT_NUMBER.finditer(piece), _TRIES):
        if one := _whole(piece[: cut.start()], region):
            rest = piece[cut.end() :]
            further = _piece(rest, _NOT_DIGIT.sub("", rest), region)
            return [one, *(each.moved(cut.end()) for each in further)]
    if not region and not bare.startswith("+"):
        return []
    return [
        _Found(match.start, match.end, _e164(match.number), (), _rule(match.raw_string, match.number, region))
        for match in _matches(piece, digits, region)
    ]


def _whole(piece: str, region: str | None) -> _Found | None:
    """Return a piece as one number, where a plus or zeros at its start say that it is whole; ``None`` where not."""
    bare = piece.strip(_EDGES)
    digits = _NOT_DIGIT.sub("", bare)
    start = piece.index(bare)
    span = (start - (bare.count(")") > bare.count("(") and piece[start - 1 : start] == "("), start + len(bare))
    if len(digits) < _LEAST_DIGITS:
        return None
    if bare.startswith("+"):
        number, rule = _parsed(bare, None), "international"
    elif digits.startswith("00"):
        number, rule = _parsed("+" + digits[2:], None), "international 00"
    elif region is None and digits.startswith("0"):
        candidates = _candidates(digits) if len(digits) <= _MOST_NATIONAL else ()
        return _Found(*span, None, candidates, "national, region undecided") if candidates else None
    elif region and digits.startswith("0") and _trunk_prefix(region) == "0":
        number, rule = _parsed(bare, region), f"national {region}"
    else:
        return None
    return _Found(*span, _e164(number), (), rule) if number and _accepted(number) else None


@lru_cache(maxsize=1 << 14)
def _candidates(digits: str) -> tuple[str, ...]:
    """Return what a national number is in each candidate region where it is valid."""
    # The pattern is the cheap half of what libphonenumber asks; it spares nine of twelve regions the other half.
    fitting = [region for region in CANDIDATE_REGIONS if _national_pattern(region).fullmatch(digits[1:])]
    numbers = [_parsed(digits, region) for region in fitting]
    return tuple(sorted({_e164(number) for number in numbers if number and _accepted(number)}))


@lru_cache(maxsize=512)
def _national_pattern(region: str) -> re.Pattern[str]:
    """Return what all national numbers of a country look like, without their trunk prefix."""
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(region)
    pattern = metadata.general_desc.national_number_pattern if metadata and metadata.general_desc else None
    return re.compile(pattern or r"(?!)")


def _matches(piece: str, digits: str, region: str | None) -> list[phonenumbers.PhoneNumberMatch]:
    """Return libphonenumber's matches; lenient ones only of numbers that it does not know to be reserved."""
    leniency = Leniency.POSSIBLE if may_hold_reserved(digits) else Leniency.VALID
    found = PhoneNumberMatcher(piece, region, leniency=leniency, max_tries=_TRIES)
    return [match for match in found if _accepted(match.number)]


def _rule(raw: str, number: PhoneNumber, region: str | None) -> str:
    return (
        "international" if raw.lstrip("( ").startswith("+") else _national_rule(_NOT_DIGIT.sub("", raw), number, region)
    )


def _national_rule(digits: str, number: PhoneNumber, region: str | None) -> str:
    whole = _e164(number)[1:]
    if digits == whole:
        return "country code without plus"
    return "international 00" if digits.startswith("00") else f"national {region}"


def _accepted(number: PhoneNumber) -> bool:
    return phonenumbers.is_valid_number(number) or is_reserved(_e164(number))


@lru_cache(maxsize=512)
def _trunk_prefix(region: str) -> str | None:
    """Return what a country's national numbers begin with when dialled, ``None`` where nothing is put before them."""
    prefix = phonenumbers.ndd_prefix_for_region(region, False)
    return str(prefix) if prefix else None


def _parsed(text: str, region: str | None) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(text, region)
    except NumberParseException:
        return None


def _e164(number: PhoneNumber) -> str:
    # As format_number does for E.164, which has no separators to choose; it is called several times a number.
    return f"+{number.country_code}{phonenumbers.national_significant_number(number)}"
