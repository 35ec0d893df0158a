"""Every fixture of every loader in one case: nothing read goes missing, and each rejection can be looked up."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import clew as facade

Clew = Any
FIXTURES = Path(__file__).parent.parent / "fixtures" / "loaders"
EXPECTED: dict[str, dict[str, Any]] = {
    path.stem: json.loads(path.read_text("utf-8")) for path in sorted((FIXTURES / "expected").iterdir())
}


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> facade.Case:
    """Return a case into which every fixture was loaded, twice."""
    case = facade.open(tmp_path_factory.mktemp("fixtures") / "all.duckdb")
    for _ in range(2):
        for name, expected in EXPECTED.items():
            said = {option: expected[option] for option in ("platform", "collector", "timezone") if option in expected}
            case.load(FIXTURES / name, **said)
    return case


def test_every_row_of_every_fixture_is_new_known_or_rejected(loaded: facade.Case) -> None:
    first = loaded.status()["sources"][: len(EXPECTED)]
    assert [load["name"] for load in first] == list(EXPECTED)
    for load in first:
        expected = EXPECTED[load["name"]]
        assert load["read"] == load["new"] + load["known"] + load["rejected"] == expected["read"]
        assert load["rejected"] == expected["rejected"]
        assert load["format"] == expected["format"]


def test_a_second_load_of_a_fixture_adds_nothing(loaded: facade.Case) -> None:
    first, second = (loaded.status()["sources"][at : at + len(EXPECTED)] for at in (0, len(EXPECTED)))
    for before, again in zip(first, second, strict=True):
        assert again["new"] == 0
        assert (again["read"], again["rejected"]) == (before["read"], before["rejected"])


def test_each_rejection_is_listed_once_with_file_line_and_reason(loaded: facade.Case, clew: Clew) -> None:
    expected = {(name, line, reason) for name, one in EXPECTED.items() for line, reason in one["reasons"]}
    table = loaded.rejections()
    assert set(zip(table["source"], table["line"], table["reason"], strict=True)) == expected
    assert len(table) == len(expected)
    shown = clew("status", loaded.path, "--json").json["rejections"]
    assert {(one["source"], one["line"], one["reason"]) for one in shown} == expected
