"""What a case looks like from outside: the current state of each record, and one run's findings, as views.

Every output reads these and nothing else. Who must not be shown (the collector, private chats, accounts that are set
aside) is left out here, in one place, so that no output can forget it.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

import duckdb

from graph.account_stances import HELD_PLACES, PRIVATE_CHATS, STANCE_SHAPES, TEXTS_READ
from graph.fetching import count
from graph.undecided_numbers import DECIDED_NUMBERS, UNDECIDED
from graph.versions import ALIAS, VERSIONED, current, told

_WORD = re.compile(r"\w+")

OTHERS_STANCES = ("ask", "information", "quotation")


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which run's findings to show, level by level (``None``: not done), and whom."""

    extract_run: int | None
    links_run: int | None
    clusters_run: int | None
    include_set_aside: bool = False
    include_collector: bool = False


_JUDGED = """
    SELECT subject, kind, arg_max(value, judgement_id) AS value, nullif(arg_max(note, judgement_id), '') AS note
    FROM (SELECT * REPLACE (coalesce(value, '') AS value, coalesce(note, '') AS note) FROM told_judgement)
    GROUP BY subject, kind
    HAVING arg_max(value, judgement_id) <> ''
"""

_ACTIVITY = """
    SELECT account_id, min(at_us) AS first_us, max(at_us) AS last_us FROM (
        SELECT account_id, at_us FROM current_post WHERE id NOT IN (SELECT post_id FROM hidden_posts)
        UNION ALL SELECT account_id, at_us FROM reposts
        UNION ALL SELECT object_account_id, NULL FROM reposts
    ) WHERE account_id IS NOT NULL GROUP BY account_id
"""

_ACCOUNTS = """
    SELECT coalesce(a.id, t.account_id) AS account_id, coalesce(platform, split_part(t.account_id, ':', 1)) AS platform,
           native_id, handle, display_name, bio, country, status, phone, url, links, followers, created_us,
           coalesce(collector, false) AS collector, w.stance, t.first_us, t.last_us, s.sha256 AS source_sha256, line
    FROM (SELECT * FROM current_account ANTI JOIN hidden_accounts h ON h.account_id = id) a
    FULL JOIN activity t ON t.account_id = a.id LEFT JOIN origin s USING (source_id)
    LEFT JOIN account_stances w ON w.account_id = coalesce(a.id, t.account_id)
"""

_POSTS = """
    SELECT p.id AS post_id, platform, native_id, p.account_id,
           CASE WHEN chat_id NOT IN (SELECT chat_id FROM hidden_chats) THEN chat_id END AS chat_id, kind,
           CASE WHEN p.id NOT IN (SELECT post_id FROM hidden_originals) THEN text END AS text,
           at_us, at_precision, at_zone_known, country, language,
           CASE WHEN reply_to NOT IN (SELECT post_id FROM hidden_posts)
                     AND regexp_extract(reply_to, '^(.+)/[^/]*$', 1) NOT IN (SELECT account_id FROM hidden_accounts)
                THEN reply_to END AS reply_to,
           url, CASE WHEN p.id NOT IN (SELECT post_id FROM hidden_originals) THEN media END AS media,
           CASE WHEN p.id NOT IN (SELECT post_id FROM hidden_originals) THEN links END AS links,
           CASE WHEN p.id NOT IN (SELECT post_id FROM hidden_originals) THEN media_digests END AS media_digests,
           CASE WHEN p.id NOT IN (SELECT post_id FROM hidden_originals) THEN sound_id END AS sound_id,
           CASE WHEN p.id NOT IN (SELECT post_id FROM hidden_originals) THEN contact_name END AS contact_name,
           CASE WHEN p.id NOT IN (SELECT post_id FROM hidden_originals) THEN contact_phone END AS contact_phone,
           coalesce(v.stance, p.stance) AS stance, v.said_by AS stance_by,
           CASE WHEN p.id NOT IN (SELECT post_id FROM hidden_originals) THEN r.signals END AS signals,
           status, s.sha256 AS source_sha256, line
    FROM current_post p LEFT JOIN stances v ON v.id = p.id LEFT JOIN origin s USING (source_id)
    LEFT JOIN (SELECT * FROM read_stances WHERE record_type = 'post') r ON r.record_id = p.id
    WHERE p.id NOT IN (SELECT post_id FROM hidden_posts)
"""

#: Passing on what is not shown is not shown either: even the bare id of a post leads to who wrote it.
_REPOSTS = """
    SELECT r.account_id, content_id, object_id, kind, at_us, at_precision, at_zone_known, object_account_id,
           object_name, s.sha256 AS source_sha256, line
    FROM (SELECT * FROM told_repost ANTI JOIN repeated_reposts USING (account_id, content_id, object_id)
          UNION ALL BY NAME SELECT * FROM repeated_reposts) r
    LEFT JOIN origin s USING (source_id)
    WHERE content_id NOT IN (SELECT post_id FROM hidden_posts) AND object_id NOT IN (SELECT post_id FROM hidden_posts)
          AND r.account_id NOT IN (SELECT account_id FROM hidden_accounts)
          AND coalesce(object_account_id NOT IN (SELECT account_id FROM hidden_accounts), true)
"""

#: One passing on that several sources tell, or one with another time zone, is one: twice would look like a habit.
#: The finest time counts, then the later load; one that is a quote for anybody is a quote.
_REPEATED_REPOSTS = """
    WITH several AS (
        SELECT account_id, content_id, object_id FROM told_repost GROUP BY account_id, content_id, object_id
        HAVING count(*) > 1
    ),
    seen AS (
        SELECT digest, max(load_id) AS load_id FROM sighting
        WHERE digest IN (SELECT digest FROM told_repost SEMI JOIN several USING (account_id, content_id, object_id))
        GROUP BY digest
    ),
    versions AS (
        SELECT r.*, row_number() OVER (
                   ORDER BY kind = 'quote', list_position(['day', 'minute', 'second'], at_precision) NULLS FIRST,
                            at_zone_known NULLS FIRST, load_id, line, digest) AS ord
        FROM told_repost r SEMI JOIN several USING (account_id, content_id, object_id) JOIN seen USING (digest)
    )
    SELECT account_id, content_id, object_id, arg_max(kind, ord) AS kind,
           arg_max(at_us, ord) FILTER (at_us IS NOT NULL) AS at_us,
           arg_max(at_precision, ord) FILTER (at_us IS NOT NULL) AS at_precision,
           arg_max(at_zone_known, ord) FILTER (at_us IS NOT NULL) AS at_zone_known,
           arg_max(object_account_id, ord) FILTER (object_account_id IS NOT NULL) AS object_account_id,
           arg_max(object_name, ord) FILTER (object_name IS NOT NULL) AS object_name,
           arg_max(source_id, ord) AS source_id, arg_max(line, ord) AS line
    FROM versions GROUP BY account_id, content_id, object_id
"""

_HIDDEN_POSTS = f"""
    SELECT p.id AS post_id FROM current_post p
    WHERE account_id IN (SELECT account_id FROM hidden_accounts)
          OR (NOT (SELECT include_collector FROM selection)
              AND chat_id IN (SELECT id FROM current_chat WHERE kind IN {PRIVATE_CHATS}))
"""

#: Posts that are shown and whose whole text is that of somebody who is not.
_HIDDEN_ORIGINALS = """
    SELECT DISTINCT content_id AS post_id FROM told_repost JOIN current_post p ON p.id = content_id
    WHERE p.kind = 'repost' AND (object_id IN (SELECT post_id FROM hidden_posts)
                                 OR object_account_id IN (SELECT account_id FROM hidden_accounts))
"""

#: A channel speaks under its own id: where the account is hidden, so is the chat.
_HIDDEN_CHATS = f"""
    SELECT id AS chat_id FROM current_chat
    WHERE (kind IN {PRIVATE_CHATS} AND NOT (SELECT include_collector FROM selection))
          OR (kind = 'channel' AND id IN (SELECT account_id FROM hidden_accounts))
"""

_HIDDEN_ACCOUNTS = """
    SELECT account_id FROM set_aside WHERE NOT (SELECT include_set_aside FROM selection)
    UNION
    SELECT id FROM current_account WHERE (collector OR private) AND NOT (SELECT include_collector FROM selection)
"""

#: Posts of which sources say several things: whose a text is, and whether it is another's, is what counts now.
_REVISED_POSTS = """
    SELECT id, account_id, kind FROM merged_post
"""

_LOCATED_MENTIONS = """
    SELECT record_type, record_id, coalesce(r.account_id, m.account_id) AS account_id,
           CASE WHEN r.kind = 'repost' OR p.kind = 'repost' THEN 'reposted' ELSE place END AS place, m.kind,
           coalesce(m.value, d.value) AS value, candidates, as_written,
           start, stop, concat_ws('; ', rule, d.reason) AS rule, v.stance, digest, p.at_us,
           coalesce(p.source_id, a.source_id, c.source_id) AS source_id, coalesce(p.line, a.line, c.line) AS line
    FROM told_mention m
    LEFT JOIN (SELECT digest, source_id, line, at_us, kind FROM post) p USING (digest)
    LEFT JOIN (SELECT digest, source_id, line, private FROM account) a USING (digest)
    LEFT JOIN (SELECT digest, source_id, line FROM chat) c USING (digest)
    LEFT JOIN revised_posts r ON r.id = m.record_id AND m.record_type = 'post'
    LEFT JOIN stances v ON v.id = m.record_id
    LEFT JOIN decided_numbers d USING (digest, start)
    WHERE m.run_id = (SELECT extract_run FROM selection)
          AND (NOT coalesce(a.private, false) OR (SELECT include_collector FROM selection))
          AND (m.account_id IS NULL OR m.account_id NOT IN (SELECT account_id FROM hidden_accounts))
          AND m.record_id NOT IN (SELECT post_id FROM hidden_posts)
          AND NOT (m.record_type = 'post' AND m.record_id IN (SELECT post_id FROM hidden_originals))
          AND NOT (m.record_type = 'chat' AND m.record_id IN (SELECT chat_id FROM hidden_chats))
"""

#: A numeric id with its handles over time: one id under two handles is one account, one handle under two ids is two.
_ALIASES = """
    SELECT id AS account_id, handle, min(seen_us) AS first_us, max(seen_us) AS last_us,
           arg_min(s.sha256, coalesce(seen_us, 0)) AS source_sha256
    FROM told_account JOIN (SELECT digest, seen_us FROM sighting) USING (digest) LEFT JOIN origin s USING (source_id)
    WHERE handle IS NOT NULL AND native_id IS NOT NULL AND id NOT IN (SELECT account_id FROM hidden_accounts)
    GROUP BY id, handle
"""

#: Whom a name that somebody mentions is the name of: an account holds its own, a channel also the way into itself.
_OWN_NAMES = """
    WITH named AS (
        SELECT id AS account_id, platform, lower(ltrim(trim(handle), '@')) AS name FROM current_account
        WHERE handle IS NOT NULL AND id NOT IN (SELECT account_id FROM hidden_accounts)
        UNION
        SELECT id, platform, lower(ltrim(trim(handle), '@')) FROM current_chat
        WHERE handle IS NOT NULL AND kind = 'channel' AND id NOT IN (SELECT chat_id FROM hidden_chats)
    ),
    own AS (
        SELECT account_id, CASE WHEN platform = 'telegram' THEN 'invite' ELSE 'handle' END AS kind,
               CASE WHEN platform = 'telegram' THEN 't.me/' ELSE platform || ':' END || name AS value FROM named
        UNION ALL
        SELECT record_id, m.kind, value FROM located_mentions m JOIN current_chat c ON c.id = record_id
        WHERE record_type = 'chat' AND c.kind = 'channel'
    )
    SELECT account_id, kind, value, account_id AS record_id, NULL::BIGINT AS at_us FROM own
    SEMI JOIN (SELECT kind, value FROM located_mentions WHERE record_type <> 'chat' AND kind IN ('handle', 'invite')) m
    USING (kind, value)
"""

_HOLDING = f"""
    SELECT account_id, kind, value, record_id, at_us FROM located_mentions
    WHERE account_id IS NOT NULL AND value IS NOT NULL AND place IN {HELD_PLACES}
          AND (stance IS NULL OR stance NOT IN {OTHERS_STANCES})
    UNION ALL FROM own_names
"""

_LINKS = """
    SELECT account_a, account_b, kind, weight, strength, pairs, via, evidence, first_us, last_us FROM link
    WHERE run_id = (SELECT links_run FROM selection)
          AND account_a NOT IN (SELECT account_id FROM hidden_accounts)
          AND account_b NOT IN (SELECT account_id FROM hidden_accounts)
          AND (account_a, account_b, kind) NOT IN (FROM hidden_links)
"""

#: A run that had the collector may join two others by what stands in a private chat.
_HIDDEN_LINKS = """
    SELECT DISTINCT account_a, account_b, kind FROM (
        SELECT account_a, account_b, kind, unnest(evidence) AS post_id FROM link
        WHERE run_id = (SELECT links_run FROM selection) AND NOT (SELECT include_collector FROM selection)
              AND (SELECT parameters LIKE '%"include_collector": true%' FROM run
                   WHERE run_id = (SELECT links_run FROM selection))
    ) SEMI JOIN hidden_posts USING (post_id)
"""

#: Clusters that lost a member or a link to what must not be shown, since they were found or because of who reads.
_TOUCHED_CLUSTERS = """
    SELECT DISTINCT cluster_id FROM membership
    WHERE run_id = (SELECT clusters_run FROM selection)
          AND (account_id IN (SELECT account_id FROM hidden_accounts)
               OR account_id IN (SELECT account_a FROM hidden_links UNION ALL SELECT account_b FROM hidden_links))
"""

#: What still joins the members of those clusters, weighed as the clusters' run did (``graph.linked_accounts``).
_REMAINING_PAIRS = """
    WITH weighing AS (SELECT parameters FROM run WHERE run_id = (SELECT clusters_run FROM selection)),
    member AS (SELECT cluster_id, account_id FROM membership SEMI JOIN touched_clusters USING (cluster_id)
               WHERE run_id = (SELECT clusters_run FROM selection))
    SELECT a.cluster_id, account_a, account_b,
           sum(round(strength * coalesce(CAST(parameters -> ('$.kind_weights.' || kind) AS DOUBLE), 1) * 1e6))
               AS millionths
    FROM links JOIN member a ON a.account_id = account_a
    JOIN member b ON b.account_id = account_b AND b.cluster_id = a.cluster_id CROSS JOIN weighing
    GROUP BY a.cluster_id, account_a, account_b
    HAVING millionths >= greatest(1, round(any_value(CAST(parameters -> '$.min_strength' AS DOUBLE)) * 1e6))
"""

_MEMBERSHIPS = """
    SELECT cluster_id, account_id, role, rank, score FROM membership
    WHERE run_id = (SELECT clusters_run FROM selection)
          AND account_id NOT IN (SELECT account_id FROM hidden_accounts)
          AND (cluster_id NOT IN (SELECT cluster_id FROM touched_clusters)
               OR account_id IN (SELECT account_a FROM remaining_pairs UNION ALL SELECT account_b FROM remaining_pairs))
"""

#: What a source asserts of two accounts: not whom the collector knows, nor what they say themselves.
_RELATIONS = """
    SELECT subject_id, object_id, kind, asserted_by, min(name) AS name, min(at_us) AS at_us
    FROM told_relation
    WHERE (NOT private OR (SELECT include_collector FROM selection))
          AND subject_id NOT IN (SELECT account_id FROM hidden_accounts)
          AND object_id NOT IN (SELECT account_id FROM hidden_accounts)
          AND coalesce(asserted_by NOT IN (SELECT account_id FROM hidden_accounts), true)
    GROUP BY subject_id, object_id, kind, asserted_by
"""

_CHATS = """
    SELECT id AS chat_id, platform, native_id, kind, title, handle, invite, s.sha256 AS source_sha256, line
    FROM current_chat LEFT JOIN origin s USING (source_id)
    WHERE id NOT IN (SELECT chat_id FROM hidden_chats)
"""

_MENTIONS = """
    SELECT record_type, record_id, account_id, place, kind, value, candidates, as_written, start, stop, rule, stance,
           s.sha256 AS source_sha256, line
    FROM located_mentions LEFT JOIN origin s USING (source_id)
"""

_HOLDS = """
    SELECT account_id, kind, value, min(at_us) AS first_us, max(at_us) AS last_us,
           list_sort(list_distinct(list(record_id))) AS evidence
    FROM holding GROUP BY account_id, kind, value
"""

_LEFT_OUT = """
    SELECT kind, value, holders, reason FROM left_out_value WHERE run_id = (SELECT links_run FROM selection)
          AND value IN (SELECT value FROM holding)
"""

_CLUSTERS = """
    WITH remaining AS (
        SELECT cluster_id, count(*) AS links, sum(millionths) / 1e6 AS strength FROM remaining_pairs GROUP BY cluster_id
    )
    SELECT cluster_id, count(*) AS size, coalesce(any_value(r.links), any_value(c.links)) AS links,
           coalesce(any_value(r.strength), any_value(c.strength)) AS strength
    FROM memberships JOIN (SELECT * FROM cluster WHERE run_id = (SELECT clusters_run FROM selection)) c
    USING (cluster_id) LEFT JOIN remaining r USING (cluster_id) GROUP BY cluster_id
"""

#: (name, kind, SQL), each built on those above it. Tables are small or asked for often; views cost only when used.
_SHAPES: tuple[tuple[str, str, str], ...] = (
    ("alias", "TABLE", ALIAS),
    *told(aliases=True),
    *(shape for table in VERSIONED for shape in current(table)),
    ("origin", "VIEW", "SELECT source_id, sha256 FROM source"),
    ("judged", "TABLE", _JUDGED),
    *STANCE_SHAPES,
    ("hidden_accounts", "TABLE", _HIDDEN_ACCOUNTS),
    ("hidden_posts", "TABLE", _HIDDEN_POSTS),
    ("hidden_originals", "TABLE", _HIDDEN_ORIGINALS),
    ("hidden_chats", "TABLE", _HIDDEN_CHATS),
    ("hidden_links", "TABLE", _HIDDEN_LINKS),
    ("repeated_reposts", "TABLE", _REPEATED_REPOSTS),
    ("revised_posts", "VIEW", _REVISED_POSTS),
    ("posts", "VIEW", _POSTS),
    ("reposts", "VIEW", _REPOSTS),
    ("activity", "TABLE", _ACTIVITY),
    ("accounts", "TABLE", _ACCOUNTS),
    ("aliases", "VIEW", _ALIASES),
    ("chats", "VIEW", _CHATS),
    ("relations", "VIEW", _RELATIONS),
    ("sources", "VIEW", "SELECT source_id, sha256, name, size, format, region, timezone, platform FROM source"),
    ("decided_numbers", "TABLE", DECIDED_NUMBERS),
    ("located_mentions", "VIEW", _LOCATED_MENTIONS),
    ("mentions", "VIEW", _MENTIONS),
    ("own_names", "VIEW", _OWN_NAMES),
    ("holding", "VIEW", _HOLDING),
    ("holds", "VIEW", _HOLDS),
    ("links", "VIEW", _LINKS),
    ("left_out", "VIEW", _LEFT_OUT),
    ("touched_clusters", "TABLE", _TOUCHED_CLUSTERS),
    ("remaining_pairs", "TABLE", _REMAINING_PAIRS),
    ("memberships", "VIEW", _MEMBERSHIPS),
    ("clusters", "VIEW", _CLUSTERS),
    ("undecided", "VIEW", UNDECIDED),
    ("texts_read", "VIEW", TEXTS_READ),
)


def install(connection: duckdb.DuckDBPyConnection, selection: Selection, needed: Collection[str] | None = None) -> None:
    """Make the views on this connection, temporary; nothing is written to the case.

    ``needed`` names the only ones that will be read; they are made, and those that they are built on.
    """
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE selection (extract_run INTEGER, links_run INTEGER, clusters_run INTEGER, "
        "include_set_aside BOOLEAN, include_collector BOOLEAN)"
    )
    connection.execute(
        "INSERT INTO selection VALUES (?, ?, ?, ?, ?)",
        [
            selection.extract_run,
            selection.links_run,
            selection.clusters_run,
            selection.include_set_aside,
            selection.include_collector,
        ],
    )
    made = None if needed is None else _built_on(needed)
    plain: dict[str, str] = {}
    for name, kind, sql in _SHAPES:
        if made is None or name in made:
            connection.execute(f"CREATE OR REPLACE TEMP {kind} {name} AS {plain.get(name, sql)}")
        if name == "alias" and (made is None or name in made) and not count(connection, "SELECT count(*) FROM alias"):
            plain = {name: sql for name, _, sql in told(aliases=False)}  # nearly every case: no join a row


def _built_on(needed: Collection[str]) -> set[str]:
    """Return the names of the views and of those above them that stand in their SQL, and in theirs."""
    found = set(needed)
    names = [name for name, _, _ in _SHAPES]
    for at, (name, _, sql) in reversed(list(enumerate(_SHAPES))):
        if name in found:
            found.update(set(names[:at]).intersection(_WORD.findall(sql)))
    return found
