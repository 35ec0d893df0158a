"""A file much larger than the memory that its load may take."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.volume import GIB, measured


@pytest.mark.long
@pytest.mark.timeout(7200)
@pytest.mark.parametrize(
    ("kind", "size"), [("telegram-desktop", 2 * GIB), ("x-jsonl", 2 * GIB), ("coortweet", 10_000_000)]
)
def test_two_gibibytes_or_ten_million_rows_are_loaded_within_500_mebibytes_by_all_processes_together(
    kind: str, size: int, tmp_path: Path
) -> None:
    done, rows = measured(kind, size, tmp_path)
    assert done.rows == rows
    assert done.peak_mib < 500
