"""Writing pages into a folder: whole or not at all, and touching nothing that is not ours.

A small file beside the pages, ``clew-maps.json``, lists the pages that clew wrote. Only what it lists is ever replaced
or removed.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from graph.beside import beside, clear_leftovers, settle
from graph.errors import OutputUnwritable

MANIFEST = "clew-maps.json"
_INDEX = "index.html"
#: All names that a page can have. A manifest that names anything else was not written by us.
_PAGE = re.compile(r"index\.html|map\.html|clusters/c-[0-9a-f]{1,64}\.html")


def write_pages(out: Path, pages: Iterable[tuple[str, bytes]]) -> list[Path]:
    """Write pages (path in the folder, UTF-8) into ``out`` and return where they are, in the order given.

    They are written into a new folder beside ``out``, and only when all are there each is renamed into its place: every
    page in ``out`` is whole at any moment. Pages that an earlier run listed and this one has not are removed.

    Raises ``OutputUnwritable`` where the folder can't be written, or where a file in the way was not written by clew.
    """
    out = out.expanduser().absolute()
    with _failures_told(out):
        out.parent.mkdir(parents=True, exist_ok=True)
        clear_leftovers(out)
        made = beside(out)
        made.mkdir(mode=0o700)
    try:
        names = []
        for name, page in pages:  # what fails in making a page is not the folder's fault
            with _failures_told(out):
                _write(made, name, page)
            names.append(name)
        with _failures_told(out):
            return _put(out, made, names)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _write(made: Path, name: str, page: bytes) -> None:
    if not _PAGE.fullmatch(name):
        raise ValueError(f"{name!r} is no name for a page: names come from cluster ids, never from texts")
    path = made / name
    path.parent.mkdir(exist_ok=True)
    with path.open("wb") as file:
        file.write(page)
        settle(file)


def _put(out: Path, made: Path, names: list[str]) -> list[Path]:
    ours = _listed(out)
    for name in names:
        if name not in ours and (out / name).exists():
            raise OutputUnwritable(
                f"{out / name} was not written by clew map, and is left alone; choose another folder with --out"
            )
    out.mkdir(exist_ok=True)
    # First the list of all that may be ours from now on: if this is cut short, the next run still knows every page.
    _list(out, made, sorted({*ours, *names}))
    # The index last: it links to pages that are there, the old one and the new one alike.
    for name in sorted(names, key=lambda name: name == _INDEX):
        (out / name).parent.mkdir(exist_ok=True)
        (made / name).replace(out / name)
    for name in sorted(ours - set(names)):
        (out / name).unlink(missing_ok=True)
    _list(out, made, sorted(names))
    if not any(name.startswith("clusters/") for name in names) and (out / "clusters").is_dir():
        _remove_if_empty(out / "clusters")
    return [out / name for name in names]


def _listed(out: Path) -> set[str]:
    """Return the pages that an earlier run wrote; none where there is no list of ours."""
    try:
        listed = json.loads((out / MANIFEST).read_text(encoding="utf-8"))["pages"]
    except (FileNotFoundError, NotADirectoryError, ValueError, KeyError, TypeError):
        return set()
    return {name for name in listed if isinstance(name, str) and _PAGE.fullmatch(name)}


def _list(out: Path, made: Path, names: list[str]) -> None:
    text = json.dumps({"written_by": "clew map", "pages": names}, indent=1) + "\n"
    (made / MANIFEST).write_text(text, encoding="utf-8", newline="\n")
    (made / MANIFEST).replace(out / MANIFEST)


def _remove_if_empty(folder: Path) -> None:
    if not any(os.scandir(folder)):
        folder.rmdir()


@contextmanager
def _failures_told(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise OutputUnwritable(
            f"maps can't be written into {out} ({reason}); choose another folder with --out"
        ) from error
