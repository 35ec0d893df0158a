"""From what a user names (files, folders, archives) to what a case took of it, source by source."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from graph.errors import ParameterRefused, SourceUnreadable

if TYPE_CHECKING:
    from graph.case import Added, Case
    from graph.neo4j_connection import Neo4jConnection
    from graph.records import ReadRow, Source
    from graph.staging import Staged
    from loaders.folders import Given, NotTaken, PassedOver
    from loaders.neo4j_source import Kind

Progress: TypeAlias = Callable[[int, int], None]
#: What takes a source's rows into a case, or does as if.
Add: TypeAlias = "Callable[[Source, Iterable[ReadRow | Staged]], Added]"
#: Shows that a source of this name is read; gives the callback that hears how far.
Reading: TypeAlias = Callable[[str], AbstractContextManager[Progress]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What a load came to: its counts, the format that was recognised, and what its reader should know."""

    added: Added
    format: str
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What became of a folder or an archive: how many of its files were taken, and what of it was not, and why.

    ``media`` counts pictures, recordings and the like, ``hidden`` hidden files and folders: neither are looked into.
    """

    source: str
    taken: int
    not_taken: tuple[NotTaken, ...]
    media: int
    hidden: int


#: Hears what came of each source, folder and archive.
Told: TypeAlias = Callable[[Loaded | Gathered], None]


@contextlib.contextmanager
def _unseen(_: str) -> Iterator[Progress]:
    """Show nothing."""
    yield lambda _done, _total: None


@contextlib.contextmanager
def adding(case: Case, *, dry_run: bool) -> Iterator[Add]:
    """Give what takes sources into the case, or does as if."""
    if not dry_run:
        yield case.add
        return
    from loaders.private_folders import PrivateFolder

    folder = PrivateFolder()
    try:
        with case.rehearsing(folder.path) as add:
            yield add
    finally:
        folder.remove()


def load_one(add: Add, path: str | Path, *, format: str | None = None, **said: Any) -> Loaded:  # noqa: A002  as Case.load
    """Take one file into a case by ``add``; what is said of it goes on to ``loaders.formats.open_source``."""
    from loaders.formats import open_source

    opened = open_source(path, format_name=format, **said)
    added = add(opened.source, opened.staged())
    return Loaded(added=added, format=opened.source.format, warnings=tuple(opened.warnings))


def load_each(
    add: Add,
    paths: str | Path | Iterable[str | Path],
    said: Mapping[str, Any],
    *,
    leave: Path | None = None,
    reading: Reading | None = None,
    report: Told | None = None,
) -> list[Loaded | Gathered]:
    """Take files, and all files of folders and archives, and return what came of each, in order.

    ``said`` is said of every one. A file that can't be read ends it, as ``load_one`` does; one of a folder or an
    archive is noted in its ``Gathered`` and left. ``leave`` is a file that is no source of itself: the case, where it
    lies in the folder.
    """
    done: list[Loaded | Gathered] = []

    def tell(what: Loaded | Gathered) -> None:
        done.append(what)
        if report:
            report(what)

    def load(path: Path, called: str | None) -> None:
        with (reading or _unseen)(called or path.name) as progress:
            loaded = load_one(add, path, called=called, progress=progress, **said)
        tell(loaded)

    for path in map(Path, [paths] if isinstance(paths, str | Path) else paths):
        if (found := _files_in(path)) is None:
            load(path, None)
        else:
            _check(said)
            with closing(found) as files:
                tell(_gather(str(path), files, load, leave))
    return done


def load_answers(
    add: Add,
    connection: Neo4jConnection,
    queries: Mapping[Kind, str | None],
    said: Mapping[str, Any],
    *,
    reading: Reading | None = None,
    report: Told | None = None,
) -> list[Loaded | Gathered]:
    """Take into a case what a server answers to ``queries``, by kind: ``accounts`` and ``posts``, and return what came.

    All answers are here before any is taken, so that a server that goes away leaves nothing behind.
    """
    from loaders.neo4j_source import open_query

    of_files = {"format": "--as", "sheet": "--sheet"}
    if wrong := [option for name, option in of_files.items() if said.get(name) is not None]:
        raise ParameterRefused(f"{wrong[0]} is for files: what a server returns says by its columns what it is")
    how = {name: value for name, value in said.items() if name not in of_files}
    opened = [open_query(connection, kind, text, **how) for kind, text in queries.items() if text]
    used = {ours for each in opened for ours, _ in each.source.columns}
    if unused := sorted(set(how.get("columns") or {}) - used):
        raise ParameterRefused(f"--map {unused[0]}={how['columns'][unused[0]]}: no query returns such a column")
    done: list[Loaded | Gathered] = []
    for each in opened:
        with (reading or _unseen)(each.source.name):
            added = add(each.source, each.staged())
        done.append(Loaded(added=added, format=each.source.format, warnings=tuple(each.warnings)))
        if report:
            report(done[-1])
    return done


def _files_in(path: Path) -> Any:
    """Return the files of a folder or an archive as they are asked for; ``None`` for what is one file itself."""
    from loaders.archives import begins_as_zip, members_of
    from loaders.folders import files_of
    from loaders.workbooks import is_workbook

    with contextlib.suppress(OSError, ValueError):  # whoever reads it says why it can't be read
        if path.is_dir():
            return files_of(path)
        if begins_as_zip(path) and not is_workbook(path):
            return members_of(path)
    return None


def _check(said: Mapping[str, Any]) -> None:
    """Raise ``ParameterRefused`` for what makes no sense of any file, rather than once for each of them."""
    from loaders.formats import named
    from loaders.source_options import checked

    checked(**{name: said.get(name) for name in ("platform", "region", "timezone", "dates")})
    if said.get("format") is not None:
        named(said["format"])


def _gather(
    source: str,
    files: Iterable[Given | NotTaken | PassedOver],
    load: Callable[[Path, str | None], None],
    leave: Path | None,
) -> Gathered:
    from loaders.folders import Given, NotTaken, PassedOver

    taken = media = hidden = 0
    not_taken = []
    for found in files:
        if isinstance(found, NotTaken):
            not_taken.append(found)
        elif isinstance(found, PassedOver):
            media, hidden = found
        elif isinstance(found, Given) and not _same(found.path, leave):
            try:
                load(found.path, found.called)
                taken += 1
            except (SourceUnreadable, ParameterRefused) as problem:
                not_taken.append(NotTaken(found.called, _why(problem, found)))
    return Gathered(source=source, taken=taken, not_taken=tuple(not_taken), media=media, hidden=hidden)


def _same(path: Path, leave: Path | None) -> bool:
    return leave is not None and path.resolve() == leave


def _why(problem: Exception, given: Given) -> str:
    """Return why a file was not taken, in words that stand after its name."""
    from loaders.formats import NO_FORMAT

    first = str(problem).splitlines()[0].removeprefix(given.called).strip(" :")
    return NO_FORMAT if first.startswith(NO_FORMAT) else first
