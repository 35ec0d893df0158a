"""How messages begin in WhatsApp's exported chats: what a header is, and in which order its date is written.

Date and time look as the phone's region has them, so the order of day, month and year is told by all headers of a file
together: it must make a calendar date of each, and let time run forward, as an export does. Layouts seen: whatstk's
list of header formats, and exports that users of parsers reported (docs/decisions/0016-whatsapp.md).
"""

from __future__ import annotations

import re
from array import array
from datetime import date
from functools import lru_cache
from itertools import compress, pairwise
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

from graph.records import DATE_ORDERS
from graph.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Lines = Iterable[tuple[int, str]]

#: Marks of writing direction, which nobody sees; Android and iOS put them around dates, names and what they add.
UNSEEN = "\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff"
_M = f"[{UNSEEN}]{{0,3}}"
_S = "[ \t\u00a0\u2009\u202f]"
#: Before and after noon: English and Spanish (with dots, and blanks of any width), Arabic, Persian, Vietnamese,
#: Turkish, Albanian, Swedish, Greek, Pashto, Central Kurdish.
_FORENOON = rf"[aA]\.?{_S}?[mM]\.?|ص|ق\.?ظ\.?|SA|ÖÖ|e paradites|PD|fm|π\.?μ\.?|غ\.م\.?|ب\.ن"
_AFTERNOON = rf"[pP]\.?{_S}?[mM]\.?|م|ب\.?ظ\.?|CH|ÖS|e pasdites|MD|em|μ\.?μ\.?|غ\.و\.?|د\.ن"
#: What some languages write before the time; any other word there may be one for morning or evening.
_AT = r"klo|à|um|alle|ore|a las|às|at|kl\.?|saat|lúc|në|om|o|в|у|u|ob"
_EARLY, _LATE = "ÖÖ|上午|午前|오전", "ÖS|下午|午後|오후"
#: Every repetition is bounded: a line of nothing but marks, digits or blanks is looked at once.
_HEADER = re.compile(
    rf"{_M}(?P<open>\[)?{_M}(?P<a>\d{{1,4}}){_M}(?P<mark>[./-]){_S}?{_M}(?P<b>\d{{1,2}}){_M}(?P=mark){_S}?{_M}"
    rf"(?P<c>\d{{1,4}})\.?{_M}(?:{_S}?г\.)?(?P<between>[,،]?{_M}{_S}{{1,2}}(?:(?:{_AT}){_S})?){_M}"
    rf"(?:(?:(?P<early>{_EARLY})|(?P<late>{_LATE})){_S}?)?"
    rf"(?P<hour>\d{{1,2}})(?P<point>[:.]){_M}(?P<minute>\d\d)(?:(?P=point){_M}(?P<second>\d\d))?"
    rf"(?:{_S}{{0,2}}{_M}(?:(?P<am>{_FORENOON})|(?P<pm>{_AFTERNOON})))?(?:{_S}?ч\.)?{_M}"
    rf"(?(open)\]{_S}?|{_S}[-–](?:{_S}|\Z))"
)
_BLANKS = re.compile(f"[{UNSEEN}]|{_S}")
_NOON, _HOURS, _MINUTES, _DAY = 12, 24, 60, 86_400
#: WhatsApp was first published in 2009. Years outside are of a wrong clock, another order or another calendar.
_YEARS = range(2009, 2050)
_YEAR_DIGITS = 4
#: Messages stand in the order in which they arrived: one that was long on its way may lie some hours back.
_BACK = _DAY
#: An order with exceptions is taken where any other has this many times as many, and as many headers have none.
_TIMES_AS_MANY = 10
_SAME_DAY_YEARS = 4
_IF_WRONG = "if that is wrong, say --dates in a new case"
#: What lies back against this many headers before it and after it does not belong where it stands.
_AROUND, _LEAST_AROUND = 10, 3
#: Where a year, month and day stand in each order.
_PLACES = {order: tuple(order.index(part) for part in "ymd") for order in DATE_ORDERS}


class Style(NamedTuple):
    """What all headers of a file have in common; an export is written at once, in one style."""

    bracket: bool
    mark: str
    year_first: bool
    year_last: bool
    between: str
    point: str
    seconds: bool
    halves: bool


class Header(NamedTuple):
    """A line's date as its three numbers were written, its time in seconds of the day, and where the rest begins."""

    style: Style
    date: tuple[str, str, str]
    seconds: int
    end: int


class Reading(NamedTuple):
    """How the headers of a file are read.

    ``by_ends`` says that only a line after a carriage return can be one: iOS ends its messages so, and the lines in
    them not. ``odd`` are the ordinals of headers that lie back against those before and after them.
    """

    style: Style
    order: str
    by_ends: bool
    odd: frozenset[int] = frozenset()


def header_of(line: str) -> Header | None:
    """Return the header with which a line begins; ``None`` where there is none or its time is no time."""
    found = _HEADER.match(line) if not line[:1].isalpha() else None  # most lines within texts begin with a letter
    if found is None:
        return None
    written = (found["a"], found["b"], found["c"])
    first, last = len(written[0]), len(written[2])
    hour, minute, second = int(found["hour"]), int(found["minute"]), int(found["second"] or 0)
    after = bool(found["pm"] or found["late"])
    halves = after or bool(found["am"] or found["early"])
    if minute >= _MINUTES or second >= _MINUTES or hour > (_NOON if halves else _HOURS - 1):
        return None
    if 3 in {first, last} or first == last == _YEAR_DIGITS:  # noqa: PLR2004 - no year has three digits
        return None
    if halves:
        hour = hour % _NOON + (_NOON if after else 0)
    shape = (bool(found["open"]), found["mark"], first == _YEAR_DIGITS, last == _YEAR_DIGITS)
    style = _style(*shape, found["between"], found["point"], found["second"] is not None, halves)
    return Header(style, written, (hour * _MINUTES + minute) * _MINUTES + second, found.end())


@lru_cache(maxsize=1 << 8)
def _style(*shape: Any) -> Style:
    """Return a style, the same one for all headers that have it; blanks before the time may differ in width."""
    return Style(*shape)._replace(between=_BLANKS.sub(" ", shape[4]))


@lru_cache(maxsize=1 << 14)
def day_of(written: tuple[str, str, str], order: str) -> date | None:
    """Return the day that a date is in an order; ``None`` where it is none. Years of two digits are of this century."""
    year, month, day = (written[place] for place in _PLACES[order])
    if len(year) not in {2, _YEAR_DIGITS}:
        return None
    try:
        return date(int(year) + (0 if len(year) == _YEAR_DIGITS else 2000), int(month), int(day))
    except ValueError:
        return None


def reading_of(lines: Lines, said: str | None) -> tuple[Reading, list[str]]:
    """Return how a file's headers are read, and what its reader should be told of that.

    ``said`` is the order of ``--dates``. Raises ``ValueError`` where there are no headers, where several orders fit and
    give other days, where none does, and where the years are those of another calendar.
    """
    headers = _Headers()
    for number, line in lines:
        headers.take(number, line)
    if headers.style is None:
        raise ValueError("no line of it begins as a message of WhatsApp does, such as 15/04/2016, 15:04 - Name: text")
    by_ends = headers.keep_by_ends()
    warnings = []
    if said:
        times = headers.times(said)
        if sum(time is not None for time in times) * 2 < len(times):
            raise ValueError(f"most of its dates are no days of 2009 to 2049 in the order {said}: {headers.example(0)}")
        order = said
        # Under an order that somebody chose, a message of a wrong clock's year is a message.
        times = headers.times(order, all_years=True)
    else:
        order, note = headers.order()
        warnings += note
        times = headers.times(order, all_years=True)
    odd = _odd([time for time in times if time is not None])
    unlike = headers.unlike + sum(time is None for time in times)
    if unlike:
        warnings.append(
            f"{counted(unlike, 'line looks', 'lines look')} like the beginning of a message, but not as those of this "
            "file, and went to the text of the message before; if they are messages, the file was put together from "
            "several: load each alone"
        )
    return Reading(headers.style, order, by_ends, odd), warnings


class _Headers:
    """The headers of a file, as written: each different date once, and which of them and what time each header has."""

    def __init__(self) -> None:
        self.style: Style | None = None
        #: Lines that look like headers and are none, because of their style or of the line end before them.
        self.unlike = 0
        self._dates: dict[tuple[str, str, str], int] = {}
        #: Of each different date, the line that has it first.
        self._lines: list[int] = []
        self._which = array("l")
        self._seconds = array("l")
        self._after_return = bytearray()
        self._last = (0, True)

    def take(self, number: int, line: str) -> None:
        """Look at the next line, or piece of a line."""
        last, returned = self._last
        self._last = (number, line.endswith("\r"))
        header = header_of(line) if number != last else None
        if header is None:
            return
        self.style = self.style or header.style
        if header.style != self.style:
            self.unlike += 1
            return
        which = self._dates.setdefault(header.date, len(self._dates))
        if which == len(self._lines):
            self._lines.append(number)
        self._which.append(which)
        self._seconds.append(header.seconds)
        self._after_return.append(returned or len(self._which) == 1)

    def keep_by_ends(self) -> bool:
        """Return whether line ends tell headers, and if so keep those only that stand after a carriage return."""
        returned = sum(self._after_return)
        others = len(self._which) - returned
        if returned <= 1 or not others or others * _TIMES_AS_MANY > returned:
            # Without a single header-like line after a bare line feed, nothing is to be told from it.
            return bool(not others and returned > 1)
        self._which = array("l", compress(self._which, self._after_return))
        self._seconds = array("l", compress(self._seconds, self._after_return))
        self.unlike += others
        return True

    def times(self, order: str, *, all_years: bool = False) -> list[int | None]:
        """Return each header's time in an order, in seconds; ``None`` where the date is none or of an unlikely year."""
        days = [day_of(written, order) for written in self._dates]
        starts = [day.toordinal() * _DAY if day and (all_years or day.year in _YEARS) else None for day in days]
        return [
            None if (start := starts[which]) is None else start + seconds
            for which, seconds in zip(self._which, self._seconds, strict=True)
        ]

    def order(self) -> tuple[str, list[str]]:
        """Return the order that all headers together tell, and what its reader should be told of that."""
        candidates = self._candidates()
        faults = {order: _faults(self.times(order)) for order in candidates}
        counts = {order: sum(found) for order, found in faults.items()}
        best = min(counts, key=lambda order: counts[order])
        if counts[best] and counts[best] * _TIMES_AS_MANY > len(self._which):
            raise ValueError(self._none_fits(candidates))
        fitting = [order for order in candidates if counts[order] <= max(0, _TIMES_AS_MANY * counts[best] - 1)]
        warnings = []
        likely = [order for order in fitting if not self._yearly(order)]
        if likely and len(likely) < len(fitting):
            fitting, best = likely, min(likely, key=lambda order: counts[order])
            warnings.append(
                f"its dates were read as {best}, because else all would be of the same day of the month, of "
                f"{_SAME_DAY_YEARS} years or more; {_IF_WRONG}"
            )
        apart = next((each for each in self._dates if len({day_of(each, order) for order in fitting}) > 1), None)
        if apart is not None:
            raise ValueError(self._several_fit(apart, fitting))
        if counts[best]:
            warnings.append(
                f"its dates were read as {best}, though {counted(counts[best], 'line fits', 'lines fit')} no date so, "
                f"or lies back: in other orders that is {_TIMES_AS_MANY} times as many; {_IF_WRONG}"
            )
        elif any(not faults[order][0] for order in candidates if order not in fitting):
            warnings.append(
                f"its dates were read as {best}, because time runs forward so and in no other order; {_IF_WRONG}"
            )
        return best, warnings

    def _yearly(self, order: str) -> bool:
        """Return whether a chat would have, in an order, nothing but one day of the month for years.

        30.05.24 and 31.05.24 might be 24 May 2030 and 2031; four such in a row are no chat that there is.
        """
        days = [day for written in self._dates if (day := day_of(written, order))]
        return len({day.day for day in days}) == 1 and len({day.year for day in days}) >= _SAME_DAY_YEARS

    def _candidates(self) -> tuple[str, ...]:
        if self.style and (self.style.year_first or self.style.year_last):
            return tuple(order for order in DATE_ORDERS if (order[0] == "y") == self.style.year_first)
        return DATE_ORDERS

    def example(self, which: int) -> str:
        """Return where a date stands and how it is written."""
        mark = self.style.mark if self.style else ""
        return f"line {self._lines[which]:,} has {mark.join(list(self._dates)[which])}"

    def _several_fit(self, apart: tuple[str, str, str], fitting: list[str]) -> str:
        days = [(day, order) for order in fitting if (day := day_of(apart, order))]
        read = " or ".join(f"{day.day} {day:%B %Y} (--dates {order})" for day, order in days)
        return (
            f"its dates leave open how they are written: {self.example(self._dates[apart])}, which is {read}; say which"
        )

    def _none_fits(self, candidates: tuple[str, ...]) -> str:
        if not any(time is not None for order in candidates for time in self.times(order)):
            return (
                f"its years are none of 2009 to 2049: {self.example(0)}. If it is another calendar than the Gregorian, "
                "change that in the phone's settings and export the chat again"
            )
        return (
            "no order of day, month and year makes dates of what its messages begin with and lets time run forward: "
            f"{self.example(0)}; say the order with --dates, and what is no date so is read as text"
        )


def _faults(times: list[int | None]) -> tuple[int, int]:
    """Return how many of the times are none, and how often time steps back."""
    sound = [time for time in times if time is not None]
    return len(times) - len(sound), sum(after < before - _BACK for before, after in pairwise(sound))


def _odd(times: list[int]) -> frozenset[int]:
    """Return the places of times that lie back against most of those before them and most of those after them.

    So does a header that somebody pasted into a message. A clock that was set wrong for one message, or a chat whose
    later part is older, makes no others odd.
    """
    odd = set()
    suspected = False
    for place in range(1, len(times)):
        suspected = times[place] < times[place - 1] - _BACK or (suspected and place - 1 in odd)
        if not suspected:
            continue
        before, after = times[max(0, place - _AROUND) : place], times[place + 1 : place + 1 + _AROUND]
        if min(len(before), len(after)) < _LEAST_AROUND:
            continue
        level = median(before) - _BACK
        if times[place] < level <= median(after):
            odd.add(place)
    return frozenset(odd)


class Piece(NamedTuple):
    """One message or system line: where it begins, its header (``None`` for what stands before the first), its text.

    ``odd`` is True where its header does not belong where it stands. ``cut`` where it is longer than can be.
    """

    line: int
    day: date | None
    seconds: int
    text: str
    odd: bool
    cut: bool

    @property
    def minute(self) -> int:
        """Its time in minutes, by the clock of the phone."""
        return ((self.day.toordinal() if self.day else 0) * _DAY + self.seconds) // _MINUTES


#: Messages have at most 65,536 characters; what has more than this was no message.
LONGEST = 1 << 20


def pieces(lines: Lines, reading: Reading) -> Iterator[Piece]:
    """Yield the messages and system lines of a file, in its order."""
    begun: tuple[int, date | None, int, bool] | None = None
    parts: list[str] = []
    size = count = last = 0
    may_begin = True
    for number, line in lines:
        same = number == last
        header = header_of(line) if may_begin and not same else None
        header = header if header and header.style == reading.style else None
        may_begin = not reading.by_ends or line.endswith("\r") or (may_begin and begun is None and header is None)
        last, day = number, day_of(header.date, reading.order) if header else None
        if header and day:
            if begun:
                yield _piece(begun, parts, size)
            begun, parts, size = (number, day, header.seconds, count in reading.odd), [], 0
            line, count = line[header.end :], count + 1  # noqa: PLW2901 - the header is taken off
        elif begun is None:
            if not line.strip():
                continue
            begun = (number, None, 0, False)
        size += len(line)
        if size <= LONGEST:
            parts.append(line.removesuffix("\r") if same or not parts else f"\n{line.removesuffix(chr(13))}")
    if begun:
        yield _piece(begun, parts, size)


def _piece(begun: tuple[int, date | None, int, bool], parts: list[str], size: int) -> Piece:
    line, day, seconds, odd = begun
    return Piece(line, day, seconds, "".join(parts).rstrip("\n"), odd, size > LONGEST)
