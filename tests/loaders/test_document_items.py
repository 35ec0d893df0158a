"""Rows that are cut out of a document whole are the rows that are in it, whatever else it says."""

from __future__ import annotations

import io
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from loaders import document_items
from loaders.document_items import Sliced

BRIEF = settings(max_examples=200, deadline=None)
#: What looks like the end of a row, or the start of a list of rows, and is text.
TRAPS = (
    '"messages": [', '"messages":[{', '", "messages": [ {"a": 1} ], "', "},{", "\n }", "}", "]", "\\", '\\"', "ü\u2028"
)  # fmt: skip
TEXTS = st.sampled_from(TRAPS) | st.text(max_size=8)
SCALARS = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, width=32) | TEXTS
VALUES = st.recursive(
    SCALARS,
    lambda deeper: st.lists(deeper, max_size=3) | st.dictionaries(TEXTS | st.just("messages"), deeper, max_size=3),
    max_leaves=12,
)
DOCUMENTS = st.dictionaries(
    TEXTS | st.sampled_from(("messages", "chats")),
    st.lists(st.dictionaries(TEXTS, VALUES, max_size=4) | VALUES, max_size=5) | VALUES,
    max_size=4,
)


class Drip(io.RawIOBase):
    """A stream that gives a few bytes at a time."""

    def __init__(self, content: bytes, size: int) -> None:
        self._content = io.BytesIO(content)
        self._size = size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        given = self._content.read(min(self._size, len(buffer)))
        buffer[: len(given)] = given
        return len(given)


def put_back(value: Any, sliced: Sliced) -> Any:
    """Return a document with the objects in the place of the strings that stand for them."""
    if isinstance(value, str):
        assert sliced.taken(value) is None, "only members of lists are cut out"
        return value
    if isinstance(value, list):
        members = []
        for each in value:
            taken = sliced.taken(each) if isinstance(each, str) else None
            members += [put_back(each, sliced)] if taken is None else taken[0]
        return members
    return {key: put_back(each, sliced) for key, each in value.items()} if isinstance(value, dict) else value


def read(
    content: bytes, size: int = 1 << 16, names: frozenset[str] = frozenset({"messages"}), *, root: bool = False
) -> tuple[Any, int]:
    """Return the document that comes out, and how many bytes of it the parser has to read."""
    sliced = Sliced(Drip(content, size), names, root=root)
    passed = sliced.read()
    assert passed is not None
    return put_back(json.loads(passed), sliced), len(passed)


@BRIEF
@given(document=DOCUMENTS, indent=st.sampled_from((None, 0, 1, 4)), size=st.integers(1, 40))
def test_a_document_comes_out_as_it_was_written(document: Any, indent: int | None, size: int) -> None:
    written = json.dumps(document, indent=indent).encode()
    assert read(written, size)[0] == json.loads(written)


def test_regular_rows_reach_the_parser_as_one_string_for_many() -> None:
    document = {"id": 1, "messages": [{"id": each, "text": "words " * 20} for each in range(100)]}
    for indent, line_end in ((None, b"\n"), (1, b"\n"), (2, b"\r\n")):
        written = json.dumps(document, indent=indent).encode().replace(b"\n", line_end)
        found, passed = read(written)
        assert found == document
        assert passed < 100


def test_irregular_rows_reach_the_parser_as_they_are() -> None:
    deep: Any = 1
    for _ in range(document_items.BRACKETS_LIMIT):
        deep = [deep]
    rows = [{"deep": deep}, {"long": "x" * document_items.ITEM_LIMIT}, {"id": 1}, 7, "text", None, [{}]]
    document = {"messages": rows, "after": [{"messages": [{"id": 2}]}]}
    for indent in (None, 1):
        written = json.dumps(document, indent=indent).encode()
        found, passed = read(written)
        assert found == document
        assert passed > document_items.ITEM_LIMIT


def test_a_text_can_not_pass_for_a_row() -> None:
    sliced = Sliced(io.BytesIO(b""), {"messages"})  # type: ignore[arg-type]
    assert sliced.taken("0123456789abcdef1") is None


@BRIEF
@given(
    document=DOCUMENTS | st.lists(DOCUMENTS | VALUES, max_size=6),
    before=st.sampled_from(("", " ", "\n" * 50)),
    indent=st.sampled_from((None, 1)),
    size=st.integers(1, 40),
    names=st.sampled_from((frozenset[str](), frozenset({"messages"}))),
)
def test_a_list_comes_out_as_it_was_written_and_so_does_what_is_none(
    document: Any, before: str, indent: int | None, size: int, names: frozenset[str]
) -> None:
    written = before.encode() + json.dumps(document, indent=indent).encode()
    assert read(written, size, names, root=True)[0] == json.loads(written)


def test_the_rows_of_a_list_reach_the_parser_as_one_string_for_many() -> None:
    document = [{"id": each, "text": "words " * 20, "inner": [{"id": 1}]} for each in range(100)]
    for indent in (None, 1):
        written = b" \n" + json.dumps(document, indent=indent).encode()
        found, passed = read(written, names=frozenset(), root=True)
        assert found == document
        assert passed < 100
