"""What the tests of the façade and the command line share: the command as a function, and a small case."""

from __future__ import annotations

import json
import shutil
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import clew as facade
from clew.cli import main

#: A name and a bio that a terminal, a spreadsheet or a browser would obey, were they let.
HOSTILE = "=cmd|'/C calc'!A1 \x1b[2J\x1b]0;owned\x07 [red]not red[/red] \u202egnp.exe <script>alert(1)</script>"

ACCOUNTS = f"""\
account_id,handle,display_name,bio
1,routes.one,Routes One,Safe way over. Call +44 7700 900123
2,routes.two,"{HOSTILE}",Call +44 7700 900123
3,routes.three,Routes Three,WhatsApp +44 7700 900123 or +44 7700 900456
4,elsewhere,Elsewhere,Call +44 7700 900456
5,nobody,Nobody,
"""
#: Line 3 has a time that nobody can read, line 4 no account.
POSTS = """\
account_id,post_id,text,timestamp
5,900,Now on +44 7700 900123,2024-03-01T10:00:00Z
5,901,later,yesterday evening
,902,Whose is this? +44 7700 900123,2024-03-01T11:00:00Z
"""


@dataclass(frozen=True)
class Said:
    """How a command ended, and what it wrote where."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it printed, as JSON."""
        return json.loads(self.out)


Clew = Callable[..., Said]


@pytest.fixture
def clew(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Clew:
    """Run ``clew …`` in this process, and return how it ended."""

    def run(*arguments: str | Path) -> Said:
        monkeypatch.setattr("sys.argv", ["clew", *map(str, arguments)])
        capsys.readouterr()
        hears = signal.getsignal(signal.SIGINT)
        try:
            code = main()
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 1
        finally:
            signal.signal(signal.SIGINT, hears)  # after main a process has nothing left to interrupt; this one has
        captured = capsys.readouterr()
        return Said(code, captured.out, captured.err)

    return run


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with two files and a case in which both are and everything is derived. It is only copied."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "accounts.csv").write_text(ACCOUNTS, encoding="utf-8", newline="")
    (folder / "posts.csv").write_text(POSTS, encoding="utf-8", newline="")
    case = facade.open(folder / "channel.duckdb")
    for name in ("accounts.csv", "posts.csv"):
        case.load(folder / name, platform="tiktok")
    case.run()
    return folder


@pytest.fixture
def files(made: Path, tmp_path: Path) -> Path:
    """Return a folder with ``accounts.csv`` and ``posts.csv``; one of the posts is no post."""
    for name in ("accounts.csv", "posts.csv"):
        shutil.copy(made / name, tmp_path)
    return tmp_path


@pytest.fixture
def case(made: Path, files: Path) -> Path:
    """Return a case with both files in it and everything derived."""
    return Path(shutil.copy(made / "channel.duckdb", files))
