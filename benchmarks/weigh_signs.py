"""Learn how much each sign says for each stance: ``python -m benchmarks.weigh_signs`` (or ``make weights``).

Reads the half ``dev`` of the labelled texts and writes ``loaders/lexicons/weights.json``. Prints what the weights would
come to on languages that they were not learned from (each language left out once), beside the same by words alone.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import LeaveOneGroupOut, cross_val_predict
from sklearn.pipeline import make_pipeline

from benchmarks.labelled_texts import LabelledText, labelled_texts
from loaders.lexicon import lexicon
from loaders.mentions import find_mentions
from loaders.stance import STANCES, counted, features
from loaders.word_forms import words_of

WEIGHTS = Path(__file__).parent.parent / "loaders" / "lexicons" / "weights.json"
#: The inverse strength of regularisation, chosen by the languages left out.
INVERSE_STRENGTH = (0.03, 0.1, 0.3, 1.0)


def found_in(texts: Sequence[LabelledText]) -> list[dict[str, float]]:
    """Return the features of each text."""
    known = lexicon()
    found = []
    for text in texts:
        words = words_of(text.text)
        reachable = any(m.kind != "url" for m in find_mentions(text.text, text.region_hint, "post"))
        found.append(features(text.text, words, counted(known.signs(words)), reachable=reachable))
    return found


def main() -> None:
    """Learn, print and write."""
    texts = labelled_texts("dev")
    found, stances = found_in(texts), np.array([text.stance for text in texts])
    languages = [text.language for text in texts]
    best = (0.0, 0.0)
    for strength in INVERSE_STRENGTH:
        model = make_pipeline(DictVectorizer(sparse=False), LogisticRegression(C=strength, max_iter=5000))
        guessed = cross_val_predict(model, found, stances, groups=languages, cv=LeaveOneGroupOut())
        right = float(np.mean(guessed == stances))
        print(f"C = {strength}: {right:.3f} of {len(texts)} right in languages left out")
        best = max(best, (right, strength))
    vectors = DictVectorizer(sparse=False)
    model = LogisticRegression(C=best[1], max_iter=5000).fit(vectors.fit_transform(found), stances)
    order = {stance: number for number, stance in enumerate(model.classes_)}
    told = {
        "learned_from": f"{len(texts)} texts in {len(set(languages))} languages, C = {best[1]}",
        "constants": {stance: round(float(model.intercept_[order[stance]]), 4) for stance in STANCES},
        "features": {
            name: {stance: round(float(model.coef_[order[stance], column]), 4) for stance in STANCES}
            for column, name in enumerate(vectors.get_feature_names_out())
        },
    }
    WEIGHTS.write_text(f"{json.dumps(told, indent=1, sort_keys=True)}\n", "utf-8")
    print(f"C = {best[1]} is taken; wrote {WEIGHTS.name} with {len(told['features'])} features")


if __name__ == "__main__":
    main()
