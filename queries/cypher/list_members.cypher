// title: The members of a cluster
// why: Who a likely network consists of, the accounts it hangs on first, with the numbers and other values they hold.
// parameters:
//   cluster: id of the cluster
//   case = null: only the cluster of this case
// returns:
//   rank: 1 is the account the cluster hangs on most
//   account: its id
//   handle: its unique name
//   platform: where it is
//   role: key, bridge or member
//   score: how much of the cluster passes through it, 0 to 1
//   numbers: the numbers it holds
//   values: the invites, handles, e-mail addresses and places to pay to that it holds
MATCH (cluster:Cluster {id: $cluster})<-[member:MEMBER_OF]-(account:Account)
WHERE $case IS NULL OR cluster.case = $case
OPTIONAL MATCH (account)-[hold:HOLDS]->(held:Identifier) WHERE hold.case = cluster.case AND NOT held:Url
WITH member, account, held ORDER BY held.value
WITH member, account, collect(DISTINCT CASE WHEN held:Phone THEN held.value END) AS numbers,
     collect(DISTINCT CASE WHEN NOT held:Phone THEN held.value END) AS values
RETURN member.rank AS rank, account.id AS account, account.handle AS handle, account.platform AS platform,
       member.role AS role, member.score AS score, numbers, values
ORDER BY rank, account
