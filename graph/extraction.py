"""The texts in which a case looks for mentions, and how mentions enter it.

What is found in a text is decided outside (``loaders/``), by a pure function that is handed in; this file knows which
texts there are, whose they are, where a national number in them is dialled from, and how to keep what was found.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from graph.batch_bytes import batch_bytes, batch_of
from graph.fetching import incoming
from graph.records import Mention
from graph.side_processes import WITHOUT_NUMBERS, Work, done_aside, imported, spare_cores
from graph.versions import REGIONS

if TYPE_CHECKING:  # side processes import this file, and have no use for DuckDB
    import duckdb

#: Texts in a batch, and up to how many texts are few: side processes take longer to start.
_BATCH, _FEW = 10_000, 30_000


#: From a text, a region (or ``None``) and a place to what the text mentions.
Finder = Callable[[str, str | None, str], Iterable[Mention]]

#: Each text of each version of a record: where a mention in it would stand (``place``), from where its national numbers
#: are dialled (``region``: the post's or account's country, else what was said of the source), and the flat spans of
#: quotations in it, in characters.
_TEXTS = f"""
    WITH regions AS ({REGIONS}),
    countries AS (SELECT id, country FROM current_account WHERE country IS NOT NULL)
    SELECT a.digest, 'account' AS record_type, a.id AS record_id, a.id AS account_id, place, text,
           upper(coalesce(a.country, c.country, r.region)) AS region, NULL AS quoted_spans
    FROM (
        SELECT digest, id, country, 'bio' AS place, bio AS text FROM account
        UNION ALL SELECT digest, id, country, 'sender', phone FROM account
        UNION ALL SELECT digest, id, country, 'profile_link', unnest(links) FROM account WHERE links IS NOT NULL
    ) a LEFT JOIN countries c USING (id) LEFT JOIN regions r USING (digest)
    WHERE text IS NOT NULL
    UNION ALL
    SELECT p.digest, 'post', p.id, p.account_id,
           CASE WHEN field = 'link' THEN 'link' WHEN kind = 'repost' THEN 'reposted'
                WHEN field = 'contact_phone' THEN 'contact_card' WHEN kind = 'reply' THEN 'reply' ELSE 'post' END,
           p.text, upper(coalesce(p.country, c.country, r.region)), CASE WHEN field = 'text' THEN quoted_spans END
    FROM (
        SELECT digest, id, account_id, kind, country, 'text' AS field, text, quoted_spans FROM post
        UNION ALL SELECT digest, id, account_id, kind, country, 'contact_phone', contact_phone, NULL FROM post
        UNION ALL SELECT digest, id, account_id, kind, country, 'link', unnest(links), NULL FROM post
                  WHERE links IS NOT NULL
    ) p LEFT JOIN countries c ON c.id = p.account_id LEFT JOIN regions r USING (digest)
    WHERE text IS NOT NULL
    UNION ALL
    SELECT digest, 'chat', id, NULL, 'chat_invite', invite, NULL, NULL FROM chat WHERE invite IS NOT NULL
"""


def found_mentions(connection: duckdb.DuckDBPyConnection, find: Finder) -> Generator[pa.RecordBatch, None, None]:
    """Yield batches of the table ``mention`` (without the run): what ``find`` finds in every text of every version.

    The views of ``graph.views`` must be installed. Of many texts side processes look through parts, where ``find`` is a
    function that can be imported; the order is that of the texts.
    """
    texts = iter(connection.sql(_TEXTS).to_arrow_reader(_BATCH))
    first, waiting = [], 0
    for batch in texts:  # which may be small ones: each kind of text begins a new one
        first.append(batch)
        waiting += len(batch)
        if waiting > _FEW:
            break
    name = _importable(find)
    processes = spare_cores() if waiting > _FEW and name else 0
    if not processes or name is None:
        for batch in chain(first, texts):
            yield mentions_in(batch, find)
        return
    tasks = (bytes(batch_bytes(batch)) for batch in chain(first, texts))
    for answer in done_aside("graph.extraction:finder", name.encode(), tasks, processes, without=WITHOUT_NUMBERS):
        yield batch_of(answer)


def finder(name: bytes) -> Work:
    """Return what finds mentions in a batch of texts, in a side process; ``name`` is the finder's, ``module:name``."""
    find: Finder = imported(name.decode())
    return lambda task: bytes(batch_bytes(mentions_in(batch_of(task), find)))


def _importable(find: Finder) -> str | None:
    """Return ``module:name`` of a function that another process can import, ``None`` for any other."""
    module, name = getattr(find, "__module__", None), getattr(find, "__qualname__", "")
    home = sys.modules.get(module or "")
    return f"{module}:{name}" if module != "__main__" and getattr(home, name, None) is find else None


def mentions_in(texts: pa.RecordBatch, find: Finder) -> pa.RecordBatch:
    """Return the rows of the table ``mention`` (without the run) that ``find`` makes of texts."""
    rows: list[tuple[Any, ...]] = []
    columns = (texts.column(name).to_pylist() for name in ("text", "region", "place"))
    for number, (text, region, place) in enumerate(zip(*columns, strict=True)):
        for m in find(text, region, place):
            row = (number, place, m.kind, m.value, m.candidates or None, m.as_written, m.start, m.end, m.rule)
            rows.append(row)
    numbers, places, *found = zip(*rows, strict=True) if rows else [()] * 9
    whose = [texts.column(name).take(pa.array(numbers, pa.int64())) for name in _MENTION.names[:4]]
    spans = texts.column("quoted_spans").take(pa.array(numbers, pa.int64())).to_pylist()
    marks = zip(places, spans, found[4], found[5], strict=True)
    stands = [
        "quoted" if place != "reposted" and _quoted(start, end, quoted) else place
        for place, quoted, start, end in marks
    ]
    told = [stands, *found]
    arrays = [pa.array(values, kind) for values, kind in zip(told, _MENTION.types[4:], strict=True)]
    return pa.record_batch([*whose, *arrays], schema=_MENTION)


def _quoted(start: int, end: int, spans: Sequence[int] | None) -> bool:
    """Return whether a mention lies within a quotation; ``spans`` are flat: start, end, start, end."""
    pairs = zip(spans[::2], spans[1::2], strict=False) if spans else ()
    return any(first <= start and end <= last for first, last in pairs)


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
    connection: duckdb.DuckDBPyConnection, run_id: int, found: Iterator[pa.RecordBatch], report: Callable[[int], None]
) -> int:
    """Keep mentions under a run, and return how many; ``report`` hears of each batch's size."""
    total = 0
    for batch in found:
        if len(batch):
            with incoming(connection, pa.Table.from_batches([batch])):
                connection.execute("INSERT INTO mention SELECT ?, * FROM incoming", [run_id])
            total += len(batch)
            report(len(batch))
    return total
