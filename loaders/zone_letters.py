"""Times whose zone is told by letters, as services write that show their customers' own clocks: ``22:04:51 EDT``.

Letters that the IANA time zone database has for one distance from UTC since 2011 tell it; others (CST is in Chicago, in
Havana and in Shanghai) do where ``--timezone`` says a place whose clocks were called so at that time.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from loaders.times import moment

if TYPE_CHECKING:
    from graph.records import Moment

#: Letters that tell one distance from UTC.
OFFSETS = {
    "ACDT": "+10:30", "ACST": "+09:30", "ADT": "-03:00", "AEDT": "+11:00", "AEST": "+10:00", "AKDT": "-08:00",
    "AKST": "-09:00", "AST": "-04:00", "AWST": "+08:00", "BST": "+01:00", "CAT": "+02:00", "CEST": "+02:00",
    "CET": "+01:00", "EAT": "+03:00", "EDT": "-04:00", "EEST": "+03:00", "EET": "+02:00", "EST": "-05:00",
    "HDT": "-09:00", "HKT": "+08:00", "HST": "-10:00", "IDT": "+03:00", "JST": "+09:00", "MDT": "-06:00",
    "MST": "-07:00", "NDT": "-02:30", "NST": "-03:30", "NZDT": "+13:00", "NZST": "+12:00", "PDT": "-07:00",
    "PKT": "+05:00", "SAST": "+02:00", "WAT": "+01:00", "WEST": "+01:00", "WET": "+00:00", "WIB": "+07:00",
    "WIT": "+09:00", "WITA": "+08:00",
}  # fmt: skip
_UNDERSTOOD = frozenset({"AM", "PM", "UTC", "GMT", "Z"})
_SHOWN = 10


def moment_by_letters(text: str, timezone: str | None = None) -> Moment:
    """Return the moment that a text names, as ``times.moment`` does, with a zone in letters or without one.

    ``timezone`` (IANA) is where times without a zone belong. Raises ``ValueError`` where letters do not tell a zone.

    >>> moment_by_letters("2021-06-16 22:04:51 EDT").utc().isoformat()
    '2021-06-17T02:04:51+00:00'
    """
    clock, _, letters = text.strip().rpartition(" ")
    if not (clock and letters.isascii() and letters.isalpha() and letters.isupper()) or letters in _UNDERSTOOD:
        return moment(text, timezone)
    if letters in OFFSETS:
        return moment(f"{clock.strip()}{OFFSETS[letters]}")
    if timezone:
        return _placed(clock.strip(), letters, timezone)
    raise ValueError(
        f"{letters[:_SHOWN]} names several zones or none; say with --timezone where the clock was that wrote it"
    )


def _placed(clock: str, letters: str, timezone: str) -> Moment:
    """Return the moment at which clocks in a place showed this time and were called so."""
    at = moment(clock, timezone)
    zone = ZoneInfo(timezone)
    shown = at.utc().astimezone(zone).replace(tzinfo=None)
    for later in (timedelta(0), timedelta(hours=1)):  # in the hour that autumn repeats, letters tell which
        when = (at.utc() + later).astimezone(zone)
        if when.replace(tzinfo=None) == shown and when.tzname() == letters:
            return at._replace(us=at.us + later.seconds * 1_000_000, zone_known=True)
    raise ValueError(
        f"{letters[:_SHOWN]} is no name of the time in {timezone}; say with --timezone where the clock was"
    )
