"""How well texts are read: ``make quality``, or ``python -m benchmarks.text_quality [dev|test]``.

Every text goes through ``clew scan``, and what comes out is held against what a careful reader wrote beside it: phone
numbers (and beside them those of plain PhoneNumberMatcher), invites, stance and signals; by kind, language and
disguise, with intervals of 95 %: Wilson's of a share (Wilson 1927, Probable inference), and of an F1 the middle of
what 1,000 samples of the texts, drawn with replacement, give (Efron 1979, Bootstrap methods; seed 1).
"""

from __future__ import annotations

import argparse
import io
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
from phonenumbers import Leniency, PhoneNumberFormat, PhoneNumberMatcher, format_number
from scipy.stats import binomtest

from benchmarks.labelled_texts import LANGUAGES, LabelledText, labelled_texts
from benchmarks.measuring import machine
from loaders.scanning import scan
from loaders.signals import SIGNALS
from loaders.stance import STANCES

SAMPLES, SEED = 1_000, 1


class Answer(NamedTuple):
    """A text and what ``clew scan`` says of it."""

    text: LabelledText
    said: dict[str, Any]


#: From an answer to how much of it is right, wrong and missed.
Counting: TypeAlias = Callable[[Answer], tuple[int, int, int]]


@dataclass(slots=True)
class Score:
    """Right, wrong and missed of each text."""

    counts: list[tuple[int, int, int]]

    @property
    def precision(self) -> float:
        """The share of what was said that is right; 1 where nothing was said."""
        right, wrong, _ = np.sum(self.counts, axis=0) if self.counts else (0, 0, 0)
        return float(right / (right + wrong)) if right + wrong else 1.0

    @property
    def recall(self) -> float:
        """The share of what is there that was said; 1 where nothing is there."""
        right, _, missed = np.sum(self.counts, axis=0) if self.counts else (0, 0, 0)
        return float(right / (right + missed)) if right + missed else 1.0

    @property
    def there(self) -> int:
        """How many there are to be found."""
        return sum(right + missed for right, _, missed in self.counts)

    @property
    def f1(self) -> float:
        """The harmonic mean of both; 1 where nothing is there and nothing was said."""
        return _f1(np.array(self.counts or [(0, 0, 0)]).sum(axis=0))

    def interval(self) -> tuple[float, float]:
        """Return where 95 % of the F1s of resampled texts lie."""
        if not self.counts:
            return 1.0, 1.0
        counts = np.array(self.counts)
        rng = np.random.default_rng(SEED)
        drawn = rng.integers(0, len(counts), (SAMPLES, len(counts)))
        low, high = np.percentile([_f1(counts[each].sum(axis=0)) for each in drawn], (2.5, 97.5))
        return float(low), float(high)


def _f1(sums: Any) -> float:
    right, wrong, missed = sums
    return float(2 * right / (2 * right + wrong + missed)) if right + wrong + missed else 1.0


def answers(texts: Sequence[LabelledText]) -> list[Answer]:
    """Return what ``clew scan`` says of each text."""
    lines = "".join(f"{json.dumps(text.asked)}\n" for text in texts)
    said = [json.loads(line) for line in scan(io.BytesIO(lines.encode()), Counter())]
    return [Answer(text, each) for text, each in zip(texts, said, strict=True)]


def compared(there: Iterable[str], said: Iterable[str]) -> tuple[int, int, int]:
    """Return how many of two sets are right, wrong and missed."""
    wanted, found = set(there), set(said)
    return len(wanted & found), len(found - wanted), len(wanted - found)


def _numbers(answer: Answer) -> tuple[int, int, int]:
    return compared(answer.text.phones, answer.said["phones"])


def _undecided(answer: Answer) -> tuple[int, int, int]:
    raw = [_digits(each) for each in answer.text.ambiguous]
    return compared(raw, [_digits(each) for each, _ in answer.said["ambiguous_phones"]])


def _digits(written: str) -> str:
    return "".join(written.split())


def _invites(answer: Answer) -> tuple[int, int, int]:
    return compared(answer.text.invites, answer.said["invites"])


def _by_matcher(answer: Answer) -> tuple[int, int, int]:
    """Count what plain PhoneNumberMatcher finds, given the same region."""
    matches = PhoneNumberMatcher(answer.text.text, answer.text.region_hint, leniency=Leniency.VALID)
    return compared(answer.text.phones, [format_number(match.number, PhoneNumberFormat.E164) for match in matches])


def _signals(answer: Answer, only: str | None = None) -> tuple[int, int, int]:
    there, said = set(answer.text.signals), set(answer.said["signals"])
    return compared(there & {only}, said & {only}) if only else compared(there, said)


def _row(name: str, score: Score) -> list[str]:
    low, high = score.interval()
    return [name, str(score.there), f"{score.precision:.3f}", f"{score.recall:.3f}", f"{score.f1:.3f}",
            f"{low:.3f} to {high:.3f}"]  # fmt: skip


def _share(name: str, hits: int, of: int) -> list[str]:
    if not of:
        return [name, "0", "", ""]
    low, high = binomtest(hits, of).proportion_ci(method="wilson")
    return [name, str(of), f"{hits / of:.3f}", f"{low:.3f} to {high:.3f}"]


def table(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table under a title."""
    lines = [f"| {' | '.join(cells)} |" for cells in (heads, ["---"] * len(heads), *rows)]
    return "\n".join([f"**{title}**", "", *lines, ""])


_F1_HEADS = ("", "there", "precision", "recall", "F1", "95 %")
_SHARE_HEADS = ("", "texts", "share", "95 %")


def _scored(found: Sequence[Answer], count: Counting) -> Score:
    return Score([count(answer) for answer in found])


def tables(found: Sequence[Answer]) -> Iterable[str]:
    """Yield all tables of a half."""
    languages = {name: [a for a in found if a.text.language == code] for code, name in LANGUAGES.items()}
    languages = {name: some for name, some in languages.items() if some}
    yield _kinds(found)
    yield _numbers_by_language(languages)
    yield _by_disguise(found)
    yield _stances(found, languages)
    yield _confusions(found)
    yield table(
        "Signals by language", _F1_HEADS, [_row(name, _scored(some, _signals)) for name, some in languages.items()]
    )


def _kinds(found: Sequence[Answer]) -> str:
    named = [_row(f"signal {name}", _scored(found, partial(_signals, only=name))) for name in sorted(SIGNALS)]
    counts: dict[str, Counting] = {
        "numbers": _numbers,
        "numbers, PhoneNumberMatcher": _by_matcher,
        "numbers left undecided": _undecided,
        "invites": _invites,
        "signals, all": _signals,
    }
    rows = [_row(name, _scored(found, counting)) for name, counting in counts.items()]
    return table("Phone numbers, invites, signals", _F1_HEADS, [*rows, *named])


def _numbers_by_language(languages: Mapping[str, Sequence[Answer]]) -> str:
    rows = [
        [*_row(name, _scored(some, _numbers)), f"{_scored(some, _by_matcher).f1:.3f}"]
        for name, some in languages.items()
    ]
    return table("Phone numbers by language", (*_F1_HEADS, "PhoneNumberMatcher's F1"), rows)


def _by_disguise(found: Sequence[Answer]) -> str:
    ways = sorted({each for answer in found for each in answer.text.disguise or ("plain",)})
    rows = []
    for way in ways:
        some = [answer for answer in found if way in (answer.text.disguise or ("plain",))]
        ours, peers = _scored(some, _numbers), _scored(some, _by_matcher)
        rows.append([way, str(ours.there), f"{ours.recall:.3f}", f"{peers.recall:.3f}"])
    heads = ("", "there", "recall", "PhoneNumberMatcher's recall")
    return table("Phone numbers by disguise, in texts that have it", heads, rows)


def _stances(found: Sequence[Answer], languages: Mapping[str, Sequence[Answer]]) -> str:
    groups = {"all": found, **languages}
    rows = [
        _share(name, sum(a.said["stance"] == a.text.stance for a in some), len(some)) for name, some in groups.items()
    ]
    return table("Stance: share that is right", _SHARE_HEADS, rows)


def _confusions(found: Sequence[Answer]) -> str:
    grave = (("ask", "offer"), ("offer", "ask"), ("information", "offer"), ("offer", "information"))
    shares = table("Grave confusions", _SHARE_HEADS, [_confused(found, *pair) for pair in grave])
    rows = [
        [true, *(str(sum(a.text.stance == true and a.said["stance"] == said for a in found)) for said in STANCES)]
        for true in STANCES
    ]
    return shares + "\n" + table("Stance: rows are what texts are, columns what is said", ("", *STANCES), rows)


def _confused(found: Sequence[Answer], true: str, said: str) -> list[str]:
    some = [a for a in found if a.text.stance == true]
    return _share(f"{true} called {said}", sum(a.said["stance"] == said for a in some), len(some))


def faults(found: Sequence[Answer]) -> Iterable[str]:
    """Yield what was read otherwise than it is labelled, to learn from; of the half for that alone."""
    for text, said in found:
        wrong = []
        if said["stance"] != text.stance:
            wrong.append(f"stance {said['stance']} {said['stance_score']:.2f}, is {text.stance}")
        for name in ("phones", "invites", "signals"):
            there, got = set(getattr(text, name)), set(said[name])
            if there != got:
                wrong.append(f"{name} missed {sorted(there - got)} wrong {sorted(got - there)}")
        if wrong:
            why = "; ".join(f"{each['what']}: {text.text[each['start'] : each['end']]!r}" for each in said["evidence"])
            yield f"{text.id}: {' | '.join(wrong)}\n    {text.text!r}\n    {why}"


def main() -> None:
    """Print the tables of a half."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("half", nargs="?", choices=("dev", "test"), default="test")
    parser.add_argument("--faults", action="store_true", help="print what was misread; of dev alone")
    given = parser.parse_args()
    half: Literal["dev", "test"] = given.half
    found = answers(labelled_texts(half))
    if given.faults:
        if half == "test":
            parser.error("the test half is read by the scorer alone")
        print("\n".join(faults(found)))
        return
    print(f"{len(found)} texts of the half {half}; {machine()}\n")
    print("\n".join(tables(found)))


if __name__ == "__main__":
    main()
