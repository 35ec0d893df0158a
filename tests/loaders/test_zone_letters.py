"""Zones that are told by letters: those that tell one distance from UTC, and those that a place must tell apart."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest

from loaders.zone_letters import OFFSETS, moment_by_letters


def test_each_letters_are_those_of_one_distance_from_utc_in_the_time_zone_database() -> None:
    told: dict[str, set[timedelta | None]] = defaultdict(set)
    days = [datetime(year, month, 1, tzinfo=UTC) for year in range(2011, 2025) for month in (1, 4, 7, 10)]
    for name in available_timezones():
        if "/" in name and not name.startswith(("Etc/", "posix/", "right/")):
            zone = ZoneInfo(name)
            for day in days:
                local = day.astimezone(zone)
                told[local.tzname() or ""].add(local.utcoffset())
    for letters, offset in OFFSETS.items():
        sign = -1 if offset[0] == "-" else 1
        assert told[letters] == {sign * timedelta(hours=int(offset[1:3]), minutes=int(offset[4:]))}, letters
    assert len(told["CST"]) > 1
    assert len(told["PST"]) > 1


@pytest.mark.parametrize(
    ("text", "timezone", "utc"),
    [
        ("2021-06-16 22:04:51 EDT", None, "2021-06-17T02:04:51+00:00"),
        ("2021-06-16 22:04:51 EDT", "Asia/Baghdad", "2021-06-17T02:04:51+00:00"),
        ("2024-01-14 09:16:36 NZDT", None, "2024-01-13T20:16:36+00:00"),
        ("2021-12-16 22:04:51 PST", "America/Los_Angeles", "2021-12-17T06:04:51+00:00"),
        ("2021-12-16 22:04:51 PST", "Asia/Manila", "2021-12-16T14:04:51+00:00"),
        ("2021-12-16 22:04:51 IST", "Asia/Kolkata", "2021-12-16T16:34:51+00:00"),
        ("2021-11-07 01:30:00 CDT", "America/Chicago", "2021-11-07T06:30:00+00:00"),  # the hour that comes twice
        ("2021-11-07 01:30:00 CST", "America/Chicago", "2021-11-07T07:30:00+00:00"),
        ("2021-06-16 22:04:51 UTC", "Asia/Manila", "2021-06-16T22:04:51+00:00"),
        ("  2021-06-16 10:04 PM ", None, "2021-06-16T22:04:00+00:00"),
        ("2021-06-16", None, "2021-06-16T00:00:00+00:00"),
    ],
)
def test_letters_tell_a_zone_alone_or_with_a_place(text: str, timezone: str | None, utc: str) -> None:
    at = moment_by_letters(text, timezone)
    assert at.utc().isoformat() == utc
    assert at.zone_known == (text.strip()[-1].isalpha() and "PM" not in text)


@pytest.mark.parametrize(
    ("text", "timezone", "reason"),
    [
        ("2021-12-16 22:04:51 PST", None, "several zones"),
        ("2021-12-16 22:04:51 PST", "Europe/London", "no name of the time in Europe/London"),
        ("2021-12-16 22:04:51 PDT", "Asia/Manila", None),
        ("2021-12-16 22:04:51 XYZ", None, "several zones or none"),
        ("some day", None, "no time"),
        ("yesterday evening", None, "no time"),
        ("EDT", None, "no time"),
        (" EDT", None, "no time"),
        ("soon EDT", None, "no time"),
        ("", None, "empty"),
    ],
)
def test_what_is_no_time_or_of_no_zone_is_refused(text: str, timezone: str | None, reason: str | None) -> None:
    if reason is None:
        assert moment_by_letters(text, timezone).zone_known
        return
    with pytest.raises(ValueError, match=reason):
        moment_by_letters(text, timezone)
