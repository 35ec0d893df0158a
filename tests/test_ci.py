"""``make`` and ``.ci/run``: that they say what is wrong, and miss nothing that went unsaid."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import psutil
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
REPORT = """\
<testsuites><testsuite name="pytest">
<testcase classname="tests.a" name="test_that_ran"/>
<testcase classname="tests.a" name="test_that_did_not"><skipped type="pytest.skip" message="no browser"/></testcase>
<testcase classname="tests.a" name="test_meant_to_fail"><skipped type="pytest.xfail" message=""/></testcase>
</testsuite></testsuites>
"""


@pytest.fixture(scope="module")
def aftermath() -> ModuleType:
    """Return what ``.ci/run`` looks with after the tests."""
    spec = importlib.util.spec_from_file_location("aftermath", ROOT / ".ci" / "aftermath.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run make in this checkout, free of the make that may have started the tests."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("MAKE") and name != "MFLAGS"}
    return subprocess.run(
        ["make", "--no-print-directory", *arguments], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )


def test_a_test_that_was_skipped_or_expected_to_fail_is_told(aftermath: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "junit.xml").write_text(REPORT)
    assert aftermath.skips(tmp_path / "junit.xml") == ["tests.a: test_that_did_not", "tests.a: test_meant_to_fail"]


def test_a_process_that_detached_itself_is_found_and_ended(aftermath: ModuleType) -> None:
    mark = f"test-{os.getpid()}"
    left = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(300)"],
        env=os.environ | {"CLEW_CI_MARK": mark},
        start_new_session=True,
    )
    psutil.Process(left.pid).name()
    assert [line.split()[0] for line in aftermath.end_leftovers(mark)] == [str(left.pid)]
    assert left.wait(10) != 0
    assert aftermath.end_leftovers(mark) == []


def test_make_alone_lists_what_can_be_made() -> None:
    listed = set(re.findall(r"^make ([a-z-]+) ", make().stdout, re.MULTILINE))
    assert {"install", "demo", "test", "test-long", "lint", "bench", "docs", "clean"} <= listed


def test_without_a_python_that_is_new_enough_make_says_so(tmp_path: Path) -> None:
    done = make("install", "PYTHON=", f"VENV={tmp_path / 'env'}")
    assert done.returncode != 0
    assert "clew needs Python 3.11 or later" in done.stderr
    assert not (tmp_path / "env").exists()


def path_of(folder: Path, *pythons: tuple[str, str]) -> str:
    """Return a path on which there are make, sh and these Pythons: a name, and a script that is asked what it is."""
    for number, (name, script) in enumerate(pythons):
        python = folder / str(number) / name
        python.parent.mkdir()
        python.write_text(f"#!/bin/sh\n{script}\n")
        python.chmod(0o755)
    tools = folder / "tools"
    tools.mkdir()
    for name in ("make", "sh"):
        found = shutil.which(name)
        assert found is not None
        (tools / name).symlink_to(found)
    return ":".join([*(str(folder / str(number)) for number in range(len(pythons))), str(tools)])


def chosen(folder: Path, *pythons: tuple[str, str]) -> str:
    """Return which of these Pythons ``make install`` would take, from the folder that holds them."""
    path = path_of(folder, *pythons)
    command = ["make", "--dry-run", "install", f"VENV={folder / 'env'}"]
    done = subprocess.run(command, cwd=ROOT, env={"PATH": path}, capture_output=True, text=True, check=True)
    found = re.search(r'test -n "([^"]*)"', done.stdout)
    assert found is not None
    return found[1].removeprefix(f"{folder}/")


OLD = 'case "$1" in --version) echo Python 3.10.4;; *) exit 1;; esac'
PLAIN = '[ "$3" = any ]'
OPTIMISED = "exit 0"


def test_an_older_python_is_not_taken(tmp_path: Path) -> None:
    """Every Python on the path is of 3.10: make takes none, and says which it saw."""
    path = path_of(tmp_path, ("python3.11", OLD), ("python3", OLD))
    done = subprocess.run(
        ["make", "install", f"VENV={tmp_path / 'env'}"],
        cwd=ROOT, env={"PATH": path}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    assert "Found: Python 3.10.4 as python3." in done.stderr


def test_a_python_built_with_optimisation_is_taken_before_newer_and_earlier_ones(tmp_path: Path) -> None:
    found = chosen(tmp_path, ("python3.13", PLAIN), ("python3", PLAIN), ("python3.11", OLD), ("python3.11", OPTIMISED))
    assert found == "3/python3.11"


def test_where_none_is_optimised_the_newest_name_is_taken(tmp_path: Path) -> None:
    assert chosen(tmp_path, ("python3", PLAIN), ("python3.12", PLAIN), ("python3.11", OLD)) == "1/python3.12"


def chromium(path: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Look for a Chromium as ``make test`` does, on this ``PATH``."""
    return subprocess.run(
        ["bash", str(ROOT / ".ci" / "chromium"), sys.executable],
        env={"PATH": path, "HOME": "/nowhere", **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_chromium_that_is_named_is_taken(tmp_path: Path) -> None:
    named = tmp_path / "my chromium"
    named.write_text("#!/bin/sh\n")
    named.chmod(0o755)
    assert chromium("/usr/bin:/bin", CHROMIUM=str(named)).stdout == f"{named}\n"


def test_a_chromium_is_found_where_this_one_is() -> None:
    found = chromium(os.environ["PATH"]).stdout.strip()
    assert Path(found).is_file()


def test_the_lock_has_a_version_that_pyproject_allows_of_everything_it_names() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    lines = (line for line in (ROOT / "requirements.lock").read_text("utf-8").splitlines() if not line.startswith("#"))
    locked = {Requirement(line).name: Requirement(line).specifier for line in lines}
    wanted = [
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["neo4j-local"],
        *project["dependency-groups"]["dev"],
    ]
    for text in wanted:
        requirement = Requirement(text)
        version = str(locked[canonicalize_name(requirement.name)]).removeprefix("==")
        assert version in requirement.specifier, f"{text} is locked at {version}"


@pytest.mark.parametrize(("told", "code"), [(signal.SIGTERM, 143), (None, 2)])
def test_a_run_that_is_told_to_end_or_whose_tests_fail_is_never_called_well(
    told: signal.Signals | None, code: int, tmp_path: Path
) -> None:
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", tmp_path / ".ci")
    ends = "sleep 1" if told else "sleep 0.1; false"
    (tmp_path / "Makefile").write_text(f"install lint: ;\ntest: ; @echo testing; {ends}\n")
    with subprocess.Popen(["bash", tmp_path / ".ci" / "run"], stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        said = [next(line for line in iter(run.stdout.readline, "") if line == "testing\n")]
        if told:
            run.send_signal(told)
        said += run.stdout.readlines()
    assert run.returncode == code
    assert "failed" in said[-1]
