"""WhatsApp's exported chats: what begins a message, and in which order its date is written."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.errors import FormatUnknown, ParameterRefused, SourceUnreadable
from graph.records import DATE_ORDERS, Post
from loaders.whatsapp_headers import header_of

Read = Callable[..., Any]
_MANY = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

#: One conversation: a month's end, a leap day, midnight, noon, and the years' change.
TALK = [
    (datetime(2015, 1, 25, 0, 5), "+44 7700 900101", "one"),
    (datetime(2015, 1, 31, 12, 5), "Ann", "two\nin two lines"),
    (datetime(2015, 2, 3, 11, 59), "+44 7700 900101", "three: with a colon"),
    (datetime(2015, 12, 31, 23, 59), "Ann", "four"),
    (datetime(2016, 1, 1, 0, 0), "~ Cem", "five"),
    (datetime(2016, 2, 29, 13, 10), "+44 7700 900101", "six"),
    (datetime(2016, 2, 29, 13, 10), "+44 7700 900101", "six"),
    (datetime(2016, 3, 1, 1, 1), "Ann", "eight"),
    (datetime(2016, 3, 13, 12, 0), "~ Cem", "nine"),
    (datetime(2016, 3, 14, 15, 9), "Ann", "ten"),
]
LAYOUTS = list(itertools.product(DATE_ORDERS, "-/.", (False, True), (False, True), (False, True)))


def dated(when: date, order: str, mark: str = "/", *, short: bool = False, padded: bool = True) -> str:
    parts = {"d": f"{when.day:02}", "m": f"{when.month:02}", "y": f"{when.year % 100:02}" if short else f"{when.year}"}
    return mark.join(parts[part] if padded or part == "y" else parts[part].lstrip("0") for part in order)


def written(  # noqa: PLR0917 - a layout, in the order of whatstk's list
    talk: list[tuple[datetime, str, str]],
    order: str,
    mark: str,
    halves: bool,
    seconds: bool,
    bracket: bool,
    **more: Any,
) -> str:
    """Write a conversation as an export of one layout has it."""
    clock = ("%I:%M" if halves else "%H:%M") + (":%S" if seconds else "") + (" %p" if halves else "")
    lines = []
    for when, name, text in talk:
        day, hour = dated(when, order, mark, **more), when.strftime(clock)
        lines.append(f"[{day} {hour}] {name}: {text}" if bracket else f"{day}, {hour} - {name}: {text}")
    return "\n".join([*lines, ""])


def _records(found: Any) -> str:
    """Return all records as one text, without the digest of the file and the precision of its times."""
    told = re.sub(r"\b[0-9a-f]{12}/", "FILE/", repr(found.records))
    return told.replace("'minute'", "'second'")


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
def test_each_of_96_layouts_gives_the_same_records(layout: tuple[Any, ...], read: Read) -> None:
    found = read(written(TALK, *layout))
    assert found.source.format == "whatsapp"
    assert found.reasons == []
    assert len(found.rows) == len(TALK)
    assert [post.at.utc() for post in found.of(Post)] == [when.replace(tzinfo=UTC) for when, _, _ in TALK]
    assert {post.at.precision for post in found.of(Post)} == {"second" if layout[3] else "minute"}
    assert _records(found) == _records(read(written(TALK, *LAYOUTS[0])))


def test_there_are_96_layouts() -> None:
    assert len(set(LAYOUTS)) == 96


HEADERS = [
    ("15.04.2016, 15:04 - N: t", ("15", "04", "2016"), "15:04:00"),
    ("[15-01-20 02:22:56] N: t", ("15", "01", "20"), "02:22:56"),
    ("01/20/2019, 08:49 p. m. - N: t", ("01", "20", "2019"), "20:49:00"),
    ("01/20/2019, 08:49\u00a0p.\u00a0m. - N: t", ("01", "20", "2019"), "20:49:00"),
    ("1/20/19, 12:00\u202fAM - N: t", ("1", "20", "19"), "00:00:00"),
    ("1/20/19, 12:00 pm - N: t", ("1", "20", "19"), "12:00:00"),
    ("1/20/19, 0:30 pm - N: t", ("1", "20", "19"), "12:30:00"),
    ("\ufeff\u200e[20/01/2019, 08:49:01] N: t", ("20", "01", "2019"), "08:49:01"),
    ("30/12/2020 13:00 - N: t", ("30", "12", "2020"), "13:00:00"),
    ("[12.3.2022 klo 14.08.18] N: t", ("12", "3", "2022"), "14:08:18"),
    ("15/04/2016 à 15:04 - N: t", ("15", "04", "2016"), "15:04:00"),
    ("15.04.16 г., 15:04 ч. - N: t", ("15", "04", "16"), "15:04:00"),
    ("٢٧\u200f/٣\u200f/٢٠٢٢، ٩:٠٥ م - N: t", ("٢٧", "٣", "٢٠٢٢"), "21:05:00"),
    ("\u200f[٢٧/٠٣/٢٠٢٢، ٩:٠٥:٠١ ص] N: t", ("٢٧", "٠٣", "٢٠٢٢"), "09:05:01"),
    ("۲۰۲۲/۳/۲۷،\u200f ۹:۰۵ ب.ظ. - N: t", ("۲۰۲۲", "۳", "۲۷"), "21:05:00"),
    ("27/03/2022, 9:05 CH - N: t", ("27", "03", "2022"), "21:05:00"),
    ("27.3.2022, 9:05 e pasdites - N: t", ("27", "3", "2022"), "21:05:00"),
    ("2022-03-27 9:05 em - N: t", ("2022", "03", "27"), "21:05:00"),
    ("27.03.2022 ÖS 9:05 - N: t", ("27", "03", "2022"), "21:05:00"),
    ("2022/3/27 上午9:05 - N: t", ("2022", "3", "27"), "09:05:00"),
    ("27.03.2022 du 9:05 - N: t", None, ""),  # a word for the afternoon, but which is not known
    ("2022. 3. 27. 21:05 - N: t", ("2022", "3", "27"), "21:05:00"),
    ("15/04/2016, 15:04 -", ("15", "04", "2016"), "15:04:00"),
    ("15/04/2016, 24:00 - N: t", None, ""),
    ("15/04/2016, 13:00 PM - N: t", None, ""),
    ("15/04/2016, 15:60 - N: t", None, ""),
    ("15/04/2016, 15:04:60 - N: t", None, ""),
    ("15/04-2016, 15:04 - N: t", None, ""),
    ("15/04/016, 15:04 - N: t", None, ""),
    ("2016/04/2016, 15:04 - N: t", None, ""),
    ("15/04/2016, 15:04 N: t", None, ""),
    ("[15/04/2016, 15:04 N: t", None, ""),
    ("[15/04, 15:04] N: t", None, ""),
    (" 15/04/2016, 15:04 - N: t", None, ""),
    ("", None, ""),
]


@pytest.mark.parametrize(("line", "day", "clock"), HEADERS, ids=[line for line, _, _ in HEADERS])
def test_a_header_is_told_by_its_whole_shape(line: str, day: tuple[str, ...] | None, clock: str) -> None:
    found = header_of(line)
    assert (found.date if found else None) == day
    if found:
        assert str(timedelta(seconds=found.seconds)).rjust(8, "0") == clock
        assert line[found.end :] in {"N: t", ""}


@pytest.mark.parametrize("character", ["\u200e", "1", " ", "[", "1/", "1/1/", "1/1/1 ", "1/1/1, 1:1", "٣", "\u202f"])
def test_no_line_is_looked_at_for_long(character: str) -> None:
    begun = time.perf_counter()
    assert header_of(character * 100_000) is None
    assert time.perf_counter() - begun < 0.1


def _said(*dates: str) -> str:
    return "".join(f"{day}, 10:00 - Ann: words\n" for day in dates)


@pytest.mark.parametrize(
    ("dates", "first"),
    [
        (("03/04/2024", "13/04/2024"), date(2024, 4, 3)),  # 13 is no month
        (("03/04/2024", "04/13/2024"), date(2024, 3, 4)),
        (("12/04/2024", "01/05/2024"), date(2024, 4, 12)),  # else it would run back by eleven months
        (("04/12/2024", "05/01/2024"), date(2024, 4, 12)),
        (("02/04/2024", "01/05/2024"), date(2024, 4, 2)),  # else by thirty days
        (("05/05/2024", "06/06/2024"), date(2024, 5, 5)),  # the same in every order
        (("2024-04-03", "2024-04-13"), date(2024, 4, 3)),
        (("2024-03-04", "2024-13-04"), date(2024, 4, 3)),
        (("24-04-30", "24-05-01"), date(2024, 4, 30)),
        (("30.04.24", "01.05.24"), date(2024, 4, 30)),  # 2001 was before WhatsApp
        (("4/30/24", "5/1/24"), date(2024, 4, 30)),
    ],
)
def test_the_order_is_the_one_in_which_all_are_dates_and_time_runs_forward(
    dates: tuple[str, ...], first: date, read: Read
) -> None:
    assert read(_said(*dates)).of(Post)[0].at.utc().date() == first


def test_an_order_that_time_alone_decides_is_told(read: Read) -> None:
    assert "time runs forward so and in no other" in read(_said("12/04/2024", "01/05/2024")).warnings[0]
    assert not any("time runs" in told for told in read(_said("13/04/2024", "01/05/2024")).warnings)


def test_dates_that_may_be_read_in_several_ways_refuse_the_file_and_say_how_to_go_on(read: Read) -> None:
    with pytest.raises(SourceUnreadable) as refused:
        read(_said("01/01/2024", "03/06/2024", "04/06/2024"))
    told = str(refused.value)
    assert "line 2 has 03/06/2024" in told
    assert "3 June 2024 (--dates dmy) or 6 March 2024 (--dates mdy)" in told
    assert "\n" not in told
    for order, first in (("dmy", date(2024, 6, 3)), ("MDY ", date(2024, 3, 6))):
        posts = read(_said("01/01/2024", "03/06/2024", "04/06/2024"), dates=order).of(Post)
        assert posts[1].at.utc().date() == first


def test_a_fortnight_with_years_of_two_digits_is_no_yearly_chat(read: Read) -> None:
    found = read(_said(*(f"{day}.05.24" for day in range(13, 20))))
    assert [post.at.utc().date() for post in found.of(Post)] == [date(2024, 5, day) for day in range(13, 20)]
    assert "read as dmy, because else all would be of the same day of the month" in found.warnings[0]
    with pytest.raises(SourceUnreadable, match=r"14 May 2024 \(--dates dmy\) or 24 May 2014 \(--dates ymd\)"):
        read(_said("14.05.24", "15.05.24", "16.05.24"))


def test_years_of_another_calendar_are_refused_also_with_an_order(read: Read) -> None:
    for said in ({}, {"dates": "ymd"}):
        with pytest.raises(SourceUnreadable, match=r"line 1 has 1403/02/15"):
            read(_said("1403/02/15", "1403/02/16"), **said)
    with pytest.raises(SourceUnreadable, match="another calendar"):
        read(_said("15/2/2567", "16/2/2567"))


def test_a_chat_that_is_out_of_order_everywhere_is_refused(read: Read) -> None:
    with pytest.raises(SourceUnreadable, match="no order of day, month and year"):
        read(_said("25/12/2024", "12/25/2024", "25/12/2024"))


def test_steps_back_of_hours_count_for_nothing(read: Read) -> None:
    found = read("13/04/2024, 23:30 - A: x\n13/04/2024, 01:10 - A: y\n14/04/2024, 00:10 - A: z\n")
    assert [post.text for post in found.of(Post)] == ["x", "y", "z"]


def test_an_order_that_is_none_or_that_a_format_has_no_use_for_is_refused(read: Read) -> None:
    with pytest.raises(ParameterRefused, match="use one of dmy, mdy, ymd, ydm"):
        read(_said("13/04/2024"), dates="day first")
    with pytest.raises(ParameterRefused, match="need no --dates; it works with --as whatsapp"):
        read("account_id,bio\n1,words\n", dates="dmy")


def _ten(first: str, then: str, last: str) -> str:
    lines = [f"{day:02}/05/2024, 10:00 - Ann: {day}" for day in range(13, 26)]
    return "\n".join([*lines[:6], first, then, *lines[6:], last, ""])


def test_a_header_that_lies_far_back_where_it_stands_is_rejected_with_its_lines(read: Read) -> None:
    found = read(_ten("15/04/2016, 15:04 - Bob: call +44 7700 900123", "and more", "26/05/2024, 10:00 - Ann: end"))
    assert [(line, "lies back in time" in reason) for line, reason in found.reasons] == [(7, True)]
    assert found.rows[6].rejection.row == "Bob: call +44 7700 900123\nand more"
    assert {post.account_id.partition("/")[2] for post in found.of(Post)} == {"Ann"}
    assert any("1 line fits no date so, or lies back" in told for told in found.warnings)


def test_a_clock_that_was_wrong_once_rejects_nobody(read: Read) -> None:
    found = read(_ten("15/04/2025, 15:04 - Bob: early", "", "26/05/2024, 10:00 - Ann: end"))
    assert found.reasons == []
    assert len(found.of(Post)) == 15


def test_a_chat_whose_later_part_is_older_loses_nothing(read: Read) -> None:
    late, early = ([f"{day}/{month}/2024, 10:00 - A: x" for day in range(10, 28)] for month in (12, 3))
    found = read("\n".join([*late, *early]))
    assert found.reasons == []
    assert len(found.rows) == 36


def test_a_header_of_another_style_is_text_and_told(read: Read) -> None:
    found = read(_ten("[15.04.2016, 15:04:05] Bob: hi", "16/04/2016 15:04 - Bob: hi", "26/05/2024, 10:00 - Ann: end"))
    assert len(found.rows) == 14
    assert found.of(Post)[5].text == "18\n[15.04.2016, 15:04:05] Bob: hi\n16/04/2016 15:04 - Bob: hi"
    assert any(told.startswith("2 lines look like the beginning") for told in found.warnings)


def test_what_is_no_date_in_the_order_that_was_said_is_text_and_told(read: Read) -> None:
    found = read(_said("03/04/2024", "04/13/2024", "05/04/2024"), dates="dmy")
    assert [post.text for post in found.of(Post)] == ["words\n04/13/2024, 10:00 - Ann: words", "words"]
    assert any(told.startswith("1 line looks like the beginning") for told in found.warnings)


def test_on_ios_line_ends_tell_a_message_from_a_line_in_it(read: Read) -> None:
    lines = [f"[{day}/05/24, 10:00:00] Ann: {day}" for day in range(13, 26)]
    lines[4] += "\n[17/05/24, 10:00:00] Bob: never said\nmore"
    found = read("\r\n".join([*lines, ""]))
    assert [row.line for row in found.rows] == [1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15]
    assert found.of(Post)[4].text == "17\n[17/05/24, 10:00:00] Bob: never said\nmore"
    assert not [post for post in found.of(Post) if post.account_id.endswith("Bob")]


def test_two_files_in_one_are_not_taken_for_pasted_lines(read: Read) -> None:
    lines = [f"[{day}/05/24, 10:00:00] Ann: {day}" for day in range(13, 26)]
    found = read("\r\n".join([*lines[:8], ""]) + "\n".join(lines[8:]))
    assert len(found.rows) == len(lines)


@st.composite
def chats(draw: st.DrawFn) -> tuple[str, list[datetime]]:
    """Draw a chat in its true order of time, with delays of hours, and in any layout."""
    at = draw(st.datetimes(datetime(2009, 1, 3), datetime(2040, 1, 1))).replace(second=0, microsecond=0)
    steps = st.timedeltas(timedelta(0), draw(st.sampled_from([timedelta(hours=30), timedelta(days=40)])))
    times = []
    for step in draw(st.lists(steps, min_size=1, max_size=25)):
        at += step - timedelta(seconds=step.seconds % 60, microseconds=step.microseconds)
        times.append(at - draw(st.sampled_from([timedelta(0), timedelta(0), timedelta(hours=5)])))
    layout = draw(st.sampled_from(LAYOUTS))
    more = {"short": draw(st.booleans()), "padded": draw(st.booleans())}
    return written([(time, "Ann", "x") for time in times], *layout, **more), times


@_MANY
@given(drawn=chats())
def test_a_chat_is_read_with_its_true_times_or_refused_and_never_with_others(
    drawn: tuple[str, list[datetime]], read: Read
) -> None:
    text, times = drawn
    try:
        found = read(text)
    except SourceUnreadable:
        return
    assert [post.at.utc().replace(tzinfo=None) for post in found.of(Post)] == times


@_MANY
@given(drawn=chats(), order=st.sampled_from(DATE_ORDERS))
def test_a_chat_of_a_whole_year_is_never_refused(drawn: tuple[str, list[datetime]], order: str, read: Read) -> None:
    start = drawn[1][0]
    times = [start + timedelta(days=day) for day in range(0, 365, 3)]
    found = read(written([(time, "Ann", "x") for time in times], order, "/", False, False, False, short=True))
    assert [post.at.utc().replace(tzinfo=None) for post in found.of(Post)] == times


@pytest.mark.parametrize(
    "text",
    [
        "2024-01-05 10:30:00 - INFO: started\n2024-01-05 10:30:01 - ERROR: ended\n",
        "2024-01-05 10:30 - INFO: started\n2024-01-05 10:31 - WARNING: ended\n",
        "[2024-01-05 10:30:00] local.ERROR: broken\n[2024-01-15 10:30:00] local.INFO: mended\n",
        "[2024-01-05 10:30:00] <nick> words\n",
        "15/04/2024, 15:04 - some note\n",
        "date,time,name\n15/04/2016,15:04,Ann\n",
        "Dear all,\nsee below.\n15/04/2016, 15:04 - Ann: hi\nRegards\n",
    ],
)
def test_logs_tables_and_letters_are_not_taken_for_chats(text: str, read: Read) -> None:
    with pytest.raises(FormatUnknown, match="whatsapp"):
        read(text)


def test_what_stands_before_the_first_message_is_rejected_not_lost(read: Read) -> None:
    found = read("Copied by Ann\n\n" + _said("13/04/2024", "14/04/2024", "15/04/2024"))
    assert found.reasons == [(1, "stands before the first message")]
    assert len(found.of(Post)) == 3
