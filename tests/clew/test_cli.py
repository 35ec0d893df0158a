"""The command line: what it prints where, how it ends, and that nothing a terminal would obey gets through."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from clew.cli.talk import plain

Clew = Any
LOAD_KEYS = {"source", "load_id", "read", "new", "known", "rejected", "contradictions", "format", "warnings"}


def one_line(said: Any) -> str:
    """Return the one line with which a command failed."""
    assert said.code == 1
    assert said.out == ""
    lines = [line for line in said.err.splitlines() if line.strip()]
    assert lines[-1].startswith("clew: "), lines
    assert "Traceback" not in said.err
    return lines[-1]


def test_no_arguments_show_what_there_is(clew: Clew) -> None:
    said = clew()
    assert said.code == 2
    assert "load" in said.out + said.err


def test_help_and_version_end_with_0(clew: Clew) -> None:
    assert clew("--help").code == clew("-h").code == 0
    assert re.fullmatch(r"clew \d+\.\d+\.\d+\n", clew("--version").out)


@pytest.mark.parametrize(
    "words",
    [
        ["lod"],
        ["load"],
        ["load", "x.duckdb"],
        ["run", "x.duckdb", "--window", "soon"],
        ["run", "x.duckdb", "--window", "0"],
        ["run", "x.duckdb", "--method", "guess"],
        ["status", "x.duckdb", "--jsn"],
        ["load", "x.duckdb", "y.csv", "--map", "author"],
        ["judge", "x.duckdb"],
    ],
    ids=" ".join,
)
def test_a_misuse_ends_with_2_and_says_how_to_use_it(clew: Clew, tmp_path: Path, words: list[str]) -> None:
    said = clew(*(str(tmp_path / word) if "." in word else word for word in words))
    assert said.code == 2
    assert "Usage" in said.err
    assert said.out == ""
    assert not (tmp_path / "x.duckdb").exists()


def test_a_file_that_is_not_there_is_named(clew: Clew, tmp_path: Path) -> None:
    assert "gone.csv" in one_line(clew("load", tmp_path / "x.duckdb", tmp_path / "gone.csv"))
    assert not (tmp_path / "x.duckdb").exists()


def test_a_folder_is_no_source(clew: Clew, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    assert "folder" in one_line(clew("load", tmp_path / "x.duckdb", tmp_path / "folder"))


def test_an_empty_file_is_said_to_be_empty(clew: Clew, tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_text("")
    assert "empty" in one_line(clew("load", tmp_path / "x.duckdb", tmp_path / "empty.csv")).lower()


def test_an_unknown_format_lists_what_is_known_and_why_each_did_not_fit(clew: Clew, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("Dear diary,\ntoday nothing happened.\n")
    said = clew("load", tmp_path / "x.duckdb", tmp_path / "notes.txt")
    assert said.code == 1
    assert said.err.splitlines()[-1].strip()
    for name in ("csv", "coortweet", "whatsapp"):
        assert re.search(rf"^ *{name} .*: \S", said.err, re.MULTILINE), said.err
    assert re.search(r"^ *\S.* telegram-desktop, .*: it is no JSON", said.err, re.MULTILINE), said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize("verb", ["status", "run", "extract", "links", "clusters", "export", "map"])
def test_a_case_that_is_not_there_is_named_and_not_made(
    clew: Clew, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "gone.duckdb" in one_line(clew(verb, "gone.duckdb"))
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_case_is_left_as_it_is(clew: Clew, files: Path) -> None:
    before = (files / "accounts.csv").read_bytes()
    assert "accounts.csv" in one_line(clew("status", files / "accounts.csv"))
    assert "accounts.csv" in one_line(clew("load", files / "accounts.csv", files / "posts.csv"))
    assert (files / "accounts.csv").read_bytes() == before


def test_a_later_step_before_an_earlier_one_says_which_to_do(clew: Clew, files: Path) -> None:
    path = files / "x.duckdb"
    clew("load", path, files / "accounts.csv", "--platform", "tiktok")
    assert "extract" in one_line(clew("links", path))
    assert "links" in one_line(clew("clusters", path))


def test_of_several_files_those_before_a_bad_one_are_kept_and_the_bad_one_is_named(clew: Clew, files: Path) -> None:
    path = files / "x.duckdb"
    assert "gone.csv" in one_line(clew("load", path, files / "accounts.csv", files / "gone.csv"))
    assert [load["name"] for load in clew("status", path, "--json").json["sources"]] == ["accounts.csv"]


def test_results_go_to_stdout_and_talk_to_stderr(clew: Clew, files: Path) -> None:
    path = files / "x.duckdb"
    said = clew("load", path, files / "accounts.csv", "--platform", "tiktok")
    assert said.out == ""
    assert said.err == "accounts.csv (csv): 5 rows read = 5 new + 0 known + 0 rejected\n"
    as_json = clew("load", path, files / "accounts.csv", "--platform", "tiktok", "--json")
    assert set(as_json.json[0]) >= LOAD_KEYS
    assert as_json.json[0]["known"] == 5


def test_every_step_prints_what_it_did_as_json(clew: Clew, case: Path) -> None:
    for verb, steps in (("extract", ["extract"]), ("links", ["links"]), ("clusters", ["clusters"])):
        assert [done["step"] for done in clew(verb, case, "--json").json] == steps
    done = clew("run", case, "--json").json
    assert [step["step"] for step in done] == ["extract", "links", "clusters"]
    assert all({"run_id", "parameters", "counts"} <= set(step) for step in done)


def test_hostile_text_is_shown_and_not_obeyed(clew: Clew, files: Path) -> None:
    """In a table of rejected rows, in a file's name, and in an error's one line."""
    evil = files / "a\x1b[31mred\x07[bold]\u202e.csv"
    evil.write_text("account_id,timestamp\n\x1b[2J[blink]\u202egnp.exe,never\n", encoding="utf-8")
    path = files / "x.duckdb"
    loaded = clew("load", path, evil)
    listed = clew("status", path, "--rejections")
    failed = clew("load", path, evil.with_name("\x1b[31mgone\u202e.csv"))
    assert failed.code == 1
    for text in (loaded.err, listed.out, failed.err, clew("status", path, "--json").out):
        assert not [c for c in text if unicodedata.category(c) in {"Cc", "Cf"} and c != "\n"]
    assert "<1b>[2J[blink]<202e>gnp.exe" in listed.out.replace("\n", "")
    assert "[bold]" in listed.out


@pytest.mark.parametrize("code", [0, 7, 8, 11, 13, 27, 127, 0x85, 0x9B, 0x200F, 0x202E, 0x2028, 0x2066, 0xD800])
def test_a_character_that_a_terminal_obeys_is_shown_as_its_code(code: int) -> None:
    assert plain(f"a{chr(code)}b") == f"a<{code:02x}>b"


def test_tables_and_words_of_all_scripts_are_left_as_they_are() -> None:
    for text in ("آمن و سريع", "Đi an toàn", "😀 0770", "a\tb", "[red]"):
        assert plain(text) == text


def test_a_reader_who_has_seen_enough_ends_it_quietly(case: Path) -> None:
    """``clew status CASE --json | head -c 1``."""
    command = [sys.executable, "-m", "clew", "status", str(case), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 0


def test_who_interrupts_is_told_that_nothing_is_half_done(
    clew: Clew, case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("clew.case.Case.links", interrupted)
    said = clew("links", case)
    assert said.code == 130
    assert said.err.splitlines()[-1] == "clew: interrupted; a case keeps nothing half done"
    assert "Traceback" not in said.err


def test_an_interrupt_while_a_library_is_imported_is_one_line() -> None:
    """DuckDB's extension calls Python while it makes its enums, and aborts where an exception comes back."""
    script = """
import enum, signal, sys
from clew.cli.interrupts import Interrupts

interrupts = Interrupts()
interrupts.listen()
interrupts.unwinding = True

def strike(frame, event, _):
    called_by = frame.f_back and frame.f_back.f_code.co_filename
    if event == "call" and frame.f_code.co_filename == enum.__file__ and called_by == "<frozen importlib._bootstrap>":
        print("struck", flush=True)
        signal.raise_signal(signal.SIGINT)

sys.setprofile(strike)
import duckdb
"""
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (130, "struck\n")
    assert ended.stderr == "clew: interrupted; a case keeps nothing half done\n"


def test_the_commands_as_a_user_starts_them_end_as_they_should(case: Path, tmp_path: Path) -> None:
    def code(*words: str | Path) -> int:
        command = [sys.executable, "-m", "clew", *map(str, words)]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode

    assert [code("status", case), code("status", "gone.duckdb"), code("stats", case)] == [0, 1, 2]


def test_a_password_can_not_be_given_on_the_command_line(clew: Clew, case: Path) -> None:
    said = clew("publish", case, "bolt://localhost:1", "--password", "secret")
    assert said.code == 2


def test_a_server_that_does_not_answer_is_named_and_the_password_is_not(
    clew: Clew, case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEO4J_PASSWORD", "kept-to-ourselves")
    line = one_line(clew("publish", case, "bolt://localhost:1", "--user", "neo4j"))
    assert "localhost:1" in line
    assert "kept-to-ourselves" not in line


def test_an_export_says_what_it_wrote(clew: Clew, case: Path, tmp_path: Path) -> None:
    written = clew("export", case, "--to", "csv", "--out", tmp_path / "out", "--json").json
    assert {"accounts.csv", "links.csv", "clusters.csv", "memberships.csv", "mentions.csv"} <= set(written)
    assert written["accounts.csv"] == 5
    assert "xlsx" in one_line(clew("export", case, "--to", "xlsx", "--out", tmp_path / "out"))
    assert json.dumps(written)


def test_a_place_that_can_not_be_written_is_named(clew: Clew, case: Path, files: Path) -> None:
    for verb in ("export", "map"):
        assert "accounts.csv" in one_line(clew(verb, case, "--out", files / "accounts.csv"))
