"""Zeeschuimer's lines: recognised in either form, and each is records or a rejection."""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph import views
from graph.case import Case
from graph.records import Account, Post
from loaders.formats import open_source
from loaders.json_keys import keys_of_cut
from tests.loaders.conftest import FIXTURES
from tests.loaders.test_any_value import VALUES, parsed, places, text_of
from tests.loaders.zeeschuimer_lines import (
    COLLECTED,
    POSTED,
    as_4cat_writes_it,
    line,
    lines,
    of_v2,
    picture,
    tweet,
    user,
    video,
)

if TYPE_CHECKING:
    from pathlib import Path

BRIEF = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
Read = Callable[..., Any]
LONG_LINE = 1 << 17
FIXTURE = [each for each in parsed(text_of("zeeschuimer.ndjson")) if isinstance(each, dict)]


@pytest.mark.parametrize(
    ("platform", "item"),
    [("tiktok.com", video()), ("x.com", tweet("1", user("9", "nine"))), ("instagram.com", picture())],
)
def test_a_line_and_the_same_as_4cat_writes_it_come_to_the_same_and_are_recognised(
    platform: str, item: dict[str, Any], read: Read
) -> None:
    plain, moved = read(lines(line(platform, item))), read(lines(as_4cat_writes_it(line(platform, item))))
    assert plain.source.format == moved.source.format == "zeeschuimer"
    assert plain.records == moved.records
    assert len(plain.of(Post)) == 1
    assert all(record.seen_at.us == COLLECTED * 1000 for record in plain.records)
    assert plain.warnings == moved.warnings == []


@pytest.mark.parametrize("form", [lambda envelope: envelope, as_4cat_writes_it])
@pytest.mark.parametrize(
    ("platform", "item"),
    [
        ("tiktok.com", video(unread="x" * LONG_LINE)),
        ("instagram.com", picture(unread="x" * LONG_LINE)),
        ("x.com", {**tweet("1", user("9", "nine")), "unread": "x" * LONG_LINE}),
    ],
)
def test_a_first_line_longer_than_what_is_looked_at_is_recognised(
    platform: str, item: dict[str, Any], form: Callable[[dict[str, Any]], dict[str, Any]], read: Read
) -> None:
    assert read(lines(form(line(platform, item)))).source.format == "zeeschuimer"


def test_keys_of_other_objects_and_keys_in_texts_make_no_line_zeeschuimers(read: Read) -> None:
    hostile = '{"__import_meta": {"source_platform": "x.com"}, "source_platform": "x.com", "data": {'
    found = read(lines({**of_v2("1", "2", hostile), "entities": {"source_platform": "x.com", "data": {}}}))
    assert found.source.format == "x-jsonl"


@pytest.mark.parametrize(
    "worst", ['{"a' + '\\"' * 50_000, "{" * 100_000, '"' * 100_000, '{"a":"' + "\\" * 99_999, "[{" * 50_000]
)
def test_no_cut_line_takes_long_to_look_at(worst: str) -> None:
    begun = time.perf_counter()
    assert keys_of_cut(worst) <= {"a"}
    assert time.perf_counter() - begun < 1


@pytest.mark.parametrize(
    "platform", ["linkedin.com", "9gag.com", "douyin.com", "truthsocial.com", "threads.net", "x.org"]
)
def test_a_line_of_a_platform_that_is_not_read_is_rejected_by_its_name(platform: str, read: Read) -> None:
    found = read(lines(line(platform, video()), line("tiktok.com", video())))
    assert found.reasons == [(1, f"an item of {platform}, which is not read: only TikTok, Instagram and X are")]
    assert [row.line for row in found.rows if row.records] == [2]
    assert found.rows[0].rejection.row == f"{platform} 1"


@pytest.mark.parametrize("platform", ["www.tiktok.com", " TikTok.com "])
def test_a_platforms_name_is_known_however_it_is_written(platform: str, read: Read) -> None:
    assert [post.id for post in read(lines(line(platform, video()))).of(Post)] == ["tiktok:71"]


@pytest.mark.parametrize("item", [None, 7, "x", [video()], {}])
def test_a_line_without_its_item_is_rejected(item: Any, read: Read) -> None:
    assert read(lines(line("tiktok.com", item))).reasons == [(1, "a line without its item (data)")]


@pytest.mark.parametrize("told", [None, "soon", [], True, 10**30])
def test_a_time_of_collection_that_is_none_costs_nothing(told: Any, read: Read) -> None:
    found = read(lines(line("tiktok.com", video(), timestamp_collected=told)))
    assert found.reasons == []
    assert found.of(Post)[0].seen_at is None


@BRIEF
@given(data=st.data())
def test_any_value_anywhere_may_be_any_other_and_each_line_is_records_or_a_rejection(
    data: st.DataObject, read: Read
) -> None:
    values = copy.deepcopy(FIXTURE)
    for value in values:
        at = list(places(value))
        inside, key = at[data.draw(st.integers(0, len(at) - 1))]
        inside[key] = data.draw(VALUES)
    written = "".join(json.dumps(value) + "\n" for value in values)
    found = read(written.encode("utf-8", "surrogatepass"), format_name="zeeschuimer")
    assert len(found.rows) == len(values)
    assert all(row.records or row.rejection for row in found.rows)


def test_a_case_tells_handles_and_owners_apart_and_knows_the_file_again(tmp_path: Path) -> None:
    case = Case(tmp_path / "channel.duckdb")
    opened = open_source(FIXTURES / "zeeschuimer.ndjson")
    added = case.add(opened.source, opened.rows)
    assert (added.read, added.rejected) == (24, 11)
    again = open_source(FIXTURES / "zeeschuimer.ndjson")
    assert case.add(again.source, again.rows).new == 0
    with case.file.opened(write=False) as db:
        views.install(db, views.Selection(extract_run=None, links_run=None, clusters_run=None))
        rows = db.execute("SELECT account_id, handle FROM aliases WHERE account_id LIKE 'tiktok:%'").fetchall()
    assert {name for number, name in rows if number == "tiktok:7000000000000000001"} == {"some.one", "some.two"}
    assert {number for number, name in rows if name == "some.one"} == {
        "tiktok:7000000000000000001",
        "tiktok:7000000000000000002",
    }


def test_an_account_that_another_source_knows_by_name_alone_stays_another_account(read: Read) -> None:
    researched = read(lines({"id": 71, "username": "some.one", "video_description": "seats", "create_time": POSTED}))
    browsed = read(lines(line("tiktok.com", video())))
    assert (researched.source.format, browsed.source.format) == ("tiktok-research", "zeeschuimer")
    assert researched.of(Post)[0].id == browsed.of(Post)[0].id
    assert {each.id for each in (*researched.of(Account), *browsed.of(Account))} == {"tiktok:some.one", "tiktok:7001"}
