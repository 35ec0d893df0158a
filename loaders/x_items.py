"""Tweets as X's website gets them, which is how Zeeschuimer keeps them.

Two forms: the newer has ``rest_id``, ``core`` and ``legacy``; the older ("adaptive") has ``legacy`` and ``user``. Keys:
digitalmethodsinitiative/4cat, datasources/twitter-import; Zeeschuimer, modules/twitter.js. Ids, kinds, links and media
are those that ``loaders.x_jsonl`` gives the same tweet.
"""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from graph.records import Account, Post, PostKind, Record, Rejection, Repost, RepostKind, scoped_id
from loaders.json_values import count_of, country_of, exact_id, list_of, map_of, no_exact_id, text_of
from loaders.times import moment_at
from loaders.x_links import links_of, profile_links_of
from loaders.x_words import RETWEET_OF, language_of, moment_or_none

if TYPE_CHECKING:
    from graph.records import Moment

PLATFORM = "x"
#: A tweet holds what it retweets or quotes, which may hold others; deeper ones are not looked at.
_HELD_DEPTH = 3
#: What a medium's number has before it in X's own keys of media; those of videos differ and are not guessed.
_MEDIA_PREFIX = {"photo": "3_", "animated_gif": "16_"}
_PERMALINK = re.compile(r"https?://(?:www\.|mobile\.)?(?:twitter|x)\.com/(\w{1,20})/status/\d")
COLUMNS = {
    "rest_id, legacy.id_str": "the tweet's number; `id` is not read, because it may have lost its last digits",
    "legacy.full_text, note_tweet": "the text; a long one is read whole",
    "legacy.created_at, legacy.lang, legacy.place": "when, in which language, and the country of the place",
    "core.user_results, user": "who wrote it: number, name, description, links, followers, whether it is protected",
    "legacy.retweeted_status_result, quoted_status_result": "what it retweets or quotes (a repost), read as well",
    "legacy.quoted_status_id_str, legacy.quoted_status_permalink": "what it quotes, where X withholds that",
    "legacy.in_reply_to_status_id_str": "the tweet that it answers",
    "legacy.entities, legacy.extended_entities": "what short links stand for, and X's keys of the media",
    "legacy.withheld_in_countries": "where X does not show it; promoted tweets are read as any other",
}


class _Reference(NamedTuple):
    """A tweet that another retweets or quotes: its number, itself as far as it is held, and whose it is."""

    kind: RepostKind
    number: str
    tweet: dict[str, Any]
    author_id: str | None
    name: str | None


def add_tweet(found: list[Record | Rejection], item: dict[str, Any], seen: Moment | None, depth: int = 0) -> None:
    """Add the records of a tweet and of those it holds; raise ``ValueError`` with the reason where it is none.

    What is wrong with a tweet that is held costs nothing but itself.
    """
    tweet = _unwrapped(item)
    legacy = map_of(tweet.get("legacy"))
    if not legacy:
        sort = text_of(tweet.get("__typename"))
        raise ValueError(f"a tweet that X does not show ({sort[:40]})" if sort else "an item without a tweet (legacy)")
    number = _number(tweet)
    if not number:
        raise ValueError(no_exact_id("a tweet", tweet.get("rest_id") or legacy.get("id_str")))
    author_id = _author_id(tweet)
    account = _account(_user(tweet), author_id, seen)
    if account:
        found.append(account)
    account_id = scoped_id(PLATFORM, author_id) if author_id else account.id if account else None
    reference = _reference(tweet, number)
    if reference and reference.tweet and depth < _HELD_DEPTH:
        with contextlib.suppress(ValueError):
            add_tweet(found, reference.tweet, seen, depth + 1)
    post = _post(tweet, number=number, account_id=account_id, passed_on=reference and reference.kind, seen=seen)
    found.append(post)
    if reference:
        found.append(_repost(reference, post))


def _post(
    tweet: dict[str, Any], *, number: str, account_id: str | None, passed_on: RepostKind | None, seen: Moment | None
) -> Post:
    legacy = map_of(tweet["legacy"])
    note = map_of(map_of(map_of(tweet.get("note_tweet")).get("note_tweet_results")).get("result"))
    answered = exact_id(legacy.get("in_reply_to_status_id_str"))
    text = text_of(note.get("text")) or text_of(legacy.get("full_text")) or text_of(legacy.get("text"))
    kind: PostKind = "reply" if answered else "post"
    if passed_on:
        kind = "quote" if passed_on == "quote" else "repost"
    elif RETWEET_OF.match(text or "") and not answered:
        kind = "repost"  # what it retweets is withheld; the words, and any number in them, are another's
    media = [map_of(each) for each in _media(legacy)]
    links = (*links_of(legacy.get("entities")), *links_of(note.get("entity_set")))
    return Post(
        platform=PLATFORM,
        native_id=number,
        account_id=account_id,
        kind=kind,
        text=text,
        at=moment_at(legacy, "created_at"),
        country=country_of(map_of(legacy.get("place")).get("country_code")),
        language=language_of(legacy.get("lang")),
        reply_to=scoped_id(PLATFORM, answered) if answered else None,
        media=", ".join(sorted({text_of(each.get("type")) or "media" for each in media})) or None,
        status=_withheld(legacy),
        links=tuple(dict.fromkeys(links)),
        media_digests=tuple(dict.fromkeys(key for key in map(_media_key, media) if key)),
        seen_at=seen,
    )


def _repost(reference: _Reference, post: Post) -> Repost:
    if post.account_id is None:
        raise ValueError(f"a {post.kind} whose author is not told: who passed the original on is not known")
    return Repost(
        account_id=post.account_id,
        content_id=post.id,
        object_id=scoped_id(PLATFORM, reference.number),
        kind=reference.kind,
        at=post.at,
        object_account_id=scoped_id(PLATFORM, reference.author_id) if reference.author_id else None,
        object_name=reference.name,
    )


def _reference(tweet: dict[str, Any], own: str) -> _Reference | None:
    """Return what a tweet passes on; what a retweeted tweet quotes is that tweet's and not the retweet's."""
    legacy = map_of(tweet["legacy"])
    retweeted = "retweeted_status_result"
    held = _held(legacy, retweeted) or _held(tweet, retweeted)
    number = _number(held) or exact_id(legacy.get("retweeted_status_id_str"))
    if number or legacy.get(retweeted) is not None or tweet.get(retweeted) is not None:
        if not number or number == own:
            return None
        whose = _author_id(held)
        name = None if whose else _handle(held) or _named(legacy)
        return _Reference("retweet", number, held, whose or _mentioned(legacy), name)
    held = _held(tweet, "quoted_status_result") or _held(legacy, "quoted_status_result")
    number = _number(held) or exact_id(legacy.get("quoted_status_id_str"))
    if not number or number == own:
        return None
    whose = _author_id(held)
    link = text_of(map_of(legacy.get("quoted_status_permalink")).get("expanded")) or ""
    found = _PERMALINK.match(link)
    name = None if whose else _handle(held) or (found[1] if found else None)
    return _Reference("quote", number, held, whose, name)


def _held(values: dict[str, Any], key: str) -> dict[str, Any]:
    return _unwrapped(map_of(map_of(values.get(key)).get("result")))


def _unwrapped(tweet: dict[str, Any]) -> dict[str, Any]:
    """Return the tweet inside one whose visibility X limits."""
    inner = tweet.get("tweet")
    return inner if isinstance(inner, dict) and "legacy" not in tweet else tweet


def _number(tweet: dict[str, Any]) -> str | None:
    return exact_id(tweet.get("rest_id")) or exact_id(map_of(tweet.get("legacy")).get("id_str"))


def _author_id(tweet: dict[str, Any]) -> str | None:
    user = _user(tweet)
    told = map_of(tweet.get("legacy")).get("user_id_str")
    return exact_id(told) or exact_id(user.get("rest_id")) or exact_id(user.get("id_str"))


def _user(tweet: dict[str, Any]) -> dict[str, Any]:
    """Return who wrote a tweet: in the newer form an object of its own kind, in the older the user itself."""
    core = map_of(tweet.get("core"))
    return map_of(map_of(core.get("user_results") or core.get("user_result")).get("result")) or map_of(
        tweet.get("user")
    )


def _handle(tweet: dict[str, Any]) -> str | None:
    user = _user(tweet)
    parts = (map_of(user.get("core")), map_of(user.get("legacy")), user)
    return next((name for part in parts if (name := text_of(part.get("screen_name")))), None)


def _named(legacy: dict[str, Any]) -> str | None:
    """Return whom a retweet's own words name."""
    found = RETWEET_OF.match(text_of(legacy.get("full_text")) or "")
    return found[1] if found else None


def _mentioned(legacy: dict[str, Any]) -> str | None:
    """Return the number of whom a retweet's own words name, as its mentions tell it."""
    named = (_named(legacy) or "").lower()
    for mention in map(map_of, list_of(map_of(legacy.get("entities")).get("user_mentions"))):
        if named and (text_of(mention.get("screen_name")) or "").lower() == named:
            return exact_id(mention.get("id_str"))
    return None


def _account(user: dict[str, Any], author_id: str | None, seen: Moment | None) -> Account | None:
    """Return the account of a tweet's user, of whichever form; the tweet tells its number too."""
    if not user:
        return None
    core, told, bio = map_of(user.get("core")), map_of(user.get("legacy")) or user, map_of(user.get("profile_bio"))
    number = exact_id(user.get("rest_id")) or exact_id(user.get("id_str")) or author_id
    handle = text_of(core.get("screen_name")) or text_of(told.get("screen_name"))
    if not (number or handle):
        return None
    followers = count_of(told.get("followers_count"))
    if followers is None:
        followers = count_of(map_of(user.get("relationship_counts")).get("followers"))
    created = text_of(core.get("created_at")) or text_of(told.get("created_at"))
    return Account(
        platform=PLATFORM,
        native_id=number,
        handle=handle,
        display_name=text_of(core.get("name")) or text_of(told.get("name")),
        bio=text_of(told.get("description")) or text_of(bio.get("description")),
        status=_status(user, told),
        followers=followers,
        created_at=moment_or_none(created),
        links=profile_links_of(map_of(told.get("entities")) or map_of(bio.get("entities"))),
        seen_at=seen,
    )


def _status(user: dict[str, Any], told: dict[str, Any]) -> str | None:
    privacy = map_of(user.get("privacy"))
    if privacy.get("suspended") is True:
        return "suspended"
    protected = told.get("protected") is True or privacy.get("protected") is True
    return _withheld(told) or ("protected" if protected else None)


def _withheld(values: dict[str, Any]) -> str | None:
    countries = [code for each in list_of(values.get("withheld_in_countries")) if (code := text_of(each))]
    return "withheld in " + ", ".join(sorted(countries)) if countries else None


def _media(legacy: dict[str, Any]) -> list[Any]:
    extended = list_of(map_of(legacy.get("extended_entities")).get("media"))
    return extended or list_of(map_of(legacy.get("entities")).get("media"))


def _media_key(medium: dict[str, Any]) -> str | None:
    """Return X's own key of a medium, or what of it can be told from its number."""
    number = exact_id(medium.get("id_str"))
    prefix = _MEDIA_PREFIX.get(text_of(medium.get("type")) or "", "")
    return text_of(medium.get("media_key")) or (f"{prefix}{number}" if number else None)
