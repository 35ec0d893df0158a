"""Finding numbers in texts, beside libphonenumber's matcher: ``python -m benchmarks.extraction --size 100000``.

``phonenumbers.PhoneNumberMatcher`` is given every text and knows no region. clew does more: it reads the texts from the
case, keeps every mention with its span and place, and lists candidates for national numbers.
"""

from __future__ import annotations

from dataclasses import replace

from benchmarks.command import run
from benchmarks.measuring import Measured, Work, measure
from benchmarks.stages import Stages

#: The matcher's texts; it takes each by itself, so more of them take so much longer.
MOST = 200_000


def measured(stages: Stages) -> list[Measured]:
    """Measure the step, and the matcher on as many texts."""
    ours = replace(stages.measured("extract"), peer="PhoneNumberMatcher")
    theirs = measure(
        "benchmarks.extraction:matcher",
        step="extract",
        name="PhoneNumberMatcher",
        note=f"first {MOST:,} texts" if stages.size > MOST else "",
        size=stages.size,
        repeat=stages.repeat,
        case=stages.case("load"),
    )
    return [ours, theirs]


def matcher(case: str) -> Work:
    """Match every text with libphonenumber."""
    from phonenumbers import PhoneNumberMatcher

    import clew

    with clew.open(case).reading(include_collector=True, include_set_aside=True) as db:
        sql = "SELECT text FROM posts WHERE text IS NOT NULL UNION ALL SELECT bio FROM accounts WHERE bio IS NOT NULL"
        texts = [text for (text,) in db.execute(f"{sql} LIMIT {MOST}").fetchall()]

    def work() -> int:
        for text in texts:
            for _ in PhoneNumberMatcher(text, None):
                pass
        return len(texts)

    return work


if __name__ == "__main__":
    run(__doc__, [measured])
