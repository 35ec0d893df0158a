"""Linking accounts, beside pandas merges: ``python -m benchmarks.linking --size 100000``.

pandas merges who holds a number with itself, and shares of one object with themselves, and counts the pairs. clew does
more: it damps, names the records behind every link, and hashes the result.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from benchmarks.command import run
from benchmarks.measuring import Measured, Work, measure
from benchmarks.stages import Stages

if TYPE_CHECKING:
    import pandas as pd

WINDOW_US = 60_000_000
MAX_HOLDERS = 50


def measured(stages: Stages) -> list[Measured]:
    """Measure the step, and both merges."""
    ours = replace(stages.measured("links"), peer="pandas merge")
    theirs = measure(
        "benchmarks.linking:merges",
        step="links",
        name="pandas merge",
        note="does less",
        size=stages.size,
        repeat=stages.repeat,
        case=stages.case("extract"),
    )
    return [ours, theirs]


def merges(case: str) -> Work:
    """Merge holders by number, and shares by object."""
    import clew

    with clew.open(case).reading() as db:
        holds = db.execute("SELECT account_id, value FROM holds").df()
        shares = db.execute("SELECT account_id, object_id, content_id, at_us FROM reposts WHERE kind <> 'quote'").df()

    def work() -> int:
        _shared_phone(holds)
        _co_repost(shares)
        return len(holds) + len(shares)

    return work


def _shared_phone(holds: pd.DataFrame) -> pd.Series[int]:
    few = holds[holds.groupby("value")["account_id"].transform("size") <= MAX_HOLDERS]
    pairs = few.merge(few, on="value")
    pairs = pairs[pairs["account_id_x"] < pairs["account_id_y"]]
    return pairs.groupby(["account_id_x", "account_id_y"]).size()


def _co_repost(shares: pd.DataFrame) -> pd.Series[int]:
    active = shares[shares.groupby("account_id")["object_id"].transform("size") >= 2]
    pairs = active.merge(active, on="object_id")
    near = (pairs["at_us_y"] - pairs["at_us_x"]).between(0, WINDOW_US)
    pairs = pairs[near & (pairs["account_id_x"] != pairs["account_id_y"])]
    return pairs.groupby(["account_id_x", "account_id_y"]).size()


if __name__ == "__main__":
    run(__doc__, [measured])
