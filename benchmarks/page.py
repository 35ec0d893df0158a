"""The page docs/benchmarks.md, made of runs that were saved with ``--json``.

``python -m benchmarks.page docs/benchmarks.md RUN.json … --before BEFORE.json …``; runs of an earlier commit, named
after ``--before``, are set beside those of clew alone (``benchmarks.whole_way``) with the same Python.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from benchmarks.measuring import Measured, table

_HEAD = """\
# Benchmarks

Made by `benchmarks/page.py` from measured runs; `benchmarks/` has what each does. `make bench` runs the quick sizes,
`python -m benchmarks.NAME --size 1000000` one step at a larger one.

Worlds of *size* posts with seven tenths as many reposts and three tenths as many numbers written, a tenth as many
accounts (`benchmarks/worlds.py`). Each way of doing a step runs in a process of its own. **rows/s** is rows per *CPU*
second of all threads and processes that work on it; wall seconds are given beside it, and are what one waits: clew uses
both cores where that helps. **peak MiB** is of all its processes together. **ratio** is clew's rows/s over its peer's
in the same run; *does less* says that the peer leaves out much of what clew does (each module's first lines say what).
"""
_FIGURES = "rows/s on the clock | CPU s | wall s | peak MiB"


def page(runs: list[dict[str, Any]], before: list[dict[str, Any]]) -> str:
    """Return the page's Markdown."""
    parts = [_HEAD]
    for run in runs:
        results = _results(run)
        parts += [f"## {_title(results)}\n", f"{run['machine']}; {run['date']}, commit {run['commit']}.\n"]
        parts += [table(results), ""]
    if before:
        parts += ["## Before and after\n", _compared(before, runs), ""]
    return "\n".join(parts)


def _results(run: dict[str, Any]) -> list[Measured]:
    return [Measured(**each) for each in run["results"]]


def _title(results: list[Measured]) -> str:
    sizes = ", ".join(f"{size:,}" for size in sorted({each.size for each in results}))
    peers = any(each.peer or each.note for each in results if each.way != "clew")
    return f"{'Beside peers' if peers else 'The whole way, clew alone'}: {sizes} posts"


def _compared(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> str:
    lines = [
        "clew at an earlier commit and at this one: seconds of CPU over all its processes, and on the clock.\n",
        f"| step | size | commit | {_FIGURES} | then | {_FIGURES} | quicker on the clock |",
        "|---|--:|---|--:|--:|--:|--:|---|--:|--:|--:|--:|--:|",
    ]
    machines = {run["machine"] for run in before}
    earlier = {(r.step, r.size): (r, run["commit"]) for run in before for r in _results(run) if r.way == "clew"}
    for run in (run for run in after if run["machine"] in machines):
        for new in _results(run):
            if new.way != "clew" or (new.step, new.size) not in earlier:
                continue
            old, commit = earlier[new.step, new.size]
            lines.append(
                f"| {new.step} | {new.size:,} | {commit} | {_figures(old)} | {run['commit']} | {_figures(new)} | "
                f"{old.wall / new.wall:.2f} times |"
            )
    return "\n".join(lines)


def _figures(one: Measured) -> str:
    return f"{one.rows / one.wall:,.0f} | {one.cpu:,.1f} | {one.wall:,.1f} | {one.peak_mib:,.0f}"


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("page", type=Path)
    parser.add_argument("runs", type=Path, nargs="+")
    parser.add_argument("--before", type=Path, nargs="*", default=[])
    given = parser.parse_args()
    runs, before = ([json.loads(path.read_text("utf-8")) for path in paths] for paths in (given.runs, given.before))
    given.page.write_text(page(runs, before), "utf-8")


if __name__ == "__main__":
    main()
