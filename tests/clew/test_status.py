"""``clew status``: the figures that the issue names, and each rejection with file, line and reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import clew as facade
from queries.reader import link_kinds

Clew = Any
KEYS = {
    "accounts", "posts", "reposts", "mentions", "clusters", "rejected", "sources", "links", "content_hash",
    "derived_hash",
}  # fmt: skip
SOURCE_KEYS = {"name", "sha256", "format", "read", "new", "known", "rejected"}


def test_the_figures_have_their_names(clew: Clew, case: Path) -> None:
    figures = clew("status", case, "--json").json
    assert set(figures) >= KEYS
    assert all(set(source) >= SOURCE_KEYS for source in figures["sources"])
    assert set(figures["links"]) == set(link_kinds())
    assert all({"pairs", "links", "accounts"} <= set(counts) for counts in figures["links"].values())


def test_the_figures_are_those_of_the_files(clew: Clew, case: Path) -> None:
    """Accounts 1, 2 and 3 hold one number, 3 and 4 another; 5 writes a number in a post of its own."""
    figures = clew("status", case, "--json").json
    assert {name: figures[name] for name in ("accounts", "posts", "reposts", "rejected")} == {
        "accounts": 5,
        "posts": 2,
        "reposts": 0,
        "rejected": 1,
    }
    assert figures["mentions"] == 7
    assert figures["links"]["shared_phone"]["links"] == 7
    assert figures["links"]["shared_phone"]["accounts"] == 5
    assert figures["clusters"] == 1


def test_every_row_read_is_new_known_or_rejected(clew: Clew, case: Path) -> None:
    for source in clew("status", case, "--json").json["sources"]:
        assert source["read"] == source["new"] + source["known"] + source["rejected"] > 0


def test_each_rejection_is_listed_with_file_line_and_reason(clew: Clew, case: Path) -> None:
    listed = clew("status", case, "--json").json["rejections"]
    assert [(one["source"], one["line"]) for one in listed] == [("posts.csv", 3)]
    assert "yesterday evening" in listed[0]["reason"]
    shown = clew("status", case).out
    assert "posts.csv" in shown
    assert "yesterday evening" in shown.replace("\n", "")


def test_many_rejections_are_shown_in_part_and_listed_when_asked_for(clew: Clew, tmp_path: Path) -> None:
    rows = "".join(f"{n},{n},never-{n}x\n" for n in range(1, 31))
    (tmp_path / "bad.csv").write_text("account_id,post_id,timestamp\n" + rows)
    path = tmp_path / "x.duckdb"
    assert clew("load", path, tmp_path / "bad.csv").code == 0
    some, everything = clew("status", path).out, clew("status", path, "--rejections").out
    assert "never-10x" in some
    assert "never-11x" not in some
    assert "20 more" in some
    assert all(f"never-{n}x" in everything for n in range(1, 31))


def test_the_same_files_twice_change_nothing(clew: Clew, case: Path, files: Path) -> None:
    before = clew("status", case, "--json").json
    clew("load", case, files / "accounts.csv", files / "posts.csv", "--platform", "tiktok")
    clew("run", case)
    after = clew("status", case, "--json").json
    again = after["sources"][2:]
    assert [(load["new"], load["known"], load["rejected"]) for load in again] == [(0, 5, 0), (0, 2, 1)]
    assert after["content_hash"] == before["content_hash"]
    assert after["derived_hash"] == before["derived_hash"]


def test_the_order_of_loading_changes_nothing(clew: Clew, case: Path, files: Path) -> None:
    other = files / "other.duckdb"
    clew("load", other, files / "posts.csv", files / "accounts.csv", "--platform", "tiktok")
    clew("run", other)
    hashes = [
        {name: clew("status", path, "--json").json[name] for name in ("content_hash", "derived_hash")}
        for path in (case, other)
    ]
    assert hashes[0] == hashes[1]


def test_a_case_to_which_something_came_after_its_run_is_called_stale(clew: Clew, case: Path, files: Path) -> None:
    assert clew("status", case, "--json").json["stale"] is False
    (files / "more.csv").write_text("account_id,bio\n6,+44 7700 900789\n")
    clew("load", case, files / "more.csv", "--platform", "tiktok")
    assert clew("status", case, "--json").json["stale"] is True
    assert "clew run CASE again" in clew("status", case).out


def test_an_unknown_run_is_refused_with_those_that_are_kept(clew: Clew, case: Path) -> None:
    said = clew("status", case, "--run", "99")
    assert said.code == 1
    assert "99" in said.err
    assert "3" in said.err


@pytest.mark.parametrize("table", ["accounts", "links", "clusters", "memberships", "mentions", "left_out"])
def test_a_table_has_the_rows_that_status_counts(case: Path, table: str) -> None:
    opened = facade.open(case)
    figures = opened.status()
    expected = {
        "links": sum(counts["links"] for counts in figures["links"].values()),
        "memberships": figures["members"],
        "left_out": 0,
    }.get(table, figures.get(table))
    assert len(opened.table(table)) == expected
