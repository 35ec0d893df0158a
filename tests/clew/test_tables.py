"""Printed tables, read as an investigator would: an id can be copied, and a missing answer is no empty one."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from clew.cli import talk
from graph.wording import counted

Clew = Any
WORDS = st.text(alphabet="abc123:/-_", min_size=1, max_size=40)
ROWS = st.fixed_dictionaries({"account": WORDS, "other": WORDS, "links": st.integers(0, 10**7)})


def printed(width: int, rows: list[dict[str, Any]], columns: tuple[str, ...]) -> str:
    file = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(talk, "to_stdout", lambda: Console(file=file, width=width, highlight=False))
        talk.show_table(rows, columns)
    return file.getvalue()


@settings(max_examples=25)
@given(rows=st.lists(ROWS, max_size=5))
def test_no_id_is_broken_whatever_the_width(rows: list[dict[str, Any]]) -> None:
    for width in (60, 80, 120):
        said = printed(width, rows, ("account", "other", "links"))
        assert all(len(line) <= width for line in said.splitlines())
        for row in rows:
            assert all(word in said for word in (row["account"], row["other"], f"{row['links']:,}"))


def test_a_table_that_is_too_wide_becomes_blocks_that_name_each_column() -> None:
    row = {"account": "telegram:" + "1" * 25, "other": "telegram:" + "2" * 25, "via": None, "note": "one two " * 20}
    said = printed(70, [row, row], tuple(row))
    assert "── 2 of 2" in said
    assert f"account  {row['account']}" in said
    assert "via" not in said
    assert printed(200, [row], tuple(row)).startswith("┏")


@pytest.mark.parametrize(("number", "said"), [(0, "0 links"), (1, "1 link"), (2000, "2,000 links")])
def test_a_number_goes_with_its_noun(number: int, said: str) -> None:
    assert counted(number, "link") == said


def test_an_output_of_a_case_without_a_run_says_that_nobody_looked(clew: Clew, files: Path) -> None:
    case = files / "new.duckdb"
    clew("load", case, files / "accounts.csv")
    for words in (("map", case, "--out", files / "maps"), ("export", case, "--out", files / "tables")):
        assert "nobody looked for links in this case yet: clew run CASE" in clew(*words).err
    clew("run", case)
    for words in (("map", case, "--out", files / "maps"), ("export", case, "--out", files / "tables")):
        assert "nobody looked" not in clew(*words).err


def test_status_tells_the_runs_and_which_of_them_it_shows(clew: Clew, case: Path) -> None:
    clew("links", case, "--window", "10")
    said = clew("status", case).out
    assert clew("status", case, "--json").json["case_id"] in said
    lines = [line.split() for line in said.splitlines() if "window" in line]
    assert ["60" in line and "yes" not in line for line in lines] == [True, False]
    assert "yes" in lines[1]
