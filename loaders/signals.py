"""Signals of adverts: what a text says of prices, routes, papers, children and the rest, told from the signs in it.

Most signals are one kind of sign. Some are two that stand together: children and a discount, a number and a currency.
"""

from __future__ import annotations

import re
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from loaders.regions_beside import country_of_flag
from loaders.word_forms import BREAK

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from loaders.lexicon import Entry, Sign

#: Every signal and what it means.
SIGNALS = {
    "child_discount": "less for children",
    "child_free": "children go free",
    "group_discount": "less for groups",
    "false_documents": "false, stolen, bought or look-alike papers",
    "travel_agent_pose": "the wording of agencies, consultants, tourism",
    "route": "names an origin or destination",
    "price": "an amount, or a claim about price",
    "transport_mode": "what one travels by",
    "guarantee": "safety, success, a free retry, trustworthiness",
    "urgency": "a near departure, few places",
    "testimonial": "earlier clients arrived; a reputation",
    "payment_on_arrival": "to be paid later, or held by a third party",
    "contact_me": "a call to write or call; in an offer, any number, link or handle",
}
#: Signs that are signals by themselves, and which.
_DIRECT = {name: name for name in SIGNALS if name not in {"route", "price"}} | {
    "price_claim": "price",
    "place": "route",
}
#: What children or groups get.
_GIVEN = frozenset({"discount", "free"})
#: How many words may stand between children or a group and what they get.
_BESIDE = 4
_NUMBER = re.compile(r"[0-9]+(?: (?:k|000))?")
#: A number with more digits is no price.
_MOST_DIGITS = 9
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{2}")
_CURRENCIES = {
    "€": "EUR",
    "$": "USD",
    "£": "GBP",
    "₺": "TRY",
    "¥": "CNY",
    "₫": "VND",
    "₹": "INR",
    "₨": "PKR",
    "﷼": "IRR",
}
_SYMBOLS = frozenset(_CURRENCIES)
_CODE = re.compile(r"([A-Z]{3})\b")


class Signal(NamedTuple):
    """Where in the words which signal is, and by which entries of lexicons, or by none: an amount, a flag.

    ``value`` is of a route the country, of a price the amount and its currency.
    """

    start: int
    end: int
    name: str
    entries: tuple[Entry, ...]
    value: str | None = None

    @property
    def rule(self) -> str:
        """What found it, in words."""
        told = " + ".join(entry.meaning for entry in self.entries)
        return f"{self.entries[0].language}: {told}" if told else "a flag" if self.name == "route" else "an amount"


def find_signals(words: str, signs: Sequence[Sign]) -> list[Signal]:
    """Return the signals in a text's words (``words_of``), as its signs tell them, in their order."""
    found = []
    beside = False
    for sign in signs:
        entry, start, end = sign
        if name := _DIRECT.get(entry.sign):
            country = entry.meaning[:2] if name == "route" else None
            found.append(Signal(start, end, name, (entry,), country))
        elif entry.sign in _GIVEN:
            beside = True
    if beside:
        found += _for_whom(words, signs)
    found += _prices(words, signs)
    if not words.isascii():
        found += _flags(words)
    found.sort(key=itemgetter(0))
    return found


def _for_whom(words: str, signs: Sequence[Sign]) -> Iterator[Signal]:
    """Yield what children or groups get: less, or nothing to pay, told beside them."""
    for what in signs:
        if what.entry.sign not in _GIVEN:
            continue
        whom = [
            (distance, sign)
            for sign in signs
            if sign.entry.sign in {"child", "group"} and (distance := _apart(words, sign, what)) is not None
        ]
        if not whom:
            continue
        nearest = min(whom, key=lambda pair: (pair[0], pair[1].entry.sign))[1]
        name = f"{nearest.entry.sign}_{what.entry.sign}"
        if name in SIGNALS:
            start, end = min(nearest.start, what.start), max(nearest.end, what.end)
            yield Signal(start, end, name, (nearest.entry, what.entry))


def _apart(words: str, one: Sign, other: Sign) -> int | None:
    """Return how many words stand between two signs; ``None`` where too many, or the end of a sentence."""
    first, second = sorted((one, other), key=lambda sign: sign.start)
    between = words[first.end : second.start] if second.start > first.end else " "
    apart = between.count(" ") - 1
    return None if apart > _BESIDE or BREAK in between else max(apart, 0)


def _prices(words: str, signs: Sequence[Sign]) -> Iterator[Signal]:
    """Yield amounts of money: a number beside a currency."""
    money = {sign.start: sign for sign in signs if sign.entry.sign == "currency"}
    ends = {sign.end: sign for sign in money.values()}
    for number in _NUMBER.finditer(words) if money or not _SYMBOLS.isdisjoint(words) else ():
        start, end = number.span()
        digits = number[0].replace(" k", "000").replace(" ", "")
        if len(digits) > _MOST_DIGITS:
            continue
        behind, before = money.get(end + 1), ends.get(start - 1)
        symbol = _CURRENCIES.get(words[end + 1 : end + 2]) or _CURRENCIES.get(words[max(start - 2, 0) : start - 1])
        if behind is None and before is None and symbol is None:
            continue
        sign = behind or before
        currency = symbol or _currency(sign)
        span = (min(start, before.start if before else start - 2 * (words[start - 2 : start - 1] in _CURRENCIES)),
                max(end, behind.end if behind else end))  # fmt: skip
        yield Signal(*span, "price", (), f"{int(digits)} {currency}".strip())


def _currency(sign: Sign | None) -> str:
    code = _CODE.match(sign.entry.meaning) if sign else None
    return code[1] if code else ""


def _flags(words: str) -> Iterator[Signal]:
    """Yield the countries whose flags a text has."""
    for flag in _FLAG.finditer(words):
        yield Signal(*flag.span(), "route", (), country_of_flag(flag[0]))
