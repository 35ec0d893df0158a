"""A file much larger than the memory that its load may take."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.volume import GIB, measured


@pytest.mark.long
@pytest.mark.timeout(7200)
@pytest.mark.parametrize(
    ("kind", "size", "mebibytes"),
    [
        ("telegram-desktop", 2 * GIB, 500),
        ("x-jsonl", 2 * GIB, 500),
        # DuckDB keeps a little of each of ten million waiting rows.
        ("coortweet", 10_000_000, 600),
    ],
)
def test_large_files_are_loaded_within_their_memory_by_all_processes_together(
    kind: str, size: int, mebibytes: int, tmp_path: Path
) -> None:
    (done,), rows = measured(kind, size, tmp_path)
    assert done.rows == rows
    assert done.peak_mib < mebibytes
