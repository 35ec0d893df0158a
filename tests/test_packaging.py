"""clew as others get it: the wheel in an environment of its own, run from another folder, and files in its way."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import textwrap
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("clew", "graph", "loaders", "queries", "visualisations")

#: A shell's environment without what would lead Python back to this checkout.
BARE = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV", "NEO4J"))}


def run(*command: str | Path, cwd: Path, **options: object) -> subprocess.CompletedProcess[str]:
    """Run a command to its end and return what it said; ``check=True`` makes a failure the test's."""
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=BARE, capture_output=True, text=True, check=False, timeout=500
    )
    if options.get("check", True):
        assert done.returncode == 0, f"{' '.join(done.args)}\n{done.stdout}\n{done.stderr}"
    return done


def files_of_the_rooms() -> set[str]:
    """Return every file that belongs to clew, code and data."""
    found = (path for room in ROOMS for path in (ROOT / room).rglob("*") if path.is_file())
    return {path.relative_to(ROOT).as_posix() for path in found if "__pycache__" not in path.parts}


def contents(wheel: Path) -> set[str]:
    """Return the files in a wheel, without its metadata."""
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if not re.match(r"clew-[^/]+\.dist-info/", name)}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel of this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of programs of an environment that has the wheel, what it needs, and nothing else."""
    folder = tmp_path_factory.mktemp("elsewhere") / "env"
    run(sys.executable, "-m", "venv", "--without-pip", folder, cwd=folder.parent)
    programs = folder / "bin"
    lock = ROOT / "requirements.lock"
    pip = (sys.executable, "-m", "pip", "--python", programs / "python")
    run(*pip, "install", "--quiet", "--no-compile", "--constraint", lock, wheel, cwd=folder.parent)
    return programs


def test_the_wheel_has_every_file_of_the_rooms_and_nothing_else(wheel: Path) -> None:
    assert contents(wheel) == files_of_the_rooms()


def test_a_wheel_made_from_the_source_archive_is_the_same(wheel: Path, tmp_path: Path) -> None:
    run(sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", tmp_path, cwd=ROOT)
    archive = next(tmp_path.glob("*.tar.gz"))
    run("tar", "xzf", archive, cwd=tmp_path)
    folder = tmp_path / archive.name.removesuffix(".tar.gz")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path, cwd=folder)
    assert contents(next(tmp_path.glob("*.whl"))) == contents(wheel)


def test_the_wheel_in_an_empty_environment_goes_from_files_to_maps_and_tables(installed: Path, tmp_path: Path) -> None:
    def clew(*arguments: str | Path) -> str:
        return run(installed / "clew", *arguments, cwd=tmp_path).stdout

    assert "Usage" in clew("--help")
    assert re.fullmatch(r"clew \d+\.\d+\.\d+\n", clew("--version"))
    clew("sample", "world", "--accounts", "300")
    every = json.loads((tmp_path / "world" / "load.json").read_bytes())
    one_a_format = {source["format"]: source for source in every}.values()
    assert {source["format"] for source in one_a_format} == {"csv", "coortweet", "x-jsonl", "telegram-desktop"}
    for source in one_a_format:
        said = {name: source[name] for name in ("platform", "region", "timezone") if source.get(name)}
        options = [word for name, value in said.items() for word in (f"--{name}", value)]
        clew("load", "case.duckdb", Path("world") / source["path"], "--as", source["format"], *options)
    clew("run", "case.duckdb")
    clew("map", "case.duckdb", "--out", "maps")
    clew("export", "case.duckdb", "--to", "csv", "--out", "tables")
    assert json.loads(clew("status", "case.duckdb", "--json"))["clusters"] > 0
    assert "<html" in (tmp_path / "maps" / "index.html").read_text("utf-8")
    assert (tmp_path / "tables" / "links.csv").stat().st_size > 0
    assert "who_holds" in clew("query", "--list")


def test_the_installed_rooms_are_those_of_the_wheel(installed: Path, tmp_path: Path) -> None:
    code = f"import {', '.join(ROOMS)}\nprint(*(room.__file__ for room in ({', '.join(ROOMS)})), sep='\\n')"
    places = run(installed / "python", "-c", code, cwd=tmp_path).stdout.splitlines()
    assert [Path(place).is_relative_to(installed.parent) for place in places] == [True] * len(ROOMS)


def test_without_the_extra_the_local_neo4j_says_what_to_install(installed: Path, tmp_path: Path) -> None:
    done = run(installed / "clew", "neo4j", "start", cwd=tmp_path, check=False)
    assert done.returncode == 1
    assert "clew[neo4j-local]" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.fixture
def python(tmp_path: Path) -> Callable[[str], subprocess.CompletedProcess[str]]:
    """Run Python code as a notebook would: its own folder first on the path."""
    return lambda code: run(sys.executable, "-c", textwrap.dedent(code), cwd=tmp_path, check=False)


Python = Callable[[str], "subprocess.CompletedProcess[str]"]


@dataclass(frozen=True)
class InTheWay:
    """A file that hides one of clew's rooms."""

    path: str
    room: str


IN_THE_WAY = [
    InTheWay("graph.py", "graph"),
    InTheWay("queries/__init__.py", "queries"),
    InTheWay("loaders.py", "loaders"),
]


@pytest.mark.parametrize("way", IN_THE_WAY, ids=lambda way: way.path)
@pytest.mark.parametrize(
    "code", ["import clew; clew.open('x.duckdb')", "from clew import Case", "import clew; clew.write_sample('world')"]
)
def test_a_file_beside_a_notebook_that_hides_a_room_is_named(
    python: Python, tmp_path: Path, way: InTheWay, code: str
) -> None:
    theirs = tmp_path / way.path
    theirs.parent.mkdir(exist_ok=True)
    theirs.write_text("raise SystemExit('the wrong module ran')\n")
    last = python(code).stderr.strip().splitlines()[-1]
    assert last.startswith("ImportError: ")
    assert str(theirs) in last
    assert repr(way.room) in last
    assert "Rename" in last


def test_a_module_of_a_rooms_name_that_was_imported_before_is_named(python: Python, tmp_path: Path) -> None:
    (tmp_path / "graph.py").write_text("answer = 42\n")
    done = python("import graph, clew\nclew.open('x.duckdb')")
    assert f"{tmp_path / 'graph.py'} is imported as 'graph'" in done.stderr


def test_a_module_without_a_file_in_a_rooms_place_is_named(python: Python) -> None:
    done = python("import sys, types\nsys.modules['graph'] = types.ModuleType('graph')\nimport clew\nclew.open('x')")
    assert "ImportError" in done.stderr.splitlines()[-1]
    assert "'graph'" in done.stderr.splitlines()[-1]


def test_the_command_line_says_the_same_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "graph.py").write_text("raise SystemExit('the wrong module ran')\n")
    done = run(sys.executable, "-m", "clew", "status", "x.duckdb", cwd=tmp_path, check=False)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert str(tmp_path / "graph.py") in done.stderr


def test_a_folder_of_data_with_a_rooms_name_is_in_nobodys_way(python: Python, tmp_path: Path) -> None:
    (tmp_path / "graph").mkdir()
    (tmp_path / "graph" / "data.csv").write_text("a,b\n")
    done = python("import clew; print(clew.open('x.duckdb').path.name)")
    assert done.stdout == "x.duckdb\n", done.stderr


def test_importing_clew_costs_nothing(python: Python) -> None:
    done = python("import sys, clew\nprint(sorted({'duckdb', 'pandas', 'neo4j', 'typer', 'numpy'} & set(sys.modules)))")
    assert done.stdout == "[]\n", done.stderr
