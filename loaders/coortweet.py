"""The four columns of CooRTweet: who shared which object through which content, and when.

A row is an account and its share; it has no text, so it makes no post. Ids are as the file gives them, of the platform
that ``--platform`` names. Layout: CooRTweet, R/prep_data.R.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from graph.records import UNKNOWN_PLATFORM, Account, Record, Rejection, Repost
from loaders.cells import ABSENT, shortened
from loaders.contract import Loader
from loaders.times import moment, unix_seconds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph.records import Moment
    from loaders.contract import Head, Row

COLUMNS = {
    "object_id": "what was shared: a link, a hashtag, a post",
    "account_id": "who shared it",
    "content_id": "the post that shared it; one post may share several objects",
    "timestamp_share": "when: Unix seconds, or `2021-06-16 22:04:51` in UTC",
}


def _recognises(head: Head) -> str | None:
    missing = [name for name in COLUMNS if name not in head.header]
    return f"its header lacks {', '.join(missing)}" if missing else None


def _records(row: Row) -> Iterator[Record | Rejection]:
    values, source, line, _ = row
    platform = source.platform or UNKNOWN_PLATFORM
    object_id, account_id, content_id = values["object_id"], values["account_id"], values["content_id"]
    if object_id in ABSENT or account_id in ABSENT or content_id in ABSENT:
        missing = next(name for name in COLUMNS if values[name] in ABSENT)
        return iter((Rejection(line=line, reason=f"{missing} is empty"),))
    if reason := shortened(object_id) or shortened(account_id) or shortened(content_id):
        return iter((Rejection(line=line, reason=f"an id, {reason}"),))
    try:
        at = _share_time(values["timestamp_share"])
    except ValueError as problem:
        return iter((Rejection(line=line, reason=f"timestamp_share: {problem}"),))
    account = _account(platform, account_id)
    repost = Repost(
        account_id=f"{platform}:{account_id}",
        content_id=f"{platform}:{content_id}",
        object_id=f"{platform}:{object_id}",
        at=at,
    )
    return iter((account, repost))


def _share_time(text: str) -> Moment:
    try:
        return unix_seconds(text)
    except ValueError:
        # The format says UTC, so the zone is known though the text does not name it.
        return moment(text, "UTC")._replace(zone_known=True)


@lru_cache(maxsize=1 << 16)
def _account(platform: str, native_id: str) -> Account:
    """Return an account; one that shares often is made once, which is a fifth of the loading time."""
    return Account(platform=platform, native_id=native_id)


LOADER = Loader(
    name="coortweet",
    title="CooRTweet: a table of shares with object, account, content and time",
    shapes=("table",),
    recognises=_recognises,
    columns=COLUMNS,
    records=_records,
    rank=20,
)
