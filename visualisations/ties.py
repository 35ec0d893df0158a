"""Links between members of likely networks: what summaries and drawings both ask about, joined once for a connection.

In a case of a million posts a million links stand behind ten thousand networks; to join them with the members for every
question takes several times longer than to answer from here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from visualisations.shared_values import as_table

if TYPE_CHECKING:
    import duckdb

_TIES = f"""
    CREATE TEMP TABLE IF NOT EXISTS ties AS
    SELECT a.cluster_id AS cluster_a, b.cluster_id AS cluster_b, l.account_a, l.account_b, l.kind, l.pairs,
           CASE WHEN l.kind IN (SELECT link_kind FROM {as_table()}) THEN l.via END AS shared
    FROM links l JOIN memberships a ON a.account_id = l.account_a JOIN memberships b ON b.account_id = l.account_b
"""


def tie(db: duckdb.DuckDBPyConnection) -> None:
    """Make the table ``ties`` on a connection from ``case.reading()``, unless it is there; it goes with the connection.

    One row a link whose two accounts are in clusters: ``cluster_a``, ``cluster_b``, ``account_a``, ``account_b``,
    ``kind``, ``pairs``, and for kinds of link that shared values make (``shared_kinds``) those values as ``shared``.
    """
    db.execute(_TIES)
