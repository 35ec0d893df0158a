// title: The members of a cluster
// why: Who a likely network consists of, the accounts it hangs on first, with the numbers they hold.
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
MATCH (cluster:Cluster {id: $cluster})<-[member:MEMBER_OF]-(account:Account)
WHERE $case IS NULL OR cluster.case = $case
OPTIONAL MATCH (account)-[hold:HOLDS]->(phone:Phone) WHERE hold.case = cluster.case
WITH member, account, phone ORDER BY phone.e164
WITH member, account, collect(DISTINCT phone.e164) AS numbers
RETURN member.rank AS rank, account.id AS account, account.handle AS handle, account.platform AS platform,
       member.role AS role, member.score AS score, numbers
ORDER BY rank, account
