"""A text as the words that lexicons compare: in one spelling, each between blanks, whatever letters it is written in.

Lower case; no diacritics on Latin letters (Vietnamese and Turkish are often written without); one form of each Arabic
letter that keyboards have twice; one of the Ethiopic letters that sound alike; ASCII digits, apart from letters; no
characters that nobody sees. Marks between sentences become ``BREAK``, signs that mean something (%, currencies, arrows,
emojis) are words of their own, and any other mark is a blank.
"""

from __future__ import annotations

import re
import unicodedata

#: Stands for the end of a sentence or line, so that no phrase reaches across it.
BREAK = "|"

_ARABIC = str.maketrans({
    "ي": "ی", "ى": "ی", "ې": "ی", "ۍ": "ی", "ێ": "ی", "ے": "ی", "ك": "ک", "ګ": "گ", "ة": "ه", "ە": "ه", "ۀ": "ه",
    "ہ": "ه", "ھ": "ه", "ۃ": "ه", "ٱ": "ا", "ۆ": "و", "ۇ": "و", "ڵ": "ل", "ڕ": "ر", "ړ": "ر", "ټ": "ت", "ډ": "د",
    "ڼ": "ن", "ں": "ن", "ځ": "ح", "څ": "ح", "ږ": "ژ", "ښ": "ش", "ء": "",
})  # fmt: skip
_LATIN = str.maketrans({
    "ı": "i", "đ": "d", "ð": "d", "ł": "l", "ø": "o", "ß": "ss", "æ": "ae", "œ": "oe", "ə": "e", "þ": "th", "ħ": "h",
    "ŋ": "n",
})  # fmt: skip
#: Rows of eight Ethiopic letters that sound like others, and the others.
_ALIKE = ((0x1210, 0x1200), (0x1280, 0x1200), (0x1220, 0x1230), (0x12D0, 0x12A0), (0x1340, 0x1338))
_VOWELS = {0x1203: 0x1200, 0x12A3: 0x12A0}
_DROPPED = frozenset("'’‘ʼ`´ʻʹ\u0640")
_ENDS = frozenset(".!?…\n\r؟۔።፧；;؛|")
#: Letters in black circles and squares, and small capitals, which Unicode does not call forms of letters.
_DRAWN = {
    **{first + at: chr(ord("a") + at) for first in (0x1F150, 0x1F170) for at in range(26)},
    **dict(zip(map(ord, "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ"), "abcdefghijklmnoprstuvwyz", strict=True)),
}
_FLAGS = range(0x1F1E6, 0x1F200)
_SKIN = range(0x1F3FB, 0x1F400)
_LONG = re.compile(r"([^\W\d_])\1\1+")


class _Forms(dict[int, str]):
    """What becomes of each character; found when it is first met. The characters of all scripts would be too many."""

    def __missing__(self, code: int) -> str:
        form = self[code] = _form(chr(code))
        return form


def _form(character: str) -> str:
    kind = unicodedata.category(character)
    if character in _DROPPED or kind in {"Cf", "Mn", "Me", "Cs"} or ord(character) in _SKIN:
        return ""
    if character in _ENDS:
        return f" {BREAK} "
    if ord(character) in _DRAWN:
        return _DRAWN[ord(character)]
    if character.isalnum() or unicodedata.normalize("NFKC", character).isalnum():
        return _letter(character)
    if character == "%" or kind in {"Sc", "So", "Sm"}:
        # The letters of a flag belong together: two of them are a country.
        return character if ord(character) in _FLAGS else f" {character} "
    return " "


def _letter(character: str) -> str:
    plain = unicodedata.normalize("NFKD", character).lower()
    kept = "".join(each for each in plain if unicodedata.category(each) != "Mn" and each.isalnum())
    kept = "".join(str(unicodedata.decimal(each, each)) for each in kept)
    kept = kept.translate(_ARABIC).translate(_LATIN)
    if len(kept) == 1 and 0x1200 <= ord(kept) < 0x1380:  # noqa: PLR2004 - the Ethiopic block
        code = ord(kept)
        for row, other in _ALIKE:
            if row <= code < row + 8:
                code += other - row
        kept = chr(_VOWELS.get(code, code))
    return kept


_FORMS = _Forms()
#: The same for ASCII, a character for each, which Python does ten times as quickly; ``_APART`` still have to be.
_ASCII = {code: form.strip() or " " if (form := _FORMS[code]) else None for code in range(128)}
_APART = tuple(dict.fromkeys(each for code in range(128) if (each := _FORMS[code].strip()) != _FORMS[code] and each))
_DIGITS = re.compile("[0-9]+")
#: Thousands set apart, as they are once marks are blanks or breaks.
_GROUPED = re.compile(f"(?<=[0-9]) {{1,3}}(?:[{BREAK}] )?(?=[0-9]{{3}}(?![0-9]))")
#: Whether either is there: a digit beside a letter, or before a blank and three digits.
_SEAM_OR_GROUP = re.compile(rf"[0-9](?:[^\W\d_]|(?<=[^\W\d_].)| {{1,3}}(?:[{BREAK}] )?[0-9]{{3}}(?![0-9]))")
#: Letters that are stretched most: to look for them is a fifth of the cost of looking for any.
_STRETCHED = (
    "aaa", "eee", "ooo", "iii", "uuu", "sss", "yyy", "hhh", "rrr", "lll", "nnn", "ااا", "ووو", "ییی", "ههه", "ررر",
)  # fmt: skip


def words_of(text: str) -> str:
    """Return a text as words, each with one blank before and one behind; ``"  "`` for none.

    >>> words_of("Vợ chồng tôi, CALL 3k€!!")
    ' vo chong toi call 3 k € | | '
    """
    if text.isascii():
        formed = text.translate(_ASCII)
        for mark in _APART:
            if mark in formed:
                formed = formed.replace(mark, f" {mark} ")
    else:
        formed = text.translate(_FORMS)
    return f" {' '.join(_spread(formed).split())} "


def _spread(formed: str) -> str:
    """Return words in which 3.500 and 3 500 are 3500, 5k is 5 k, and pleaaase is please."""
    if _SEAM_OR_GROUP.search(formed):
        formed = _DIGITS.sub(r" \g<0> ", _GROUPED.sub("", formed))
    for three in _STRETCHED:
        if three in formed:
            return _LONG.sub(r"\1", formed)
    return formed


def places_of(text: str) -> tuple[str, list[int]]:
    """Return what ``words_of`` returns, and where in the text as written each of its characters stood.

    A blank's place is where the word behind it begins, the last one's is the text's length. It is slower by far, and
    for texts in which something was found.
    """
    forms = [_FORMS[ord(character)] for character in text]
    origin = [place for place, form in enumerate(forms) for _ in form]
    formed = "".join(forms)
    words = " ".join(_spread(formed).split())
    places: list[int] = []
    at = 0
    # Both are gone through together: they differ in blanks, in repeats, and in breaks within a number.
    for character in words:
        if character == " ":
            at = _skipped(formed, at)
            places.append(origin[at])
            continue
        while formed[at] != character:
            at += 1
        places.append(origin[at])
        at += 1
    return f" {words} ", [places[0] if places else len(text), *places, len(text)]


def _skipped(formed: str, at: int) -> int:
    while formed[at] == " ":
        at += 1
    return at
