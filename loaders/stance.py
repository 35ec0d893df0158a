"""What a text does: it offers a crossing or papers, asks for one, informs, or none of these; and its signals.

The signs of the lexicons that a text has are weighed for each of the four stances (multinomial logistic regression:
Hastie, Tibshirani and Friedman, The Elements of Statistical Learning, section 4.4). The weights are data,
``loaders/lexicons/weights.json``, made by ``python -m benchmarks.weigh_signs`` from the texts in ``benchmarks/texts``.
Each stance's words can be named, because a weight belongs to a sign and a sign to words.
"""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.resources import files
from math import exp, log2
from typing import TYPE_CHECKING, NamedTuple

from graph.records import Evidence, TextStance
from loaders.lexicon import lexicon
from loaders.signals import Signal, find_signals
from loaders.word_forms import places_of, words_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from loaders.lexicon import Sign

STANCES = ("offer", "ask", "information", "other")
#: Signs that alone make no text worth a stance: they only tell the language or join others.
_LITTLE = frozenset({"negation"})
#: How many of the words that decided are told.
_TOLD = 6
#: The lengths, in words, at which texts are told apart.
_LENGTHS = tuple((least, f"({least} words)") for least in (8, 20, 45))
#: What a stance has to have some of: nobody is said to ask or inform by words that anybody may use.
_OWN = {
    "offer": frozenset({
        "offer_service", "offer_hint", "offer_family", "recommend", "child_discount", "child_free", "group_discount",
        "false_documents", "travel_agent_pose", "price_claim", "guarantee", "urgency", "testimonial",
        "payment_on_arrival", "contact_me", "discount", "(reachable)",
    }),
    "ask": frozenset({"ask_want", "ask_question", "how_much", "ask_help", "ask_missing", "(question mark)"}),
    "information": frozenset({"warn", "news", "official", "diary", "quote"}),
    "other": frozenset({"(any)"}),
}  # fmt: skip
#: Signs of who supplies, and does not only recommend.
_SUPPLIES = frozenset({"offer_service", "offer_family"})


#: What is said of a text without any sign.
NOTHING = TextStance(stance="other", score=1.0)


class Weights(NamedTuple):
    """For each stance, in the order of ``STANCES``, its constant and the weight of each feature; absent is 0."""

    constants: tuple[float, ...]
    features: Mapping[str, tuple[float, ...]]


@lru_cache(maxsize=1)
def weights() -> Weights:
    """Return the weights of signs as they were last learned."""
    told = json.loads((files("loaders") / "lexicons" / "weights.json").read_text("utf-8"))
    of_each = {name: tuple(each[stance] for stance in STANCES) for name, each in told["features"].items()}
    return Weights(tuple(told["constants"][stance] for stance in STANCES), of_each)


def find_stance(text: str, *, reachable: bool, evidence: bool = False) -> TextStance:
    """Return what a text does and its signals; ``reachable``: it has a number, link or handle in it.

    A text without any sign is ``other`` with no signals. ``evidence``, where each word that decided stands, costs more
    than all the rest and is told only where it is asked for.
    """
    words = words_of(text)
    signs = lexicon().signs(words)
    if all(sign.entry.sign in _LITTLE for sign in signs):
        return NOTHING
    counts = counted(signs)
    stance, score = _likeliest(features(text, words, counts, reachable=reachable))
    signals = find_signals(words, signs)
    names = {signal.name for signal in signals}
    if stance == "offer" and reachable:
        names.add("contact_me")
    if stance == "other" and not names and not evidence:
        return NOTHING
    speaking = _speaking(stance, signs)
    return TextStance(
        stance=stance,
        score=round(score, 4),
        signals=tuple(sorted(names)),
        places=tuple(dict.fromkeys(signal.value for signal in signals if signal.name == "route" and signal.value)),
        prices=tuple(dict.fromkeys(signal.value for signal in signals if signal.name == "price" and signal.value)),
        recommends=stance == "offer" and "recommend" in counts and counts.keys().isdisjoint(_SUPPLIES),
        because=tuple(dict.fromkeys(words[sign.start : sign.end] for sign in speaking)),
        evidence=_evidence(text, stance, speaking, signals) if evidence else (),
    )


def counted(signs: Sequence[Sign]) -> dict[str, int]:
    """Return how often each sign is there."""
    counts: dict[str, int] = {}
    for sign in signs:
        name = sign.entry.sign
        counts[name] = counts.get(name, 0) + 1
    return counts


def features(text: str, words: str, counts: Mapping[str, int], *, reachable: bool) -> dict[str, float]:
    """Return what of a text is weighed: how often each sign stands there, on a scale that levels off, and more."""
    found = {name: 1.0 if count == 1 else log2(1 + count) for name, count in counts.items()}
    found["(any)"] = 1.0
    if reachable:
        found["(reachable)"] = 1.0
    if "?" in text or "؟" in text or "፧" in text:
        found["(question mark)"] = 1.0
    length = words.count(" ")
    for least, name in _LENGTHS:
        if length >= least:
            found[name] = 1.0
    return found


def _likeliest(found: Mapping[str, float]) -> tuple[str, float]:
    """Return the likeliest stance, and how likely it is among the four."""
    constants, known = weights()
    offer, ask, information, other = constants
    for name, value in found.items():
        if name in known:
            to_offer, to_ask, to_information, to_other = known[name]
            offer += to_offer * value
            ask += to_ask * value
            information += to_information * value
            other += to_other * value
    sums = (offer, ask, information, other)
    top = max(sums)
    parts = [exp(each - top) for each in sums]
    best = max(
        (part, stance) for part, stance in zip(parts, STANCES, strict=True) if not _OWN[stance].isdisjoint(found)
    )
    return best[1], best[0] / sum(parts)


def _speaking(stance: str, signs: Sequence[Sign]) -> list[Sign]:
    """Return the signs that speak most for a stance, in their order; for ``other`` none need to."""
    if stance == "other":
        return []
    known, which = weights().features, STANCES.index(stance)
    told = [(known[sign.entry.sign][which], sign) for sign in signs if sign.entry.sign in known]
    most = sorted((pair for pair in told if pair[0] > 0), key=lambda pair: (-pair[0], pair[1].start))[:_TOLD]
    return sorted((sign for _, sign in most), key=lambda sign: sign.start)


def _evidence(text: str, stance: str, speaking: Sequence[Sign], signals: Sequence[Signal]) -> tuple[Evidence, ...]:
    """Return the words that speak for a stance, and those of each signal, as they stand in the text."""
    _, places = places_of(text)
    told = [
        Evidence(f"stance {stance}", *_span(places, start, end), f"{entry.language}: {entry.meaning}")
        for entry, start, end in speaking
    ]
    for signal in signals:
        value = f" {signal.value}" if signal.value else ""
        told.append(Evidence(f"{signal.name}{value}", *_span(places, signal.start, signal.end), signal.rule))
    return tuple(sorted(set(told), key=lambda each: (each.start, -each.end, each.what)))


def _span(places: Sequence[int], start: int, end: int) -> tuple[int, int]:
    return places[start], places[end - 1] + 1
