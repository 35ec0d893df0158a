"""Keeps a spreadsheet from running what an account wrote: free text that begins like a formula gets a ``'`` in front.

Spreadsheets take a cell that begins with ``=``, ``+``, ``-``, ``@``, a tab or a line's end for a formula, some also
the full-width forms of the four signs (OWASP, "CSV Injection"). clew takes the ``'`` off again when it reads such a
file, so nothing is lost on the way.
"""

from __future__ import annotations

import re

# A text that already begins with ' and then a sign is guarded as well, or reading back would take off what was its own.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_GUARDED = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")


def guard(text: str) -> str:
    r"""Return ``text`` as a CSV cell may hold it; a number in E.164 (``+`` and digits only) stays as it is.

    >>> guard('=HYPERLINK("https://example.org")')
    '\'=HYPERLINK("https://example.org")'
    >>> guard("+447700900123")
    '+447700900123'
    """
    return f"'{text}" if _FORMULA.match(text) and not _E164.fullmatch(text) else text


def unguard(text: str) -> str:
    """Return what was written before :func:`guard`; ``unguard(guard(text)) == text`` for every text."""
    return text[1:] if _GUARDED.match(text) else text
