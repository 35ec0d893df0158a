"""Instagram's items: one post in either form, whose it is, and what it sounds like."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from graph.records import Account, Post, Relation
from loaders.instagram_items import shortcode
from tests.loaders.zeeschuimer_lines import POSTED, line, lines, picture

Read = Callable[..., Any]


def test_both_forms_of_an_instagram_post_are_one_post(read: Read) -> None:
    graph = {
        "__typename": "GraphImage",
        "id": "3392335677657248184",
        "shortcode": "C8T_1NRpPG4",
        "taken_at_timestamp": POSTED,
        "edge_media_to_caption": {"edges": [{"node": {"text": "routes"}}]},
        "owner": {"id": "301", "username": "insta.one"},
    }
    found = read(lines(line("instagram.com", picture()), line("instagram.com", graph)))
    assert len(set(found.records)) == 2
    post = found.of(Post)[0]
    assert (post.id, post.account_id, post.text) == ("instagram:C8T_1NRpPG4", "instagram:301", "routes")
    assert (post.url, post.media) == ("https://www.instagram.com/p/C8T_1NRpPG4/", "photo")


def test_a_post_without_a_shortcode_has_the_one_of_its_number() -> None:
    assert shortcode("3392335677657248184") == "C8T_1NRpPG4"
    assert [shortcode(number) for number in ("", "x", "-1", "0", "٣", "9" * 30)] == [None] * 6


def test_the_shortcode_of_a_private_post_is_cut_to_what_names_it(read: Read) -> None:
    key = "C8T_1NRpPG4" + "a" * 28
    post = read(lines(line("instagram.com", picture(code=key)))).of(Post)[0]
    assert (post.native_id, post.url) == ("C8T_1NRpPG4", f"https://www.instagram.com/p/{key}/")


@pytest.mark.parametrize("code", ["../../evil", "a b", "", 7, None, "x" * 65])
def test_a_shortcode_that_is_none_is_made_of_the_number_or_the_post_is_rejected(code: Any, read: Read) -> None:
    found = read(
        lines(line("instagram.com", picture(code=code)), line("instagram.com", picture(code=code, id=None, pk=None)))
    )
    assert [post.native_id for post in found.of(Post)] == ["C8T_1NRpPG4"]
    assert found.reasons == [(2, "a post without an id")]


def test_a_profile_of_instagram_shows_its_bio_and_links(read: Read) -> None:
    profile = {
        "pk": 301,
        "username": "@insta.one",
        "biography": "call",
        "external_url": "https://wa.me/447700900301",
        "bio_links": [{"url": "https://t.me/a"}, {"url": "https://wa.me/447700900301"}, 7],
        "is_private": True,
        "edge_followed_by": {"count": 9},
    }
    account = read(lines(line("instagram.com", picture(user=profile)))).of(Account)[0]
    assert (account.id, account.handle, account.bio, account.followers) == ("instagram:301", "insta.one", "call", 9)
    assert account.links == ("https://wa.me/447700900301", "https://t.me/a")
    assert account.status == "private"


def test_user_and_owner_are_one_account_unless_they_are_two(read: Read) -> None:
    named, numbered = {"username": "Insta.One"}, {"pk": "301", "username": "insta.one", "biography": "b"}
    other = {"pk": "302", "username": "insta.one"}
    found = read(
        lines(
            *(line("instagram.com", picture(user=named, owner=owner)) for owner in (numbered, None, other)),
            line("instagram.com", picture(user=numbered, owner=other)),
            line("instagram.com", picture(user={}, owner=numbered)),
        )
    )
    by_row = [[record.id for record in row.records if type(record) is Account] for row in found.rows]
    assert by_row == [
        ["instagram:301"],
        ["instagram:insta.one"],
        ["instagram:302"],
        ["instagram:301", "instagram:302"],
        ["instagram:301"],
    ]
    assert found.of(Account)[0].bio == "b"
    assert [post.account_id for post in found.of(Post)] == [
        "instagram:301",
        "instagram:insta.one",
        "instagram:302",
        None,
        "instagram:301",
    ]
    assert [line_ for line_, _ in found.reasons] == [4]


def test_coauthors_with_a_number_are_accounts_and_told_as_related(read: Read) -> None:
    others = [{"pk": "302", "username": "two"}, {"username": "no.number"}, {"pk": "301"}, 7]
    found = read(lines(line("instagram.com", picture(coauthor_producers=others))))
    assert [account.id for account in found.of(Account)] == ["instagram:301", "instagram:302"]
    assert [(each.subject_id, each.kind, each.object_id) for each in found.of(Relation)] == [
        ("instagram:301", "coauthor", "instagram:302")
    ]


@pytest.mark.parametrize(
    ("told", "sound"),
    [
        (
            {"clips_metadata": {"music_info": {"music_asset_info": {"audio_cluster_id": "5", "audio_asset_id": "6"}}}},
            "5",
        ),
        (
            {"clips_metadata": {"music_info": None, "original_sound_info": {"audio_asset_id": 939_635_911_650_210}}},
            "939635911650210",
        ),
        ({"music_metadata": {"music_info": {"music_asset_info": {"audio_asset_id": "6"}}}}, "6"),
        ({"clips_music_attribution_info": {"audio_id": "7"}}, "7"),
        ({"clips_metadata": {"original_sound_info": {"audio_asset_id": "0"}}}, None),
        ({"clips_metadata": [], "music_metadata": 7}, None),
    ],
)
def test_the_sound_of_a_reel_is_that_of_its_page(told: dict[str, Any], sound: str | None, read: Read) -> None:
    assert read(lines(line("instagram.com", picture(**told)))).of(Post)[0].sound_id == sound


def test_what_a_carousel_shows_is_told_by_its_kinds(read: Read) -> None:
    parts = [{"media_type": 2}, {"media_type": 1}, {"media_type": 1}, {"media_type": [1]}, 7]
    sidecar = {"edges": [{"node": {"__typename": "GraphVideo"}}, {"node": {"__typename": "GraphImage"}}]}
    found = read(
        lines(
            line("instagram.com", picture(media_type=8, carousel_media=parts)),
            line("instagram.com", picture(media_type=None, edge_sidecar_to_children=sidecar)),
            line("instagram.com", picture(media_type=8)),
            line("instagram.com", picture(media_type=None, __typename="XIGPolarisVideoMedia")),
        )
    )
    assert [post.media for post in found.of(Post)] == ["photo, video", "photo, video", None, "video"]
