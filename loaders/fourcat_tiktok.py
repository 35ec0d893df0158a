"""4CAT's table of TikTok videos.

The table has no number of an account, so its name is what it is known by, as in TikTok's Research API. Text that stands
on the video (stickers) is its author's too: it follows the text under the video, on lines of its own. That a video is a
duet is told, but not of which: it makes no repost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.records import Account, Post
from loaders.contract import Loader
from loaders.fixed_columns import handle_of, mark, needed_id, number_of, own_id, words
from loaders.fourcat_columns import person, posted_at, recognised_by, records_by
from loaders.json_values import country_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.records import Record, Source

PLATFORM = "tiktok"
COLUMNS = {
    "id": "the video's number",
    "author": "the name of the account, without its @",
    "author_full": "the name that the account shows",
    "author_followers": "how many follow it",
    "body": "the text under the video",
    "stickers": "the text on the video: lines under the text",
    "unix_timestamp, timestamp": "when: Unix time, else the clock time",
    "music_id": "the sound",
    "tiktok_url": "its page",
    "location_created": "the country where the video was made, two letters",
}


def _make(cells: Mapping[str, str], source: Source) -> list[Record]:
    number = needed_id(cells, "id")
    handle = handle_of(cells, "author") if person(cells, "author") else None
    account = None
    if handle:
        account = Account(
            platform=PLATFORM,
            handle=handle,
            display_name=person(cells, "author_full"),
            followers=number_of(cells, "author_followers"),
        )
    post = Post(
        platform=PLATFORM,
        native_id=number,
        account_id=account.id if account else None,
        text="\n".join(text for name in ("body", "stickers") if (text := words(cells, name))) or None,
        at=posted_at(cells, source.timezone),
        country=country_of(mark(cells, "location_created")),
        url=mark(cells, "tiktok_url"),
        sound_id=own_id(cells, "music_id"),
    )
    return [account, post] if account else [post]


LOADER = Loader(
    name="4cat-tiktok",
    title="4CAT's TikTok videos: CSV, or one video a line as JSON",
    shapes=("table", "json-lines"),
    recognises=recognised_by("id", "author", "body", "music_id", "tiktok_url"),
    columns=COLUMNS,
    records=records_by(_make),
    rank=22,
    platform=PLATFORM,
)
