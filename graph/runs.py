"""Runs: which derivation built on which, with what parameters, and which of them outputs show.

A chain is extract ← links ← clusters. The run shown is the latest of any step, with the runs it built on; a step that
was not done after it is absent, so nothing shown is staler than its ground.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import duckdb

from graph import views
from graph.case_file import clew_version
from graph.errors import CaseIncomplete, ParameterRefused
from graph.fetching import count, dicts, value
from graph.hashes import content_hash, derived_hash
from graph.schema import DERIVED

Step = Literal["extract", "links", "clusters"]
STEPS: tuple[Step, ...] = ("extract", "links", "clusters")
#: Chains that are kept whole; of older ones the parameters and counts stay, the rows go.
KEPT_CHAINS = 3


@dataclass(frozen=True, slots=True)
class Chain:
    """The runs of one chain by step; ``None`` where a step was not done."""

    extract: int | None = None
    links: int | None = None
    clusters: int | None = None


def chain_of(connection: duckdb.DuckDBPyConnection, run: int | None = None) -> Chain:
    """Return the chain that ends in ``run``, or in the latest run.

    Raises ``ParameterRefused`` where the case has no such run, or its rows were cleared.
    """
    if run is None:
        run = value(connection, "SELECT max(run_id) FROM run")
        if run is None:
            return Chain()
    elif run not in (kept := kept_runs(connection)):
        known = ", ".join(map(str, sorted(kept))) or "none yet"
        raise ParameterRefused(f"the case keeps no run {run}; it keeps: {known}")
    found: dict[str, int] = {}
    at: int | None = run
    while at is not None:
        ((step, parent),) = connection.execute("SELECT step, parent FROM run WHERE run_id = ?", [at]).fetchall()
        found[step], at = at, parent
    return Chain(found.get("extract"), found.get("links"), found.get("clusters"))


def kept_runs(connection: duckdb.DuckDBPyConnection) -> set[int]:
    """Return the runs of the newest chains, whose rows are all there."""
    ids = connection.execute("SELECT run_id, parent FROM run ORDER BY run_id DESC").fetchall()
    parents = {parent for _, parent in ids}
    parent_of = dict(ids)
    kept: set[int] = set()
    for tip in [run_id for run_id, _ in ids if run_id not in parents][:KEPT_CHAINS]:
        at: int | None = tip
        while at is not None:
            kept.add(at)
            at = parent_of.get(at)
    return kept


def begin(connection: duckdb.DuckDBPyConnection, step: Step, parameters: Mapping[str, Any]) -> int:
    """Enter a run of ``step`` on top of the latest chain and return its id.

    Raises ``CaseIncomplete`` where the step before it was never done.
    """
    chain = chain_of(connection)
    parent = {"extract": None, "links": chain.extract, "clusters": chain.links}[step]
    if step != "extract" and parent is None:
        before = STEPS[STEPS.index(step) - 1]
        raise CaseIncomplete(
            f"{step} builds on {before}, which was not done yet; do: clew {before} CASE, or clew run CASE"
        )
    run_id = count(connection, "SELECT coalesce(max(run_id), 0) + 1 FROM run")
    given, last = json.dumps(dict(parameters), sort_keys=True), _last(connection)
    connection.execute(
        "INSERT INTO run VALUES (?, ?, ?, ?, NULL, ?, NULL, ?, NULL, ?, ?, ?)",
        [run_id, step, parent, given, _content_hash(connection, last), datetime.now(UTC), clew_version(), *last],
    )
    return run_id


def _last(connection: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    """Return the latest load and the latest judgement, 0 for none; with both the same, so is all that was observed."""
    sql = "SELECT coalesce((SELECT max(load_id) FROM load), 0), coalesce((SELECT max(judgement_id) FROM judgement), 0)"
    ((load, judgement),) = connection.execute(sql).fetchall()
    return load, judgement


def _content_hash(connection: duckdb.DuckDBPyConnection, last: tuple[int, int]) -> str:
    """Return the content hash, as an earlier run of this clew has it where nothing came to the case since ``last``."""
    known = value(
        connection,
        "SELECT content_hash FROM run WHERE (last_load, last_judgement, clew_version) = (?, ?, ?) LIMIT 1",
        [*last, clew_version()],
    )
    return known or content_hash(connection)


def finish(connection: duckdb.DuckDBPyConnection, run_id: int, counts: Mapping[str, Any]) -> None:
    """Enter what the run found, and clear the rows of chains that are no longer kept."""
    ((step, parent),) = connection.execute("SELECT step, parent FROM run WHERE run_id = ?", [run_id]).fetchall()
    below = value(connection, "SELECT derived_hash FROM run WHERE run_id = ?", [parent])
    derived = derived_hash(connection, run_id, step, below)
    connection.execute(
        "UPDATE run SET counts = ?, derived_hash = ?, finished_at = ? WHERE run_id = ?",
        [json.dumps(dict(counts), sort_keys=True), derived, datetime.now(UTC), run_id],
    )
    kept = sorted(kept_runs(connection))
    for table in DERIVED:
        if table.name != "run":
            connection.execute(f"DELETE FROM {table.name} WHERE NOT list_contains($kept, run_id)", {"kept": kept})


def facts_of(connection: duckdb.DuckDBPyConnection, run_id: int | None) -> dict[str, Any]:
    """Return a run's ``parameters``, ``counts``, ``content_hash``, ``derived_hash``; empty where there is none."""
    sql = "SELECT parameters, counts, content_hash, derived_hash FROM run WHERE run_id = ?"
    for row in dicts(connection, sql, [run_id]):
        return row | {"parameters": json.loads(row["parameters"]), "counts": json.loads(row["counts"] or "{}")}
    return {}


def install(
    connection: duckdb.DuckDBPyConnection,
    run: int | None,
    *,
    include_set_aside: bool = False,
    include_collector: bool = False,
    needed: Collection[str] | None = None,
) -> None:
    """Make the output views for a run on this connection, and the one-row table ``run_facts`` beside them.

    ``needed`` names the only views that will be read; all by default.
    """
    chain = chain_of(connection, run)
    views.install(
        connection,
        views.Selection(
            extract_run=chain.extract,
            links_run=chain.links,
            clusters_run=chain.clusters,
            include_set_aside=include_set_aside,
            include_collector=include_collector,
        ),
        needed,
    )
    connection.execute(_RUN_FACTS, {"extract": chain.extract, "links": chain.links, "clusters": chain.clusters})


_RUN_FACTS = """
    CREATE OR REPLACE TEMP TABLE run_facts AS
    WITH chain AS (SELECT * FROM run WHERE run_id IN ($extract, $links, $clusters))
    SELECT case_id, current_database() AS name, $extract::INTEGER AS extract_run, $links::INTEGER AS links_run,
           $clusters::INTEGER AS clusters_run,
           (SELECT parameters FROM chain WHERE step = 'extract') AS extract_parameters,
           (SELECT parameters FROM chain WHERE step = 'links') AS links_parameters,
           (SELECT parameters FROM chain WHERE step = 'clusters') AS clusters_parameters,
           (SELECT arg_max(derived_hash, run_id) FROM chain) AS derived_hash,
           (SELECT arg_max(content_hash, run_id) FROM chain) AS content_hash,
           (SELECT max(finished_at) FROM chain) AS finished_at
    FROM clew_case
"""
