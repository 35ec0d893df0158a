"""The files of a folder, and what of them is worth opening: each may be a source of its own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from graph.errors import SourceUnreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Endings of what is attached to posts and messages: exports have thousands of them, and none has rows.
_MEDIA = """
    3gp aac amr avi avif bmp flac flv gif heic heif ico jfif jpeg jpg m4a m4v mid mkv mov mp3 mp4 mpeg mpg oga ogg ogv
    opus pdf png svg tgs tif tiff ttf vcf wav webm webp wma wmv woff woff2
"""
MEDIA = frozenset(_MEDIA.split())
#: What macOS adds to archives beside each file.
_SHADOWS = "__MACOSX"
_A_LINK = "is a link, and links are not followed: what it leads to is read where it lies itself"


class Given(NamedTuple):
    """A file to be read: where it lies, and what it is called, ``FOLDER/PATH`` or ``ARCHIVE.zip/PATH``."""

    path: Path
    called: str


class NotTaken(NamedTuple):
    """What was not read, and why; ``reason`` stands after the name."""

    source: str
    reason: str


class PassedOver(NamedTuple):
    """How many files were not looked into: attached media, and what is hidden (a hidden folder counts as one)."""

    media: int
    hidden: int


def is_media(name: str) -> bool:
    """Return whether a file is a picture, a recording or the like, by its ending.

    >>> is_media("photos/IMG-0001.JPG"), is_media("_chat.txt")
    (True, False)
    """
    return name.rpartition(".")[2].lower() in MEDIA


def is_hidden(part: str) -> bool:
    """Return whether a part of a path is hidden, or what macOS adds of its own."""
    return part == _SHADOWS or (part.startswith(".") and part not in {".", ".."})


def files_of(folder: Path) -> Iterator[Given | NotTaken | PassedOver]:
    """Yield each file in a folder and below, by path, and what of it is not read; last, what was passed over.

    Links are not followed, so nothing outside the folder is read and nothing twice. Raises ``SourceUnreadable`` where
    the folder itself can't be listed.
    """
    name = folder.resolve().name
    media = hidden = 0
    waiting = [(folder, name)]
    while waiting:
        at, called = waiting.pop()
        if isinstance(entries := _entries(at, first=at == folder), str):
            yield NotTaken(called, entries)
            continue
        below = []
        for entry in entries:
            inside = f"{called}/{entry.name}"
            if is_hidden(entry.name):
                hidden += 1
            elif entry.is_symlink():
                yield NotTaken(inside, _A_LINK)
            elif entry.is_dir(follow_symlinks=False):
                below.append((Path(entry.path), inside))
            elif is_media(entry.name):
                media += 1
            else:
                yield Given(Path(entry.path), inside)
        waiting += reversed(below)
    yield PassedOver(media, hidden)


def _entries(folder: Path, *, first: bool) -> list[os.DirEntry[str]] | str:
    """Return what is in a folder, by name, or why that can't be told."""
    try:
        with os.scandir(folder) as found:
            return sorted(found, key=lambda entry: entry.name)
    except OSError as problem:
        if first:
            raise SourceUnreadable(f"{folder} can't be listed: {problem.strerror}; check its rights") from problem
        return f"can't be listed: {problem.strerror}"
