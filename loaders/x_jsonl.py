"""X's API v2 as collected with twarc2 and the like: pages or single tweets, one JSON object a line.

Each tweet (or user) of a page's ``data`` is a row; what a page includes rides on the first row that refers to it, and
the rest on the page's first. Keys: the X API v2 data dictionary; DocNow/twarc, src/twarc/expansions.py.
"""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Any

import orjson

from graph.records import Account, Moment, Post, PostKind, Record, Rejection, Repost, RepostKind, scoped_id
from loaders.contract import NO_OBJECT_LINES, Loader, Row
from loaders.json_values import count_of, country_of, id_of, list_of, map_of, no_id, text_of
from loaders.times import moment
from loaders.x_links import links_of, media_keys_of, profile_links_of
from loaders.x_words import RETWEET_OF, language_of, moment_or_none

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loaders.contract import Head

PLATFORM = "x"
#: Flattened tweets hold the tweets they refer to, which may hold others; deeper ones are not looked at.
_INLINED_DEPTH = 3
_REFERENCES: dict[str, RepostKind] = {"retweeted": "retweet", "quoted": "quote"}
_PAGE = re.compile(r'"data"\s*:\s*[\[{]')
_SIGNS = re.compile(
    r'"(?:author_id|edit_history_tweet_ids|conversation_id|referenced_tweets|public_metrics|username|result_count)"\s*:'
)
_COMPLIANCE = re.compile(r'"action"\s*:.*"(?:redacted_at|reason|created_at)"\s*:|"redacted_at"\s*:.*"action"\s*:')
#: Accounts by their users' JSON and the time of collection: as many, and none of users longer than this.
_KNOWN: dict[tuple[bytes, Moment | None], Account | None] = {}
_MOST_KNOWN, _LONGEST_KNOWN = 1 << 12, 1024
COLUMNS = {
    "data": "a page's tweets or users, each a row; a line without it is one tweet",
    "includes.users, includes.tweets, includes.media, includes.places": "what the page's tweets refer to",
    "id, text, note_tweet, created_at, lang": "the tweet; a long one is read whole",
    "author_id, author": "who wrote it: the id, and in flattened tweets the user",
    "referenced_tweets": "what it retweets or quotes (a repost), or answers",
    "entities.mentions": "whom a retweet names, where the page does not include the original",
    "entities.urls": "what short links stand for; of a user, the links of the profile",
    "attachments, geo": "the kinds of media and X's keys of them, and the country of the place",
    "username, name, description, public_metrics, protected, withheld": "of a user; `location`, free text, is not",
    "action, reason, redacted_at": "a compliance line: what became of a tweet",
    "__twarc.retrieved_at": "when it was collected",
}


def _recognises(head: Head) -> str | None:
    line = head.object_line()
    if line is None:
        return NO_OBJECT_LINES
    if (_PAGE.search(line) or '"text"' in line) and _SIGNS.search(line):
        return None
    if '"id"' in line and _COMPLIANCE.search(line):
        return None
    if re.search(r'"(?:errors|meta|includes)"\s*:', line) and ("__twarc" in line or _SIGNS.search(head.text)):
        return None
    return "its first line is neither a page {data, includes} nor a tweet with author_id and text"


def _split(row: Row) -> Iterator[Row | Rejection]:
    """Yield the rows of a line: each tweet of a page with what rides on it; any other line is one row."""
    values, source, line, _ = row
    data = values.get("data")
    if not isinstance(data, (list, dict)):
        told = {"errors", "meta"} & values.keys()
        includes = map_of(values.get("includes"))
        if told and "id" not in values and not any(includes.values()):
            return  # what X refused, or a page of nothing: no rows
        if not includes:
            yield Row({"item": values, "seen": _seen(values)}, source, line)
            return
    items = data if isinstance(data, list) else [data] if isinstance(data, dict) else []
    page = _Page(map_of(values.get("includes")))
    seen = _seen(values)
    riders = page.riders([item for item in items if isinstance(item, dict)])
    for item in items or ([None] if riders else []):
        if item is not None and not isinstance(item, dict):
            yield Rejection(line=line, reason="an entry of the page's data that is no JSON object")
            continue
        users, tweets = riders.pop(0) if riders else ([], [])
        yield Row({"item": item, "seen": seen, "page": page, "users": users, "tweets": tweets}, source, line)


def _records(row: Row) -> Iterator[Record | Rejection]:
    values, _, line, _ = row
    item, page = values["item"], values.get("page") or _NO_PAGE
    seen = moment_or_none(values.get("seen"))
    accounts = (_account(user, seen) for user in values.get("users", ()))
    found: list[Record | Rejection] = [account for account in accounts if account]
    for tweet in values.get("tweets", ()):
        # An included tweet is no row; what is wrong with it costs nothing but itself.
        with contextlib.suppress(ValueError):
            _take_tweet(found, tweet, page, seen)
    if item is not None:
        try:
            _take_item(found, item, page, seen)
        except ValueError as problem:
            found.append(Rejection(line=line, reason=str(problem), row=f"id {id_of(item.get('id'))}"))
    return iter(found)


def _take_item(found: list[Record | Rejection], item: dict[str, Any], page: _Page, seen: Moment | None) -> None:
    """Add the records of one entry: a tweet, a user or a compliance line."""
    if "text" not in item and ("username" in item or "action" in item):
        record = _account(item, seen) if "username" in item else _compliance(item)
        if record is None:
            raise ValueError("a user without an id")
        found.append(record)
        return
    if "text" not in item and "author_id" not in item and "edit_history_tweet_ids" not in item:
        raise ValueError(
            "neither a tweet nor a user nor a compliance line: it has no text, author_id, username or action"
        )
    _take_tweet(found, item, page, seen)


def _take_tweet(
    found: list[Record | Rejection], tweet: dict[str, Any], page: _Page, seen: Moment | None, depth: int = 0
) -> None:
    """Add a tweet's author where it is told, the tweets it holds, the post, and what it reposts."""
    number = id_of(tweet.get("id"))
    if not number:
        raise ValueError(no_id("a tweet", tweet.get("id")))
    author = map_of(tweet.get("author"))
    if author and (account := _account(author, seen)):
        found.append(account)
    author_id = id_of(tweet.get("author_id")) or id_of(author.get("id"))
    account_id = scoped_id(PLATFORM, author_id) if author_id else None
    references: list[dict[str, Any]] = []
    if "referenced_tweets" in tweet:
        references = [each for each in map(map_of, list_of(tweet["referenced_tweets"])) if id_of(each.get("id"))]
    for each in references:
        if "text" in each and depth < _INLINED_DEPTH:
            _take_tweet(found, each, page, seen, depth + 1)
    post = _post(tweet, page, number=number, account_id=account_id, references=references, seen=seen)
    found.append(post)
    passed_on = [each for each in references if text_of(each.get("type")) in _REFERENCES]
    if passed_on and account_id is None:
        raise ValueError(f"a {post.kind} whose author is not told: who passed the original on is not known")
    for each in passed_on:
        original = page.tweets.get(id_of(each.get("id")) or "") or each
        whose, name = _original_author(original, tweet, is_retweet=each["type"] == "retweeted")
        repost = Repost(
            account_id=account_id or "",
            content_id=post.id,
            object_id=scoped_id(PLATFORM, id_of(each.get("id")) or ""),
            kind=_REFERENCES[each["type"]],
            at=post.at,
            object_account_id=scoped_id(PLATFORM, whose) if whose else None,
            object_name=name,
        )
        found.append(repost)


def _post(
    tweet: dict[str, Any],
    page: _Page,
    *,
    number: str,
    account_id: str | None,
    references: list[dict[str, Any]],
    seen: Moment | None,
) -> Post:
    kinds = {text_of(each.get("type")): id_of(each.get("id")) for each in references} if references else {}
    kind: PostKind = "post"
    if "retweeted" in kinds:
        kind = "repost"
    elif "quoted" in kinds:
        kind = "quote"
    elif "replied_to" in kinds:
        kind = "reply"
    elif RETWEET_OF.match(text_of(tweet.get("text")) or ""):
        kind = "repost"  # collected without its references; the words, and any number in them, are another's
    answered = kinds.get("replied_to")
    return Post(
        platform=PLATFORM,
        native_id=number,
        account_id=account_id,
        kind=kind,
        text=(text_of(map_of(tweet["note_tweet"]).get("text")) if "note_tweet" in tweet else None)
        or text_of(tweet.get("text")),
        at=_created(tweet),
        country=page.country(tweet) if "geo" in tweet else None,
        language=language_of(tweet.get("lang")),
        reply_to=scoped_id(PLATFORM, answered) if answered else None,
        media=page.media(tweet) if "attachments" in tweet else None,
        status=_withheld(tweet) if "withheld" in tweet else None,
        links=links_of(tweet["entities"]) if "entities" in tweet else (),
        media_digests=media_keys_of(tweet) if "attachments" in tweet else (),
        seen_at=seen,
    )


def _original_author(
    original: dict[str, Any], tweet: dict[str, Any], *, is_retweet: bool
) -> tuple[str | None, str | None]:
    """Return the id of a referenced tweet's author, or the handle that a retweet names, as far as either is told."""
    whose = id_of(original.get("author_id")) or id_of(map_of(original.get("author")).get("id"))
    named = RETWEET_OF.match(text_of(tweet.get("text")) or "") if is_retweet and not whose else None
    if not named:
        return whose, None
    for mention in map(map_of, list_of(map_of(tweet.get("entities")).get("mentions"))):
        if (text_of(mention.get("username")) or "").lower() == named[1].lower():
            whose = whose or id_of(mention.get("id"))
    return whose, named[1]


def _account(user: dict[str, Any], seen: Moment | None) -> Account | None:
    """Return a user's account; one that many pages include is made once."""
    try:
        key = orjson.dumps(user), seen
    except TypeError:  # a number of more than 64 bits
        return _made(user, seen)
    if key in _KNOWN:
        return _KNOWN[key]
    account = _made(user, seen)
    if len(key[0]) <= _LONGEST_KNOWN:
        if len(_KNOWN) >= _MOST_KNOWN:
            _KNOWN.clear()
        _KNOWN[key] = account
    return account


def _made(user: dict[str, Any], seen: Moment | None) -> Account | None:
    number = id_of(user.get("id"))
    if not number:
        return None
    created = user.get("created_at")
    created = str(created) if isinstance(created, (str, int, float)) and not isinstance(created, bool) else None
    return Account(
        platform=PLATFORM,
        native_id=number,
        handle=text_of(user.get("username")),
        display_name=text_of(user.get("name")),
        bio=text_of(user.get("description")),
        status=_withheld(user) or ("protected" if user.get("protected") is True else None),
        followers=count_of(map_of(user.get("public_metrics")).get("followers_count")),
        created_at=moment_or_none(created),
        links=profile_links_of(map_of(user.get("entities"))) if "entities" in user else (),
        seen_at=seen,
    )


def _compliance(item: dict[str, Any]) -> Post | None:
    number = id_of(item.get("id"))
    status = text_of(item.get("reason")) or text_of(item.get("action"))
    if not number or not status:
        raise ValueError("a compliance line without an id or an action")
    return Post(
        platform=PLATFORM,
        native_id=number,
        at=moment_or_none(item.get("created_at")),
        status=status,
        seen_at=moment_or_none(item.get("redacted_at")),
    )


def _withheld(item: dict[str, Any]) -> str | None:
    if not (withheld := map_of(item.get("withheld"))):
        return None
    countries = [code for each in list_of(withheld.get("country_codes")) if (code := text_of(each))]
    return "withheld in " + ", ".join(sorted(countries)) if countries else "withheld"


def _created(tweet: dict[str, Any]) -> Moment | None:
    value = tweet.get("created_at")
    if value is None:
        return None
    try:
        return moment(value)
    except ValueError as problem:
        raise ValueError(f"created_at: {problem}") from problem


def _seen(values: Any) -> Any:
    return map_of(values.get("__twarc")).get("retrieved_at")


class _Page:
    """What a page includes, by id."""

    __slots__ = ("_media", "_places", "tweets", "users")

    def __init__(self, includes: dict[str, Any]) -> None:
        self.users = _by_id(includes.get("users"))
        self.tweets = _by_id(includes.get("tweets"))
        self._places = _by_id(includes.get("places"))
        self._media = _by_id(includes.get("media"), "media_key")

    def riders(self, items: list[dict[str, Any]]) -> list[tuple[list[dict[str, Any]], list[dict[str, Any]]]]:
        """Return for each row the included users and tweets that ride on it; each rides once."""
        users, tweets = dict(self.users), dict(self.tweets)
        riders: list[tuple[list[dict[str, Any]], list[dict[str, Any]]]] = []
        for item in items:
            riding: list[dict[str, Any]] = []
            if tweets and "referenced_tweets" in item:
                referred = [id_of(map_of(each).get("id")) or "" for each in list_of(item["referenced_tweets"])]
                riding = [tweet for number in referred if (tweet := tweets.pop(number, None))]
            if not users:
                riders.append(([], riding))
                continue
            whole = [item, *riding]
            wanted = [value for each in whole for value in (each.get("author_id"), each.get("in_reply_to_user_id"))]
            if "entities" in item:
                mentioned = list_of(map_of(item["entities"]).get("mentions"))
                wanted += [map_of(mention).get("id") for mention in mentioned]
            named = [user for value in wanted if (user := users.pop(id_of(value) or "", None))]
            riders.append((named, riding))
        if users or tweets:
            first_users, first_tweets = riders[0] if riders else ([], [])
            riders[:1] = [([*first_users, *users.values()], [*first_tweets, *tweets.values()])]
        return riders

    def country(self, tweet: dict[str, Any]) -> str | None:
        """Return the country of the place that a tweet was tagged with, two letters."""
        if not (geo := map_of(tweet.get("geo"))):
            return None
        place = self._places.get(id_of(geo.get("place_id")) or "", geo)
        return country_of(place.get("country_code"))

    def media(self, tweet: dict[str, Any]) -> str | None:
        """Return the kinds of what is attached, ``None`` where nothing is."""
        if not (attachments := map_of(tweet.get("attachments"))):
            return None
        found = [map_of(each) for each in list_of(attachments.get("media"))]
        found += [
            self._media.get(id_of(key) or "", {"type": "media"}) for key in list_of(attachments.get("media_keys"))
        ]
        kinds = {text_of(each.get("type")) or "media" for each in found}
        kinds |= {"poll"} if attachments.get("poll_ids") or attachments.get("poll") else set()
        return ", ".join(sorted(kinds)) or None


def _by_id(values: Any, key: str = "id") -> dict[str, dict[str, Any]]:
    return {number: each for each in map(map_of, list_of(values)) if (number := id_of(each.get(key)))}


_NO_PAGE = _Page({})
LOADER = Loader(
    name="x-jsonl",
    title="X API v2 as JSON lines: pages of twarc2, or one tweet a line",
    shapes=("json-lines",),
    recognises=_recognises,
    columns=COLUMNS,
    records=_records,
    rank=10,
    platform=PLATFORM,
    split=_split,
)
