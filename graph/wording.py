"""Words that several outputs have in common."""

from __future__ import annotations


def counted(number: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun: ``1 account``, ``1,204 accounts``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def most_cut_at(resolution: float) -> str:
    """Return at which resolution most groups of linked accounts were cut, where each had its own chosen (0: whole)."""
    return f"{resolution:g} for most" if resolution else "most left whole"
