"""The records behind what a map draws: where a number stands, and which reposts coincide.

Read once for all pages of a case, for the holds and links that are drawn and no others; what is shown of them is made
for one page at a time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from visualisations.networks import CoRepost, Drawing, Hold
from visualisations.shown_text import clean, excerpt, utc

if TYPE_CHECKING:
    import duckdb

#: Pieces of evidence that a panel shows for one hold or one link; it says how many more there are.
MOST_PIECES = 3

#: What a page's JSON has for one piece of evidence.
Piece: TypeAlias = dict[str, Any]

_PLACES = {
    "bio": "in its bio",
    "sender": "its sender's number",
    "contact_card": "on a contact card it sent",
    "post": "in its post",
    "reply": "in its reply",
}


class Mention(NamedTuple):
    """A number where it stands, as read; ``text`` is the post's or bio's as it is now, ``None`` for any other place."""

    place: str
    as_written: str
    start: int | None
    stop: int | None
    source_sha256: str | None
    line: int | None
    text: str | None
    at_us: int | None
    at_precision: str | None
    at_zone_known: bool | None


class Share(NamedTuple):
    """One passing on of an object by an account, as read; its time is known."""

    object_id: str
    content_id: str
    at_us: int
    at_precision: str | None
    at_zone_known: bool | None
    source_sha256: str | None
    line: int | None


@dataclass(frozen=True, slots=True)
class Records:
    """What stands behind drawings, as read; ``evidence`` makes what one page shows of it.

    ``mentions`` are the first of each hold, by (account, number), with how many there are in all. ``shares`` are by
    (account, object), in order of time. ``texts`` are of the objects and of what passed them on, where they are known.
    """

    mentions: dict[tuple[str, str], tuple[list[Mention], int]]
    shares: dict[tuple[str, str], list[Share]]
    texts: dict[str, str]

    def behind(self, drawing: Drawing) -> Records:
        """Return those of one drawing."""
        holds = ((hold.account_id, hold.value) for hold in drawing.holds)
        shares = {key: self.shares[key] for key in _passed_on(drawing.co_reposts) if key in self.shares}
        return Records(
            mentions={key: self.mentions[key] for key in holds if key in self.mentions},
            shares=shares,
            texts={name: self.texts[name] for name in _named_in(shares) if name in self.texts},
        )

    def evidence(self, drawing: Drawing, source_names: Mapping[str, str]) -> Evidence:
        """Return what the page of a drawing shows; ``source_names`` gives each source's name by its SHA-256."""
        return Evidence(
            holds={
                key: ([_mention_piece(mention, source_names) for mention in mentions], total)
                for key, (mentions, total) in self.mentions.items()
            },
            co_reposts=_coinciding(self, drawing.co_reposts, source_names),
        )


@dataclass(frozen=True, slots=True)
class Evidence:
    """Pieces of evidence by (account, number) and by (account, account); for a number also how many there are."""

    holds: dict[tuple[str, str], tuple[list[Piece], int]]
    co_reposts: dict[tuple[str, str], list[Piece]]


_MENTIONS = """
    WITH wanted AS (SELECT DISTINCT unnest($accounts::VARCHAR[]) AS account_id, unnest($numbers::VARCHAR[]) AS value),
    standing AS (
        SELECT m.account_id, m.value, m.record_id, m.record_type, m.place, m.as_written, m.start, m.stop,
               m.source_sha256, m.line
        FROM mentions m JOIN wanted USING (account_id, value)
        WHERE m.place IN ('bio', 'sender', 'contact_card', 'post', 'reply')
        QUALIFY row_number() OVER (
            PARTITION BY account_id, value, record_id, place ORDER BY m.source_sha256, m.line, m.start) = 1
    )
    SELECT s.* EXCLUDE (record_type), coalesce(p.text, a.bio) AS text, p.at_us, p.at_precision, p.at_zone_known
    FROM standing s
    LEFT JOIN posts p ON s.record_type = 'post' AND p.post_id = s.record_id
    LEFT JOIN (SELECT account_id, bio FROM accounts) a ON s.place = 'bio' AND a.account_id = s.record_id
    ORDER BY s.account_id, s.value, s.record_type, p.at_us, s.record_id, s.place
"""

_SHARES = """
    WITH wanted AS (
        SELECT DISTINCT unnest($accounts::VARCHAR[]) AS account_id, unnest($objects::VARCHAR[]) AS object_id
    )
    SELECT r.account_id, r.object_id, r.content_id, r.at_us, r.at_precision, r.at_zone_known, r.source_sha256, r.line
    FROM reposts r JOIN wanted USING (account_id, object_id)
    WHERE r.at_us IS NOT NULL AND r.kind <> 'quote'
    ORDER BY r.account_id, r.object_id, r.at_us, r.content_id
"""

_TEXTS = """
    WITH wanted AS (SELECT DISTINCT unnest($ids::VARCHAR[]) AS post_id)
    SELECT post_id, left(text, 400) FROM posts JOIN wanted USING (post_id) WHERE text IS NOT NULL
"""


def read_records(db: duckdb.DuckDBPyConnection, drawings: Collection[Drawing]) -> Records:
    """Return the records behind these drawings; ``db`` is a connection from ``case.reading()``."""
    holds = {(hold.account_id, hold.value): hold for drawing in drawings for hold in drawing.holds}
    shares = _read_shares(db, _passed_on(link for drawing in drawings for link in drawing.co_reposts))
    texts = db.execute(_TEXTS, {"ids": list(_named_in(shares))}).fetchall()
    return Records(mentions=_read_mentions(db, holds), shares=shares, texts=dict(texts))


def _passed_on(links: Iterable[CoRepost]) -> set[tuple[str, str]]:
    """Return who passed on what: (account, object)."""
    return {(account, o) for link in links for o in link.objects for account in (link.account_a, link.account_b)}


def _named_in(shares: Mapping[tuple[str, str], Sequence[Share]]) -> set[str]:
    """Return the posts of which a text may be shown: objects, and what passed them on."""
    return {name for several in shares.values() for share in several for name in (share.object_id, share.content_id)}


def _read_mentions(
    db: duckdb.DuckDBPyConnection, holds: Mapping[tuple[str, str], Hold]
) -> dict[tuple[str, str], tuple[list[Mention], int]]:
    found: dict[tuple[str, str], tuple[list[Mention], int]] = {}
    parameters = {"accounts": [a for a, _ in holds], "numbers": [value for _, value in holds]}
    for account_id, value, record_id, *mention in db.execute(_MENTIONS, parameters).fetchall():
        key = (account_id, value)
        if record_id not in holds[key].evidence:
            continue  # written as an ask or a quotation: it mentions the number, and holds nothing
        mentions, total = found.get(key, ([], 0))
        if total < MOST_PIECES:
            mentions.append(Mention(*mention))
        found[key] = (mentions, total + 1)
    return found


def _read_shares(
    db: duckdb.DuckDBPyConnection, wanted: Collection[tuple[str, str]]
) -> dict[tuple[str, str], list[Share]]:
    found: dict[tuple[str, str], list[Share]] = {}
    parameters = {"accounts": [a for a, _ in wanted], "objects": [o for _, o in wanted]}
    for account_id, *share in db.execute(_SHARES, parameters).fetchall():
        found.setdefault((account_id, share[0]), []).append(Share(*share))
    return found


def _mention_piece(mention: Mention, source_names: Mapping[str, str]) -> Piece:
    text, start, stop = mention.text, mention.start, mention.stop
    # The text shown is the current one; an earlier version may have had the number elsewhere.
    if text is not None and start is not None and stop is not None and text[start:stop] == mention.as_written:
        before, written, after = excerpt(text, start, stop)
    else:
        before, written, after = "", clean(mention.as_written, 80), ""
    return {
        "where": _PLACES[mention.place],
        "before": before,
        "written": written,
        "after": after,
        **_when_and_where(mention, source_names),
    }


def _when_and_where(record: Mention | Share, source_names: Mapping[str, str]) -> Piece:
    source = None
    if record.source_sha256 is not None:
        name = source_names.get(record.source_sha256, record.source_sha256[:12])
        source = name if record.line is None else f"{name}, line {record.line:,}"
    return {"at": utc(record.at_us, record.at_precision, record.at_zone_known), "source": source}


def _coinciding(
    records: Records, links: Iterable[CoRepost], source_names: Mapping[str, str]
) -> dict[tuple[str, str], list[Piece]]:
    """Return for each link the objects that both passed on, those closest in time first."""
    shares, texts = records.shares, records.texts
    # One share stands behind many links: how it is shown is made once.
    shown = cache(lambda share: _when_and_where(share, source_names))
    read_object, read_text = cache(lambda name: clean(name, 90)), cache(lambda name: clean(texts.get(name), 160))
    pieces: dict[tuple[str, str], list[Piece]] = {}
    for link in links:
        a, b = link.account_a, link.account_b
        met = [_closest(shares.get((a, o), ()), shares.get((b, o), ())) for o in link.objects]
        closest = sorted((m for m in met if m is not None), key=lambda m: (m[0], m[1].object_id))[:MOST_PIECES]
        pieces[a, b] = [
            {
                "object": read_object(first.object_id),
                "text": read_text(first.object_id) or read_text(first.content_id) or read_text(second.content_id),
                "apart": gap // 1_000_000,
                "shares": [shown(first), shown(second)],
            }
            for gap, first, second in closest
        ]
    return pieces


def _closest(first: Sequence[Share], second: Sequence[Share]) -> tuple[int, Share, Share] | None:
    """Return the two shares nearest in time and how far apart they are (µs); both sequences are in order of time."""
    best: tuple[int, Share, Share] | None = None
    i = j = 0
    while i < len(first) and j < len(second):
        gap = second[j].at_us - first[i].at_us
        if best is None or abs(gap) < best[0]:
            best = (abs(gap), first[i], second[j])
        if gap > 0:
            i += 1
        else:
            j += 1
    return best
