"""What rows need of one another is foreseen: gone through once before any row becomes records, and told to each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from graph.errors import SourceUnreadable
from graph.records import Account, Record, Rejection
from loaders import formats
from loaders.contract import Layout, Loader, Row
from loaders.formats import open_source

SEEN: list[Mapping[str, Any]] = []


def _foresee(rows: Iterable[Mapping[str, Any]]) -> Mapping[str, Any]:
    SEEN.extend(rows)
    return {"names": [row.get("name") or row["item"].get("name") for row in SEEN]}


def _records(row: Row) -> Iterable[Record | Rejection]:
    yield Account(platform="x", native_id=str(row.line), bio=json.dumps(row.foreseen.get("names")))


LOADER = Loader(
    name="made-up",
    title="rows that name one another",
    shapes=("json-lines", "json-document"),
    recognises=lambda _: None,
    columns={"name": "what it is called"},
    records=_records,  # type: ignore[arg-type] # a generator as good as any
    layout=Layout(rows=("list.item",)),
    foresee=_foresee,
)


def read(path: Path, loader: Loader, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    SEEN.clear()
    monkeypatch.setattr(formats, "known", lambda: (loader,))
    return list(open_source(path).rows)


@pytest.mark.parametrize("text", ['{"name":"a"}\nno JSON\n{"name":"b"}\n', '{\n"list":[{"name":"a"},7,{"name":"b"}]}'])
def test_every_row_is_told_what_stands_before_and_after_it(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "source"
    path.write_text(text)
    rows = read(path, LOADER, monkeypatch)
    assert [[record.bio for record in row.records] for row in rows] == [['["a", "b"]'], [], ['["a", "b"]']]
    assert len(SEEN) == 2


def test_a_loader_that_foresees_nothing_reads_its_source_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "source"
    path.write_text('{"name":"a"}\n')
    rows = read(path, replace(LOADER, foresee=None), monkeypatch)
    assert [record.bio for row in rows for record in row.records] == ["null"]
    assert not SEEN


def test_nothing_is_foreseen_before_rows_are_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "source"
    path.write_text('{\n"list":[')
    monkeypatch.setattr(formats, "known", lambda: (LOADER,))
    opened = open_source(path)
    with pytest.raises(SourceUnreadable):
        list(opened.rows)


def test_a_row_foresees_nothing_unless_it_is_told() -> None:
    assert dict(Row({}, None, 1).foreseen) == {}  # type: ignore[arg-type] # its source does not matter
