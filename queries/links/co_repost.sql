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
    SELECT account_id
    FROM sharing
    GROUP BY account_id
    HAVING count(*) >= $min_participation
),
shares AS (
    SELECT s.share_id, s.account_id, s.content_id, s.object_id, s.at_us,
           CAST(floor(s.at_us / (CAST($window AS DOUBLE) * 1000000)) AS BIGINT) AS bucket
    FROM sharing s
    JOIN active a ON a.account_id = s.account_id
    WHERE s.precision_seconds <= $window AND s.at_us IS NOT NULL
),
later AS (
    SELECT share_id, account_id, content_id, object_id, at_us, bucket FROM shares
    UNION ALL
    SELECT share_id, account_id, content_id, object_id, at_us, bucket - 1 AS bucket FROM shares
),
near AS (
    SELECT a.share_id AS share_1, a.account_id AS account_1, a.content_id AS content_1, a.at_us AS at_1,
           b.share_id AS share_2, b.account_id AS account_2, b.content_id AS content_2, b.at_us AS at_2,
           a.object_id AS object_id
    FROM shares a
    JOIN later b ON b.object_id = a.object_id AND b.bucket = a.bucket
    WHERE (a.at_us < b.at_us OR (a.at_us = b.at_us AND a.share_id < b.share_id))
          AND b.at_us - a.at_us <= CAST($window AS BIGINT) * 1000000
          AND a.account_id <> b.account_id
          AND a.content_id <> b.content_id
          AND a.object_id <> a.content_id
          AND b.object_id <> b.content_id
),
involved AS (
    SELECT content_1 AS content_id FROM near
    UNION
    SELECT content_2 AS content_id FROM near
),
steady AS (
    SELECT s.account_id
    FROM sharing s
    JOIN active a ON a.account_id = s.account_id
    JOIN involved i ON i.content_id = s.content_id
    GROUP BY s.account_id
    HAVING count(*) >= $min_participation
),
kept AS (
    SELECT n.*
    FROM near n
    LEFT JOIN steady s1 ON s1.account_id = n.account_1
    LEFT JOIN steady s2 ON s2.account_id = n.account_2
    WHERE s1.account_id IS NOT NULL OR s2.account_id IS NOT NULL
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
    SELECT least(k.account_1, k.account_2) AS account_a, greatest(k.account_1, k.account_2) AS account_b, k.object_id,
           k.content_1, k.content_2, k.at_1, k.at_2,
           CAST(round(1000000 / CAST(greatest(m1.others, m2.others) AS DOUBLE)) AS BIGINT) AS millionths
    FROM kept k
    JOIN met m1 ON m1.share_id = k.share_1
    JOIN met m2 ON m2.share_id = k.share_2
),
summed AS (
    SELECT account_a, account_b, count(*) AS pairs,
           round(CAST(sum(millionths) AS DOUBLE) / 1000000
                 * (CAST(count(DISTINCT object_id) - 1 AS DOUBLE) / CAST(count(DISTINCT object_id) AS DOUBLE)), 6)
           AS strength,
           array_sort(array_agg(DISTINCT object_id)) AS via, min(at_1) AS first_us, max(at_2) AS last_us
    FROM weighed
    GROUP BY account_a, account_b
),
evidenced AS (
    SELECT account_a, account_b, array_sort(array_agg(DISTINCT content_id)) AS evidence
    FROM (
        SELECT account_a, account_b, content_1 AS content_id FROM weighed
        UNION ALL
        SELECT account_a, account_b, content_2 AS content_id FROM weighed
    ) contents
    GROUP BY account_a, account_b
)
SELECT s.account_a AS account_a, s.account_b AS account_b, CAST(s.pairs AS DOUBLE) AS weight, s.strength AS strength,
       s.pairs AS pairs, s.via AS via, e.evidence AS evidence, s.first_us AS first_us, s.last_us AS last_us
FROM summed s
JOIN evidenced e ON e.account_a = s.account_a AND e.account_b = s.account_b
