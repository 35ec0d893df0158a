"""4CAT's table of tweets, collected through X's API v2.

Accounts and tweets have their own numbers, so they are the same as in X's own JSON. A retweet names whom it passes on
and what, but not the tweet's number: its object is told by the name and the words. Quotes and replies name a person.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from graph.records import Account, Post, PostKind, Repost, scoped_id
from loaders.contract import Loader
from loaders.fixed_columns import digest, handle_of, is_true, mark, needed_id, number_of, own_id, words
from loaders.fourcat_columns import listed, person, posted_at, recognised_by, records_by

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.records import Record, Source

PLATFORM = "x"
COLUMNS = {
    "id": "the tweet's number",
    "author_id, author, author_fullname": "who wrote it: number, name, shown name",
    "author_followers": "how many follow the author",
    "body": "the text; a retweet's is another's",
    "unix_timestamp, timestamp": "when: Unix time, else the clock time",
    "is_retweet, retweeted_user": "whom it passes on",
    "is_quote_tweet, is_reply": "what sort of tweet it is",
    "thread_id": "what a reply answers in the end: the tweet that began the conversation",
    "urls": "what the short links in it stand for",
    "images, videos": "what is attached: a picture, a video",
    "language_guess, link": "the language, as X guesses it; the tweet's page",
}
_RETWEET = re.compile(r"\s*RT @(\w{1,20}): ?")
_UNDETERMINED = frozenset({"und", "zxx", "qme", "qht", "qam", "qct", "qst"})  # X's marks for "no language"


def _make(cells: Mapping[str, str], source: Source) -> list[Record]:
    number, author = needed_id(cells, "id"), own_id(cells, "author_id")
    handle = handle_of(cells, "author") if person(cells, "author") else None
    account = None
    if author or handle:
        account = Account(
            platform=PLATFORM,
            native_id=author,
            handle=handle,
            display_name=person(cells, "author_fullname"),
            followers=number_of(cells, "author_followers"),
        )
    text, language = words(cells, "body"), mark(cells, "language_guess")
    kind, began = _kind(cells, text), own_id(cells, "thread_id")
    post = Post(
        platform=PLATFORM,
        native_id=number,
        account_id=account.id if account else None,
        kind=kind,
        text=text,
        at=posted_at(cells, source.timezone),
        language=None if language in _UNDETERMINED else language,
        reply_to=scoped_id(PLATFORM, began) if kind == "reply" and began and began != number else None,
        url=mark(cells, "link"),
        media=", ".join(name for name in ("image", "video") if mark(cells, f"{name}s")) or None,
        links=listed(cells, "urls"),
    )
    records: list[Record] = [account, post] if account else [post]
    if account and kind == "repost" and (repost := _retweet(cells, account, post)):
        records.append(repost)
    return records


def _kind(cells: Mapping[str, str], text: str | None) -> PostKind:
    if is_true(cells, "is_retweet") or _RETWEET.match(text or ""):
        return "repost"
    if is_true(cells, "is_quote_tweet"):
        return "quote"
    return "reply" if is_true(cells, "is_reply") else "post"


def _retweet(cells: Mapping[str, str], account: Account, post: Post) -> Repost | None:
    """Return what a retweet passes on, by the name and the words of its author; ``None`` where either is not told."""
    found = _RETWEET.match(post.text or "")
    whose = handle_of(cells, "retweeted_user") or (found[1] if found else None)
    said = " ".join((post.text or "")[found.end() if found else 0 :].casefold().split())
    if not (whose and said):
        return None
    return Repost(
        account_id=account.id,
        content_id=post.id,
        object_id=scoped_id(PLATFORM, f"rt-{digest(whose.lower(), said)}"),
        kind="retweet",
        at=post.at,
        object_name=whose,
    )


LOADER = Loader(
    name="4cat-twitter",
    title="4CAT's tweets: CSV, or one tweet a line as JSON",
    shapes=("table", "json-lines"),
    recognises=recognised_by("id", "author", "author_fullname", "author_id", "body", "is_retweet"),
    columns=COLUMNS,
    records=records_by(_make),
    rank=9,
    platform=PLATFORM,
)
