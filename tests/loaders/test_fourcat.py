"""4CAT's tables: what its columns tell of whom, what they leave untold, and what 4CAT put in the place of authors."""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import clew as facade
from graph.records import Account, Chat, Post, Repost
from loaders.formats import known

Read = Callable[..., Any]
HASH, OTHER, EMPTY = "9f" * 24, "1d" * 24, "0c" * 24
ROWS: dict[str, dict[str, Any]] = {
    "telegram": {
        "id": "routes_open-5", "thread_id": "routes_open", "chat": "routes_open", "author": "101",
        "author_username": "one_name", "author_name": "One", "author_is_bot": "no", "body": "seats on Friday",
        "body_markdown": "", "is_reply": "False", "reply_to": "", "views": "", "timestamp": "2024-03-01 10:00:00",
        "unix_timestamp": "1709287200", "author_forwarded_from_name": "", "author_forwarded_from_username": "",
        "author_forwarded_from_id": "", "entities_linked": "", "timestamp_forwarded_from": "",
        "unix_timestamp_forwarded_from": "", "link_attached": "", "attachment_type": "", "attachment_data": "",
        "attachment_filename": "",
    },
    "tiktok": {
        "id": "7301", "author": "some.one", "author_full": "Some One", "author_followers": "12", "body": "seats",
        "stickers": "", "timestamp": "2024-03-01 10:00:00", "unix_timestamp": "1709287200", "is_duet": "no",
        "music_id": "6601", "tiktok_url": "https://www.tiktok.com/@some.one/video/7301", "location_created": "",
    },
    "twitter": {
        "id": "601", "thread_id": "600", "timestamp": "2024-03-01 10:00:00", "unix_timestamp": "1709287200", "link": "",
        "subject": "", "body": "seats", "author": "one", "author_fullname": "One", "author_id": "11",
        "author_followers": "12", "language_guess": "en", "is_retweet": "no", "retweeted_user": "",
        "is_quote_tweet": "no", "quoted_user": "", "is_reply": "no", "replied_user": "", "urls": "", "images": "",
        "videos": "",
    },
    "facebook": {
        "id": "900100", "url": "", "body": "seats", "timestamp": "2024-03-01 10:00:00", "author": "agency.one",
        "author_name": "Agency One", "image_url": "", "video_url": "", "is_in_group": "no", "group_name": "",
        "unix_timestamp": "1709287200",
    },
    "custom": {
        "id": "9001001001", "thread_id": "9001001001", "author": "ann", "body": "seats",
        "timestamp": "2024-03-01 10:00:00", "unix_timestamp": "1709287200",
    },
}  # fmt: skip


def table(name: str, *changes: dict[str, Any], **every: Any) -> str:
    """Return a table of this source, a row for each change, as CSV."""
    rows = [ROWS[name] | every | change for change in changes or ({},)]
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def said(name: str) -> dict[str, Any]:
    return {"platform": "x"} if name == "custom" else {}


@pytest.mark.parametrize("name", ROWS)
def test_a_table_and_its_json_lines_are_recognised_as_this_and_nothing_else(name: str, read: Read) -> None:
    line = json.dumps({key: None if value == "" else value for key, value in ROWS[name].items()})
    assert read(table(name), **said(name)).source.format == f"4cat-{name}"
    assert read(line + "\n", **said(name)).source.format == f"4cat-{name}"
    assert read(table(name), **said(name)).records == read(line + "\n", **said(name)).records


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("column", ["id", "unix_timestamp"])
@pytest.mark.parametrize("wrong", ["REDACTED", "1.23E+18", "soon\x1b[2J", "-5", "9" * 300])
def test_an_id_or_time_that_is_none_costs_its_row_and_no_other(name: str, column: str, wrong: str, read: Read) -> None:
    # Of a tweet, the time that X gave goes before it.
    cells = {column: wrong} | ({"timestamp": ""} if (name, column) == ("twitter", "unix_timestamp") else {})
    found = read(table(name, cells, {}), **said(name))
    sound = column == "id" and wrong in {"soon\x1b[2J", "-5"} and name != "telegram"
    assert [line for line, _ in found.reasons] == ([] if sound else [2])
    assert len(found.of(Post)) == (2 if sound else 1)


@pytest.mark.parametrize("name", ROWS)
def test_the_unix_time_decides_and_4cats_word_for_none_is_no_time(name: str, read: Read) -> None:
    found = read(table(name, {"timestamp": "1/2/2024 10:00"}, {"unix_timestamp": "undefined"}), **said(name))
    assert [post.at.utc().isoformat() for post in found.of(Post)] == ["2024-03-01T10:00:00+00:00"] * 2
    none = read(table(name, {"timestamp": "undefined", "unix_timestamp": ""}), **said(name))
    assert [post.at for post in none.of(Post)] == [None]


@pytest.mark.parametrize("name", ["tiktok", "twitter"])
def test_times_of_platforms_that_tell_utc_are_utc_whatever_zone_is_said(name: str, read: Read) -> None:
    at = read(table(name, {"unix_timestamp": ""}), timezone="Asia/Baghdad").of(Post)[0].at
    assert (at.utc().hour, at.zone_known) == (10, True)
    at = read(table("telegram", {"unix_timestamp": ""}), timezone="Asia/Baghdad").of(Post)[0].at
    assert (at.utc().hour, at.zone_known) == (7, False)


def test_a_tweets_own_time_goes_before_the_unix_time_that_4cats_server_made_of_it(read: Read) -> None:
    at = read(table("twitter", unix_timestamp="1709283600")).of(Post)[0].at
    assert at.utc().isoformat() == "2024-03-01T10:00:00+00:00"


@pytest.mark.parametrize("name", ROWS)
def test_authors_that_are_redacted_are_nobody(name: str, read: Read) -> None:
    every = {column: "REDACTED" for column in ROWS[name] if column.startswith("author")}
    found = read(table(name, {}, {}, **every), **said(name))
    assert found.of(Account) == []
    assert {(post.account_id, post.kind) for post in found.of(Post)} == {(None, "post")}
    assert found.of(Repost) == []


@pytest.mark.parametrize("name", ROWS)
def test_an_author_that_is_hashed_is_one_account_of_no_other_name(name: str, read: Read) -> None:
    every = {column: OTHER for column in ROWS[name] if column.startswith("author")}
    every |= {column: HASH for column in ("author", "author_id") if column in every}
    account = read(table(name, **every), **said(name)).of(Account)[0]
    assert account == Account(platform=account.platform, native_id=f"pseudonym-{HASH}")


def test_a_hash_of_nothing_is_nobody_and_makes_no_forward(read: Read) -> None:
    every = {column: EMPTY for column in ROWS["telegram"] if column.startswith("author")}
    found = read(table("telegram", every))
    assert found.of(Account) == found.of(Repost) == []
    assert found.of(Post)[0].kind == "post"


@pytest.mark.parametrize(
    ("cells", "who"),
    [
        ({}, "user101"),
        ({"author_name": "", "author_is_bot": "True"}, "user101"),
        ({"author_name": ""}, "channel101"),  # a channel that writes in a group: deleted users have no name on t.me
        ({"author_name": "", "author_username": ""}, "101"),
        ({"author_name": "", "author_username": "Routes_Open"}, "channel101"),
        ({"author_username": "routes_open", "views": "7"}, "channel101"),
        ({"author_name": "", "author_username": "", "chat": "101"}, "channel101"),
        ({"author": "-1001234567"}, "channel1234567"),
        ({"author": "channel9"}, "channel9"),
        ({"author": "", "author_username": "One_Name"}, "one_name"),
        ({"author": "3f2a9c"}, "pseudonym-3f2a9c"),
        ({"author": "101.0"}, "user101"),
    ],
)
def test_a_number_is_a_users_or_a_channels_where_the_row_tells_which(cells: Any, who: str, read: Read) -> None:
    found = read(table("telegram", cells))
    assert [account.id for account in found.of(Account)] == [f"telegram:{who}"]
    assert found.of(Post)[0].account_id == f"telegram:{who}"


def test_what_a_channel_posts_has_the_id_that_it_has_elsewhere_and_what_a_group_does_the_groups_name(
    read: Read,
) -> None:
    own = {"author_name": "", "author_username": "Routes_Open", "author": "77"}
    found = read(table("telegram", own | {"views": "5"}, own, {}, {"chat": "555", "reply_to": "4"}))
    assert [post.native_id for post in found.of(Post)] == [
        "channel77/5", "routes_open/5", "routes_open/5", "555/5",
    ]  # fmt: skip
    assert [(chat.kind, chat.handle) for chat in found.of(Chat)] == [
        ("channel", "routes_open"), (None, "routes_open"), (None, "routes_open"), (None, None),
    ]  # fmt: skip
    assert (found.of(Post)[3].reply_to, found.of(Post)[3].kind) == ("telegram:555/4", "reply")


@pytest.mark.parametrize("chat", ["unknown", "None", "REDACTED", "Weg nach Norden", "Дорога", ""])
def test_messages_of_chats_that_are_not_told_are_not_taken_for_each_other(chat: str, read: Read) -> None:
    found = read(table("telegram", {"body": "a"}, {"body": "b"}, {"body": "a"}, chat=chat, thread_id=chat))
    ids = [post.native_id for post in found.of(Post)]
    assert ids[0] == ids[2] != ids[1]
    assert all(each.startswith("row-") for each in ids)
    assert {each.title for each in found.of(Chat)} == ({chat} if chat[:1] in {"W", "Д"} else set())


def test_whom_a_chat_is_with_is_private_and_who_collected_is_marked(read: Read) -> None:
    partner, mine = {"chat": "One_Name"}, {"chat": "One_Name", "author": "9", "author_username": "me_myself"}
    found = read(table("telegram", partner, mine), collector="@Me_Myself")
    assert [(each.id, each.private, each.collector) for each in found.of(Account)] == [
        ("telegram:user101", True, False), ("telegram:user9", False, True),
    ]  # fmt: skip
    assert [(chat.id, chat.kind) for chat in found.of(Chat)] == [
        ("telegram:one_name", "personal"), ("telegram:one_name", None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "data", ["", "[]", "not json", "[" * 9_000, '{"phone_number": [], "first_name": 5}', "nan", "7"]
)
def test_a_broken_contact_card_costs_the_card(data: str, read: Read) -> None:
    found = read(table("telegram", attachment_type="contact", attachment_data=data))
    assert found.reasons == []
    post = found.of(Post)[0]
    assert (post.media, post.contact_name, post.contact_phone) == ("contact", None, None)


def test_a_contact_card_has_its_name_and_number_and_no_other_attachment_has(read: Read) -> None:
    data = json.dumps({"phone_number": 447700900123, "first_name": "Big", "last_name": "Boss", "id": 5})
    rows = [{"attachment_type": kind, "attachment_data": data} for kind in ("contact", "photo", "video", "url")]
    posts = read(table("telegram", *rows)).of(Post)
    assert [post.contact_phone for post in posts] == ["447700900123", None, None, None]
    assert posts[0].contact_name == "Big Boss"
    assert [post.media for post in posts] == ["contact", "photo", "video_file", None]
    assert [post.media_digests for post in posts] == [(), ("photo5",), ("document5",), ()]


def test_links_are_those_that_the_text_does_not_show(read: Read) -> None:
    body = "write [here](https://wa.me/447700900123) or https://a.example/x or t.me/routes"
    found = read(
        table(
            "telegram",
            body=body.replace("[here](https://wa.me/447700900123)", "here"),
            body_markdown=body,
            entities_linked="routes,https://b.example/y",
            link_attached="https://a.example/x",
        )
    )
    assert found.of(Post)[0].links == ("https://wa.me/447700900123", "https://b.example/y")


def test_forwards_are_told_apart_by_whom_they_are_of_however_that_is_told(read: Read) -> None:
    columns = ("author_forwarded_from_name", "author_forwarded_from_username", "author_forwarded_from_id")
    rows = [{column: value} for column, value in zip(columns, ("Origin", "origin", "78"), strict=True)]
    found = read(table("telegram", *rows, {"unix_timestamp_forwarded_from": "1706745600"}))
    assert len({repost.object_id for repost in found.of(Repost)}) == 3
    assert [repost.object_name for repost in found.of(Repost)] == ["Origin", "origin", "78"]
    assert [post.kind for post in found.of(Post)] == ["repost"] * 4  # the last of nobody, in too few words
    assert {repost.object_account_id for repost in found.of(Repost)} == {None}


def test_tweets_that_x_did_not_give_are_no_account_and_say_why(read: Read) -> None:
    cells = {"author": "UNKNOWN", "author_fullname": "UNKNOWN", "author_id": "UNKNOWN", "body": ""}
    found = read(table("twitter", cells | {"subject": "gone"}, cells | {"id": "602"}))
    assert found.of(Account) == []
    assert [(post.id, post.status, post.at) for post in found.of(Post)] == [
        ("x:601", "gone", None), ("x:602", "not to be had", None),
    ]  # fmt: skip
    assert found.of(Post)[0].seen_at.utc().hour == 10


def test_a_retweet_by_hand_is_anothers_words_and_passes_on_nothing_that_is_known(read: Read) -> None:
    words = "RT @two: seats on Friday, call +44 7700 900123"
    found = read(table("twitter", {"body": words}, {"body": "RT @two please, call +44 7700 900123"}))
    assert [post.kind for post in found.of(Post)] == ["repost", "post"]
    assert found.of(Repost) == []


def test_few_words_are_no_object_and_a_retweet_has_its_name_with_and_without_a_colon(read: Read) -> None:
    said_by = [f"RT @two{mark} seats on Friday, call now" for mark in (":", "")]
    rows = [{"body": body, "author_id": str(n)} for n, body in enumerate(["RT @two: thank you", *said_by], 1)]
    found = read(table("twitter", *rows, is_retweet="yes", retweeted_user="Two"))
    assert [repost.account_id for repost in found.of(Repost)] == ["x:2", "x:3"]
    assert len({repost.object_id for repost in found.of(Repost)}) == 1
    assert {repost.object_name for repost in found.of(Repost)} == {"Two"}


def test_a_quoted_tweet_is_an_object_where_its_number_is_told_and_a_reply_answers_what_is_not(read: Read) -> None:
    row = {"is_quote_tweet": "yes", "quote_tweet_id": "500", "quote_author": "two", "author_bio": "call me"}
    found = read(table("twitter", row, {"is_reply": "yes", "quote_tweet_id": "", "quote_author": "", "author_bio": ""}))
    repost = found.of(Repost)[0]
    assert (repost.object_id, repost.kind, repost.object_name) == ("x:500", "quote", "two")
    assert [(post.kind, post.reply_to) for post in found.of(Post)] == [("quote", None), ("reply", None)]
    assert found.of(Account)[0].bio == "call me"


def test_links_with_commas_stay_whole_and_pictures_are_none(read: Read) -> None:
    urls = "https://a.example/?q=1,2,https://x.com/one/status/601/photo/1"
    assert read(table("twitter", urls=urls)).of(Post)[0].links == ("https://a.example/?q=1,2",)


@pytest.mark.parametrize(
    ("author", "who"),
    [
        ("agency.one", "agency.one"),
        ("100200300", "100200300"),
        ("profile.php?id=100200300&sk=about", "100200300"),
        ("Agency.One?__tn__=x", "agency.one"),
        ("profile.php?id=", None),
        ("", None),
        ("two words", None),
    ],
)
def test_who_wrote_on_facebook_is_the_end_of_their_pages_address(author: str, who: str | None, read: Read) -> None:
    found = read(table("facebook", author=author))
    assert [account.id for account in found.of(Account)] == ([f"facebook:{who}"] if who else [])
    assert len(found.of(Post)) == 1


def test_a_group_is_known_by_its_address_and_a_hash_in_it_may_be_anybody(read: Read) -> None:
    found = read(table("facebook", {"group_name": "700800"}, {"group_name": "People.Road"}, is_in_group="yes"))
    assert [(chat.native_id, chat.handle) for chat in found.of(Chat)] == [
        ("group700800", None), ("people.road", "People.Road"),
    ]  # fmt: skip
    hashed = table("facebook", is_in_group="yes", group_name="700800", author=HASH, author_name=OTHER)
    assert read(hashed).of(Account) == []


def test_numbers_of_rows_in_two_uploads_are_not_one_post(read: Read) -> None:
    one, two = (read(table("custom", id="1", thread_id="1", body=body), platform="x").of(Post)[0] for body in "ab")
    assert one.id != two.id
    again = read(table("custom", id="1", thread_id="1", body="a"), platform="x").of(Post)[0]
    assert again.id == one.id
    assert read(table("custom"), platform="x").of(Post)[0].id == "x:9001001001"


@pytest.mark.parametrize("music", ["0", "0.0", "", "6.6E+18", "REDACTED"])
def test_no_sound_and_one_that_a_spreadsheet_cut_are_no_sound_that_strangers_share(music: str, read: Read) -> None:
    found = read(table("tiktok", music_id=music))
    assert found.reasons == []
    assert found.of(Post)[0].sound_id is None


def test_an_old_table_of_tiktok_has_numbers_so_that_a_name_may_change_its_owner(read: Read, tmp_path: Path) -> None:
    rows = [
        {"id": "1", "author_id": "5"},
        {"id": "2", "author_id": "5", "author": "new.name"},
        {"id": "3", "author_id": "6"},
    ]
    path = tmp_path / "old.csv"
    path.write_text(table("tiktok", *rows), encoding="utf-8")
    case = facade.open(tmp_path / "channel.duckdb")
    case.load(path)
    with case.reading() as db:
        pairs = db.execute("SELECT account_id, handle FROM aliases ORDER BY 1, 2").fetchall()
    assert pairs == [("tiktok:5", "new.name"), ("tiktok:5", "some.one"), ("tiktok:6", "some.one")]


def test_names_that_look_like_nothing_are_names_and_those_that_look_like_numbers_are_refused(read: Read) -> None:
    found = read(table("tiktok", {"author": "null"}, {"author": "1e5"}, {"author": "1.2E+10"}, {"author": "none"}))
    assert [account.handle for account in found.of(Account)] == ["null", "1e5", "none"]
    assert [line for line, _ in found.reasons] == [4]


@pytest.mark.parametrize("name", ROWS)
def test_every_cell_of_a_table_may_be_absent(name: str, read: Read) -> None:
    loader = next(each for each in known() if each.name == f"4cat-{name}")
    assert "json-lines" in loader.shapes
    lines = "".join(json.dumps({k: v for k, v in ROWS[name].items() if k != gone}) + "\n" for gone in ROWS[name])
    found = read(lines, format_name=f"4cat-{name}", **said(name))
    assert len(found.rows) == len(ROWS[name])
    assert [reason for _, reason in found.reasons] == ["id is empty"]


@pytest.mark.parametrize(
    "hostile", ["](http://" * 10_000, "RT @" * 25_000, "-" * 100_000, "[" * 100_000, "1" * 100_000]
)
def test_hostile_cells_are_read_in_no_time(hostile: str, read: Read) -> None:
    began = time.monotonic()
    for name, row in ROWS.items():
        found = read(table(name, *({column: hostile} for column in row)), **said(name))
        assert all(each.records or each.rejection for each in found.rows)
    assert time.monotonic() - began < 5
