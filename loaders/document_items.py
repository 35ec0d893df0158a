"""The rows of a large JSON document, cut out of the stream whole where they are regular, and read by the quick parser.

A parser that tells of every key and value costs Python a step for each; a message has some thirty. So the objects of
lists that hold rows are cut out, read by orjson as many at once as were read from the disk, and replaced in the stream
by a short string: the parser of the document meets one value for hundreds of rows. What is irregular (many levels, very
long, no JSON) stays in the stream as it is.
"""

from __future__ import annotations

import io
import json
import re
import secrets
from collections import deque
from typing import TYPE_CHECKING, Any

import orjson

from loaders.streams import CHUNK

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: An object that is longer or has more brackets takes the parser's way, which counts its values and levels.
ITEM_LIMIT = 1 << 18
BRACKETS_LIMIT = 64
#: Longer than the name of a list with its colon and bracket.
_TAIL = 64
_STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'


def _nested(depth: int) -> bytes:
    """Make the pattern of brackets that close again; of which kind each is, is left to the parser."""
    plain, deeper = rb'[^"{}\[\]]*+', b"|" + _nested(depth - 1) if depth > 1 else b""
    return rb"[{\[]" + plain + b"(?:(?:" + _STRING + deeper + b")" + plain + rb")*+[}\]]"


_ROOT = re.compile(rb"\s*\[")
_BEFORE = re.compile(rb"\s*+,?\s*+(?=\{)")
_OBJECT = re.compile(rb"(?s)" + _nested(6))
#: ijson's parser fails at a number that Python refuses to read, and may take the process with it; so it is given none.
DIGITS_LIMIT = 4_300
_DIGITS = b"0123456789"
_TOO_MANY_DIGITS = re.compile(rb"\d{%d}" % (DIGITS_LIMIT + 1))
_NO_MORE = re.compile(rb"\s*+\]")


class Sliced(io.RawIOBase):
    """A UTF-8 JSON stream in which the objects of the lists called ``names`` are strings, each for one or several.

    With ``root`` so are those of the document itself, if that is a list. ``taken`` returns the objects that a string
    stands for.
    """

    def __init__(self, stream: io.RawIOBase, names: Iterable[str], *, root: bool = False) -> None:
        self._stream = stream
        keys = b"|".join(re.escape(name.encode()) for name in names)
        # A quote inside a JSON string stands after a backslash, so this is never found within one.
        self._opening = re.compile(rb'(?<=[\s{,])"(?:' + keys + rb')"\s*+:\s*+\[') if keys else None
        #: Made at random, so that no text of the document can be taken for one of ours.
        self._token = secrets.token_hex(8)
        self._items: deque[tuple[int, list[Any], bytes | None]] = deque()
        self._count = 0
        self._waiting = b""
        self._ready = b""
        self._within = False
        #: Whether the document's first bracket is still to come, and counts.
        self._root = root
        self._ended = False
        #: Digits at the end of what was given so far, and whether too many follow.
        self._digits = 0
        self._refused = False

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        """Fill ``buffer`` and return how many bytes that were; 0 at the end.

        Raises ``ValueError`` where more than ``DIGITS_LIMIT`` digits follow each other; what stands before is given.
        """
        while not self._ready and (self._refused or self._waiting or not self._ended):
            if self._refused:
                raise ValueError(f"more than {DIGITS_LIMIT:,} digits in a row")
            self._ready = self._with_readable_numbers(self._next())
        given = self._ready[: len(buffer)]
        self._ready = self._ready[len(given) :]
        buffer[: len(given)] = given
        return len(given)

    def taken(self, value: str) -> tuple[list[Any], bytes | None] | None:
        """Return the objects that a string of the stream stands for, and their bytes; ``None`` for any other string.

        The bytes are those of a JSON list without its brackets, absent where the quick parser can't read them.
        """
        if not value.startswith(self._token):
            return None
        number = int(value[len(self._token) :])
        while self._items and self._items[0][0] < number:
            self._items.popleft()
        _, items, raw = self._items.popleft()
        return items, raw

    def _next(self) -> bytes:
        """Return the next bytes for the parser."""
        data = b"" if self._ended else self._stream.read(CHUNK) or b""
        self._ended = not data
        whole = self._waiting + data
        if self._opening is None and not (self._root or self._within):
            self._waiting = b""
            return whole
        given: list[bytes] = []
        at = 0
        while at < len(whole):
            before = at
            at = self._slice(whole, at, given) if self._within else self._seek(whole, at, given)
            if at == before and not self._ended:
                break
        self._waiting = whole[at:]
        return b"".join(given)

    def _with_readable_numbers(self, given: bytes) -> bytes:
        """Return bytes for the parser, up to where too many digits begin."""
        first = len(given) - len(given.lstrip(_DIGITS))
        found = _TOO_MANY_DIGITS.search(given)
        if self._digits + first > DIGITS_LIMIT:
            given, self._refused = b"", True
        elif found:
            given, self._refused = given[: found.start()], True
        last = len(given) - len(given.rstrip(_DIGITS))
        self._digits = last if last < len(given) else self._digits + last
        return given

    def _seek(self, whole: bytes, at: int, given: list[bytes]) -> int:
        """Pass on what stands before the next list of rows, and its bracket; return where that ends."""
        if self._root:
            found = _ROOT.match(whole, at)
            if not (found or self._ended or whole[at:].strip()):
                return at
            self._root = False
        else:
            found = self._opening.search(whole, at) if self._opening else None
        if found:
            self._within = True
            end = found.end()
        else:
            end = len(whole) if self._ended or not self._opening else max(at, len(whole) - _TAIL)
        given.append(whole[at:end])
        return end

    def _slice(self, whole: bytes, at: int, given: list[bytes]) -> int:
        """Put strings for the objects that come next, and return where the last whole one ends."""
        if objects := list(_objects_after(whole, at)):
            if string := self._string_for(whole, objects):
                given += whole[at : objects[0][0]], string
                at = objects[-1][1]
            else:
                at = self._slice_each(whole, at, objects, given)
        if _NO_MORE.match(whole, at) or self._ended or len(whole) - at > ITEM_LIMIT:
            self._within = False
        return at

    def _slice_each(self, whole: bytes, at: int, objects: list[tuple[int, int]], given: list[bytes]) -> int:
        """Put a string for each object, or the object itself where it is not regular."""
        for start, end in objects:
            own = whole[start:end]
            string = self._string_for(whole, [(start, end)]) or self._string_for_odd(own)
            given += whole[at:start], string or own
            at = end
        return at

    def _string_for(self, whole: bytes, objects: list[tuple[int, int]]) -> bytes | None:
        """Return the string for objects in a row; ``None`` where these are not what stands there.

        Cut off wrongly, for whatever reason, they are no JSON or another number of values.
        """
        if not all(_is_regular(whole, start, end) for start, end in objects):
            return None
        run = whole[objects[0][0] : objects[-1][1]]
        try:
            items = orjson.loads(b"[%b]" % run)
        except orjson.JSONDecodeError:
            return None
        if len(items) != len(objects) or not all(type(item) is dict for item in items):
            return None
        return self._token_for(items, run)

    def _string_for_odd(self, raw: bytes) -> bytes | None:
        """Return the string for an object that has a number which the parser of the document may not get over."""
        if not _is_regular(raw, 0, len(raw)):
            return None
        try:
            return self._token_for([json.loads(raw, parse_constant=_refuse)], None)
        except ValueError:
            return None

    def _token_for(self, items: list[Any], raw: bytes | None) -> bytes:
        self._count += 1
        self._items.append((self._count, items, raw))
        return b'"%b%d"' % (self._token.encode(), self._count)


def _is_regular(whole: bytes, start: int, end: int) -> bool:
    return end - start <= ITEM_LIMIT and whole.count(b"{", start, end) + whole.count(b"[", start, end) <= BRACKETS_LIMIT


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON")


def _objects_after(whole: bytes, at: int) -> Iterator[tuple[int, int]]:
    """Yield where the objects that come next begin and end, as far as that is to be seen."""
    while (before := _BEFORE.match(whole, at)) and (end := _end_of(whole, before)):
        yield before.end(), end
        at = end


def _end_of(whole: bytes, before: re.Match[bytes]) -> int | None:
    """Return where the object after ``before`` ends; ``None`` where that is not to be seen.

    In an indented document it ends with the next bracket in the column of its first: a line can't break within a
    string.
    """
    line = before[0].rfind(b"\n")
    if line < 0:
        found = _OBJECT.match(whole, before.end())
        return found.end() if found else None
    last = b"\n" + before[0][line + 1 :] + b"}"
    place = whole.find(last, before.end())
    return place + len(last) if place >= 0 else None
