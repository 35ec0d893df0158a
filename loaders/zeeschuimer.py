"""What Zeeschuimer kept of a social medium's website while somebody browsed it, one JSON object a line.

A line is an envelope around the platform's own item, or, as 4CAT writes the same on, the item with what the envelope
told beside it. Each platform's items are read in a module of their own. Keys: digitalmethodsinitiative/zeeschuimer,
js/zs-background.js and modules; digitalmethodsinitiative/4cat, backend/lib/search.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graph.records import Record, Rejection
from loaders import instagram_items, tiktok_items, x_items
from loaders.contract import NO_OBJECT_LINES, Loader
from loaders.json_values import id_of, map_of, text_of
from loaders.x_words import moment_or_none

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from graph.records import Moment
    from loaders.contract import Head, Row

#: Zeeschuimer's names of platforms, and what adds the records of one of their items.
_ADDERS: dict[str, Callable[[list[Record | Rejection], dict[str, Any], Moment | None], None]] = {
    "tiktok.com": tiktok_items.add_video,
    "tiktok-comments": tiktok_items.add_comment,
    "instagram.com": instagram_items.add_post,
    "twitter.com": x_items.add_tweet,
    "x.com": x_items.add_tweet,
    "twitter-comments": x_items.add_tweet,
}
_BESIDE = "__import_meta"
#: What 4CAT's form is known by where its first line is so long that its end, and with it that key, is out of sight.
_ITEMS = (
    {"id", "desc", "createTime", "author"},
    {"cid", "aweme_id", "create_time"},
    {"rest_id", "legacy", "core"},
    {"type", "legacy", "user"},
    {"code", "media_type", "user"},
    {"code", "taken_at", "user"},
    {"shortcode", "edge_media_to_caption", "owner"},
)
COLUMNS = {
    "source_platform, data": "the platform, and its item; lines of other platforms than these three are rejected",
    "__import_meta": "what 4CAT keeps of the envelope, beside the item's own keys",
    "timestamp_collected": "when it was collected",
    **{f"TikTok: {keys}": meaning for keys, meaning in tiktok_items.COLUMNS.items()},
    **{f"Instagram: {keys}": meaning for keys, meaning in instagram_items.COLUMNS.items()},
    **{f"X: {keys}": meaning for keys, meaning in x_items.COLUMNS.items()},
}


def _recognises(head: Head) -> str | None:
    if head.object_line() is None:
        return NO_OBJECT_LINES
    keys = head.first_keys()
    known = {"source_platform", "data"} <= keys or _BESIDE in keys
    if not (known or head.keys):
        # Of an envelope the platform comes before the item.
        known = "source_platform" in keys or any(signs <= keys for signs in _ITEMS)
    return None if known else "its first line has neither source_platform and data nor __import_meta"


def _records(row: Row) -> Iterator[Record | Rejection]:
    item, told = _opened(dict(row.values))
    found: list[Record | Rejection] = []
    try:
        _add(found, item, told)
    except ValueError as problem:
        shown = f"{_platform(told)} {id_of(told.get('item_id')) or id_of(item.get('id'))}"
        found.append(Rejection(line=row.line, reason=str(problem), row=shown))
    return iter(found)


def _add(found: list[Record | Rejection], item: dict[str, Any], told: dict[str, Any]) -> None:
    """Add the records of an item; raise ``ValueError`` with the reason where it is none that is read."""
    platform = _platform(told)
    if platform is None:
        raise ValueError("a line that does not say of which platform it is (source_platform)")
    add = _ADDERS.get(platform.lower().removeprefix("www."))
    if add is None:
        raise ValueError(f"an item of {platform}, which is not read: only TikTok, Instagram and X are")
    if not item:
        raise ValueError("a line without its item (data)")
    add(found, item, moment_or_none(told.get("timestamp_collected")))


def _platform(told: dict[str, Any]) -> str | None:
    name = text_of(told.get("source_platform"))
    return name.strip()[:60] if name else None


def _opened(values: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a line's item and what is told of it, whichever way they were put together."""
    if _BESIDE in values:
        return values, map_of(values.pop(_BESIDE))
    return map_of(values.get("data")), values


LOADER = Loader(
    name="zeeschuimer",
    title="Zeeschuimer: TikTok, Instagram and X as they were browsed, one JSON object a line",
    shapes=("json-lines",),
    recognises=_recognises,
    columns=COLUMNS,
    records=_records,
    rank=6,
)
