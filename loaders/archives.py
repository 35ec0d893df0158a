"""ZIP archives: their members as files, one at a time, in a folder of our own under names of our own.

An archive is written by anybody. So what it says of itself is checked before anything is unpacked (how large its
members are, whether they share bytes), and held to while it is unpacked; names of members are only ever shown.
"""

from __future__ import annotations

import contextlib
import io
import stat
import struct
import zipfile
import zlib
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

from graph.errors import SourceUnreadable
from loaders.binaries import EMPTY_ZIP, ZIP
from loaders.folders import Given, NotTaken, PassedOver, is_hidden, is_media
from loaders.private_folders import PrivateFolder, unwritable
from loaders.streams import BOMB_FREE, BOMB_RATIO, CHUNK

if TYPE_CHECKING:
    from collections.abc import Iterator

#: The list of an archive's members stands at its end and is read whole: some 100 bytes and a name for each.
DIRECTORY_LIMIT = 32 << 20
_END, _END_64, _LOCATOR = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
_END_SIZE, _LOCATOR_SIZE, _END_64_SIZE = 22, 20, 56
_COMMENT_LIMIT = 0xFFFF
_TOLD_ELSEWHERE = 0xFFFFFFFF
#: What a member takes at least, beside its data.
_HEADER = 30
_ENCRYPTED, _UTF8_NAME = 0x1, 0x800
#: Ways of packing that give no more than asked for at once; the others have no such bound.
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
#: What zipfile raises for bytes that are not as they should be.
DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, ValueError, EOFError, NotImplementedError, OverflowError)


class _Wanted(NamedTuple):
    info: zipfile.ZipInfo
    called: str


def begins_as_zip(path: Path) -> bool:
    """Return whether a path is an ordinary file that begins as ZIP archives and today's workbooks do."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return False
        with path.open("rb") as file:
            return file.read(len(ZIP)) in {ZIP, EMPTY_ZIP}
    except (OSError, ValueError):  # whoever reads it says why it can't be read
        return False


@contextlib.contextmanager
def opened_zip(path: Path, called: str) -> Iterator[zipfile.ZipFile]:
    """Give an archive whose list of members is whole, of a size to be held, and of members with bytes of their own.

    Raises ``SourceUnreadable`` where it is not so.
    """
    with contextlib.ExitStack() as stack:
        try:
            file = stack.enter_context(path.open("rb"))
            _check_directory(file, called)
            archive = stack.enter_context(zipfile.ZipFile(file))
        except DAMAGED as problem:
            raise SourceUnreadable(_damaged(called)) from problem
        except OSError as problem:
            raise SourceUnreadable(f"{called} can't be read: {problem.strerror}; check the disk it is on") from problem
        _refuse_shared(archive, called)
        yield archive


def members_of(path: Path) -> Iterator[Given | NotTaken | PassedOver]:
    """Yield each member of an archive as a file, by name, and what of it is not read; last, what was passed over.

    A file is there until the next is asked for. Raises ``SourceUnreadable`` for a damaged archive or a ZIP bomb,
    ``OutputUnwritable`` where there is no room to unpack a member.
    """
    folder = PrivateFolder()
    try:
        with opened_zip(path, str(path)) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
            names = [f"{path.name}/{_name_of(info)}" for info in infos]
            hidden = [any(map(is_hidden, name.split("/")[1:])) for name in names]
            wanted = [
                _Wanted(info, name)
                for info, name, unseen in zip(infos, names, hidden, strict=True)
                if not (unseen or is_media(name))
            ]
            _refuse_bomb([each.info for each in wanted], path)
            for number, each in enumerate(sorted(wanted, key=lambda each: each.called)):
                yield from _unpacked(archive, each, folder.path / str(number))
        yield PassedOver(len(infos) - len(wanted) - sum(hidden), sum(hidden))
    finally:
        folder.remove()


def _unpacked(archive: zipfile.ZipFile, wanted: _Wanted, to: Path) -> Iterator[Given | NotTaken]:
    """Yield a member as a file and remove it, or why it can't be unpacked."""
    reason = _obstacle(wanted.info)
    try:
        reason = reason or _written(archive, wanted.info, to)
        yield NotTaken(wanted.called, reason) if reason else Given(to, wanted.called)
    finally:
        to.unlink(missing_ok=True)


def _obstacle(info: zipfile.ZipInfo) -> str | None:
    """Return why a member can't be unpacked, as far as the list of members tells."""
    if stat.S_ISLNK(info.external_attr >> 16):
        return "is a link, and links are not followed"
    if info.flag_bits & _ENCRYPTED:
        return "is encrypted: unpack the archive with its password, and load the folder"
    if info.compress_type not in _METHODS:
        return f"is packed in a rare way (method {info.compress_type}): unpack the archive, and load the folder"
    return None


def _written(archive: zipfile.ZipFile, info: zipfile.ZipInfo, to: Path) -> str | None:
    """Unpack a member into a file, and return why that can't be done where it can't."""
    try:
        file = io.FileIO(to, "x")
    except OSError as problem:
        raise unwritable(problem) from problem
    with file:
        try:
            for data in chunks_of(archive, info):
                _put(file, data)
        except DAMAGED:
            return "is damaged: it does not give what was packed. Get the archive anew"
        except OSError as problem:
            return f"can't be read: {problem.strerror}"
    return None


def _put(file: io.FileIO, data: bytes) -> None:
    """Write all of it; a disk that is nearly full takes a part and says nothing."""
    rest = memoryview(data)
    try:
        while rest:
            rest = rest[file.write(rest) :]
    except OSError as problem:
        raise unwritable(problem) from problem


def chunks_of(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield a member's bytes, no more than it is said to have; what is wrong with them is raised as ``DAMAGED``."""
    with archive.open(info) as member:
        while data := member.read(CHUNK):
            yield data


def _refuse_bomb(infos: list[zipfile.ZipInfo], path: Path) -> None:
    packed = path.stat().st_size
    total = sum(info.file_size for info in infos)
    swollen = any(info.file_size > max(BOMB_FREE, BOMB_RATIO * info.compress_size) for info in infos)
    if swollen or total > max(BOMB_FREE, BOMB_RATIO * packed):
        raise SourceUnreadable(bomb(str(path)))


def bomb(called: str) -> str:
    """Return what is said of an archive that unpacks to too much."""
    return f"{called} expands more than {BOMB_RATIO}-fold, as ZIP bombs do; unpack it and look before you load it"


def _refuse_shared(archive: zipfile.ZipFile, called: str) -> None:
    """Raise where members share bytes: so a small archive can hold the same bomb a thousand times."""
    infos = sorted(archive.infolist(), key=lambda info: info.header_offset)
    starts = [info.header_offset for info in infos[1:]] + [archive.start_dir]
    for info, following in zip(infos, starts, strict=False):
        if info.header_offset + _HEADER + info.compress_size > following:
            raise SourceUnreadable(f"{called} has members that overlap, as ZIP bombs do: it is damaged, or crafted")


def _name_of(info: zipfile.ZipInfo) -> str:
    """Return a member's name with ``/`` between its parts; an old one is UTF-8 where it can be, as on macOS."""
    name = info.filename
    if not info.flag_bits & _UTF8_NAME:
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return name.replace("\\", "/")


def _check_directory(file: IO[bytes], called: str) -> None:
    """Raise where an archive's list of members is missing or too long to be held."""
    size = file.seek(0, io.SEEK_END)
    begin = max(0, size - _END_SIZE - _COMMENT_LIMIT - _LOCATOR_SIZE)
    tail = _at(file, begin, size)
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_SIZE:
        raise SourceUnreadable(_damaged(called))
    (length,) = struct.unpack_from("<L", tail, at + 12)
    if length == _TOLD_ELSEWHERE and at >= _LOCATOR_SIZE and tail[at - _LOCATOR_SIZE :].startswith(_LOCATOR):
        (where,) = struct.unpack_from("<Q", tail, at - _LOCATOR_SIZE + 8)
        end = _at(file, min(where, size), _END_64_SIZE)
        length = struct.unpack_from("<Q", end, 40)[0] if end.startswith(_END_64) else length
    if length > DIRECTORY_LIMIT:
        raise SourceUnreadable(f"{called} lists more members than clew takes at once: unpack it, and load the folder")


def _at(file: IO[bytes], where: int, size: int) -> bytes:
    file.seek(where)
    return file.read(size)


def _damaged(called: str) -> str:
    return f"{called} is a damaged ZIP archive, or one that is cut short: get it anew, or unpack what there is"
