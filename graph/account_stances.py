"""Who offers, asks or informs, and who is set aside therefore, as views of a case.

Of a post an analyst's judgement counts, else what its source says of it, else what the rules read in its text. Of an
account all its own texts count together: one advert with its own contact, or two adverts, make it one that offers. Who
asks or informs and offers nothing is set aside, unless a text of theirs may be an advert that the rules did not
understand: whom rules are unsure of stays in.
"""

from __future__ import annotations

#: Places in which a number is its author's own; in their posts only while the post is no ask, information, quotation.
HELD_PLACES = ("bio", "sender", "post", "reply", "contact_card", "link", "profile_link")
#: Chats of the person who exported with one other, or with none: what stands there is in no output unless asked for.
PRIVATE_CHATS = ("personal", "bot", "saved")
#: Below this the rules are unsure of a stance.
SURE = 0.7
#: What only sellers say: a text with any of it may be an advert.
_SELLING = (
    "child_discount", "child_free", "group_discount", "false_documents", "payment_on_arrival", "guarantee",
    "contact_me",
)  # fmt: skip

#: What the rules read in the texts that count now: of posts and bios with several versions, in the latest text.
_READ_STANCES = """
    WITH told AS (
        SELECT * FROM told_text_stance
        WHERE run_id = (SELECT extract_run FROM selection) AND place <> 'reposted'
    ),
    latest AS (
        SELECT * FROM told
        WHERE record_id NOT IN (SELECT id FROM several_post) AND record_id NOT IN (SELECT id FROM several_account)
        UNION ALL BY NAME
        SELECT t.* FROM told t JOIN post v USING (digest) JOIN merged_post m ON m.id = t.record_id AND m.text = v.text
        WHERE record_type = 'post'
        UNION ALL BY NAME
        SELECT t.* FROM told t JOIN account v USING (digest)
        JOIN merged_account m ON m.id = t.record_id AND m.bio = v.bio
        WHERE record_type = 'account'
    )
    SELECT record_type, record_id, any_value(account_id) AS account_id, min(stance) AS stance, min(score) AS score,
           bool_or(recommends) AS recommends, min(signals) AS signals, min(because) AS because, min(places) AS places,
           min(prices) AS prices
    FROM latest GROUP BY record_type, record_id
"""

_POST_STANCES = f"""
    SELECT p.id, coalesce(j.value, p.stance, nullif(r.stance, 'other')) AS stance,
           CASE WHEN j.value IS NOT NULL THEN 'a judgement' WHEN p.stance IS NOT NULL THEN 'its source'
                ELSE 'rules' END AS said_by,
           j.value IS NOT NULL OR p.stance IS NOT NULL OR r.score >= {SURE} AS sure,
           j.value IS NULL AND p.stance IS NULL AND coalesce(r.recommends, false) AS recommends
    FROM current_post p LEFT JOIN (SELECT subject, value FROM judged WHERE kind = 'stance') j ON j.subject = p.id
    LEFT JOIN (SELECT * FROM read_stances WHERE record_type = 'post') r ON r.record_id = p.id
    WHERE coalesce(j.value, p.stance, nullif(r.stance, 'other')) IS NOT NULL
"""

#: Whom no text with a stance is known of is not looked at for who asks or informs: nearly everybody.
_REVIEWED = """
    SELECT DISTINCT account_id FROM current_post SEMI JOIN stances USING (id) WHERE account_id IS NOT NULL
    UNION
    SELECT record_id FROM read_stances WHERE record_type = 'account' AND stance <> 'other'
"""

#: The texts of those accounts; ``perhaps``: the rules see no stance, and it may be an advert all the same. A bio in
#: which they see nothing, such as a bare number, is none: who asks may give theirs.
_OWN_TEXTS = f"""
    WITH texts AS (
        SELECT 'post' AS record_type, id AS record_id, account_id
        FROM current_post SEMI JOIN reviewed USING (account_id)
        WHERE kind <> 'repost' AND (coalesce(trim(text), '') <> '' OR contact_phone IS NOT NULL)
              AND ((SELECT include_collector FROM selection) OR coalesce(chat_id NOT IN
                   (SELECT id FROM current_chat WHERE kind IN {PRIVATE_CHATS}), true))
        UNION ALL
        SELECT 'account', record_id, record_id FROM read_stances
        WHERE record_type = 'account' AND record_id IN (FROM reviewed)
    ),
    told AS (
        SELECT 'post' AS record_type, id AS record_id, stance, sure, recommends FROM stances
        UNION ALL
        SELECT record_type, record_id, stance, score >= {SURE}, recommends FROM read_stances
        WHERE record_type = 'account' AND stance <> 'other'
    ),
    reachable AS (
        SELECT DISTINCT record_type, record_id FROM told_mention SEMI JOIN reviewed USING (account_id)
        WHERE run_id = (SELECT extract_run FROM selection) AND kind <> 'url' AND place IN {HELD_PLACES}
    )
    SELECT t.account_id, record_id, s.stance, coalesce(s.sure, false) AS sure,
           coalesce(s.recommends, false) AS recommends, c.record_id IS NOT NULL AS has_contact,
           s.stance IS NULL AND (c.record_id IS NOT NULL OR (SELECT extract_run FROM selection) IS NULL
                                 OR coalesce(list_has_any(r.signals, {list(_SELLING)}), false)) AS perhaps,
           r.because
    FROM texts t LEFT JOIN told s USING (record_type, record_id) LEFT JOIN reachable c USING (record_type, record_id)
    LEFT JOIN read_stances r USING (record_type, record_id)
"""

_ACCOUNT_STANCES = """
    WITH counted AS (
        SELECT account_id, count(*) AS texts, count(*) FILTER (stance = 'offer') AS offers,
               count(*) FILTER (stance = 'offer' AND has_contact AND NOT recommends) AS own_offers,
               count(*) FILTER (stance = 'ask') AS asks,
               count(*) FILTER (stance IN ('information', 'quotation')) AS informs,
               count(*) FILTER (perhaps) AS perhaps,
               count(*) FILTER (sure AND stance IN ('ask', 'information', 'quotation')) AS sure,
               arg_min(because, record_id) FILTER (sure AND stance IN ('ask', 'information', 'quotation')) AS words
        FROM own_texts GROUP BY account_id
    )
    SELECT account_id,
           CASE WHEN own_offers > 0 OR offers > 1 THEN 'offering'
                WHEN offers > 0 OR perhaps > 0 OR sure = 0 THEN 'unknown'
                WHEN asks > 0 THEN 'asking' ELSE 'informing' END AS stance,
           concat('of its ', texts, if(texts = 1, ' text ', ' texts '), offers, ' offer, ', asks, ' ask, ', informs,
                  ' inform') AS counts,
           array_to_string(list_slice(words, 1, 3), ', ') AS words
    FROM counted
"""

_SET_ASIDE = """
    WITH decided AS (SELECT subject AS account_id, value, note FROM judged WHERE kind = 'set_aside')
    SELECT account_id, concat(stance, ': ', counts, if(coalesce(words, '') = '', '', concat('; it says: ', words)))
           AS reason
    FROM account_stances
    WHERE stance IN ('asking', 'informing') AND account_id NOT IN (SELECT account_id FROM decided)
    UNION ALL
    SELECT account_id, concat_ws(': ', 'an analyst''s judgement', note) FROM decided WHERE value = 'yes'
"""

#: Every text that says something, with what it does and by whom that is said; nobody's who is not shown.
TEXTS_READ = """
    SELECT r.record_type, r.record_id, account_id, coalesce(s.stance, r.stance) AS stance,
           coalesce(s.said_by, 'rules') AS said_by,
           CASE WHEN coalesce(s.said_by, 'rules') = 'rules' THEN score END AS score, signals, places, prices,
           CASE WHEN coalesce(s.said_by, 'rules') = 'rules' THEN because END AS because
    FROM read_stances r LEFT JOIN stances s ON s.id = r.record_id AND r.record_type = 'post'
    WHERE coalesce(account_id NOT IN (SELECT account_id FROM hidden_accounts), true)
          AND r.record_id NOT IN (SELECT post_id FROM hidden_posts)
          AND r.record_id NOT IN (SELECT post_id FROM hidden_originals)
"""

#: (name, kind, SQL), each built on those above it, as ``graph.views`` has them.
STANCE_SHAPES: tuple[tuple[str, str, str], ...] = (
    ("read_stances", "TABLE", _READ_STANCES),
    ("stances", "TABLE", _POST_STANCES),
    ("reviewed", "TABLE", _REVIEWED),
    ("own_texts", "TABLE", _OWN_TEXTS),
    ("account_stances", "TABLE", _ACCOUNT_STANCES),
    ("set_aside", "TABLE", _SET_ASIDE),
)
