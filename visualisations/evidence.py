"""The records behind what a map draws: where a value stands, and which reposts coincide.

Read once for all pages of a case, for the holds and links that are drawn and no others; what is shown of them is made
for one page at a time.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from visualisations.networks import CoRepost, Drawing, Hold
from visualisations.shared_values import Value, as_table
from visualisations.shown_text import clean, excerpt, utc

if TYPE_CHECKING:
    import duckdb

#: Pieces of evidence that a panel shows for one hold or one link; it says how many more there are.
MOST_PIECES = 3

#: What a page's JSON has for one piece of evidence.
Piece: TypeAlias = dict[str, Any]

#: Where a value stands that an account holds (``graph.views.HELD_PLACES``), in words.
PLACES = {
    "bio": "in its bio",
    "sender": "its sender's number",
    "contact_card": "on a contact card it sent",
    "post": "in its post",
    "reply": "in its reply",
    "link": "behind a link in its post",
    "profile_link": "among its profile's links",
}
_BEFORE_NAME = re.compile(r"^.*[/:@]")
_OWN_NAME, _OWN_INVITE = "its own name", "the way into its own channel"


class Mention(NamedTuple):
    """A value where it stands, as read; ``text`` is the post's or bio's as it is now, ``None`` for any other place.

    ``where`` is the place in words; ``start`` and ``stop`` count the text's characters. An account's own name stands
    nowhere: it is the account's handle.
    """

    where: str
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

    ``mentions`` are the first of each hold, by (account, value), with how many there are in all. ``shares`` are by
    (account, object), in order of time. ``texts`` are of the objects and of what passed them on, where they are known.
    """

    mentions: dict[tuple[str, Value], tuple[list[Mention], int]]
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
    """Pieces of evidence by (account, value) and by (account, account); for a value also how many there are."""

    holds: dict[tuple[str, Value], tuple[list[Piece], int]]
    co_reposts: dict[tuple[str, str], list[Piece]]


_MENTIONS = f"""
    WITH wanted AS (
        SELECT DISTINCT unnest($accounts::VARCHAR[]) AS account_id, unnest($links::VARCHAR[]) AS link_kind,
               unnest($values::VARCHAR[]) AS value
    ),
    standing AS (
        SELECT m.account_id, link_kind, value, m.record_id, m.record_type, m.place, m.as_written, m.start, m.stop,
               m.source_sha256, m.line
        FROM mentions m JOIN {as_table()} USING (kind) JOIN wanted USING (account_id, link_kind, value)
        WHERE m.place IN {tuple(PLACES)}
        QUALIFY row_number() OVER (
            PARTITION BY m.account_id, link_kind, value, m.record_id, m.place
            ORDER BY m.source_sha256, m.line, m.start) = 1
    )
    SELECT s.* EXCLUDE (record_type), CASE WHEN s.place <> 'link' THEN coalesce(p.text, a.bio) END AS text, p.at_us,
           p.at_precision, p.at_zone_known
    FROM standing s
    LEFT JOIN posts p ON s.record_type = 'post' AND p.post_id = s.record_id
    LEFT JOIN (SELECT account_id, bio FROM accounts) a ON s.place = 'bio' AND a.account_id = s.record_id
    ORDER BY s.account_id, s.link_kind, s.value, s.record_type, p.at_us, s.record_id, s.place
"""

#: What an account, or the channel that speaks as it, is called, and where that was read.
_OWN = """
    WITH wanted AS (SELECT DISTINCT unnest($accounts::VARCHAR[]) AS account_id)
    SELECT w.account_id, coalesce(a.handle, c.handle), c.invite, coalesce(a.source_sha256, c.source_sha256),
           CASE WHEN a.source_sha256 IS NULL THEN c.line ELSE a.line END
    FROM wanted w LEFT JOIN accounts a USING (account_id) LEFT JOIN chats c ON c.chat_id = w.account_id
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
    db: duckdb.DuckDBPyConnection, holds: Mapping[tuple[str, Value], Hold]
) -> dict[tuple[str, Value], tuple[list[Mention], int]]:
    found: dict[tuple[str, Value], tuple[list[Mention], int]] = {}
    said: set[tuple[str, Value]] = set()
    parameters = {
        "accounts": [account for account, _ in holds],
        "links": [value.link for _, value in holds],
        "values": [value.value for _, value in holds],
    }
    for account_id, link, value, record_id, place, *mention in db.execute(_MENTIONS, parameters).fetchall():
        key = (account_id, Value(link, value))
        if record_id not in holds[key].evidence:
            continue  # written as an ask or a quotation: it mentions the value, and holds nothing
        if record_id == account_id:
            said.add(key)
        _put(found, key, Mention(PLACES[place], *mention))
    for key, own in _own_names(db, [key for key, hold in holds.items() if key[0] in hold.evidence and key not in said]):
        _put(found, key, own)
    return found


def _put(found: dict[tuple[str, Value], tuple[list[Mention], int]], key: tuple[str, Value], mention: Mention) -> None:
    """Count a mention, and keep it where it is among the first."""
    mentions, total = found.get(key, ([], 0))
    if total < MOST_PIECES:
        mentions.append(mention)
    found[key] = (mentions, total + 1)


def _own_names(
    db: duckdb.DuckDBPyConnection, keys: Collection[tuple[str, Value]]
) -> Iterable[tuple[tuple[str, Value], Mention]]:
    """Yield for each account with a value that its profile does not say: it is its name, or leads into its channel."""
    rows = db.execute(_OWN, {"accounts": [account for account, _ in keys]}).fetchall() if keys else []
    own = {account: told for account, *told in rows}
    for account, value in keys:
        handle, invite, sha256, line = own[account]
        named = handle is not None and _bare(value.value) == _bare(handle)
        where, written = (_OWN_NAME, handle) if named else (_OWN_INVITE, invite or value.value)
        yield (account, value), Mention(where, written, None, None, sha256, line, None, None, None, None)


def _bare(name: str) -> str:
    """Return a name without its platform and ``@``: that of ``instagram:name``, ``t.me/name`` and ``@Name``."""
    return _BEFORE_NAME.sub("", name.strip()).lower()


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
    # The text shown is the current one; an earlier version may have had the value elsewhere.
    if text is not None and start is not None and stop is not None and text[start:stop] == mention.as_written:
        before, written, after = excerpt(text, start, stop)
    else:
        before, written, after = "", clean(mention.as_written, 80), ""
    return {
        "where": mention.where,
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
