"""Rows and bytes that nobody foresaw: every row is accounted for, nothing breaks, hangs or fills the memory.

Every day some seconds of it; ``make test-long`` gives it ten minutes. A failure names its seed, and how to do it again.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.case import Case
from graph.errors import FormatUnknown, SourceUnreadable
from graph.records import ReadRow, Record, Source
from loaders.formats import known
from tests.loaders.strategies import RECORDS, X_LINES, shares, tables, telegram_accounts, telegram_chats

Read = Callable[..., Any]
LONG_SECONDS = 600
#: A load's (graph/observing.py), which reading alone must not come near.
PEAK_MIB = 500
TURNS = settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
FEW = settings(TURNS, max_examples=6)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _accounted(found: Any) -> None:
    """Fail where a row is neither records nor a rejection with a reason."""
    for row in found.rows:
        assert row.records or row.rejection
        assert row.rejection is None or row.rejection.reason


@TURNS
@given(drawn=tables())
def test_every_row_of_any_table_is_counted_once(drawn: tuple[str, int], read: Read) -> None:
    text, rows = drawn
    found = read(_bytes(text), format_name="csv")
    _accounted(found)
    assert len(found.rows) == rows


@TURNS
@given(drawn=shares())
def test_every_share_is_counted_once(drawn: tuple[str, int], read: Read) -> None:
    text, rows = drawn
    found = read(_bytes(text))
    assert found.source.format == "coortweet"
    _accounted(found)
    assert len(found.rows) == rows


@TURNS
@given(drawn=telegram_chats() | telegram_accounts())
def test_every_message_and_contact_of_any_export_is_counted_once(drawn: tuple[str, int], read: Read) -> None:
    text, rows = drawn
    found = read(_bytes(text), format_name="telegram-desktop")
    _accounted(found)
    assert len(found.rows) == rows


def _rows_of(line: Any) -> tuple[int, int]:
    """Return how many rows a line of X's JSON has at least and at most."""
    if not isinstance(line, dict):
        return 1, 1
    data = line.get("data")
    return 0, max(1, len(data) if isinstance(data, list) else 1)


@TURNS
@given(lines=st.lists(X_LINES, min_size=1, max_size=5))
def test_every_line_and_tweet_is_counted(lines: list[Any], read: Read) -> None:
    found = read(_bytes("".join(json.dumps(line) + "\n" for line in lines)), format_name="x-jsonl")
    _accounted(found)
    least, most = (sum(each) for each in zip(*map(_rows_of, lines), strict=True))
    assert least <= len(found.rows) <= most
    assert {row.line for row in found.rows} <= set(range(1, len(lines) + 1))


@FEW
@given(records=st.lists(RECORDS, max_size=8))
def test_any_records_go_into_a_case_are_known_again_and_come_out(
    records: list[Record], tmp_path_factory: pytest.TempPathFactory
) -> None:
    case = Case(tmp_path_factory.mktemp("any") / "channel.duckdb")
    rows = [ReadRow(line, (record,)) for line, record in enumerate(records, start=1)]
    added = case.add(Source(name="any", sha256="0" * 64, size=1, format="csv"), rows)
    assert added.read == len(records) == added.new + added.known
    assert added.rejected == 0
    assert case.add(Source(name="again", sha256="1" * 64, size=1, format="csv"), rows).new == 0
    with case.file.opened(write=False) as db:
        for kind in ("account", "post", "chat"):
            said = {record.id for record in records if record.table == kind}
            assert {row[0] for row in db.execute(f"SELECT DISTINCT id FROM {kind}").fetchall()} == said


@TURNS
@given(content=st.binary(max_size=400), name=st.sampled_from((None, *(loader.name for loader in known()))))
def test_any_bytes_as_any_format_are_rows_or_a_plain_error(content: bytes, name: str | None, read: Read) -> None:
    try:
        found = read(content, format_name=name)
    except (SourceUnreadable, FormatUnknown):
        return
    _accounted(found)


def _mangle(seconds: float, seed: str) -> dict[str, Any]:
    """Read mangled fixtures in a process of their own and return its figures; where it ends badly, say the seed."""
    ran = subprocess.run(
        [sys.executable, "-m", "tests.loaders.mangling", seed, str(seconds)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=seconds + 120,
        check=False,
    )
    if ran.returncode:
        last = ran.stderr[-3_000:]
        pytest.fail(f"do it again: python -m tests.loaders.mangling SEED/NUMBER, as below\n{last}", pytrace=False)
    figures: dict[str, Any] = json.loads(ran.stdout)
    return figures


def _hold(figures: dict[str, Any]) -> None:
    print(json.dumps(figures))  # noqa: T201 - with -s, or where it fails: the seed, the inputs tried, the peak
    assert figures["inputs"] > 20
    assert "an error that says nothing" not in figures["fared"]
    assert figures["fared"].get("rejections", 0) > 0
    assert figures["fared"].get("sound", 0) > 0
    assert figures["peak_mib"] < PEAK_MIB


def test_mangled_fixtures_are_rows_rejections_or_a_plain_error() -> None:
    _hold(_mangle(8, "every day"))


@pytest.mark.long
@pytest.mark.timeout(LONG_SECONDS + 300)
def test_ten_minutes_of_mangled_fixtures_break_nothing(record_property: Callable[[str, object], None]) -> None:
    figures = _mangle(LONG_SECONDS, os.environ.get("CLEW_FUZZ_SEED") or secrets.token_hex(4))
    record_property("fuzz", json.dumps(figures))
    _hold(figures)
