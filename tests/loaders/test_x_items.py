"""X's items: the same posts, accounts and reposts as X's own interface tells, whichever form they have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from graph.records import Account, Post, Repost
from tests.loaders.zeeschuimer_lines import line, lines, of_v2, tweet, user

Read = Callable[..., Any]


def test_a_tweet_is_the_same_post_as_x_gives_it(read: Read) -> None:
    media = [{"id_str": "55", "media_key": "7_55", "type": "video"}, {"id_str": "56", "type": "photo"}]
    urls = [{"url": "https://t.co/a", "expanded_url": "https://t.me/boats"}]
    ours = tweet(
        "1",
        user("9", "nine"),
        "go https://t.co/a",
        lang="en",
        entities={"urls": urls},
        extended_entities={"media": media},
    )
    theirs = {
        "data": [
            of_v2(
                "1",
                "9",
                "go https://t.co/a",
                lang="en",
                entities={"urls": urls},
                attachments={"media_keys": ["7_55", "3_56"]},
            )
        ],
        "includes": {
            "users": [{"id": "9", "username": "nine", "name": "nine"}],
            "media": [{"media_key": "7_55", "type": "video"}, {"media_key": "3_56", "type": "photo"}],
        },
    }
    own = read(lines(line("x.com", ours, timestamp_collected=None)))
    other = read(lines(theirs))
    assert other.source.format == "x-jsonl"
    assert own.records == other.records


@pytest.mark.parametrize("wrap", [lambda t: t, lambda t: {"__typename": "TweetWithVisibilityResults", "tweet": t}])
def test_a_retweet_and_a_quote_are_those_that_x_tells(wrap: Callable[[Any], Any], read: Read) -> None:
    original = tweet("1", user("9", "nine"), "routes")
    retweet = tweet("2", user("8", "eight"), "RT @nine: routes", retweeted_status_result={"result": wrap(original)})
    quote = {**tweet("3", user("7", "seven"), "look"), "quoted_status_result": {"result": wrap(original)}}
    own = read(lines(*(line("x.com", wrap(each), timestamp_collected=None) for each in (retweet, quote))))
    users = [{"id": n, "username": name, "name": name} for n, name in (("9", "nine"), ("8", "eight"), ("7", "seven"))]
    other = read(
        lines(
            {
                "data": [
                    of_v2("2", "8", "RT @nine: routes", referenced_tweets=[{"type": "retweeted", "id": "1"}]),
                    of_v2("3", "7", "look", referenced_tweets=[{"type": "quoted", "id": "1"}]),
                ],
                "includes": {"users": users, "tweets": [of_v2("1", "9", "routes")]},
            }
        )
    )
    assert set(own.records) == set(other.records)
    assert len(own.rows) == 2


def test_what_a_retweeted_tweet_quotes_is_not_the_retweets(read: Read) -> None:
    quoted = tweet("1", user("9", "nine"))
    original = {**tweet("2", user("8", "eight"), quoted_status_id_str="1"), "quoted_status_result": {"result": quoted}}
    retweet = tweet(
        "3",
        user("7", "seven"),
        "RT @eight: hello",
        quoted_status_id_str="1",
        retweeted_status_result={"result": original},
    )
    found = read(lines(line("x.com", retweet)))
    assert [(each.content_id, each.object_id, each.kind) for each in found.of(Repost)] == [
        ("x:2", "x:1", "quote"),
        ("x:3", "x:2", "retweet"),
    ]
    assert {post.id for post in found.of(Post)} == {"x:1", "x:2", "x:3"}


def test_a_quote_of_what_x_withholds_is_known_by_its_number_and_its_link(read: Read) -> None:
    link = {"expanded": "https://twitter.com/gone/status/5"}
    told = {
        **tweet("2", user("8", "eight"), quoted_status_id_str="5", quoted_status_permalink=link),
        "quoted_status_result": {"result": {"__typename": "TweetTombstone", "tombstone": {}}},
    }
    untold = {**tweet("3", user("8", "eight")), "quoted_status_result": {"result": {}}}
    found = read(lines(line("x.com", told), line("x.com", untold)))
    assert [(each.object_id, each.object_account_id, each.object_name) for each in found.of(Repost)] == [
        ("x:5", None, "gone")
    ]
    assert found.reasons == []


def test_a_retweet_of_what_x_withholds_keeps_the_words_another_s(read: Read) -> None:
    mentions = {"user_mentions": [{"screen_name": "Nine", "id_str": "9"}]}
    gone = tweet("2", user("8", "eight"), "RT @nine: call +44 7700 900301", retweeted_status_result={})
    known = tweet("3", user("8", "eight"), "RT @nine: x", retweeted_status_id_str="1", entities=mentions)
    found = read(lines(line("x.com", gone), line("x.com", known)))
    assert [post.kind for post in found.of(Post)] == ["repost", "repost"]
    assert [(each.object_id, each.object_account_id, each.object_name) for each in found.of(Repost)] == [
        ("x:1", "x:9", "nine")
    ]


def test_the_older_and_the_newest_form_of_a_tweet_tell_its_author_too(read: Read) -> None:
    older = {
        "type": "adaptive",
        "legacy": {"id_str": "1", "user_id_str": "9", "full_text": "hi", "in_reply_to_status_id_str": "7"},
        "user": {
            "id_str": "9",
            "screen_name": "nine",
            "name": "Nine",
            "description": "bio",
            "followers_count": 4,
            "protected": True,
        },
    }
    newest = {
        "rest_id": "8",
        "core": {"screen_name": "eight", "name": "Eight", "created_at": "Wed Oct 10 20:19:24 +0000 2018"},
        "legacy": {},
        "privacy": {"protected": True, "suspended": False},
        "relationship_counts": {"followers": 12},
        "profile_bio": {
            "description": "mine",
            "entities": {"url": {"urls": [{"expanded_url": "https://wa.me/447700900301"}]}},
        },
    }
    found = read(lines(line("twitter.com", older), line("x.com", tweet("2", newest))))
    first, second = found.of(Account)
    assert (first.id, first.handle, first.bio, first.followers, first.status) == ("x:9", "nine", "bio", 4, "protected")
    assert (second.id, second.handle, second.bio, second.followers, second.status) == (
        "x:8",
        "eight",
        "mine",
        12,
        "protected",
    )
    assert second.links == ("https://wa.me/447700900301",)
    assert second.created_at.utc().year == 2018
    assert [(post.kind, post.reply_to) for post in found.of(Post)] == [("reply", "x:7"), ("post", None)]


def test_a_long_tweet_is_read_whole_with_the_links_of_its_whole(read: Read) -> None:
    note = {"text": "all of it", "entity_set": {"urls": [{"expanded_url": "https://t.me/late"}]}}
    whole = {**tweet("1", user("9", "nine"), "all…"), "note_tweet": {"note_tweet_results": {"result": note}}}
    post = read(lines(line("x.com", whole))).of(Post)[0]
    assert (post.text, post.links) == ("all of it", ("https://t.me/late",))


def test_a_held_tweet_that_is_damaged_costs_nothing_else(read: Read) -> None:
    broken = tweet("1", user("9", "nine"), created_at="soon")
    found = read(lines(line("x.com", {**tweet("2", user("8", "eight")), "quoted_status_result": {"result": broken}})))
    assert [post.id for post in found.of(Post)] == ["x:2"]
    assert [repost.object_id for repost in found.of(Repost)] == ["x:1"]
    assert found.reasons == []


def test_tweets_within_tweets_without_end_are_read_to_some_depth(read: Read) -> None:
    whole = tweet("1", user("9", "nine"))
    for number in range(2, 30):
        whole = {**tweet(str(number), user("9", "nine")), "quoted_status_result": {"result": whole}}
    found = read(lines(line("x.com", whole)))
    assert [post.id for post in found.of(Post)] == ["x:26", "x:27", "x:28", "x:29"]
