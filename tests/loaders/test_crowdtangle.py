"""CrowdTangle's downloads: whose words a post's lines are, by what it is known, and by which clock it is dated."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable
from typing import Any

import pytest

from graph.records import Account, Chat, Post

Read = Callable[..., Any]
PAGE = {
    "Page Name": "Agency", "User Name": "Agency.One", "Facebook Id": "100200", "Page Admin Top Country": "IQ",
    "Page Description": "", "Page Created": "", "Followers at Posting": "1,234",
    "Post Created": "2021-06-16 22:04:51 EDT",
    "Type": "Status", "Is Video Owner?": "", "URL": "https://www.facebook.com/100200/posts/900", "Message": "seats",
    "Link": "", "Final Link": "", "Image Text": "", "Link Text": "", "Description": "",
}  # fmt: skip
INSTAGRAM = {
    "Account": "Agency", "User Name": "agency.one", "Followers at Posting": "12",
    "Post Created": "2021-06-16 22:04:51 EDT",
    "Type": "Photo", "URL": "https://www.instagram.com/p/CQM1abc_-d/", "Link": "", "Photo": "", "Title": "",
    "Description": "seats", "Image Text": "",
}  # fmt: skip


def table(row: dict[str, str], *changes: dict[str, str]) -> str:
    rows = [row | change for change in changes or ({},)]
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def own_words(post: Post) -> str:
    start = post.quoted_spans[0] if post.quoted_spans else None
    return (post.text or "")[:start].strip("\n")


@pytest.mark.parametrize(
    ("url", "native_id"),
    [
        ("https://www.facebook.com/100200/posts/900", "900"),
        ("https://www.facebook.com/agency.one/posts/a-title-of-words/900/?x=1#y", "900"),
        ("https://www.facebook.com/agency.one/photos/a.1/900/", "900"),
        ("https://www.facebook.com/agency.one/videos/900", "900"),
        ("https://www.facebook.com/groups/5/permalink/900/", "900"),
        ("https://www.facebook.com/permalink.php?story_fbid=900&id=100200", "900"),
        ("https://www.facebook.com/photo.php?fbid=900", "900"),
        ("https://www.facebook.com/watch/?v=900", "900"),
        ("https://www.facebook.com/100200/posts/pfbid02Abc", "100200/pfbid02Abc"),
    ],
)
def test_a_post_is_known_by_the_number_in_its_address(url: str, native_id: str, read: Read) -> None:
    assert [post.native_id for post in read(table(PAGE, {"URL": url})).of(Post)] == [native_id]


@pytest.mark.parametrize(
    "url", ["", "https://www.facebook.com/agency.one", "https://www.facebook.com/posts", "not a url", "?v="]
)
def test_a_post_without_a_number_is_known_by_what_it_says(url: str, read: Read) -> None:
    found = read(table(PAGE, {"URL": url}, {"URL": url}, {"URL": url, "Message": "other"}))
    ids = [post.native_id for post in found.of(Post)]
    assert ids[0] == ids[1] != ids[2]
    assert all(each.startswith("row-") for each in ids)


def test_4cats_table_of_facebook_has_the_same_post(read: Read) -> None:
    theirs = "id,url,body,timestamp,author,author_name,image_url,video_url,is_in_group,group_name,unix_timestamp\n"
    theirs += "900,,seats,2021-06-17 02:04:51,100200,Agency,,,no,,1623895491\n"
    one, two = (read(text).of(Post)[0] for text in (theirs, table(PAGE)))
    assert (one.id, one.account_id, one.at) == (two.id, two.account_id, two.at)


@pytest.mark.parametrize(
    ("link", "is_own"),
    [
        ("", True),
        ("https://www.facebook.com/agency.one/photos/a.1/5", True),
        ("https://m.facebook.com/100200/photos/5", True),
        ("https://agency.example/x", True),
        ("https://www.facebook.com/photo.php?fbid=5", True),
        ("https://www.facebook.com/other.page/photos/a.1/5", False),
        ("https://www.facebook.com/777/posts/5", False),
    ],
)
def test_text_in_a_picture_of_another_page_is_quoted(link: str, is_own: bool, read: Read) -> None:
    post = read(table(PAGE, {"Link": link, "Image Text": "call +44 7700 900123"})).of(Post)[0]
    assert own_words(post) == ("seats\ncall +44 7700 900123" if is_own else "seats")
    assert "900123" in post.text


@pytest.mark.parametrize(("owner", "own"), [("Yes", "seats\nA video\nby us"), ("No", "seats"), ("", "seats")])
def test_what_stands_under_an_own_video_is_the_pages_and_under_any_other_link_quoted(
    owner: str, own: str, read: Read
) -> None:
    cells = {"Is Video Owner?": owner, "Link Text": "A video", "Description": "by us"}
    post = read(table(PAGE, cells)).of(Post)[0]
    assert own_words(post) == own
    assert post.text == "seats\nA video\nby us"


def test_letters_that_name_several_zones_need_a_place_and_times_without_any_are_read_there(read: Read) -> None:
    text = table(PAGE, {"Post Created": "2021-12-16 22:04:51 PST"}, {"Post Created": "2021-12-16 22:04:51"})
    found = read(text)
    assert [line for line, _ in found.reasons] == [2]
    assert "--timezone" in found.reasons[0][1]
    assert found.of(Post)[0].at.zone_known is False
    placed = read(text, timezone="America/Los_Angeles").of(Post)
    assert [(post.at.utc().hour, post.at.zone_known) for post in placed] == [(6, True), (6, False)]


@pytest.mark.parametrize("made", ["long ago", "1.2E+09", "2020-05-01 09:00:00 CST", "[]"])
def test_when_a_page_was_made_is_not_worth_its_posts(made: str, read: Read) -> None:
    found = read(table(PAGE, {"Page Created": made}))
    assert found.reasons == []
    assert found.of(Account)[0].created_at is None


def test_a_page_is_known_by_its_name_where_it_has_no_number_and_a_group_has_no_author(read: Read) -> None:
    found = read(table(PAGE, {"Facebook Id": ""}))
    assert (found.of(Account)[0].id, found.of(Post)[0].account_id) == ("facebook:agency.one",) * 2
    group = {("Group Name" if name == "Page Name" else name): cell for name, cell in PAGE.items()}
    found = read(table(group, {"Link": "https://www.facebook.com/other.page/photos/5", "Image Text": "call me"}))
    assert found.of(Account) == []
    assert (found.of(Post)[0].chat_id, found.of(Post)[0].account_id) == (found.of(Chat)[0].id, None)


def test_a_code_of_instagram_is_the_posts_and_not_the_key_after_it(read: Read) -> None:
    urls = ["CQM1abc_-dX", "CQM1abc_-dXprivatekeyprivatekey"]
    found = read(table(INSTAGRAM, *({"URL": f"https://www.instagram.com/p/{code}/"} for code in urls)))
    assert {post.native_id for post in found.of(Post)} == {"CQM1abc_-dX"}
    assert found.of(Post)[0].at.utc().hour == 2


@pytest.mark.parametrize("hostile", ["/posts" * 16_000 + "//", "?" * 90_000, "facebook.com/" * 9_000, "&v=" * 30_000])
def test_hostile_addresses_are_read_in_no_time(hostile: str, read: Read) -> None:
    began = time.monotonic()
    cells = [{name: hostile} for name in ("URL", "Link", "Post Created", "Page Created")]
    for row in (PAGE, INSTAGRAM):
        found = read(table(row, *({name: each[name] for name in each if name in row} for each in cells)))
        assert all(each.records or each.rejection for each in found.rows)
    assert time.monotonic() - began < 2
