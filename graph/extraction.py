"""The texts in which a case looks for mentions and stances, and how they enter it.

What is found in a text is decided outside (``loaders/``), by a pure function that is handed in; this file knows which
texts there are, whose they are, where a national number in them is dialled from, and how to keep what was found.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import pyarrow as pa

from graph.batch_bytes import batch_bytes, batch_of
from graph.fetching import incoming
from graph.records import Mention, TextStance
from graph.side_processes import WITHOUT_NUMBERS, Work, done_aside, imported, spare_cores
from graph.versions import REGIONS

if TYPE_CHECKING:  # side processes import this file, and have no use for DuckDB
    import duckdb

#: Texts in a batch, and up to how many texts are few: side processes take longer to start.
_BATCH, _FEW = 10_000, 30_000
_SIZE = 8


#: What a text mentions and what it does; ``None`` where it is no prose.
Found: TypeAlias = tuple[Iterable[Mention], TextStance | None]
#: From a text, a region (or ``None``) and a place to what is found in it.
Finder: TypeAlias = Callable[[str, str | None, str], Found]

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


class Batches(NamedTuple):
    """Rows of the tables ``mention`` and ``text_stance``, without the run, that some texts come to."""

    mentions: pa.RecordBatch
    stances: pa.RecordBatch


def found_in_texts(connection: duckdb.DuckDBPyConnection, find: Finder) -> Generator[Batches, None, None]:
    """Yield what ``find`` finds in every text of every version, batch by batch.

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
            yield found_in(batch, find)
        return
    tasks = (bytes(batch_bytes(batch)) for batch in chain(first, texts))
    for answer in done_aside("graph.extraction:finder", name.encode(), tasks, processes, without=WITHOUT_NUMBERS):
        size = int.from_bytes(answer[:_SIZE], "little")
        yield Batches(batch_of(answer[_SIZE : _SIZE + size]), batch_of(answer[_SIZE + size :]))


def finder(name: bytes) -> Work:
    """Return what finds things in a batch of texts, in a side process; ``name`` is the finder's, ``module:name``."""
    find: Finder = imported(name.decode())

    def found(task: bytes) -> bytes:
        mentions, stances = (bytes(batch_bytes(batch)) for batch in found_in(batch_of(task), find))
        return b"".join((len(mentions).to_bytes(_SIZE, "little"), mentions, stances))

    return found


def _importable(find: Finder) -> str | None:
    """Return ``module:name`` of a function that another process can import, ``None`` for any other."""
    module, name = getattr(find, "__module__", None), getattr(find, "__qualname__", "")
    home = sys.modules.get(module or "")
    return f"{module}:{name}" if module != "__main__" and getattr(home, name, None) is find else None


def found_in(texts: pa.RecordBatch, find: Finder) -> Batches:
    """Return what ``find`` makes of texts."""
    rows: list[tuple[Any, ...]] = []
    told: list[tuple[Any, ...]] = []
    columns = (texts.column(name).to_pylist() for name in ("text", "region", "place"))
    for number, (text, region, place) in enumerate(zip(*columns, strict=True)):
        mentions, stance = find(text, region, place)
        for m in mentions:
            row = (number, place, m.kind, m.value, m.candidates or None, m.as_written, m.start, m.end, m.rule)
            rows.append(row)
        if stance is not None and (stance.stance != "other" or stance.signals):
            told.append((number, place, *_stated(stance)))
    return Batches(_mention_batch(texts, rows), _batch(texts, told, _STANCE))


def _stated(stance: TextStance) -> tuple[Any, ...]:
    return (
        stance.stance, stance.score, stance.signals, stance.places or None, stance.prices or None, stance.recommends,
        stance.because,
    )  # fmt: skip


def _mention_batch(texts: pa.RecordBatch, rows: list[tuple[Any, ...]]) -> pa.RecordBatch:
    """Return mentions as a batch; one that lies in a quotation stands there."""
    if texts.column("quoted_spans").null_count < len(texts):
        spans = texts.column("quoted_spans").to_pylist()
        rows = [
            (row[0], "quoted" if row[1] != "reposted" and _quoted(row[6], row[7], spans[row[0]]) else row[1], *row[2:])
            for row in rows
        ]
    return _batch(texts, rows, _MENTION)


def _batch(texts: pa.RecordBatch, rows: list[tuple[Any, ...]], schema: pa.Schema) -> pa.RecordBatch:
    """Return rows as a batch: each begins with the number of its text, in whose place come four columns of it."""
    width = len(schema) - _OF_A_TEXT + 1
    numbers, *found = zip(*rows, strict=True) if rows else [()] * width
    which = pa.array(numbers, pa.int64())
    whose = [texts.column(name).take(which) for name in schema.names[:_OF_A_TEXT]]
    kinds = schema.types[_OF_A_TEXT:]
    return pa.record_batch(
        [*whose, *(pa.array(values, kind) for values, kind in zip(found, kinds, strict=True))], schema=schema
    )


def _quoted(start: int, end: int, spans: Sequence[int] | None) -> bool:
    """Return whether a mention lies within a quotation; ``spans`` are flat: start, end, start, end."""
    pairs = zip(spans[::2], spans[1::2], strict=False) if spans else ()
    return any(first <= start and end <= last for first, last in pairs)


_WHOSE = [("digest", pa.binary()), *((name, pa.string()) for name in ("record_type", "record_id", "account_id"))]
_OF_A_TEXT = len(_WHOSE)
_MENTION = pa.schema(
    [
        *_WHOSE,
        *((name, pa.string()) for name in ("place", "kind", "value")),
        ("candidates", pa.list_(pa.string())),
        ("as_written", pa.string()),
        ("start", pa.int32()),
        ("stop", pa.int32()),
        ("rule", pa.string()),
    ]
)


_STANCE = pa.schema(
    [
        *_WHOSE,
        ("place", pa.string()),
        ("stance", pa.string()),
        ("score", pa.float64()),
        *((name, pa.list_(pa.string())) for name in ("signals", "places", "prices")),
        ("recommends", pa.bool_()),
        ("because", pa.list_(pa.string())),
    ]
)


def store_found(
    connection: duckdb.DuckDBPyConnection, run_id: int, found: Iterator[Batches], report: Callable[[int], None]
) -> int:
    """Keep what was found under a run, and return how many mentions; ``report`` hears how many more there are."""
    total = 0
    for mentions, stances in found:
        for table, batch in (("mention", mentions), ("text_stance", stances)):
            if len(batch):
                with incoming(connection, pa.Table.from_batches([batch])):
                    connection.execute(f"INSERT INTO {table} SELECT ?, * FROM incoming", [run_id])
        total += len(mentions)
        report(len(mentions))
    return total
