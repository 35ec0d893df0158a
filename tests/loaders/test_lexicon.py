"""Lexicons: what a pattern finds, and in which language."""

from __future__ import annotations

import csv
import time
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.lexicon import SIGNS, Lexicon, entries_of, lexicon, searched, tables
from loaders.word_forms import words_of

LEXICONS = sorted(
    file.name for file in (files("loaders") / "lexicons").iterdir() if len(file.name.removesuffix(".csv")) <= 3
)


def of(*patterns: str, language: str = "en") -> Lexicon:
    rows = "".join(f"{pattern},x\n" for pattern in patterns)
    return searched(tables(tuple(entries_of(f"sign,pattern,meaning\n{rows}", language))))


def found(known: Lexicon, text: str) -> list[tuple[str, str]]:
    words = words_of(text)
    return [(sign.entry.sign, words[sign.start : sign.end]) for sign in known.signs(words)]


@pytest.mark.parametrize(
    ("pattern", "text", "what"),
    [
        ("call", "CALL me", "call"),
        ("call", "recall, caller", None),
        ("call*", "he is calling", "calling"),
        ("call*", "callousnesses", None),
        ("*avrupa", "l avrupa", "avrupa"),
        ("*اوروبا", "الى لأوروبا", "لاوروبا"),
        ("*اوروبا", "وشمالاوروبا", None),
        ("take/bring/send you", "we bring you", "bring you"),
        ("our? best team", "best team", "best team"),
        ("our? best team", "our best team", "our best team"),
        ("our? team", "team", None),
        ("call me/us?", "call", None),
        ("call me/us?", "call us", "call us"),
        ("tak* .. to", "taking the whole family to", "taking the whole family to"),
        ("tak* .. to", "taking the whole big happy old family to", None),
        ("tak* .. to", "taking it. Go to", None),
        ("take* you", "takes you", "takes you"),
        ("take* you", "take care you", None),
        ("100%", "100 % safe", "100 %"),
        ("100%", "1000", None),
        ("don't", "dont, DON’T", "dont"),
        ("đi cỏ", "đi co", "di co"),
        ("🚗", "by🚗now", "🚗"),
    ],
)
def test_a_pattern_finds_what_it_says(pattern: str, text: str, what: str | None) -> None:
    assert [words for _, words in found(of(f"contact_me,{pattern}"), text)][:1] == ([what] if what else [])


def test_a_sign_within_a_longer_phrase_of_another_is_a_part_of_it() -> None:
    known = of("free,free", "official,free legal advice", "place,legal")
    assert found(known, "free legal advice") == [("official", "free legal advice"), ("place", "legal")]
    assert found(known, "free") == [("free", "free")]


def test_words_count_in_the_languages_that_a_text_is_in_and_phrases_always() -> None:
    english = [*(f"function_word,{word}" for word in ("the", "is", "of")), "contact_me,come"]
    italian = [*(f"function_word,{word}" for word in ("il", "che", "di")), "ask_question,come", "ask_help,per favore"]
    both = searched(tables(of(*english).entries + of(*italian, language="it").entries))
    assert ("ask_question", "come") not in found(both, "the end of it is: come")
    assert ("contact_me", "come") not in found(both, "il fatto che di: come")
    assert ("ask_help", "per favore") in found(both, "the end of it is: per favore")


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("nonsense,a,b", "nonsense"),
        ("travel,,b", "needed"),
        ("travel,a,", "needed"),
        ("travel,a? b? c? d? e? f? x,x", "missing"),
        ("travel,!!,x", "no letter"),
    ],
)
def test_a_row_that_is_no_entry_is_refused_with_its_line(row: str, told: str) -> None:
    with pytest.raises(ValueError, match=f"xx.csv, line 2.*{told}"):
        list(entries_of(f"sign,pattern,meaning\n{row}\n", "xx"))


@pytest.mark.parametrize("name", LEXICONS)
def test_a_lexicon_has_whole_entries_of_every_sign_and_none_twice(name: str) -> None:
    text = (files("loaders") / "lexicons" / name).read_text("utf-8")
    entries = list(entries_of(text, name.removesuffix(".csv")))
    assert {entry.sign for entry in entries} == set(SIGNS)
    rows = list(csv.reader(text.splitlines()))[1:]
    assert len({(sign, pattern) for sign, pattern, _ in rows}) == len(rows)
    assert all(entry.meaning[2:4] == ": " and entry.meaning[:2].isupper() for entry in entries if entry.sign == "place")


@given(st.text())
def test_signs_lie_in_the_words_of_any_text(text: str) -> None:
    words = words_of(text)
    assert all(0 < sign.start < sign.end < len(words) for sign in lexicon().signs(words))


@pytest.mark.parametrize(
    "piece", ["take ", "take you ", "¶ ", "من ", "a", "100 % ", "we can take .. to ", "🚗 ", "i want "]
)
def test_a_hundred_thousand_characters_take_a_second_at_most(piece: str) -> None:
    known = lexicon()
    words = words_of(piece * (100_000 // len(piece)))
    began = time.process_time()
    known.signs(words)
    assert time.process_time() - began < 1
