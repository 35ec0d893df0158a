"""Times as sources write them, with what they resolve and whether they name their zone.

``moment`` is for any column that people or programs filled, ``unix_seconds`` for columns that hold nothing else.
Both raise ``ValueError`` with the reason, in words that stand after the column's name.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from datetime import timezone as fixed_zone
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from graph.records import Moment, Precision

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import tzinfo

#: Unix times before this (3 March 1973) are no times of posts but spreadsheet day counts, years and the like.
_EARLIEST = 100_000_000
#: A number at or above these is in milliseconds, microseconds, nanoseconds: as seconds it were the year 5138 or later.
_SCALES = ((10**17, 1000), (10**14, 1), (10**11, -1000), (0, -1_000_000))
_EARLIEST_US = -62_135_596_800_000_000  # the start of the year 1 and
_LATEST_US = 253_402_300_799_999_999  # the end of the year 9999: datetime has no more

#: A Unix time in seconds of the years 2001 to 2286.
_SECONDS_DIGITS = 10
_NUMBER = re.compile(r"-?\d{1,19}(?:[.,]\d{0,9})?", re.ASCII)
_SHORTENED = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d+")
_COMPACT_DAY = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])", re.ASCII)
_ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_ISO_LIKE = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T\s]\s*(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?\s*(.*)", re.ASCII
)
_DAY_FIRST_OR_NOT = re.compile(
    r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?:,?[T\s]\s*(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?\s*(.*)", re.ASCII
)
_CLASSIC = re.compile(
    r"[A-Za-z]{3} ([A-Za-z]{3}) (\d{1,2}) (\d\d):(\d\d):(\d\d) ([+-]\d{4}) (\d{4})", re.ASCII
)  # Wed Oct 10 20:19:24 +0000 2018
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ZONE = re.compile(r"([+-])(\d\d):?(\d\d)?", re.ASCII)
_CLOCK = re.compile(r"([AaPp])\.?\s?[Mm]\.?")
_NOON = 12


def unix_seconds(text: str) -> Moment:
    """Return the moment of a Unix time in seconds, with or without a fraction.

    >>> unix_seconds("1623881091.0")
    Moment(us=1623881091000000, precision='second', zone_known=True)
    """
    # The first test is the quick way for what nearly every row has.
    if not (text.isascii() and text.replace(".", "", 1).isdigit()) and not _NUMBER.fullmatch(text):
        raise ValueError(_not_a_time(text))
    try:
        # Exact to the microsecond: a double resolves a quarter of one in this century.
        us = round(float(text.replace(",", ".")) * 1_000_000)
    except OverflowError as problem:
        raise ValueError(_not_a_time(text)) from problem
    if not _EARLIEST_US <= us <= _LATEST_US:
        raise ValueError(f"{text} is no Unix time in seconds: it lies outside the years 1 to 9999")
    return Moment(us)


def moment(value: object, timezone: str | None = None) -> Moment:
    """Return the moment that a cell or a JSON value names.

    Understood are Unix times in seconds, milliseconds, microseconds or nanoseconds (told by their magnitude), ISO 8601
    and its relatives (``2024-01-05 10:30``, ``2024/1/5``, ``20240105``), ``Wed Oct 10 20:19:24 +0000 2018``, and days
    before or after months: ``5.1.2024`` has the day first, ``25/12/2024`` and ``12/25/2024`` are clear, ``5/1/2024``
    is refused, because it is 5 January or 1 May. Times without a zone belong to ``timezone`` (IANA; of two in the hour
    that is repeated in autumn, the first), or to UTC where that is ``None``; ``zone_known`` is False in both cases. A
    day's moment is its start.
    """
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise ValueError(_not_a_time(str(value)))  # noqa: TRY004 - a row's fault, not a caller's
    text = str(value).strip()
    if len(text) == _SECONDS_DIGITS and text.isdecimal() and text.isascii() and text[0] != "0":
        return Moment(int(text) * 1_000_000)  # the quick way for what most exports have
    zone = _zone_of(timezone)
    return (_iso(text, zone) if _ISO_DAY.match(text) else None) or _other(text, zone)


def moment_at(values: Mapping[str, Any], key: str, timezone: str | None = None) -> Moment | None:
    """Return the moment that stands at ``key``, ``None`` where nothing does; the reason of a failure names the key."""
    value = values.get(key)
    if value is None or value == "":
        return None
    try:
        return moment(value, timezone)
    except ValueError as problem:
        raise ValueError(f"{key}: {problem}") from problem


def _iso(text: str, zone: tzinfo | None) -> Moment | None:
    """Return the moment of ISO 8601 as most programs write it, by Python's own quick reader."""
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return None
    if len(text) == len("2024-01-05"):
        return _settled(when, "day", zone)
    if text[13:14] != ":":
        return None
    return _settled(when, "second" if text[16:17] == ":" else "minute", zone)


def _other(text: str, zone: tzinfo | None) -> Moment:
    if _COMPACT_DAY.fullmatch(text):
        return _settled(_built(int(text[:4]), int(text[4:6]), int(text[6:]), text), "day", zone)
    if _NUMBER.fullmatch(text):
        return _number(text)
    if _SHORTENED.fullmatch(text):
        raise ValueError(f"{text} was shortened by a spreadsheet: its last digits are lost; export it as text")
    if found := _ISO_LIKE.fullmatch(text):
        year, month, day, *clock, rest = found.groups()
        return _clocked(text, (int(year), int(month), int(day)), clock, rest, zone)
    if found := _DAY_FIRST_OR_NOT.fullmatch(text):
        first, mark, second, year, *clock, rest = found.groups()
        day, month = _ordered(int(first), int(second), mark, text)
        return _clocked(text, (int(year), month, day), clock, rest, zone)
    if (found := _CLASSIC.fullmatch(text)) and found[1].lower() in _MONTHS:
        date = (int(found[7]), _MONTHS.index(found[1].lower()) + 1, int(found[2]))
        return _clocked(text, date, [found[3], found[4], found[5], None], found[6], zone)
    raise ValueError(_not_a_time(text))


def _number(text: str) -> Moment:
    whole, _, fraction = text.replace(",", ".").partition(".")
    number = int(whole)
    if number < _EARLIEST:
        raise ValueError(f"{text} is no time of a post: as a Unix time it lies before 1973")
    scale = next(scale for least, scale in _SCALES if number >= least)
    us = number // scale if scale > 0 else number * -scale
    if fraction and scale < 0:
        us += int(float(f"0.{fraction}") * -scale)
    if us > _LATEST_US:
        raise ValueError(_not_a_time(text))
    return Moment(us)


def _ordered(first: int, second: int, mark: str, text: str) -> tuple[int, int]:
    """Return day and month of a date whose order the writer did not tell."""
    if mark == "." or first == second or first > _NOON:
        return first, second
    if second > _NOON:
        return second, first
    raise ValueError(f"{text} may have the day or the month first; write it as year-month-day")


def _clocked(text: str, date: tuple[int, int, int], clock: list[str | None], rest: str, zone: tzinfo | None) -> Moment:
    """Put a date, the parts of a clock time (absent: a day) and what stands after them (am, pm, a zone) together."""
    hour, minute, second, fraction = clock
    if hour is None or minute is None:
        if rest:
            raise ValueError(_not_a_time(text))
        return _settled(_built(*date, text), "day", zone)
    hours = int(hour)
    if half := _CLOCK.match(rest):
        if not 1 <= hours <= _NOON:
            raise ValueError(_not_a_time(text))
        hours = hours % _NOON + (_NOON if half[1] in "pP" else 0)
        rest = rest[half.end() :].strip()
    when = _built(*date, text).replace(tzinfo=_named_zone(rest, text))
    micro = int((fraction or "").ljust(6, "0")[:6])
    try:
        when = when.replace(hour=hours, minute=int(minute), second=int(second or 0), microsecond=micro)
    except ValueError as problem:
        raise ValueError(_not_a_time(text)) from problem
    return _settled(when, "second" if second else "minute", zone)


def _built(year: int, month: int, day: int, text: str) -> datetime:
    try:
        return datetime(year, month, day)
    except ValueError as problem:
        raise ValueError(f"{text} is no day of the calendar") from problem


def _named_zone(text: str, whole: str) -> tzinfo | None:
    """Return the zone written after a time. Letters other than UTC, GMT and Z name several zones each."""
    if not text:
        return None
    if text.upper() in {"UTC", "GMT", "Z"}:
        return UTC
    found = _ZONE.fullmatch(text.upper().removeprefix("UTC").removeprefix("GMT").strip())
    if not found:
        raise ValueError(f"{_not_a_time(whole)}: {text!r} is no zone; write it as +02:00")
    hours, minutes = int(found[2]), int(found[3] or 0)
    offset = timedelta(hours=hours, minutes=minutes)
    if offset >= timedelta(days=1):
        raise ValueError(_not_a_time(whole))
    return fixed_zone(-offset if found[1] == "-" else offset)


def _settled(when: datetime, precision: Precision, zone: tzinfo | None) -> Moment:
    """Return the moment of a time, placed in the source's zone where it names none itself."""
    known = when.tzinfo is not None
    try:
        settled = Moment.of(when if known else when.replace(tzinfo=zone or UTC), precision, known)
    except OverflowError as problem:
        raise ValueError(_not_a_time(str(when))) from problem
    if not _EARLIEST_US <= settled.us <= _LATEST_US:
        raise ValueError(_not_a_time(str(when)))
    return settled


@lru_cache(maxsize=64)
def _zone_of(timezone: str | None) -> tzinfo | None:
    return ZoneInfo(timezone) if timezone else None


def _not_a_time(text: str) -> str:
    shown = text if len(text) <= 40 else text[:40] + "…"  # noqa: PLR2004 - room for any real time
    return f"{shown!r} is no time" if shown else "is empty"
