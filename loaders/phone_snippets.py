"""Numbers in a snippet of plain digits and what stands between them: one, some one after the other, or none.

A number is one that libphonenumber calls valid, or that nobody has (``loaders/reserved_numbers``). Each snippet is
matched once.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice, pairwise
from typing import NamedTuple

import phonenumbers
from phonenumbers import Leniency, PhoneNumber, PhoneNumberMatcher

from loaders.reserved_numbers import may_hold_reserved
from loaders.valid_numbers import accepted, e164, parsed, valid_international, valid_national

#: Where a number without a region may be dialled from: countries on the reported routes whose national numbers begin
#: with 0. (Where they do not, as in Italy or Tunisia, any nine digits would be a number; Eritrea's have seven digits.)
CANDIDATE_REGIONS = ("GB", "FR", "BE", "DE", "SE", "AL", "TR", "IQ", "IR", "SY", "AF", "VN", "PK", "ET", "LY", "RO")

NOT_DIGIT = re.compile(r"\D+")
LEAST_DIGITS = 7
#: A run of more digits holds ids or noise, not a list of numbers; its cost is bounded by this.
MOST_DIGITS = 2000
_MOST_NATIONAL = 12
#: How often it may be tried again within a snippet.
_TRIES = 30

#: Dates, and the hours of who never closes.
DATE = re.compile(
    r"[0-9](?<![0-9]{2})(?:"  # digits are rare: to look for one first is five times as quick
    r"(?:(?<=1)9|(?<=2)0)[0-9]{2}([-/. ])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12][0-9]|3[01])"
    r"|(?<=1)[34][0-9]{2}([-/.])(?:0?[1-9]|1[0-2])\2(?:0?[1-9]|[12][0-9]|3[01])"
    r"|(?:(?<=0)[1-9]|(?<=[12])[0-9]|(?<=3)[01]|(?<=[1-9]))([-/. ])(?:0?[1-9]|[12][0-9]|3[01])\3(?:19|20)[0-9]{2}"
    r"|(?<=2)4/7(?<!/24/7)"
    r")(?![0-9])"
)
_STAMP = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d)?)?")
_NO_PHONE = re.compile(
    r"(?:0|[1-9]\d{0,2})(?:\.(?:0|[1-9]\d{0,2})){3}"  # an IP address; no part of one begins with 0
    r"|[1-9]\d{0,2}(?:\.\d{3})+"  # a price
    r"|\d{1,3}\.\d{4,}(?:[ ]-?\d{1,3}\.\d{4,})?"  # coordinates
    r"|\d{4}(?:[ -]\d{4}){3}"  # a card
    r"|[01]\d00 ?[-/.] ?[012]\d00"  # opening hours
)
#: What may stand at the edges of a snippet without belonging to the number, and before a further number.
_EDGES = " \t\u00a0\u3000-.()/\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
_NEXT_NUMBER = re.compile(r"[ \t/.\-]{1,6}(?=\(?0\d)")
#: Last digits of further numbers: "… 123 / 124". And digits that belong to what follows: "… 123 2 people".
_ENDINGS = re.compile(r"(?:\s{0,3}[/\\]\s{0,3}\d{1,4}){1,6}\Z")
_ENDING = re.compile(r"[/\\]\s{0,3}(\d{1,4})")
_TAIL = re.compile(r"(?<=\d)[ \t]+\d{1,5}\Z")
#: A comma, a picture, an end of line: they part numbers more often than they stand in one.
STRONG = (
    "\n\r,|_*~•·;'’" + "\u2190-\u21ff\u2300-\u245f\u2500-\u27bf\u2900-\u297f\u2b00-\u2bff\u3030\U0001f300-\U0001faff"
)
_STRONG_RUN = re.compile(rf"[{STRONG}][ \t{STRONG}]*")
#: A digit a line is the most.
_MOST_PARTS = 16
_DECIMALS = re.compile(r"-?\d{1,3}\.\d{3,}")
_COMMA = re.compile(r"[,;|'’]")
_COMMAS = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+")


class Found(NamedTuple):
    """A number in a snippet: where, in E.164 or ``None``, what it may be, and by which rule."""

    start: int
    end: int
    value: str | None
    candidates: tuple[str, ...]
    rule: str

    def moved(self, by: int) -> Found:
        """Return the same further on."""
        return Found(self.start + by, self.end + by, self.value, self.candidates, self.rule) if by else self


@lru_cache(maxsize=1 << 16)
def matched(clean: str, region: str | None, told: bool) -> tuple[Found, ...]:
    """Return the numbers in a snippet; dates in it are cut out first.

    ``told`` says that the region is what stands beside the snippet: then a number without its leading zero is one too.
    """
    found: list[Found] = []
    begin = 0
    for date in (*DATE.finditer(clean), None):
        end = date.start() if date else len(clean)
        piece = clean[begin:end]
        piece = piece.rstrip(" \t")
        digits = NOT_DIGIT.sub("", piece)
        if LEAST_DIGITS <= len(digits) <= MOST_DIGITS:
            each = _piece(piece, region) or (_told(piece, digits, region) if told and region else ())
            found += (one.moved(begin) for one in each)
        begin = date.end() if date else end
    return tuple(found)


@lru_cache(maxsize=1 << 16)
def perhaps(clean: str) -> bool:
    """Return whether a snippet has enough digits besides its dates to be looked at in its place."""
    return any(len(NOT_DIGIT.sub("", piece)) >= LEAST_DIGITS for piece in DATE.sub("x", clean).split("x"))


@lru_cache(maxsize=1 << 16)
def _piece(piece: str, region: str | None) -> tuple[Found, ...]:  # noqa: PLR0911 - one way each
    """Return the numbers of a snippet without dates: the whole, or one after the other."""
    bare = piece.strip(_EDGES)
    digits = NOT_DIGIT.sub("", piece)
    if _NO_PHONE.fullmatch(bare) or (bare == digits and _STAMP.fullmatch(digits)) or _counts(bare):
        return ()
    if one := _whole(piece, region):
        return (one,)
    if several := _with_endings(piece, region):
        return tuple(several)
    for cut in islice(_NEXT_NUMBER.finditer(piece), _TRIES):
        one = _whole(piece[: cut.start()], region)
        before = 0 if one else len(NOT_DIGIT.sub("", piece[: cut.start()]))
        if one or (before <= 4 and cut[0].isspace()):  # noqa: PLR2004 - a year or a price at most stands before it
            rest = piece[cut.end() :]
            further = _piece(rest, region)
            if one or further:
                return (*([one] if one else []), *(each.moved(cut.end()) for each in further))
    if (tail := _TAIL.search(piece)) and (bare[:1] in {"+", "0"}) and (one := _whole(piece[: tail.start()], region)):
        return (one,)
    if not region and not bare.startswith("+"):
        return ()
    return tuple(
        Found(match.start, match.end, e164(match.number), (), _rule(match.raw_string, match.number, region))
        for match in _matches(piece, digits, region)
    )


def _counts(bare: str) -> bool:
    """Return whether somebody counts: 01 02 03 04 05."""
    groups = NOT_DIGIT.split(bare)
    if len(groups) < 4 or not all(map(str.isdigit, groups)):  # noqa: PLR2004 - three may be a number
        return False
    return {int(b) - int(a) for a, b in pairwise(groups)} in ({1}, {-1})


def _with_endings(piece: str, region: str | None) -> list[Found]:
    """Return a number and those that write only their last digits behind it."""
    bare = piece.rstrip(_EDGES)
    endings = _ENDINGS.search(bare)
    if endings is None:
        return []
    places = list(_ENDING.finditer(bare, endings.start()))
    for first in range(len(places)):
        head = bare[: places[first].start()]
        one = _whole(head, region) or _only(head, region)
        if one is None:
            continue
        further = [ending(one, *place.span(1), place[1]) for place in places[first:]]
        return [one, *(each for each in further if each)]
    return []


def _only(head: str, region: str | None) -> Found | None:
    """Return the only number in what begins with none of the signs that it is whole, as Italian ones do."""
    if not region or trunk_prefix(region) == "0":
        return None
    found = _matches(head, NOT_DIGIT.sub("", head), region)
    one = found[0] if len(found) == 1 and found[0].end == len(head.rstrip(_EDGES)) else None
    return Found(one.start, one.end, e164(one.number), (), _rule(one.raw_string, one.number, region)) if one else None


def ending(one: Found, start: int, end: int, digits: str) -> Found | None:
    """Return the number that writes only its last digits behind another one; ``None`` where that is none."""
    values = [value[: -len(digits)] + digits for value in ([one.value] if one.value else one.candidates)]
    valid = tuple(value for value in values if valid_international(value[1:]) == value)
    if not valid or digits == (one.value or one.candidates[0])[-len(digits) :]:
        return None
    return Found(start, end, valid[0] if one.value else None, () if one.value else valid, "second ending")


def _told(piece: str, digits: str, region: str) -> list[Found]:
    """Return a snippet as one number of the country that is told beside it, whether or not its zero is written."""
    bare = piece.strip(_EDGES)
    if bare.startswith("+") or _NO_PHONE.fullmatch(bare) or not LEAST_DIGITS < len(digits) <= _MOST_NATIONAL + 2:
        return []
    number = parsed(bare, region)
    if number is None or not accepted(number):
        return []
    start = piece.index(bare)
    return [Found(start, start + len(bare), e164(number), (), national_rule(digits, number, region))]


def _whole(piece: str, region: str | None) -> Found | None:
    """Return a piece as one number, where a plus or zeros at its start say that it is whole; ``None`` where not."""
    bare = piece.strip(_EDGES)
    digits = NOT_DIGIT.sub("", bare)
    start = piece.index(bare)
    span = (start - (bare.count(")") > bare.count("(") and piece[start - 1 : start] == "("), start + len(bare))
    if len(digits) < LEAST_DIGITS:
        return None
    if bare.startswith("+"):
        value, rule = valid_international(digits), "international"
    elif digits.startswith("00"):
        value, rule = valid_international(digits[2:]), "international 00"
    elif region is None and digits.startswith("0"):
        found = candidates(digits) if len(digits) <= _MOST_NATIONAL else ()
        return Found(*span, None, found, "national, region undecided") if found else None
    elif region and digits.startswith("0") and trunk_prefix(region) == "0":
        value, rule = valid_national(digits, region), f"national {region}"
    else:
        return None
    return Found(*span, value, (), rule) if value else None


@lru_cache(maxsize=1 << 14)
def joined(clean: str, region: str | None) -> tuple[Found, ...]:
    """Return the numbers of a snippet that only are some when its parts are put together: lines, pictures."""
    parts: list[tuple[int, int]] = []
    at = 0
    for gap in (*_STRONG_RUN.finditer(clean), None):
        parts.append((at, gap.start() if gap else len(clean)))
        at = gap.end() if gap else at
    if len(parts) < 2 or len(parts) > MOST_DIGITS:  # noqa: PLR2004 - nothing to put together
        return ()
    found: list[Found] = []
    first, tries = 0, 0
    while first < len(parts) - 1 and tries < 4 * _TRIES:
        longest = None
        after = first + 1
        for last in range(first + 1, min(first + _MOST_PARTS, len(parts))):
            tries += 1
            if one := _together(clean, parts[first : last + 1], region):
                longest, after = one, last + 1
        if longest:
            found.append(longest)
        first = after
    return tuple(found)


def _together(clean: str, parts: list[tuple[int, int]], region: str | None) -> Found | None:
    texts = [clean[start:end] for start, end in parts]
    if any(_DECIMALS.fullmatch(text.strip()) or DATE.search(text) for text in texts):
        return None
    written = clean[parts[0][0] : parts[-1][1]]
    if _COMMAS.fullmatch(written) or _counts("-".join(text.strip(_EDGES) for text in texts)):
        return None
    if len(parts) < 3 and _COMMA.search(written):  # noqa: PLR2004 - a comma between two parts ends something
        return None
    whole = " ".join(texts)
    bare = whole.strip(_EDGES)
    digits = NOT_DIGIT.sub("", bare)
    if not LEAST_DIGITS < len(digits) <= 15 or bare.count("+") > bare.startswith("+"):  # noqa: PLR2004 - as E.164 has
        return None
    one = _whole(bare, region)
    if one is None and region and trunk_prefix(region) != "0" and "," not in written:
        number = parsed(bare, region)
        mobile = number is not None and phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE
        if number and mobile and len(digits) == len(phonenumbers.national_significant_number(number)):
            one = Found(0, 0, e164(number), (), f"national {region}")
    if one is None:
        return None
    stripped = written.strip(_EDGES)
    start = parts[0][0] + written.index(stripped)
    return one._replace(start=start, end=start + len(stripped))


@lru_cache(maxsize=1 << 14)
def candidates(digits: str) -> tuple[str, ...]:
    """Return what a national number is in each candidate region where it is valid."""
    # The pattern is the cheap half of what libphonenumber asks; it spares most regions the other half.
    fitting = [region for region in CANDIDATE_REGIONS if _national_pattern(region).fullmatch(digits[1:])]
    return tuple(sorted({value for region in fitting if (value := valid_national(digits, region))}))


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
    return [match for match in found if accepted(match.number)]


def _rule(raw: str, number: PhoneNumber, region: str | None) -> str:
    return (
        "international" if raw.lstrip("( ").startswith("+") else national_rule(NOT_DIGIT.sub("", raw), number, region)
    )


def national_rule(digits: str, number: PhoneNumber, region: str | None) -> str:
    """Return by which rule digits that are no international number are this one."""
    whole = e164(number)[1:]
    if digits == whole:
        return "country code without plus"
    return "international 00" if digits.startswith("00") else f"national {region}"


@lru_cache(maxsize=512)
def trunk_prefix(region: str) -> str | None:
    """Return what a country's national numbers begin with when dialled, ``None`` where nothing is put before them."""
    prefix = phonenumbers.ndd_prefix_for_region(region, False)
    return str(prefix) if prefix else None
