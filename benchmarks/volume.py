"""Loading one file much larger than the memory it may take: ``python -m benchmarks.volume --gib 2``.

``--format coortweet --rows 10000000 --links`` goes on to the links of ten million shares: crews of eight pass on ten
posts each within seconds, 28 pairs a post. Links may take what DuckDB takes, four fifths of the machine's memory.

The memory is what this process and all that it started held together, looked at 5 times a second; pages that they
share count once. Files are written first and removed afterwards.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from benchmarks.measuring import Measured, Work, machine, measure, table

GIB = 1 << 30
_WORDS = "Seats are free again this week, ask day and night for the price of a family. "
_START = 1_700_000_000
_CREW, _POSTS_A_CREW = 8, 10


def _text(number: int) -> str:
    return f"{number} {_WORDS * (3 + number % 6)}Call +44 7700 900{number % 1000:03}"


def telegram(file: BinaryIO, size: int) -> int:
    """Write an export of that many bytes, 100,000 messages a group; return its messages."""
    file.write(b'{"personal_information": {"user_id": 1}, "chats": {"about": "", "list": [')
    number = 0
    while file.tell() < size:
        head = f'{{"name": "Road {number}", "type": "public_supergroup", "id": {15_000_000 + number}, "messages": ['
        file.write((b"," if number else b"") + head.encode())
        for each in range(100_000):
            if file.tell() >= size and each:
                break
            text = _text(number)
            message = (
                f'{{\n "id": {number},\n "type": "message",\n "date_unixtime": "{_START + number}",\n "from": "Name '
                f'{number % 5000}",\n "from_id": "user{number % 50_000 + 2}",\n "text": "{text}",\n "text_entities": ['
                f'\n  {{\n   "type": "plain",\n   "text": "{text}"\n  }}\n ]\n}}'
            )
            file.write((b",\n" if each else b"\n") + message.encode())
            number += 1
        file.write(b"]}")
    file.write(b"]}}")
    return number


def x(file: BinaryIO, size: int) -> int:
    """Write tweets of that many bytes, pages of 100 with their authors; return how many."""
    number = 0
    while file.tell() < size:
        tweets = ",".join(
            f'{{"id":"{each}","author_id":"{each % 50_000}","text":"{_text(each)}","lang":"en",'
            f'"created_at":"2024-01-{each % 28 + 1:02}T10:{each % 60:02}:00.000Z","conversation_id":"{each}"}}'
            for each in range(number, number + 100)
        )
        users = ",".join(
            f'{{"id":"{each % 50_000}","username":"name{each % 50_000}","name":"Name","description":"I sell seats"}}'
            for each in range(number, number + 100)
        )
        file.write(f'{{"data":[{tweets}],"includes":{{"users":[{users}]}},"meta":{{"result_count":100}}}}\n'.encode())
        number += 100
    return number


def shares(file: BinaryIO, rows: int) -> int:
    """Write as many rows of CooRTweet's four columns; return how many."""
    file.write(b"object_id,account_id,content_id,timestamp_share\n")
    crews = rows // (_CREW * _POSTS_A_CREW) + 1
    for start in range(0, rows, 10_000):
        lines = (
            f"o{each // _CREW},a{each // _CREW % crews * _CREW + each % _CREW},s{each},{_START + each}\n"
            for each in range(start, min(start + 10_000, rows))
        )
        file.write("".join(lines).encode())
    return rows


#: What is loaded: the file's name, and what writes it to a size.
WRITERS: dict[str, tuple[str, Callable[[BinaryIO, int], int]]] = {
    "telegram-desktop": ("result.json", telegram),
    "x-jsonl": ("x.jsonl", x),
    "coortweet": ("shares.csv", shares),
}


def load(case: str, path: str, platform: str | None = None) -> Work:
    """Load one file into a new case; as ``clew load`` does, from imports that it needs."""
    import clew

    return lambda: clew.open(case).load(path, platform=platform).added.read


def measured(kind: str, size: int, folder: Path, further: Iterable[str] = ()) -> tuple[list[Measured], int]:
    """Load a file of ``size`` (bytes, of shares rows) and go ``further``, measured step by step.

    Return that and the rows that the file has.
    """
    name, write = WRITERS[kind]
    source, case = folder / name, folder / "case.duckdb"
    if shutil.disk_usage(folder).free < 4 * (size if kind != "coortweet" else size * 40):
        raise OSError(f"{folder} has not the space for this: four times the file")
    with source.open("wb") as file:
        rows = write(file, size)
    platform = "tiktok" if kind == "coortweet" else None
    given: dict[str, Any] = {"name": kind, "size": size, "case": case}
    done = [measure("benchmarks.volume:load", step="load", path=source, platform=platform, **given)]
    source.unlink()
    done += [measure(f"benchmarks.stages:{step}", step=step, **given) for step in further]
    case.unlink()
    return done, rows


def _asked(options: argparse.Namespace) -> Iterator[tuple[str, int]]:
    for kind in options.format or ("telegram-desktop", "x-jsonl"):
        yield kind, options.rows if kind == "coortweet" else int(options.gib * GIB)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gib", type=float, default=2, help="size of a JSON file")
    parser.add_argument("--rows", type=int, default=10_000_000, help="rows of a table of shares")
    parser.add_argument(
        "--format", action="append", choices=WRITERS, help="may be given again (default: the JSON ones)"
    )
    parser.add_argument("--links", action="store_true", help="go on to extract and links")
    asked = parser.parse_args()
    results: list[Measured] = []
    for each in _asked(asked):
        with tempfile.TemporaryDirectory(prefix="clew-volume-") as place:
            results += measured(*each, Path(place), ("extract", "links") if asked.links else ())[0]
    print(machine())
    print(table(results))
    sys.exit(0)
