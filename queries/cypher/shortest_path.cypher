// title: The shortest path between two accounts
// why: Who stands between them, and what ties each step together. Fifteen steps at most.
// parameters:
//   start: id of the one account
//   end: id of the other
//   case = null: only links that this case derived
// returns:
//   step: counted from 1
//   account: where the step begins
//   other: where it ends
//   kinds: the kinds of link between the two
//   via: the values or posts they share, ten at most
MATCH (a:Account {id: $start}) MATCH (b:Account {id: $end})
MATCH path = shortestPath((a)-[:LINKED*..15]-(b))
WHERE all(link IN relationships(path) WHERE $case IS NULL OR link.case = $case)
UNWIND range(1, length(path)) AS step
WITH step, nodes(path)[step - 1] AS account, nodes(path)[step] AS other
MATCH (account)-[link:LINKED]-(other) WHERE $case IS NULL OR link.case = $case
WITH step, account, other, link ORDER BY link.kind, link.via
WITH step, account, other, collect(DISTINCT link.kind) AS kinds, collect(link.via) AS shared
RETURN step, account.id AS account, other.id AS other, kinds,
       reduce(all = [], via IN shared | all + via)[..10] AS via
ORDER BY step
