"""4CAT's tables of TikTok videos, as CSV or as one JSON object a line.

Only the oldest tables have the number of an account; in others it is known by its name. What stands on a video
(``stickers``) is its author's, and is read as lines under the text. That a video is a duet is told, and not of which.
Columns: digitalmethodsinitiative/4cat, datasources/tiktok and tiktok_urls, map_item.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.records import Account, Post
from loaders.cells import shortened, whole_id
from loaders.contract import Loader
from loaders.fixed_columns import is_true, number_of, records_by
from loaders.fourcat_columns import (
    name_of,
    number_in,
    post_id,
    pseudonym,
    recognised_by,
    time_of,
    told,
    written,
)
from loaders.json_values import country_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.records import Record, Source


PLATFORM = "tiktok"
COLUMNS = {
    "id": "the video's number",
    "author, author_full": "the account's name, by which it is known, and the name it shows",
    "author_id": "the account's number, which only the oldest tables have",
    "author_followers": "how many follow it",
    "body, stickers": "the text under the video, and under that, on lines of their own, the texts on it",
    "unix_timestamp, timestamp": "when it was posted, Unix time or UTC",
    "is_duet": "whether it goes with another video: then it is a quote",
    "music_id": "the sound",
    "location_created": "the country in which it was made, two letters",
    "tiktok_url": "its page",
}
_TELLING = ("id", "author", "author_full", "body", "is_duet", "music_id", "tiktok_url")
#: How TikTok writes that there is no sound.
_NONE = "0"


def _make(cells: Mapping[str, str], _: Source) -> list[Record]:
    number, account = post_id(cells), _account(cells)
    texts = [text for name in ("body", "stickers") if (text := written(cells, name))]
    post = Post(
        platform=PLATFORM,
        native_id=number,
        account_id=account.id if account else None,
        kind="quote" if is_true(cells, "is_duet") else "post",
        text="\n".join(texts) or None,
        at=time_of(cells, utc=True),
        country=country_of(told(cells, "location_created")),
        url=told(cells, "tiktok_url"),
        sound_id=_sound(cells),
    )
    return [account, post] if account else [post]


def _account(cells: Mapping[str, str]) -> Account | None:
    """Return who posted the video, ``None`` where 4CAT took that out."""
    number = number_in(cells, "author_id") or pseudonym(cells, "author_id")
    handle = name_of(cells, "author")
    if not (number or handle):
        number = pseudonym(cells, "author")
    if not (number or handle):
        return None
    return Account(
        platform=PLATFORM,
        native_id=number,
        handle=handle,
        display_name=written(cells, "author_full"),
        followers=number_of(cells, "author_followers"),
    )


def _sound(cells: Mapping[str, str]) -> str | None:
    """Return the sound's id; ``None`` also where a spreadsheet cut it, which would make one sound of many."""
    text = told(cells, "music_id")
    return None if text is None or shortened(text) or whole_id(text) == _NONE else whole_id(text)


LOADER = Loader(
    name="4cat-tiktok",
    title="4CAT's TikTok videos: a table, or one video a line as JSON",
    shapes=("table", "json-lines"),
    recognises=recognised_by(*_TELLING),
    columns=COLUMNS,
    records=records_by(_make),
    rank=9,
    platform=PLATFORM,
)
