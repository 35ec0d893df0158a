"""``clew scan``: from texts, one JSON object a line, to what stands in them; nothing is kept.

A line in gives a line out, in order. A line that can't be read gives one that says why, so that none is lost.
"""

from __future__ import annotations

import json
from collections import Counter
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

import orjson
import phonenumbers

from loaders.mentions import read_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO

    from graph.records import Mention

#: A longer line is no text that anybody wrote; what is held in memory is bounded by it.
LONGEST_LINE = 1 << 26
#: Escapes what is not ASCII: a terminal obeys some of what accounts write.
_ENCODER = json.JSONEncoder(separators=(",", ":"))
_TYPES = {type(None): "null", bool: "true or false", str: "a string", list: "a list", dict: "an object"}


def scan(stream: BinaryIO, counts: Counter[str], name: str | None = None) -> Iterator[str]:
    """Yield for each line of a stream its answer as a line of JSON in ASCII, without its end.

    The lines are JSON objects with ``text``, and as far as they are known ``id`` (given back as it is), ``region_hint``
    (ISO 3166-1 alpha-2: where national numbers in the text are dialled from), ``platform`` and ``kind``: ``sender`` or
    ``contact_card`` for a text that is a number, ``link`` for one that is a link; any other is prose. ``counts`` is
    counted up: ``lines``, ``errors``, ``notes`` and ``found`` (lines with anything in them). ``name`` is the file's,
    for errors.
    """
    for number, line in enumerate(_lines(stream), start=1):
        answer = _answer(line)
        if "error" in answer:
            answer = {"id": answer["id"], **({"file": name} if name else {}), "line": number, "error": answer["error"]}
        counts["lines"] += 1
        counts["errors"] += "error" in answer
        counts["notes"] += "notes" in answer
        counts["found"] += bool(answer.get("evidence"))
        yield _ENCODER.encode(answer).replace("\x7f", "\\u007f")  # DEL is ASCII, and a control


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    """Yield the lines of a stream as they come; of one that is too long, its beginning."""
    first = stream.readline(LONGEST_LINE + 1).removeprefix(b"\xef\xbb\xbf")  # a byte order mark
    for line in chain((first,) if first else (), iter(partial(stream.readline, LONGEST_LINE + 1), b"")):
        yield line
        rest = line
        while len(rest) > LONGEST_LINE and not rest.endswith(b"\n"):
            rest = stream.readline(LONGEST_LINE + 1)


def _answer(line: bytes) -> dict[str, Any]:
    """Return what a line's text has in it, or its id with the ``error``."""
    if len(line) > LONGEST_LINE:
        return {"id": None, "error": f"longer than {LONGEST_LINE:,} bytes"}
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError as problem:
        why = (
            "there is nothing in the line" if not line.strip() else f"no JSON: {problem.msg} at column {problem.colno}"
        )
        return {"id": None, "error": why}
    if not isinstance(value, dict):
        return {"id": None, "error": f"no JSON object but {_TYPES.get(type(value), 'a number')}"}
    text = value.get("text")
    if not isinstance(text, str):
        why = f"its text is no string but {_TYPES.get(type(text), 'a number')}" if "text" in value else "it has no text"
        return {"id": value.get("id"), "error": why}
    region, note = _region(value.get("region_hint"))
    kind = value.get("kind")
    found, stance = read_text(text, region, kind if isinstance(kind, str) else "", evidence=True)
    answer = {"id": value.get("id"), **found_in(found)}
    if stance:
        signs = [each._asdict() for each in stance.evidence]
        evidence = sorted(answer.pop("evidence") + signs, key=lambda each: (each["start"], -each["end"]))
        answer |= {"stance": stance.stance, "stance_score": stance.score, "signals": list(stance.signals)}
        answer["evidence"] = evidence
    return answer | {"notes": [note]} if note else answer


def _region(hint: Any) -> tuple[str | None, str | None]:
    """Return a country's code in capitals, or ``None`` and why a hint is none."""
    if hint is None or hint == "":
        return None, None
    code = hint.strip().upper() if isinstance(hint, str) else None
    if code in phonenumbers.SUPPORTED_REGIONS:
        return code, None
    shown = _ENCODER.encode(hint)
    shown = shown if len(shown) <= 40 else f"{shown[:40]}…"  # noqa: PLR2004 - enough to see it
    return None, f"region_hint {shown} is no ISO 3166-1 code of a country with telephones; it is left out of account"


def found_in(mentions: Iterable[Mention]) -> dict[str, Any]:
    """Return mentions as ``clew scan`` gives them: each value once, in order, and each place as evidence."""
    phones: dict[str, None] = {}
    ambiguous: dict[str, list[str]] = {}
    invites: dict[str, None] = {}
    others: dict[tuple[str, str], None] = {}
    evidence = []
    for mention in mentions:
        value = mention.value
        if value is None:
            ambiguous.setdefault(mention.as_written, list(mention.candidates))
        elif mention.kind == "phone":
            phones[value] = None
        elif mention.kind == "invite":
            invites[value] = None
        else:
            others[mention.kind, value] = None
        what = f"{mention.kind} {value}" if value is not None else f"ambiguous phone {mention.as_written}"
        evidence.append({"what": what, "start": mention.start, "end": mention.end, "rule": mention.rule})
    return {
        "phones": list(phones),
        "ambiguous_phones": [[raw, candidates] for raw, candidates in ambiguous.items()],
        "invites": list(invites),
        "identifiers": [{"kind": kind, "value": value} for kind, value in others],
        "evidence": evidence,
    }
