// title: The accounts with the most links
// why: Where to look first. A hub can be a dispatcher, and can be a popular account that many repost together.
// parameters:
//   case = null: only links that this case derived
//   limit = 25: how many at most
// returns:
//   account: id of the account
//   handle: its unique name
//   accounts: how many accounts it is linked to
//   strength: of its links, summed
//   kinds: of which kinds they are
//   cluster: the cluster it belongs to, if any
//   role: key, bridge or member there
MATCH (account:Account)-[link:LINKED]-(other:Account)
WHERE $case IS NULL OR link.case = $case
WITH account, link, other ORDER BY link.kind
WITH account, link.case AS of_case, count(DISTINCT other) AS accounts, sum(link.strength) AS strength,
     collect(DISTINCT link.kind) AS kinds
ORDER BY accounts DESC, strength DESC, account.id LIMIT $limit
OPTIONAL MATCH (account)-[member:MEMBER_OF {case: of_case}]->(cluster:Cluster)
RETURN account.id AS account, account.handle AS handle, accounts, strength, kinds, cluster.id AS cluster,
       member.role AS role
ORDER BY accounts DESC, strength DESC, account
