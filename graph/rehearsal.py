"""What a load would come to, found out without writing to the case: ``clew load --dry-run``.

The case is opened for reading, and beside its tables stand temporary ones of the same names, to which the very
statements of a load write. So the figures are those that the load would give, also for several files one after the
other, and the case's bytes stay as they are.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from graph.case_file import CaseFile, failures_told, make_or_migrate
from graph.fetching import count, value
from graph.records import Moment
from graph.schema import OBSERVATIONS, TABLES

#: Tables to which a load writes; of these it also reads what earlier loads wrote.
_WRITTEN = {*(table.name for table in OBSERVATIONS), "source", "load", "sighting", "rejection"}
_READ = ("source", "load")
#: How many reasons of rejections are shown.
_REASONS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """What a source holds, of rows that are not rejected; what it says twice is counted once.

    ``records`` counts accounts, posts and so on, each version of one; ``accounts`` the accounts themselves.
    ``first`` and ``last`` are the earliest and latest time of a post or repost, in UTC; ``None`` where none has one.
    ``rejections`` are the most frequent reasons, each with its count and the first line of which it is said;
    ``reasons`` is how many reasons there are in all.
    """

    records: dict[str, int]
    platforms: tuple[str, ...]
    accounts: int
    first: str | None
    last: str | None
    rejections: tuple[tuple[str, int, int], ...]
    reasons: int


@contextlib.contextmanager
def rehearsed(file: CaseFile, folder: Path) -> Iterator[tuple[duckdb.DuckDBPyConnection, str]]:
    """Give a connection that writes to no case, and how what the case holds is named there (``catalog.schema``).

    ``folder`` takes what does not fit memory. Where there is no case, there is an empty one in memory.
    """
    with contextlib.ExitStack() as stack:
        if file.path.exists():
            connection = stack.enter_context(file.opened(write=False, migrate=False))
        else:
            stack.enter_context(failures_told(file.path))
            connection = stack.enter_context(duckdb.connect(":memory:"))
            make_or_migrate(connection, file.path)
        with contextlib.suppress(duckdb.NotImplementedException):  # it has spilled already, where it reads
            connection.execute("SET temp_directory = $folder", {"folder": str(folder)})
        catalog = str(value(connection, "SELECT current_database()")).replace('"', '""')
        kept = f'"{catalog}".main'
        for table in TABLES:
            if table.name in _WRITTEN:
                connection.execute(table.ddl.replace("CREATE TABLE", "CREATE TEMP TABLE", 1))
        for name in _READ:
            connection.execute(f"INSERT INTO temp.{name} BY NAME SELECT * FROM {kept}.{name}")
        try:
            yield connection, kept
        finally:
            for name in _WRITTEN:
                connection.execute(f"DROP TABLE IF EXISTS temp.{name}")


def foreseen(connection: duckdb.DuckDBPyConnection, source_id: int, load_id: int) -> Foreseen:
    """Return what a source holds that was just added to the temporary tables."""
    seen = "SEMI JOIN (SELECT digest FROM sighting WHERE source_id = $source) s USING (digest)"
    about = {"source": source_id}
    records = {t.name: count(connection, f"SELECT count(*) FROM {t.name} {seen}", about) for t in OBSERVATIONS}
    named = " UNION ".join(
        f"SELECT platform FROM {t.name} {seen}" for t in OBSERVATIONS if "platform" in t.names and records[t.name]
    )
    platforms = connection.execute(f"{named} ORDER BY 1", about).fetchall() if named else []
    times = " UNION ALL ".join(f"SELECT at_us FROM {name} {seen}" for name in ("post", "repost"))
    first, last = connection.execute(f"SELECT min(at_us), max(at_us) FROM ({times})", about).fetchall()[0]
    reasons = "SELECT reason, count(*) AS n, min(line) AS line FROM rejection WHERE load_id = $load GROUP BY reason"
    return Foreseen(
        records={name: n for name, n in records.items() if n},
        platforms=tuple(row[0] for row in platforms),
        accounts=count(connection, f"SELECT count(DISTINCT id) FROM account {seen}", about),
        first=_iso(first),
        last=_iso(last),
        rejections=tuple(
            connection.execute(f"{reasons} ORDER BY n DESC, line LIMIT {_REASONS}", {"load": load_id}).fetchall()
        ),
        reasons=count(connection, f"SELECT count(*) FROM ({reasons})", {"load": load_id}),
    )


def _iso(us: int | None) -> str | None:
    return None if us is None else Moment(us).utc().isoformat().replace("+00:00", "Z")
