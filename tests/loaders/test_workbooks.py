"""A sheet is read as the CSV of it would be; what is broken, crafted or too large is one line, and no process ends."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from graph.case import Case
from graph.errors import FormatUnknown, ParameterRefused, SourceUnreadable
from graph.records import Account, Post, Repost
from loaders import workbooks
from loaders.formats import open_source
from loaders.workbooks import text_of
from tests.loaders.conftest import Read
from tests.loaders.workbook_bytes import (
    ERROR,
    FIXTURE,
    Raw,
    Sheet,
    fixture,
    formula,
    number,
    open_document,
    parts_of,
    table,
    workbook,
    zipped,
)

ReadIt = Callable[..., Read]
HEAD = ["account_id", "post_id", "text", "timestamp"]


def _posts(found: Read) -> list[Post]:
    return found.of(Post)


def test_the_fixture_is_what_its_script_writes() -> None:
    assert FIXTURE.read_bytes() == fixture()


def test_text_that_looks_like_a_number_stays_as_it_is(read: ReadIt) -> None:
    found = read(table(HEAD, ["007", "+1", "+44 7700 900123", "2024-01-05"], ["1e5", "1.0", "'quoted", None]))
    assert [(p.account_id, p.native_id, p.text) for p in _posts(found)] == [
        ("unknown:007", "+1", "+44 7700 900123"),
        ("unknown:1e5", "1", "'quoted"),
    ]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (number("12"), "12"),
        (number("12.0"), "12"),
        (number("-3"), "-3"),
        (number("0"), "0"),
        (number("1.5"), "1.5"),
        (number("0.30000000000000004"), "0.3"),
        (number("1E+3"), "1000"),
        (number("999999999999999"), "999999999999999"),
        (number("1000000000000000"), "1.00000000000000E+15"),
        (number("1.2345678901234567E+18"), "1.23456789012346E+18"),
        (number("1234567890123456789"), "1.23456789012346E+18"),
        (number("123456789012345.6"), "123456789012345.6"),
        (True, "True"),
        (ERROR, None),
        (None, None),
        (Raw('t="inlineStr"', '<is><r><t xml:space="preserve">in </t></r><r><t>pieces</t></r></is>'), "in pieces"),
        (formula("1+1", "2 of it"), "2 of it"),
        (Raw("", "<f>1+1</f><v>2</v>"), "2"),
        (datetime(2024, 1, 5, 10, 30, 1), "2024-01-05T10:30:01"),
        (date(2024, 1, 5), "2024-01-05"),
        (Raw('s="3"', "<v>0.5</v>"), "12:00:00"),
        (Raw('t="d"', "<v>2024-01-05T10:30:00</v>"), "2024-01-05T10:30:00"),
    ],
)
def test_a_cell_is_the_text_that_a_csv_would_have(cell: Any, text: str | None, read: ReadIt) -> None:
    (post,) = _posts(read(table(HEAD, ["1", "2", cell])))
    assert post.text == text


def test_what_a_spreadsheet_shortened_is_rejected_as_in_a_csv(read: ReadIt) -> None:
    in_sheet = read(table(HEAD, [number("1.2345678901234567E+18"), "1", "words", None]))
    in_csv = read("account_id,post_id,text,timestamp\n1.23456789012346E+18,1,words,\n")
    assert in_sheet.reasons == in_csv.reasons
    assert "its digits are lost" in in_sheet.reasons[0][1]


def test_an_error_in_a_cell_is_nothing_and_costs_no_row(read: ReadIt) -> None:
    (post,) = _posts(read(table([*HEAD, "url"], ["1", "2", "words", ERROR, ERROR])))
    assert (post.at, post.url) == (None, None)


def test_days_and_times_are_read_in_the_zone_that_is_said(read: ReadIt) -> None:
    found = read(
        table(HEAD, ["1", "2", "a", date(2024, 7, 5)], ["1", "3", "b", datetime(2024, 7, 5, 10, 0)]),
        timezone="Europe/London",
        platform="x",
    )
    assert [(p.at.utc().isoformat(), p.at.precision) for p in _posts(found)] == [
        ("2024-07-04T23:00:00+00:00", "day"),
        ("2024-07-05T09:00:00+00:00", "second"),
    ]
    assert found.warnings == []


def test_a_workbook_that_counts_days_from_1904_has_the_same_days(read: ReadIt) -> None:
    rows = {1: HEAD, 2: ["1", "2", "a", Raw('s="2"', "<v>43834</v>")]}
    (post,) = _posts(read(workbook(Sheet("S", rows), since_1904=True)))
    assert post.at.utc().date() == date(2024, 1, 5)


def test_a_row_s_line_is_its_number_in_the_sheet_and_blank_rows_are_none(read: ReadIt) -> None:
    rows = {4: [None, *HEAD], 5: [None, "1", "2", "a"], 7: [None, "  "], 9: [None, "1", "3", "b", "never"]}
    found = read(workbook(Sheet("S", rows)))
    assert [row.line for row in found.rows] == [5, 9]
    assert [line for line, _ in found.reasons] == [9]


def test_a_cell_right_of_the_table_costs_no_row(read: ReadIt) -> None:
    found = read(table(HEAD, ["1", "2", "a", None, None, "a remark"], ["1", "3", "b"]))
    assert [p.native_id for p in _posts(found)] == ["2", "3"]


def test_merged_cells_have_their_value_once(read: ReadIt) -> None:
    merged = Sheet(
        "S",
        {1: HEAD, 2: ["1", "2", "a"], 3: [None, "3", "b"]},
        extra='<mergeCells><mergeCell ref="A2:A3"/></mergeCells>',
    )
    found = read(workbook(merged))
    assert [p.account_id for p in _posts(found)] == ["unknown:1", None]


def test_hidden_rows_are_read_and_a_hidden_sheet_is_told(read: ReadIt) -> None:
    found = read(workbook(Sheet("S", {1: HEAD, 2: ["1", "2", "a"]}, state="hidden", hidden_rows=(2,))))
    assert len(found.rows) == 1
    assert any("hidden" in warning for warning in found.warnings)


def test_the_first_sheet_that_is_a_table_is_read_and_the_others_are_told(read: ReadIt) -> None:
    found = read(
        workbook(
            Sheet("Cover", {1: ["A report"]}),
            Sheet("Posts", {1: HEAD, 2: ["1", "2", "a"]}),
            Sheet("More", {1: HEAD, 2: ["1", "9", "b"]}),
            Sheet("Empty", {}),
        )
    )
    assert [p.native_id for p in _posts(found)] == ["2"]
    assert found.warnings[0] == (
        "only the sheet 'Posts' was read; 'Cover' (1 row), 'More' (2 rows) hold rows too: read them with --sheet NAME"
    )


def test_a_sheet_by_name_goes_before_the_first(read: ReadIt) -> None:
    content = workbook(
        Sheet("A", {1: HEAD, 2: ["1", "2", "a"]}), Sheet("B", {1: HEAD, 2: ["1", "9", "b"]}), Sheet("C", {})
    )
    assert [p.native_id for p in _posts(read(content, sheet="B"))] == ["9"]
    with pytest.raises(ParameterRefused, match="no such sheet, but 'A', 'B', 'C'"):
        read(content, sheet="D")
    with pytest.raises(SourceUnreadable, match="'C' holds no rows"):
        read(content, sheet="C")


def test_a_sheet_is_of_workbooks_alone(read: ReadIt) -> None:
    with pytest.raises(ParameterRefused, match="is no workbook"):
        read("account_id,bio\n1,words\n", sheet="A")


def test_columns_are_mapped_and_the_sheet_that_has_them_is_found(read: ReadIt) -> None:
    content = workbook(Sheet("A", {1: HEAD, 2: ["1", "2", "a"]}), Sheet("B", {1: ["who", "what"], 2: ["7", "words"]}))
    found = read(content, columns={"account_id": "who", "text": "what"})
    assert [(p.account_id, p.text) for p in _posts(found)] == [("unknown:7", "words")]


def test_other_formats_of_tables_are_recognised_in_a_sheet(read: ReadIt) -> None:
    rows = [["object_id", "account_id", "content_id", "timestamp_share"], ["o", "a", "c", 1623881091]]
    found = read(table(*rows))
    assert found.source.format == "coortweet"
    assert found.of(Repost)[0].at.us == 1_623_881_091_000_000


def test_a_workbook_as_a_format_without_tables_is_refused_in_one_line(read: ReadIt) -> None:
    with pytest.raises(FormatUnknown, match="a workbook has tables, and it reads none"):
        read(table(HEAD), format_name="x-jsonl")


def test_a_workbook_of_no_known_table_says_why(read: ReadIt) -> None:
    with pytest.raises(FormatUnknown, match="is of no format that is known here") as caught:
        read(table(["colour"], ["red"]))
    assert "telegram-desktop" not in str(caught.value)


def test_an_open_document_is_read_too(read: ReadIt) -> None:
    found = read(open_document(["account_id", "bio"], ["007", "words"]), name="a.ods")
    assert [(a.native_id, a.bio) for a in found.of(Account)] == [("007", "words")]


def test_the_digest_is_of_the_file_itself(read: ReadIt) -> None:
    found = read(table(HEAD, ["1", "2", "a"]))
    assert found.source.size == len(table(HEAD, ["1", "2", "a"]))
    assert len(found.source.sha256) == 64


@pytest.mark.parametrize("content", [table(HEAD), workbook(Sheet("S", {1: HEAD}), Sheet("T", {}))])
def test_a_header_alone_is_told_to_be_empty(content: bytes, read: ReadIt) -> None:
    assert "no rows were found in it" in read(content).warnings


# --- what is broken or crafted ---


def _refused(read: ReadIt, content: bytes, words: str) -> None:
    with pytest.raises(SourceUnreadable, match=words) as caught:
        read(content)
    assert "\n" not in str(caught.value)


def test_an_empty_workbook_is_said_to_be_so(read: ReadIt) -> None:
    _refused(read, workbook(Sheet("S", {})), "holds no rows")


def test_a_damaged_part_refuses_the_workbook_though_its_reader_would_not_notice(read: ReadIt) -> None:
    content = bytearray(zipped(parts_of([Sheet("S", {1: HEAD, 2: ["1", "2", "+44 7700 900123"]})]), packed=False))
    at = content.index(b"7700 900123")
    content[at : at + 4] = b"7701"
    _refused(read, bytes(content), "does not give what was packed")


def test_entities_in_xml_are_not_expanded(read: ReadIt) -> None:
    parts = parts_of([Sheet("S", {1: HEAD, 2: ["1", "2", "REPLACED"]})])
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    laughs = f'<!DOCTYPE sst [<!ENTITY l0 "ha">{levels}]>'
    strings = parts["xl/sharedStrings.xml"].replace("<sst", f"{laughs}<sst", 1).replace("REPLACED", "&l11;")
    began = time.monotonic()
    assert all(
        len(text) < 1_000 for text in _texts_or_problem(read, zipped({**parts, "xl/sharedStrings.xml": strings}))
    )
    assert time.monotonic() - began < 10


def _texts_or_problem(read: ReadIt, content: bytes) -> list[str]:
    """Return the posts' texts, or what was said where the workbook is refused."""
    try:
        return [p.text or "" for p in _posts(read(content))]
    except SourceUnreadable as problem:
        return [str(problem)]


def test_a_file_of_this_machine_is_not_read_by_an_entity(read: ReadIt, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("a secret")
    parts = parts_of([Sheet("S", {1: HEAD, 2: ["1", "2", "REPLACED"]})])
    outer = f'<!DOCTYPE sst [<!ENTITY x SYSTEM "file://{tmp_path}/secret">]>'
    strings = parts["xl/sharedStrings.xml"].replace("<sst", f"{outer}<sst", 1).replace("REPLACED", "&x;")
    texts = _texts_or_problem(read, zipped({**parts, "xl/sharedStrings.xml": strings}))
    assert "a secret" not in " ".join(texts)


def test_a_sheet_that_reaches_far_is_refused_before_it_takes_memory(read: ReadIt) -> None:
    far = Raw('t="n"', "<v>1</v>")
    parts = parts_of([Sheet("S", {1: HEAD, 2: ["1", "2", far]})])
    sheet = parts["xl/worksheets/sheet1.xml"].replace('r="C2"', 'r="XFD1048576"')
    _refused(read, zipped({**parts, "xl/worksheets/sheet1.xml": sheet}), "row 1,048,576 and column 16,384")


def test_words_that_look_like_a_far_cell_are_words(read: ReadIt) -> None:
    found = read(table(HEAD, ["1", "2", '<c r="XFD1048576"/> r="XFD1048576"']))
    assert len(_posts(found)) == 1


def test_what_takes_too_much_memory_ends_its_own_process_and_no_other(
    read: ReadIt, capfd: pytest.CaptureFixture[str]
) -> None:
    """The far cell's place is written so that it is not seen beforehand."""
    parts = parts_of([Sheet("S", {1: HEAD, 2: ["1", "2", "a"]})])
    sheet = parts["xl/worksheets/sheet1.xml"].replace('<c r="C2"', f'<c {"x" * 250}="" r="XFD1048576"')
    _refused(read, zipped({**parts, "xl/worksheets/sheet1.xml": sheet}), "takes more than 1,024 MiB of memory")
    assert capfd.readouterr().err == ""


def test_a_side_process_that_ends_is_one_line(read: ReadIt, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "SPOOLER", "tests.loaders.workbook_bytes:ends")
    _refused(read, table(HEAD), "takes more than 1,024 MiB of memory to read, or is broken")


@pytest.mark.parametrize("name", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"])
def test_mangled_xml_is_rows_or_one_line(name: str, read: ReadIt) -> None:
    parts = parts_of([Sheet("S", {1: HEAD, 2: ["1", 2, "a", date(2024, 1, 5)], 3: [1, "b", ERROR]})])
    dice = random.Random(name)
    for _ in range(6):
        text = bytearray(parts[name].encode())
        for _ in range(dice.choice((1, 2, 5))):
            at = dice.randrange(len(text))
            text[at : at + dice.choice((1, 1, 8, 40))] = dice.randbytes(dice.choice((0, 1, 3)))
        try:
            found = read(zipped({**parts, name: bytes(text)}))
        except (SourceUnreadable, FormatUnknown):
            continue
        assert all(row.records or row.rejection for row in found.rows)


def test_no_folder_is_left_behind(read: ReadIt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    read(table(HEAD, ["1", "2", "a"]))
    _refused(read, workbook(Sheet("S", {})), "holds no rows")
    assert list(tmp_path.iterdir()) == []


def test_a_large_sheet_goes_by_side_processes_and_comes_to_the_same(tmp_path: Path) -> None:
    path = tmp_path / "large.xlsx"
    words = "words that say little " * 20
    path.write_bytes(
        table(HEAD, *([str(n % 50), str(n), f"{words}{n}", "never" if n % 100 == 0 else None] for n in range(9_000)))
    )
    counts = []
    for processes in (0, 2):
        opened = open_source(path, platform="x")
        added = Case(tmp_path / f"{processes}.duckdb").add(opened.source, opened.staged(processes))
        counts.append((added.read, added.new, added.rejected))
    assert counts[0] == counts[1] == (9_000, 8_910, 90)


_READ = """
import resource, sys
from loaders.formats import open_source
print(sum(1 for _ in open_source(sys.argv[1]).rows))
print(next(int(line.split()[1]) // 1024 for line in open("/proc/self/status") if line.startswith("VmHWM")))
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
"""


def test_the_peak_of_memory_is_bounded_in_both_processes(tmp_path: Path) -> None:
    path = tmp_path / "long.xlsx"
    path.write_bytes(table(HEAD, *([str(n), str(n), f"words {n}", None] for n in range(60_000))))
    ran = subprocess.run([sys.executable, "-c", _READ, str(path)], capture_output=True, text=True, check=True)
    rows, reading, beside = map(int, ran.stdout.split())
    assert rows == 60_000
    assert reading < 150
    assert beside < 250


def test_numbers_as_text_are_exact_up_to_fifteen_digits() -> None:
    dice = random.Random(5)
    for _ in range(1_000):
        digits = dice.randrange(10 ** dice.randrange(1, 16))
        assert text_of(float(digits)) == str(digits)
