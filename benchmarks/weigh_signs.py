"""Learn how much each sign says for each stance: ``python -m benchmarks.weigh_signs`` (or ``make weights``).

Reads the half ``dev`` of the labelled texts, of languages that have a lexicon, and writes
``loaders/lexicons/weights.json``. The texts are few, so weights begin at what an expert expects (``EXPECTED``) and are
moved from there as far as the texts ask for it: multinomial logistic regression with a normal prior around these
values (maximum a posteriori; Gelman and others, Bayesian Data Analysis, section 16.3). Prints how many texts are read
rightly in languages that were left out, by several widths of the prior, and by the expectation alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import logsumexp

from benchmarks.labelled_texts import LabelledText, labelled_texts
from loaders.lexicon import lexicon
from loaders.mentions import find_mentions
from loaders.stance import STANCES, counted, features
from loaders.word_forms import words_of

WEIGHTS = Path(__file__).parent.parent / "loaders" / "lexicons" / "weights.json"
#: Standard deviations of the prior that are tried.
WIDTHS = (0.1, 0.2, 0.3, 0.5, 0.8, 1.2)
#: Offer, ask, information, other: what is expected of a sign. The constants come first.
EXPECTED = {
    "(constant)": (-0.3, -0.3, -0.3, 1),
    "(question mark)": (-0.8, 1.2, -0.3, -0.2),
    "(reachable)": (0.7, -0.3, 0, 0.1),
    "ask_help": (-0.7, 1.3, 0, -0.2),
    "ask_missing": (-1, 2.2, 0, -0.5),
    "ask_question": (-0.7, 2, -0.4, -0.2),
    "ask_want": (-0.5, 1.8, -0.5, -0.3),
    "child_discount": (1, 0, -0.3, -0.3),
    "child_free": (1, 0, -0.3, -0.3),
    "contact_me": (0.9, 0, -0.2, 0.2),
    "crossing": (0.3, 0.3, 0.3, -1),
    "diary": (-0.5, 0, 1.6, 0),
    "discount": (0.5, -0.2, -0.3, 0.2),
    "everyday": (-0.5, -0.4, -0.3, 1.5),
    "false_documents": (1, 0, 0.1, -0.8),
    "group_discount": (1, 0, -0.3, -0.3),
    "guarantee": (1, -0.3, -0.4, -0.2),
    "how_much": (-0.3, 1.2, -0.4, 0),
    "legal_way": (-0.4, 0.2, 0.2, 0.5),
    "licensed": (-0.4, -0.5, -0.3, 1.8),
    "news": (-1, -0.7, 2, 0),
    "offer_family": (0.8, -0.5, -0.3, 0.3),
    "offer_hint": (1.2, -0.6, -0.6, 0),
    "offer_service": (2, -0.5, -0.5, -0.5),
    "official": (-0.8, -0.6, 1.8, 0),
    "payment_on_arrival": (1.2, -0.1, -0.3, -0.5),
    "place": (0.1, 0.2, 0.1, -0.2),
    "price_claim": (0.8, -0.2, -0.3, 0.3),
    "quote": (-0.4, -0.3, 1.3, 0),
    "recommend": (1, 0.2, -0.3, -0.3),
    "relative": (-0.3, 0.6, 0.1, 0),
    "smuggler": (0, 0.5, 0.6, -1),
    "testimonial": (1, -0.3, -0.2, -0.2),
    "transport_mode": (0.2, 0.1, 0.1, -0.1),
    "travel": (0.1, 0.2, 0, -0.1),
    "travel_agent_pose": (0.4, -0.3, -0.2, 0.5),
    "urgency": (0.8, -0.1, -0.3, -0.1),
    "warn": (-0.8, -0.2, 1.8, -0.4),
}
Matrix = NDArray[np.float64]


def found_in(texts: Sequence[LabelledText]) -> list[dict[str, float]]:
    """Return the features of each text, the constant among them."""
    known = lexicon()
    found = []
    for text in texts:
        words = words_of(text.text)
        reachable = any(m.kind != "url" for m in find_mentions(text.text, text.region_hint, "post"))
        counts = counted(known.signs(words))
        found.append({"(constant)": 1.0, **features(text.text, words, counts, reachable=reachable)})
    return found


def expected(names: Sequence[str]) -> Matrix:
    """Return the prior's middle: a row a feature, a column a stance."""
    return np.array([EXPECTED.get(name, (0.0, 0.0, 0.0, 0.0)) for name in names], dtype=float)


def matrix(found: Sequence[Mapping[str, float]], names: Sequence[str]) -> Matrix:
    """Return the features as a row a text."""
    return np.array([[each.get(name, 0.0) for name in names] for each in found])


def learned(rows: Matrix, stances: NDArray[np.int64], middle: Matrix, width: float) -> Matrix:
    """Return the likeliest weights."""
    truth = np.eye(len(STANCES))[stances]

    def loss(flat: Matrix) -> tuple[float, Matrix]:
        moved = flat.reshape(middle.shape)
        sums = rows @ (middle + moved)
        shares = np.exp(sums - logsumexp(sums, axis=1, keepdims=True))
        value = -np.sum(truth * np.log(shares + 1e-300)) + np.sum(moved**2) / (2 * width**2)
        return float(value), (rows.T @ (shares - truth) + moved / width**2).ravel()

    best = minimize(loss, np.zeros(middle.size), jac=True, method="L-BFGS-B")
    return np.asarray(middle + best.x.reshape(middle.shape))


def right_when_left_out(
    rows: Matrix, stances: NDArray[np.int64], languages: NDArray[np.str_], middle: Matrix, width: float
) -> float:
    """Return the share of texts read rightly by weights learned from the other languages."""
    right = 0
    for language in np.unique(languages):
        out = languages == language
        weights = learned(rows[~out], stances[~out], middle, width)
        right += int(np.sum(np.argmax(rows[out] @ weights, axis=1) == stances[out]))
    return right / len(stances)


def main() -> None:
    """Learn, print and write."""
    spoken = set(lexicon().languages)
    texts = [text for text in labelled_texts("dev") if text.language in spoken]
    found = found_in(texts)
    names = sorted({name for each in found for name in each} | set(EXPECTED))
    rows, middle = matrix(found, names), expected(names)
    stances = np.array([STANCES.index(text.stance) for text in texts])
    languages = np.array([text.language for text in texts])
    alone = float(np.mean(np.argmax(rows @ middle, axis=1) == stances))
    print(f"{len(texts)} texts in {len(set(languages))} languages; as expected alone: {alone:.3f} right")
    best = (0.0, 0.0)
    for width in WIDTHS:
        right = right_when_left_out(rows, stances, languages, middle, width)
        print(f"width {width}: {right:.3f} right in languages left out")
        best = max(best, (right, -width))
    weights = learned(rows, stances, middle, -best[1])
    of_each = {
        name: dict(zip(STANCES, map(float, np.round(each, 4)), strict=True))
        for name, each in zip(names, weights, strict=True)
    }
    told = {
        "learned_from": f"{len(texts)} texts in {len(set(languages))} languages, width {-best[1]}",
        "constants": of_each.pop("(constant)"),
        "features": of_each,
    }
    WEIGHTS.write_text(f"{json.dumps(told, indent=1, sort_keys=True)}\n", "utf-8")
    print(f"width {-best[1]} is taken; wrote {WEIGHTS.name} with {len(of_each)} features")


if __name__ == "__main__":
    main()
