// title: What a source contributed
// why: What would fall if a file turned out to be wrong, and which networks it speaks of.
// parameters:
//   source: the file's name, or the start of its SHA-256
//   case = null: only what this case holds
// returns:
//   source: the file's name
//   sha256: of its bytes
//   format: the loader that read it
//   what: accounts, posts, chats, reposts, numbers, other values (invites, handles, links, …) or clusters
//   count: how many were first read from it, or stand in what was
MATCH (source:Source) WHERE source.name = $source OR source.sha256 STARTS WITH toLower($source)
CALL {
    WITH source
    OPTIONAL MATCH (fact)-[from:FROM]->(source) WHERE $case IS NULL OR $case IN from.cases
    WITH count(CASE WHEN fact:Account THEN 1 END) AS accounts, count(CASE WHEN fact:Post THEN 1 END) AS posts,
         count(CASE WHEN fact:Chat THEN 1 END) AS chats
    UNWIND [['accounts', accounts], ['posts', posts], ['chats', chats]] AS counted
    RETURN counted[0] AS what, counted[1] AS count
  UNION ALL
    WITH source
    OPTIONAL MATCH ()-[repost:REPOSTED]->()
    WHERE repost.source = source.sha256 AND ($case IS NULL OR $case IN repost.cases)
    RETURN 'reposts' AS what, count(repost) AS count
  UNION ALL
    WITH source
    OPTIONAL MATCH (source)<-[:FROM]-()-[mention:MENTIONS]->(identifier:Identifier)
    WHERE $case IS NULL OR mention.case = $case
    WITH collect(DISTINCT identifier) AS found
    UNWIND [['numbers', [each IN found WHERE each:Phone]], ['other values', [each IN found WHERE NOT each:Phone]]]
        AS counted
    RETURN counted[0] AS what, size(counted[1]) AS count
  UNION ALL
    WITH source
    OPTIONAL MATCH (source)<-[:FROM]-(:Account)-[member:MEMBER_OF]->(cluster:Cluster)
    WHERE $case IS NULL OR member.case = $case
    RETURN 'clusters' AS what, count(DISTINCT cluster) AS count
}
RETURN source.name AS source, source.sha256 AS sha256, source.format AS format, what, count
ORDER BY source, sha256, what
