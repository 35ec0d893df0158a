"""The records behind what a map draws: where a number stands, and which reposts coincide.

Read once for all pages of a case, for the holds and links that are drawn and no others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import duckdb

from visualisations.networks import CoRepost, Hold
from visualisations.shown_text import clean, excerpt, utc

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


@dataclass(slots=True)
class Evidence:
    """Pieces of evidence by (account, number) and by (account, account), each with how many there are in all."""

    holds: dict[tuple[str, str], tuple[list[Piece], int]]
    co_reposts: dict[tuple[str, str], list[Piece]]


_MENTIONS = """
    WITH wanted AS (SELECT DISTINCT unnest($accounts::VARCHAR[]) AS account_id, unnest($numbers::VARCHAR[]) AS value),
    standing AS (
        SELECT m.account_id, m.value, m.place, m.record_type, m.record_id, m.as_written, m.start, m.stop,
               m.source_sha256, m.line
        FROM mentions m JOIN wanted USING (account_id, value)
        WHERE m.place IN ('bio', 'sender', 'contact_card', 'post', 'reply')
        QUALIFY row_number() OVER (
            PARTITION BY account_id, value, record_id, place ORDER BY m.source_sha256, m.line, m.start) = 1
    )
    SELECT s.*, coalesce(p.text, a.bio) AS text, p.at_us, p.at_precision, p.at_zone_known
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

_OBJECT_TEXTS = """
    WITH wanted AS (SELECT DISTINCT unnest($ids::VARCHAR[]) AS post_id)
    SELECT post_id, left(text, 400) FROM posts JOIN wanted USING (post_id) WHERE text IS NOT NULL
"""


def read_evidence(
    db: duckdb.DuckDBPyConnection,
    holds: Iterable[Hold],
    co_reposts: Iterable[CoRepost],
    source_names: Mapping[str, str],
) -> Evidence:
    """Return the evidence for these holds and links; ``source_names`` gives each source's name by its SHA-256."""
    wanted_holds = {(hold.account_id, hold.value): hold for hold in holds}
    wanted_links = {(link.account_a, link.account_b): link for link in co_reposts}
    return Evidence(
        holds=_standing(db, wanted_holds, source_names),
        co_reposts=_coinciding(db, wanted_links, source_names),
    )


def _standing(
    db: duckdb.DuckDBPyConnection, holds: Mapping[tuple[str, str], Hold], source_names: Mapping[str, str]
) -> dict[tuple[str, str], tuple[list[Piece], int]]:
    found: dict[tuple[str, str], tuple[list[Piece], int]] = {}
    parameters = {"accounts": [a for a, _ in holds], "numbers": [value for _, value in holds]}
    answer = db.execute(_MENTIONS, parameters)
    names = [column[0] for column in answer.description or ()]
    for values in answer.fetchall():
        row = dict(zip(names, values, strict=True))
        key = (row["account_id"], row["value"])
        if row["record_id"] not in holds[key].evidence:
            continue  # written as an ask or a quotation: it mentions the number, and holds nothing
        pieces, total = found.get(key, ([], 0))
        if total < MOST_PIECES:
            pieces.append(_mention_piece(row, source_names))
        found[key] = (pieces, total + 1)
    return found


def _mention_piece(row: Mapping[str, Any], source_names: Mapping[str, str]) -> Piece:
    text, start, stop = row["text"], row["start"], row["stop"]
    # The text shown is the current one; an earlier version may have had the number elsewhere.
    stands = text is not None and start is not None and text[start:stop] == row["as_written"]
    before, written, after = excerpt(text, start, stop) if stands else ("", clean(row["as_written"], 80), "")
    return {
        "where": _PLACES[row["place"]],
        "before": before,
        "written": written,
        "after": after,
        "at": utc(row["at_us"], row["at_precision"], row["at_zone_known"]),
        "source": _place_in_source(row, source_names),
    }


def _place_in_source(row: Mapping[str, Any], source_names: Mapping[str, str]) -> str | None:
    if row["source_sha256"] is None:
        return None
    name = source_names.get(row["source_sha256"], row["source_sha256"][:12])
    return name if row["line"] is None else f"{name}, line {row['line']:,}"


def _coinciding(
    db: duckdb.DuckDBPyConnection, links: Mapping[tuple[str, str], CoRepost], source_names: Mapping[str, str]
) -> dict[tuple[str, str], list[Piece]]:
    """Return for each link the objects that both passed on, those closest in time first."""
    pairs = sorted({(account, o) for (a, b), link in links.items() for o in link.objects for account in (a, b)})
    answer = db.execute(_SHARES, {"accounts": [a for a, _ in pairs], "objects": [o for _, o in pairs]})
    names = [column[0] for column in answer.description or ()]
    shares: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for values in answer.fetchall():
        row = dict(zip(names, values, strict=True))
        # One share stands behind many links: how it is shown is made once.
        row["shown"] = {
            "at": utc(row["at_us"], row["at_precision"], row["at_zone_known"]),
            "source": _place_in_source(row, source_names),
        }
        shares.setdefault((row["account_id"], row["object_id"]), []).append(row)
    closest: dict[tuple[str, str], list[tuple[int, dict[str, Any], dict[str, Any]]]] = {}
    for (a, b), link in links.items():
        met = [_closest(shares.get((a, o), ()), shares.get((b, o), ())) for o in link.objects]
        closest[a, b] = sorted((m for m in met if m is not None), key=lambda m: (m[0], m[1]["object_id"]))[:MOST_PIECES]
    texts = _texts_of(db, (share for met in closest.values() for _, *both in met for share in both))
    return {
        key: [_repost_piece(gap, first, second, texts) for gap, first, second in met] for key, met in closest.items()
    }


def _closest(
    first: Sequence[dict[str, Any]], second: Sequence[dict[str, Any]]
) -> tuple[int, dict[str, Any], dict[str, Any]] | None:
    """Return the two shares nearest in time and how far apart they are (µs); both sequences are in order of time."""
    best: tuple[int, dict[str, Any], dict[str, Any]] | None = None
    i = j = 0
    while i < len(first) and j < len(second):
        gap = second[j]["at_us"] - first[i]["at_us"]
        if best is None or abs(gap) < best[0]:
            best = (abs(gap), first[i], second[j])
        if gap > 0:
            i += 1
        else:
            j += 1
    return best


def _texts_of(db: duckdb.DuckDBPyConnection, shares: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    wanted = sorted({share[name] for share in shares for name in ("object_id", "content_id")})
    return dict(db.execute(_OBJECT_TEXTS, {"ids": wanted}).fetchall())


def _repost_piece(gap: int, first: Mapping[str, Any], second: Mapping[str, Any], texts: Mapping[str, str]) -> Piece:
    known = (texts.get(share) for share in (first["object_id"], first["content_id"], second["content_id"]))
    return {
        "object": clean(first["object_id"], 90),
        "text": clean(next((text for text in known if text), None), 160),
        "apart": gap // 1_000_000,
        "shares": [first["shown"], second["shown"]],
    }
