"""The case's file: how it is made, opened, waited for and given back.

DuckDB lets one process write or several read. So nobody holds a connection between calls: ``CaseFile.opened`` opens
for one verb and closes after it. Calls nested inside share the connection.
"""

from __future__ import annotations

import contextlib
import os
import re
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

import duckdb
import psutil

from graph.beside import beside, clear_leftovers
from graph.case_log import is_log, is_refusal, log_of, set_aside
from graph.errors import (
    CaseFromNewerVersion,
    CaseLocked,
    CaseUnreadable,
    ClewError,
    MemoryTooSmall,
    OutputUnwritable,
)
from graph.fetching import count, value
from graph.schema import MIGRATIONS, TABLES, VERSION

#: Extensions would be fetched from the network; a case needs none.
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}
_HOLDER = re.compile(r"held in (?P<program>.+?) \(PID (?P<pid>\d+)\)")
_POLL_SECONDS = 0.1
#: What systems say of a disk, a quota or a file that takes no more.
_FULL = ("No space left on device", "Disk quota exceeded", "File too large")
#: Stands at byte 8 of every DuckDB file (duckdb.org, Storage Versions and Format).
_MAGIC = b"DUCK"
#: How much of a path that is none is shown.
_SHOWN = 100


def clew_version() -> str:
    """Return the installed clew's version."""
    return metadata.version("clew")


@dataclass(slots=True)
class _Open:
    connection: duckdb.DuckDBPyConnection
    writable: bool
    depth: int = 0


#: This process's open files. DuckDB refuses one file twice in a process with other settings, so they are shared.
_OPEN: dict[Path, _Open] = {}
_GUARD = threading.RLock()


class CaseFile:
    """One DuckDB file, opened only while a verb works on it.

    ``wait`` is how many seconds to wait for another process before ``CaseLocked``.
    """

    def __init__(self, path: Path, *, wait: float = 10.0) -> None:
        self.path = _resolved(path)
        self.wait = wait

    @contextlib.contextmanager
    def opened(self, *, write: bool, create: bool = False, migrate: bool = True) -> Iterator[duckdb.DuckDBPyConnection]:
        """Give a connection for the length of the block; nested blocks of one process share it.

        An older case is brought to today's schema first, unless it is to be left as it is (``migrate``).

        Raises ``CaseUnreadable`` where there is no case (unless ``create``) or the file is none, ``CaseLocked`` where
        somebody else works on it for longer than ``wait``, ``CaseFromNewerVersion``; whatever is done in the block:
        ``OutputUnwritable`` where the disk is full, ``MemoryTooSmall``.
        """
        with failures_told(self.path):
            held = self._hold(write=write, create=create, migrate=migrate)
            try:
                with held.connection.cursor() as cursor:
                    yield cursor
            finally:
                with _GUARD:
                    held.depth -= 1
                    if held.depth == 0:
                        del _OPEN[self.path]
                        held.connection.close()

    def _hold(self, *, write: bool, create: bool, migrate: bool) -> _Open:
        """Return this process's open file, opened where it is not; two writers would number loads and runs alike."""
        deadline = time.monotonic() + self.wait
        while True:
            with _GUARD:
                held = _OPEN.get(self.path)
                if held is None:
                    connection = self._connect(write=write, create=create, migrate=migrate)
                    held = _OPEN[self.path] = _Open(connection, write)
                if not write or held.depth == 0:
                    held.depth += 1
                    return held
            if not held.writable:
                raise CaseLocked(f"{self.path} is being read by this very process; finish reading before you write")
            if time.monotonic() >= deadline:
                raise CaseLocked(
                    f"{self.path} is being written by this very process; waited {self.wait:g} s. "
                    "Wait for it to end, or give --wait SECONDS"
                )
            time.sleep(_POLL_SECONDS)

    def _connect(self, *, write: bool, create: bool, migrate: bool) -> duckdb.DuckDBPyConnection:
        if not self.path.exists():
            if not create:
                raise CaseUnreadable(f"there is no case at {self.path}; make one with: clew load CASE FILE")
            _make(self.path)
        if self.path.is_dir():
            raise CaseUnreadable(f"{self.path} is a folder; a case is one file, such as channel.duckdb")
        if not self.path.is_file():
            raise CaseUnreadable(f"{self.path} is no ordinary file; a case is one, such as channel.duckdb")
        _check_magic(self.path)
        connection = self._wait_for(write=write)
        try:
            if write:
                _clear(self.path)
                make_or_migrate(connection, self.path)
            elif _schema_version(connection, self.path) < VERSION and migrate:
                connection.close()
                connection = self._wait_for(write=True)
                make_or_migrate(connection, self.path)
        except BaseException:
            connection.close()
            raise
        return connection

    def _wait_for(self, *, write: bool) -> duckdb.DuckDBPyConnection:
        deadline = time.monotonic() + self.wait
        while True:
            whole_log = is_log(self.path)
            try:
                connection = duckdb.connect(self.path, read_only=not write, config=_CONFIG)
                if whole_log:
                    return connection
                connection.close()
                raise set_aside(self.path, "")
            except duckdb.IOException as error:
                text = str(error)
                if "set lock on file" not in text:
                    raise _unopenable(self.path, text) from error
                if time.monotonic() >= deadline:
                    raise CaseLocked(
                        f"{self.path} is in use by {_holder(text)}; waited {self.wait:g} s. "
                        "Wait for it to end, or give --wait SECONDS"
                    ) from error
            except duckdb.Error as error:
                raise _unopenable(self.path, str(error)) from error
            time.sleep(_POLL_SECONDS)


@contextlib.contextmanager
def as_one(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Keep the block's work whole if it ends well, and not at all otherwise."""
    connection.execute("BEGIN")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(duckdb.Error):  # the first error is the one to tell
            connection.execute("ROLLBACK")
        raise


def _resolved(path: Path) -> Path:
    """Return the path as an absolute one; raise ``CaseUnreadable`` where it can't be the path of a file."""
    try:
        resolved = path.expanduser().resolve()
        resolved.exists()  # a name too long is found out here, and not by each who asks
    except (OSError, RuntimeError, ValueError) as error:  # a loop of links is either of the first two; NUL the third
        shown = str(path) if len(str(path)) <= _SHOWN else f"{str(path)[:_SHOWN]}…"
        raise CaseUnreadable(f"{shown!r} can't be the path of a case: {_why(error)}") from error
    return resolved


def _why(error: Exception) -> str:
    return error.strerror or "it leads nowhere" if isinstance(error, OSError) else "it leads nowhere, or in a circle"


def _check_magic(path: Path) -> None:
    """Raise ``CaseUnreadable`` for a file of another kind.

    DuckDB opens a CSV, JSON or Parquet file as a database in memory with a view of it: what is then "loaded" would be
    reported as kept, and lost. ``clew load accounts.csv posts.csv``, where the case was forgotten, does just that.
    """
    try:
        with path.open("rb") as file:
            head = file.read(12)
    except OSError as error:
        raise CaseUnreadable(f"{path} can't be read: {error.strerror}; check its rights") from error
    if head[8:12] != _MAGIC:
        raise CaseUnreadable(f"{path} is not a case, or is damaged; name the case first: clew load CASE FILE")


def _make(path: Path) -> None:
    """Make an empty case: beside, and then named, so that a case has its tables from the moment that it is there.

    Where two processes do it at once, the one that is later finds it made.
    """
    clear_leftovers(path)
    made = beside(path)
    try:
        with duckdb.connect(made, config=_CONFIG) as connection:
            make_or_migrate(connection, path)
            connection.execute("CHECKPOINT")  # all of it into the file: its log does not come along
        try:
            os.link(made, path)
        except FileExistsError:
            return
        except OSError:  # a file system without links, such as a memory stick's
            made.rename(path)
    except OSError as error:
        raise OutputUnwritable(f"{path} can't be made: {error.strerror}. Choose a folder you may write to") from error
    except duckdb.IOException as error:
        raise _unopenable(path, str(error).replace(made.name, path.name)) from error
    finally:
        for each in (made, log_of(made)):
            with contextlib.suppress(OSError):  # what could not be made need not be removed
                each.unlink()


def _clear(path: Path) -> None:
    """Remove what killed processes left of a case that nobody else works on: half-made cases, spilled rows."""
    clear_leftovers(path)
    spilled = path.with_name(f"{path.name}.tmp")
    for each in spilled.glob("duckdb_temp_*"):
        with contextlib.suppress(OSError):
            each.unlink()
    with contextlib.suppress(OSError):  # not there, or with somebody's file in it
        spilled.rmdir()


@contextlib.contextmanager
def failures_told(path: Path) -> Iterator[None]:
    """Say in one line when DuckDB runs out of disk or memory inside the block, which no caller is to blame for.

    Raises ``OutputUnwritable``, ``MemoryTooSmall``; all else as it comes.
    """
    try:
        yield
    except (duckdb.Error, MemoryError) as error:
        told = _failure(path, error)
        if told is None:
            raise
        raise told from error


def _failure(path: Path, error: Exception) -> OutputUnwritable | MemoryTooSmall | None:
    text = str(error)
    full = next((words for words in _FULL if words in text), None)
    if full:
        return OutputUnwritable(
            f"{path} can't be written: {full.lower()}. The case is as it was before; make room in {path.parent} and "
            "do it again"
        )
    if isinstance(error, (duckdb.OutOfMemoryException, MemoryError)) or "bad allocation" in text:
        return MemoryTooSmall(
            f"there is too little memory for {path.name}, and in {path.parent} too little room to do without. The case "
            "is as it was before; close other programs or make room, and do it again"
        )
    return None


def _unopenable(path: Path, text: str) -> ClewError:
    first = text.splitlines()[0]
    if is_refusal(text):
        return set_aside(path, text)
    if any(words in text for words in _FULL):
        return OutputUnwritable(f"{path} can't be opened: {first}. Make room in {path.parent}")
    if "Permission denied" in text or "No such file or directory" in text or "Read-only file system" in text:
        return OutputUnwritable(f"{path} can't be opened: {first}. Choose a folder that exists and you may write to")
    return CaseUnreadable(f"{path} is not a case, or is damaged: {first}")


def _holder(text: str) -> str:
    match = _HOLDER.search(text)
    if match is None:
        return "another process"
    pid = int(match["pid"])
    try:
        command = " ".join(psutil.Process(pid).cmdline()[:6])
    except psutil.Error:
        command = match["program"]
    return f"process {pid} ({command})"


def make_or_migrate(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    *,
    migrations: dict[int, tuple[str, ...]] | None = None,
    version: int = VERSION,
) -> None:
    """Give an empty file the schema, or bring an older case's to ``version``, each in one transaction.

    Raises ``CaseFromNewerVersion`` and ``CaseUnreadable`` as ``CaseFile.opened`` does.
    """
    steps = MIGRATIONS if migrations is None else migrations
    connection.execute("BEGIN")
    try:
        if count(connection, "SELECT count(*) FROM duckdb_tables()") == 0:
            for table in TABLES:
                connection.execute(table.ddl)
            connection.execute(
                "INSERT INTO clew_case VALUES (?, ?, ?, ?)",
                [version, uuid.uuid4().hex[:12], datetime.now(UTC), clew_version()],
            )
        found = _schema_version(connection, path, version=version)
        for step in range(found, version):
            for statement in steps[step]:
                connection.execute(statement)
            connection.execute("UPDATE clew_case SET schema_version = ?", [step + 1])
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _schema_version(connection: duckdb.DuckDBPyConnection, path: Path, *, version: int = VERSION) -> int:
    """Return the case's schema version, and refuse one that this clew can't read."""
    try:
        found = value(connection, "SELECT schema_version FROM clew_case")
    except duckdb.CatalogException as error:
        raise CaseUnreadable(f"{path} is a DuckDB file, but not a case of clew") from error
    if found is None:
        raise CaseUnreadable(f"{path} says no schema version; it is damaged")
    if found > version:
        raise CaseFromNewerVersion(
            f"{path} has schema {found}; this clew ({clew_version()}) knows up to {version}. Install the newer clew"
        )
    return int(found)
