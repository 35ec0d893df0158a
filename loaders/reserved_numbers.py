"""Phone numbers that belong to nobody: what samples and tests may show, and what real files may be tried out with.

Some of them are no valid numbers to libphonenumber; they are accepted all the same, so that a sample behaves like the
real thing.
"""

from __future__ import annotations

import re

#: E.164 prefix, how many digits follow it, and who set it aside.
FICTION: tuple[tuple[str, int, str], ...] = (
    ("+447700900", 3, "United Kingdom, mobile: Ofcom, numbers for drama use"),
    ("+120255501", 2, "United States, Washington: North American Numbering Plan, 555-0100 to 555-0199"),
    ("+331990", 5, "France: Arcep, numbers for audiovisual works"),
    ("+3363998", 4, "France, mobile: Arcep, numbers for audiovisual works"),
    ("+614915701", 2, "Australia, mobile: ACMA, numbers for use in creative works"),
    ("+467017406", 2, "Sweden, mobile: PTS, numbers for use in films and books"),
)

#: Countries that set none aside: dummies whose subscriber part is 000 0xxx.
DUMMIES: tuple[tuple[str, int, str], ...] = (
    ("+9647700000", 3, "Iraq"),
    ("+355690000", 3, "Albania"),
    ("+849000000", 2, "Vietnam"),
    ("+905000000", 3, "Türkiye"),
    ("+989120000", 3, "Iran"),
    ("+93700000", 3, "Afghanistan"),
    ("+963930000", 3, "Syria"),
    ("+216200000", 2, "Tunisia"),
    ("+218910000", 3, "Libya"),
    ("+491510000", 4, "Germany"),
    ("+923000000", 3, "Pakistan"),
    ("+251910000", 3, "Ethiopia"),
    ("+2917000", 3, "Eritrea"),
    ("+393200000", 3, "Italy"),
    ("+34600000", 3, "Spain"),
    ("+40740000", 3, "Romania"),
)

_RESERVED = re.compile("|".join(rf"{re.escape(prefix)}\d{{{free}}}" for prefix, free, _ in (*FICTION, *DUMMIES)))
#: Those that libphonenumber calls invalid, as they may stand in a text: only these need its lenient mode.
_INVALID = re.compile(r"(?:44|0)0?7700900\d{3}|(?:33|0)0?63998\d{4}|49(?:0?)1510000\d{4}")


def is_reserved(e164: str) -> bool:
    """Return whether a number in E.164 belongs to nobody.

    >>> is_reserved("+447700900123")
    True
    """
    return _RESERVED.fullmatch(e164) is not None


def may_hold_reserved(digits: str) -> bool:
    """Return whether digits, as they stand in a text, may hold a reserved number that libphonenumber refuses."""
    return _INVALID.search(digits) is not None
