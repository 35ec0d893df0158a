"""Numbers told in words, in seventeen languages and mixed with digits: "zero seven double-seven", "trente-neuf".

The words stand in ``loaders/lexicons/number_words.csv``: the language, the word (or a few), its digits and its meaning:
``digit``; ``number`` and ``tens`` and ``hundreds``, which are more than one; ``times`` ("double"), ``times ten`` and
``times hundred``, which multiply; ``and`` between parts of a number; ``plus`` before a country's code.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import Counter
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

import ahocorasick_rs

from loaders.plain_spelling import Plain, edited

_FILE = Path(__file__).parent / "lexicons" / "number_words.csv"
_FOLDED = str.maketrans("يىکےٱةہۀھıđøł", "ییكیاههههidol")
_TOKEN = re.compile(r"[^\W\d_]+|\d+")
#: What may stand between two of them: no sign of money, and no end of a question.
_APART = re.compile(r"[^\w+$€£%?!:=]{1,8}|_{1,3}|")
_WITHIN_PHRASE = re.compile(r"[\s\-'’]{1,3}")
_DIGIT = re.compile(r"\d")
#: From how many letters on a word is known at the beginning of one that is made of several, and how long its rest is.
_SHORT_WORD, _LONG_WORD, _LONG_REST, _ENOUGH = 2, 4, 12, 4
_MOST_WORDS = 6
#: How many words and digits at least a number has, and how many at most a run that is looked into.
_LEAST_DIGITS, _MOST_ITEMS = 7, 400
_TENS, _HUNDRED = 10, 100
#: In place of digits that stay as they are.
_KEPT = "\0"
#: The longest word that may be made of several, and of these the longest.
_LONGEST_GLUED, _LONGEST_PIECE = 100, 16
_NO_REST = frozenset({"digits", "and", "times", "plus", "hundreds", "times hundred"})


class Meaning(NamedTuple):
    """What a word means in a language: its digits, and what they are."""

    digits: str
    what: str


class _Item(NamedTuple):
    """A word, or digits, in a text: where it stands and what it means, in each language that has it."""

    start: int
    end: int
    meanings: dict[str, Meaning]


class _Read(NamedTuple):
    """A part of a text as digits."""

    start: int
    end: int
    digits: str


@lru_cache(maxsize=1 << 14)
def folded(word: str) -> str:
    """Return a word in lower case, without marks on its letters and with one letter for those that are mixed up.

    >>> folded("Sıfır"), folded("Không")
    ('sifir', 'khong')
    """
    low = word.casefold().replace("\u0640", "").replace("\u200c", "")
    bare = "".join(
        each for each in unicodedata.normalize("NFKD", low.translate(_FOLDED)) if not unicodedata.combining(each)
    )
    return bare.translate(_FOLDED)


@cache
def _words() -> dict[str, dict[str, Meaning]]:
    """Return the meanings of each word (or words with blanks between) in each language; marks may be left out."""
    exact: dict[str, dict[str, Meaning]] = {}
    with _FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for spell in (str.casefold, folded):
        for row in rows:
            word = " ".join(spell(row["word"]).replace("-", " ").split())
            exact.setdefault(word, {}).setdefault(row["language"], Meaning(row["digits"], row["meaning"]))
    return exact


@cache
def _matcher() -> tuple[ahocorasick_rs.AhoCorasick, list[str]]:
    """Return what looks for the first words of numbers; short ones only behind a blank or its like."""
    weighty = {word.split()[0] for word, told in _words().items() if any(m.what != "and" for m in told.values())}
    long = {word for word in weighty if len(word) >= _LONG_WORD}
    patterns = sorted(long | {before + word for word in weighty if len(word) > 1 for before in " -,.\n/_"})
    return ahocorasick_rs.AhoCorasick(patterns, matchkind=ahocorasick_rs.MatchKind.LeftmostLongest), patterns


def may_hold_words(low: str) -> bool:
    """Return whether a text in lower case may have a number told in words: five of them, or fewer among digits."""
    low = f" {low} "
    matcher, patterns = _matcher()
    try:
        hits = matcher.find_matches_as_indexes(low)
    except UnicodeEncodeError:  # half of a surrogate pair
        return True
    if not hits:
        return False
    whole, glued = [], 0
    for which, start, end in hits:
        word = patterns[which]
        if word[0].isalpha() and low[start - 1].isalpha():
            glued += 1
        elif low[end].isalpha():
            glued += end - start >= _LONG_WORD and low[end : end + 3].isalpha()
            if low[end : end + _LONG_REST].isalpha() and len(low) > end + _LONG_REST:
                glued += 1
        else:
            whole.append(word.lstrip(" -,.\n/_"))
    if len(whole) + glued > _ENOUGH:
        return True
    if not whole or len(_DIGIT.findall(low)) + 2 * len(whole) < _LEAST_DIGITS:
        return False
    # Alone a word of two letters is one of any language: "on 12 June".
    return any((len(word) > _SHORT_WORD or len(whole) > 1) and _among_digits(word).search(low) for word in whole)


@lru_cache(maxsize=1 << 11)
def _among_digits(word: str) -> re.Pattern[str]:
    word = re.escape(word)
    return re.compile(
        rf"[0-9\u0660-\u06f9](?:[^\w+]|_){{0,6}}{word}(?![^\W\d_])|(?<![^\W\d_]){word}(?:[^\w+]|_){{0,6}}[0-9\u0660-\u06f9]"
    )


def without_words(plain: Plain) -> tuple[Plain, list[tuple[int, int]]]:
    """Return a text with digits for the words of each number in it, and where these runs stood in ``plain``."""
    edits: list[tuple[int, int, str]] = []
    spans: list[tuple[int, int]] = []
    for run in _runs(plain.text):
        parts = _reading(run)
        if sum(part.end - part.start if part.digits == _KEPT else len(part.digits) for part in parts) < _LEAST_DIGITS:
            continue
        edits += [(part.start, part.end, part.digits) for part in _closed(parts)]
        spans.append((run[0].start, run[-1].end))
    return (edited(plain, edits), spans) if edits else (plain, [])


def _runs(text: str) -> list[list[_Item]]:
    """Return the words and digits that stand together with nothing between them that isn't one; of each run, a word."""
    tokens = [(found.start(), found.end(), found[0]) for found in _TOKEN.finditer(text)]
    runs: list[list[_Item]] = [[]]
    at = 0
    while at < len(tokens):
        if not _may_begin(tokens[at][2]):  # most words of most texts
            if runs[-1]:
                runs.append([])
            at += 1
            continue
        item, used = _item(text, tokens, at)
        glued = _glued(*tokens[at]) if item is None else []
        if glued and _APART.fullmatch(text, runs[-1][-1].end if runs[-1] else glued[0].start, glued[0].start):
            runs[-1] += glued
            at += 1
            continue
        if runs[-1] and (item is None or not _APART.fullmatch(text, runs[-1][-1].end, item.start)):
            runs.append([])
        if item:
            runs[-1].append(item)
        at += used
    return [run for run in map(_without_ends, runs) if any(item.meanings for item in run) and len(run) <= _MOST_ITEMS]


@lru_cache(maxsize=1 << 14)
def _may_begin(token: str) -> bool:
    """Return whether a number may begin with a word, or with what it is made of."""
    word = token.casefold()
    if token[0].isdigit() or word in _beginnings() or folded(word) in _beginnings():
        return True
    return bool(_meanings(word)) or (len(token) >= _LEAST_DIGITS and bool(_pieces(word)))


def _item(text: str, tokens: list[tuple[int, int, str]], at: int) -> tuple[_Item | None, int]:
    """Return the word or digits at a token, and how many tokens they are: the longest phrase that is known."""
    start, end, first = tokens[at]
    if first[0].isdigit():
        return _Item(start, end, {}), 1
    found: _Item | None = None
    used = 1
    words = first.casefold()
    for further in range(at + 1, min(at + _MOST_WORDS, len(tokens)) + 1):
        meanings = _meanings(words)
        if meanings:
            found, used = _Item(start, end, meanings), further - at
        if further == len(tokens) or tokens[further][2][0].isdigit() or words not in _beginnings():
            break
        if not _WITHIN_PHRASE.fullmatch(text, end, tokens[further][0]):
            break
        end = tokens[further][1]
        words += " " + tokens[further][2].casefold()
    return found, used


def _glued(start: int, end: int, token: str) -> list[_Item]:
    """Return the words of one language that make a long word: zerosevenseven, centoventitré; none where they don't."""
    pieces = _pieces(token.casefold()) if len(token) >= _LEAST_DIGITS and end - start == len(token) else ()
    return [_Item(start + first, start + last, dict(meanings)) for first, last, meanings in pieces]


@lru_cache(maxsize=1 << 12)
def _pieces(word: str) -> tuple[tuple[int, int, tuple[tuple[str, Meaning], ...]], ...]:
    if len(word) > _LONGEST_GLUED:
        return ()
    # From each place that can be reached, how the word goes on; the longest piece first.
    ways: list[list[tuple[int, int, dict[str, Meaning]]] | None] = [None] * len(word) + [[]]
    for at in range(len(word) - 1, -1, -1):
        for end in range(min(at + _LONGEST_PIECE, len(word)), at + 2, -1):
            way = ways[end]
            if way is not None and (meanings := _meanings(word[at:end])):
                ways[at] = [(at, end, meanings), *way]
                break
    found = ways[0] or []
    languages = set.intersection(*(set(meanings) for _, _, meanings in found)) if found else set()
    return (
        tuple(
            (first, last, tuple((each, meanings[each]) for each in sorted(languages)))
            for first, last, meanings in found
        )
        if languages
        else ()
    )


@cache
def _beginnings() -> frozenset[str]:
    """Return the words with which phrases of several begin, as they are and folded."""
    phrases = [word.split() for word in _words() if " " in word]
    return frozenset(" ".join(words[:count]) for words in phrases for count in range(1, len(words)))


@lru_cache(maxsize=1 << 14)
def _meanings(words: str) -> dict[str, Meaning]:
    known = _words()
    meanings = known.get(words) or known.get(" ".join(map(folded, words.split())))
    if meanings is None and words[0] == "و" and len(words) > 1:  # Arabic writes "and" together with the next word
        rest = known.get(folded(words[1:]))
        return {language: Meaning(m.digits, "and " + m.what) for language, m in rest.items()} if rest else {}
    return meanings or {}


def _without_ends(run: list[_Item]) -> list[_Item]:
    """Return a run without joining words at its ends."""

    def joins(item: _Item) -> bool:
        return bool(item.meanings) and all(m.what == "and" for m in item.meanings.values())

    while run and joins(run[0]):
        run = run[1:]
    while run and joins(run[-1]):
        run = run[:-1]
    return run


def _reading(run: list[_Item]) -> list[_Read]:
    """Return the digits that a run of words and digits tells, in the language that most of its words belong to."""
    votes = Counter(language for item in run for language in item.meanings)
    top = max(votes.values())
    # Of other languages only what is mixed in throughout: "once" is no eleven in English.
    most = [language for language, count in votes.most_common() if count * 2 >= top]
    return _parsed([(item, _in_language(item, most)) for item in run])


def _in_language(item: _Item, most: list[str]) -> Meaning | None:
    if not item.meanings:
        return Meaning(_KEPT, "digits")
    return next((item.meanings[language] for language in most if language in item.meanings), None)


def _parsed(told: list[tuple[_Item, Meaning | None]]) -> list[_Read]:
    parts: list[_Read] = []
    at = 0
    while at < len(told):
        digits, used = _number(told, at)
        if used:
            parts.append(_Read(told[at][0].start, told[at + used - 1][0].end, digits))
        at += used or 1
    return parts


def _number(told: list[tuple[_Item, Meaning | None]], at: int) -> tuple[str, int]:
    """Return the digits of the number at a place of a run, and of how many words it is made; 0: it is none."""
    meaning = told[at][1]
    what = meaning.what.removeprefix("and ") if meaning else "and"
    if meaning is None or what in {"and", "zeros"}:
        return "", 0
    if what == "digits":
        return _KEPT, 1
    if what == "plus":
        return ("+", 1) if at == 0 else ("", 0)
    return _times(told, at, int(meaning.digits)) if what == "times" else _compound(told, at, meaning.digits, what)


def _times(told: list[tuple[_Item, Meaning | None]], at: int, times: int) -> tuple[str, int]:
    """Return what stands twice or more: double seven."""
    digits, used = _number(told, at + 1) if at + 1 < len(told) else ("", 0)
    return (digits * times, used + 1) if used and digits != _KEPT else ("", 0)


def _compound(told: list[tuple[_Item, Meaning | None]], at: int, digits: str, what: str) -> tuple[str, int]:
    """Return a number with what stands behind it and belongs to it: nine hundred and twelve, three zeros."""
    value, used = int(digits), 1
    after = _what(told, at + 1)
    if what == "digit" and value:
        if value > 1 and after == "zeros":
            return "0" * value, 2
        if after == "and tens":  # Arabic: nine and thirty
            tens = told[at + 1][1]
            return str(value + int(tens.digits if tens else 0)), 2
        if after == "times hundred":
            value, used, what = value * _HUNDRED, 2, "hundreds"
        elif value > 1 and after == "times ten":
            value, used, what = value * _TENS, 2, "tens"
    rest, more = 0, 0
    if what in {"hundreds", "times hundred"}:
        rest, more = _rest_of_hundred(told, at + used)
    elif what == "tens":
        rest, more = _rest_of_tens(told, at + used)
    return (str(value + rest) if used + more > 1 else digits), used + more


def _what(told: list[tuple[_Item, Meaning | None]], at: int) -> str:
    meaning = told[at][1] if at < len(told) else None
    if meaning is None:
        return ""
    return "times hundred" if meaning == Meaning("100", "hundreds") else meaning.what


def _rest_of_tens(told: list[tuple[_Item, Meaning | None]], at: int) -> tuple[int, int]:
    """Return the ones behind tens and how many words they are: thirty *nine*, treinta *y nueve*."""
    joined = _what(told, at) == "and"
    what = _what(told, at + joined)
    meaning = told[at + joined][1] if at + joined < len(told) else None
    if meaning and what in {"digit", "and digit"} and meaning.digits != "0":
        return int(meaning.digits), 1 + joined
    return 0, 0


def _rest_of_hundred(told: list[tuple[_Item, Meaning | None]], at: int) -> tuple[int, int]:
    """Return what stands behind hundreds and how many words it is; a digit only with "and" before it."""
    joined = _what(told, at) == "and"
    what = _what(told, at + joined)
    meaning = told[at + joined][1] if at + joined < len(told) else None
    if meaning is None or what.removeprefix("and ") in _NO_REST:
        return 0, 0
    after = _what(told, at + joined + 1)
    if what.removeprefix("and ") == "digit" and not (joined or what != "digit" or after in {"times ten", "and tens"}):
        return 0, 0
    if after == "times hundred":
        return 0, 0
    digits, used = _number(told, at + joined)
    return (int(digits), used + joined) if digits.isdigit() and int(digits) < _HUNDRED and int(digits) else (0, 0)


def _closed(parts: list[_Read]) -> list[_Read]:
    """Return the parts that change, with what stands between two words taken away, so that their digits touch."""
    closed: list[_Read] = []
    for number, part in enumerate(parts):
        following = parts[number + 1] if number + 1 < len(parts) else None
        gap = following is not None and _KEPT not in (part.digits, following.digits)
        if part.digits != _KEPT:
            closed.append(part)
        if gap and following is not None and following.start > part.end:
            closed.append(_Read(part.end, following.start, ""))
        elif following is not None and _KEPT in (part.digits, following.digits) and part.digits != following.digits:
            closed.append(_Read(part.end, following.start, " "))
    return closed
