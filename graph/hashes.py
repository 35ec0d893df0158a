"""Digests by which two cases, or two runs, are seen to be the same.

Both are SHA-256 over sorted row digests, so neither depends on paths, on load times, or on the order of loading but
where that order alone says which of a record's versions is the latest.
"""

from __future__ import annotations

import hashlib

import duckdb
import pyarrow as pa

from graph.schema import OBSERVATIONS
from graph.versions import REGIONS, merged_versions

_BATCH = 100_000
_TABLES = {table.name: table for table in OBSERVATIONS}
#: What of a step's tables is hashed: all that was concluded, nothing that counts runs.
_DERIVED = {
    "extract": {
        "mention": "digest, place, kind, value, candidates, as_written, start, stop, rule",
        "text_stance": "digest, place, stance, score, signals, places, prices, recommends, because",
    },
    "links": {
        "link": "account_a, account_b, kind, weight, strength, pairs, via, evidence, first_us, last_us",
        "left_out_value": "kind, value, holders, reason",
    },
    "clusters": {
        "cluster": "cluster_id, size, links, strength",
        "membership": "cluster_id, account_id, role, rank, score",
    },
}


def content_hash(connection: duckdb.DuckDBPyConnection) -> str:
    """Return the digest of what was observed and judged: every version, its source's region, and judgements.

    Where a record has several versions, when each was seen last counts too, and what comes of them: without times, the
    order of loading decides that.
    """
    digest = hashlib.sha256()
    for table in OBSERVATIONS:
        _add(digest, connection, table.name, f"SELECT digest AS d FROM {table.name}")
    _add(
        digest,
        connection,
        "region",
        f"SELECT sha256(concat(hex(digest), region)) AS d FROM ({REGIONS})",
    )
    for name in ("account", "post", "chat"):
        _add(
            digest,
            connection,
            f"seen {name}",
            f"SELECT sha256(concat(hex(digest), max(seen_us))) AS d FROM sighting JOIN {name} v USING (digest) "
            f"SEMI JOIN (SELECT id FROM {name} GROUP BY id HAVING count(*) > 1) USING (id) "
            "WHERE seen_us IS NOT NULL GROUP BY digest",
        )
        merged = f"(SELECT to_json(m) AS stated FROM ({merged_versions(_TABLES[name])}) m)"
        _add(digest, connection, f"current {name}", f"SELECT sha256(CAST(stated AS VARCHAR)) AS d FROM {merged}")
    _add(
        digest,
        connection,
        "judgement",
        "SELECT sha256(CAST(to_json([subject, kind, value, judged_by, note, CAST(row_number() OVER "
        "(PARTITION BY subject, kind ORDER BY judgement_id) AS VARCHAR)]) AS VARCHAR)) AS d FROM judgement",
    )
    return digest.hexdigest()


def derived_hash(connection: duckdb.DuckDBPyConnection, run_id: int, step: str, below: str | None) -> str:
    """Return the digest of what a run concluded, on top of ``below``, that of the run it built on."""
    digest = hashlib.sha256((below or "").encode())
    for name, columns in _DERIVED[step].items():
        sql = f"SELECT sha256(CAST(json_array({columns}) AS VARCHAR)) AS d FROM {name} WHERE run_id = ?"
        _add(digest, connection, name, sql, [run_id])
    return digest.hexdigest()


def _add(
    digest: hashlib._Hash,
    connection: duckdb.DuckDBPyConnection,
    name: str,
    sql: str,
    parameters: list[int] | None = None,
) -> None:
    digest.update(f"\n{name}\n".encode())
    found = connection.sql(f"SELECT d FROM ({sql}) ORDER BY d", params=parameters or [])
    for batch in found.to_arrow_reader(_BATCH):
        # One value after the other in one piece of memory: a million of them need no million calls.
        column = batch.column(0).cast(pa.large_binary())
        if len(column):
            _, offsets, values = column.buffers()
            ends = memoryview(offsets).cast("q")
            digest.update(memoryview(values)[ends[column.offset] : ends[column.offset + len(column)]])
