"""A text with its digits as a reader sees them: plain ones, and where each stood in the text as written.

Who hides a number from a filter writes it in keycaps, circles, another script or mathematical letters, puts characters
into it that nobody sees, or writes O for 0 and l for 1. Words for digits are read in ``loaders/number_words.py``.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import chain, pairwise

from loaders.plain_spelling import UNSEEN, Plain, edited

#: Beside characters that nobody sees, marks that only change how the character before them looks: circles, strokes.
_UNSEEN = f"{UNSEEN}\u20dd-\u20e2\u0332-\u0338"
_UNSEEN_ONE = re.compile(f"[{_UNSEEN}]")
#: Digits of all kinds that are no decimal ones to Unicode: circled, in brackets, with a dot, raised, Ethiopic.
SYMBOLS = "".join(
    character
    for character in map(chr, range(0x80, 0x10000))
    if unicodedata.digit(character, None) is not None and not character.isdecimal()
)
#: Ten in one character, plus signs, and the letters on a coloured square.
_SIGNS = {"🔟": "10", "\uff0b": "+", "➕": "+", "\ufe62": "+", "\u207a": "+", "🅾": "0"}
_MARKED = "[A-Za-z][\u0300-\u0331\u0339-\u036f]{1,3}"
_DECIMALS = "".join(character for character in map(chr, range(0x80, 0x10000)) if character.isdecimal())
_BMP = f"{_UNSEEN}{SYMBOLS}{_DECIMALS}{''.join(sign for sign in _SIGNS if sign < chr(0x10000))}"
#: Characters beyond the first 65,536 make a class several times as slow: they are looked for only where some are.
_SOME_ODD = re.compile(f"[{_BMP}\u0300-\u036f]".replace("\ufe00-\ufe0f", "\ufe00-\ufe0e"))
_SOME_BEYOND = re.compile("[🔟🅾\U0001d7ce-\U0001d7ff\U0001fbf0-\U0001fbf9]|(?![0-9])\\d")
_UNSEEN_OR_MARK = re.compile(f"[{_UNSEEN}\u0300-\u036f]".replace("\ufe00-\ufe0f", "\ufe00-\ufe0e"))
_ODD_BEYOND = re.compile(rf"[{_BMP}{''.join(_SIGNS)}]|(?![0-9])\d")
_ODD_MARKED = re.compile(rf"{_ODD_BEYOND.pattern}|{_MARKED}")
_AFTER_DIGIT = re.compile("\\d\ufe0f")
_SOME_MARK = re.compile("[\u0300-\u0331\u0339-\u036f]")
_SOME_SYMBOL = re.compile(f"[{SYMBOLS}]")
#: What stands inside the picture of a digit behind it.
_PICTURE_END = re.compile("[\ufe0f\u20dd-\u20e3\u0332-\u0338]*")


def seen_digits(text: str) -> Plain:
    """Return a text without unseen characters and with ASCII digits in place of all that look like digits.

    ``low`` stays empty where nothing was changed: nobody asks for it.

    >>> seen_digits("+4️⃣4️⃣ ⑦⑦ ٠٠").text
    '+44 77 00'
    """
    if text.isascii():
        return Plain(text, "")
    colours = "\ufe0f" in text and ("\u20e3" in text or _AFTER_DIGIT.search(text) is not None)
    beyond = max(text) > "\uffff" and _SOME_BEYOND.search(text) is not None
    if not colours and not beyond:
        # The commonest unseen character only colours pictures: elsewhere it is in no number, and it may stay.
        if _SOME_ODD.search(text) is None:
            return Plain(text, "")
        if _UNSEEN_OR_MARK.search(text) is None:
            return Plain(text.translate(_AS_ASCII), "")  # one for one: each stands where it stood
    odd_ones = _ODD_MARKED if _SOME_MARK.search(text) else _ODD_BEYOND
    edits = [(odd.start(), odd.end(), _plain(odd[0])) for odd in odd_ones.finditer(text)]
    if not edits:
        return Plain(text, "")
    return edited(Plain(text, ""), edits)


def has_symbols(text: str) -> bool:
    """Return whether there is a digit in a text that is no decimal one to Unicode."""
    return not text.isascii() and _SOME_SYMBOL.search(text) is not None


def end_of_picture(text: str, end: int) -> int:
    """Return where the digit that ends at ``end`` ends with its keycap or circle."""
    if text[end : end + 1] < "\u0300":
        return end
    found = _PICTURE_END.match(text, end)
    if found is None:
        return end
    return found.end() if any(mark in "\u20dd\u20de\u20df\u20e0\u20e1\u20e2\u20e3" for mark in found[0]) else end


@lru_cache(maxsize=4096)
def _plain(odd: str) -> str:
    if len(odd) > 1:
        composed = unicodedata.normalize("NFC", odd)
        return composed if len(composed) == 1 else odd
    if _UNSEEN_ONE.match(odd):
        return ""
    digit = unicodedata.digit(odd, None)
    return _SIGNS.get(odd, odd) if digit is None else str(digit)


#: Every odd character of the first 65,536 that stands for one other.
_AS_ASCII = {ord(odd): _plain(odd) for odd in f"{SYMBOLS}{_DECIMALS}{''.join(_SIGNS)}" if len(_plain(odd)) == 1}

#: Letters that are taken for digits: Latin, Cyrillic, Greek ones.
LETTERS = {"0": "OoQDОоΟοØø", "1": "lIiІіΙιL", "2": "Zz", "3": "З", "5": "SsЅ", "8": "B"}
_DIGIT_OF = str.maketrans({letter: digit for digit, letters in LETTERS.items() for letter in letters})
ALL_LETTERS = "".join(LETTERS.values())
_TOKEN = re.compile(rf"[0-9{ALL_LETTERS}]+")
#: Letters beside a digit, or between digits: without them no letter stands for one.
_PERHAPS_LETTERS = re.compile(
    rf"[0-9](?:[ \t\-.()/]{{0,3}}[{ALL_LETTERS}]{{1,9}}(?![^\W\d_])"
    rf"|(?<=[{ALL_LETTERS}].)|(?<=(?<![^\W_])[{ALL_LETTERS}][ \t\-.()/].))"
)
_BETWEEN = re.compile(r"[^\w+]{0,4}")
_PLACE = re.compile(r"[0O\u041e\u043e\u039f\u03bfol]+")
_LEAST, _LEAST_DIGITS = 7, 3


def without_letters(plain: Plain) -> tuple[Plain, list[tuple[int, int]]]:
    """Return a text with digits for the letters that stand for them in numbers, and where those stood in ``plain``.

    The text has the same length. A letter stands for a digit where it is among digits and no other letter touches it.
    """
    if _PERHAPS_LETTERS.search(plain.text) is None:
        return plain, []
    text = plain.text
    changed: list[tuple[int, int]] = []
    for cluster in _clusters(text):
        changed += [span for span in _trimmed(text, cluster) if not text[slice(*span)].isdigit()]
    if not changed:
        return plain, []
    edges = [0, *chain.from_iterable(changed), len(text)]
    parts = [text[start:end] for start, end in pairwise(edges)]
    changed_text = "".join(part.translate(_DIGIT_OF) if odd % 2 else part for odd, part in enumerate(parts))
    return Plain(changed_text, plain.low, plain.starts, plain.ends), changed


def _clusters(text: str) -> list[list[tuple[int, int]]]:
    """Return the spans of digits and letters like them that stand together, of which some have both."""
    clusters: list[list[tuple[int, int]]] = [[]]
    for token in _TOKEN.finditer(text):
        start, end = token.span()
        alone = not ((start and (text[start - 1].isalpha())) or (end < len(text) and text[end].isalpha()))
        last = clusters[-1]
        if last and not (alone and _BETWEEN.fullmatch(text, last[-1][1], start)):
            clusters.append([])
        if alone:
            clusters[-1].append((start, end))
    return [each for each in clusters if _is_number(text, each)]


def _is_number(text: str, cluster: list[tuple[int, int]]) -> bool:
    written = "".join(text[start:end] for start, end in cluster)
    digits = sum(map(str.isdigit, written))
    return _LEAST_DIGITS <= digits < len(written) and len(written) >= _LEAST


def _trimmed(text: str, cluster: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return a cluster without words at its edges: letters alone count there only if they look like 0 and 1."""

    def stays(span: tuple[int, int], beside: tuple[int, int]) -> bool:
        written = text[slice(*span)]
        if any(map(str.isdigit, written)):
            return True
        single = len(written) == 1 == beside[1] - beside[0]
        return single or (len(written) > 1 and _PLACE.fullmatch(written) is not None)

    begin, end = 0, len(cluster)
    while end - begin > 1 and not stays(cluster[begin], cluster[begin + 1]):
        begin += 1
    while end - begin > 1 and not stays(cluster[end - 1], cluster[end - 2]):
        end -= 1
    return cluster[begin:end]
