// title: Why two accounts are linked
// why: A link is only as good as what stands behind it: each record, its text, its time, its file and line.
// parameters:
//   start: id of the one account
//   end: id of the other
//   case = null: only links that this case derived
// returns:
//   kind: the kind of link
//   weight: as the kind of link defines it
//   record: id of the record that is evidence
//   account: whose record it is
//   at: when, where a time is known
//   text: a post's text or an account's bio; for a repost, what was passed on
//   source: the file it was read from
//   line: where in the file
MATCH (a:Account {id: $start})-[link:LINKED]-(b:Account {id: $end})
WHERE $case IS NULL OR link.case = $case
UNWIND link.evidence AS record
CALL {
    WITH record, a, b
    MATCH (account:Account)-[:POSTED]->(post:Post {id: record}) WHERE account IN [a, b]
    OPTIONAL MATCH (post)-[from:FROM]->(source:Source)
    RETURN account.id AS account, post.at AS at, post.text AS text, source.name AS source, from.line AS line
  UNION
    WITH record, a, b
    UNWIND [a, b] AS account
    WITH record, account WHERE account.id = record
    OPTIONAL MATCH (account)-[from:FROM]->(source:Source)
    RETURN account.id AS account, null AS at, account.bio AS text, source.name AS source, from.line AS line
  UNION
    WITH record, a, b
    UNWIND [a, b] AS account
    MATCH (account)-[repost:REPOSTED {id: record}]->(post:Post)
    OPTIONAL MATCH (source:Source {sha256: repost.source})
    RETURN account.id AS account, repost.at AS at, coalesce(post.text, post.id) AS text, source.name AS source,
           repost.line AS line
}
RETURN link.kind AS kind, link.weight AS weight, record, account, at, text, source, line
ORDER BY kind, at, record, account, source, line
