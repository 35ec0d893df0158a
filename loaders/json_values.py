"""What a value out of somebody's JSON is, whatever its type: a text, an id, a count, a map, or absent."""

from __future__ import annotations

from typing import Any

#: Ids longer than this are no ids.
_LONGEST_ID = 200
#: The largest count that a case can keep.
_LARGEST = 2**63 - 1


def text_of(value: Any) -> str | None:
    """Return a text that is not blank, as it is; ``None`` for anything else."""
    return value if isinstance(value, str) and value and not value.isspace() else None


def id_of(value: Any) -> str | None:
    """Return an id, which may be a whole number or a text; ``None`` for anything else, fractions too."""
    if isinstance(value, str):
        return value.strip() or None if len(value) <= _LONGEST_ID else None
    return str(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= 2 * _LARGEST else None


def count_of(value: Any) -> int | None:
    """Return a count of 0 or more; ``None`` for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LARGEST else None


def map_of(value: Any) -> dict[str, Any]:
    """Return a JSON object; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def list_of(value: Any) -> list[Any]:
    """Return a JSON list; an empty one for anything else."""
    return value if isinstance(value, list) else []
