"""CrowdTangle's downloads of Instagram posts. The service ended on 14 August 2024.

The account is known by its name, because the download has no number of it. Columns: as 4CAT imports them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from graph.records import Account, Post, Record
from loaders.contract import Loader
from loaders.crowdtangle_facebook import clock_time, text_of
from loaders.fixed_columns import digest, handle_of, mark, number_of, records_by, words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.records import Source
    from loaders.contract import Head

PLATFORM = "instagram"
COLUMNS = {
    "Account": "the name that the account shows",
    "User Name": "its public name, by which it is known",
    "Followers at Posting": "how many followed it",
    "Post Created": "when it was posted; its letters tell the zone, or `--timezone`",
    "Type": "photo, video, album, …",
    "URL": "the post's page, whose code it is known by",
    "Link": "where it links to, if not to itself",
    "Title, Description, Image Text": "the text, one under the other",
}
_TELLING = ("User Name", "Post Created", "URL", "Photo", "Title", "Description")
#: What private accounts' codes have beyond this is a key to the post.
_CODE_LENGTH = 11
_CODE = re.compile(r"instagram\.com/(?:[\w.]+/)?(?:p|reel|reels|tv)/([\w-]+)")


def _recognises(head: Head) -> str | None:
    missing = [name for name in _TELLING if name not in head.header]
    return f"its header lacks {', '.join(missing)}" if missing else None


def _post(cells: Mapping[str, str], source: Source) -> list[Record]:
    handle = handle_of(cells, "User Name")
    if not handle:
        raise ValueError("no account: User Name is empty or no name of an account")
    account = Account(
        platform=PLATFORM,
        handle=handle,
        display_name=words(cells, "Account"),
        followers=number_of(cells, "Followers at Posting"),
    )
    at, url, link = clock_time(cells, "Post Created", source.timezone), mark(cells, "URL"), mark(cells, "Link")
    text = text_of(cells, "Title", "Description", "Image Text")
    if not (text or url):
        raise ValueError("holds no post: its URL and its texts are empty")
    code = found[1][:_CODE_LENGTH] if url and (found := _CODE.search(url)) else None
    post = Post(
        platform=PLATFORM,
        native_id=code or f"row-{digest(account.id, at and at.us, url, text)}",
        account_id=account.id,
        text=text,
        at=at,
        url=url,
        media=mark(cells, "Type"),
        links=(link,) if link and (code is None or code not in link) else (),
    )
    return [account, post]


LOADER = Loader(
    name="crowdtangle-instagram",
    title="CrowdTangle's posts of Instagram, a table",
    shapes=("table",),
    recognises=_recognises,
    columns=COLUMNS,
    records=records_by(_post),
    rank=21,
    platform=PLATFORM,
)
