"""How well and how quickly identifiers are found: ``python -m benchmarks.identifiers``.

Precision and recall of each kind on the texts of ``tests/loaders/corpus_of_identifiers``, which were written one by one
(nothing in them is generated), and the same on those alone that were written when the rules were there. The rules have
learnt from all of them since; what a new text may give stands in ``tests/oracles/identifiers.py``. Then what a text
costs, in microseconds of CPU: texts with nothing in them that passes for an identifier, and those of the corpus.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from loaders.identifiers import find_identifiers
from loaders.phones import find_phones
from tests.oracles.identifiers import Text, corpus, scores

#: Their ids begin so.
LATER = ("af-", "sl-", "tl-")
#: Adverts and questions as most are: words, hashtags, names, numbers, prices, and no identifier.
PLAIN = (
    "Safe travel to UK every week, call me on +44 7700 900123 or write here. Price 3000, @friend says it is good #uk",
    "سفر آمن كل أسبوع اتصل بي على الرقم أو اكتب هنا السعر ثلاثة آلاف جنيه لا مشكلة على الإطلاق #لندن",
    "می‌خواهم از ترکیه به یونان بروم. کسی راه امن می‌داند؟ ❤️ لطفاً پیام بدهید، خانواده با دو بچه هستیم",
    "Đi Anh an toàn, bao đậu, giá tốt nhất, liên hệ em ngay hôm nay để được tư vấn miễn phí.",
    "Does anybody know how long the asylum interview takes? My brother waits since March. Thanks!",
)
ROUNDS, REPEATS = 40, 5


def microseconds(texts: Sequence[str], find: object = find_identifiers) -> float:
    """Return what a text costs, in microseconds of CPU: the least of some measurements."""
    least = float("inf")
    for _ in range(REPEATS):
        began = time.process_time()
        for _ in range(ROUNDS):
            for text in texts:
                find(text)  # type: ignore[operator]
        least = min(least, time.process_time() - began)
    return least / ROUNDS / len(texts) * 1e6


def table(texts: Sequence[Text]) -> str:
    """Return precision and recall of each kind as a Markdown table."""
    rows = [
        f"| {kind} | {each.right + each.missed} | {each.precision:.3f} | {each.recall:.3f} "
        f"| {each.wrong} | {each.missed} |"
        for kind, each in scores(texts).items()
    ]
    return "\n".join(
        ["| kind | in the texts | precision | recall | wrong | missed |", "|---|---|---|---|---|---|", *rows]
    )


def main() -> None:
    """Print both tables and what a text costs."""
    texts = corpus()
    later = [text for text in texts if text.id.startswith(LATER)]
    nothing = sum(not text.expected for text in texts)
    print(f"{len(texts)} texts, {nothing} of them with nothing to find\n\n{table(texts)}\n")
    print(f"{len(later)} texts written after the rules\n\n{table(later)}\n")
    print("| texts | identifiers, µs a text | numbers, µs a text |\n|---|---|---|")
    for name, some in (
        ("adverts and questions without identifiers", PLAIN),
        ("of the corpus, with nothing to find", [text.text for text in texts if not text.expected]),
        ("of the corpus, with identifiers", [text.text for text in texts if text.expected]),
    ):
        print(f"| {name} | {microseconds(some):.1f} | {microseconds(some, find_phones):.1f} |")


if __name__ == "__main__":
    main()
