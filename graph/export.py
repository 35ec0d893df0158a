"""A case as tables: data frames for notebooks, CSV files for everything else.

The tables hold what every output holds: nobody who is set aside, nor the collector, unless asked for.
"""

from __future__ import annotations

import contextlib
import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pandas as pd

from graph.beside import beside, clear_leftovers, settle
from graph.case import Case
from graph.csv_guard import guard
from graph.errors import OutputUnwritable, ParameterRefused
from graph.fetching import dicts

_AT = "strftime(make_timestamp({0}), '%Y-%m-%dT%H:%M:%SZ') AS {1}"
_FIRST_LAST = f"{_AT.format('first_us', 'first_seen')}, {_AT.format('last_us', 'last_seen')}"

#: Each table's columns and order. Lists are joined by a space; ids that have one inside stand apart in ``evidence``,
#: one row each, and what two accounts share (numbers, posts passed on) in ``shared_values``.
TABLES: dict[str, str] = {
    "accounts": f"""
        SELECT account_id, platform, native_id, handle, display_name, bio, country, status, phone, url,
               array_to_string(links, ' ') AS links, followers, stance,
               {_AT.format("created_us", "created")}, {_FIRST_LAST}, source_sha256, line
        FROM accounts ORDER BY account_id
    """,
    "links": f"""
        SELECT account_a, account_b, kind, weight, array_to_string(evidence, ' ') AS evidence, {_FIRST_LAST}
        FROM links ORDER BY account_a, account_b, kind
    """,
    "clusters": """
        SELECT cluster_id, c.size, c.links, c.strength, m.account_id AS rank_1_account
        FROM clusters c LEFT JOIN (SELECT * FROM memberships WHERE rank = 1) m USING (cluster_id)
        ORDER BY c.size DESC, cluster_id
    """,
    "memberships": """
        SELECT cluster_id, account_id, role, rank, score FROM memberships ORDER BY cluster_id, rank
    """,
    "mentions": """
        SELECT record_type, record_id, account_id, place, kind, value, array_to_string(candidates, ' ') AS candidates,
               as_written, start, stop, rule, stance, source_sha256, line
        FROM mentions ORDER BY record_type, record_id, place, start, stop, value, rule
    """,
    "posts": f"""
        SELECT post_id, account_id, platform, chat_id, kind, {_AT.format("at_us", '"at"')}, at_precision, text,
               language, country, reply_to, url, array_to_string(links, ' ') AS links,
               array_to_string(media_digests, ' ') AS media_digests, sound_id, contact_name, contact_phone, stance,
               stance_by, array_to_string(signals, ' ') AS signals, status, source_sha256, line
        FROM posts ORDER BY post_id
    """,
    "chats": """
        SELECT chat_id, platform, native_id, kind, title, handle, invite, source_sha256, line
        FROM chats ORDER BY chat_id
    """,
    "reposts": f"""
        SELECT account_id, content_id, object_id, kind, {_AT.format("at_us", '"at"')}, at_precision, object_account_id,
               source_sha256, line
        FROM reposts ORDER BY account_id, content_id, object_id
    """,
    "relations": f"""
        SELECT subject_id, object_id, kind, asserted_by, name, {_AT.format("at_us", '"at"')}
        FROM relations ORDER BY subject_id, object_id, kind, asserted_by
    """,
    "shared_values": """
        SELECT account_a, account_b, kind, unnest(via) AS value FROM links ORDER BY account_a, account_b, kind, value
    """,
    "evidence": """
        SELECT account_a, account_b, kind, unnest(evidence) AS record_id
        FROM links ORDER BY account_a, account_b, kind, record_id
    """,
    "stances": """
        SELECT record_type, record_id, account_id, stance, said_by, score, array_to_string(signals, ' ') AS signals,
               array_to_string(places, ' ') AS places, array_to_string(prices, '; ') AS prices,
               array_to_string(because, '; ') AS because
        FROM texts_read ORDER BY record_type, record_id
    """,
    "undecided": """
        SELECT record_type, record_id, account_id, place, as_written, array_to_string(candidates, ' ') AS candidates,
               suggestion, because
        FROM undecided ORDER BY record_type, record_id, place, as_written
    """,
    "left_out": "SELECT kind, value, holders, reason FROM left_out ORDER BY holders DESC, value",
}
FORMATS = ("csv",)


def table(case: Case, name: str, *, run: int | None = None, **include: bool) -> pd.DataFrame:
    """Return one table of the case as a data frame; absent values are ``None`` or NaN as pandas has it.

    Raises ``ParameterRefused`` where there is no table of that name.
    """
    if name not in TABLES:
        raise ParameterRefused(f"there is no table {name!r}; there are {', '.join(TABLES)}")
    with case.reading(run=run, **include) as db:
        return db.execute(TABLES[name]).df()


def export(case: Case, directory: Path, *, to: str = "csv", run: int | None = None, **include: bool) -> dict[str, int]:
    """Write every table into ``directory`` and return the rows of each file.

    ``export.json`` beside them says which case and runs they show, with what parameters, and both hashes. A file is
    written beside and renamed, so a killed export leaves the earlier one whole. Free text that a spreadsheet would run
    as a formula gets a leading ``'`` (``graph.csv_guard``). Raises ``OutputUnwritable``, ``ParameterRefused``.
    """
    if to not in FORMATS:
        raise ParameterRefused(f"clew exports to {', '.join(FORMATS)}, not {to!r}")
    try:
        with case.reading(run=run, **include) as db:
            directory.mkdir(parents=True, exist_ok=True)
            rows = {f"{name}.csv": _write_csv(db, sql, directory / f"{name}.csv") for name, sql in TABLES.items()}
            facts = dicts(db, "SELECT * FROM run_facts")[0]
            _write_facts(facts | include | {"rows": rows}, directory / "export.json")
            return rows
    except OSError as error:
        raise OutputUnwritable(f"{directory} can't be written: {error.strerror or error}") from error


def _write_facts(facts: dict[str, Any], path: Path) -> None:
    for name in ("extract_parameters", "links_parameters", "clusters_parameters"):
        facts[name] = json.loads(facts[name]) if facts[name] else None
    with _written_beside(path) as file:
        json.dump(facts, file, indent=2, default=str)
        file.write("\n")


@contextlib.contextmanager
def _written_beside(path: Path) -> Iterator[IO[str]]:
    """Give a file that takes the path's place once it is whole."""
    clear_leftovers(path)
    made = beside(path)
    try:
        with made.open("w", encoding="utf-8", newline="") as file:
            yield file
            settle(file)
        made.replace(path)
    finally:
        made.unlink(missing_ok=True)


def _write_csv(db: Any, sql: str, path: Path) -> int:
    result = db.execute(sql)
    names = [column[0] for column in result.description]
    count = 0
    with _written_beside(path) as file:
        writer = csv.writer(file)
        writer.writerow(names)
        while rows := result.fetchmany(10_000):
            count += len(rows)
            writer.writerows(
                [guard(cell) if isinstance(cell, str) else cell for cell in row]  # an id has its platform before it
                for row in rows
            )
    return count
