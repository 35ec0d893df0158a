"""What a value out of somebody's JSON is, whatever its type: a text, an id, a count, a map, or absent."""

from __future__ import annotations

from typing import Any

#: Ids longer than this are no ids.
LONGEST_ID = 200
#: The largest count that a case can keep; and the largest whole number that JSON parsers agree on.
_LARGEST, _LARGEST_ID = 2**63 - 1, 2**64 - 1
#: Up to here JavaScript, whose numbers are doubles, has every whole number.
_LARGEST_EXACT = 2**53


def text_of(value: Any) -> str | None:
    """Return a text that is not blank, as it is; ``None`` for anything else."""
    return value if isinstance(value, str) and value and not value.isspace() else None


def id_of(value: Any) -> str | None:
    """Return an id, which may be a whole number or a text; ``None`` for anything else, fractions too."""
    if type(value) is str:
        return value.strip() or None if len(value) <= LONGEST_ID else None
    return str(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _LARGEST_ID else None


def exact_id(value: Any) -> str | None:
    """Return an id that JavaScript wrote; ``None`` also for a whole number so large that its last digits are lost.

    >>> exact_id("3606320802535302916"), exact_id(3606320802535303000)
    ('3606320802535302916', None)
    """
    return None if isinstance(value, int) and abs(value) > _LARGEST_EXACT else id_of(value)


def no_exact_id(what: str, value: Any) -> str:
    """Return why ``what`` has no id that is still what it was, in words for its rejection."""
    if isinstance(value, int) and abs(value) > _LARGEST_EXACT and id_of(value):
        return f"{what} whose id, {value}, went through a decimal number: its last digits are lost"
    return no_id(what, value)


def no_id(what: str, value: Any) -> str:
    """Return why ``what`` has no id, in words for its rejection.

    >>> no_id("a tweet", 1.8e19)
    'a tweet whose id is none: 1.8e+19'
    """
    if value is None or value == "":
        return f"{what} without an id"
    shown = repr(value)
    return f"{what} whose id is none: {shown[:40]}{'…' if len(shown) > 40 else ''}"  # noqa: PLR2004 - enough to see it


def count_of(value: Any) -> int | None:
    """Return a count of 0 or more; ``None`` for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LARGEST else None


def country_of(value: Any) -> str | None:
    """Return a country's two letters in upper case; ``None`` for anything else."""
    code = text_of(value)
    return code.upper() if code and len(code) == 2 and code.isascii() and code.isalpha() else None  # noqa: PLR2004


def map_of(value: Any) -> dict[str, Any]:
    """Return a JSON object; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def list_of(value: Any) -> list[Any]:
    """Return a JSON list; an empty one for anything else."""
    return value if isinstance(value, list) else []
