"""The kinds of value that make a link, as pages name and mark them: numbers, invites, handles, addresses.

Which there are is told by the files of ``queries/links/`` that look at kinds of mention; what pages call them stands
here. A kind of link that this file has no words for is called by its own name, so that nothing is missing on a map.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from graph.wording import counted
from queries.reader import link_kinds, link_sql
from visualisations.shown_text import clean, read_number

#: Characters of a value in labels and lists; its panel and its evidence have it in full.
LONGEST_NAME = 60
_SHARED = "shared_"
_IN_GROUPS = 4


class Value(NamedTuple):
    """A value that accounts hold, by the kind of link it makes: ``("shared_phone", "+447700900123")``.

    Two kinds may have one text for a value, so neither half is enough.
    """

    link: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedKind:
    """A kind of link that a shared value makes, with the kinds of mention it looks at and its words.

    ``legend`` is the word of the legend and of a node's label when names are masked, ``what`` says it at length.
    ``sign`` is drawn in the value's diamond (``SIGNS`` in ``templates/shapes.js``), ``None`` for the plain diamond.
    """

    link: str
    kinds: tuple[str, ...]
    one: str
    many: str
    article: str
    legend: str
    what: str
    sign: str | None

    def counted(self, number: int, before: str = "") -> str:
        """Return how many: ``2 invites``, and ``2 shared invites`` where ``before`` is ``shared``."""
        led = f"{before} " if before else ""
        return counted(number, led + self.one, led + self.many)


#: In the order in which pages name them: the fields of a ``SharedKind`` after ``kinds``.
_WORDS: Mapping[str, tuple[str, str, str, str, str, str | None]] = {
    "shared_phone": ("number", "numbers", "a", "Phone number", "Phone number", None),
    "shared_invite": ("invite", "invites", "an", "Invite", "Invite, or a name to write to", "plus"),
    "shared_handle": ("handle", "handles", "a", "Handle elsewhere", "Handle on another platform", "ring"),
    "shared_email": ("e-mail address", "e-mail addresses", "an", "E-mail address", "E-mail address", "letter"),
    "shared_payment": (
        "payment address", "payment addresses", "a", "Payment address", "Payment name, bank account or crypto address",
        "bars",
    ),
}  # fmt: skip


@cache
def shared_kinds() -> tuple[SharedKind, ...]:
    """Return the kinds of link that shared values make, in the order in which pages name them."""
    found = {}
    for link in link_kinds():
        kinds = link_sql(link).defaults.get("kinds")
        if kinds:
            found[link] = _shared_kind(link, tuple(kinds))
    return tuple(found[link] for link in sorted(found, key=lambda link: (_place(link), link)))


def _place(link: str) -> int:
    return list(_WORDS).index(link) if link in _WORDS else len(_WORDS)


def _shared_kind(link: str, kinds: tuple[str, ...]) -> SharedKind:
    name = link.removeprefix(_SHARED).replace("_", " ")
    other = (name, f"{name}s", "a", name.capitalize(), name.capitalize(), "dot")
    one, many, article, legend, what, sign = _WORDS.get(link, other)
    return SharedKind(link=link, kinds=kinds, one=one, many=many, article=article, legend=legend, what=what, sign=sign)


@cache
def places() -> dict[str, int]:
    """Return where each kind of link stands in ``shared_kinds()``, counted from 0."""
    return {shared.link: place for place, shared in enumerate(shared_kinds())}


def ordered(values: Iterable[Value]) -> list[Value]:
    """Return values in the pages' order of kinds, those of a kind in that of their text."""
    return sorted(values, key=lambda value: (places()[value.link], value.value))


def as_table() -> str:
    """Return SQL that gives the rows ``(link_kind, kind)``: which kind of link looks at which kind of mention."""
    # Names of files and of our own defaults: no value of a case stands in this text.
    rows = ", ".join(f"({_quoted(s.link)}, {_quoted(kind)})" for s in shared_kinds() for kind in s.kinds)
    return f"(VALUES {rows}) looking (link_kind, kind)"


def _quoted(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"


def enumerated(counts: Mapping[str, int], before: str = "") -> list[str]:
    """Return how many values of each kind of link, in the pages' order: ``["2 numbers", "1 invite"]``."""
    return [shared.counted(counts[shared.link], before) for shared in shared_kinds() if counts.get(shared.link)]


def joined(parts: Iterable[str]) -> str:
    """Return words as one enumeration, ``a, b and c``; ``""`` for none."""
    *first, last = [*parts] or [""]
    return f"{', '.join(first)} and {last}" if first else last


def read_value(value: Value, most: int = LONGEST_NAME) -> str:
    """Return a value as people read it, hidden characters taken out, cut at ``most`` characters.

    Numbers are spaced, ``instagram:name`` is ``@name (instagram)``, a bank account stands in groups of four.
    """
    text = value.value
    if value.link == "shared_phone":
        return read_number(text)
    before, colon, after = text.partition(":")
    if value.link == "shared_handle" and colon:
        shown = clean(after, most)
        return f"@{shown} ({clean(before, 32)})" if shown else clean(text, most)
    if value.link == "shared_payment" and before == "iban" and after.isalnum() and after.isascii():
        return clean("IBAN " + " ".join(after[i : i + _IN_GROUPS] for i in range(0, len(after), _IN_GROUPS)), most)
    return clean(text, most)
