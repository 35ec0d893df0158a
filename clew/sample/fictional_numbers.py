"""Phone numbers that nobody can have, and how people write them.

The only place from which samples and tests take numbers. The ranges are reserved for fiction by the countries' own
regulators; where a country reserves none, the numbers are dummies whose subscriber part is 000 0xxx.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

_ARABIC_INDIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
#: Where people may write with these digits.
_ARABIC_INDIC_COUNTRIES = frozenset({"IQ"})


@dataclass(frozen=True, slots=True)
class NumberRange:
    """Consecutive numbers of one country.

    ``international`` and ``national`` are patterns: each ``x`` is a digit of the running number, which goes from
    ``first`` to ``last``; spaces stand where people put them.
    """

    country: str
    international: str
    national: str
    first: int
    last: int

    @property
    def size(self) -> int:
        """How many numbers it has."""
        return self.last - self.first + 1


RANGES = (
    NumberRange("GB", "+44 7700 900xxx", "07700 900xxx", 0, 999),
    NumberRange("US", "+1 202 555 01xx", "(202) 555-01xx", 0, 99),
    NumberRange("FR", "+33 1 99 00 xx xx", "01 99 00 xx xx", 0, 9999),
    NumberRange("FR", "+33 6 39 98 xx xx", "06 39 98 xx xx", 0, 9999),
    NumberRange("AU", "+61 491 570 1xx", "0491 570 1xx", 0, 99),
    NumberRange("SE", "+46 70 174 06 xx", "070-174 06 xx", 5, 99),
    NumberRange("IQ", "+964 770 000 0xxx", "0770 000 0xxx", 0, 999),
    NumberRange("AL", "+355 69 000 0xxx", "069 000 0xxx", 0, 999),
    NumberRange("VN", "+84 90 000 00xx", "090 000 00xx", 0, 99),
)


@dataclass(frozen=True, slots=True)
class FictionalNumber:
    """One number: its country, and how it is written at home and from abroad."""

    country: str
    international: str
    national: str

    @property
    def e164(self) -> str:
        """The number as a case keeps it."""
        return self.international.replace(" ", "")

    def written(self, rng: Random, country: str | None) -> str:
        """Write it as somebody in ``country`` does: spaced or not, 00 for the plus, national at home.

        Without a country only forms with the country code come out, so that the number stays decidable.
        """
        forms = [self.international, self.international, self.e164, self.international.replace(" ", "-")]
        if country is not None and country not in {"US", "AU"}:
            # 00 leads abroad from these countries; from the other two it does not.
            forms.append("00" + self.international.removeprefix("+"))
        if country == self.country:
            forms += [self.national, self.national.replace(" ", "")]
        form = rng.choice(forms)
        if country in _ARABIC_INDIC_COUNTRIES and rng.random() < 0.5:  # noqa: PLR2004  every second one
            form = form.translate(_ARABIC_INDIC)
        return form


def numbers() -> list[FictionalNumber]:
    """Return all numbers, range by range; a sample shuffles them with its own seed."""
    return [
        _number(number_range, running)
        for number_range in RANGES
        for running in range(number_range.first, number_range.last + 1)
    ]


def _number(number_range: NumberRange, running: int) -> FictionalNumber:
    digits = str(running).zfill(number_range.international.count("x"))
    return FictionalNumber(
        number_range.country, _filled(number_range.international, digits), _filled(number_range.national, digits)
    )


def _filled(pattern: str, digits: str) -> str:
    rest = iter(digits)
    return "".join(next(rest) if character == "x" else character for character in pattern)
