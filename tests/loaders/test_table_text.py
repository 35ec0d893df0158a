"""Regular rows are cut where csv would cut them, whatever stands between them and wherever a block ends."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from graph.errors import SourceUnreadable
from graph.records import Rejection
from loaders import table_text
from loaders.rows import delimiter_of
from loaders.streams import survey
from loaders.table_text import Run, cells_of_run, cut_runs, cut_table

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

#: Of these every quirk of a table can be made: quotes where they belong and where not, ends of lines of all kinds.
PIECES = st.lists(
    st.sampled_from(['"', '""', ",", "\n", "\r\n", "\r", "a", "é😀", '1,"b\nc"\n', "1,2\n", " ", "\0", "\u2028"]),
    max_size=40,
).map("".join)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tables")


def uncut_and_cut(path: Path) -> tuple[list[Any], list[Any], int]:
    """Return a table's rows as csv cuts them, as they are cut in runs, and how many runs there were."""
    surveyed = survey(path)
    delimiter, skip = delimiter_of(surveyed.head)
    runs = 0

    def cells(found: Iterable[Any]) -> Iterable[Any]:
        nonlocal runs
        for each in found:
            if isinstance(each, Run):
                runs += 1
                yield from cells_of_run(each, delimiter)
            else:
                yield each

    return (
        list(cut_table(surveyed, delimiter, skip)),
        list(cells(cut_runs(surveyed, delimiter, skip))),
        runs,
    )


@settings(max_examples=400, deadline=None)
@given(body=PIECES, block=st.integers(1, 12), cut=st.integers(0, 30), skip=st.booleans())
@example(body='1,"open\n2,b\n', block=3, cut=0, skip=False)
@example(body="1,a\r\n2,b\r\n", block=4, cut=0, skip=True)
@example(body='1,a"b,"c\n2,d\n', block=12, cut=0, skip=False)
def test_runs_are_what_csv_makes_of_them(body: str, block: int, cut: int, skip: bool, folder: Path) -> None:
    data = (("sep=,\n" if skip else "") + "account_id,text\n" + body).encode()
    packed = gzip.compress(data)
    path = folder / "table.csv"
    path.write_bytes(packed[: len(packed) - cut] if cut else data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table_text, "_BLOCK", block)
        try:
            expected, found, _ = uncut_and_cut(path)
        except SourceUnreadable:  # nothing is left of it
            assert cut
            return
    assert found == expected


def test_a_regular_table_comes_in_runs_alone_but_for_its_header(folder: Path) -> None:
    path = folder / "regular.csv"
    rows = "".join(f'{n},"said ""{n}"",\nand went"\r\n' if n % 3 else f"{n},\n" for n in range(40_000))
    path.write_text(f"account_id,text\n{rows}", newline="")
    surveyed = survey(path)
    header, *runs = cut_runs(surveyed, ",", 0)
    assert header == (1, ["account_id", "text"])
    assert all(isinstance(run, Run) for run in runs)
    assert len(runs) > 2
    expected, found, _ = uncut_and_cut(path)
    assert len(expected) == 40_001
    assert found == expected


def test_after_a_broken_row_the_next_blocks_are_runs_again(folder: Path) -> None:
    path = folder / "broken.csv"
    good = "".join(f"{n},some words of a row\n" for n in range(60_000))
    path.write_text(f'account_id,text\n{good}1,"a"b\n{good}')
    expected, found, runs = uncut_and_cut(path)
    assert found == expected
    assert [each.line for each in found if isinstance(each, Rejection)] == [60_002]
    assert runs > 6


@pytest.mark.parametrize("end", ["\r", '"\n', '"'])
def test_a_table_that_is_irregular_throughout_takes_no_longer_per_row_the_longer_it_is(end: str, folder: Path) -> None:
    """What is not regular is looked at once by the expression and once by csv, however long it is."""
    looked_at = 0

    class Counting:
        def match(self, text: str, begin: int) -> Any:
            nonlocal looked_at
            looked_at += len(text) - begin
            return regular.match(text, begin)

    regular = table_text._regular(",")
    assert regular is not None
    body = f"1,some words of a row{end}" * 30_000
    path = folder / "irregular.csv"
    path.write_text(f"account_id,text\n{body}", newline="")
    surveyed = survey(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table_text, "_regular", lambda _: Counting())
        found = list(cut_runs(surveyed, ",", 0))
    assert found == list(cut_table(surveyed, ",", 0))
    assert looked_at <= 2 * len(body)
