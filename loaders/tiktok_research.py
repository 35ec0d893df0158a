"""TikTok's Research API, videos: answers of ``/v2/research/video/query/`` or single videos, one JSON object a line.

Each video of an answer is a row. The API gives no number for an account, so its name is what it is known by. Keys:
developers.tiktok.com, Research API, Query Videos.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from graph.records import Account, Post, Record, Rejection
from loaders.contract import NO_OBJECT_LINES, Loader, Row
from loaders.json_values import country_of, id_of, map_of, no_id, text_of
from loaders.times import moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loaders.contract import Head

PLATFORM = "tiktok"
COLUMNS = {
    "data.videos": "an answer's videos, each a row; a line without it is one video",
    "id": "the video's number",
    "username": "the name of the account, without its @",
    "video_description": "the text under the video",
    "create_time": "when it was posted: Unix time",
    "region_code": "where the account was registered, two letters; not where the video was made",
}
_ANSWER = re.compile(r'"data"\s*:\s*\{.*"videos"\s*:\s*\[', re.DOTALL)
_OF_VIDEOS = re.compile(r'"(?:video_description|region_code|create_time|search_id|has_more)"\s*:')


def _recognises(head: Head) -> str | None:
    line = head.object_line()
    if line is None:
        return NO_OBJECT_LINES
    if _ANSWER.search(line) and _OF_VIDEOS.search(line):
        return None
    if '"video_description"' in line and ('"username"' in line or '"create_time"' in line):
        return None
    return "its first line is neither an answer {data: {videos}} nor a video with video_description"


def _split(row: Row) -> Iterator[Row | Rejection]:
    """Yield the videos of an answer; any other line is one video."""
    values, source, line, _ = row
    data = map_of(values.get("data"))
    if "videos" not in data:
        if not (map_of(values.get("error")) and "id" not in values):  # what the API refused, or of which it found none
            yield Row({"video": values}, source, line)
        return
    if not isinstance(data["videos"], list):
        yield Rejection(line=line, reason="an answer whose videos are no list")
        return
    for video in data["videos"]:
        if isinstance(video, dict):
            yield Row({"video": video}, source, line)
        else:
            yield Rejection(line=line, reason="an entry of the answer's videos that is no JSON object")


def _records(row: Row) -> Iterator[Record | Rejection]:
    video, line = row.values["video"], row.line
    number = id_of(video.get("id"))
    if not number:
        return iter((Rejection(line=line, reason=no_id("a video", video.get("id"))),))
    try:
        at = moment(video["create_time"]) if video.get("create_time") is not None else None
    except ValueError as problem:
        return iter((Rejection(line=line, reason=f"create_time: {problem}", row=f"id {number}"),))
    account = _account(video)
    post = Post(
        platform=PLATFORM,
        native_id=number,
        account_id=account.id if account else None,
        text=text_of(video.get("video_description")),
        at=at,
    )
    return iter((account, post) if account else (post,))


def _account(video: dict[str, Any]) -> Account | None:
    handle = (text_of(video.get("username")) or "").strip().removeprefix("@")
    return Account(platform=PLATFORM, handle=handle, country=country_of(video.get("region_code"))) if handle else None


LOADER = Loader(
    name="tiktok-research",
    title="TikTok's Research API: answers of videos, or videos, one JSON object a line",
    shapes=("json-lines",),
    recognises=_recognises,
    columns=COLUMNS,
    records=_records,
    rank=8,
    platform=PLATFORM,
    split=_split,
)
