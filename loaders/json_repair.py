r"""A JSON document's bytes as good JSON: what was written wrongly is put right before a parser sees it.

Telegram Desktop writes control bytes as ``\x0b``, which is no JSON.
"""

from __future__ import annotations

import io
import re

from graph.errors import SourceUnreadable
from loaders.streams import CHUNK

#: A text in which no quote appears for so long would have to be held whole.
STRING_LIMIT = 1 << 26
_HEX = rb"[0-9a-fA-F]"
_PAIR = rb"u[dD][89abAB]" + _HEX + rb"{2}\\u[dD][c-fC-F]" + _HEX + rb"{2}"
#: An escape is decided once the 12 bytes of the longest, a surrogate pair, are there. (No possessive quantifiers:
#: Python up to 3.11.4, which Debian 12 has, matches wrongly with them, python/cpython#106052.)
_DECIDED = re.compile(
    rb"(?s)(?:[^\\]+|\\[^ux]|\\(?=.{11})(?:" + _PAIR + rb"|u" + _HEX + rb"{4}|x" + _HEX + rb"{2}|.))*"
)
_ESCAPE = re.compile(rb"(?s)(\\" + _PAIR + rb")|(\\u[dD][89a-fA-F]" + _HEX + rb"{2})|\\x(" + _HEX + rb"{2})|\\.")
_LONGEST_ESCAPE = 12
#: Control characters stand in no JSON; in a text they are meant as their escapes. One after a backslash is left alone,
#: and the document breaks off there: nobody knows what was meant.
_CONTROLS = bytes(code for code in range(32) if chr(code) not in "\t\n\r")
_CONTROL = re.compile(rb"(\\?)([" + re.escape(_CONTROLS) + rb"])")


class Repaired(io.RawIOBase):
    r"""A UTF-8 JSON stream whose ``\x0b`` and bare control characters are ``\u000b``, and half surrogate pairs U+FFFD.

    ``halves`` says that there were such halves, ``nul`` that a NUL was written as an escape: then rows need a look.
    """

    def __init__(self, stream: io.RawIOBase) -> None:
        self.halves = False
        self.nul = False
        self._stream = stream
        self._waiting = b""
        self._ready = b""
        self._ended = False
        self._unquoted = 0

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        """Fill ``buffer`` with repaired bytes and return how many they are; 0 at the end."""
        while not self._ready and not self._ended:
            self._ready = self._next()
        given = self._ready[: len(buffer)]
        self._ready = self._ready[len(given) :]
        buffer[: len(given)] = given
        return len(given)

    def _next(self) -> bytes:
        """Return the next chunk repaired, without an escape at its end that is not yet decided."""
        data = self._stream.read(CHUNK) or b""
        self._ended = not data
        whole = self._waiting + data
        cut = len(whole)
        if data and b"\\" in whole[-_LONGEST_ESCAPE:]:
            found = _DECIDED.match(whole, _before_escapes(whole))
            cut = found.end() if found else 0
        self._waiting = whole[cut:]
        ready = whole[:cut]
        self._unquoted = 0 if b'"' in ready else self._unquoted + len(ready)
        if self._unquoted > STRING_LIMIT:
            raise SourceUnreadable(f"{STRING_LIMIT:,} bytes of the document have no quote in them: it is no export")
        if b"\\x" in ready or b"\\ud" in ready or b"\\uD" in ready:
            ready = _ESCAPE.sub(self._repair, ready)
        if len(ready.translate(None, _CONTROLS)) != len(ready):
            ready = _CONTROL.sub(lambda found: found[0] if found[1] else b"\\u%04x" % found[2][0], ready)
        self.nul = self.nul or b"\\u0000" in ready
        return ready

    def _repair(self, found: re.Match[bytes]) -> bytes:
        if found[3]:
            return b"\\u00" + found[3]
        if found[2]:
            self.halves = True
            return b"\\ufffd"
        return found[0]


def _before_escapes(whole: bytes) -> int:
    """Return a place before the escapes at the end that are not decided, and within none that is."""
    place = max(0, len(whole) - 2 * _LONGEST_ESCAPE)
    return len(whole[:place].rstrip(b"\\"))
