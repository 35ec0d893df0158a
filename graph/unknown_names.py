"""Why an answer is empty or cut: a silent table could be taken for 'there is nothing'."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

_ACCOUNT = (
    "MATCH (n:Account) WHERE n.id = $value OR n.handle = $value",
    "no account {value} is on this server; ids look like x:12345",
)
#: By parameter: where what it names would be, and what to say when it is not there.
_NAMED: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "case": (
            "MATCH (n:Case {id: $value})",
            "no case {value} is published on this server; `clew query list_cases` shows those that are",
        ),
        "cluster": (
            "MATCH (n:Cluster {id: $value})",
            "no cluster {value} is on this server; `clew query list_clusters` shows those that are",
        ),
        "account": _ACCOUNT,
        "start": _ACCOUNT,
        "end": _ACCOUNT,
        "number": ("MATCH (n:Phone {e164: $value})", "no text on this server has the number {value}"),
        "value": (
            "MATCH (n:Identifier) WHERE n.value = $value OR (n.value = toLower($value) AND (n:Handle OR n:Email))",
            "no text on this server has {value}; values look like t.me/+AbC, instagram:name, name@mail.example",
        ),
        "source": (
            "MATCH (n:Source) WHERE n.name = $value OR n.sha256 STARTS WITH toLower($value)",
            "nothing on this server was read from a file {value}",
        ),
    }
)
#: Asks a statement with ``$value`` and says whether anything came.
Finds = Callable[[str, Any], bool]


def remarks(given: Mapping[str, Any], complete: Mapping[str, Any], rows: int, finds: Finds) -> tuple[str, ...]:
    """Return what a reader must know of an answer with so many rows: what it names is not there, or there is more.

    ``complete`` are the parameters with defaults; ``finds`` is asked only where there are no rows.
    """
    limit = complete.get("limit")
    if rows and rows == limit and "limit" not in given:
        return (f"only {limit} rows are shown; limit={10 * limit} shows more",)
    if rows:
        return ()
    if not finds("MATCH (n:Case)", None):
        return ("no case is published on this server yet: `clew publish CASE`",)
    named = [(_NAMED[name], value) for name, value in complete.items() if name in _NAMED and value is not None]
    return tuple(remark.format(value=repr(value)) for (where, remark), value in named if not finds(where, value))
