"""What the patterns of lexicons stand for: phrases of pieces that a search for literals finds.

Few spellings are spelled out into literals of several words, which is the quickest to find. Of more, each word is a
piece of its own, with its alternatives, and the pieces are put together where they are found.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import product
from math import prod
from typing import NamedTuple, TypeAlias

from loaders.word_forms import BREAK, words_of

#: How many words ``..`` may stand for.
BETWEEN = 4
#: Up to how many spellings of a phrase are spelled out, and how many of its words may be missing.
_SPELLED, _MOST_OPTIONAL = 12, 5
_SPECIAL = re.compile(r"[*/?]|\.\.")


class Part(NamedTuple):
    """A literal to search for, of which ``any_before`` and ``any_after`` go on within the word."""

    literal: str
    any_before: bool
    any_after: bool


class Piece(NamedTuple):
    """One of these parts, with at most ``gap`` words between it and the piece before."""

    parts: tuple[Part, ...]
    gap: int


Phrase: TypeAlias = tuple[Piece, ...]
#: A word of a pattern: its alternatives, each a list of words with their ``*``.
_Slot: TypeAlias = list[list[str]]


@lru_cache(maxsize=1 << 16)
def phrases_of(pattern: str) -> tuple[list[Phrase], int]:
    """Return the phrases that a pattern stands for, and how many words the longest has.

    Raises ``ValueError`` with the reason for a pattern that stands for nothing, or for too much.
    """
    if not _SPECIAL.search(pattern):  # as most are: in one go, which is four times as quick
        words = _formed(pattern)
        if not words:
            raise ValueError(f"{pattern!r} has no letter or digit in it")
        return [(Piece((_part(words),), 0),)], len(words)
    variants = _variants(pattern)
    return [phrase for slots in variants for phrase in _phrases(slots)], max(map(_words, variants))


def _variants(pattern: str) -> list[list[_Slot]]:
    """Return a pattern with and without each of its optional words; ``..`` is a slot without alternatives."""
    slots: list[tuple[_Slot, bool]] = []
    for word in pattern.split():
        if word == "..":
            slots.append(([], False))
            continue
        forms = [formed for each in word.split("/") if (formed := _formed(each.removesuffix("?")))]
        if not forms:
            raise ValueError(f"{word!r} in {pattern!r} has no letter or digit in it")
        slots.append((forms, word.endswith("?") and "/" not in word))
    if sum(optional for _, optional in slots) > _MOST_OPTIONAL:
        raise ValueError(f"{pattern!r} has more than {_MOST_OPTIONAL} words that may be missing")
    chosen = product(*(((forms,), ()) if optional else ((forms,),) for forms, optional in slots))
    variants = [[forms for kept in each for forms in kept] for each in chosen]
    # What is left of a phrase without its optional words must be a phrase: "number" is not "number below".
    least = min(2, sum(bool(forms) for forms, _ in slots))
    found = [variant for variant in variants if sum(map(bool, variant)) >= least]
    if not found:
        raise ValueError(f"{pattern!r} has too few words in it")
    return found


def _words(slots: list[_Slot]) -> int:
    return sum(max(map(len, slot)) for slot in slots if slot)


def _phrases(slots: list[_Slot]) -> list[Phrase]:
    if prod(len(slot) for slot in slots if slot) <= _SPELLED:
        chosen = product(*(slot or [[".."]] for slot in slots))
        return [_pieces([word for words in each for word in words]) for each in chosen]
    pieces, gap = [], 0
    for slot in slots:
        if not slot:
            gap = BETWEEN
            continue
        pieces.append(Piece(tuple(dict.fromkeys(map(_part, slot))), gap))
        gap = 0
    return [tuple(pieces)]


@lru_cache(maxsize=1 << 14)
def _formed(word: str) -> list[str]:
    """Return a word of a pattern as ``words_of`` has it, which may be several, with its ``*``."""
    formed = words_of(word.strip("*")).replace(BREAK, " ").split()
    if formed and word.startswith("*"):
        formed[0] = f"*{formed[0]}"
    if formed and word.endswith("*"):
        formed[-1] += "*"
    return formed


def _pieces(spelling: list[str]) -> Phrase:
    """Return the pieces of a spelled-out phrase: words that follow each other exactly are one."""
    pieces: list[Piece] = []
    words: list[str] = []
    gap, next_gap = 0, 0
    for word in spelling:
        if words and (word == ".." or word.startswith("*") or words[-1].endswith("*")):
            pieces.append(Piece((_part(words),), gap))
            words, gap = [], 0
        if word == "..":
            next_gap = BETWEEN
            continue
        if not words:
            gap, next_gap = next_gap, 0
        words.append(word)
    if words:
        pieces.append(Piece((_part(words),), gap))
    return tuple(pieces)


def _part(words: list[str]) -> Part:
    before, after = words[0].startswith("*"), words[-1].endswith("*")
    text = " ".join(words).strip("*")
    return Part(f"{'' if before else ' '}{text}{'' if after else ' '}", before, after)
