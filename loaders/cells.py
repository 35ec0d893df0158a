"""What the cells of a table mean before they are anything: absent or shortened by a spreadsheet."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from loaders.json_values import LONGEST_ID

#: What R, pandas, SQL and JavaScript write for "nothing" (in texts and names such a word may be meant).
ABSENT = frozenset({"", "NA", "N/A", "NaN", "nan", "NaT", "<NA>", "NULL", "null", "None", "none", "undefined", "\\N"})
#: Up to this many digits a double is exact, so ``123.0`` is still the id it was.
_EXACT_DIGITS = 15

_MANGLED = re.compile(r"-?\d(?:[.,]\d+)?[eE]\+?\d{1,3}", re.ASCII)
_BETWEEN_LINKS = re.compile(r"[\s|]+|,(?=\s*(?:https?:|www\.|$))|;(?=\s*(?:https?:|www\.|$))")
_COUNT = re.compile(r"\d{1,18}", re.ASCII)
_GROUPING = str.maketrans("", "", ",' \u00a0\u202f")
_FLOATED = re.compile(r"(\d+)\.0", re.ASCII)


def cells_of(values: Mapping[str, Any]) -> dict[str, str]:
    """Return a JSON object as a table's row has it: texts as they are, nothing for null, lists and objects as JSON.

    >>> cells_of({"id": 12, "is_reply": True, "chat": None, "urls": ["t.me/a"]})
    {'id': '12', 'is_reply': 'True', 'chat': '', 'urls': '["t.me/a"]'}
    """
    return {name: value if type(value) is str else _cell(value) for name, value in values.items()}


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def shortened(text: str) -> str | None:
    """Return why an id is no longer what it was, in words that stand after its column; ``None`` if it may be whole.

    >>> shortened("1.23E+18")
    '1.23E+18 was shortened by a spreadsheet: its digits are lost; export the column as text'
    """
    if "." not in text and "+" not in text:  # the quick way out for nearly every id
        return None
    if _MANGLED.fullmatch(text):
        return f"{text} was shortened by a spreadsheet: its digits are lost; export the column as text"
    if (found := _FLOATED.fullmatch(text)) and len(found[1]) > _EXACT_DIGITS:
        return f"{text} went through a decimal number: its last digits are lost; export the column as text"
    return None


def id_in(text: str, column: str) -> str:
    """Return the id in a cell of that column; raises ``ValueError`` for one that a spreadsheet cut, or that is none."""
    if reason := shortened(text):
        raise ValueError(f"{column} {reason}")
    if len(text) > LONGEST_ID:
        raise ValueError(f"{column} is longer than {LONGEST_ID} characters: that is no id")
    return whole_id(text)


def count_in(text: str | None) -> int | None:
    """Return a count of 0 or more, whatever stands between its thousands; ``None`` for anything else."""
    digits = whole_id((text or "").translate(_GROUPING))
    return int(digits) if _COUNT.fullmatch(digits) else None


def parts_of(cell: str | None) -> tuple[str, ...]:
    """Return the links or ids in a cell, each once: of a list as JSON or Python writes it, else apart by blanks.

    >>> parts_of("['https://a.example/1', 'https://b.example/2']"), parts_of("t.me/a  t.me/b"), parts_of(None)
    (('https://a.example/1', 'https://b.example/2'), ('t.me/a', 't.me/b'), ())
    """
    if not cell or cell in ABSENT:
        return ()
    text = cell.strip()
    if text.startswith("[") and text.endswith("]"):
        try:
            listed = json.loads(text)
        except ValueError:
            listed = [piece.strip(" '\"") for piece in text[1:-1].split(",")]
        parts = [part for part in listed if isinstance(part, str)]
    else:
        parts = _BETWEEN_LINKS.split(text)
    return tuple(dict.fromkeys(part for part in (each.strip() for each in parts) if part))


def whole_id(text: str) -> str:
    """Return an id without the ``.0`` that a column with gaps gets in pandas, where it is still exact."""
    return text[:-2] if text.endswith(".0") and _FLOATED.fullmatch(text) else text
