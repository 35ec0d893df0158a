"""How files become rows: encodings, delimiters, compression, damage; nothing hangs and nothing is lost silently."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import os
import random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.errors import ClewError, FormatUnknown, SourceUnreadable
from graph.records import Account, Post
from loaders import rows, streams, table_text
from loaders.formats import known, open_source

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TABLE = "post_id,author,text\n1,ann,Šipka – دریا 😀\n2,bob,plain\n"
BRIEF = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_a_table_reads_the_same_in_every_unicode_encoding(encoding: str, read: Callable[..., Any]) -> None:
    found = read(TABLE.encode(encoding))
    assert [post.text for post in found.of(Post)] == ["Šipka – دریا 😀", "plain"]
    assert found.reasons == []


@pytest.mark.parametrize(
    ("encoding", "text"), [("cp1252", "Œuvre – „Straße“ café"), ("latin-1", "caf\xe9 \x81 stra\xdfe")]
)
def test_bytes_that_are_no_utf8_are_read_as_windows_or_latin_1_as_the_last_resort(
    encoding: str, text: str, read: Callable[..., Any]
) -> None:
    found = read(f"post_id,author,text\n1,ann,{text}\n".encode(encoding))
    assert [post.text for post in found.of(Post)] == [text]


def test_one_broken_byte_in_a_utf8_file_costs_its_row_and_no_other(
    read: Callable[..., Any],
) -> None:
    found = read("post_id,author,text\n1,ann,دریا\n2,bob,ab\n3,cat,قایق\n".encode().replace(b"ab", b"a\xffb"))
    assert [post.text for post in found.of(Post)] == ["دریا", "قایق"]
    assert found.reasons == [(3, "holds bytes that are not text in the file's encoding")]


def test_broken_bytes_late_in_a_large_file_are_found_too(read: Callable[..., Any]) -> None:
    lines = [f"{n},ann,plain text of a row that fills some room" for n in range(9000)]
    content = ("post_id,author,text\n" + "\n".join(lines) + "\n9999,bob,caf").encode() + b"\xe9\n"
    assert read(content).of(Post)[-1].text == "café"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_told_by_the_first_lines_whatever_stands_in_the_cells(
    delimiter: str, read: Callable[..., Any]
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerows([["post_id", "author", "text"], ["1", "ann", "a, b; c\td, e; f"], ["2", "bob", 'said "x";\nand']])
    assert [post.text for post in read(text.getvalue()).of(Post)] == ["a, b; c\td, e; f", 'said "x";\nand']


def test_excels_sep_line_decides_the_delimiter_and_counts_as_a_line(read: Callable[..., Any]) -> None:
    found = read("sep=;\r\npost_id;author;text\r\n1;ann;a,b\r\n")
    assert [(row.line, row.records[1].text) for row in found.rows] == [(3, "a,b")]


def test_rows_are_counted_by_the_line_on_which_they_begin(read: Callable[..., Any]) -> None:
    found = read('post_id,author,text\n1,ann,"two\nlines"\n\n\n2,bob,x\n3,cat\n4,dan,y\n')
    assert [row.line for row in found.rows] == [2, 6, 7, 8]
    assert found.reasons == [(7, "has 2 cells where the header has 3")]


def test_empty_cells_beyond_the_header_do_no_harm_and_others_do(read: Callable[..., Any]) -> None:
    found = read("post_id,author,text\n1,ann,x,,\n2,bob,y,z\n")
    assert [row.rejection is None for row in found.rows] == [True, False]


def test_a_quote_that_is_never_closed_is_one_rejection_that_says_so(read: Callable[..., Any]) -> None:
    found = read('post_id,author,text\n1,ann,x\n2,bob,"open\n3,cat,y\n')
    assert [row.line for row in found.rows] == [2, 3]
    assert "never closed" in found.reasons[0][1]


def test_a_cell_over_the_limit_costs_its_row_only(read: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_text, "CELL_LIMIT", 1000)
    monkeypatch.setattr(table_text, "TABLE_LINE_LIMIT", 5000)
    long, endless = "x" * 2000, "y" * 20_000
    found = read(f"post_id,author,text\n1,ann,{long}\n2,bob,ok\n3,cat,{endless}\n4,dan,ok\n")
    assert [row.line for row in found.rows] == [2, 3, 4, 5]
    assert [line for line, _ in found.reasons] == [2, 4]


def test_columns_of_one_name_are_kept_apart(read: Callable[..., Any]) -> None:
    assert rows._header(["a", "", "a"]) == ["a", "column 2", "a (2)"]
    assert read("author,text,author,post_id\nann,hi,bob,1\n").of(Account)[0].native_id == "ann"


def test_gzip_is_told_by_its_bytes_and_the_digest_is_of_the_bytes_on_disk(read: Callable[..., Any]) -> None:
    packed = gzip.compress(TABLE.encode()) + gzip.compress(b"3,cat,more\n") + b"\0" * 512
    found = read(packed, "named.csv")
    assert len(found.of(Post)) == 3
    assert found.source.sha256 == hashlib.sha256(packed).hexdigest()
    assert found.source.size == len(packed)


def test_a_gzip_file_that_is_cut_short_gives_its_rows_and_one_rejection(read: Callable[..., Any]) -> None:
    lines = "".join(f"{n},author{n},text {random.Random(n).random()}\n" for n in range(5000))
    packed = gzip.compress(b"post_id,author,text\n" + lines.encode())
    found = read(packed[: len(packed) // 2])
    assert 1000 < len(found.rows) < 4000
    assert len(found.reasons) == 1
    assert "cut short" in found.reasons[0][1]
    assert found.rows[-1].rejection is not None


def test_damaged_gzip_data_is_refused_because_what_it_gives_may_be_wrong_before_that_shows(
    read: Callable[..., Any],
) -> None:
    packed = bytearray(gzip.compress(TABLE.encode() * 2000))
    packed[-6] ^= 0xFF
    with pytest.raises(SourceUnreadable, match="is damaged"):
        read(bytes(packed))


def test_what_follows_gzip_data_is_told_aloud_and_the_digest_is_of_the_whole_file(read: Callable[..., Any]) -> None:
    packed = gzip.compress(TABLE.encode() * 2000) + b"trailing"
    found = read(packed)
    assert "not gzip" in found.reasons[-1][1]
    assert any("not gzip" in warning for warning in found.warnings)
    assert found.source.sha256 == hashlib.sha256(packed).hexdigest()


def test_a_gzip_bomb_is_refused_before_it_fills_anything(
    read: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "BOMB_FREE", 1 << 20)
    with pytest.raises(SourceUnreadable, match="expands more than"):
        read(gzip.compress(b"\0" * (1 << 24)))


@pytest.mark.parametrize(
    "content", [b"", b"\n\n  \n", b"\xef\xbb\xbf", gzip.compress(b"", mtime=0), b"\x1f\x8b", b"\0" * 100]
)
def test_a_file_without_content_is_unreadable_in_one_sentence(content: bytes, read: Callable[..., Any]) -> None:
    with pytest.raises(SourceUnreadable):
        read(content)


def test_what_is_no_ordinary_file_is_refused_without_a_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", tmp_path / "missing", "/dev/zero", "a\0b"):
        with pytest.raises(SourceUnreadable):
            open_source(path)


def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "locked.csv"
    path.write_text(TABLE)

    def refuse(*_: Any) -> None:
        raise PermissionError(13, "Permission denied")

    # The tests may run as root, whom no mode keeps out.
    monkeypatch.setattr(streams.io, "FileIO", refuse)
    with pytest.raises(SourceUnreadable, match="Permission denied"):
        open_source(path)


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "growing.csv"
    path.write_text(TABLE)
    opened = open_source(path)
    path.write_text(TABLE + "3,cat,late\n")
    with pytest.raises(SourceUnreadable, match="changed"):
        list(opened.rows)


def test_nul_characters_cost_their_row(read: Callable[..., Any]) -> None:
    found = read(b"post_id,author,text\n1,ann,a\0b\n2,bob,ok\n")
    assert found.reasons == [(2, "holds NUL characters, which no text has")]
    tweet = b'{"id": "%d", "author_id": "1", "text": "%s"}\n'
    found = read(tweet % (1, b"a\\u0000b") + tweet % (2, b"fine \\\\u0000") + tweet % (3, b"raw \0"))
    assert [line for line, _ in found.reasons] == [1, 3]


def test_bad_lines_of_json_are_rejections_with_their_numbers(read: Callable[..., Any]) -> None:
    good = '{"id": "1", "author_id": "2", "text": "x", "n": NaN}'
    deep = '{"a":' + "[" * 10_000 + "]" * 10_000 + "}"
    found = read(
        "\n".join([good, "", "{", "3", '{"id": "\\udc00", "text": 1}', deep, good[:-9]]), format_name="x-jsonl"
    )
    assert [line for line, _ in found.reasons] == [3, 4, 5, 6, 7]
    assert found.reasons[-1][1].endswith("the file ends in this line")
    assert len(found.of(Post)) == 1


def test_a_line_over_the_limit_costs_one_row(read: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "JSON_LINE_LIMIT", 1000)
    good = '{"id": "1", "author_id": "2", "text": "x"}\n'
    found = read(good + '{"id": "' + "1" * 600_000 + '"}\n' + good)
    assert [row.line for row in found.rows] == [1, 2, 3]
    assert found.reasons == [(2, "is longer than 1,000 bytes")]


def test_progress_ends_with_the_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "big.csv"
    path.write_text("post_id,author,text\n" + "".join(f"{n},ann,some text\n" for n in range(60_000)))
    told: list[tuple[int, int]] = []
    list(open_source(path, progress=lambda done, total: told.append((done, total))).rows)
    assert len(told) > 2
    assert told[-1] == (path.stat().st_size, path.stat().st_size)
    assert told == sorted(told)


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=12)


@BRIEF
@given(
    table=st.lists(st.lists(CELLS, min_size=1, max_size=5), max_size=12), delimiter=st.sampled_from([",", ";", "\t"])
)
def test_every_row_of_any_table_is_a_record_or_a_rejection(
    table: list[list[str]], delimiter: str, read: Callable[..., Any]
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerows([["post_id", "author", "text", "timestamp"], *table])
    found = read(text.getvalue())
    assert len(found.rows) == len(table)
    assert all(row.records or row.rejection for row in found.rows)


@BRIEF
@given(data=st.data())
def test_no_byte_flip_or_cut_makes_anything_but_rejections_or_a_plain_error(
    data: Any, fixtures: Path, tmp_path: Path
) -> None:
    source = data.draw(st.sampled_from(sorted(path for path in fixtures.iterdir() if path.is_file())))
    content = bytearray(source.read_bytes())
    for _ in range(data.draw(st.integers(0, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "flipped"
    path.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    names = [None, *(loader.name for loader in known())]
    try:
        opened = open_source(path, format_name=data.draw(st.sampled_from(names)))
        found = list(opened.rows)
    except ClewError as problem:
        assert str(problem)  # noqa: PT017 - whether it raises depends on the bytes drawn
    else:
        assert all(row.records or row.rejection for row in found)


def test_an_unknown_format_lists_what_is_known_and_why_each_did_not_fit(read: Callable[..., Any]) -> None:
    with pytest.raises(FormatUnknown) as caught:
        read("colour,size\nred,4\n")
    assert all(loader.name in str(caught.value) for loader in known())
    assert "'colour'" in str(caught.value)
    assert "--as" in str(caught.value)
