"""TikTok's Research API: each video of an answer is a row; an account is known by its name."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from graph.errors import FormatUnknown
from graph.records import Account, Post

if TYPE_CHECKING:
    from collections.abc import Callable


def video(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": number, "username": "some.one", "video_description": "seats", "create_time": 1_706_000_000, **more,
    }  # fmt: skip


def answer(*videos: Any, **more: Any) -> dict[str, Any]:
    return {"data": {"videos": list(videos), "has_more": False}, "error": {"code": "ok"}, **more}


def lines(*values: Any) -> str:
    return "\n".join(json.dumps(value) for value in values) + "\n"


def test_each_video_of_an_answer_is_a_row_on_the_answers_line(read: Callable[..., Any]) -> None:
    found = read(lines(answer(video(1), video(2)), answer(), video(3)))
    assert found.source.format == "tiktok-research"
    assert [row.line for row in found.rows] == [1, 1, 3]
    assert [post.id for post in found.of(Post)] == ["tiktok:1", "tiktok:2", "tiktok:3"]
    assert {post.account_id for post in found.of(Post)} == {"tiktok:some.one"}
    assert found.of(Post)[0].at.utc().isoformat() == "2024-01-23T08:53:20+00:00"


def test_an_account_is_known_by_its_name_whatever_its_case_and_its_at(read: Callable[..., Any]) -> None:
    found = read(lines(video(1, username="Some.One"), video(2, username="@some.one"), video(3, username="@")))
    assert [account.id for account in found.of(Account)] == ["tiktok:some.one", "tiktok:some.one"]
    assert [post.account_id for post in found.of(Post)] == ["tiktok:some.one", "tiktok:some.one", None]


@pytest.mark.parametrize(("code", "country"), [("fr", "FR"), ("", None), ("Kosovo", None), (33, None)])
def test_where_an_account_was_registered_is_its_country_and_not_the_videos(
    code: Any, country: str | None, read: Callable[..., Any]
) -> None:
    found = read(lines(video(1, region_code=code)))
    assert [account.country for account in found.of(Account)] == [country]
    assert [post.country for post in found.of(Post)] == [None]


def test_what_the_api_refused_is_no_row_and_damage_costs_its_row_alone(read: Callable[..., Any]) -> None:
    refused = {"data": {}, "error": {"code": "rate_limit_exceeded", "message": ""}}
    found = read(lines(answer(video(1)), refused, answer(7, video(2, create_time="soon"), video(3, id=None))))
    assert [post.id for post in found.of(Post)] == ["tiktok:1"]
    assert found.reasons == [
        (3, "an entry of the answer's videos that is no JSON object"),
        (3, "create_time: 'soon' is no time"),
        (3, "a video without an id"),
    ]


@pytest.mark.parametrize("videos", [None, 5, "x", {"a": 1}])
def test_an_answer_whose_videos_are_no_list_is_rejected(videos: Any, read: Callable[..., Any]) -> None:
    found = read(lines(answer(video(1)), {"data": {"videos": videos}}))
    assert found.reasons == [(2, "an answer whose videos are no list")]


def test_pages_of_x_are_not_taken_for_answers(read: Callable[..., Any]) -> None:
    text = 'he said {"data": {"videos": [ "video_description": "username":'
    page = {"data": [{"id": "1", "author_id": "2", "text": text}], "meta": {"result_count": 1}}
    assert read(lines(page)).source.format == "x-jsonl"


def test_one_answer_over_many_lines_is_refused_with_what_to_do(read: Callable[..., Any]) -> None:
    with pytest.raises(FormatUnknown, match="not one JSON object a line"):
        read(json.dumps(answer(video(1)), indent=1), format_name=None)
