"""From a path to an open source: what is said of it is checked, and what it lacks is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from graph.errors import FormatUnknown, ParameterRefused
from graph.records import Account, Post
from loaders.formats import known, open_source

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TABLE = "nr,writer,what,day\n1,ann,hello,2024-01-05\n"
MAP = {"post_id": "nr", "account_id": "writer", "text": "what", "timestamp": "day"}


def test_columns_are_mapped_where_their_names_say_nothing(read: Callable[..., Any]) -> None:
    with pytest.raises(FormatUnknown):
        read(TABLE)
    found = read(TABLE, columns=MAP, platform="TikTok")
    assert [(post.id, post.account_id, post.text) for post in found.of(Post)] == [("tiktok:1", "tiktok:ann", "hello")]
    assert found.source.columns == tuple(sorted(MAP.items()))


def test_a_mapped_column_goes_before_what_names_suggest(read: Callable[..., Any]) -> None:
    table = "id,author,text,alt\n1,ann,hello,other\n"
    assert read(table, columns={"text": "alt"}).of(Post)[0].text == "other"


@pytest.mark.parametrize(
    ("said", "hint"),
    [
        ({"region": "Britain"}, "two letters"),
        ({"region": "ZZ"}, "GB"),
        ({"region": ""}, "two letters"),
        ({"timezone": "Europe/Londn"}, "Europe/London"),
        ({"timezone": "../etc/passwd"}, "IANA"),
        ({"timezone": ""}, "IANA"),
        ({"platform": "a:b"}, "letters"),
        ({"format_name": "excel"}, "coortweet"),
        ({"columns": {"colour": "author"}}, "account_id"),
        ({"columns": {"text": "body"}}, "'author'"),
        ({"columns": {"text": "text"}, "format_name": "coortweet"}, "--as csv"),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_would(
    said: dict[str, Any], hint: str, read: Callable[..., Any]
) -> None:
    with pytest.raises(ParameterRefused) as caught:
        read("id,author,text\n1,ann,hi\n", **said)
    assert hint in str(caught.value)


def test_region_and_timezone_are_kept_with_the_source(read: Callable[..., Any]) -> None:
    found = read(
        "id,author,text,time\n1,ann,hi,2024-07-05 10:00\n", region=" gb ", timezone="Europe/London", platform="x"
    )
    assert (found.source.region, found.source.timezone, found.source.platform) == ("GB", "Europe/London", "x")
    assert found.of(Post)[0].at.utc().hour == 9
    assert found.warnings == []


def test_an_unknown_platform_and_a_guessed_zone_are_told_once(read: Callable[..., Any]) -> None:
    found = read("id,author,text,time\n1,ann,hi,2024-07-05 10:00\n2,bob,ho,2024-07-05 10:00\n")
    assert len(found.warnings) == 2
    assert any("--platform" in warning for warning in found.warnings)
    assert any("--timezone" in warning for warning in found.warnings)
    assert {account.id for account in found.of(Account)} == {"unknown:ann", "unknown:bob"}


def test_a_format_of_one_platform_refuses_another(fixtures: Path) -> None:
    assert open_source(fixtures / "x.jsonl", platform="x").source.platform == "x"
    with pytest.raises(ParameterRefused, match="all of x"):
        open_source(fixtures / "x.jsonl", platform="telegram")


def test_a_format_by_name_goes_before_what_the_content_says(fixtures: Path) -> None:
    assert open_source(fixtures / "coortweet.csv.gz", format_name="csv").source.format == "csv"
    with pytest.raises(FormatUnknown, match="can't be read as coortweet"):
        open_source(fixtures / "posts.csv", format_name="coortweet")


def test_special_formats_are_asked_before_general_ones() -> None:
    names = [loader.name for loader in known()]
    assert names.index("coortweet") < names.index("csv")


def test_rows_are_read_only_when_they_are_asked_for(fixtures: Path) -> None:
    told: list[int] = []
    opened = open_source(fixtures / "posts.csv", progress=lambda done, _: told.append(done))
    assert told == []
    next(opened.rows)
    assert told
    assert opened.source.size == (fixtures / "posts.csv").stat().st_size


def test_what_could_not_fit_for_its_shape_is_named_in_one_line(read: Callable[..., Any]) -> None:
    with pytest.raises(FormatUnknown) as refused:
        read("hello world\n")
    told = str(refused.value).splitlines()
    assert sum("one JSON object a line" in line for line in told) == 0
    assert sum("x-jsonl" in line for line in told) == 1
    assert any(line.endswith(": it is no JSON") for line in told)
    assert any(line.startswith("  csv (") for line in told)
