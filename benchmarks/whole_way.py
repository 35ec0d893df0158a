"""The whole way on one case, load to map, clew alone: ``python -m benchmarks.whole_way --size 1000000``."""

from __future__ import annotations

from benchmarks.command import run
from benchmarks.mapping import measure_maps
from benchmarks.measuring import Measured
from benchmarks.stages import STEPS, Stages


def measured(stages: Stages) -> list[Measured]:
    """Measure each step on what the step before made, and sum them up."""
    steps = [*(stages.measured(step) for step in STEPS), measure_maps(stages)]
    total = Measured(
        step="whole way",
        way="clew",
        size=stages.size,
        rows=stages.size,
        wall=sum(each.wall for each in steps),
        cpu=sum(each.cpu for each in steps),
        peak_mib=max(each.peak_mib for each in steps),
    )
    return [*steps, total]


if __name__ == "__main__":
    run(__doc__, [measured])
