"""Text from accounts as it is shown: nothing invisible, nothing that turns around, and still the words."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.wording import counted
from visualisations.shared_values import LONGEST_NAME, Value, enumerated, joined, read_value, shared_kinds
from visualisations.shown_text import account_name, clean, excerpt, read_number, utc


@pytest.mark.parametrize(
    "text",
    [
        "می‌خواهم بروم",  # Persian, non-joiner between letters
        "ڕێگای ئەوروپا",
        "क्‍ष",  # Devanagari, joiner after virama
        "👨‍👩‍👧 family",
        "👩🏽‍💻 ☎️",
        "Đường đến Anh",
        "<script>alert(1)</script>",
        "{{ 7*7 }} ${x}",
    ],
)
def test_what_people_write_is_kept(text: str) -> None:
    assert clean(text) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\u202egnp.exe\u202c", "gnp.exe"),
        ("a\u200bd\u2060m\ufeffin", "admin"),
        ("pass\u200cword", "password"),
        ("ad\u200dmin", "admin"),
        ("\u200c\u200d", ""),
        ("one\ntwo\tthree\u2028four", "one two three four"),
        ("bell\x07 escape\x1b[31m", "bell escape[31m"),
        ("half \ud83d", "half"),
        ("tag\U000e0041", "tag"),
        ("\u3164\u2800", ""),
        (None, ""),
    ],
)
def test_what_hides_or_turns_around_is_taken_out(text: str | None, shown: str) -> None:
    assert clean(text) == shown


def test_marks_piled_on_one_letter_are_cut_down() -> None:
    assert len(clean("Z" + "\u0301\u0300\u0302" * 30)) <= 6


@given(st.text())
def test_any_text_becomes_one_line_of_visible_characters_that_can_be_written(text: str) -> None:
    shown = clean(text, 60)
    shown.encode("utf-8")
    assert len(shown) <= 60
    hidden = {"Cc", "Cs", "Zl", "Zp"}
    assert not [character for character in shown if unicodedata.category(character) in hidden]
    assert clean(shown, 60) == shown


def test_a_name_is_the_handle_else_the_display_name_else_the_id() -> None:
    assert account_name("@sea_blue", "Sea", "x:1") == "@sea_blue"
    assert account_name("sea_blue", "Sea", "x:1") == "@sea_blue"
    assert account_name(None, "Sea", "x:1") == "Sea"
    assert account_name("\u200b", "\u202e", "x:1") == "1"


def test_an_excerpt_has_the_span_and_what_stands_around_it() -> None:
    text = "a" * 200 + " call +44 7700 900001 now " + "b" * 200
    start = text.index("+44")
    before, span, after = excerpt(text, start, start + 15)
    assert span == "+44 7700 900001"
    assert before.startswith("…a")
    assert before.endswith(" call ")
    assert after.startswith(" now b")
    assert after.endswith("b…")


def test_a_time_is_as_fine_as_it_is_known() -> None:
    us = 1_732_975_509_000_000
    assert utc(us) == "2024-11-30 14:05:09 UTC"
    assert utc(us, "minute") == "2024-11-30 14:05 UTC"
    assert utc(us, "day") == "2024-11-30"
    assert utc(us, "second", zone_known=False) == "2024-11-30 14:05:09 UTC (time zone assumed)"
    assert utc(None) is None
    assert utc(2**63 - 1) is None


def test_numbers_are_shown_as_people_read_them() -> None:
    assert read_number("+447700900123") == "+44 7700 900123"
    assert read_number("no number") == "no number"
    assert counted(1, "account") == "1 account"
    assert counted(1204, "account") == "1,204 accounts"


@pytest.mark.parametrize(
    ("link", "value", "shown"),
    [
        ("shared_phone", "+447700900123", "+44 7700 900123"),
        ("shared_invite", "t.me/+AbC", "t.me/+AbC"),
        ("shared_invite", "chat.whatsapp.com/" + "A" * 60, "chat.whatsapp.com/" + "A" * 41 + "…"),
        ("shared_handle", "instagram:some.name", "@some.name (instagram)"),
        ("shared_handle", "instagram:", "instagram:"),
        ("shared_handle", "instagram:\u202egnp.exe\u202c", "@gnp.exe (instagram)"),
        ("shared_handle", "no platform", "no platform"),
        ("shared_email", "a@b.example", "a@b.example"),
        ("shared_payment", "iban:GB00TEST12345", "IBAN GB00 TEST 1234 5"),
        ("shared_payment", "iban:<b>", "iban:<b>"),
        ("shared_payment", "btc:bc1qtest", "btc:bc1qtest"),
        ("shared_something_new", "one\ntwo", "one two"),
    ],
)
def test_a_value_is_shown_as_people_read_it(link: str, value: str, shown: str) -> None:
    assert read_value(Value(link, value)) == shown


@given(st.sampled_from([kind.link for kind in shared_kinds()]), st.text())
def test_any_value_is_one_line_that_fits_a_list(link: str, value: str) -> None:
    shown = read_value(Value(link, value))
    assert len(shown) <= LONGEST_NAME + len("@ ()") + 32
    assert clean(shown, 200) == shown


def test_every_kind_of_link_that_looks_at_mentions_has_words_and_a_sign_of_its_own() -> None:
    assert [kind.link for kind in shared_kinds()] == [
        "shared_phone", "shared_invite", "shared_handle", "shared_email", "shared_payment"
    ]  # fmt: skip
    assert len({kind.sign for kind in shared_kinds()} | {kind.legend for kind in shared_kinds()}) == 10
    assert "dot" not in {kind.sign for kind in shared_kinds()}


def test_values_are_counted_kind_by_kind() -> None:
    counts = {"shared_email": 2, "shared_phone": 1, "shared_invite": 0}
    assert enumerated(counts, "shared") == ["1 shared number", "2 shared e-mail addresses"]
    assert joined(["1 number", "2 invites", "3 handles"]) == "1 number, 2 invites and 3 handles"
    assert (joined(["1 number"]), joined([])) == ("1 number", "")
