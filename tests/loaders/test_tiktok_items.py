"""TikTok's items: texts on videos, both forms of an author, duets and comments, and ids that are none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from graph.records import Account, Post, Repost
from tests.loaders.zeeschuimer_lines import POSTED, line, lines, picture, video

Read = Callable[..., Any]


def test_texts_on_a_video_are_lines_of_its_text(read: Read) -> None:
    stickers = [{"stickerText": ["call", " ", 7, "+44 7700 900301"]}, {"stickerType": 1}, {"stickerText": "now"}, 5]
    found = read(
        lines(
            line("tiktok.com", video("1", stickersOnItem=stickers)),
            line("tiktok.com", video("2", desc="", stickersOnItem=stickers[:1])),
            line("tiktok.com", video("3", desc="Title. Seats", imagePost={"title": "Title"})),
            line("tiktok.com", video("4", imagePost={"title": "Title"})),
            line("tiktok.com", video("5", desc=" ", stickersOnItem={"stickerText": "x"})),
        )
    )
    assert [post.text for post in found.of(Post)] == [
        "seats\ncall\n+44 7700 900301\nnow",
        "call\n+44 7700 900301",
        "Title. Seats",
        "Title\nseats",
        None,
    ]


def test_a_video_shows_its_sound_country_language_and_address(read: Read) -> None:
    told = {"music": {"id": "77"}, "locationCreated": "al", "textLanguage": "sq", "video": {"id": "71"}}
    none = {"music": {"id": "0"}, "locationCreated": "Albania", "textLanguage": "un"}
    full, empty = read(lines(line("tiktok.com", video(**told)), line("tiktok.com", video(**none)))).of(Post)
    assert (full.sound_id, full.country, full.language, full.media_digests) == ("77", "AL", "sq", ())
    assert full.url == "https://www.tiktok.com/@some.one/video/71"
    assert full.at.us == POSTED * 1_000_000
    assert (empty.sound_id, empty.country, empty.language) == (None, None, None)


def test_a_tiktok_author_is_told_by_number_and_name_in_either_form(read: Read) -> None:
    beside = {"author": "some.one", "authorId": "7001", "nickname": "Some"}
    found = read(lines(line("tiktok.com", video()), line("tiktok.com", video(**beside))))
    assert {(each.id, each.handle, each.display_name) for each in found.of(Account)} == {
        ("tiktok:7001", "some.one", "Some")
    }
    nameless = read(lines(line("tiktok.com", video(author="Only.Name")), line("tiktok.com", video(author=7))))
    assert [account.id for account in nameless.of(Account)] == ["tiktok:only.name"]
    assert [post.account_id for post in nameless.of(Post)] == ["tiktok:only.name", None]


def test_a_tiktok_profile_shows_its_bio_link_followers_and_status(read: Read) -> None:
    author = {"id": "7001", "uniqueId": "a", "signature": "call me", "bioLink": {"link": "t.me/a"}, "secret": True}
    told = {"author": author, "authorStats": {"followerCount": 1200}}
    first, second, third = read(
        lines(
            line("tiktok.com", video(**told)),
            line("tiktok.com", video(**told, authorStatsV2={"followerCount": "1234"})),
            line("tiktok.com", video(author={"id": "7002", "isBannedUser": True, "bioLink": "t.me/a"})),
        )
    ).of(Account)
    assert (first.bio, first.links, first.followers, first.status) == ("call me", ("t.me/a",), 1200, "private")
    assert second.followers == 1234
    assert (third.id, third.handle, third.status, third.links, third.followers) == (
        "tiktok:7002",
        None,
        "banned",
        (),
        None,
    )


@pytest.mark.parametrize("none", ["0", 0, "", None, "71", {}, 7.5])
def test_a_duet_passes_its_original_on_and_no_original_is_none(none: Any, read: Read) -> None:
    found = read(
        lines(
            line("tiktok.com", video(duetInfo={"duetFromId": none})),
            line("tiktok.com", video("72", duetInfo={"duetFromId": "70"})),
        )
    )
    assert [(each.account_id, each.content_id, each.object_id, each.kind) for each in found.of(Repost)] == [
        ("tiktok:7001", "tiktok:72", "tiktok:70", "duet")
    ]
    assert [post.kind for post in found.of(Post)] == ["post", "quote"]


def test_a_duet_of_nobody_is_kept_as_a_post_and_rejected_as_a_duet(read: Read) -> None:
    found = read(lines(line("tiktok.com", video(author=None, duetInfo={"duetFromId": "70"}))))
    assert [post.id for post in found.of(Post)] == ["tiktok:71"]
    assert "who passed the original on is not known" in found.reasons[0][1]


def test_a_comment_answers_the_video_or_the_comment(read: Read) -> None:
    writer = {"uid": "7004", "unique_id": "four", "nickname": "Four"}
    comment = {"cid": "81", "aweme_id": "71", "text": "how much?", "create_time": POSTED, "user": writer}
    found = read(
        lines(
            line("tiktok-comments", {**comment, "reply_id": "0"}),
            line("tiktok-comments", {**comment, "cid": "82", "reply_id": "81"}),
            line("tiktok-comments", {**comment, "cid": None}),
        )
    )
    assert [(post.id, post.kind, post.reply_to, post.account_id) for post in found.of(Post)] == [
        ("tiktok:81", "reply", "tiktok:71", "tiktok:7004"),
        ("tiktok:82", "reply", "tiktok:81", "tiktok:7004"),
    ]
    assert found.reasons == [(3, "a comment without an id")]


def test_numbers_that_lost_their_last_digits_are_no_ids(read: Read) -> None:
    rounded = 7_300_000_000_000_000_105
    found = read(
        lines(
            line("tiktok.com", video(rounded)),
            line("tiktok.com", video(author={"id": rounded, "uniqueId": "a"}, music={"id": rounded})),
            line("x.com", {"id": rounded, "type": "adaptive", "legacy": {"id_str": "5", "user_id_str": "6"}}),
            line("instagram.com", picture(code=None, id="3392335677657248184_301", pk=3_392_335_677_657_248_000)),
        )
    )
    assert found.reasons == [
        (1, f"a video whose id, {rounded}, went through a decimal number: its last digits are lost")
    ]
    assert [post.id for post in found.of(Post)] == ["tiktok:71", "x:5", "instagram:C8T_1NRpPG4"]
    assert [account.id for account in found.of(Account)] == ["tiktok:a", "instagram:301"]
    assert found.of(Post)[0].sound_id is None
