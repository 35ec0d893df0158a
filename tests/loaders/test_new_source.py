"""A source that nobody heard of before is one file: it is found, recognised, listed and read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import loaders
from graph.records import Account
from loaders import formats

Read = Callable[..., Any]
NEW = '''
"""Call sheets: a table of names."""
from graph.records import Account
from loaders.contract import Loader

def recognises(head):
    return None if head.header == ("sheet", "called") else "it is no call sheet"

def records(row):
    yield Account(platform="sheet", native_id=row.values["sheet"], display_name=row.values["called"])

LOADER = Loader(name="call-sheet", title="Call sheets", shapes=("table",), recognises=recognises,
                columns={"sheet": "its number", "called": "its name"}, records=records, rank=30)
'''


@pytest.fixture
def added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put one file more beside the loaders."""
    (tmp_path / "call_sheet_of_a_test.py").write_text(NEW, "utf-8")
    monkeypatch.setattr(loaders, "__path__", [*loaders.__path__, str(tmp_path)])
    formats.known.cache_clear()
    yield
    formats.known.cache_clear()


@pytest.mark.usefixtures("added")
def test_a_new_file_is_a_format_that_is_recognised_and_read(read: Read) -> None:
    assert "call-sheet" in {loader.name for loader in formats.known()}
    found = read("sheet,called\n7,Seven\n")
    assert found.source.format == "call-sheet"
    assert found.of(Account) == [Account(platform="sheet", native_id="7", display_name="Seven")]


def test_without_the_file_it_is_none(read: Read) -> None:
    assert "call-sheet" not in {loader.name for loader in formats.known()}
