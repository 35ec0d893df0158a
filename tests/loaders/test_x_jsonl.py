"""X API v2: pages and flat tweets become posts, accounts and reposts, each tweet one row."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.errors import FormatUnknown
from graph.records import Account, Post, Repost

if TYPE_CHECKING:
    from collections.abc import Callable

BRIEF = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def tweet(number: int, by: int | None = 1, text: str = "hello", **more: Any) -> dict[str, Any]:
    made = {"id": str(number), "text": text, "created_at": "2024-03-01T09:00:00.000Z", **more}
    return made if by is None else {**made, "author_id": str(by)}


def user(number: int, **more: Any) -> dict[str, Any]:
    return {"id": str(number), "username": f"User{number}", "name": f"U {number}", **more}


def refers(how: str, number: int) -> dict[str, Any]:
    return {"referenced_tweets": [{"type": how, "id": str(number)}]}


def lines(*values: Any) -> str:
    return "\n".join(json.dumps(value) for value in values) + "\n"


def test_each_tweet_of_a_page_is_a_row_on_the_pages_line(read: Callable[..., Any]) -> None:
    page = {"data": [tweet(1), tweet(2)], "includes": {"users": [user(1)]}, "meta": {"result_count": 2}}
    found = read(lines(page, {"data": tweet(3)}))
    assert [row.line for row in found.rows] == [1, 1, 2]
    assert [post.id for post in found.of(Post)] == ["x:1", "x:2", "x:3"]
    assert [account.handle for account in found.of(Account)] == ["User1"]


def test_a_retweet_is_a_post_and_a_repost_of_what_it_retweets(read: Callable[..., Any]) -> None:
    page = {
        "data": [tweet(2, 5, "RT @User1: hello", **refers("retweeted", 1))],
        "includes": {"users": [user(5), user(1)], "tweets": [tweet(1, 1)]},
    }
    found = read(lines(page))
    repost = found.of(Repost)[0]
    assert (repost.account_id, repost.content_id, repost.object_id) == ("x:5", "x:2", "x:1")
    assert (repost.kind, repost.object_account_id) == ("retweet", "x:1")
    assert repost.at.utc().isoformat() == "2024-03-01T09:00:00+00:00"
    assert {post.id: post.kind for post in found.of(Post)} == {"x:1": "post", "x:2": "repost"}
    assert {account.id for account in found.of(Account)} == {"x:5", "x:1"}


def test_a_quote_is_its_own_post_and_passes_the_quoted_on(read: Callable[..., Any]) -> None:
    found = read(lines({"data": [tweet(2, 5, "look", **refers("quoted", 1))]}))
    assert [(post.id, post.kind) for post in found.of(Post)] == [("x:2", "quote")]
    assert [(repost.kind, repost.object_id) for repost in found.of(Repost)] == [("quote", "x:1")]


def test_a_reply_says_what_it_answers_and_passes_nothing_on(read: Callable[..., Any]) -> None:
    found = read(lines({"data": [tweet(2, 5, **refers("replied_to", 1))]}))
    assert [(post.kind, post.reply_to) for post in found.of(Post)] == [("reply", "x:1")]
    assert found.of(Repost) == []


def test_a_reply_that_quotes_is_both(read: Callable[..., Any]) -> None:
    both = {"referenced_tweets": [{"type": "replied_to", "id": "1"}, {"type": "quoted", "id": "7"}]}
    found = read(lines({"data": [tweet(2, 5, **both)]}))
    assert [(post.kind, post.reply_to) for post in found.of(Post)] == [("quote", "x:1")]
    assert [repost.object_id for repost in found.of(Repost)] == ["x:7"]


@pytest.mark.parametrize(("entities", "whose"), [({"mentions": [{"username": "gone", "id": "9"}]}, "x:9"), ({}, None)])
def test_whom_a_retweet_is_of_is_told_by_its_mention_where_the_original_is_missing(
    entities: dict[str, Any], whose: str | None, read: Callable[..., Any]
) -> None:
    found = read(lines({"data": [tweet(2, 5, "RT @Gone: hello", entities=entities, **refers("retweeted", 1))]}))
    assert [(repost.object_account_id, repost.object_name) for repost in found.of(Repost)] == [(whose, "Gone")]


def test_a_retweet_without_an_author_is_kept_as_a_post_and_rejected_as_a_repost(read: Callable[..., Any]) -> None:
    found = read(lines({"data": [tweet(2, None, **refers("retweeted", 1))]}))
    assert [(post.id, post.account_id) for post in found.of(Post)] == [("x:2", None)]
    assert found.of(Repost) == []
    assert "author is not told" in found.reasons[0][1]


def test_a_tweet_without_an_author_is_a_post_of_nobody(read: Callable[..., Any]) -> None:
    found = read(lines({"data": [tweet(2, None)], "meta": {"result_count": 1}}))
    assert found.of(Post)[0].account_id is None
    assert found.reasons == []


def test_flattened_tweets_bring_their_author_and_what_they_refer_to(read: Callable[..., Any]) -> None:
    inner = {"type": "retweeted", **tweet(1, 1, author=user(1))}
    found = read(
        lines(tweet(2, 5, author=user(5), referenced_tweets=[inner], __twarc={"retrieved_at": "2024-03-02T00:00:00Z"}))
    )
    assert {post.id: post.account_id for post in found.of(Post)} == {"x:1": "x:1", "x:2": "x:5"}
    assert [(repost.object_id, repost.object_account_id) for repost in found.of(Repost)] == [("x:1", "x:1")]
    assert all(record.seen_at.utc().day == 2 for record in (*found.of(Post), *found.of(Account)))


def test_what_is_included_rides_once_and_what_nobody_refers_to_on_the_first_row(read: Callable[..., Any]) -> None:
    page = {
        "data": [tweet(1, 1), tweet(2, 2), tweet(3, 1)],
        "includes": {"users": [user(1), user(2), user(9)], "tweets": [tweet(8, 2)]},
    }
    rows = read(lines(page)).rows
    assert [sorted(record.id for record in row.records if type(record) is Account) for row in rows] == [
        ["x:1", "x:9"], ["x:2"], [],
    ]  # fmt: skip
    assert [record.id for record in rows[0].records if type(record) is Post] == ["x:8", "x:1"]


def test_what_x_refused_is_no_row_and_neither_is_a_page_of_nothing(read: Callable[..., Any]) -> None:
    found = read(lines({"data": [tweet(1)], "errors": [{}]}, {"errors": [{}]}, {"meta": {"result_count": 0}}))
    assert len(found.rows) == 1


def test_an_account_shows_what_x_says_and_its_location_is_no_country(read: Callable[..., Any]) -> None:
    told = user(1, description="bio", location="GB", protected=True, public_metrics={"followers_count": 7},
                created_at="2020-01-01T00:00:00Z")  # fmt: skip
    account = read(lines({"data": [told, user(2, withheld={"country_codes": ["TR", "DE"]})]})).of(Account)
    assert (account[0].bio, account[0].country, account[0].status, account[0].followers) == (
        "bio",
        None,
        "protected",
        7,
    )
    assert account[1].status == "withheld in DE, TR"
    assert account[1].followers is None


def test_a_compliance_line_says_what_became_of_a_tweet(read: Callable[..., Any]) -> None:
    line = {"id": "1", "action": "delete", "created_at": "2024-01-01T00:00:00Z", "redacted_at": "2024-02-01T00:00:00Z"}
    posts = read(lines(line, {**line, "reason": "deactivated"})).of(Post)
    assert [post.status for post in posts] == ["delete", "deactivated"]
    assert posts[0].seen_at.utc().month == 2


def test_media_place_and_long_text_are_read(read: Callable[..., Any]) -> None:
    page = {
        "data": [
            tweet(
                1,
                geo={"place_id": "p"},
                attachments={"media_keys": ["m", "n"]},
                note_tweet={"text": "long"},
                lang="und",
            )
        ],
        "includes": {"places": [{"id": "p", "country_code": "al"}], "media": [{"media_key": "m", "type": "photo"}]},
    }
    post = read(lines(page)).of(Post)[0]
    assert (post.country, post.media, post.text, post.language) == ("AL", "media, photo", "long", None)


def test_tweets_of_the_old_api_are_not_taken_for_new_ones(read: Callable[..., Any]) -> None:
    with pytest.raises(FormatUnknown):
        read(lines({"id_str": "1", "full_text": "old", "user": {"id_str": "2"}}))


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=8,
)
KEYS = [
    "id", "text", "author_id", "author", "username", "referenced_tweets", "entities", "attachments", "geo", "action",
    "created_at", "public_metrics", "withheld", "lang", "type", "note_tweet", "edit_history_tweet_ids",
]  # fmt: skip
LIKELY = st.sampled_from(
    ["1", 2, [{"type": "retweeted", "id": "1"}], {"id": "3"}, "2024-01-01T00:00:00Z", {"mentions": [1]}]
)
ITEMS = st.lists(st.dictionaries(st.sampled_from(KEYS), LIKELY | JSON, max_size=8) | JSON, max_size=5)


@BRIEF
@given(
    data=ITEMS,
    includes=st.dictionaries(st.sampled_from(["users", "tweets", "media", "places"]), ITEMS | JSON) | JSON,
    flat=st.dictionaries(st.sampled_from(KEYS), LIKELY | JSON, min_size=1, max_size=8),
)
def test_every_entry_of_any_page_is_accounted_for(
    data: list[Any], includes: Any, flat: dict[str, Any], read: Callable[..., Any]
) -> None:
    page = {"data": data, "includes": includes, "__twarc": {"retrieved_at": "2024-01-01T00:00:00Z"}}
    found = read(lines(page, flat), format_name="x-jsonl")
    by_line = [sum(row.line == line for row in found.rows) for line in (1, 2)]
    assert by_line[0] == len(data) or (not data and by_line[0] <= 1)
    assert by_line[1] == 1
    assert all(row.records or row.rejection for row in found.rows)
