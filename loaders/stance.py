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
_LENGTHS = (8, 20, 45)


#: What is said of a text without any sign.
NOTHING = TextStance(stance="other", score=1.0)


class Weights(NamedTuple):
    """For each stance its constant and the weight of each feature; absent is 0."""

    constants: Mapping[str, float]
    features: Mapping[str, Mapping[str, float]]


@lru_cache(maxsize=1)
def weights() -> Weights:
    """Return the weights of signs as they were last learned."""
    told = json.loads((files("loaders") / "lexicons" / "weights.json").read_text("utf-8"))
    return Weights(told["constants"], told["features"])


def find_stance(text: str, *, reachable: bool, evidence: bool = False) -> TextStance:
    """Return what a text does and its signals; ``reachable``: it has a number, link or handle in it.

    A text without any sign is ``other`` with no signals. ``evidence``, where each word that decided stands, costs more
    than all the rest and is told only where it is asked for.
    """
    words = words_of(text)
    signs = lexicon().signs(words)
    if all(sign.entry.sign in _LITTLE for sign in signs):
        return NOTHING
    shares = _shares(features(text, words, signs, reachable=reachable))
    stance = max(STANCES, key=shares.__getitem__)
    signals = find_signals(words, signs)
    names = {signal.name for signal in signals}
    if stance == "offer" and reachable:
        names.add("contact_me")
    if stance == "other" and not names and not evidence:
        return NOTHING
    kinds = {sign.entry.sign for sign in signs}
    speaking = _speaking(stance, signs)
    return TextStance(
        stance=stance,
        score=round(shares[stance], 4),
        signals=tuple(sorted(names)),
        places=tuple(dict.fromkeys(signal.value for signal in signals if signal.name == "route" and signal.value)),
        prices=tuple(dict.fromkeys(signal.value for signal in signals if signal.name == "price" and signal.value)),
        recommends=stance == "offer" and "recommend" in kinds and not kinds & {"offer_service", "offer_family"},
        because=tuple(dict.fromkeys(words[sign.start : sign.end] for sign in speaking)),
        evidence=_evidence(text, stance, speaking, signals) if evidence else (),
    )


def features(text: str, words: str, signs: Sequence[Sign], *, reachable: bool) -> dict[str, float]:
    """Return what of a text is weighed: how often each sign stands there, on a scale that levels off, and more."""
    counts: dict[str, int] = {}
    for sign in signs:
        name = sign.entry.sign
        counts[name] = counts.get(name, 0) + 1
    found = {name: log2(1 + count) for name, count in counts.items()}
    if reachable:
        found["(reachable)"] = 1.0
    if "?" in text or "؟" in text or "፧" in text:
        found["(question mark)"] = 1.0
    length = words.count(" ")
    for least in _LENGTHS:
        if length >= least:
            found[f"({least} words)"] = 1.0
    return found


def _shares(found: Mapping[str, float]) -> dict[str, float]:
    """Return how likely each stance is, which sum to 1."""
    known = weights()
    sums = dict(known.constants)
    for name, value in found.items():
        for stance, weight in known.features.get(name, {}).items():
            sums[stance] += weight * value
    top = max(sums.values())
    parts = {stance: exp(each - top) for stance, each in sums.items()}
    whole = sum(parts.values())
    return {stance: part / whole for stance, part in parts.items()}


def _speaking(stance: str, signs: Sequence[Sign]) -> list[Sign]:
    """Return the signs that speak most for a stance, in their order; for ``other`` none need to."""
    if stance == "other":
        return []
    known = weights().features
    told = [(known[sign.entry.sign][stance], sign) for sign in signs if sign.entry.sign in known]
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
