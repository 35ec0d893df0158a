"""National numbers whose country a text does not tell: what else decides it, and what only suggests it.

Another text of the *same account* decides: where it writes one of the candidates as its own, in international form or
where its country is told, that is the number. What others write suggests at most, and never links: one digit pattern
is a number in many countries, and somebody else's is somebody else's.
"""

from __future__ import annotations

from graph.account_stances import HELD_PLACES

#: Mentions that another text of their account decides: by digest and start, the number and why.
DECIDED_NUMBERS = f"""
    WITH open AS (
        SELECT digest, start, account_id, unnest(candidates) AS value FROM told_mention
        WHERE run_id = (SELECT extract_run FROM selection) AND value IS NULL AND account_id IS NOT NULL
    ),
    own AS (
        SELECT account_id, value, min(record_id) AS record_id
        FROM (SELECT * FROM told_mention SEMI JOIN open USING (account_id))
        WHERE run_id = (SELECT extract_run FROM selection) AND kind = 'phone' AND value IS NOT NULL
              AND place IN {HELD_PLACES}
        GROUP BY account_id, value
    )
    SELECT digest, start, min(value) AS value,
           concat('decided by what the same account writes in ', min(record_id)) AS reason
    FROM open JOIN own USING (account_id, value)
    GROUP BY digest, start HAVING count(DISTINCT value) = 1
"""

#: Numbers that stay undecided, with what their account's cluster, or anybody, suggests: a candidate that others hold.
UNDECIDED = """
    WITH open AS (
        SELECT record_type, record_id, account_id, place, as_written, candidates, unnest(candidates) AS value
        FROM located_mentions WHERE value IS NULL AND account_id IS NOT NULL
    ),
    held AS (
        SELECT o.record_id, o.as_written, o.value, count(DISTINCT h.account_id) AS others,
               count(DISTINCT h.account_id) FILTER (theirs.cluster_id = mine.cluster_id) AS in_cluster
        FROM open o JOIN holding h ON h.kind = 'phone' AND h.value = o.value AND h.account_id <> o.account_id
        LEFT JOIN memberships mine ON mine.account_id = o.account_id
        LEFT JOIN memberships theirs ON theirs.account_id = h.account_id
        GROUP BY o.record_id, o.as_written, o.value
    )
    SELECT DISTINCT o.record_type, o.record_id, o.account_id, o.place, o.as_written, o.candidates,
           best.value AS suggestion,
           CASE WHEN best.in_cluster > 0 THEN concat(best.in_cluster, ' of its cluster hold it')
                WHEN best.value IS NOT NULL THEN concat(best.others, ' others hold it') END AS because
    FROM open o LEFT JOIN (
        SELECT record_id, as_written, arg_max(value, (in_cluster, others, value)) AS value,
               max(in_cluster) AS in_cluster, arg_max(others, (in_cluster, others, value)) AS others
        FROM held GROUP BY record_id, as_written
    ) best ON best.record_id = o.record_id AND best.as_written = o.as_written
"""
