"""Versions of a record and what they come to: per field, the latest that is present counts.

The case keeps every version of an account, post or chat that a source showed; outputs read the current state.
"""

from __future__ import annotations

from graph.schema import OBSERVATIONS, Table

#: The tables whose records can have several versions that add up to one.
VERSIONED = tuple(table for table in OBSERVATIONS if table.name in ("account", "post", "chat"))

#: SQL of the region in force for each version (digest, region). The latest load of a source decides its region, so that
#: a wrong one is put right by loading again with another; of several sources, the one that was loaded last.
REGIONS = """
    SELECT digest, arg_max(region, latest) AS region
    FROM (SELECT digest, source_id FROM sighting)
    JOIN (SELECT source_id, region FROM source WHERE region IS NOT NULL) USING (source_id)
    JOIN (SELECT source_id, max(load_id) AS latest FROM load GROUP BY source_id) USING (source_id)
    GROUP BY digest
"""


#: Accounts that one source knows by name alone and another by number: where one number only ever had the name, they are
#: one account, known by the number. A name that two numbers had stays an account of its own: whose it was is not told.
ALIAS = """
    SELECT named.id AS alias_id, owned.account_id
    FROM (SELECT DISTINCT id FROM account WHERE native_id IS NULL) named
    JOIN (SELECT platform || ':' || lower(ltrim(trim(handle), '@')) AS name, min(id) AS account_id
          FROM account WHERE native_id IS NOT NULL AND handle IS NOT NULL
          GROUP BY name HAVING count(DISTINCT id) = 1) owned ON owned.name = named.id
"""

#: Tables that name accounts, their columns that do, and where: a post may be called what an account is.
_NAMING: dict[str, dict[str, str]] = {
    "account": {"id": "true"},
    "post": {"account_id": "true"},
    "repost": {"account_id": "true", "object_account_id": "true"},
    "relation": {"subject_id": "true", "object_id": "true", "asserted_by": "true"},
    "mention": {"account_id": "true", "record_id": "t.record_type = 'account'"},
    "text_stance": {"account_id": "true", "record_id": "t.record_type = 'account'"},
    "judgement": {"subject": "t.kind = 'set_aside'"},
}


def told(*, aliases: bool) -> tuple[tuple[str, str, str], ...]:
    """Return the shapes ``told_…`` (name, kind, SQL): tables with one id for each account, that of ``alias`` if any."""
    shapes = []
    for table, columns in _NAMING.items():
        sql = f"FROM {table}"
        if aliases:
            renamed = ", ".join(f"coalesce({column}_is.account_id, t.{column}) AS {column}" for column in columns)
            joins = " ".join(
                f"LEFT JOIN alias {column}_is ON {column}_is.alias_id = t.{column} AND {where}"
                for column, where in columns.items()
            )
            sql = f"SELECT t.* REPLACE ({renamed}) FROM {table} t {joins}"
        shapes.append((f"told_{table}", "VIEW", sql))
    return tuple(shapes)


def current(table: Table) -> tuple[tuple[str, str, str], ...]:
    """Return the shapes (name, kind, SQL) that give the current state of each record, the view ``current_…`` the last.

    Ids with one version, nearly all, go a short way. Which have several is looked up once, not by each view.
    """
    single = ", ".join((*(c.name for c in table.stated), "source_id", "line"))
    rows = f"told_{table.name}" if table.name in _NAMING else table.name
    alone = f"SELECT {single} FROM {rows} ANTI JOIN several_{table.name} USING (id)"
    merged = _merged(table, "arg_min(source_id, ord) AS source_id", "arg_min(line, ord) AS line")
    return (
        (f"several_{table.name}", "TABLE", _several(rows)),
        (f"merged_{table.name}", "TABLE", f"WITH {_versions(table, f'several_{table.name}', rows)} {merged}"),
        (f"current_{table.name}", "VIEW", f"{alone} UNION ALL FROM merged_{table.name}"),
    )


def merged_versions(table: Table) -> str:
    """Make the SQL of what records with several versions come to, whatever the order of the rows within a file."""
    versions = _versions(table, "several", table.name, collector="false", within="digest")
    return f"WITH several AS ({_several(table.name)}), {versions} {_merged(table)}"


def _several(rows: str) -> str:
    return f"SELECT id FROM {rows} GROUP BY id HAVING count(*) > 1"


def _versions(
    table: Table,
    several: str,
    source: str,
    collector: str = "(SELECT include_collector FROM selection)",
    within: str = "line, digest",
) -> str:
    """Make the SQL that puts the versions of the ids in ``several`` in order (``ord``).

    A version's time is when its source saw it, else when it was loaded; then the later load, then the later line.
    What only an address book or a private chat says of an account that is also seen elsewhere is the collector's own.
    """
    rows = f"SELECT * FROM {source} SEMI JOIN {several} USING (id)"
    elsewhere = shown = ""
    if table.name == "account":
        elsewhere = f"told AS (SELECT id FROM ({rows}) WHERE NOT private),"
        shown = f"WHERE NOT private OR id NOT IN (SELECT id FROM told) OR {collector}"
    return f"""
        {elsewhere}
        seen AS (
            SELECT digest, max(coalesce(seen_us, epoch_us(loaded_at))) AS seen_us, max(load_id) AS load_id
            FROM sighting JOIN load USING (load_id) WHERE digest IN (SELECT digest FROM ({rows}))
            GROUP BY digest
        ),
        ordered AS (
            SELECT digest, row_number() OVER (ORDER BY seen_us, load_id, {within}) AS ord
            FROM ({rows}) JOIN seen USING (digest) {shown}
        ),
        versions AS (SELECT v.*, ord FROM {source} v JOIN ordered USING (digest))
    """


def _merged(table: Table, *further: str) -> str:
    """Make the SQL by which, per field, the latest present value wins.

    That a post is a ``post`` may be all that a source knows of it.
    """

    def current(name: str) -> str:
        if name == "collector":
            return "bool_or(collector) AS collector"
        if name == "private":
            return "bool_and(private) AS private"
        if name == "kind" and table.name == "post":
            return "coalesce(arg_max(kind, ord) FILTER (kind <> 'post'), 'post') AS kind"
        return f"arg_max({name}, ord) FILTER ({name} IS NOT NULL) AS {name}"

    columns = ("id", *(current(c.name) for c in table.stated if c.name != "id"), *further)
    return f"SELECT {', '.join(columns)} FROM versions GROUP BY id"
