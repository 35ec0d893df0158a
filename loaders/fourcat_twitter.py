"""4CAT's tables of tweets, as CSV or as one JSON object a line: from X's API, from Zeeschuimer, or from DMI-TCAT.

The tables do not say which tweet a retweet passes on. Its text is that tweet's, whole or cut at 140 characters: a
digest of the retweeted name and this text stands for it, so that all who retweet it share it, unless some have it cut
and some whole. Two tweets of one account that say the same count as one; few words say too little and make none. What
is quoted is told in tables from Zeeschuimer alone. Which tweet a reply answers is not told: ``thread_id`` is the
conversation's.

Columns: digitalmethodsinitiative/4cat, datasources/twitterv2, twitter-import and dmi-tcat, map_item.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from graph.records import Account, Post, PostKind, Repost, scoped_id
from loaders.cells import parts_of
from loaders.contract import Loader
from loaders.fixed_columns import digest, is_true, number_of, records_by
from loaders.fourcat_columns import (
    name_of,
    number_in,
    post_id,
    pseudonym,
    recognised_by,
    told,
    utc_of,
    written,
)
from loaders.telegram_text import folded
from loaders.x_links import OF_A_PICTURE
from loaders.x_words import language_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.records import Record, Source


PLATFORM = "x"
COLUMNS = {
    "id": "the tweet's number",
    "timestamp, unix_timestamp": "when it was tweeted, UTC; the Unix time has the zone of 4CAT's server in it",
    "author_id, author, author_fullname": "whose it is: number, name and shown name",
    "author_followers, author_bio": "how many follow them, and what they say of themselves",
    "body": "the text; a retweet's is that of the tweet it passes on",
    "language_guess": "its language",
    "is_retweet, retweeted_user": "whether it passes another on, and by name whose",
    "is_quote_tweet, quote_tweet_id, quote_author": "whether it quotes, which tweet, and by name whose",
    "is_reply": "whether it answers; not what",
    "urls": "what short links stand for",
    "images, videos": "whether pictures and videos are attached",
    "link": "its page",
    "subject": "why X did not give the tweet, of one asked for by its number",
}
_TELLING = ("id", "author", "author_fullname", "author_id", "body", "is_retweet", "is_quote_tweet", "is_reply")
_UNKNOWN = "UNKNOWN"
#: How 4CAT puts the retweeted name before the text, at times without the colon, and how people do.
_RETWEET, _COPIED = re.compile(r"\s*RT @(\w{1,20}):?\s"), re.compile(r"\s*RT @\w{1,20}:")
#: A text shorter than this may be said by anybody twice: "thank you".
_SAYS_LITTLE = 16


def _make(cells: Mapping[str, str], _: Source) -> list[Record]:
    number = post_id(cells)
    if told(cells, "author_id") == _UNKNOWN:
        # X gave no tweet but a reason, and 4CAT the time of asking.
        status = written(cells, "subject") or "not to be had"
        return [Post(platform=PLATFORM, native_id=number, status=status, seen_at=utc_of(cells))]
    account = _account(cells)
    text, kind = written(cells, "body"), _kind(cells)
    post = Post(
        platform=PLATFORM,
        native_id=number,
        account_id=account.id if account else None,
        kind=kind,
        text=text,
        at=utc_of(cells),
        language=language_of(told(cells, "language_guess")),
        url=told(cells, "link"),
        media=_media(cells),
        links=tuple(link for link in parts_of(told(cells, "urls")) if not OF_A_PICTURE.search(link)),
    )
    records: list[Record] = [account, post] if account else [post]
    if account and (repost := _retweet(cells, post, account) if kind == "repost" else _quote(cells, post, account)):
        records.append(repost)
    return records


def _account(cells: Mapping[str, str]) -> Account | None:
    """Return whose tweet it is, ``None`` where 4CAT took that out."""
    number = number_in(cells, "author_id") or pseudonym(cells, "author_id")
    handle = name_of(cells, "author")
    if not (number or handle):
        return None
    return Account(
        platform=PLATFORM,
        native_id=number,
        handle=handle,
        display_name=written(cells, "author_fullname"),
        bio=written(cells, "author_bio"),
        followers=number_of(cells, "author_followers"),
    )


def _kind(cells: Mapping[str, str]) -> PostKind:
    """Return what a tweet is; one that copies another's words by hand is a repost too, of what is not told."""
    if is_true(cells, "is_retweet") or _COPIED.match(cells.get("body", "")):
        return "repost"
    if is_true(cells, "is_quote_tweet"):
        return "quote"
    return "reply" if is_true(cells, "is_reply") else "post"


def _retweet(cells: Mapping[str, str], post: Post, account: Account) -> Repost | None:
    """Return what a retweet passes on; ``None`` where its words tell too little, or where it is no retweet."""
    if not is_true(cells, "is_retweet"):
        return None
    found = _RETWEET.match(post.text or "")
    name = name_of(cells, "retweeted_user") or (found[1] if found else None)
    words = folded((post.text or "")[found.end() :] if found else post.text) or ""
    if not name or len(words) < _SAYS_LITTLE:
        return None
    return Repost(
        account_id=account.id,
        content_id=post.id,
        object_id=scoped_id(PLATFORM, f"rt-{digest(name.lower(), words)}"),
        kind="retweet",
        at=post.at,
        object_name=name,
    )


def _quote(cells: Mapping[str, str], post: Post, account: Account) -> Repost | None:
    """Return which tweet is quoted, where that is told."""
    number = number_in(cells, "quote_tweet_id")
    if not number:
        return None
    return Repost(
        account_id=account.id,
        content_id=post.id,
        object_id=scoped_id(PLATFORM, number),
        kind="quote",
        at=post.at,
        object_name=name_of(cells, "quote_author"),
    )


def _media(cells: Mapping[str, str]) -> str | None:
    kinds = [kind for kind, column in (("photo", "images"), ("video", "videos")) if told(cells, column)]
    return ", ".join(kinds) or None


LOADER = Loader(
    name="4cat-twitter",
    title="4CAT's tweets: a table, or one tweet a line as JSON",
    shapes=("table", "json-lines"),
    recognises=recognised_by(*_TELLING),
    columns=COLUMNS,
    records=records_by(_make),
    rank=9,
    platform=PLATFORM,
)
