"""What the columns of any table may be called, and which of them a given header has.

Names are compared without regard to case, spaces, underscores, hyphens and dots.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from graph.csv_guard import unguard
from loaders.cells import ABSENT

if TYPE_CHECKING:
    from collections.abc import Mapping

_IGNORED = re.compile(r"[\s_\-.]+")

#: clew's name: what it means, and what else it is called, the more telling names first. A column of the file is taken
#: once, by the first of clew's names that claims it.
COLUMNS: dict[str, tuple[str, str]] = {
    "account_id": (
        "the account's own id on its platform; `@name` is taken for a handle",
        (
            "author_id user_id account_guid owner_id profile_id page_id channel_user_id sender_id from_id actor_id uid "
            "author account user sender"
        ),
    ),
    "handle": (
        "its unique public name, by which it is known where there is no id",
        (
            "account_handle user_name username screen_name author_username author_handle user_handle user_screen_name "
            "account_login login author nick"
        ),
    ),
    "display_name": (
        "the name it shows; never an identity",
        (
            "account_name name full_name author_name author_fullname author_full_name author_full user_full_name "
            "profile_name page_name nickname display sender_name"
        ),
    ),
    "bio": (
        "its description",
        (
            "account_bio description account_description user_description profile_description author_description about "
            "biography page_description profile_text user_bio"
        ),
    ),
    "account_country": ("the account's country, two letters", "user_country author_country page_admin_top_country"),
    "account_status": ("what the platform says of the account: active, closed, …", "user_status profile_status"),
    "account_url": ("its page", "profile_url user_url author_url author_link page_url"),
    "phone": (
        "a number that the platform gives for the account, as written",
        "phone_number account_phone user_phone telephone tel mobile whatsapp whatsapp_number msisdn",
    ),
    "followers": (
        "how many follow it",
        (
            "followers_count follower_count account_followers author_followers user_followers followers_at_posting "
            "subscribers subscriber_count"
        ),
    ),
    "account_created_at": (
        "when the account was made",
        "account_created user_created_at author_created_at user_created page_created joined joined_at registered_at",
    ),
    "seen_at": (
        "when the source saw the account or post",
        "collected_at retrieved_at scraped_at captured_at crawled_at",
    ),
    "post_id": (
        "the post's own id on its platform; without one, a digest of who, when, where and what",
        "message_id tweet_id status_id video_id item_id media_id id",
    ),
    "text": (
        "the post's text",
        "message body caption content full_text post_text tweet_text message_text tweet video_description post",
    ),
    "timestamp": (
        "when it was posted: Unix time, ISO 8601 or a date; see `loaders/times.py`",
        (
            "unix_timestamp timestamp_share posted_at published_at post_created post_created_at created_at "
            "created_time create_time created_utc created published sent_at datetime date_time date time post_date"
        ),
    ),
    "object_id": (
        "what the row passes on: the id of the original",
        (
            "repost_of retweeted_id shared_id repost_id reposted_id retweet_of retweet_id retweeted_tweet_id "
            "retweeted_status_id shared_post_id forward_of forwarded_id duet_of shared_object original_id"
        ),
    ),
    "content_id": ("the post that passes it on; else it is the post's id", "share_id reposting_id"),
    "object_account_id": ("the original's author", "retweeted_user_id reposted_account_id original_author_id"),
    "object_name": ("what the original's author is called", "retweeted_user reposted_user forwarded_from"),
    "repost_kind": ("share, retweet, forward, quote or duet", "share_kind share_type repost_type"),
    "reply_to": (
        "the post that this one answers",
        "reply_id in_reply_to in_reply_to_id reply_to_id in_reply_to_status_id replied_to",
    ),
    "chat": (
        "the id or name of the group or channel it stands in",
        "chat_id group group_id channel channel_id group_name chat_name",
    ),
    "chat_title": ("that group's name, where `chat` is its id", "group_title channel_title"),
    "platform": ("the row's platform, before `--platform`", "site network service source_platform"),
    "country": (
        "the country of the post, or of the account in a table of accounts, two letters",
        "country_code region_code region post_country",
    ),
    "language": ("the post's language, as the source says", "lang language_code language_guess"),
    "url": (
        "the post's page, or the account's in a table of accounts",
        "link permalink post_url tweet_url tiktok_url message_link",
    ),
    "media": (
        "what is attached, by name or kind",
        "attachment media_type attachment_type media_url image_url video_url",
    ),
    "links": (
        "where links of the post lead, or of a profile in a table of accounts; apart by blanks, or a JSON list",
        "urls expanded_urls expanded_url entities_linked outlinks external_urls",
    ),
    "account_links": (
        "the links that the account's profile shows",
        "profile_links bio_links external_url website bio_link",
    ),
    "media_digests": (
        "what tells its media from others: digests, or the platform's ids of them",
        "media_digest media_hash media_sha256 media_md5 image_hash phash media_keys media_key",
    ),
    "sound_id": ("the platform's id of the sound or music under it", "music_id audio_id sound"),
    "chat_invite": ("the link by which one joins that group", "invite_link group_invite channel_invite invite"),
    "contact_name": ("the name on a contact card in the post", "contact"),
    "contact_phone": ("the number on it, as written", "contact_number contact_phone_number"),
    "stance": ("offer, ask, information or quotation, where somebody reviewed the post", "label_stance"),
    "status": ("what the platform says of the post, or of the account in a table of accounts", "post_status"),
}  # fmt: skip

#: Columns in which any word is meant.
_TEXTS = frozenset({"handle", "display_name", "bio", "text", "object_name", "chat_title", "contact_name"})

#: Columns that tell of the account, in a table of posts.
_OF_AN_ACCOUNT = (
    "account_id", "handle", "display_name", "bio", "account_country", "account_status", "account_url", "account_links",
    "phone", "followers", "account_created_at", "seen_at",
)  # fmt: skip

MEANINGS = {name: meaning for name, (meaning, _) in COLUMNS.items()}


def plain(name: str) -> str:
    """Return a column's name as it is compared.

    >>> plain(" Author_ID ")
    'authorid'
    """
    return _IGNORED.sub("", name.casefold())


def listed(header: tuple[str, ...]) -> str:
    """Return a file's columns for a message: the first twenty, none longer than 40 characters."""
    shown = ", ".join(repr(name[:40]) for name in header[:20])
    more = len(header) - 20
    return f"{shown} and {more} more" if more > 0 else shown or "not to be made out"


class Plan(NamedTuple):
    """Which column of a file holds what: pairs of clew's name and the file's.

    ``marks`` are ids, numbers and times, in which words like ``NA`` mean nothing; ``texts`` are what people wrote.
    ``author`` are clew's names of those that tell of the account that a post is of.
    ``posts`` says that the rows are posts or reposts, else they are accounts; ``problem`` why the table can't be read.
    """

    marks: tuple[tuple[str, str], ...]
    texts: tuple[tuple[str, str], ...]
    author: tuple[str, ...]
    posts: bool
    problem: str | None

    def read(self, values: Mapping[str, str]) -> dict[str, str]:
        """Return a row's cells by clew's names, without those that say nothing."""
        cells = {ours: cell for ours, theirs in self.marks if (cell := values[theirs].strip()) not in ABSENT}
        for ours, theirs in self.texts:
            cell = values[theirs]
            if cell and not cell.isspace():
                cells[ours] = cell
        for ours, cell in cells.items():
            if cell[0] == "'":
                cells[ours] = unguard(cell)
        return cells


@lru_cache(maxsize=256)
def plan(header: tuple[str, ...], mapped: tuple[tuple[str, str], ...] = ()) -> Plan:
    """Return which of the header's columns holds what; ``mapped`` (ours, theirs) goes before what names suggest.

    In a table that has nothing of a post, a lone ``id`` is the account's, ``created_at`` is when the account was made,
    and another time when it was seen.
    """
    found: dict[str, str] = dict(mapped)
    free = {plain(cell): cell for cell in reversed(header) if cell not in found.values()}
    for ours, (_, others) in COLUMNS.items():
        for name in (ours, *others.split()) if ours not in found else ():
            if (cell := free.pop(plain(name), None)) is not None:
                found[ours] = cell
                break
    posts = bool({"text", "object_id", "content_id", "contact_phone"} & found.keys())
    if not posts and "account_id" not in found and plain(found.get("post_id", "")) == "id":
        found["account_id"] = found.pop("post_id")
    posts = posts or "post_id" in found
    if not posts and plain(found.get("timestamp", "")).startswith("creat") and "account_created_at" not in found:
        found["account_created_at"] = found.pop("timestamp")
    problem = None
    if not {"account_id", "handle"} & found.keys() and not {"post_id", "text"} <= found.keys():
        problem = (
            "it has no column for an account (account_id, author, username, …) nor for posts (post_id and text); "
            f"its columns are {listed(header)}"
        )
    return Plan(
        marks=tuple(pair for pair in found.items() if pair[0] not in _TEXTS),
        texts=tuple(pair for pair in found.items() if pair[0] in _TEXTS),
        author=tuple(name for name in _OF_AN_ACCOUNT if name in found),
        posts=posts,
        problem=problem,
    )
