"""The bytes of a source: opened safely, unpacked, hashed, and their encoding told.

With ``loaders/rows.py`` the only place that knows compression, byte order marks and encodings.
"""

from __future__ import annotations

import codecs
import hashlib
import io
import os
import stat
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from graph.errors import SourceUnreadable
from loaders.binaries import GZIP, refuse_known

if TYPE_CHECKING:
    from collections.abc import Callable

#: Bytes taken from the disk at once.
CHUNK = 256 * 1024
#: Characters by which a format is recognised.
HEAD_CHARACTERS = 64 * 1024
#: The most bytes of a list that somebody wrote by hand.
SMALL = 64 * 1024 * 1024
#: A gzip file that expands more than this, past the first ``BOMB_FREE`` bytes, is taken for a bomb: text packs 5- to
#: 50-fold, deflate at most 1,032-fold.
BOMB_RATIO = 300
BOMB_FREE = 256 * 1024 * 1024

_CHANGED = "{} changed while it was being read; load it again when it is complete"
_CUT_SHORT = "the gzip data is cut short or damaged: what comes after this is missing, what comes before may be garbled"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_REPLACEMENT_UTF8 = _REPLACEMENT.encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What one pass over a file tells before its rows are read.

    ``size`` and ``sha256`` are of the bytes on disk, ``encoding`` is Python's name for the unpacked text's.
    ``mark`` is the length of its byte order mark. ``undecodable`` says that some bytes do not fit the encoding and
    ``nul`` that there are NUL characters, so that rows need a look. ``head`` is the first characters. ``called`` is
    what messages call the file: its path, or where it was taken from. ``spooled`` says that it is one of ours, with the
    cells of a workbook's sheet or of a query's result (``loaders/spools.py``).
    """

    path: Path
    size: int
    changed_ns: int
    sha256: str
    packed: bool
    encoding: str
    mark: int
    undecodable: bool
    nul: bool
    head: str
    called: str
    spooled: bool = False


class Unpacked(io.RawIOBase):
    """The unpacked bytes of an open file, whether or not it is gzip.

    ``damage`` is ``None``, or what is missing once the end of what is readable was reached: where gzip data is cut
    short the stream ends there instead of raising, so that the rows before it count. Gzip data that is wrong, and a
    file that has other than ``size`` bytes at its end or was written meanwhile, are ``SourceUnreadable``.
    """

    def __init__(
        self, file: io.FileIO, called: str, state: os.stat_result, packed: bool, on_read: Callable[[bytes], None]
    ) -> None:
        self.damage: str | None = None
        self._file = file
        self._state = state
        self._called = called
        self._on_read = on_read
        self._inflater = zlib.decompressobj(wbits=31) if packed else None
        self._raw = b""
        self._taken = 0
        self._given = 0

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        """Fill ``buffer`` as far as one chunk reaches and return how much that was; 0 at the end."""
        data = self._inflate(len(buffer)) if self._inflater else self._take(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def drain(self) -> None:
        """Read what lies on disk behind damaged gzip data: the digest is of all bytes."""
        while self._take(CHUNK):
            continue

    def close(self) -> None:
        """Close the file too."""
        self._file.close()
        super().close()

    def _take(self, size: int) -> bytes:
        try:
            data = self._file.read(size) or b""
        except OSError as problem:
            raise SourceUnreadable(f"{self._called} stopped being readable: {problem.strerror}") from problem
        self._taken += len(data)
        if not data or self._taken > self._state.st_size:  # one that grows as quickly as it is read has no end
            self._refuse_changed()
        self._on_read(data)
        return data

    def _refuse_changed(self) -> None:
        """Raise where the file is no longer what it was: a row may be half an old and half a new one, or be gone."""
        now = os.fstat(self._file.fileno())
        if _mark_of(now) != _mark_of(self._state) or self._taken != self._state.st_size:
            raise SourceUnreadable(_CHANGED.format(self._called))

    def _inflate(self, size: int) -> bytes:
        """Return 1 to ``size`` unpacked bytes, or none at the end or where the data is damaged."""
        while not self.damage and self._inflater is not None:
            if not self._raw:
                self._raw = self._take(CHUNK)
            if not self._raw:
                self.damage = _CUT_SHORT
                break
            try:
                data = self._inflater.decompress(self._raw, size)
            except zlib.error as problem:
                # What was unpacked before this showed may be wrong already: another digit in a number, say.
                raise SourceUnreadable(
                    f"{self._called} is damaged: its gzip data does not give what was packed. Get the file anew; or "
                    "rescue what there is (gzip -dc FILE > NEW), look at it, and load that"
                ) from problem
            self._raw = self._inflater.unconsumed_tail
            if self._inflater.eof:
                self._next_member(self._inflater.unused_data)
            if data:
                self._given += len(data)
                self._refuse_bomb()
                return data
        return b""

    def _next_member(self, rest: bytes) -> None:
        """Go on to a further gzip member; zero bytes after the last are padding."""
        rest = rest.lstrip(b"\0")
        while not rest and (more := self._take(CHUNK)):
            rest = more.lstrip(b"\0")
        self._raw = rest
        if not rest:
            self._inflater = None
        elif rest.startswith(GZIP[: len(rest)]):
            self._inflater = zlib.decompressobj(wbits=31)
        else:
            self.damage = "bytes that are not gzip follow the gzip data: they were not read"

    def _refuse_bomb(self) -> None:
        if self._given > BOMB_FREE and self._given > BOMB_RATIO * self._taken:
            raise SourceUnreadable(
                f"{self._called} expands more than {BOMB_RATIO}-fold, as gzip bombs do; "
                "unpack it and look before you load it"
            )


def open_unpacked(survey: Survey, progress: Callable[[int, int], None] | None = None) -> Unpacked:
    """Return the unpacked bytes of a surveyed file, past its byte order mark.

    ``progress`` is called with the bytes read so far and the file's size. Raises ``SourceUnreadable`` if the file is
    gone or is no longer the one that was surveyed.
    """
    file = _open(survey.path, survey.called)
    state = os.fstat(file.fileno())
    if _mark_of(state) != (survey.size, survey.changed_ns):
        file.close()
        raise SourceUnreadable(_CHANGED.format(survey.called))
    done = 0

    def on_read(data: bytes) -> None:
        nonlocal done
        done += len(data)
        if progress:
            progress(done, survey.size)

    stream = Unpacked(file, survey.called, state, survey.packed, on_read)
    if survey.mark:
        _fill(stream, survey.mark)
    return stream


def survey(path: str | os.PathLike[str], called: str | None = None) -> Survey:
    """Return what one pass over the file tells: digest, size, compression, encoding and its first characters.

    UTF-8, UTF-16 and UTF-32 are told by their marks; UTF-16 without one by where its NUL bytes stand. Else it is
    UTF-8 if more bytes of the whole file continue a character as UTF-8 has it than do not fit, and Windows-1252 (or
    Latin-1 where bytes occur that it lacks) as the last resort. ``called`` is what messages call it, if not its path.

    Raises
    ------
    SourceUnreadable
        Missing, no regular file (a folder, a pipe, a device), not permitted, empty, or a gzip bomb.
    """
    path = Path(path)
    called = called or str(path)
    with _open(path, called) as file:
        state = os.fstat(file.fileno())
        packed = _first_two(file, called) == GZIP
        digest = hashlib.sha256()
        stream = Unpacked(file, called, state, packed, digest.update)
        start = _fill(stream, 4 * HEAD_CHARACTERS)
        if not start and not stream.damage:
            raise SourceUnreadable(f"{called} is empty")
        if not start:
            raise SourceUnreadable(f"{called}: {stream.damage}")
        refuse_known(called, start)
        encoding, mark = _marked(start)
        scan = _Scan(encoding)
        scan.take(start[mark:])
        while data := stream.read(CHUNK):
            scan.take(data)
        stream.drain()
    encoding, undecodable = scan.verdict()
    head = start[mark:].decode(encoding, "replace")[:HEAD_CHARACTERS]
    if not head.strip("\0 \t\r\n"):
        raise SourceUnreadable(f"{called} holds nothing but blanks")
    return Survey(
        path=path,
        size=state.st_size,
        changed_ns=state.st_mtime_ns,
        sha256=digest.hexdigest(),
        packed=packed,
        encoding=encoding,
        mark=mark,
        undecodable=undecodable,
        nul=scan.nul,
        head=head,
        called=called,
    )


def digest_of(path: Path, called: str) -> tuple[str, int]:
    """Return the SHA-256 of a file's bytes, and how many they are; raises ``SourceUnreadable`` as ``survey`` does."""
    digest = hashlib.sha256()
    file = _open(path, called)
    with Unpacked(file, called, (state := os.fstat(file.fileno())), packed=False, on_read=digest.update) as stream:
        stream.drain()
    return digest.hexdigest(), state.st_size


def refuse_changed(path: Path, before: os.stat_result, called: str) -> None:
    """Raise ``SourceUnreadable`` where a file is no longer what it was ``before``."""
    if _mark_of(path.stat()) != _mark_of(before):
        raise SourceUnreadable(_CHANGED.format(called))


def _mark_of(state: os.stat_result) -> tuple[int, int]:
    return state.st_size, state.st_mtime_ns


def _open(path: Path, called: str | None = None) -> io.FileIO:
    """Open a regular file for reading; a pipe or device would hang or never end."""
    called = called or str(path)
    try:
        state = path.stat()
        if stat.S_ISREG(state.st_mode):
            return io.FileIO(path)
    except OSError as problem:
        raise SourceUnreadable(
            f"{called} can't be read: {problem.strerror}; check the path and its rights"
        ) from problem
    except ValueError as problem:
        raise SourceUnreadable(f"{called!r} can't be a path: {problem}") from problem
    kind = "a folder: name the file in it" if stat.S_ISDIR(state.st_mode) else "no ordinary file: save it to disk first"
    raise SourceUnreadable(f"{called} is {kind}")


def small_text(path: Path) -> str:
    """Return the text of a small file that is no source: a list of help lines, or judgements. UTF-8, mark or not.

    Raises ``SourceUnreadable`` for a pipe or device, more than ``SMALL`` bytes, or bytes that are no UTF-8.
    """
    with _open(path) as file:
        try:
            data = file.read(SMALL + 1) or b""
            if len(data) > SMALL:
                raise SourceUnreadable(f"{path} has more than {SMALL:,} bytes: is it the right file?")
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as problem:
            raise SourceUnreadable(f"{path} is no UTF-8: {problem.reason} at byte {problem.start:,}") from problem
        except OSError as problem:
            raise SourceUnreadable(f"{path} can't be read: {problem.strerror}") from problem


def _first_two(file: io.FileIO, called: str) -> bytes:
    """Return a file's first two bytes and go back to its start."""
    try:
        start = file.read(2) or b""
        file.seek(0)
    except OSError as problem:
        raise SourceUnreadable(f"{called} can't be read: {problem.strerror}; check the disk it lies on") from problem
    return start


def _fill(stream: Unpacked, size: int) -> bytes:
    parts = bytearray()
    while len(parts) < size and (data := stream.read(size - len(parts))):
        parts += data
    return bytes(parts)


def _marked(start: bytes) -> tuple[str | None, int]:
    """Return the encoding that the first bytes betray and the length of the mark; ``None`` where they do not."""
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            return encoding, len(mark)
    units = start[: 4096 & ~1]
    even, odd = units[0::2].count(0), units[1::2].count(0)
    # ASCII has its NULs on one side, and few other characters have one on the other; a twentieth of all bytes keeps a
    # stray NUL from deciding.
    if odd > max(len(units) / 20, 8 * even):
        return "utf-16-le", 0
    if even > max(len(units) / 20, 8 * odd):
        return "utf-16-be", 0
    return None, 0


class _Scan:
    """Counts over a file how much of it is good UTF-8 (or fits the encoding that its mark names)."""

    def __init__(self, encoding: str | None) -> None:
        self.nul = False
        self._encoding = encoding
        #: Decodes what is not UTF-8.
        self._other = codecs.getincrementaldecoder(encoding)("replace") if encoding and encoding != "utf-8" else None
        self._begun = b""
        #: Bytes that continue a character as UTF-8 has it, and what does not fit.
        self._good = 0
        self._bad = 0
        self._undefined = False

    def take(self, data: bytes, *, final: bool = False) -> None:
        """Look at the next bytes."""
        if self._other is not None:
            text = self._other.decode(data, final)
            self.nul = self.nul or "\0" in text
            self._bad += text.count(_REPLACEMENT)
            return
        self.nul = self.nul or b"\0" in data
        if data.isascii() and not self._begun:
            return
        whole = self._begun + data
        try:
            text, used = codecs.utf_8_decode(whole, "strict", final)
            self._good += used - len(text)
        except UnicodeDecodeError:
            text, used = codecs.utf_8_decode(whole, "replace", final)
            bad = text.count(_REPLACEMENT) - whole.count(_REPLACEMENT_UTF8)
            self._bad += bad
            self._good += len(text.encode()) - len(text) - bad * (len(_REPLACEMENT_UTF8) - 1)
        self._begun = whole[used:]
        # The five bytes that Windows-1252 leaves undefined.
        self._undefined = self._undefined or any(byte in data for byte in b"\x81\x8d\x8f\x90\x9d")

    def verdict(self) -> tuple[str, bool]:
        """Return the encoding, and whether some bytes do not fit it."""
        self.take(b"", final=True)
        if self._encoding:
            return self._encoding, self._bad > 0
        if self._bad > self._good:
            return ("latin-1" if self._undefined else "cp1252"), False
        return "utf-8", self._bad > 0
