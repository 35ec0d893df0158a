// title: Who holds or names a number
// why: The shortest way from an advert to the accounts behind it. Only `holds` ties an account to the number; who
//   merely names it may ask, warn or report.
// parameters:
//   number: the phone number, with its country code
//   case = null: only what this case derived
// returns:
//   account: id of the account; absent where the author of a post is unknown
//   handle: its unique name
//   holds: whether the number is its own
//   mentions: how many texts of its have the number
//   places: where it stands: bio, post, contact_card, …
//   stances: what those texts are, where somebody reviewed them: offer, ask, information, quotation
//   first_seen: time of the earliest of those posts
//   last_seen: time of the latest
//   texts: ids of the posts and accounts that have it, twenty at most
MATCH (phone:Phone {e164: $number})<-[mention:MENTIONS]-(text)
WHERE $case IS NULL OR mention.case = $case
OPTIONAL MATCH (author:Account)-[:POSTED]->(text)
WITH phone, CASE WHEN text:Account THEN text ELSE author END AS account, mention, text
ORDER BY mention.place, mention.stance, text.id
WITH phone, account, count(DISTINCT text) AS mentions, collect(DISTINCT mention.place) AS places,
     collect(DISTINCT mention.stance) AS stances, min(text.at) AS first_seen, max(text.at) AS last_seen,
     collect(DISTINCT text.id) AS texts
OPTIONAL MATCH (account)-[hold:HOLDS]->(phone) WHERE $case IS NULL OR hold.case = $case
WITH account, mentions, places, stances, first_seen, last_seen, texts, count(hold) > 0 AS holds
RETURN account.id AS account, account.handle AS handle, holds, mentions, places, stances, first_seen, last_seen,
       texts[..20] AS texts
ORDER BY holds DESC, mentions DESC, account
