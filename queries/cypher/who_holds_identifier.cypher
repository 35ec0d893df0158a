// title: Who holds or names a value of any kind
// why: The shortest way from an invite, a handle, an e-mail address or a place to pay to, to the accounts behind it.
//   Only `holds` ties an account to the value; who merely names it may ask, warn or report.
// parameters:
//   value: the value: t.me/+AbC, instagram:name, an e-mail address, paypal.me/name, btc:…, a number in E.164
//   case = null: only what this case derived
// returns:
//   kind: invite, handle, email, payment, crypto, phone or url
//   value: the value as clew has it
//   account: id of the account; absent where the author of a post is unknown, or a chat has it
//   handle: its unique name
//   holds: whether the value is its own
//   mentions: how many records have the value
//   places: where it stands: bio, post, link, profile_link, …, chat_invite; own_name where it is the account's own name
//   stances: what those texts are, where somebody reviewed them: offer, ask, information, quotation
//   first_seen: time of the earliest of those posts
//   last_seen: time of the latest
//   texts: ids of the posts, accounts and chats that have it, twenty at most
// Codes keep their capitals, by which services tell them apart; names do not.
MATCH (identifier:Identifier) WHERE identifier.value IN [$value, toLower($value)]
      AND (identifier.value = $value OR identifier:Handle OR identifier:Email
           OR identifier.value =~ 't[.]me/[a-z0-9_]+')
CALL {
    WITH identifier
    MATCH (identifier)<-[mention:MENTIONS]-(text) WHERE $case IS NULL OR mention.case = $case
    OPTIONAL MATCH (author:Account)-[:POSTED]->(text)
    RETURN CASE WHEN text:Account THEN text ELSE author END AS account, mention.place AS place,
           mention.stance AS stance, text
  UNION ALL
    // Its own name stands in none of its texts: the account is the evidence itself.
    WITH identifier
    MATCH (identifier)<-[hold:HOLDS]-(account:Account)
    WHERE ($case IS NULL OR hold.case = $case) AND account.id IN hold.evidence
          AND NOT (account)-[:MENTIONS {case: hold.case}]->(identifier)
    RETURN account, 'own_name' AS place, null AS stance, account AS text
}
WITH identifier, account, place, stance, text ORDER BY place, stance, text.id
WITH identifier, account, count(DISTINCT text) AS mentions, collect(DISTINCT place) AS places,
     collect(DISTINCT stance) AS stances, min(text.at) AS first_seen, max(text.at) AS last_seen,
     collect(DISTINCT text.id) AS texts
OPTIONAL MATCH (account)-[hold:HOLDS]->(identifier) WHERE $case IS NULL OR hold.case = $case
WITH identifier, account, mentions, places, stances, first_seen, last_seen, texts, count(hold) > 0 AS holds
RETURN identifier.kind AS kind, identifier.value AS value, account.id AS account, account.handle AS handle, holds,
       mentions, places, stances, first_seen, last_seen, texts[..20] AS texts
ORDER BY kind, value, holds DESC, mentions DESC, account
