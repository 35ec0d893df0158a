"""Every fixture with any of its values replaced by any other: still records or a rejection, and what a case can keep.

A new loader's fixture is taken by itself.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.errors import SourceUnreadable
from graph.staging import Stager
from loaders.formats import named
from tests.loaders.strategies import ANYTHING
from tests.loaders.test_walk import EXPECTED, FIXTURES

Read = Callable[..., Any]
TURNS = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
TEXTS = st.sampled_from(
    ["", " ", "0", "-1", "1e999", "nan", "12:61", "[]", "{}", '{"a"', "<b>", "=1+1", "\u202e", "٣", "@", "a" * 300]
)
VALUES = ANYTHING | TEXTS
#: No JSON, though Python writes and reads it: a line with it counts, a document breaks off there.
INFINITE = st.sampled_from((float("inf"), float("-inf")))


def text_of(name: str) -> str:
    data = (FIXTURES / name).read_bytes()
    data = gzip.decompress(data) if name.endswith(".gz") else data
    return data.decode("utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig", "surrogateescape")


def of_json(name: str) -> bool:
    """Say whether a fixture is JSON: lines of it, or one document."""
    shapes = named(EXPECTED[name]["format"]).shapes
    return shapes != ("text",) and not name.endswith(".xlsx") and text_of(name).lstrip()[:1] in {"{", "["}


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield where each value of a JSON value stands: what it is in, and its key or number."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from places(value[key])


def parsed(text: str) -> list[Any]:
    """Return the lines of a text that are JSON, or the one document that it is."""
    found = []
    for line in text.split("\n"):
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    if not any(isinstance(each, dict) for each in found):
        found = [json.loads(re.sub(r"(?<!\\)\\x0b", "", text), strict=False)]
    return found


def hold(found: Any) -> None:
    """Fail where a row is neither records nor a rejection, or where a case has no column for what a record states."""
    for row in found.rows:
        assert row.records or row.rejection
        assert row.rejection is None or row.rejection.reason
    assert Stager().one_batch(found.rows).rows == len(found.rows)


@pytest.mark.parametrize("name", [name for name in EXPECTED if of_json(name)])
@TURNS
@given(data=st.data())
def test_any_value_of_a_json_fixture_may_be_any_other(name: str, data: st.DataObject, read: Read) -> None:
    values = parsed(text_of(name))
    for _ in range(data.draw(st.integers(1, 4))):
        at = list(places(values))
        inside, key = at[data.draw(st.integers(0, len(at) - 1))]
        if isinstance(inside, dict) and data.draw(st.booleans()):
            del inside[key]
        else:
            inside[key] = data.draw(VALUES | INFINITE)
    written = "".join(json.dumps(value) + "\n" for value in values).encode("utf-8", "surrogatepass")
    with suppress(SourceUnreadable):
        hold(read(written, format_name=EXPECTED[name]["format"]))


@pytest.mark.parametrize("name", [name for name in EXPECTED if not (of_json(name) or name.endswith(".xlsx"))])
@TURNS
@given(data=st.data())
def test_any_cell_or_word_of_another_fixture_may_be_any_other(name: str, data: st.DataObject, read: Read) -> None:
    lines = text_of(name).split("\n")
    marks = [mark for mark in (",", ";", "\t", " - ", ": ") if mark in lines[0]] or [" "]
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(min(1, len(lines) - 1), len(lines) - 1))
        mark = data.draw(st.sampled_from(marks))
        cells = lines[at].split(mark)
        cells[data.draw(st.integers(0, len(cells) - 1))] = data.draw(TEXTS | st.text(max_size=20))
        lines[at] = mark.join(cells)
    written = "\n".join(lines).encode("utf-8", "surrogateescape")
    with suppress(SourceUnreadable):
        hold(read(written, format_name=EXPECTED[name]["format"]))
