// title: The cases on this server
// why: Two cases can share a server; their ids scope every other question.
// parameters:
// returns:
//   case: its id
//   name: its file's name
//   complete: false where a publish was interrupted; publish again then
//   clusters: how many likely networks it has
//   links_parameters: how its links were made, as JSON
//   clusters_parameters: how its clusters were found, as JSON
//   derived_hash: the same for the same findings
MATCH (published:Case)
OPTIONAL MATCH (cluster:Cluster {case: published.id})
WITH published, count(cluster) AS clusters
RETURN published.id AS case, published.name AS name, coalesce(published.complete, false) AS complete, clusters,
       published.links_parameters AS links_parameters, published.clusters_parameters AS clusters_parameters,
       published.derived_hash AS derived_hash
ORDER BY case
