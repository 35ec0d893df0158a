// title: Numbers held in more than one cluster
// why: A number that two likely networks hold is a broker, a shared service, or one network seen as two.
// parameters:
//   case = null: only what this case derived
// returns:
//   number: the phone number
//   clusters: ids of the clusters whose members hold it
//   accounts: how many members hold it
//   holders: their ids, twenty at most
MATCH (phone:Phone)<-[hold:HOLDS]-(account:Account)-[member:MEMBER_OF]->(cluster:Cluster)
WHERE hold.case = member.case AND ($case IS NULL OR hold.case = $case)
WITH phone, cluster, account ORDER BY cluster.id, account.id
WITH phone, collect(DISTINCT cluster.id) AS clusters, collect(DISTINCT account.id) AS holders
WHERE size(clusters) > 1
RETURN phone.e164 AS number, clusters, size(holders) AS accounts, holders[..20] AS holders
ORDER BY size(clusters) DESC, accounts DESC, number
