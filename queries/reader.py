"""The questions and the kinds of link that come with clew, read from their files and checked.

A file is a header of comments and a body::

    // title: Who holds a number
    // why: the shortest way from an advert to the accounts behind it
    // parameters:
    //   number: the phone number in E.164
    //   limit = 50: how many rows at most
    // returns:
    //   account: id of the account
    //   place: where the number stands
    MATCH …

A kind of link that differs from another only in what it looks at has a header that says ``like: NAME`` instead of a
body: it is the other's text and columns with its own parameters.

``queries/cypher/<verb_noun>.cypher`` has one question a file, ``queries/links/<kind>.sql`` one kind of link (there
the comments begin with ``--``). A parameter is written ``$name`` in both. A default is a JSON value; without one the
parameter must be given. Header and body are compared when a file is read: a parameter declared and not used, used
and not declared, or a column that differs is an error, so that what ``clew query --list`` and the docs say is true.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, TypeAlias

from queries.lexing import Language, Token, tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MARKS: dict[Language, str] = {"cypher": "//", "sql": "--"}
_KEYS = ("title", "why", "parameters", "returns")
_KEY = re.compile(rf"({'|'.join(_KEYS)}):\s*(.*)")
_ENTRY = re.compile(r"\s+([a-z][a-z0-9_]*)\s*(=|:)\s*(.*)")
_LIKE = re.compile(r"^(?:--|//) like:[ \t]*([a-z][a-z0-9_]*)[ \t]*$", re.MULTILINE)
_OPENING, _CLOSING = "([{", ")]}"
#: What ends the columns of a final RETURN or SELECT.
_AFTER_COLUMNS = {"ORDER", "SKIP", "LIMIT", "OFFSET", "UNION", "FROM", "WHERE", "GROUP", "EXCEPT", "INTERSECT"}
_NAMES: tuple[str, ...] = ("word", "name")


class NoSuchQuery(LookupError):
    """No file of that name; the message lists what there is."""


class MalformedQuery(ValueError):
    """A file's header is incomplete or says something else than its body; the message names the file."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value that a query takes: its name, one sentence, and whether and which default it has."""

    name: str
    meaning: str
    required: bool = True
    default: Any = None


@dataclass(frozen=True, slots=True)
class Column:
    """A column that a query returns, with one sentence."""

    name: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Query:
    """A query as its file has it: what it answers, why one asks, what it takes and returns, and its text.

    ``body`` is the text without the header, white space around it and a final semicolon.
    """

    name: str
    title: str
    why: str
    parameters: tuple[Parameter, ...]
    returns: tuple[Column, ...]
    body: str

    @property
    def defaults(self) -> dict[str, Any]:
        """The default of each parameter that has one."""
        return {p.name: p.default for p in self.parameters if not p.required}


LinkQuery: TypeAlias = Query
CypherQuery: TypeAlias = Query


def link_sql(name: str) -> LinkQuery:
    """Return the kind of link ``name`` (``queries/links/NAME.sql``), checked.

    Raises :class:`NoSuchQuery` and :class:`MalformedQuery`.
    """
    return _read("links", "sql", name)


def link_kinds() -> tuple[str, ...]:
    """Return the names of all kinds of link, sorted."""
    return _names("links", "sql")


def cypher(name: str) -> CypherQuery:
    """Return the question ``name`` (``queries/cypher/NAME.cypher``), checked.

    Raises :class:`NoSuchQuery` and :class:`MalformedQuery`.
    """
    return _read("cypher", "cypher", name)


def cypher_names() -> tuple[str, ...]:
    """Return the names of all questions, sorted."""
    return _names("cypher", "cypher")


def parse(text: str, name: str, language: Language) -> Query:
    r"""Return the query that ``text`` is, header and body compared; ``name`` stands in messages.

    Raises :class:`MalformedQuery`.

    >>> header = "// title: One\n// why: to see\n// parameters:\n// returns:\n//   n: one\n"
    >>> parse(header + "RETURN 1 AS n;", "one", "cypher").body
    'RETURN 1 AS n'
    """
    header, body = _split(text, name, _MARKS[language])
    parameters = tuple(_parameter(*entry, name) for entry in _entries(header["parameters"], name))
    returns = tuple(_column(*entry, name) for entry in _entries(header["returns"], name))
    code = list(tokens(body, language))
    _compare({p.name for p in parameters}, {t.text for t in code if t.kind == "parameter"}, name)
    found = [_column_name(piece, language, name) for piece in _returned(code, language, name)]
    declared = [c.name for c in returns]
    if found != declared:
        raise MalformedQuery(f"{name}: the header returns {', '.join(declared)}; the body returns {', '.join(found)}")
    title, why = (" ".join(line.strip() for line in header[key]).strip() for key in ("title", "why"))
    if not title or not why:
        raise MalformedQuery(f"{name}: title and why need a sentence each")
    return Query(name, title, why, parameters, returns, body)


@cache
def _names(folder: str, suffix: str) -> tuple[str, ...]:
    files = (resources.files("queries") / folder).iterdir()
    return tuple(sorted(f.name.removesuffix(f".{suffix}") for f in files if f.name.endswith(f".{suffix}")))


@cache
def _read(folder: str, suffix: Language, name: str) -> Query:
    known = _names(folder, suffix)
    if name not in known:
        raise NoSuchQuery(f"no query {name!r}; there are {', '.join(known)}")
    text = (resources.files("queries") / folder / f"{name}.{suffix}").read_text("utf-8")
    if other := _LIKE.search(text):
        text = _like(text, other, _source(folder, suffix, other[1]), _MARKS[suffix])
    return replace(parse(text, f"{folder}/{name}.{suffix}", suffix), name=name)


def _source(folder: str, suffix: str, name: str) -> str:
    if name not in _names(folder, suffix):
        raise MalformedQuery(f"{folder}: like: {name} names no query; there are {', '.join(_names(folder, suffix))}")
    return (resources.files("queries") / folder / f"{name}.{suffix}").read_text("utf-8")


def _like(text: str, other: re.Match[str], whole: str, mark: str) -> str:
    """Return the text of a file that says ``like:``, with the columns and the body of the other's ``whole`` text."""
    start = whole.find(f"{mark} returns:")
    return f"{text[: other.start()]}{whole[start:]}"


def _split(text: str, name: str, mark: str) -> tuple[dict[str, list[str]], str]:
    """Part the header, as lines by key, from the body."""
    header: dict[str, list[str]] = {}
    lines = text.splitlines()
    end = next((at for at, line in enumerate(lines) if not line.startswith(mark)), len(lines))
    key = ""
    for at, line in enumerate(lines[:end]):
        content = line.removeprefix(mark).removeprefix(" ")
        if match := _KEY.fullmatch(content):
            key = match[1]
            if key in header:
                raise MalformedQuery(f"{name}:{at + 1}: {key} stands there twice")
            header[key] = [match[2]]
        elif not key:
            raise MalformedQuery(f"{name}:{at + 1}: the header begins with {mark} title: …")
        else:
            header[key].append(content)
    if missing := [key for key in _KEYS if key not in header]:
        raise MalformedQuery(f"{name}: the header lacks {', '.join(missing)}")
    return header, "\n".join(lines[end:]).strip().removesuffix(";").rstrip()


def _entries(lines: Sequence[str], name: str) -> Iterator[tuple[str, str]]:
    """Yield name and rest (``: sentence`` or ``= default: sentence``) of each entry, continuation lines joined."""
    if lines[0].strip():
        raise MalformedQuery(f"{name}: entries stand on their own lines, not after {lines[0]!r}")
    joined: list[list[str]] = []
    for line in lines[1:]:
        if match := _ENTRY.fullmatch(line):
            joined.append([match[1], f"{match[2]} {match[3]}"])
        elif joined:
            joined[-1][1] += f" {line.strip()}"
        else:
            raise MalformedQuery(f"{name}: {line.strip()!r} is no entry; write NAME: SENTENCE")
    yield from ((entry, rest) for entry, rest in joined)


def _parameter(entry: str, rest: str, name: str) -> Parameter:
    if rest.startswith(":"):
        return Parameter(entry, _sentence(entry, rest, name))
    text = rest.removeprefix("=").strip()
    try:
        default, end = json.JSONDecoder().raw_decode(text)
    except json.JSONDecodeError as error:
        raise MalformedQuery(f"{name}: the default of {entry} is no JSON value: {text}") from error
    return Parameter(entry, _sentence(entry, text[end:].strip(), name), required=False, default=default)


def _column(entry: str, rest: str, name: str) -> Column:
    return Column(entry, _sentence(entry, rest, name))


def _sentence(entry: str, rest: str, name: str) -> str:
    sentence = rest.removeprefix(":").strip()
    if not rest.startswith(":") or not sentence:
        raise MalformedQuery(f"{name}: {entry} needs a sentence; write {entry}: SENTENCE")
    return sentence


def _compare(declared: set[str], used: set[str], name: str) -> None:
    if extra := sorted(declared - used):
        raise MalformedQuery(f"{name}: the header declares {', '.join(extra)}, which the body does not use")
    if extra := sorted(used - declared):
        raise MalformedQuery(f"{name}: the body uses {', '.join(extra)}, which the header does not declare")


def _returned(code: Sequence[Token], language: Language, name: str) -> Iterator[list[Token]]:
    """Yield the columns after the last RETURN, or the first SELECT, that stands in no bracket."""
    keyword = "RETURN" if language == "cypher" else "SELECT"
    depth, starts = 0, []
    for at, token in enumerate(code):
        depth += _step(token)
        if depth == 0 and token.kind == "word" and token.text.upper() == keyword:
            starts.append(at)
    if not starts:
        raise MalformedQuery(f"{name}: no {keyword} outside of brackets")
    rest = code[(starts[-1] if keyword == "RETURN" else starts[0]) + 1 :]
    return _pieces(rest[1:] if rest and rest[0].text.upper() == "DISTINCT" else rest)


def _pieces(code: Sequence[Token]) -> Iterator[list[Token]]:
    """Yield what stands between the commas outside of brackets, up to the end of the columns."""
    depth, piece = 0, list[Token]()
    for token in code:
        depth += _step(token)
        if depth == 0 and token.kind == "word" and token.text.upper() in _AFTER_COLUMNS:
            break
        if depth == 0 and token.text == "," and token.kind == "mark":
            yield piece
            piece = []
        else:
            piece.append(token)
    yield piece


def _column_name(piece: Sequence[Token], language: Language, name: str) -> str:
    """Return what the column is called; ``table.column`` is called ``column`` in SQL, but ``n.id`` so in Cypher."""
    named = len(piece) > 1 and piece[-2].text.upper() == "AS"
    dotted = language == "sql" and len(piece) == 3 and piece[1].text == "."  # noqa: PLR2004  # table . column
    if not piece or piece[-1].kind not in _NAMES or not (named or dotted or len(piece) == 1):
        shown = " ".join(t.text for t in piece)
        raise MalformedQuery(f"{name}: the column {shown!r} needs a name; write … AS NAME")
    return piece[-1].text


def _step(token: Token) -> int:
    """Return 1 for an opening bracket, -1 for a closing one, else 0."""
    if token.kind != "mark":
        return 0
    return (token.text in _OPENING) - (token.text in _CLOSING)
