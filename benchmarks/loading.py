"""Loading each format, beside pandas reading the same file: ``python -m benchmarks.loading --size 100000``.

pandas does less: it neither hashes the file nor keeps history, sources and rejected rows, and it holds the whole of
it in memory. What it does alike is to parse every row and to leave out those that it has already.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.command import run
from benchmarks.measuring import Measured, Work, measure
from benchmarks.stages import Stages

FORMATS = ("csv", "coortweet", "x-jsonl", "telegram-desktop")


def measured(stages: Stages) -> list[Measured]:
    """Measure all formats, each into a case of its own."""
    files = stages.files
    results = []
    for kind, path in zip(FORMATS, (files.posts, files.shares, files.x, files.telegram), strict=True):
        case = stages.folder / f"{kind}.duckdb"
        given: dict[str, Any] = {"step": f"load {kind}", "size": stages.size, "repeat": stages.repeat}
        source = path.resolve()
        results += [
            measure(
                "benchmarks.loading:clew",
                name="clew",
                peer="pandas",
                before_each=partial(case.unlink, missing_ok=True),
                case=case,
                path=source,
                **given,
            ),
            measure("benchmarks.loading:pandas", name="pandas", note="does less", kind=kind, path=source, **given),
        ]
        case.unlink()
    return results


def clew(case: str, path: str) -> Work:
    """Load one file into a new case."""
    import clew
    from loaders import formats

    formats.known()  # imports the loaders now, so that it is not timed
    opened = clew.open(case)
    return lambda: opened.load(path, platform=None if "x." in path or path.endswith("json") else "tiktok").added.read


def pandas(kind: str, path: str) -> Work:
    """Read one file with pandas and drop its duplicates."""
    import json

    import pandas as pd

    def table() -> int:
        frame = pd.read_csv(path, dtype=str)
        frame.drop_duplicates()
        return len(frame)

    def pages() -> int:
        with Path(path).open(encoding="utf-8") as file:
            tweets = [tweet for line in file for tweet in json.loads(line)["data"]]
        pd.DataFrame(tweets).drop_duplicates("id")
        return len(tweets)

    def export() -> int:
        with Path(path).open(encoding="utf-8") as file:
            chats = json.load(file)["chats"]["list"]
        messages = [message | {"chat": chat["id"]} for chat in chats for message in chat["messages"]]
        pd.DataFrame(messages).drop_duplicates(["chat", "id"])
        return len(messages)

    return {"x-jsonl": pages, "telegram-desktop": export}.get(kind, table)


if __name__ == "__main__":
    run(__doc__, [measured])
