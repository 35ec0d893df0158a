// title: The posts that most accounts pass on
// why: What a campaign spreads. A post that everybody shares says little about who belongs together.
// parameters:
//   case = null: only what this case observed
//   limit = 25: how many at most
// returns:
//   post: id of the post
//   author: id of its author, where known
//   accounts: how many accounts passed it on
//   reposts: how many times
//   first_seen: the earliest repost
//   last_seen: the latest
//   text: the start of its text, where known
MATCH (account:Account)-[repost:REPOSTED]->(post:Post)
WHERE $case IS NULL OR $case IN repost.cases
WITH post, count(DISTINCT account) AS accounts, count(repost) AS reposts, min(repost.at) AS first_seen,
     max(repost.at) AS last_seen
ORDER BY accounts DESC, reposts DESC, post.id LIMIT $limit
OPTIONAL MATCH (author:Account)-[:POSTED]->(post)
RETURN post.id AS post, author.id AS author, accounts, reposts, first_seen, last_seen, left(post.text, 200) AS text
ORDER BY accounts DESC, reposts DESC, post
