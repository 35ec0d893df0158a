"""Tables as files, data frames and a networkx graph: what they hold, and what hostile text does there."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from graph.case import Case
from graph.errors import OutputUnwritable, ParameterRefused
from graph.export import TABLES, export, table
from graph.networks import to_networkx
from graph.records import Account, Mention, Moment, Post, Repost
from graph.status import status_of

NUMBER = "+447700900001"
HOSTILE = [
    "=cmd|'/c calc'!A1",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\tx",
    "\rx",
    'a"b,c\nd',
    "<script>alert(1)</script>",
    "\x1b[2J",
]


def find(text: str, region: str | None, place: str) -> tuple[list[Mention], None]:
    del region, place
    at = text.find(NUMBER)
    if at < 0:
        return [], None
    return [Mention(kind="phone", value=NUMBER, as_written=NUMBER, start=at, end=at + len(NUMBER), rule="t")], None


@pytest.fixture
def derived(case: Case, add) -> Case:
    accounts = [Account(platform="x", native_id=n, bio=f"{bio} {NUMBER}", handle=bio) for n, bio in enumerate_names()]
    post = Post(platform="x", native_id="1", account_id="x:a0", text=f"call {NUMBER}", at=Moment(1_700_000_000_000_000))
    shares = [
        Repost(account_id=f"x:a{n}", content_id=f"c{n}{k}", object_id=f"o{k}", at=Moment(k * 10**9 + n))
        for n in range(2)
        for k in range(2)
    ]
    add([*accounts, post, *shares])
    case.run(find, {})
    return case


def enumerate_names() -> list[tuple[str, str]]:
    return [(f"a{n}", text) for n, text in enumerate(HOSTILE)]


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_table_is_written_with_the_rows_it_has(derived: Case, tmp_path: Path) -> None:
    written = export(derived, tmp_path / "out")
    assert set(written) == {f"{name}.csv" for name in TABLES}
    for name, count in written.items():
        assert len(read(tmp_path / "out" / name)) == count
    links = read(tmp_path / "out" / "links.csv")
    assert list(links[0]) == ["account_a", "account_b", "kind", "weight", "evidence", "first_seen", "last_seen"]
    memberships = read(tmp_path / "out" / "memberships.csv")
    assert list(memberships[0]) == ["cluster_id", "account_id", "role", "rank", "score"]
    assert len(memberships) == len(HOSTILE)
    co_repost = [row for row in links if row["kind"] == "co_repost"]
    assert co_repost == [
        {
            "account_a": "x:a0", "account_b": "x:a1", "kind": "co_repost", "weight": "2.0",
            "evidence": "c00 c01 c10 c11", "first_seen": "1970-01-01T00:00:00Z", "last_seen": "1970-01-01T00:16:40Z",
        }
    ]  # fmt: skip


def test_what_two_accounts_share_and_where_it_stands_has_a_row_each(derived: Case, tmp_path: Path) -> None:
    export(derived, tmp_path)
    pair = {"account_a": "x:a0", "account_b": "x:a1"}
    shared = [row for row in read(tmp_path / "shared_values.csv") if pair.items() <= row.items()]
    assert [row["value"] for row in shared] == ["o0", "o1", NUMBER]
    evidence = [row for row in read(tmp_path / "evidence.csv") if pair.items() <= row.items()]
    assert [row["record_id"] for row in evidence] == ["c00", "c01", "c10", "c11", "x:1", "x:a0", "x:a1"]


def test_an_export_says_by_which_parameters_it_was_found(derived: Case, tmp_path: Path) -> None:
    rows = export(derived, tmp_path)
    facts = json.loads((tmp_path / "export.json").read_text("utf-8"))
    assert facts["case_id"] == derived.id
    assert facts["links_parameters"]["window"] == 60
    assert facts["derived_hash"] == status_of(derived)["derived_hash"]
    assert facts["rows"] == rows


def test_no_cell_begins_a_formula_and_every_text_comes_back(derived: Case, tmp_path: Path) -> None:
    export(derived, tmp_path)
    for name in TABLES:
        for row in read(tmp_path / f"{name}.csv"):
            for column, cell in row.items():
                assert not cell.startswith(("=", "@", "\t", "\r")), (name, column, cell)
                assert not cell.startswith(("+", "-")) or cell == NUMBER or float(cell), (name, column, cell)
    bios = [row["handle"].removeprefix("'") for row in read(tmp_path / "accounts.csv")]
    assert sorted(bios) == sorted(HOSTILE)


def test_an_export_into_a_file_or_an_unknown_format_says_so(derived: Case, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("mine")
    with pytest.raises(OutputUnwritable, match="taken"):
        export(derived, tmp_path / "taken")
    assert (tmp_path / "taken").read_text() == "mine"
    with pytest.raises(ParameterRefused, match="csv"):
        export(derived, tmp_path, to="pdf")
    with pytest.raises(ParameterRefused, match="no table"):
        table(derived, "secrets")


def test_an_empty_case_exports_headers(case: Case, add, tmp_path: Path) -> None:
    add([])
    assert set(export(case, tmp_path).values()) == {0}
    assert (tmp_path / "clusters.csv").read_text().strip() == "cluster_id,size,links,strength,rank_1_account"


def test_tables_are_data_frames(derived: Case) -> None:
    frame = table(derived, "clusters")
    assert list(frame.columns) == ["cluster_id", "size", "links", "strength", "rank_1_account"]
    assert frame["size"].tolist() == [len(HOSTILE)]


def test_the_networkx_graph_has_all_attributes(derived: Case) -> None:
    made = to_networkx(derived)
    assert made.number_of_nodes() == len(HOSTILE)
    assert made.nodes["x:a0"]["handle"] == HOSTILE[0]
    assert made.nodes["x:a0"]["rank"] >= 1
    edge = made.edges["x:a0", "x:a1"]
    assert edge["kinds"] == ["co_repost", "shared_phone"]
    assert edge["weight"] == pytest.approx(edge["co_repost"]["strength"] + edge["shared_phone"]["strength"])
    assert edge["shared_phone"]["via"] == [NUMBER]


def test_set_aside_accounts_are_in_no_file_unless_asked_for(derived: Case, tmp_path: Path) -> None:
    derived.judge("x:a0", kind="set_aside", value="yes")
    export(derived, tmp_path / "without")
    export(derived, tmp_path / "with", include_set_aside=True)
    found = {
        folder: any("x:a0" in (tmp_path / folder / f"{name}.csv").read_text() for name in TABLES)
        for folder in ("without", "with")
    }
    assert found == {"without": False, "with": True}
