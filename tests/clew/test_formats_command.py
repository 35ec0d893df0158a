"""``clew formats``: every format that is known, with what is read of it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import loaders
from loaders.formats import known

Clew = Any
SHAPES = {"table", "JSON lines", "JSON document", "text"}
_ANOTHER = """
from loaders.contract import Loader
LOADER = Loader(
    name="of-somebody", title="somebody's own \\x1b[2J", shapes=("table", "json-lines"), recognises=lambda head: "no",
    columns={"who": "whose it is"}, records=lambda row: iter(()), platform="tiktok",
)
"""


def test_each_format_is_listed_with_its_columns(clew: Clew) -> None:
    said = clew("formats")
    assert said.code == 0
    words = " ".join(said.out.split())
    for loader in known():
        assert loader.name in words
    assert "--as NAME" in said.err


@pytest.mark.parametrize("loader", known(), ids=lambda loader: loader.name)
def test_one_format_is_shown_with_what_each_column_means(loader: Any, clew: Clew) -> None:
    said = clew("formats", loader.name)
    assert said.out.startswith(f"{loader.name}: {loader.title}\n")
    assert any(shape in said.out.splitlines()[1] for shape in SHAPES)
    words = said.out.replace("│", " ")
    assert all(name in words for name in loader.columns)


def test_as_json_a_program_gets_all_of_it(clew: Clew) -> None:
    told = {each["name"]: each for each in clew("formats", "--json").json}
    assert set(told) == {loader.name for loader in known()}
    assert told["csv"]["columns"]["handle"]["meaning"].startswith("its unique public name")
    assert "screen_name" in told["csv"]["columns"]["handle"]["also called"]
    assert told["csv"]["maps"] is True
    assert told["coortweet"]["shapes"] == ["table"]
    assert told["x-jsonl"]["platform"] == "x"
    assert clew("formats", "csv", "--json").json == told["csv"]


def test_an_unknown_format_is_one_line_with_those_that_are_known(clew: Clew) -> None:
    said = clew("formats", "excel")
    assert (said.code, said.out) == (1, "")
    assert said.err.count("\n") == 1
    assert "telegram-desktop" in said.err


@pytest.fixture
def another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Add somebody else's loader to the folder, and take it away again."""
    (tmp_path / "of_somebody.py").write_text(_ANOTHER)
    monkeypatch.setattr(loaders, "__path__", [*loaders.__path__, str(tmp_path)])
    known.cache_clear()
    yield
    known.cache_clear()
    sys.modules.pop("loaders.of_somebody", None)


@pytest.mark.usefixtures("another")
def test_a_loader_of_somebody_else_s_appears_by_itself(clew: Clew) -> None:
    assert clew("formats", "of-somebody", "--json").json == {
        "name": "of-somebody",
        "title": "somebody's own \x1b[2J",
        "shapes": ["table", "json-lines"],
        "platform": "tiktok",
        "maps": False,
        "columns": {"who": {"meaning": "whose it is"}},
    }
    shown = clew("formats").out
    assert "of-somebody" in shown
    assert "\x1b" not in shown
