"""The rows of one large JSON document, streamed: memory holds some hundred rows and what stands around them."""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from contextvars import copy_context
from dataclasses import dataclass
from decimal import Context, Decimal, setcontext
from typing import TYPE_CHECKING, Any, NamedTuple

import ijson

from graph.errors import SourceUnreadable
from graph.records import Rejection
from loaders.contract import Row
from loaders.document_items import Sliced
from loaders.json_repair import Repaired
from loaders.rows import suspicious_text, utf8
from loaders.streams import CHUNK, open_unpacked

if TYPE_CHECKING:
    import io
    from collections.abc import Callable, Iterator

    from graph.records import Source
    from loaders.contract import Layout
    from loaders.streams import Survey

#: A row nested deeper, or of more values, is rejected; a message has some 40 values on four levels.
DEPTH_LIMIT = 64
VALUES_LIMIT = 200_000
#: Scalars kept of a map around rows, how long a text may be, and how many such maps, which are chats, there may be.
_SCALARS_LIMIT, _SCALAR_LENGTH, MAPS_LIMIT = 1000, 1 << 16, 1_000_000
#: The path of rows in a document that is a list of them.
_ROOT = "item"
_FORGOTTEN: dict[str, Any] = {}

#: What the parser raises, and what stands before it for thousands of digits.
_BROKEN = (ijson.JSONError, ValueError)
_STARTS = frozenset({"start_map", "start_array"})
_ENDS = frozenset({"end_map", "end_array"})


class Run(NamedTuple):
    """Sound rows of a document that follow each other: the parts of a row's ``values`` (``loaders.contract.Layout``).

    ``number`` is the ordinal of the first. ``raw`` is their own bytes where they were cut out whole, a JSON list
    without its brackets. ``place`` is the number of the innermost map around them, and ``changes`` counts what was read
    of all maps around rows: with both the same, so is ``within``. ``first`` and ``opens`` are those of the first row.
    """

    number: int
    at: str
    items: list[Any]
    raw: bytes | None
    within: tuple[dict[str, Any], ...]
    place: int
    changes: int
    first: bool
    opens: bool


def document_rows(
    survey: Survey, source: Source, layout: Layout, progress: Callable[[int, int], None] | None = None
) -> Iterator[Row | Rejection]:
    """Yield the rows that stand at the layout's paths; ``values`` as ``loaders.contract.Layout`` says.

    ``line`` is a row's ordinal in the document, from 1. A document that ends or breaks in the middle gives its rows up
    to there, and one rejection for what was not read; one that is no JSON before any row is ``SourceUnreadable``.
    """
    for found in document_runs(survey, layout, progress):
        if isinstance(found, Rejection):
            yield found
        else:
            yield from rows_of_run(found, source)


def rows_of_run(run: Run, source: Source) -> Iterator[Row]:
    """Yield the rows of a run."""
    first, opens = run.first, run.opens
    for number, item in enumerate(run.items, run.number):
        values = {"at": run.at, "item": item, "within": run.within, "first": first, "opens": opens}
        first = opens = False
        yield Row(values, source, number)


def document_runs(
    survey: Survey, layout: Layout, progress: Callable[[int, int], None] | None = None
) -> Iterator[Run | Rejection]:
    """Yield a document's rows before they are rows of a source, as ``document_rows`` says."""
    number = 1
    begun: set[int] = set()
    with open_unpacked(survey, progress) as raw:
        repaired = Repaired(utf8(raw, survey))
        reader = _Reader(layout, survey, repaired)
        try:
            for found in reader.rows():
                for items, own, reason in _sound_parts(found, survey, repaired):
                    if reason:
                        yield Rejection(line=number, reason=reason)
                    else:
                        first, opens = not begun, found.place not in begun
                        begun.add(found.place)
                        yield Run(number, found.at, items, own, found.within, found.place, reader.changes, first, opens)
                    number += len(items)
        except _BROKEN as problem:
            told = str(problem).split("\n", 1)[0].strip()
            if number == 1:
                raise SourceUnreadable(f"{survey.called} is no whole JSON document: {told}") from problem
            reason = raw.damage or f"the document breaks off or is damaged here, and the rest was not read: {told}"
            yield Rejection(line=number, reason=reason, more_lost=True)


def _sound_parts(
    found: _Found, survey: Survey, repaired: Repaired
) -> Iterator[tuple[list[Any], bytes | None, str | None]]:
    """Yield what was found in parts: items and their bytes, or one item and why it can't be used.

    Items' texts are looked at only in files that gave reason to, and then each is a part.
    """
    if found.problem:
        yield found.items, None, found.problem
    elif not (repaired.halves or repaired.nul or survey.undecodable or survey.nul):
        yield found.items, found.raw, None
    else:
        for item in found.items:
            yield [item], None, _distrust(item, survey, repaired)


def _distrust(item: object, survey: Survey, repaired: Repaired) -> str | None:
    """Return why a row's texts may not be what was written."""
    waiting = [item]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            if repaired.halves and "\N{REPLACEMENT CHARACTER}" in each:
                return "holds half a surrogate pair, which is no text"
            if reason := suspicious_text(each, survey):
                return reason
        elif isinstance(each, dict):
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each
    return None


@dataclass(slots=True)
class _Found:
    """Rows as they were found: where, their values, the maps around them, and why a single one can't be used if so.

    ``place`` is the number of the innermost map around them, in the order they open; -1 for none.
    """

    at: str
    items: list[Any]
    raw: bytes | None
    within: tuple[dict[str, Any], ...]
    place: int
    problem: str | None


class _Reader:
    """Walks the parser's events; what is neither a row nor on the way to one is passed over."""

    def __init__(self, layout: Layout, survey: Survey, stream: Repaired) -> None:
        self._layout = layout
        self._survey = survey
        self._sliced = Sliced(stream, _lists_of_rows(layout), root=_ROOT in layout.rows)
        self._rows = frozenset(layout.rows)
        self._objects = frozenset(layout.objects)
        paths = [path.split(".") for path in (*layout.rows, *layout.objects)]
        self._ways = {".".join(path[:length]) for path in paths for length in range(len(path))}
        #: How often what is known of the maps around rows has changed.
        self.changes = 0
        #: Every map around rows in the order they open, and which of them are open now.
        self._maps: list[dict[str, Any]] = []
        self._open: list[int] = []
        self._foreseen: list[dict[str, Any]] = []
        self._looked_ahead = False
        self._scouting = False

    def rows(self) -> Iterator[_Found]:
        """Yield the document's rows."""
        for found in self._walk():
            if not self._looked_ahead and any(
                key not in found.within[place] for place, key in self._layout.needs.get(found.at, ())
            ):
                self._look_ahead()
            yield found

    def _look_ahead(self) -> None:
        """Read the document through for keys that stand after the rows which need them."""
        self._looked_ahead = True
        self.changes += 1
        with open_unpacked(self._survey) as raw:
            scout = _Reader(self._layout, self._survey, Repaired(utf8(raw, self._survey)))
            scout._scouting = True
            # Where it breaks off the rows will too, and the reader of this one says so.
            with suppress(*_BROKEN):
                deque(scout._walk(), maxlen=0)
        self._foreseen = scout._maps
        for place in self._open:
            self._maps[place] |= self._foreseen[place]

    def _walk(self) -> Iterator[_Found]:
        """Yield rows; keep the scalars of the maps on the way to them."""
        events = _events(self._sliced)
        ways: list[tuple[bool, str]] = []
        key = ""
        #: The path of what stands in the innermost list; in a map its keys decide.
        inner = ""
        for event, value in events:
            if event == "map_key":
                key = value
            elif event in _ENDS:
                if ways.pop()[0]:
                    self._leave_map()
                inner = self._path(ways, key) if ways and not ways[-1][0] else ""
            elif (at := inner or self._path(ways, key)) in self._rows:
                yield self._found(at, event, value, events)
            elif event not in _STARTS:
                if ways and ways[-1][0]:
                    self._keep(key, value)
            elif at in self._objects and self._open:
                self._keep(key, _built(events, event)[0])
            elif at in self._ways:
                ways.append((event == "start_map", at))
                inner = "" if event == "start_map" else self._path(ways, key)
                if event == "start_map":
                    self._enter_map()
            else:
                _passed_over(events)

    def _found(self, at: str, event: str, value: Any, events: Iterator[tuple[str, Any]]) -> _Found:
        item, problem = _built(events, event) if event in _STARTS else (value, None)
        items, raw = [item], None
        if event == "string" and (sliced := self._sliced.taken(value)):
            items, raw = sliced
        elif not problem and not isinstance(item, dict):
            problem = "is no JSON object"
        place = self._open[-1] if self._open else -1
        return _Found(at, items, raw, tuple(self._maps[each] for each in self._open), place, problem)

    def _keep(self, key: str, value: Any) -> None:
        around = self._maps[self._open[-1]]
        if len(around) < _SCALARS_LIMIT and not (type(value) is str and len(value) > _SCALAR_LENGTH):
            # As in a row that was cut out whole.
            around[key] = float(value) if type(value) is Decimal else value
            self.changes += 1

    def _path(self, ways: list[tuple[bool, str]], key: str) -> str:
        if not ways:
            return ""
        is_map, around = ways[-1]
        # A dot in a key must not look like a path.
        name = key.replace(".", "\0") if is_map else "item"
        return f"{around}.{name}" if around else name

    def _leave_map(self) -> None:
        """Forget what a map says that no further row stands in; who looks ahead keeps it for whoever comes after."""
        place = self._open.pop()
        if not self._scouting:
            self._maps[place] = _FORGOTTEN

    def _enter_map(self) -> None:
        place = len(self._maps)
        if place >= MAPS_LIMIT:
            raise SourceUnreadable(f"{self._survey.called} holds more than {MAPS_LIMIT:,} chats: it is no export")
        self._maps.append(dict(self._foreseen[place]) if place < len(self._foreseen) else {})
        self._open.append(place)


def _events(stream: io.RawIOBase) -> Iterator[tuple[str, Any]]:
    """Yield the parser's events; a number whose exponent Python has no measure for is no number (NaN)."""
    events: Iterator[tuple[str, Any]] = ijson.basic_parse(stream, buf_size=CHUNK)
    # The parser does not get over an exception that a number raises. In a context of its own, none does.
    lenient = copy_context()
    lenient.run(setcontext, Context(traps=[]))
    run, end = lenient.run, ("", None)
    while (event := run(next, events, end)) is not end:
        yield event


def _lists_of_rows(layout: Layout) -> set[str]:
    """Return the names of the lists that hold rows and nothing in which rows stand."""
    lists = {path.removesuffix(".item").rpartition(".")[2] for path in layout.rows if path.endswith(".item")}
    return lists - {key for path in layout.rows for key in path.split(".")[:-2]}


def _built(events: Iterator[tuple[str, Any]], start: str) -> tuple[Any, str | None]:
    """Return the map or list whose start was just read, or why it is not held in memory."""
    root: Any = {} if start == "start_map" else []
    stack = [root]
    key = ""
    room = VALUES_LIMIT
    for event, value in events:
        if event == "map_key":
            key = value
            continue
        if event in _ENDS:
            stack.pop()
            if not stack:
                return root, None
            continue
        started = event in _STARTS
        made = ({} if event == "start_map" else []) if started else value
        if type(made) is Decimal:
            made = float(made)  # as in a row that was cut out whole
        around = stack[-1]
        if type(around) is dict:
            around[key] = made
        else:
            around.append(made)
        room -= 1
        if started:
            stack.append(made)
        if not room or len(stack) > DEPTH_LIMIT:
            _passed_over(events, len(stack))
            return (
                None,
                f"holds more than {VALUES_LIMIT:,} values" if not room else f"is over {DEPTH_LIMIT} levels deep",
            )
    return root, None


def _passed_over(events: Iterator[tuple[str, Any]], depth: int = 1) -> None:
    """Read on to the end of what was started, ``depth`` levels of it."""
    for event, _ in events:
        if event in _STARTS:
            depth += 1
        elif event in _ENDS:
            depth -= 1
            if not depth:
                return
