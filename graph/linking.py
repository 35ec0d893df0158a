"""From mentions and reposts to links: each kind is one SQL file in ``queries/links/``.

The SQL reads three relations that are prepared here and nothing else, so that the same text runs on another engine:

- ``holding (account_id, kind, value, record_id, at_us)``: who holds what, and the record it stands in; nothing that
  a number behind it says already
- ``sharing (share_id, account_id, content_id, object_id, at_us, precision_seconds)``: who passed what on, and when;
  numbered in the order of account ids
- ``help_lines (value)``: numbers that never link
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import duckdb

from graph.errors import ParameterRefused
from graph.fetching import count
from graph.records import PRECISION_SECONDS
from queries.reader import link_kinds, link_sql

#: A century in seconds: what was posted further apart is no coincidence of anything. And no case has so many accounts.
WIDEST, MOST = 100 * 366 * 86_400, 1_000_000_000
#: The views of ``graph.views`` that are read here.
VIEWS_READ = ("holding", "reposts")
_MEASURES = "weight, strength, pairs, via, evidence, first_us, last_us"

#: A quote carries words of its own, so quoting together is talk, not coordination (docs/decisions).
_SHARING = """
    CREATE OR REPLACE TEMP TABLE sharing AS
    SELECT row_number() OVER (ORDER BY account_id, content_id, object_id, at_us) AS share_id,
           account_id, content_id, object_id, at_us,
           CASE at_precision WHEN 'day' THEN $day WHEN 'minute' THEN $minute ELSE $second END AS precision_seconds
    FROM (SELECT DISTINCT account_id, content_id, object_id, at_us, at_precision FROM reposts WHERE kind <> 'quote')
"""

#: Pairs that the recorded times would make within the window, of all shares or of those known finely enough.
#: Counted by ranges and never listed, because a day's shares all bear one time. A range that begins at the current
#: row takes in all shares of the same instant, so each of those pairs is found from both ends: half is taken off.
_PAIRS_IN_WINDOW = """
    SELECT coalesce(sum(met - (same - 1) / 2 - own_met + (own_same - 1) / 2), 0)
    FROM (
        SELECT count(*) OVER near AS met, count(*) OVER instant AS same,
               count(*) OVER own_near AS own_met, count(*) OVER own_instant AS own_same
        FROM sharing
        WHERE at_us IS NOT NULL AND precision_seconds <= $coarsest
        WINDOW near AS (PARTITION BY object_id ORDER BY at_us RANGE BETWEEN CURRENT ROW AND $window_us FOLLOWING),
               instant AS (PARTITION BY object_id, at_us),
               own_near AS (PARTITION BY object_id, account_id ORDER BY at_us
                            RANGE BETWEEN CURRENT ROW AND $window_us FOLLOWING),
               own_instant AS (PARTITION BY object_id, account_id, at_us)
    )
"""


#: An invite that is made of a number is mentioned as that number too, and would link twice.
_HELD_NOW = r"""
    CREATE OR REPLACE TEMP TABLE held_now AS FROM holding
    WHERE NOT (kind = 'invite' AND regexp_full_match(
        value, 'wa\.me/\d+|t\.me/\+\d{7,15}|viber://chat\?number=.*|zalo\.me/\d+|signal\.me/#p/\+.*'))
"""

_LEAVE_OUT = """
    INSERT INTO left_out_value
    SELECT $run, $link_kind, value, count(DISTINCT account_id) AS holders,
           CASE WHEN value IN (SELECT value FROM help_lines) THEN 'help line' ELSE 'too many holders' END
    FROM holding WHERE list_contains($kinds, kind) GROUP BY value
    HAVING count(DISTINCT account_id) > 1
           AND (count(DISTINCT account_id) > $max OR value IN (SELECT value FROM help_lines))
"""


def default_parameters() -> dict[str, Any]:
    """Return every parameter of the links step with its default."""
    return {"window": 60, "min_participation": 2, "max_holders": 50, "help_lines": ()}


def check_parameters(parameters: Mapping[str, Any]) -> None:
    """Raise ``ParameterRefused`` for a threshold that makes no sense, or a parameter that there is not."""
    if unknown := sorted(parameters.keys() - default_parameters().keys()):
        raise ParameterRefused(f"links has no {', '.join(unknown)}; it has {', '.join(default_parameters())}")
    for name, least, most in (("window", 1, WIDEST), ("min_participation", 1, MOST), ("max_holders", 2, MOST)):
        if not least <= parameters[name] <= most:
            raise ParameterRefused(
                f"{name.replace('_', '-')} is {parameters[name]}; what makes sense is {least:,} to {most:,}"
            )


def make_links(
    connection: duckdb.DuckDBPyConnection,
    run_id: int,
    parameters: Mapping[str, Any],
    report: Callable[[str], None],
) -> dict[str, Any]:
    """Derive and keep the links of every kind, and return ``{kind: {pairs, links, accounts, …}}``.

    The views of ``graph.views`` must be installed on the connection. ``report`` hears each kind's title.
    """
    _prepare(connection, parameters["help_lines"])
    counts: dict[str, Any] = {}
    for kind in link_kinds():
        query = link_sql(kind)
        report(query.title)
        given = {p.name: parameters.get(p.name, p.default) for p in query.parameters}
        connection.execute(
            f"INSERT INTO link SELECT $run_id, account_a, account_b, $kind, {_MEASURES} FROM ({query.body})",
            {"run_id": run_id, "kind": kind, **given},
        )
        counts[kind] = _count(connection, run_id, kind)
        if "kinds" in given:
            leaving = {"run": run_id, "link_kind": kind, "kinds": given["kinds"], "max": parameters["max_holders"]}
            counts[kind]["left_out"] = _leave_out(connection, leaving)
    counts["co_repost"]["too_coarse"] = _too_coarse(connection, parameters["window"])
    return counts


def _prepare(connection: duckdb.DuckDBPyConnection, help_lines: Sequence[str]) -> None:
    connection.execute(_HELD_NOW)
    connection.execute("CREATE OR REPLACE TEMP VIEW holding AS FROM held_now")  # made once, read by five kinds of link
    connection.execute(_SHARING, {name: PRECISION_SECONDS[name] for name in ("day", "minute", "second")})
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE help_lines AS SELECT DISTINCT unnest($1::VARCHAR[]) AS value", [list(help_lines)]
    )


def _count(connection: duckdb.DuckDBPyConnection, run_id: int, kind: str) -> dict[str, int]:
    ((pairs, links, accounts),) = connection.execute(
        "SELECT coalesce(sum(pairs), 0), count(*), "
        "(SELECT count(*) FROM (SELECT account_a FROM link WHERE run_id = $run AND kind = $kind "
        "UNION SELECT account_b FROM link WHERE run_id = $run AND kind = $kind)) "
        "FROM link WHERE run_id = $run AND kind = $kind",
        {"run": run_id, "kind": kind},
    ).fetchall()
    return {"pairs": int(pairs), "links": int(links), "accounts": int(accounts)}


def _too_coarse(connection: duckdb.DuckDBPyConnection, window: int) -> int:
    """Count the pairs that were not made because their times are known less finely than the window."""

    def pairs(coarsest: int) -> int:
        given = {"coarsest": coarsest, "window_us": window * 1_000_000}
        return count(connection, _PAIRS_IN_WINDOW, given)

    if not count(connection, "SELECT count(*) FROM sharing WHERE precision_seconds > ?", [window]):
        return 0
    return pairs(max(PRECISION_SECONDS.values())) - pairs(window)


def _leave_out(connection: duckdb.DuckDBPyConnection, given: Mapping[str, Any]) -> int:
    """Headline the values that linked nobody for their size or because they are help lines; return how many."""
    connection.execute(_LEAVE_OUT, dict(given))
    counted = "SELECT count(*) FROM left_out_value WHERE run_id = ? AND kind = ?"
    return count(connection, counted, [given["run"], given["link_kind"]])
