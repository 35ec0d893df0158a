// title: Everything about an account
// why: Before anybody acts on an account, one page with what is known of it and from where.
// parameters:
//   account: id of the account, or its handle
//   case = null: only what this case observed and derived
//   limit = 50: how many posts, and how many reposts, at most
// returns:
//   account: id of the account; a handle can stand for several
//   what: property, source, holds, mentions, linked, cluster, posted or reposted
//   name: which property, value, account, cluster or post
//   detail: its value, or more about it
//   at: when, where a time is known
MATCH (account:Account) WHERE account.id = $account OR account.handle = $account
CALL {
    WITH account
    UNWIND [key IN keys(account) WHERE NOT key IN ['cases', 'foreign']] AS key
    // One value and a list of them alike: [] + value is a list either way.
    RETURN 1 AS part, 'property' AS what, key AS name,
           reduce(all = '', each IN [] + account[key] | all + CASE all WHEN '' THEN '' ELSE ' ' END + toString(each))
               AS detail, null AS at
  UNION ALL
    WITH account
    MATCH (account)-[from:FROM]->(source:Source) WHERE $case IS NULL OR $case IN from.cases
    RETURN 2 AS part, 'source' AS what, source.name AS name,
           'line ' + toString(from.line) + ' of ' + source.sha256 AS detail, null AS at
  UNION ALL
    WITH account
    MATCH (account)-[hold:HOLDS]->(held:Identifier) WHERE $case IS NULL OR hold.case = $case
    RETURN 3 AS part, 'holds' AS what, held.value AS name,
           held.kind + ', evidence:' + reduce(all = '', id IN hold.evidence[..10] | all + ' ' + id) AS detail,
           hold.last_seen AS at
  UNION ALL
    WITH account
    MATCH (account)-[:POSTED*0..1]->(text)-[mention:MENTIONS]->(held:Identifier)
    WHERE $case IS NULL OR mention.case = $case
    RETURN 4 AS part, 'mentions' AS what, held.value AS name,
           held.kind + ', ' + mention.place + ' of ' + text.id + coalesce(', ' + mention.stance, '') + ': '
           + mention.as_written AS detail, text.at AS at
  UNION ALL
    WITH account
    MATCH (account)-[link:LINKED]-(other:Account) WHERE $case IS NULL OR link.case = $case
    RETURN 5 AS part, 'linked' AS what, other.id AS name,
           link.kind + ', weight ' + toString(link.weight) + ', by'
           + reduce(all = '', via IN link.via[..10] | all + ' ' + via) AS detail, link.last_seen AS at
  UNION ALL
    WITH account
    MATCH (account)-[member:MEMBER_OF]->(cluster:Cluster) WHERE $case IS NULL OR member.case = $case
    RETURN 6 AS part, 'cluster' AS what, cluster.id AS name,
           member.role + ', rank ' + toString(member.rank) + ' of ' + toString(cluster.size) AS detail, null AS at
  UNION ALL
    WITH account
    MATCH (account)-[posted:POSTED]->(post:Post) WHERE $case IS NULL OR $case IN posted.cases
    WITH post ORDER BY post.at DESC, post.id LIMIT $limit
    RETURN 7 AS part, 'posted' AS what, post.id AS name, left(post.text, 200) AS detail, post.at AS at
  UNION ALL
    WITH account
    MATCH (account)-[repost:REPOSTED]->(post:Post) WHERE $case IS NULL OR $case IN repost.cases
    WITH repost, post ORDER BY repost.at DESC, post.id LIMIT $limit
    RETURN 8 AS part, 'reposted' AS what, post.id AS name, repost.kind AS detail, repost.at AS at
}
WITH account, part, what, name, detail, at ORDER BY account.id, part, at DESC, name
RETURN account.id AS account, what, name, detail, at
