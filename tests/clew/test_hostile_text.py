"""Text from accounts is hostile: in every field, through every output and question, it stays text and none acts."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import pty
import re
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import clew as facade
from clew.cli import query as command
from graph.csv_guard import unguard
from graph.errors import ClewError
from graph.fetching import dicts
from graph.neo4j_connection import Neo4jConnection
from graph.questions import Answer, ask, ask_cypher, questions
from tests.oracles.hostile import HOSTILE, IN_A_FILE_NAME, IN_A_TERMINAL, IN_AN_ENGINE, build, records_of

Clew = Callable[..., Any]
#: What a terminal may be sent: text, line ends, and colours of our own.
STYLING = re.compile(r"\x1b\[[0-9;]*m")
ACTS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069]")
E164 = re.compile(r"\+[1-9]\d{6,14}")


@pytest.fixture(scope="module")
def hostile_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the hostile case once; it is only copied."""
    return build(tmp_path_factory.mktemp("hostile") / "channel.duckdb").path


@pytest.fixture
def hostile(hostile_file: Path, tmp_path: Path) -> facade.Case:
    return facade.open(shutil.copy(hostile_file, tmp_path / "channel.duckdb"))


def test_there_are_forty_and_more_of_every_sort() -> None:
    assert len(set(HOSTILE)) == len(HOSTILE) >= 40


def test_a_case_holds_each_text_as_it_was_written(hostile: facade.Case) -> None:
    wanted = [record for place in range(len(HOSTILE)) for record in records_of(place)]
    with hostile._case.file.opened(write=False) as db:
        for kind in ("account", "chat", "post", "repost", "relation"):
            told = {row["id"]: row for row in dicts(db, f"SELECT * FROM {kind}")}
            ours = [record for record in wanted if record.table == kind]
            assert told.keys() == {record.id for record in ours}
            for record in ours:
                for name, value in told[record.id].items():
                    if hasattr(record, name) and isinstance(value, str):
                        assert value == getattr(record, name)
        assert {row["name"] for row in dicts(db, "SELECT name FROM source")} == set(IN_A_FILE_NAME)
        assert {row["note"] for row in dicts(db, "SELECT note FROM judgement")} == set(HOSTILE)
    assert not Path("/tmp/clew-hostile.csv").exists()  # noqa: S108 - what the hostile texts would write


def test_no_cell_of_an_export_is_a_formula_and_each_text_comes_back(hostile: facade.Case, tmp_path: Path) -> None:
    hostile.export(tmp_path / "tables")
    seen: set[str] = set()
    for path in (tmp_path / "tables").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.reader(file):
                for cell in row:
                    assert not cell or cell[0] not in "=+-@\t\r\n\uff1d" or E164.fullmatch(cell), (path.name, cell[:80])
                    seen.add(unguard(cell))
    assert set(HOSTILE) <= seen
    assert {path.name for path in tmp_path.iterdir()} <= {"tables", "channel.duckdb", "channel.duckdb.wal"}


def test_an_export_read_back_is_the_same_accounts(hostile: facade.Case, tmp_path: Path) -> None:
    hostile.export(tmp_path / "tables")
    again = facade.open(tmp_path / "again.duckdb")
    loaded = again.load(tmp_path / "tables" / "accounts.csv", format="csv").added
    # The control characters that cost their row are told; nothing else is lost.
    told = [row["reason"] for row in again.rejections().to_dict("records")]
    assert loaded.new == len(HOSTILE) - len(told)
    assert all("NUL" in reason or "longer than 200" in reason for reason in told)
    names = set(again.table("accounts")["display_name"].dropna())
    assert {text for text in set(HOSTILE) - names if "\0" not in text} == {text for text in HOSTILE if len(text) > 200}


WORDS = (
    ("status",),
    ("status", "--rejections"),
    ("status", "--set-aside"),
    ("status", "--left-out"),
    ("links",),
    ("clusters",),
)


@pytest.mark.parametrize("words", WORDS, ids=" ".join)
def test_no_command_sends_a_terminal_what_it_would_obey(words: tuple[str, ...], clew: Clew, hostile: Any) -> None:
    said = clew(words[0], hostile.path, *words[1:])
    assert said.code == 0, said.err
    assert not ACTS.search(said.out + said.err)
    if words[1:] == ("--rejections",):
        assert "<1b>]52;c;cm0gLXJmIH4=<07>" in said.out.replace("\n", "")


def test_json_for_programs_is_ascii_and_says_each_text_as_it_was(clew: Clew, hostile: facade.Case) -> None:
    said = clew("status", hostile.path, "--rejections", "--json")
    assert not re.search(r"[^\n -~]", said.out)
    assert {row["reason"] for row in json.loads(said.out)["rejections"]} == set(HOSTILE)
    assert {row["name"] for row in json.loads(said.out)["sources"]} == set(IN_A_FILE_NAME)


def test_judgements_of_hostile_ids_are_told_and_do_nothing_else(clew: Clew, hostile: facade.Case) -> None:
    for text in (*IN_A_TERMINAL, *IN_AN_ENGINE[:3]):
        if "\0" not in text:  # which no command line can have
            said = clew("judge", hostile.path, f"y:{text}", "--stance", "ask", "--by", text, "--note", text)
            assert said.code == 0, said.err
            assert not ACTS.search(said.out + said.err)
            assert not any(line.startswith("clew: 0 rows") for line in said.err.splitlines())
    assert hostile.status()["posts"] == len(HOSTILE)


def _in_a_terminal(*words: str | Path) -> str:
    """Run ``clew …`` in a terminal and return what that was sent."""
    ours, theirs = pty.openpty()
    ran = subprocess.Popen(
        [sys.executable, "-m", "clew", *map(str, words)],
        stdin=theirs, stdout=theirs, stderr=theirs, env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "160"},
    )  # fmt: skip
    os.close(theirs)
    sent = b""
    end = time.monotonic() + 120
    while time.monotonic() < end:
        if select.select([ours], [], [], 1)[0]:
            try:
                piece = os.read(ours, 1 << 16)
            except OSError:  # the other end is closed: the command has ended
                break
            if not piece:
                break
            sent += piece
    os.close(ours)
    assert ran.wait(timeout=60) == 0, sent[-2_000:]
    return sent.decode("utf-8", "replace")


def test_a_real_terminal_is_sent_text_and_colours_and_nothing_else(hostile: facade.Case) -> None:
    sent = _in_a_terminal("status", hostile.path, "--rejections")
    assert "Loads into" in sent
    plain = STYLING.sub("", sent).replace("\r\n", "\n")
    assert not ACTS.search(plain), repr(ACTS.search(plain))


def test_a_file_with_a_hostile_name_is_loaded_in_a_terminal_without_obeying_it(tmp_path: Path) -> None:
    source = tmp_path / "x\x1b]0;owned\x07\x1b]52;c;eA==\x07\x1b[31m[bold]\u202ename.csv"
    source.write_text("account_id,bio\n1,words\n", encoding="utf-8")
    sent = _in_a_terminal("load", tmp_path / "channel.duckdb", source, "--platform", "x")
    assert "1 new" in sent
    assert not re.search("\x1b\\]|\x07|\u202e", sent)
    assert "<1b>]0;owned<07>" in STYLING.sub("", sent)


@pytest.mark.parametrize("how", ["table", "csv", "json"])
def test_answers_are_text_in_each_format(how: str, capsys: pytest.CaptureFixture[str]) -> None:
    command.show(Answer(("text", "list", "node"), [(text, [text], {"k": text}) for text in HOSTILE]), how)
    out = capsys.readouterr().out
    if how == "table":
        assert not ACTS.search(out)
    elif how == "json":
        assert not re.search(r"[^\n -~]", out)
        assert [row["text"] for row in json.loads(out)] == list(HOSTILE)
        assert [row["list"] for row in json.loads(out)] == [[text] for text in HOSTILE]
    else:
        rows = list(csv.reader(io.StringIO(out, newline="")))[1:]
        assert [unguard(row[0]) for row in rows] == list(HOSTILE)
        assert not any(cell[0] in "=+-@\t\r\n\uff1d" for row in rows for cell in row)


def test_csv_in_a_terminal_shows_controls_and_ends_its_lines_plainly(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    command.show(Answer(("text",), [(text,) for text in HOSTILE]), "csv")
    out = capsys.readouterr().out
    assert not ACTS.search(out)
    assert out.startswith("text\n")


@pytest.fixture
def published(hostile: facade.Case, graph: Neo4jConnection, environment: None) -> Neo4jConnection:
    hostile.publish()
    return graph


@pytest.mark.neo4j
def test_neo4j_holds_each_text_as_it_was_written_and_ran_none(hostile: facade.Case, published: Neo4jConnection) -> None:
    def column(text: str) -> list[Any]:
        return [row[0] for row in ask_cypher(published, text).itertuples(index=False)]

    texts = set(HOSTILE)
    counts = {"Account": len(HOSTILE), "Post": len(HOSTILE), "Chat": len(HOSTILE), "Source": len(IN_A_FILE_NAME)}
    for label, count in (counts | {"Case": 1}).items():
        assert column(f"MATCH (n:{label}) RETURN count(n) AS n") == [count]
    for name in ("handle", "display_name"):
        assert set(column(f"MATCH (a:Account) RETURN a.{name} AS text")) == texts
    assert set(column("MATCH (a:Account) RETURN a.id AS id")) == {f"x:{text}" for text in texts}
    assert set(column("MATCH (p:Post) RETURN p.id AS id")) == {f"x:{text}" for text in texts}
    assert {text.rpartition(" +44")[0] for text in column("MATCH (p:Post) RETURN p.text AS text")} == texts
    assert set(column("MATCH (c:Chat) RETURN c.title AS text")) == texts
    assert set(column("MATCH (s:Source) RETURN s.name AS text")) == set(IN_A_FILE_NAME)
    again = hostile.publish()
    assert (again.total("created"), again.total("updated"), again.total("removed")) == (0, 0, 0)


@pytest.mark.neo4j
@pytest.mark.filterwarnings("ignore:no :UserWarning")  # that there is no such case or account, said of each
def test_every_question_takes_hostile_parameters_for_values(
    published: Neo4jConnection, digest: Callable[[], str]
) -> None:
    before = digest()
    answered = 0
    for question in questions():
        free = [p for p in question.parameters if p.required or isinstance(p.default, str) or p.default is None]
        for text in HOSTILE if free else ("",):
            given = {p.name: (f"x:{text}" if p.name in {"account", "start", "end"} else text) for p in free}
            with contextlib.suppress(ClewError):  # a text that is no number is refused as one
                ask(published, question.name, **given)
                answered += 1
    assert answered > len(HOSTILE)
    assert digest() == before


@pytest.mark.neo4j
def test_what_a_question_finds_of_a_hostile_account_moves_no_terminal(clew: Clew, published: Neo4jConnection) -> None:
    for text in (*IN_A_TERMINAL, *IN_AN_ENGINE):
        if "\0" not in text:
            said = clew("query", "show_account", f"account=x:{text}")
            assert said.code == 0, said.err
            assert not ACTS.search(said.out + said.err)
