"""Tables whose columns a tool names once and for all: 4CAT's, CrowdTangle's, the coordination-network-toolkit's."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import clew as facade
from graph.records import Account, Chat, Post, Repost

Read = Callable[..., Any]


def rows_of(name: str, fixtures: Path) -> list[dict[str, str]]:
    with (fixtures / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, restkey="", restval=""))


def table(rows: list[dict[str, Any]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


@pytest.fixture
def first(fixtures: Path) -> Callable[..., dict[str, str]]:
    """Return the first row of a fixture with some cells changed."""
    return lambda name, **cells: rows_of(name, fixtures)[0] | cells


@pytest.mark.parametrize("name", ["telegram", "tiktok", "twitter", "facebook", "custom"])
def test_a_table_of_4cat_and_the_same_as_json_lines_are_the_same_records(name: str, read: Read, fixtures: Path) -> None:
    both = [
        read((fixtures / f"4cat-{name}.{kind}").read_bytes(), format_name=f"4cat-{name}", platform=platform)
        for kind in ("csv", "ndjson")
        for platform in (["x"] if name == "custom" else [None])
    ]
    told, lines = ([record for record in found.records if record.table != "chat"] for found in both)
    assert told == lines


def test_a_forward_is_the_same_object_in_4cats_table_and_in_telegrams_own_export(read: Read, fixtures: Path) -> None:
    words = "A message that is passed on by many"
    export = {
        "name": "R", "type": "public_supergroup", "id": 9,
        "messages": [{"id": 1, "type": "message", "date": "2024-03-01T10:00:00", "from": "N", "from_id": "user7",
                      "forwarded_from": "Origin", "text": words, "text_entities": []}],
    }  # fmt: skip
    theirs = read(json.dumps(export)).of(Repost)
    ours = read((fixtures / "4cat-telegram.csv").read_bytes()).of(Repost)
    assert {repost.object_id for repost in ours[:2]} == {repost.object_id for repost in theirs}
    assert ours[2].object_id.startswith("telegram:fwd-")  # of media alone, by Telegram's number of them


def test_text_on_a_video_is_a_line_of_its_text_and_a_sound_is_kept(read: Read, fixtures: Path) -> None:
    posts = read((fixtures / "4cat-tiktok.csv").read_bytes()).of(Post)
    assert posts[0].text == "Boats every week #sea\n+44 7700 900123"
    assert [post.text for post in posts[1:3]] == ["Call 07700 900124", "whose is this?"]
    assert [(post.sound_id, post.country) for post in posts[:2]] == [("6601", "GB"), (None, None)]
    assert [post.kind for post in posts[:2]] == ["post", "quote"]


def test_two_who_retweet_the_same_words_of_one_account_pass_on_one_object(read: Read, fixtures: Path) -> None:
    found = read((fixtures / "4cat-twitter.csv").read_bytes())
    reposts = found.of(Repost)
    assert len({repost.object_id for repost in reposts}) == 1
    assert [repost.account_id for repost in reposts] == ["x:12", "x:13"]
    kinds = [post.kind for post in found.of(Post)]
    assert kinds[:7] == ["post", "repost", "repost", "reply", "quote", "repost", "post"]
    assert found.of(Post)[0].links == ("https://agency.example/1", "https://t.me/agency_one")


@pytest.mark.parametrize("further", ["author_username", "tiktok_url", "is_in_group"])
def test_another_table_of_4cat_is_no_custom_upload(read: Read, first: Any, further: str) -> None:
    assert read(table([first("4cat-custom.csv")]), platform="x").source.format == "4cat-custom"
    assert read(table([first("4cat-custom.csv") | {further: "1"}])).source.format != "4cat-custom"


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2021-06-16 22:04:51 EDT", "2021-06-17T02:04:51+00:00"),
        ("2021-12-16 22:04:51 EST", "2021-12-17T03:04:51+00:00"),
        ("2021-12-16 22:04:51", "2021-12-16T22:04:51+00:00"),
    ],
)
def test_crowdtangles_clock_is_that_of_the_eastern_united_states(
    written: str, utc: str, read: Read, first: Any
) -> None:
    found = read(table([first("crowdtangle-facebook.csv", **{"Post Created": written})]))
    assert found.of(Post)[0].at.utc().isoformat() == utc


def test_what_a_linked_page_says_is_quoted_and_what_stands_in_a_picture_is_not(read: Read, fixtures: Path) -> None:
    post = read((fixtures / "crowdtangle-facebook.csv").read_bytes()).of(Post)[0]
    start, end = post.quoted_spans
    assert post.text[start:end] == "Somebody else's page\nTheir line is +33 1 99 00 01 23"
    assert post.text[:start] == "Boats every week\ncall 07700 900124\n"
    assert post.links == ("https://agency.example/1", "https://bit.ly/abc")


def test_of_a_groups_posts_nobody_is_the_author(read: Read, fixtures: Path) -> None:
    found = read((fixtures / "crowdtangle-groups.csv").read_bytes())
    assert found.of(Account) == []
    assert {post.account_id for post in found.of(Post)} == {None}
    assert {(chat.id, chat.invite) for chat in found.of(Chat)} == {
        ("facebook:group700800", "facebook.com/groups/700800")
    }


def test_the_toolkits_columns_are_read_by_position_where_it_is_named(read: Read, first: Any) -> None:
    row = first("coordination-network-toolkit.csv")
    other = dict(zip("abcdefgh", row.values(), strict=True))
    assert read(table([row])).source.format == "coordination-network-toolkit"
    found = read(table([other]), format_name="coordination-network-toolkit", platform="x")
    assert [post.id for post in found.of(Post)] == ["x:m1"]
    few = read("a,b,c\n1,2,3\n", format_name="coordination-network-toolkit")
    assert few.reasons == [(2, "has 3 columns where eight are read by their position")]


def test_a_list_of_links_is_read_however_the_toolkits_users_write_it(read: Read, fixtures: Path) -> None:
    posts = read((fixtures / "coordination-network-toolkit.csv").read_bytes(), platform="x").of(Post)
    assert [post.links for post in posts[:4]] == [
        ("https://agency.example/1", "https://t.me/agency_one"),
        (),
        ("http://a.example/1",),
        ("http://a.example/1", "http://b.example/2"),
    ]


@pytest.mark.parametrize(
    ("name", "platform"),
    [("4cat-twitter.csv", None), ("coordination-network-toolkit.csv", "x"), ("4cat-telegram.csv", None),
     ("crowdtangle-facebook.csv", None)],
)  # fmt: skip
def test_one_number_under_two_handles_is_one_account_and_one_handle_under_two_is_two(
    name: str, platform: str | None, fixtures: Path, tmp_path: Path
) -> None:
    case = facade.open(tmp_path / "channel.duckdb")
    assert case.load(fixtures / name, platform=platform).added.new > 2
    assert case.load(fixtures / name, platform=platform).added.new == 0
    with case.reading() as db:
        pairs = db.execute("SELECT account_id, lower(handle) FROM aliases").fetchall()
    accounts, handles = ([pair[at] for pair in pairs] for at in (0, 1))
    assert any(accounts.count(each) == 2 for each in accounts)
    assert any(len({a for a, h in pairs if h == handle}) == 2 for handle in handles)
