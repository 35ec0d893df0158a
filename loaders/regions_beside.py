"""Which country a flag, a name or a code says that a number beside it belongs to.

Beside is directly before or behind the number on its line; words such as "call" or "WhatsApp", brackets and a colon may
stand between. A flag or a name that tells a journey says nothing: what follows "to" or "from" or an arrow, what stands
with other places or flags, what a word for a trip stands before. The names are in ``loaders/lexicons/countries.csv``,
the other words in ``loaders/lexicons/words_beside_numbers.csv``.
"""

from __future__ import annotations

import csv
import re
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

import ahocorasick_rs

from loaders.number_words import folded

_LEXICONS = Path(__file__).parent / "lexicons"
_BEFORE, _BEHIND = 90, 60
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{2}|\U0001f3f4[\U000e0020-\U000e007f]{3,8}")
_WORD = re.compile(r"[^\W\d_]+(?:[\u200c'’][^\W\d_]+)*")
_WORD_LAST = re.compile(r"[^\W\d_][^\w]{0,8}\Z")
_ARROW = re.compile(r"[\u2190-\u21ff\u27a1\u27f6\u2b05-\u2b07\u2b62\u25b6\u25ba\U0001f51c\U0001f449\u2708]|-+>|=+>|>")
_LETTER = re.compile(r"[^\W\d_]")
_LONG_NUMBER = re.compile(r"\d(?:[^\w+]{0,3}\d){6}")
#: The end of what is said before or behind, as far as a sign of a country belongs to it.
_END_BEFORE = re.compile(r"[.!?\n|•·;,](?=\s|$)|\d")
_ENDS_SENTENCE = re.compile(r"[!?;]|[.,](?=\s|$)")
#: Names that are words of every day in their own language; only brackets or a colon make them countries.
_WORDS_TOO = frozenset({
    "anh", "y", "đuc", "duc", "my", "nga", "tho", "ao", "bi", "sip", "lao", "thai", "phap", "chad", "çad",
    "jordan", "georgia", "mali", "oman", "togo", "چک", "شام", "mexico", "shqip",
})  # fmt: skip
#: Codes that are words too, in capitals.
_CODES_TOO = frozenset({
    "AL", "AM", "AT", "BE", "BY", "CH", "DE", "ES", "HE", "HU", "IN", "IS", "IT", "LA", "LE", "MA", "ME", "MY",
    "NO", "PA", "PL", "SI", "SO", "TO", "SA", "SE", "DO", "CI", "CM", "MD", "PS", "ID", "TN", "SD", "SK",
})  # fmt: skip
_NEVER = frozenset({
    "AM", "AT", "BY", "IN", "IS", "ME", "MY", "NO", "SO", "ID", "PS", "CM", "MA",
})  # fmt: skip
#: What stands between a label and its number without meaning anything.
_FILLERS = frozenset({
    "is", "n", "no", "nr", "num", "est", "è", "es", "este", "është", "هو", "است", "ye", "e", "number", "ከ",
    "ነው",
})  # fmt: skip
_SHORT = 3


class Sign(NamedTuple):
    """A flag, name or code of a country, and where it stands."""

    start: int
    end: int
    code: str
    kind: str


@cache
def words_meaning(meaning: str) -> frozenset[str]:
    """Return the words (or a few with blanks between), folded, that mean one thing beside a number."""
    with (_LEXICONS / "words_beside_numbers.csv").open(encoding="utf-8", newline="") as file:
        return frozenset(
            " ".join(map(folded, row["word"].split())) for row in csv.DictReader(file) if row["meaning"] == meaning
        )


@cache
def _countries() -> tuple[dict[str, str], dict[str, str]]:
    """Return the country of each name in lower case, and of each code."""
    names: dict[str, str] = {}
    codes: dict[str, str] = {}
    with (_LEXICONS / "countries.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["language"] == "code":
                codes[row["name"]] = row["code"]
                continue
            names.setdefault(row["name"].lower().replace("\u0307", ""), row["code"])
            if len(bare := folded(row["name"])) > _SHORT:  # without its marks a short name may be any word
                names.setdefault(bare, row["code"])
    return names, codes


@cache
def _matcher() -> tuple[ahocorasick_rs.AhoCorasick, tuple[str, ...]]:
    names = tuple(sorted(_countries()[0]))
    return ahocorasick_rs.AhoCorasick(names, matchkind=ahocorasick_rs.MatchKind.LeftmostLongest), names


@cache
def _code_pattern() -> re.Pattern[str]:
    codes = sorted(set(_countries()[1]) - _NEVER, key=len, reverse=True)
    return re.compile(rf"(?<![\w.])(?:{'|'.join(codes)})(?![\w])")


def signs(text: str) -> list[Sign]:
    """Return the flags, names and codes of countries in a short text, in its order."""
    found = [Sign(*flag.span(), country_of_flag(flag[0]), "flag") for flag in _FLAG.finditer(text)]
    matcher, names = _matcher()
    low = text.replace("İ", "i").lower()
    try:
        hits = matcher.find_matches_as_indexes(low)
    except UnicodeEncodeError:  # half of a surrogate pair
        hits = []
    for which, start, end in hits:
        before, behind = low[start - 1 : start], low[end : end + 2]
        if before[:1].isalnum() or behind[:1].isalnum() or (behind[:1] in {"'", "’"} and behind[1:].isalpha()):
            continue
        found.append(Sign(start, end, _countries()[0][names[which]], "name"))
    taken = {place for each in found for place in range(each.start, each.end)}
    codes = (Sign(*code.span(), _countries()[1][code[0]], "code") for code in _code_pattern().finditer(text))
    return sorted([*found, *(each for each in codes if each.start not in taken)])


def country_of_flag(flag: str) -> str:
    """Return the ISO 3166-1 alpha-2 code that a flag stands for, whether or not there is such a country."""
    if flag[0] == "\U0001f3f4":  # England, Scotland, Wales
        return "GB"
    return "".join(chr(ord(each) - 0x1F1E6 + ord("A")) for each in flag)


def is_labelled(text: str, start: int, meaning: str) -> bool:
    """Return whether a word of this meaning stands directly before a place, perhaps with "is" or "no." between."""
    first = max(text.rfind("\n", 0, start) + 1, start - 50)
    return _ends_with(text[first:start], meaning)


@lru_cache(maxsize=1 << 14)
def _ends_with(before: str, meaning: str) -> bool:
    if _WORD_LAST.search(before) is None:
        return False
    known = words_meaning(meaning)
    words = [folded(word) for word in _WORD.findall(before)][-5:]
    for dropped in range(3):
        end = len(words) - dropped
        if any(" ".join(words[first:end]) in known for first in range(max(0, end - 4), end)):
            return True
        if not end or words[end - 1] not in _FILLERS:
            return False
    return False


def region_beside(text: str, start: int, end: int) -> str | None:
    """Return the ISO 3166-1 alpha-2 code of the country that stands beside the number at a span; ``None``: none does.

    >>> region_beside("Iraq: 07700000123", 6, 17), region_beside("to Iraq 07700000123", 8, 19)
    ('IQ', None)
    """
    first = max(text.rfind("\n", 0, start) + 1, start - _BEFORE)
    last = text.find("\n", end)
    last = min(last if last >= 0 else len(text), end + _BEHIND)
    return _beside(text[first:start], text[end:last])


@lru_cache(maxsize=1 << 14)
def _beside(before: str, behind: str) -> str | None:
    if not (before.strip() or behind.strip()):
        return None
    signs_before, signs_behind = signs(before), signs(behind)
    left = _told_before(before, signs_before) if signs_before else None
    right = _told_behind(behind, signs_behind, bool(signs_before)) if signs_behind else None
    if left and right and left != right:
        return left if re.match(r"[^\w]*[+\d(]", behind[signs_behind[0].end :]) else None
    return left or right


def _told_before(before: str, found: list[Sign]) -> str | None:  # noqa: PLR0911 - one reason each
    sign = found[-1]
    between = before[sign.end :]
    if not _connects(between):
        return None
    strict = ":" in between or "፡" in between or (")" in between and "(" in before[max(0, sign.start - 2) : sign.start])
    rest = before[: sign.start]
    cut = 0
    for end in _END_BEFORE.finditer(rest):
        cut = end.end()
    said = rest[cut:]
    others = [each for each in found[:-1] if each.start >= cut]
    if cut and rest[cut - 1].isdigit() and _LONG_NUMBER.search(rest) and _number_first(rest, found):
        return None
    if any(each.code != sign.code for each in others) or (others and not strict):
        return None
    if _ARROW.search(said) or _journeys(said):
        return None
    if sign.kind == "flag":
        return sign.code
    if not strict and (
        folded(before[sign.start : sign.end]) in _WORDS_TOO or before[sign.start : sign.end] in _CODES_TOO
    ):
        return None
    words = [folded(word) for word in _WORD.findall(said)]
    labelled = bool(words) and words[-1] in words_meaning("label")
    if strict or labelled or not words or others or _LETTER.search(between):
        return sign.code
    return None


def _number_first(rest: str, found: list[Sign]) -> bool:
    """Return whether a number on this line has its country behind it, so that the sign after it is its own."""
    number = _LONG_NUMBER.search(rest)
    return number is not None and not any(each.end <= number.start() for each in found)


def _told_behind(behind: str, found: list[Sign], any_before: bool) -> str | None:  # noqa: PLR0911 - one reason each
    sign = found[0]
    between = behind[: sign.start]
    if _LETTER.search(between) or re.search(r"\d", between) or not _connects(between):
        return None
    rest = behind[sign.end :]
    if re.match(r"[^\w]*[+\d(]", rest) and any_before:
        return None
    near = [each for each in found[1:] if not _LONG_NUMBER.search(behind[sign.end : each.start])]
    if any(each.code != sign.code for each in near):
        return None
    end = _END_BEFORE.search(rest)
    said = rest[: end.start() if end else None]
    if _ARROW.search(said) or _journeys(said):
        return None
    bracketed = "(" in between and ")" in rest[:3]
    if sign.kind != "flag" and not bracketed and _LETTER.search(said):
        return None
    word = behind[sign.start : sign.end]
    if sign.kind != "flag" and not bracketed and (folded(word) in _WORDS_TOO or word in _CODES_TOO):
        return None
    return sign.code


def _connects(between: str) -> bool:
    """Return whether nothing but labels, brackets, a colon and pictures stands between a sign and a number."""
    if _ENDS_SENTENCE.search(between) or _ARROW.search(between) or re.search(r"\d", between):
        return False
    words = [folded(word) for word in _WORD.findall(between)]
    labels = words_meaning("label")
    return len(words) <= 4 and (  # noqa: PLR2004 - "WhatsApp number is only"
        all(word in labels or word in _FILLERS for word in words) or " ".join(words) in labels
    )


def _journeys(said: str) -> bool:
    """Return whether a part of a sentence tells of a journey: a word for one, or last "to" or "from" or their like."""
    words = [folded(word) for word in _WORD.findall(said)]
    trips, toward = words_meaning("journey"), words_meaning("toward")
    if any(word in trips for word in words):
        return True
    return bool(words) and (words[-1] in toward or " ".join(words[-2:]) in toward)
