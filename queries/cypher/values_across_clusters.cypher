// title: Values of any kind held in more than one cluster
// why: An invite, a handle or a place to pay to that two likely networks hold is a broker, a shared service, or one
//   network seen as two. Numbers are among them.
// parameters:
//   case = null: only what this case derived
// returns:
//   kind: phone, invite, handle, email, payment or crypto
//   value: the value
//   clusters: ids of the clusters whose members hold it
//   accounts: how many members hold it
//   holders: their ids, twenty at most
MATCH (shared:Identifier)<-[hold:HOLDS]-(account:Account)-[member:MEMBER_OF]->(cluster:Cluster)
WHERE NOT shared:Url AND hold.case = member.case AND ($case IS NULL OR hold.case = $case)
      AND NOT (shared:Invite AND shared.value =~ 'wa[.]me/[0-9]+') // which is a number, and stands there as one
WITH shared, cluster, account ORDER BY cluster.id, account.id
WITH shared, collect(DISTINCT cluster.id) AS clusters, collect(DISTINCT account.id) AS holders
WHERE size(clusters) > 1
RETURN shared.kind AS kind, shared.value AS value, clusters, size(holders) AS accounts, holders[..20] AS holders
ORDER BY size(clusters) DESC, accounts DESC, kind, value
