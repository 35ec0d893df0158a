// title: Who reposts whom
// why: Steady reposting shows who follows, amplifies or feeds whom. Only posts whose author is known count.
// parameters:
//   least = 2: only pairs with at least so many reposts
//   case = null: only what this case observed
//   limit = 100: how many pairs at most
// returns:
//   account: who passes on
//   author: whose posts
//   reposts: how many times
//   posts: how many different posts
//   first_seen: the earliest
//   last_seen: the latest
MATCH (account:Account)-[repost:REPOSTED]->(post:Post)<-[posted:POSTED]-(author:Account)
WHERE account <> author AND ($case IS NULL OR ($case IN repost.cases AND $case IN posted.cases))
WITH account, author, count(repost) AS reposts, count(DISTINCT post) AS posts, min(repost.at) AS first_seen,
     max(repost.at) AS last_seen
WHERE reposts >= $least
RETURN account.id AS account, author.id AS author, reposts, posts, first_seen, last_seen
ORDER BY reposts DESC, account, author LIMIT $limit
