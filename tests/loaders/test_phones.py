"""Phone numbers: found as people write them, undecided where the region is, and nothing else taken for one."""

from __future__ import annotations

import random
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberMatcher

from benchmarks.phone_numbers import texts as benchmark_texts
from loaders import phone_snippets
from loaders.phones import CANDIDATE_REGIONS, find_contact, find_phones
from loaders.reserved_numbers import DUMMIES, FICTION, is_reserved

RESERVED = [prefix + "0" * (free - 2) + "12" for prefix, free, _ in (*FICTION, *DUMMIES)]


def values(text: str, region: str | None = None) -> list[str | None]:
    return [mention.value for mention in find_phones(text, region)]


@pytest.mark.parametrize("number", RESERVED)
def test_numbers_that_nobody_has_are_found_like_any_other(number: str) -> None:
    assert is_reserved(number)
    assert values(f"Call {number}, now") == [number]
    assert values(f"Call 00{number[1:]}") == [number]


@pytest.mark.parametrize(
    ("text", "region", "expected", "rule"),
    [
        ("+44 7700 900123", None, "+447700900123", "international"),
        ("+44 (0)7700 900123", None, "+447700900123", "international"),
        ("+44-7700.900-123", "IQ", "+447700900123", "international"),
        ("+(44) 7700 900123", None, "+447700900123", "international"),
        ("WhatsApp+447700900123!", None, "+447700900123", "international"),
        ("00964 770 000 0123", None, "+9647700000123", "international 00"),
        ("00964 770 000 0123", "GB", "+9647700000123", "international 00"),
        ("٠٠٩٦٤٧٧٠٠٠٠٠١٢٣", None, "+9647700000123", "international 00"),
        ("07700 900123", "GB", "+447700900123", "national GB"),
        ("(07700) 900-123", "GB", "+447700900123", "national GB"),
        ("07701234567", "IQ", "+9647701234567", "national IQ"),
        ("٠٧٧٠ ٠٠٠ ٠١٢٣", "IQ", "+9647700000123", "national IQ"),
        ("۰۹۱۲۰۰۰۰۱۲۳", "IR", "+989120000123", "national IR"),
        ("06.39.98.12.34", "FR", "+33639981234", "national FR"),
        ("(202) 555-0143", "US", "+12025550143", "national US"),
        ("447700900123", "GB", "+447700900123", "country code without plus"),
        ("+44 7700 900123 on 12/05/2024", None, "+447700900123", "international"),
        ("12.05.2024 07700 900123", "GB", "+447700900123", "national GB"),
        ("+４４ ７７００ ９００１２３", None, "+447700900123", "international"),
    ],
)
def test_a_number_is_found_with_the_rule_that_found_it(text: str, region: str | None, expected: str, rule: str) -> None:
    assert [(mention.value, mention.rule) for mention in find_phones(text, region)] == [(expected, rule)]


@pytest.mark.parametrize(
    "unseen", ["\u200e", "\u200f", "\u200b", "\u2060", "\u202a", "\ufeff", "\u00ad", "\ufe0f\u20e3"], ids=ascii
)
def test_characters_that_nobody_sees_do_not_break_a_number_and_belong_to_its_span(unseen: str) -> None:
    written = unseen.join("+447700900123")
    mention = find_phones(f"x {written} y")[0]
    assert mention.value == "+447700900123"
    assert mention.as_written == written


@pytest.mark.parametrize(
    "text",
    [
        "2024-01-15", "2024-01-15 10:30", "15/01/2024 10:30:45", "20240115", "20240115103000", "01.02.2024",
        "15 01 2024", "1623881091", "1623881091000", "10:30:45", "24/7", "£1500000", "1.500.000", "1500000 €",
        "1500000 USD", "2 500 000 dinars", "100.000.000 đồng", "192.168.100.200", "10.0.0.1", "51.507400 -0.127800",
        "1234567890123456789", "4111 1111 1111 1111", "id_07700900123", "v07700900123", "07700900123abc",
        "https://x.example/status/1234567890", "?id=07700900123", "#0770090012", "07700900123@mail.example",
        "+1000000 views", "ISBN 978-3-16-148410-0", "2020-2021-2022", "0.12345678", "1234567", "0000000000000",
        "1 2 3 4 5 6 7 8 9 0",
    ],
)  # fmt: skip
@pytest.mark.parametrize("region", [None, "GB", "IQ", "US", "TN", "VN"])
def test_what_is_no_number_is_not_taken_for_one(text: str, region: str | None) -> None:
    assert find_phones(text, region) == []


@pytest.mark.parametrize("region", [None, "AQ", "??"])
def test_a_national_number_without_a_region_is_undecided_and_keeps_its_candidates(region: str | None) -> None:
    mention = find_phones("call 07701234567", region)[0]
    assert mention.value is None
    assert {"+447701234567", "+9647701234567"} <= set(mention.candidates)
    assert mention.rule == "national, region undecided"
    assert mention.as_written == "07701234567"


def test_candidates_are_only_asked_of_countries_whose_national_numbers_begin_with_zero() -> None:
    assert {phone_snippets.trunk_prefix(region) for region in CANDIDATE_REGIONS} == {"0"}
    assert find_phones("call 612 345 678") == []


@pytest.mark.parametrize("region", [None, "GB"])
@pytest.mark.parametrize("between", [" ", " / ", ", ", "\n", " or "])
def test_numbers_one_after_the_other_are_told_apart(between: str, region: str | None) -> None:
    numbers = ["+964 770 000 0123", "07700 900123", "0044 7700 900124", "+33 6 39 98 12 34", "07700900125"]
    assert [mention.as_written for mention in find_phones(between.join(numbers), region)] == numbers


@pytest.mark.parametrize(
    ("written", "region", "value", "rule"),
    [
        ("+964 770 000 0123", None, "+9647700000123", "international"),
        ("00964 770 000 0123", None, "+9647700000123", "international 00"),
        ("9647700000123", None, "+9647700000123", "country code without plus"),
        ("9647700000123", "GB", "+9647700000123", "country code without plus"),
        ("07700 900123", "GB", "+447700900123", "national GB"),
        ("07700 900123", None, None, "national, region undecided"),
        (" \u202a+44 7700 900123\u202c ", None, "+447700900123", "international"),
        ("+44 20 0000 0000", None, "+442000000000", "international"),
    ],
)
def test_a_card_holds_a_number_by_declaration(written: str, region: str | None, value: str | None, rule: str) -> None:
    mention = find_contact(written, region)
    assert mention is not None
    assert (mention.value, mention.rule) == (value, rule)
    assert written[mention.start : mention.end] == mention.as_written
    assert bool(mention.candidates) == (value is None)


@pytest.mark.parametrize("written", ["", "none", "12", "+", "-", "+999 999 999 999 999", "9" * 300, "hidden"])
def test_a_card_without_a_number_has_none(written: str) -> None:
    assert find_contact(written) is None


PIECES = st.sampled_from([
    "+44 7700 900123", "07700 900123", "٠٧٧٠٠٠٠٠١٢٣", "\u200f", "\ufe0f\u20e3", "😀", "2024-01-15", "+", "(", ")", "00",
    "0", "7", " ", "-", "/", ".", "\n", "٣", "₃", "²", "½", "call", "€", "𝟘", "\uff0b",
])  # fmt: skip


@given(st.lists(PIECES | st.text(max_size=4), max_size=20), st.sampled_from([None, "GB", "IQ", "US", "VN"]))
def test_spans_slice_back_to_what_was_written(pieces: list[str], region: str | None) -> None:
    text = "".join(pieces)
    mentions = find_phones(text, region)
    assert all(text[mention.start : mention.end] == mention.as_written for mention in mentions)
    assert all(a.end <= b.start for a, b in pairwise(mentions))
    assert all((mention.value is None) == bool(mention.candidates) for mention in mentions)


@given(st.text(max_size=40) | st.lists(PIECES, max_size=8).map("".join), st.sampled_from([None, "GB", "US"]))
def test_any_card_gives_a_span_of_itself_or_nothing(written: str, region: str | None) -> None:
    mention = find_contact(written, region)
    if mention:
        assert written[mention.start : mention.end] == mention.as_written
        assert sum(character.isdigit() for character in mention.as_written) >= 6


def test_a_long_list_of_numbers_is_found_whole() -> None:
    numbers = [f"07700 900{n:03d}" for n in range(150)]
    assert [mention.as_written for mention in find_phones(" ".join(numbers), "GB")] == numbers
    assert len(find_phones(" ".join(numbers))) == 150


def test_a_text_of_digits_without_end_does_not_hang() -> None:
    started = time.monotonic()
    for text in ("1 " * 50_000, "0" * 100_000, "+" * 50_000, "07700 900123 " * 5000, "(0" * 30_000, "1 " * 1900):
        find_phones(text, "GB")
        find_phones(text)
    assert time.monotonic() - started < 20


def words_and_numbers() -> list[tuple[str, str | None]]:
    """Return texts of words, prices, hours and dates, of which some have a number in international form."""
    chance = random.Random(7)
    words = ["travel", "agent", "discount", "route", "tonight", "دیگر", "سفر", "châu", "2500", "24/7", "15/03/2024"]
    texts: list[tuple[str, str | None]] = []
    for _ in range(1500):
        text = [chance.choice(words) for _ in range(chance.randrange(8, 30))]
        if chance.random() < 0.38:
            text.insert(chance.randrange(len(text)), f"+44 7911 12{chance.randrange(200):04d}"[:15])
        texts.append((" ".join(text), "GB"))
    return texts


@pytest.mark.parametrize("texts", [benchmark_texts(3000), words_and_numbers()], ids=["disguised", "plain"])
def test_adverts_are_searched_faster_than_by_asking_libphonenumber_about_every_text(
    texts: list[tuple[str, str | None]],
) -> None:
    for text in texts[:300]:  # what is read from files once, and patterns of countries
        find_phones(*text)
    phone_snippets.matched.cache_clear()
    started = time.process_time()
    ours = [len(find_phones(*text)) for text in texts]
    ours_took = time.process_time() - started
    started = time.process_time()
    theirs = [len(list(PhoneNumberMatcher(*text))) for text in texts]
    theirs_took = time.process_time() - started
    assert sum(ours) >= sum(theirs)
    assert ours_took < theirs_took
