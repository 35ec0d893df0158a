"""The three derivations of a case, each a run: extract, links, clusters. They write inside the caller's transaction."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from graph import runs
from graph.extraction import Finder, found_in_texts, store_found
from graph.fetching import count
from graph.linking import VIEWS_READ, check_parameters, default_parameters, make_links

if TYPE_CHECKING:
    from graph.clusters import Clustering


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDone:
    """What a step came to: its run, its parameters with defaults, and its counts."""

    step: str
    run_id: int
    parameters: Mapping[str, Any]
    counts: Mapping[str, Any]


def extract(
    connection: duckdb.DuckDBPyConnection,
    find: Finder,
    parameters: Mapping[str, Any],
    report: Callable[[int], None],
) -> RunDone:
    """Look for mentions and stances in every text with ``find`` and keep them."""
    run_id = runs.begin(connection, "extract", parameters)
    # A second connection reads while this one writes; it sees the case as it was before the transaction.
    reader = connection.cursor()
    try:
        runs.install(reader, None, needed=("current_account",))
        with contextlib.closing(found_in_texts(reader, find)) as found:
            total = store_found(connection, run_id, found, report)
    finally:
        reader.close()
    kinds = connection.execute(
        "SELECT kind, count(*) FROM mention WHERE run_id = ? GROUP BY kind ORDER BY count(*) DESC, kind", [run_id]
    ).fetchall()
    stances = connection.execute(
        "SELECT stance, count(*) FROM text_stance WHERE run_id = ? AND stance <> 'other' GROUP BY ALL ORDER BY ALL",
        [run_id],
    ).fetchall()
    counts = {"mentions": total, "kinds": dict(kinds), "stances": dict(stances)}
    runs.finish(connection, run_id, counts)
    return RunDone(step="extract", run_id=run_id, parameters=dict(parameters), counts=counts)


def links(
    connection: duckdb.DuckDBPyConnection,
    report: Callable[[str], None],
    *,
    include_collector: bool = False,
    **parameters: Any,
) -> RunDone:
    """Derive the links of every kind from the latest extraction and keep them."""
    given = default_parameters() | parameters
    check_parameters(given)
    recorded = given | {"include_collector": include_collector, "help_lines": sorted(given["help_lines"])}
    run_id = runs.begin(connection, "links", recorded)
    runs.install(connection, run_id, include_collector=include_collector, needed=(*VIEWS_READ, "set_aside"))
    counts = make_links(connection, run_id, given, report)
    counts["set_aside"] = count(connection, "SELECT count(*) FROM set_aside")
    runs.finish(connection, run_id, counts)
    return RunDone(step="links", run_id=run_id, parameters=recorded, counts=counts)


def clusters(connection: duckdb.DuckDBPyConnection, **parameters: Any) -> RunDone:
    """Find likely networks among the latest links and keep them."""
    # Here, because the libraries behind it take 0.4 s and 50 MB, which no other verb needs.
    from graph.clusters import find_clusters  # noqa: PLC0415

    run_id = runs.begin(connection, "clusters", {})
    found = _links_to_cluster(connection, run_id)
    clustering = find_clusters(found, **parameters)
    recorded = _parameters_of(clustering, chosen=parameters.get("resolution") is None)
    connection.execute("UPDATE run SET parameters = ? WHERE run_id = ?", [json.dumps(recorded, sort_keys=True), run_id])
    for table, rows in (("cluster", clustering.cluster_table()), ("membership", clustering.membership_table())):
        connection.register("incoming", rows)
        connection.execute(f"INSERT INTO {table} SELECT ?, * FROM incoming", [run_id])
        connection.unregister("incoming")
    counts = {
        "clusters": len(clustering.clusters),
        "members": sum(c.size for c in clustering.clusters),
        "accounts": clustering.accounts,
        "links": clustering.links,
        "modularity": clustering.modularity,
        "bits": clustering.bits,
        "bits_as_one": clustering.bits_as_one,
        "crowds": list(clustering.crowds),
    }
    runs.finish(connection, run_id, counts)
    return RunDone(step="clusters", run_id=run_id, parameters=recorded, counts=counts)


def _links_to_cluster(connection: duckdb.DuckDBPyConnection, run_id: int) -> pa.Table:
    """Return the links below a run of clusters; of accounts set aside since, none."""
    below = runs.chain_of(connection, run_id).links
    now, then = (runs.facts_of(connection, run) for run in (run_id, below))
    if now["content_hash"] != then["content_hash"]:
        shown = bool(then["parameters"].get("include_collector"))
        runs.install(connection, run_id, include_collector=shown, needed=("links",))
        return connection.sql("SELECT account_a, account_b, kind, strength FROM links").to_arrow_table()
    sql = "SELECT account_a, account_b, kind, strength FROM link WHERE run_id = ?"
    return connection.sql(sql, params=[below]).to_arrow_table()


def _parameters_of(clustering: Clustering, *, chosen: bool) -> dict[str, Any]:
    return {
        "method": clustering.method,
        "seed": clustering.seed,
        "resolution": clustering.resolution,
        "resolution_chosen": chosen,
        "resolutions": {f"{gamma:g}": count for gamma, count in clustering.resolutions.items()},
        "kind_weights": dict(clustering.kind_weights),
        "min_strength": clustering.min_strength,
        "min_size": clustering.min_size,
        "min_density": clustering.min_density,
    }
