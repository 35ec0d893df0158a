"""Every loader says what it is and reads its fixtures as expected."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zlib import crc32

import pytest

from graph.errors import SourceUnreadable
from loaders.formats import known, open_source

if TYPE_CHECKING:
    from collections.abc import Iterator

FIXTURES = Path(__file__).parent.parent / "fixtures" / "loaders"
#: What each fixture comes to, by its name: a file beside the fixtures for each.
EXPECTED: dict[str, dict[str, Any]] = {
    path.stem: json.loads(path.read_text("utf-8")) for path in sorted((FIXTURES / "expected").iterdir())
}


def test_the_four_first_formats_are_known() -> None:
    assert {loader.name for loader in known()} >= {"csv", "coortweet", "x-jsonl", "telegram-desktop"}


@pytest.mark.parametrize("loader", known(), ids=lambda loader: loader.name)
def test_a_loader_has_a_title_columns_with_a_sentence_each_and_a_fixture(loader: Any) -> None:
    assert loader.title
    assert loader.columns
    assert all(len(meaning.split()) >= 2 for meaning in loader.columns.values())
    assert loader.name in {expected["format"] for expected in EXPECTED.values()}
    assert ("json-document" in loader.shapes) == (loader.layout is not None)
    assert ("text" in loader.shapes) == (loader.text_layout is not None)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_fixture_is_recognised_and_every_row_of_it_is_accounted_for(name: str, fixtures: Path) -> None:
    expected = EXPECTED[name]
    said = {option: expected[option] for option in ("platform", "collector", "timezone") if option in expected}
    opened = open_source(fixtures / name, **said)
    rows = list(opened.rows)
    found: Counter[str] = Counter(record.table for row in rows for record in row.records)
    assert {
        "format": opened.source.format,
        "read": len(rows),
        "rejected": sum(row.rejection is not None for row in rows),
        "records": dict(sorted(found.items())),
        "reasons": [[row.rejection.line, row.rejection.reason] for row in rows if row.rejection],
        "warnings": opened.warnings,
    } == {key: value for key, value in expected.items() if key not in said}
    assert all(row.records or row.rejection for row in rows)


def test_every_fixture_file_has_an_expected_count(fixtures: Path) -> None:
    assert {path.name for path in fixtures.iterdir()} - {"expected"} == set(EXPECTED)


def pairs() -> Iterator[Any]:
    """Yield every fixture with every loader. They grow by products, so three of four belong to the long tests."""
    for name in EXPECTED:
        for loader in known():
            often = crc32(f"{name} {loader.name}".encode()) % 4 == 0
            yield pytest.param(name, loader, id=f"{name}-{loader.name}", marks=() if often else pytest.mark.long)


@pytest.mark.parametrize(("name", "loader"), list(pairs()))
def test_a_fixture_read_as_another_format_gives_rejections_or_a_plain_error(
    name: str, loader: Any, fixtures: Path
) -> None:
    rows = []
    with suppress(SourceUnreadable):
        rows = list(open_source(fixtures / name, format_name=loader.name).rows)
    assert all(row.records or row.rejection for row in rows)
