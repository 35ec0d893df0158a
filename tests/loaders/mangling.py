"""Fixtures whose bytes are flipped, cut, doubled and spliced, read as if they were sources.

A program of its own, so that a crash, a hang and the memory it takes can be told from outside::

    python -m tests.loaders.mangling SEED SECONDS      # so long, from this seed on
    python -m tests.loaders.mangling SEED/NUMBER       # that one input again

It ends with one line of JSON: how many inputs were tried, how they fared, and the peak of its memory in MiB.
"""

from __future__ import annotations

import faulthandler
import gzip
import json
import re
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random

from graph.case import Case
from graph.errors import ClewError
from graph.records import ReadRow
from loaders.formats import Opened, known, named, open_source
from tests.fixtures.bad.documents import DOCUMENTS
from tests.fixtures.bad.json_lines import JSON_LINES
from tests.fixtures.bad.tables import TABLES
from tests.fixtures.bad.texts import TEXTS

#: Formats whose lines may be pages of several rows, or of none.
PAGED = {loader.name for loader in known() if loader.split}
FIXTURES = Path(__file__).parent.parent / "fixtures" / "loaders"
#: An input that takes longer is a hang; ordinary ones take some milliseconds.
TIME_LIMIT = 20
#: Larger fixtures are tried whole elsewhere; here they would be most of the time.
_LARGEST = 40_000
#: So many inputs go through a case for each that is only read: a case costs a hundred times as much.
_KEPT = 60
_TELLING = (
    b"\0", b'"', b"'", b",", b";", b"\t", b"\n", b"\r", b"\\", b"\\x0b", b"\\ud800", b"\\u0000", b"{", b"}", b"[", b"]",
    b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"\x1f\x8b", b"1e999", b"-1", b"9" * 30, b"null", b"NaN", b"\xe2\x80\xa8",
    b'"messages": [', b'"id":', b'"data": [', b"sep=;\n", b"[" * 200, b"]" * 200,
)  # fmt: skip


def originals() -> list[tuple[str, bytes]]:
    """Return the name and bytes of every fixture that is small enough, gzip ones also unpacked."""
    found = [(path.name, path.read_bytes()) for path in sorted(FIXTURES.iterdir()) if path.is_file()]
    crafted = [
        bad for bad in (*TABLES, *JSON_LINES, *DOCUMENTS, *TEXTS) if isinstance(bad.content, bytes) and bad.counts
    ]
    found += [(bad.name, bad.content) for bad in crafted if isinstance(bad.content, bytes)]
    found += [(name.removesuffix(".gz"), gzip.decompress(data)) for name, data in found[:8] if name.endswith(".gz")]
    return [(name, data) for name, data in found if len(data) <= _LARGEST]


def mangled(random: Random, files: list[tuple[str, bytes]]) -> bytes:
    """Return a fixture with one to eight changes."""
    data = bytearray(random.choice(files)[1])
    for _ in range(random.choice((1, 1, 1, 2, 3, 8))):
        at = random.randrange(len(data) + 1)
        length = min(len(data) - at, random.choice((1, 1, 2, 4, 16, 64, 256, 4096)))
        piece = bytes(data[at : at + length])
        change = random.randrange(8)
        if change == 0 and piece:
            data[at] ^= 1 << random.randrange(8)
        elif change == 1:
            data[at : at + length] = random.randbytes(length)
        elif change == 2:
            del data[at:]
        elif change == 3:
            del data[at : at + length]
        elif change == 4:
            data[at:at] = piece * random.choice((1, 2, 20))
        elif change == 5:
            other = random.choice(files)[1]
            start = random.randrange(len(other) + 1)
            data[at:at] = other[start : start + random.choice((1, 10, 100, 1000, len(other)))]
        elif change == 6:
            data[at:at] = random.choice(_TELLING) * random.choice((1, 1, 3))
        elif piece:
            to = random.randrange(len(data))
            data[to:to] = piece
    return gzip.compress(bytes(data), 1) if random.random() < 0.03 else bytes(data)


def check(data: bytes, folder: Path, *, keep: bool) -> str:
    """Read the bytes as a source and return how that went; raise ``AssertionError`` where a row is unaccounted for."""
    path = folder / "source"
    path.write_bytes(data)
    try:
        opened = open_source(path)
        rows = list(opened.rows)
    except ClewError as error:
        return type(error).__name__ if str(error) else "an error that says nothing"
    for row in rows:
        assert row.records or row.rejection, f"row {row.line} is neither records nor a rejection"
        assert not row.rejection or row.rejection.reason, f"row {row.line} is rejected without a reason"
    _count(data, opened, rows)
    if keep:
        _keep(opened, rows, folder)
    return "rejections" if any(row.rejection for row in rows) else "sound"


def _count(data: bytes, opened: Opened, rows: list[ReadRow]) -> None:
    """Hold the rows that were read against the lines or brackets that there are."""
    if data[:2] == b"\x1f\x8b":
        try:
            data = gzip.decompress(data)
        except (EOFError, OSError):  # cut short, or followed by rubbish: gzip gives nothing of it
            return
    if {"json-document", "text"} & set(named(opened.source.format).shapes):
        assert len(rows) <= data.count(b",") + data.count(b"\n") + 2, "more rows than there are values and lines"
        return
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"} or b"\0" in data[:4096]:
        return
    lines = [line for line in re.split(rb"\r\n|\r|\n", data.removeprefix(b"\xef\xbb\xbf")) if line]
    if opened.source.format in PAGED:
        told = [line for line in data.split(b"\n") if line.strip() and not re.search(rb'"(?:errors?|meta|data)', line)]
        assert len(told) <= len(rows) <= data.count(b"\n") + 1 + data.count(b","), "lines without a row"
    elif b'"' not in data:
        header = 2 if lines[0].lower().strip()[:4] == b"sep=" else 1
        assert len(rows) == len(lines) - header, f"{len(lines)} lines, {header} before the rows, {len(rows)} rows"
    else:
        assert len(rows) <= len(lines), "more rows than lines"


def _keep(opened: Opened, rows: list[ReadRow], folder: Path) -> None:
    """Put the rows into a case twice; the second time nothing is new."""
    case = Case(folder / "channel.duckdb")
    for again in (False, True):
        added = case.add(opened.source, rows)
        assert added.read == len(rows) == added.new + added.known + added.rejected
        assert added.rejected >= sum(row.rejection is not None for row in rows)
        assert not (again and added.new), "loading it again added something"
    case.path.unlink()


def peak_mib() -> int:
    """Return the most memory that this process had at any time, in MiB."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def run(seed: str, seconds: float) -> dict[str, object]:
    """Try inputs for so many seconds and return the figures."""
    files = originals()
    fared: Counter[str] = Counter()
    slowest = (0.0, 0)
    number = 0
    end = time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as folder:
        while time.monotonic() < end:
            number += 1
            slowest = max(slowest, (_one(f"{seed}/{number}", files, Path(folder), fared), number))
    return {
        "seed": seed,
        "inputs": number,
        "fared": dict(sorted(fared.items())),
        "slowest": [round(slowest[0], 2), f"{seed}/{slowest[1]}"],
        "peak_mib": peak_mib(),
    }


def _one(seed: str, files: list[tuple[str, bytes]], folder: Path, fared: Counter[str]) -> float:
    """Try one input within the time limit; where it fails or hangs, its seed stands on stderr before the traceback."""
    random = Random(seed)
    data = mangled(random, files)
    sys.stderr.write(f"{seed}\n")
    begun = time.monotonic()
    faulthandler.dump_traceback_later(TIME_LIMIT, exit=True)
    try:
        fared[check(data, folder, keep=random.randrange(_KEPT) == 0)] += 1
    finally:
        faulthandler.cancel_dump_traceback_later()
    return time.monotonic() - begun


if __name__ == "__main__":
    if "/" in sys.argv[1]:
        with tempfile.TemporaryDirectory() as scratch:
            told: Counter[str] = Counter()
            _one(sys.argv[1], originals(), Path(scratch), told)
        sys.stdout.write(json.dumps({"fared": told, "peak_mib": peak_mib()}) + "\n")
    else:
        sys.stdout.write(json.dumps(run(sys.argv[1], float(sys.argv[2]))) + "\n")
