-- title: Accounts that hold one phone number
-- why: A number in two bios, adverts or contact cards is one pair of hands, or one hand. The fewer hold it, the more it says.
-- parameters:
--   max_holders: a number held by more accounts than this links nobody; it is headlined instead
-- returns:
--   account_a: the smaller account id
--   account_b: the larger account id
--   weight: each number shared adds 1 / (holders - 1) (Newman 2001, Scientific collaboration networks II, eq. 2)
--   strength: the same as weight
--   pairs: how many numbers the two share
--   via: the numbers
--   evidence: ids of the accounts (bios) and posts in which they stand
--   first_us: the earliest of those posts, microseconds since 1970 UTC
--   last_us: the latest
WITH held AS (
    SELECT account_id, value, min(at_us) AS first_us, max(at_us) AS last_us
    FROM holding
    WHERE kind = 'phone'
    GROUP BY account_id, value
),
counted AS (
    SELECT value, count(*) AS holders
    FROM held
    GROUP BY value
),
linking AS (
    SELECT c.value AS value, CAST(round(1000000 / CAST(c.holders - 1 AS DOUBLE)) AS BIGINT) AS millionths
    FROM counted c
    LEFT JOIN help_lines h ON h.value = c.value
    WHERE c.holders >= 2 AND c.holders <= $max_holders AND h.value IS NULL
),
shared AS (
    SELECT a.account_id AS account_a, b.account_id AS account_b, l.value AS value, l.millionths AS millionths,
           least(a.first_us, b.first_us) AS first_us, greatest(a.last_us, b.last_us) AS last_us
    FROM linking l
    JOIN held a ON a.value = l.value
    JOIN held b ON b.value = l.value
    WHERE a.account_id < b.account_id
),
behind AS (
    SELECT s.account_a, s.account_b, h.record_id
    FROM shared s JOIN holding h ON h.value = s.value AND h.account_id = s.account_a
    WHERE h.kind = 'phone'
    UNION
    SELECT s.account_a, s.account_b, h.record_id
    FROM shared s JOIN holding h ON h.value = s.value AND h.account_id = s.account_b
    WHERE h.kind = 'phone'
),
evidenced AS (
    SELECT account_a, account_b, array_sort(array_agg(record_id)) AS evidence
    FROM behind
    GROUP BY account_a, account_b
),
summed AS (
    SELECT account_a, account_b, CAST(sum(millionths) AS DOUBLE) / 1000000 AS weight, count(*) AS pairs,
           array_sort(array_agg(value)) AS via, min(first_us) AS first_us, max(last_us) AS last_us
    FROM shared
    GROUP BY account_a, account_b
)
SELECT s.account_a AS account_a, s.account_b AS account_b, s.weight AS weight, s.weight AS strength, s.pairs AS pairs,
       s.via AS via, e.evidence AS evidence, s.first_us AS first_us, s.last_us AS last_us
FROM summed s
JOIN evidenced e ON e.account_a = s.account_a AND e.account_b = s.account_b
