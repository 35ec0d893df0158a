// title: Accounts that tie clusters together
// why: Brokers and drivers work for several networks; losing one of these accounts parts them.
// parameters:
//   case = null: only what this case derived
// returns:
//   account: id of the account
//   handle: its unique name
//   cluster: the cluster it belongs to
//   role: key, bridge or member there
//   others: the clusters it is linked to besides
//   links: how many links lead there
//   kinds: of which kinds
//   via: the values or posts shared, ten at most
MATCH (account:Account)-[member:MEMBER_OF]->(cluster:Cluster)
WHERE $case IS NULL OR member.case = $case
MATCH (account)-[link:LINKED]-(:Account)-[elsewhere:MEMBER_OF]->(other:Cluster)
WHERE link.case = member.case AND elsewhere.case = member.case AND other <> cluster
WITH account, member, cluster, other, link ORDER BY other.id, link.kind, link.via
WITH account, member, cluster, collect(DISTINCT other.id) AS others, count(DISTINCT link) AS links,
     collect(DISTINCT link.kind) AS kinds, collect(link.via) AS shared
RETURN account.id AS account, account.handle AS handle, cluster.id AS cluster, member.role AS role, others, links,
       kinds, reduce(all = [], via IN shared | all + [v IN via WHERE NOT v IN all])[..10] AS via
ORDER BY size(others) DESC, links DESC, account
