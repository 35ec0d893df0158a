"""Times in every guise come out as one moment, with what they resolve and whether the zone was told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.records import Moment
from loaders.times import moment, unix_seconds

WHEN = datetime(2024, 1, 5, 10, 30, 15, tzinfo=UTC)
LATER = 20 * 86_400_000_000  # from the 5th to the 25th
SECOND = Moment.of(WHEN)
MINUTE = Moment.of(WHEN.replace(second=0), "minute")
DAY = Moment.of(WHEN.replace(hour=0, minute=0, second=0), "day")
GUESSED_SECOND, GUESSED_MINUTE, GUESSED_DAY = (each._replace(zone_known=False) for each in (SECOND, MINUTE, DAY))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (1704450615, SECOND), ("1704450615", SECOND), ("1704450615.0", SECOND), (1704450615.0, SECOND),
        ("1704450615000", SECOND), ("1704450615000000", SECOND), ("1704450615000000000", SECOND),
        ("2024-01-05T10:30:15Z", SECOND), ("2024-01-05T12:30:15+02:00", SECOND), ("2024-01-05 10:30:15 UTC", SECOND),
        ("2024-01-05T10:30:15.000Z", SECOND), ("2024-01-05 05:30:15 -0500", SECOND), ("2024-01-05T10:30Z", MINUTE),
        ("Fri Jan 05 10:30:15 +0000 2024", SECOND), ("2024/1/5 10:30 GMT", MINUTE), ("5.1.2024 10:30 +00:00", MINUTE),
        ("2024-01-05 10:30:15", GUESSED_SECOND), ("2024-01-05 10:30", GUESSED_MINUTE),
        ("2024-01-05", GUESSED_DAY), ("20240105", GUESSED_DAY),
        ("5.1.2024", GUESSED_DAY), ("05.01.2024 10:30:15", GUESSED_SECOND),
        ("1/5/2024 10:30:15 AM GMT", None), ("01/25/2024", GUESSED_DAY._replace(us=DAY.us + LATER)),
        ("25/01/2024", GUESSED_DAY._replace(us=DAY.us + LATER)), ("5/1/2024", None),
        ("13/13/2024", None), ("2024-02-30", None), ("2024-01-05 25:00", None), ("1.70445E+09", None), ("44562", None),
        ("44562.4", None), ("2024", None), ("", None), ("soon", None), ("nan", None), ("1_704_450_615", None),
        (True, None), (None, None), ([], None), (float("nan"), None), (float("inf"), None), (10**30, None), (-5, None),
        ("2024-01-05 10:30 EST", None), ("0000-01-01", None), ("9999-12-31T23:59:59-14:00", None),
    ],
)  # fmt: skip
def test_a_time_is_read_as_it_is_meant_or_refused(written: object, meant: Moment | None) -> None:
    if meant is None:
        with pytest.raises(ValueError, match=r"."):
            moment(written)
    else:
        assert moment(written) == meant


@pytest.mark.parametrize("written", ["25/01/2024 1:05 pm", "01/25/2024 13:05", "2024-01-25 13:05"])
def test_afternoons_are_after_noon(written: str) -> None:
    assert moment(written).utc() == datetime(2024, 1, 25, 13, 5, tzinfo=UTC)


def test_a_time_without_a_zone_belongs_to_the_zone_of_its_source_and_says_that_it_was_assumed() -> None:
    assert moment("2024-07-05 10:30:15", "Asia/Baghdad") == moment("2024-07-05 07:30:15Z")._replace(zone_known=False)
    assert moment("2024-07-05 10:30:15Z", "Asia/Baghdad").zone_known
    assert moment("1704450615", "Asia/Baghdad") == SECOND


def test_an_ambiguous_date_says_how_to_write_it() -> None:
    with pytest.raises(ValueError, match="write it as year-month-day"):
        moment("5/1/2024")


DATES = st.datetimes(datetime(1974, 1, 1), datetime(2200, 1, 1)).map(
    lambda when: when.replace(microsecond=0, tzinfo=UTC)
)


@given(DATES, st.integers(-14 * 60, 14 * 60))
def test_every_guise_of_one_time_is_one_moment(when: datetime, offset: int) -> None:
    local = when.astimezone(timezone(timedelta(minutes=offset)))
    seconds = int(when.timestamp())
    guises = [
        when.isoformat(), local.isoformat(), when.strftime("%Y-%m-%d %H:%M:%S UTC"),
        when.strftime("%Y/%m/%d %H:%M:%SZ"),
        when.strftime("%d.%m.%Y %H:%M:%S GMT"), str(seconds), f"{seconds}.000", f"{seconds}000", seconds * 1000,
    ]  # fmt: skip
    assert {moment(guise) for guise in guises} == {Moment.of(when)}


@given(st.integers(-(10**10), 10**11), st.integers(0, 999_999))
def test_unix_seconds_are_exact_to_the_microsecond_in_this_century(seconds: int, micro: int) -> None:
    if 0 <= seconds < 2**32:
        assert unix_seconds(f"{seconds}.{micro:06d}").us == seconds * 1_000_000 + micro
    assert unix_seconds(str(seconds)).us == seconds * 1_000_000


@pytest.mark.parametrize(
    "written", ["", "x", "1e9", "nan", "inf", "-inf", "1_0", "١٢٣x", "9" * 400, "1.2.3", "99999999999999"]
)
def test_what_is_no_unix_time_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        unix_seconds(written)


@given(st.text(max_size=30) | st.integers() | st.floats() | st.none())
def test_any_value_is_a_moment_or_a_reason(value: object) -> None:
    try:
        found = moment(value, "Europe/London")
    except ValueError as reason:
        assert str(reason)  # noqa: PT017 - most texts are no times
    else:
        assert found.utc().tzinfo is UTC
