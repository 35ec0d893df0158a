"""How many of the identifiers that a careful reader would mark are found, on texts written one by one.

The texts stand in ``tests/loaders/corpus_of_identifiers``, each with the kinds and values that it should give. Those of
``written_after_the_rules.jsonl``, ``second_look.jsonl`` and ``third_look.jsonl`` were written when the rules were
there. What can't be found without harm stays in as a miss.

What a text that no rule has seen may give is told by the first run on the third look, before anything was changed for
it: of 28 handles 22 were found, of 10 invites 9, of the other 9 identifiers all, and nothing was taken for one that is
none. On the first look handles were at 19 of 26, on the second three file names and half an address passed for URLs.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from loaders.identifiers import find_identifiers

if TYPE_CHECKING:
    from collections.abc import Iterable

CORPUS = Path(__file__).parent.parent / "loaders" / "corpus_of_identifiers"


#: Ids of texts in which something is missed that no rule finds without taking other texts' words for names.
MISSES = frozenset({"sl-19", "sl-28", "sp-27", "tl-35", "tl-37", "af-15", "af-48"})


class Text(NamedTuple):
    """A text of the corpus and what it should give: pairs of kind and value."""

    id: str
    text: str
    expected: frozenset[tuple[str, str]]


class KindScores(NamedTuple):
    """Of one kind: how many were found rightly, how many were found that are none, how many were missed."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        """What share of what was found is right; 1 where nothing was found."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """What share of what there is was found."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0


def corpus() -> list[Text]:
    """Return all texts of the corpus, file by file."""
    lines = (line for path in sorted(CORPUS.glob("*.jsonl")) for line in path.read_text("utf-8").splitlines())
    rows = map(json.loads, lines)
    return [Text(row["id"], row["text"], frozenset((kind, value) for kind, value in row["expect"])) for row in rows]


def found(text: str) -> frozenset[tuple[str, str]]:
    """Return the kinds and values that are found in a text."""
    return frozenset((mention.kind, mention.value or "") for mention in find_identifiers(text))


def scores(texts: Iterable[Text]) -> dict[str, KindScores]:
    """Return the scores of each kind; a value counts once a text."""
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for text in texts:
        got = found(text.text)
        right.update(kind for kind, _ in got & text.expected)
        wrong.update(kind for kind, _ in got - text.expected)
        missed.update(kind for kind, _ in text.expected - got)
    kinds = sorted({*right, *wrong, *missed})
    return {kind: KindScores(right[kind], wrong[kind], missed[kind]) for kind in kinds}
