"""The docs say what the code says: generated pages are fresh, every command and path named is there."""

from __future__ import annotations

import importlib.util
import re
import shlex
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import typer

from clew.cli.commands import app

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
PAGES = sorted(path for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
PLACES = r"clew|graph(?!/clew)|loaders|queries|visualisations|tests|docs|benchmarks|notebooks|\.ci"
#: A page of A4 at the size that a browser prints.
ONE_PAGE = 4_500


def _generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GENERATE = _generator()


def commands() -> dict[str, Any]:
    """Return the commands by name, those of a group as ``neo4j start``."""
    found = {}
    for name, command in typer.main.get_command(app).commands.items():  # type: ignore[attr-defined]
        inner = getattr(command, "commands", None)
        found |= {f"{name} {each}": deeper for each, deeper in inner.items()} if inner else {name: command}
    return found


def blocks(text: str, language: str) -> list[str]:
    """Return the fenced blocks whose info string begins with a language."""
    return re.findall(rf"^```{language}\b[^\n]*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("name", sorted(GENERATE.pages()))
def test_a_generated_page_says_what_the_code_says(name: str) -> None:
    assert (ROOT / "docs" / name).read_text("utf-8") == GENERATE.pages()[name], "do: make docs"


def test_the_page_of_the_case_shows_every_view_that_outputs_read() -> None:
    """Every view of the contract, and no column without its place in the page."""
    assert set(GENERATE.VIEWS) == {
        "accounts", "posts", "reposts", "chats", "sources", "mentions", "holds", "links", "left_out", "clusters",
        "memberships", "relations", "run_facts",
    }  # fmt: skip


def test_every_command_is_in_the_readme_and_every_option_in_the_docs() -> None:
    page = (ROOT / "docs" / "commands.md").read_text("utf-8")
    for name, command in commands().items():
        assert f"clew {name.split()[0]}" in README
        assert f"## clew {name}\n" in page
        section = page.partition(f"## clew {name}\n")[2].partition("\n## ")[0]
        for parameter in command.params:
            assert parameter.name == "help" or f"`{parameter.opts[-1]}" in section or parameter.metavar in section


def test_every_command_line_in_the_readme_is_one_that_clew_takes() -> None:
    lines = [line for block in blocks(README, "sh") for line in block.splitlines() if line.startswith("clew ")]
    assert len(lines) > 10
    for line in lines:
        words = shlex.split(line)[1:]
        name = " ".join(words[:2]) if " ".join(words[:2]) in commands() else words[0]
        options = {option for parameter in commands()[name].params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= options, line


def test_every_make_target_in_the_readme_is_one_that_make_has() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"^make ([a-z-]+)", "\n".join(blocks(README, "sh")), re.MULTILINE)) <= targets
    assert set(re.findall(r"`make ([a-z-]+)", README)) <= targets


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_to_a_file_leads_to_one(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)", page.read_text("utf-8"))
    missing = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert not missing


@pytest.mark.parametrize("page", [ROOT / "README.md", *DECISIONS], ids=lambda path: path.name)
def test_every_path_that_is_named_is_there(page: Path) -> None:
    """What stands between backticks and begins like a path of the repository."""
    named = re.findall(rf"`((?:{PLACES})/[\w./*-]*|[\w-]+\.(?:toml|lock|md))`", page.read_text("utf-8"))
    assert not [path for path in named if not list(ROOT.glob(path.rstrip("/")))]


def test_decisions_count_from_1_without_a_gap() -> None:
    assert [int(path.name[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.name)
def test_a_decision_is_one_page_that_says_what_and_why(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.startswith(f"# {int(path.name[:4])}. ")
    assert len(text) <= ONE_PAGE
    assert "**Decided.**" in text
    assert "**Why" in text or "**Turned down" in text


def test_the_changelog_begins_with_what_is_not_yet_released_or_the_current_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    first = re.findall(r"^## \[([^\]]+)\]", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)[0]
    assert first in {"Unreleased", version}
