"""A file much larger than the memory that its load may take."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from benchmarks.measuring import measure
from benchmarks.volume import GIB, measured

if TYPE_CHECKING:
    from collections.abc import Callable


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


def test_what_the_process_that_measures_held_is_not_counted() -> None:
    held = bytearray(b"x") * (400 << 20)
    found = measure("tests.loaders.test_volume:nothing", step="load", name="nothing", size=0)
    assert len(held) > 0
    assert found.peak_mib < 300


def nothing() -> Callable[[], int]:
    """Return work that is none."""
    return lambda: 0
