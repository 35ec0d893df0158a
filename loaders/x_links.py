"""Where a tweet's or profile's short links lead, and which media a tweet shows, as X's API says it."""

from __future__ import annotations

import re
from typing import Any

from loaders.json_values import list_of, map_of, text_of

OF_A_PICTURE = re.compile(r"^https?://(?:twitter|x)\.com/\w+/status/\d+/(?:photo|video)/\d")


def links_of(entities: Any) -> tuple[str, ...]:
    """Return what the short links in a text stand for, as far as X says it; pictures are links for X, and are none."""
    if not isinstance(entities, dict) or "urls" not in entities:
        return ()
    found = dict.fromkeys(
        link
        for each in map(map_of, list_of(entities["urls"]))
        if "media_key" not in each
        and (link := text_of(each.get("unwound_url")) or text_of(each.get("expanded_url")))
        and not OF_A_PICTURE.search(link)
    )
    return tuple(found)


def media_keys_of(tweet: dict[str, Any]) -> tuple[str, ...]:
    """Return what X calls the tweet's media: the same in every tweet that shows them."""
    attachments = map_of(tweet.get("attachments"))
    keys = list_of(attachments.get("media_keys")) or [
        map_of(each).get("media_key") for each in list_of(attachments.get("media"))
    ]
    return tuple(dict.fromkeys(key for key in map(text_of, keys) if key))


def profile_links_of(entities: dict[str, Any]) -> tuple[str, ...]:
    """Return the link of a profile and those of its description, as far as X says what they stand for."""
    return tuple(dict.fromkeys((*links_of(entities.get("url")), *links_of(entities.get("description")))))
