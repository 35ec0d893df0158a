-- title: Accounts that pass the same objects on within seconds of each other
-- why: Once is chance; again and again is one hand or one plan. The counting is CooRTweet 2's detect_groups (Righetti and Balluff 2023), so its users find their figures again.
-- parameters:
--   window: two shares of one object at most this many seconds apart make a pair
--   min_participation: how often an account must share, in all and again with contents that stand in a pair
-- returns:
--   account_a: the smaller account id
--   account_b: the larger account id
--   weight: how many pairs of shares the two have, as CooRTweet counts
--   strength: each pair adds 1 / (accounts met by the busier of its two shares), so that a rush counts for little; the sum is taken (objects - 1) / objects times, so that one object alone is chance and counts nothing
--   pairs: the same as weight, as a whole number
--   via: the objects
--   evidence: ids of the contents that passed them on
--   first_us: the earliest share, microseconds since 1970 UTC
--   last_us: the latest
WITH active AS (
    SELECT account_id, min(share_id) AS number
    FROM sharing
    GROUP BY account_id
    HAVING count(*) >= $min_participation
),
-- A share's number stands for its account and its object, the first of each: pairs of numbers are compared and grouped
-- in a fraction of the time that ids take. Shares are numbered in the order of their account's id.
objects AS (
    SELECT object_id, min(share_id) AS number
    FROM sharing
    GROUP BY object_id
    HAVING count(*) >= 2
),
shares AS (
    SELECT s.share_id AS share_id, a.number AS account, o.number AS object, s.content_id AS content_id,
           s.at_us AS at_us, CAST(floor(s.at_us / (CAST($window AS DOUBLE) * 1000000)) AS BIGINT) AS bucket
    FROM sharing s
    JOIN active a ON a.account_id = s.account_id
    JOIN objects o ON o.object_id = s.object_id
    WHERE s.precision_seconds <= $window AND s.at_us IS NOT NULL AND s.object_id <> s.content_id
),
later AS (
    SELECT share_id, account, object, content_id, at_us, bucket FROM shares
    UNION ALL
    SELECT share_id, account, object, content_id, at_us, bucket - 1 AS bucket FROM shares
),
near AS (
    SELECT a.share_id AS share_1, a.account AS account_1, a.at_us AS at_1,
           b.share_id AS share_2, b.account AS account_2, b.at_us AS at_2, a.object AS object
    FROM shares a
    JOIN later b ON b.object = a.object AND b.bucket = a.bucket
    WHERE (a.at_us < b.at_us OR (a.at_us = b.at_us AND a.share_id < b.share_id))
          AND b.at_us - a.at_us <= CAST($window AS BIGINT) * 1000000
          AND a.account <> b.account
          AND a.content_id <> b.content_id
),
involved AS (
    SELECT DISTINCT s.content_id
    FROM shares s
    JOIN (SELECT share_1 AS share_id FROM near UNION SELECT share_2 AS share_id FROM near) n ON n.share_id = s.share_id
),
steady AS (
    SELECT a.number AS account
    FROM sharing s
    JOIN active a ON a.account_id = s.account_id
    JOIN involved i ON i.content_id = s.content_id
    GROUP BY a.number
    HAVING count(*) >= $min_participation
),
kept AS (
    SELECT n.*
    FROM near n
    LEFT JOIN steady s1 ON s1.account = n.account_1
    LEFT JOIN steady s2 ON s2.account = n.account_2
    WHERE s1.account IS NOT NULL OR s2.account IS NOT NULL
),
met AS (
    SELECT share_id, count(DISTINCT other) AS others
    FROM (
        SELECT share_1 AS share_id, account_2 AS other FROM kept
        UNION ALL
        SELECT share_2 AS share_id, account_1 AS other FROM kept
    ) ends
    GROUP BY share_id
),
weighed AS (
    SELECT least(k.account_1, k.account_2) AS number_a, greatest(k.account_1, k.account_2) AS number_b, k.object,
           k.share_1, k.share_2, k.at_1, k.at_2,
           CAST(round(1000000 / CAST(greatest(m1.others, m2.others) AS DOUBLE)) AS BIGINT) AS millionths
    FROM kept k
    JOIN met m1 ON m1.share_id = k.share_1
    JOIN met m2 ON m2.share_id = k.share_2
),
by_object AS (
    SELECT number_a, number_b, object, count(*) AS pairs, sum(millionths) AS millionths,
           min(at_1) AS first_us, max(at_2) AS last_us
    FROM weighed
    GROUP BY number_a, number_b, object
),
summed AS (
    SELECT w.number_a AS number_a, w.number_b AS number_b, CAST(sum(w.pairs) AS BIGINT) AS pairs,
           round(CAST(sum(w.millionths) AS DOUBLE) / 1000000
                 * (CAST(count(*) - 1 AS DOUBLE) / CAST(count(*) AS DOUBLE)), 6) AS strength,
           array_sort(array_agg(o.object_id)) AS via, min(w.first_us) AS first_us, max(w.last_us) AS last_us
    FROM by_object w
    JOIN objects o ON o.number = w.object
    GROUP BY w.number_a, w.number_b
),
evidenced AS (
    SELECT number_a, number_b, array_sort(array_agg(content_id)) AS evidence
    FROM (
        SELECT w.number_a, w.number_b, s.content_id FROM weighed w JOIN shares s ON s.share_id = w.share_1
        UNION
        SELECT w.number_a, w.number_b, s.content_id FROM weighed w JOIN shares s ON s.share_id = w.share_2
    ) contents
    GROUP BY number_a, number_b
)
SELECT a.account_id AS account_a, b.account_id AS account_b, CAST(s.pairs AS DOUBLE) AS weight, s.strength AS strength,
       s.pairs AS pairs, s.via AS via, e.evidence AS evidence, s.first_us AS first_us, s.last_us AS last_us
FROM summed s
JOIN evidenced e ON e.number_a = s.number_a AND e.number_b = s.number_b
JOIN active a ON a.number = s.number_a
JOIN active b ON b.number = s.number_b
