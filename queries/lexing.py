"""Cypher and SQL cut into tokens, so that what stands in a comment or a string is never taken for code.

Not a parser: it knows comments, strings, quoted names, parameters, words, numbers and single characters of
punctuation. That is what the reader needs to compare a query with its header, and what the check of an
investigator's own Cypher needs to see calls.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

Language = Literal["cypher", "sql"]
Kind = Literal["comment", "string", "name", "parameter", "word", "number", "mark"]


class Token(NamedTuple):
    """A piece of a query: what it is, its text (a quoted name without its quotes), and where it starts."""

    kind: Kind
    text: str
    start: int


# A string that never ends runs to the end of the text, as it would on the server, and so hides nothing behind it.
_SHARED = r"""
    (?P<block>/\*.*?(?:\*/|\Z))
  | (?P<parameter>\$(?:[^\W\d]\w*|`(?:[^`]|``)*`))
  | (?P<number>\d[\w]*(?:\.\d\w*)?)
  | (?P<word>[^\W\d]\w*)
  | (?P<space>\s+)
  | (?P<mark>.)
"""
_CYPHER = r"""
    (?P<line>//[^\r\n]*)
  | (?P<string>'(?:[^'\\]|\\.)*(?:'|\Z) | "(?:[^"\\]|\\.)*(?:"|\Z))
  | (?P<name>`(?:[^`]|``)*(?:`|\Z))
"""
_SQL = r"""
    (?P<line>--[^\r\n]*)
  | (?P<string>'(?:[^']|'')*(?:'|\Z))
  | (?P<name>"(?:[^"]|"")*(?:"|\Z))
"""
_PATTERNS: dict[Language, re.Pattern[str]] = {
    "cypher": re.compile(f"{_CYPHER}|{_SHARED}", re.VERBOSE | re.DOTALL),
    "sql": re.compile(f"{_SQL}|{_SHARED}", re.VERBOSE | re.DOTALL),
}


def tokens(text: str, language: Language) -> Iterator[Token]:
    """Yield the tokens of ``text`` in order, comments and white space left out.

    A parameter comes without its ``$``, a quoted name without its quotes.
    """
    for match in _PATTERNS[language].finditer(text):
        group = match.lastgroup
        piece = match.group()
        if group in ("word", "number", "mark", "string"):
            yield Token(group, piece, match.start())  # type: ignore[arg-type]  # mypy does not narrow lastgroup
        elif group == "name":
            yield Token("name", _unquoted(piece), match.start())
        elif group == "parameter":
            yield Token("parameter", _unquoted(piece[1:]), match.start())


def _unquoted(piece: str) -> str:
    """Take the quotes off a name, and make doubled quotes inside single."""
    quote = piece[0]
    return piece[1:].removesuffix(quote).replace(quote * 2, quote) if quote in '`"' else piece
