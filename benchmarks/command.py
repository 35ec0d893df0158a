"""The options that every benchmark takes, and where its results go."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.measuring import Measured, machine, save, table
from benchmarks.stages import Stages

QUICK = (10_000, 100_000)


def run(
    about: str | None,
    steps: Sequence[Callable[[Stages], list[Measured]]],
    wrap_up: Callable[[list[Measured]], None] = lambda _: None,
    options: Sequence[str] | None = None,
    further: Callable[[argparse.ArgumentParser], None] = lambda _: None,
) -> argparse.Namespace:
    """Measure steps at the sizes that the command line names, print the table, and write JSON where asked."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, action="append", help="posts; may be given again (default: 10k and 100k)")
    parser.add_argument("--repeat", type=int, default=1, help="how often; the least CPU time counts")
    parser.add_argument("--json", type=Path, help="write the results there, such as bench-results/today.json")
    further(parser)
    given = parser.parse_args(options)
    results: list[Measured] = []
    for size in given.size or QUICK:
        with tempfile.TemporaryDirectory(prefix="clew-bench-") as folder:
            stages = Stages(size, Path(folder), given.repeat)
            for step in steps:
                results += step(stages)
    print(machine())
    print(table(results))
    if given.json:
        save(results, given.json)
    wrap_up(results)
    return given
