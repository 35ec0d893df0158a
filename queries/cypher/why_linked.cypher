// title: Why two accounts are linked
// why: A link is only as good as what stands behind it: each record, its text, its time, its file and line.
// parameters:
//   start: id of the one account
//   end: id of the other
//   case = null: only links that this case derived
// returns:
//   kind: the kind of link
//   weight: as the kind of link defines it
//   via: the shared values that stand in the record, or the post passed on
//   record: id of the record that is evidence
//   account: whose record it is
//   at: when, where a time is known
//   as_written: those values as they are written there; for an account's own name, its handle
//   text: a post's text or an account's bio; for a repost, what was passed on
//   source: the file it was read from
//   line: where in the file
MATCH (a:Account {id: $start})-[link:LINKED]-(b:Account {id: $end})
WHERE $case IS NULL OR link.case = $case
UNWIND link.evidence AS record
CALL {
    WITH link, record, a, b
    MATCH (account:Account)-[:POSTED]->(post:Post {id: record}) WHERE account IN [a, b]
    OPTIONAL MATCH (post)-[mention:MENTIONS {case: link.case}]->(shared:Identifier) WHERE shared.value IN link.via
    WITH account, post, mention, shared ORDER BY shared.value, mention.place, mention.as_written
    WITH account, post, collect(DISTINCT shared.value) AS via, collect(DISTINCT mention.as_written) AS as_written
    OPTIONAL MATCH (post)-[from:FROM]->(source:Source)
    RETURN account.id AS account, via, as_written, post.at AS at, post.text AS text, source.name AS source,
           from.line AS line
  UNION
    // What an account says of itself; where it says nothing of a value that it holds, that is its own name or invite.
    WITH link, record, a, b
    UNWIND [a, b] AS account
    WITH link, account WHERE account.id = record
    OPTIONAL MATCH (chat:Chat {id: account.id})
    OPTIONAL MATCH (account)-[hold:HOLDS {case: link.case}]->(shared:Identifier)
    WHERE shared.value IN link.via AND account.id IN hold.evidence
    OPTIONAL MATCH (account)-[mention:MENTIONS {case: link.case}]->(shared)
    WITH account, chat, shared.value AS value, mention ORDER BY shared.value, mention.place, mention.as_written
    WITH account, chat, value, collect(DISTINCT mention.as_written) AS written,
         [account.handle, chat.handle, chat.invite] AS names
    WITH account, chat, value, CASE WHEN size(written) > 0 OR value IS NULL THEN written ELSE
         [name IN names WHERE toLower(last(split(replace(value, ':', '/'), '/')))
                              = toLower(last(split(replace(trim(name), '@', ''), '/')))][..1] END AS written
    WITH account, chat, collect(value) AS via, reduce(all = [], each IN collect(written) | all + each) AS as_written
    OPTIONAL MATCH (account)-[of_account:FROM]->(profile:Source)
    OPTIONAL MATCH (chat)-[of_chat:FROM]->(channel:Source)
    RETURN account.id AS account, via, as_written, null AS at, account.bio AS text,
           coalesce(profile.name, channel.name) AS source, coalesce(of_account.line, of_chat.line) AS line
  UNION
    WITH link, record, a, b
    UNWIND [a, b] AS account
    MATCH (account)-[repost:REPOSTED {id: record}]->(post:Post)
    OPTIONAL MATCH (source:Source {sha256: repost.source})
    RETURN account.id AS account, [post.id] AS via, [] AS as_written, repost.at AS at,
           coalesce(post.text, post.id) AS text, source.name AS source, repost.line AS line
}
RETURN link.kind AS kind, link.weight AS weight, via, record, account, at, as_written, text, source, line
ORDER BY kind, at, record, account, source, line
