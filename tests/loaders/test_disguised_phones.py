"""Numbers in disguise are found with their spans, what only looks like one is not, and hostile text costs little."""

from __future__ import annotations

import random
import re
import time
from itertools import product

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.phone_numbers import corpus, ours, scores
from loaders import disguised_digits, number_words, phone_snippets, phones, regions_beside, valid_numbers
from loaders.identifiers import find_all
from loaders.number_words import folded, may_hold_words
from loaders.phones import find_phones
from loaders.regions_beside import region_beside
from loaders.reserved_numbers import DUMMIES, FICTION, is_reserved
from loaders.valid_numbers import valid_international, valid_national

NUMBERS = [prefix + f"{n:0{free}d}" for prefix, free, _ in (*FICTION, *DUMMIES) for n in (12, 37)]
ENGLISH = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
SCRIPTS = ("٠", "۰", "०", "০", "\uff10", "\U0001d7ce", "\U0001d7d8")
SENTENCES = (
    "{}",
    "Seats on Friday, call {}",
    "{} ❤️🙏",
    "للتواصل {} فقط",
    "زنگ بزنید: {}",
    "Đi an toàn, gọi {} ngay",
    "«{}»",
    "x\n{}\ny",
)


def spelled(zero: str) -> dict[str, str]:
    return {str(n): chr(ord(zero) + n) for n in range(10)}


#: From a number in E.164 to it in disguise.
DISGUISES = {
    "plain": lambda number: number,
    "keycaps": lambda number: "+" + "".join(f"{each}\ufe0f\u20e3" for each in number[1:]),
    "circled": lambda number: "+" + "".join("⓪①②③④⑤⑥⑦⑧⑨"[int(each)] for each in number[1:]),
    "letters": lambda number: number.replace("0", "O").replace("1", "l"),
    "words": lambda number: "plus " + " ".join(ENGLISH[int(each)] for each in number[1:]),
    "words with strokes": lambda number: "plus " + "-".join(ENGLISH[int(each)] for each in number[1:]),
    "words at the end": lambda number: f"{number[:-3]} {' '.join(ENGLISH[int(each)] for each in number[-3:])}",
    "unseen": "\u200b".join,
    "marks": lambda number: f"\u202a{number[:4]}\u200f{number[4:]}\u202c",
    "pictures": lambda number: "🔥".join(number[at : at + 4] for at in range(0, len(number), 4)),
    "lines": lambda number: f"{number[:6]}\n{number[6:]}",
    "spaces": " ".join,
    "dots": ".".join,
    "strokes": lambda number: f"{number[:3]}-{number[3:6]}-{number[6:]}",
    "zeros": lambda number: "00" + number[1:],
} | {
    f"script {zero}": lambda number, zero=zero: "+" + "".join(spelled(zero)[each] for each in number[1:])
    for zero in SCRIPTS
}
#: Those that can be put upon another one, digit for digit.
UPON = [
    name for name in DISGUISES if name in {"unseen", "spaces", "dots", "zeros", "pictures"} or name.startswith("script")
]


@given(st.sampled_from(NUMBERS), st.sampled_from(sorted(DISGUISES)), st.sampled_from(SENTENCES))
@settings(max_examples=600, deadline=None)
def test_any_number_is_found_in_any_disguise_with_its_span(number: str, disguise: str, sentence: str) -> None:
    written = DISGUISES[disguise](number)
    found = find_phones(sentence.format(written))
    assert [mention.value for mention in found] == [number]
    if disguise != "marks":
        assert found[0].as_written == written


@given(st.sampled_from(NUMBERS), st.sampled_from(UPON), st.sampled_from(SCRIPTS), st.sampled_from(SENTENCES))
@settings(max_examples=300, deadline=None)
def test_two_disguises_together_are_found(number: str, disguise: str, zero: str, sentence: str) -> None:
    written = "".join(spelled(zero).get(each, each) for each in DISGUISES[disguise](number))
    assert [mention.value for mention in find_phones(sentence.format(written))] == [number]


@pytest.mark.parametrize("record", corpus(), ids=lambda record: record["id"])
def test_every_text_of_the_corpus_gives_its_numbers(record: dict[str, object]) -> None:
    found = find_phones(str(record["text"]), record["region_hint"])  # type: ignore[arg-type]
    assert {mention.value for mention in found if mention.value} == set(record["phones"])  # type: ignore[call-overload]
    assert {mention.as_written for mention in found if not mention.value} == set(record["ambiguous"])  # type: ignore[call-overload]


def test_the_corpus_holds_two_hundred_texts_in_all_languages_and_scores_them() -> None:
    records = corpus()
    assert len(records) >= 200
    assert len({record["lang"] for record in records}) >= 16
    assert all(is_reserved(number) for record in records for number in record["phones"])
    assert scores(records, "lang", ours)["all"][1:] == (0, 0)


@pytest.mark.parametrize(
    ("text", "region", "rule"),
    [
        ("plus four four seven seven zero zero nine zero zero one two three", None, "international, in words"),
        ("O77OO 9OOl23", "GB", "national GB, letters for digits"),
        ("🇮🇶 0770 000 0123", None, "national IQ, country beside"),
        ("0️⃣7️⃣7️⃣0️⃣0️⃣9️⃣0️⃣0️⃣1️⃣2️⃣3️⃣", "GB", "national GB, symbols for digits"),
        ("077🔥009🔥00123", "GB", "national GB, pictures inside"),
        ("07700\n900123", "GB", "national GB, over lines"),
        ("07700\u200b900123", "GB", "national GB, unseen characters inside"),
    ],
)
def test_the_rule_says_in_which_disguise_a_number_was(text: str, region: str | None, rule: str) -> None:
    assert [mention.rule for mention in find_phones(text, region)] == [rule]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("07700 900123 / 124", ["+447700900123", "+447700900124"]),
        ("07700 900123/24/25", ["+447700900123", "+447700900124", "+447700900125"]),
        ("07700 900123 or 124", ["+447700900123", "+447700900124"]),
        ("07700 900123 24/7", ["+447700900123"]),
        ("07700 900123 2 people", ["+447700900123"]),
        ("07700 900123 3500£", ["+447700900123"]),
        ("077.009.001.23", ["+447700900123"]),
    ],
)
def test_a_second_number_may_write_its_last_digits_only(text: str, expected: list[str]) -> None:
    assert [mention.value for mention in find_phones(text, "GB")] == expected


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("🇮🇶 {}", "IQ"), ("{} 🇮🇶", "IQ"), ("Iraq: {}", "IQ"), ("{} (UK)", "GB"), ("UK number {}", "GB"),
        ("Call us 🇬🇧 {}", "GB"), ("🇬🇧 WhatsApp: {}", "GB"), ("العراق: {}", "IQ"), ("رقم عراقي {}", "IQ"),
        ("İngiltere numaram: {}", "GB"), ("برطانیہ {}", "GB"), ("numéro français {}", "FR"), ("(العراق) {}", "IQ"),
        ("to UK 🇬🇧 {}", None), ("UK 🇬🇧 {}", None), ("🇫🇷➡️🇬🇧 {}", None), ("{} 🇫🇷➡️🇬🇧", None), ("from Iraq {}", None),
        ("Iran 🇮🇷 Turkey 🇹🇷 Italy 🇮🇹 {}", None), ("من العراق إلى بريطانيا {}", None), ("Every week to UK {}", None),
        ("بۆ بەریتانیا {}", None), ("visa UK 🇬🇧 {}", None), ("Gọi anh {}", None), ("Welcome to Iraq! {}", None),
        ("Albania - UK {}", None), ("🇮🇶\n{}", None), ("UK trips every week {}", None),
    ],
)  # fmt: skip
def test_a_country_beside_a_number_decides_and_a_journey_does_not(text: str, country: str | None) -> None:
    written = "07701234567"
    start = text.index("{}")
    assert region_beside(text.format(written), start, start + len(written)) == country


@pytest.mark.parametrize(
    "text",
    [
        "one two three four five once I caught a fish alive", "35.1264, 25.4321", "0.1278, 51.5074",
        "00:01:23,456 --> 00:01:25,000",
        "GB29 NWBK 6016 1331 9268 19", "FR76 3000 6000 0112 3456 7890 189", "Order no. 07700900123",
        "passport number is 07700900123",
        "رقم الجواز 07701234567", "sipariş no: 05320001234", "112, 999, 116 006", "01, 02, 03, 04, 05, 06",
        "open 0800-1800",
        "1,234,567 views", "2019 2020 2021 2022", "SW1A 1AA 2024", "10.20.30.40", "1403/03/15 22:30", "07 08 09 10 11",
    ],
)  # fmt: skip
@pytest.mark.parametrize("region", [None, "GB", "IQ", "FR", "TR"])
def test_what_only_looks_like_a_number_in_disguise_is_none(text: str, region: str | None) -> None:
    assert find_phones(text, region) == []


@given(
    st.text(st.characters(exclude_categories=["Nd", "No", "Nl"]), max_size=60).filter(
        lambda text: not may_hold_words(text.lower())
    )
)
def test_a_text_without_digits_and_their_words_has_no_number(text: str) -> None:
    assert find_phones(text, "GB") == []


def test_digits_of_accounts_and_links_are_no_numbers() -> None:
    found = find_all("IBAN FR76 3000 6000 0112 3456 7890 189, wa.me/447700900123", "FR")
    assert [mention.kind for mention in found] == ["payment", "invite"] or "phone" not in {m.kind for m in found[:1]}


@given(st.integers(10**6, 10**12), st.sampled_from(sorted(phonenumbers.SUPPORTED_REGIONS)))
@settings(max_examples=1500, deadline=None)
def test_validity_is_what_libphonenumber_says(digits: int, region: str) -> None:
    code = phonenumbers.country_code_for_region(region)
    for written, home in ((f"+{code}{digits}", None), (f"0{digits}", region)):
        number = valid_numbers.parsed(written, home)
        expected = valid_numbers.e164(number) if number and valid_numbers.accepted(number) else None
        assert (valid_national(written, home) if home else valid_international(written[1:])) == expected


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_examples_of_all_countries_are_valid_as_libphonenumber_says(region: str) -> None:
    for kind in (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE):
        example = phonenumbers.example_number_for_type(region, kind)
        if example:
            written = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
            assert valid_international(written[1:]) == written


def test_results_are_the_same_with_a_cache_or_without() -> None:
    texts = [(record["text"], record["region_hint"]) for record in corpus()]
    warm = [find_phones(*text) for text in texts]
    for cached in (phone_snippets.matched, phone_snippets.joined, phone_snippets._piece, regions_beside._beside):
        cached.cache_clear()
    assert [find_phones(*text) for text in reversed(texts)] == warm[::-1]


HOSTILE = [
    piece * (100_000 // len(piece))
    for piece in (
        "0", "1 ", "+", "(0", "0 ", "07700 900123 ", "O", "Ol0", "l ", "zero ", "zero-seven ", "double ", "hundred ",
        "و", "دو ", "🔥", "0🔥", "0\n",
        "0,", "1.1.", "12/", "24/7 ", "🇬🇧", "🇬🇧 ", "UK ", "UK 0770 ", "A1 ", "GB29 ", "/1", "0️⃣", "\u200b",
        "a\u0301", "soixante et ", "zerozero", "0 / 1 ", "\t", "01/02/", "IBAN ", "call ", "+ ", "0770\n", "٠", "①",
        "é", "0-", "(((",
    )
]  # fmt: skip


def test_no_pattern_takes_long_on_hostile_text() -> None:
    modules = (disguised_digits, number_words, phone_snippets, phones, regions_beside)
    patterns = {each for module in modules for each in vars(module).values() if isinstance(each, re.Pattern)}
    patterns |= {valid_numbers._plan("GB").valid, number_words._among_digits("zero"), regions_beside._code_pattern()}  # type: ignore[union-attr]
    assert len(patterns) > 30
    for pattern, text in product(patterns, HOSTILE):
        began = time.process_time()
        for _ in pattern.finditer(text):
            pass
        assert time.process_time() - began < 1, (pattern.pattern[:80], text[:20])


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:12]))
def test_a_hostile_text_is_read_in_a_bounded_time(text: str) -> None:
    began = time.process_time()
    find_phones(text, "GB")
    find_phones(text)
    assert time.process_time() - began < 8


@pytest.mark.parametrize(
    ("word", "plain"), [("Sıfır", "sifir"), ("KHÔNG", "khong"), ("nëntë", "nente"), ("سبعة", "سبعه")]
)
def test_a_word_is_folded_to_what_people_write_without_marks(word: str, plain: str) -> None:
    assert folded(word) == folded(plain)


def test_lexicons_hold_each_row_once_and_codes_of_countries() -> None:
    rows = (number_words._FILE.parent / "countries.csv").read_text(encoding="utf-8").splitlines()
    assert rows[0] == "code,language,name"
    assert len(set(rows)) == len(rows)
    assert {row.split(",")[0] for row in rows[1:]} <= phonenumbers.SUPPORTED_REGIONS


def test_a_random_text_of_words_and_digits_never_breaks_its_spans() -> None:
    chance = random.Random(3)
    pieces = [
        "zero",
        "sept",
        "صفر",
        "double",
        "0",
        "77",
        "+",
        "٣",
        "🔥",
        "\n",
        " ",
        "-",
        "hundred",
        "et",
        "O",
        "l",
        "🇬🇧",
        "UK",
        "/",
        "١",
        "ዜሮ",
        "①",
    ]
    for _ in range(3000):
        text = "".join(chance.choice(pieces) + chance.choice(["", " "]) for _ in range(chance.randrange(25)))
        for mention in find_phones(text, chance.choice([None, "GB", "IT"])):
            assert text[mention.start : mention.end] == mention.as_written
