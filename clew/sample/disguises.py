"""How who sells hides a number from those who search for numbers, in the sample world."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

#: How often a number in an advert or a seller's bio is disguised.
DISGUISED = 0.3

_KEYCAPS = {ord(digit): f"{digit}\ufe0f\u20e3" for digit in "0123456789"}
_FULL_WIDTH = {ord(digit): chr(ord(digit) + 0xFEE0) for digit in "0123456789"}
_BOLD = {ord(digit): chr(0x1D7CE + int(digit)) for digit in "0123456789"}
_LETTERS = {ord("0"): "O"}
_WORDS = dict(
    zip(
        "+0123456789",
        ["plus", "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"],
        strict=True,
    )
)


def _together(written: str) -> str:
    return written.replace(" ", "").replace("-", "")


def _in_words(written: str) -> str:
    return " ".join(_WORDS.get(character, character) for character in _together(written))


_WAYS: tuple[Callable[[str], str], ...] = (
    lambda written: written.translate(_KEYCAPS),
    lambda written: written.translate(_FULL_WIDTH),
    lambda written: written.translate(_BOLD),
    lambda written: written.translate(_LETTERS),
    _in_words,
    "\u200b".join,
    lambda written: written.replace(" ", ".").replace("-", "."),
    lambda written: " ".join(_together(written)),
)


def disguised(written: str, where: str) -> str:
    """Return a number as it is written, or, as often as ``DISGUISED``, in a way that filters do not see.

    ``where`` names the place: dice of its own are thrown for it, so that the rest of the world is what it would be.
    """
    dice = Random(f"{where} {written}")  # noqa: S311 - nothing secret
    return dice.choice(_WAYS)(written) if dice.random() < DISGUISED else written
