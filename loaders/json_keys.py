"""Which keys a JSON object has that is cut off, as a file's first line is that is longer than what is looked at."""

from __future__ import annotations

import re

#: A string, which the end of the text may cut off, or a bracket. It never fails on a string, and so is never slow.
_PIECE = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\\?\Z)|[{}\[\]]', re.DOTALL)
_COLON = re.compile(r"\s*:")


def keys_of_cut(text: str) -> frozenset[str]:
    r"""Return the keys of the first object in a text, as written, as far as they are to be seen.

    >>> sorted(keys_of_cut('{"id": 1, "user": {"name": "a"}, "text": "so \\"id\\": '))
    ['id', 'text', 'user']
    """
    found: list[str] = []
    depth = 0
    for piece in _PIECE.finditer(text):
        mark = piece[0]
        if mark[0] == '"':
            if depth == 1 and len(mark) > 1 and _COLON.match(text, piece.end()):
                found.append(mark[1:-1])
        elif mark in "{[":
            depth += 1
        else:
            depth -= 1
            if depth <= 0:
                break
    return frozenset(found)
