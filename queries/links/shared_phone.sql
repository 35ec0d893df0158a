-- title: Accounts that hold one phone number
-- why: A number in two bios, adverts or contact cards is one pair of hands, or one hand. The fewer hold it, the more it says.
-- parameters:
--   max_holders: a number held by more accounts than this links nobody; it is headlined instead
--   kinds = ["phone"]: the kinds of mention that it looks at
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
WITH stands AS (
    SELECT account_id, value, min(at_us) AS first_us, max(at_us) AS last_us, array_agg(DISTINCT record_id) AS records
    FROM holding
    WHERE array_contains($kinds, kind)
    GROUP BY account_id, value
),
-- Numbers instead of ids, in the same order: pairs of them are compared and grouped in a fraction of the time.
holder AS (
    SELECT account_id, row_number() OVER (ORDER BY account_id) AS number
    FROM (SELECT DISTINCT account_id FROM stands) accounts
),
held AS (
    SELECT h.number AS number, s.value AS value, s.first_us AS first_us, s.last_us AS last_us, s.records AS records
    FROM stands s
    JOIN holder h ON h.account_id = s.account_id
),
counted AS (
    SELECT value, count(*) AS holders, array_agg(DISTINCT value) AS via
    FROM held
    GROUP BY value
),
linking AS (
    SELECT c.value AS value, c.via AS via, CAST(round(1000000 / CAST(c.holders - 1 AS DOUBLE)) AS BIGINT) AS millionths
    FROM counted c
    LEFT JOIN help_lines h ON h.value = c.value
    WHERE c.holders >= 2 AND c.holders <= $max_holders AND h.value IS NULL
),
shared AS (
    SELECT a.number AS number_a, b.number AS number_b, l.millionths AS millionths, l.via AS via,
           concat(a.records, b.records) AS records,
           least(a.first_us, b.first_us) AS first_us, greatest(a.last_us, b.last_us) AS last_us
    FROM linking l
    JOIN held a ON a.value = l.value
    JOIN held b ON b.value = l.value
    WHERE a.number < b.number
),
-- Most pairs share one number: nothing of theirs is to be summed, so their lists need not be gathered. A record is one
-- account's, so it stands twice only behind a pair that shares several numbers.
again AS (
    SELECT number_a, number_b
    FROM shared
    GROUP BY number_a, number_b
    HAVING count(*) > 1
),
summed AS (
    SELECT s.number_a AS number_a, s.number_b AS number_b, s.millionths AS millionths, 1 AS pairs, s.via AS via,
           s.records AS records, s.first_us AS first_us, s.last_us AS last_us
    FROM shared s
    LEFT JOIN again t ON t.number_a = s.number_a AND t.number_b = s.number_b
    WHERE t.number_a IS NULL
    UNION ALL
    SELECT s.number_a AS number_a, s.number_b AS number_b, sum(s.millionths) AS millionths, count(*) AS pairs,
           flatten(array_agg(s.via)) AS via, array_distinct(flatten(array_agg(s.records))) AS records,
           min(s.first_us) AS first_us, max(s.last_us) AS last_us
    FROM shared s
    JOIN again t ON t.number_a = s.number_a AND t.number_b = s.number_b
    GROUP BY s.number_a, s.number_b
)
SELECT a.account_id AS account_a, b.account_id AS account_b, CAST(s.millionths AS DOUBLE) / 1000000 AS weight,
       CAST(s.millionths AS DOUBLE) / 1000000 AS strength, s.pairs AS pairs, array_sort(s.via) AS via,
       array_sort(s.records) AS evidence, s.first_us AS first_us, s.last_us AS last_us
FROM summed s
JOIN holder a ON a.number = s.number_a
JOIN holder b ON b.number = s.number_b
