"""The README's first case, word by word, and the notebook: what a newcomer types does what is said there."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

Clew = Any
ROOT = Path(__file__).resolve().parent.parent.parent
README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)([^\n]*)\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
#: What is said of the first case after `run`, and after the mother's post was judged.
BEFORE, AFTER = 4, 4


def lines() -> list[list[str]]:
    """Return the commands of the README's first case, in order, as words."""
    run = [text for language, info, text in BLOCKS if language == "sh" and "example" not in info]
    return [shlex.split(line)[1:] for text in run for line in text.splitlines() if line.startswith("clew ")]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with the README's files, and be in it."""
    for language, info, text in BLOCKS:
        if language == "csv":
            (tmp_path / info.strip()).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_first_case_finds_four_accounts_and_not_the_mother(folder: Path, clew: Clew) -> None:
    members = []
    for words in lines():
        if words[0] not in {"neo4j", "publish", "query"}:
            assert clew(*words).code == 0, words
        if words[0] == "run":
            members.append(clew("status", "channel.duckdb", "--json").json["members"])
    assert members == [BEFORE, AFTER]
    assert "worried.mother" not in (folder / "maps" / "index.html").read_text("utf-8")
    assert "worried.mother" not in (folder / "tables" / "accounts.csv").read_text("utf-8")


def test_the_first_case_in_python_works_as_written(folder: Path) -> None:
    code = "\n".join(text for language, _, text in BLOCKS if language == "python")
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.neo4j
def test_the_first_case_is_published_and_asked(folder: Path, clew: Clew, environment: None, graph: Any) -> None:
    """All of the README's lines but those that start and stop the server: the tests have theirs."""
    answers = []
    for words in lines():
        if words[0] != "neo4j":
            said = clew(*words)
            assert said.code == 0, said.err
        if words[0] == "query":
            answers.append(said.out)
    assert graph.driver.execute_query("MATCH (a:Account) RETURN count(a) AS n").records[0]["n"] == AFTER
    assert "who_holds_number" in answers[0]
    assert "tiktok:102" in answers[1]
    assert "papers.fast" in answers[2]
    assert not any("worried.mother" in answer for answer in answers)


def test_the_notebook_runs_from_its_first_cell_to_its_last(tmp_path: Path) -> None:
    cells = json.loads((ROOT / "notebooks" / "first_case.ipynb").read_text("utf-8"))["cells"]
    assert not any(cell.get("outputs") for cell in cells), "clear the outputs before committing"
    code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    checks = "\nassert clusters.counts['clusters'] > 0 and len(inside) > 0 and len(case.set_aside()) > 0, 'empty'"
    done = subprocess.run(
        [sys.executable, "-c", code + checks],
        cwd=tmp_path,
        env=os.environ | {"PYTHONWARNINGS": "error"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "first_case" / "maps" / "index.html").exists()
