"""Texts in the form in which lexicons compare them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.word_forms import BREAK, places_of, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ""),
        ("Call NOW", "call now"),
        ("Vợ chồng tôi đi Anh", "vo chong toi di anh"),
        ("İstanbul'dan çıkış, ILIK ılık", "istanbuldan cikis ilik ilik"),
        ("don't, l’argent", "dont largent"),
        ("pleeeease", "please"),
        ("3.500 euro, 3 500€, 5k", "3500 euro 3500 € 5 k"),
        ("100%", "100 %"),
        ("#go_to_uk", "go to uk"),
        ("𝗩𝗜𝗦𝗔 ＶＩＳＡ ⓋⒾⓈⒶ 🅥🅘🅢🅐 🆅🅸🆂🅰 ᴠɪꜱᴀ", "visa visa visa visa visa visa"),
        ("vi\u200bsa v\u00adisa", "visa visa"),
        ("كتاب كِتَـاب کتاب", "کتاب کتاب کتاب"),
        ("أوروبا إلى آسيا", "اوروبا الی اسیا"),
        ("می\u200cروم", "میروم"),
        ("ሐዋሳ ሀዋሳ ፀሐይ ጸሀይ", "ሀዋሳ ሀዋሳ ጸሀይ ጸሀይ"),
        ("٠٧٧ ۱۲", "077 12"),
        ("Go. Now?", f"go {BREAK} now {BREAK}"),
        ("🇫🇷➡️🇬🇧 👶🏽", "🇫🇷 ➡ 🇬🇧 👶"),
    ],
)
def test_a_text_has_one_form(text: str, words: str) -> None:
    assert words_of(text) == f" {words} "


@given(st.text())
def test_words_stand_between_single_blanks_and_each_character_has_its_place(text: str) -> None:
    words, places = places_of(text)
    assert words == words_of(text)
    assert len(words) == len(places)
    assert words.startswith(" ")
    assert words.endswith(" ")
    assert words.strip() == " ".join(words.split())
    assert places == sorted(places)
    assert all(0 <= place <= len(text) for place in places)


@given(st.text(st.sampled_from("aA0١ .,'|\u200d\u0301é👶🇬🏽½①ﷺ\ud800"), max_size=40))
def test_so_it_is_for_what_unicode_has_in_store(text: str) -> None:
    words, places = places_of(text)
    assert words == words_of(text)
    assert len(words) == len(places)


@pytest.mark.parametrize("piece", ["a", "aa ", "1 ", "1.111", "é", "\u0301", "👶", "ﷺ", " ", "a1", "." * 7, "اا"])
def test_a_hundred_thousand_characters_take_less_than_a_second(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    began = time.process_time()
    places_of(text)
    assert time.process_time() - began < 1
