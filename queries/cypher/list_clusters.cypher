// title: The likely networks
// why: The place to begin: how large each is, who it hangs on, and what holds it together.
// parameters:
//   case = null: only what this case derived
//   limit = 50: how many at most, the largest first
// returns:
//   cluster: its id
//   size: members
//   links: links between members
//   key_accounts: ids of those it hangs on, five at most; none where no account stands out
//   numbers: how many numbers two members or more hold
//   values: of each other kind how many values two members or more hold, as in "invite: 2"
//   kinds: the kinds of link between members
//   case: the case it was found in
MATCH (cluster:Cluster) WHERE $case IS NULL OR cluster.case = $case
WITH cluster ORDER BY cluster.size DESC, cluster.id LIMIT $limit
MATCH (cluster)<-[member:MEMBER_OF]-(account:Account)
WITH cluster, member, account ORDER BY member.rank, account.id
WITH cluster, collect(account) AS members,
     collect(CASE WHEN member.role = 'key' THEN account.id END) AS key_accounts
CALL {
    WITH cluster, members
    UNWIND members AS account
    MATCH (account)-[hold:HOLDS {case: cluster.case}]->(held:Identifier)
    WHERE NOT held:Url AND NOT (held:Invite AND held.value =~ 'wa[.]me/[0-9]+') // which is a number, and held as one
    WITH held, count(DISTINCT account) AS holders WHERE holders > 1
    WITH held.kind AS kind, count(held) AS found ORDER BY kind
    RETURN coalesce(sum(CASE WHEN kind = 'phone' THEN found END), 0) AS numbers,
           collect(CASE WHEN kind <> 'phone' THEN kind + ': ' + toString(found) END) AS values
}
CALL {
    WITH cluster, members
    UNWIND members AS account
    MATCH (account)-[link:LINKED {case: cluster.case}]->(other:Account) WHERE (other)-[:MEMBER_OF]->(cluster)
    WITH DISTINCT link.kind AS kind ORDER BY kind
    RETURN collect(kind) AS kinds
}
RETURN cluster.id AS cluster, cluster.size AS size, cluster.links AS links,
       key_accounts[..5] AS key_accounts, numbers, values, kinds, cluster.case AS case
ORDER BY size DESC, cluster
