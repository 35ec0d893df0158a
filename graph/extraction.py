"""The texts in which a case looks for mentions, and how mentions enter it.

What is found in a text is decided outside (``loaders/``), by a pure function that is handed in; this file knows which
texts there are, whose they are, where a national number in them is dialled from, and how to keep what was found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa

from graph.fetching import incoming
from graph.records import Mention

_BATCH = 20_000


class TextRow(NamedTuple):
    """One text of one version of a record.

    ``place`` is where a mention in it would stand; ``region`` (ISO 3166-1 alpha-2) is the post's or account's country,
    else what was said of the source, else ``None``. ``quoted_spans`` are flat: start, end, start, end, in characters.
    """

    digest: bytes
    record_type: str
    record_id: str
    account_id: str | None
    place: str
    text: str
    region: str | None
    quoted_spans: Sequence[int]


#: From a text, a region (or ``None``) and a place to what the text mentions.
Finder = Callable[[str, str | None, str], Iterable[Mention]]

#: The latest load of a source decides its region, so that a wrong one is put right by loading again with another.
_TEXTS = """
    WITH regions AS (
        SELECT digest, arg_max(region, latest) AS region
        FROM (SELECT digest, source_id FROM sighting)
        JOIN (SELECT source_id, region FROM source WHERE region IS NOT NULL) USING (source_id)
        JOIN (SELECT source_id, max(load_id) AS latest FROM load GROUP BY source_id) USING (source_id)
        GROUP BY digest
    ),
    countries AS (SELECT id, country FROM current_account WHERE country IS NOT NULL)
    SELECT a.digest, 'account' AS record_type, a.id AS record_id, a.id AS account_id, place, text,
           upper(coalesce(a.country, c.country, r.region)) AS region, NULL AS quoted_spans
    FROM (
        SELECT digest, id, country, 'bio' AS place, bio AS text FROM account
        UNION ALL SELECT digest, id, country, 'sender', phone FROM account
    ) a LEFT JOIN countries c USING (id) LEFT JOIN regions r USING (digest)
    WHERE text IS NOT NULL
    UNION ALL
    SELECT p.digest, 'post', p.id, p.account_id,
           CASE WHEN kind = 'repost' THEN 'reposted' WHEN field = 'contact_phone' THEN 'contact_card'
                WHEN kind = 'reply' THEN 'reply' ELSE 'post' END,
           p.text, upper(coalesce(p.country, c.country, r.region)), CASE WHEN field = 'text' THEN quoted_spans END
    FROM (
        SELECT digest, id, account_id, kind, country, 'text' AS field, text, quoted_spans FROM post
        UNION ALL SELECT digest, id, account_id, kind, country, 'contact_phone', contact_phone, NULL FROM post
    ) p LEFT JOIN countries c ON c.id = p.account_id LEFT JOIN regions r USING (digest)
    WHERE text IS NOT NULL
"""


def texts(connection: duckdb.DuckDBPyConnection) -> Iterator[TextRow]:
    """Yield every text of every version in the case; the views of ``graph.views`` must be installed."""
    connection.execute(_TEXTS)
    while rows := connection.fetchmany(_BATCH):
        for digest, record_type, record_id, account_id, place, text, region, spans in rows:
            yield TextRow(digest, record_type, record_id, account_id, place, text, region, spans or ())


def mention_rows(rows: Iterable[TextRow], find: Finder) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of the table ``mention`` (without the run) that ``find`` makes of the texts."""
    for row in rows:
        for m in find(row.text, row.region, row.place):
            place = "quoted" if row.place != "reposted" and _quoted(m, row.quoted_spans) else row.place
            yield (
                row.digest, row.record_type, row.record_id, row.account_id, place, m.kind, m.value,
                list(m.candidates) or None, m.as_written, m.start, m.end, m.rule,
            )  # fmt: skip


def _quoted(mention: Mention, spans: Sequence[int]) -> bool:
    return any(
        start <= mention.start and mention.end <= end for start, end in zip(spans[::2], spans[1::2], strict=False)
    )


_MENTION = pa.schema(
    [
        ("digest", pa.binary()),
        *((name, pa.string()) for name in ("record_type", "record_id", "account_id", "place", "kind", "value")),
        ("candidates", pa.list_(pa.string())),
        ("as_written", pa.string()),
        ("start", pa.int32()),
        ("stop", pa.int32()),
        ("rule", pa.string()),
    ]
)


def store_mentions(
    connection: duckdb.DuckDBPyConnection, run_id: int, rows: Iterable[tuple[Any, ...]], report: Callable[[int], None]
) -> int:
    """Keep mentions under a run, in batches, and return how many; ``report`` hears of each batch's size."""
    total = 0
    pending: list[tuple[Any, ...]] = []

    def flush() -> int:
        if not pending:
            return 0
        arrays = [
            pa.array(values, kind) for values, kind in zip(zip(*pending, strict=True), _MENTION.types, strict=True)
        ]
        with incoming(connection, pa.table(arrays, schema=_MENTION)):
            connection.execute("INSERT INTO mention SELECT ?, * FROM incoming", [run_id])
        count = len(pending)
        pending.clear()
        report(count)
        return count

    for row in rows:
        pending.append(row)
        if len(pending) >= _BATCH:
            total += flush()
    return total + flush()
