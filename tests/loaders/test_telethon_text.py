"""What Telethon's messages say and show: quotations, links, media, contact cards, and what is forwarded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.records import Account, Post, Repost
from loaders.telethon_text import quoted_spans
from tests.loaders.telethon_messages import SENT, channel, lines, message, person

Read = Callable[..., Any]


def test_a_forward_of_a_channels_message_is_of_that_very_message(read: Read) -> None:
    header = {"_type": "MessageFwdHeader", "from_id": {"_type": "PeerChannel", "channel_id": 8}, "channel_post": 77}
    found = read(
        lines(
            message(1, fwd_from=header, _forward={"_type": "Forward", "_chat": channel(8, broadcast=True)}),
            message(2, fwd_from={"channel_id": 8, "channel_post": 77, "from_id": None}),
            message(3, None, fwd_from=header),
        )
    )
    assert {(each.object_id, each.kind, each.object_account_id) for each in found.of(Repost)} == {
        ("telegram:channel8/77", "forward", "telegram:channel8")
    }
    assert [each.object_name for each in found.of(Repost)] == ["Title 8", None]
    assert [post.kind for post in found.of(Post)] == ["repost"] * 3
    assert [each.handle for each in found.of(Account) if each.native_id == "channel8"] == ["name8"]
    assert found.reasons == []


def test_forwards_of_people_are_told_by_name_and_words_or_media(read: Read) -> None:
    def forward(number: int, text: str = "", media: Any = None, **header: Any) -> dict[str, Any]:
        sender = {"_sender": person(8)} if header.get("from_id") else {}
        return message(number, text=text, media=media, fwd_from={"date": SENT, **header}, _forward=sender)

    of_eight = {"_type": "PeerUser", "user_id": 8}
    photo = {"_type": "MessageMediaPhoto", "photo": {"id": 99}}
    found = read(
        lines(
            forward(1, "Boat tonight", from_id=of_eight),
            forward(2, "boat  TONIGHT", from_name="First8"),
            forward(3, "boat tonight", from_name="Another"),
            forward(4, "ok", from_name=None),
            forward(5, media=photo, from_name="First8"),
            forward(6, media=photo, from_name="First8"),
            forward(7, media={"_type": "MessageMediaPoll"}, from_name="First8"),
        )
    )
    objects = {each.content_id.rsplit("/", 1)[1]: each.object_id for each in found.of(Repost)}
    assert sorted(objects) == ["1", "2", "3", "5", "6"]
    assert objects["1"] == objects["2"] != objects["3"]
    assert objects["5"] == objects["6"]
    assert found.of(Repost)[0].object_account_id == "telegram:user8"


def test_people_whose_names_are_not_told_are_not_one_author_of_the_same_words(read: Read) -> None:
    said = [message(n, text="Places on the lorry", fwd_from={"from_id": {"user_id": 70 + n}}) for n in (1, 2)]
    assert len({each.object_id for each in read(lines(*said)).of(Repost)}) == 2


def test_quotes_are_counted_in_utf_16_and_marked_in_characters(read: Read) -> None:
    text = "😀 so: 'they lie' 😀 said"
    quote = {"offset": 7, "length": 10, "_type": "MessageEntityBlockquote"}
    said = [
        {"entities": [quote]},
        {"entities": [{"offset": 7, "length": 10, "collapsed": True}]},
        {"entities": [quote, {**quote, "offset": 10, "length": 99}]},
        {"entities": [{**quote, "_type": "MessageEntityBold"}, {"offset": 7, "length": 10}]},
        {
            "entities": [
                {**quote, "offset": 99},
                {**quote, "offset": -1},
                {**quote, "length": 0},
                {**quote, "length": "9"},
            ]
        },
    ]
    posts = read(lines(*(message(n, text=text, **each) for n, each in enumerate(said)))).of(Post)
    shown = [
        [post.text[a:b] for a, b in zip(post.quoted_spans[::2], post.quoted_spans[1::2], strict=True)] for post in posts
    ]
    assert shown == [["'they lie'"], ["'they lie'"], ["'they lie' 😀 said"], [], []]
    assert read(lines(message(text="ab cd", entities=[{**quote, "offset": 3, "length": 2}]))).of(Post)[
        0
    ].quoted_spans == (3, 5)


@given(text=st.text(max_size=30), start=st.integers(0, 20), length=st.integers(1, 20))
def test_a_quote_marks_what_telegram_marks(text: str, start: int, length: int) -> None:
    text = text.encode("utf-8", "ignore").decode() + "."
    start, end = min(start, len(text) - 1), min(start + length, len(text))
    units = [len(text[:place].encode("utf-16-le")) // 2 for place in (start, end)]
    entity = {"_": "MessageEntityBlockquote", "offset": units[0], "length": units[1] - units[0]}
    expected = (start, end) if start < end else ()
    assert quoted_spans({"entities": [entity]}, text) == expected


def test_links_behind_words_and_buttons_are_kept(read: Read) -> None:
    entities = [{"offset": 0, "length": 2, "url": "https://t.me/+abc"}, {"offset": 3, "length": 2}, {"url": 7}, "x"]
    buttons = [{"buttons": [{"text": "Write", "url": "https://t.me/help"}, {"text": "No"}]}, {"buttons": 7}, None]
    found = read(lines(message(entities=entities, reply_markup={"rows": buttons}), message(2, reply_markup=[])))
    assert [post.links for post in found.of(Post)] == [("https://t.me/+abc", "https://t.me/help"), ()]


@pytest.mark.parametrize(
    ("media", "shown", "digests"),
    [
        ({"_type": "MessageMediaPhoto", "photo": {"id": 5}}, "photo", ("photo5",)),
        (
            {"document": {"id": 6, "mime_type": "video/mp4", "attributes": [{"file_name": "a.mp4"}]}},
            "video_file a.mp4",
            ("document6",),
        ),
        (
            {"document": {"id": 6, "mime_type": "video/mp4", "attributes": [{"round_message": True}]}},
            "video_message",
            ("document6",),
        ),
        (
            {"document": {"id": 6, "mime_type": "audio/ogg", "attributes": [{"voice": True}]}},
            "voice_message",
            ("document6",),
        ),
        ({"document": {"id": 6, "attributes": [{"stickerset": {}}]}}, "sticker", ("document6",)),
        ({"document": {"id": "", "mime_type": 7, "attributes": [7]}}, "file", ()),
        ({"_type": "MessageMediaGeo", "geo": {"lat": 1}}, "location", ()),
        ({"_type": "MessageMediaWebPage", "webpage": {"url": "https://example.org", "photo": {"id": 9}}}, None, ()),
        ({"phone_number": "+44 7700 900301", "first_name": "A"}, "contact", ()),
        ([], None, ()),
    ],
)
def test_media_are_told_by_kind_and_by_telegrams_own_numbers(
    media: Any, shown: str | None, digests: tuple[str, ...], read: Read
) -> None:
    post = read(lines(message(media=media))).of(Post)[0]
    assert (post.media, post.media_digests) == (shown, digests)


@pytest.mark.parametrize("wrap", [lambda card: card, lambda card: {"contact": card}])
def test_a_contact_card_is_kept_with_its_post(wrap: Callable[[Any], Any], read: Read) -> None:
    card = {"first_name": "Ali", "last_name": "B", "phone_number": "+964 770 000 0122", "user_id": 0}
    post = read(lines(message(text="", media=wrap(card)))).of(Post)[0]
    assert (post.contact_name, post.contact_phone, post.text) == ("Ali B", "+964 770 000 0122", None)


def test_why_telegram_restricts_a_message_is_its_status(read: Read) -> None:
    reasons = [{"platform": "ios", "reason": "porn"}, {"platform": "all", "reason": "terms"}, {"reason": None}, 7]
    assert read(lines(message(restriction_reason=reasons))).of(Post)[0].status == "restricted: porn, terms"
