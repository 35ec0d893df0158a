"""``import clew``: what it offers, that its help teaches, and that the command line says the same."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil
import pydoc
from collections.abc import Iterator
from typing import Any

import pytest
import typer

import clew
from clew.cli.commands import app

ROOMS = ("clew", "graph", "loaders", "queries", "visualisations")
#: Commands that work on no case, and where their work is in Python.
ON_NO_CASE = {
    "sample": "clew.write_sample",
    "demo": "clew.demo.demo",
    "formats": "loaders.formats.known",
    "scan": "loaders.scanning.scan",
    "neo4j": "graph.neo4j_server",
    "doctor": "clew.doctor",
}
VERBS = {
    "load", "extract", "links", "clusters", "run", "map", "publish", "query", "export", "status", "judge",
}  # fmt: skip


def commands() -> dict[str, Any]:
    """Return the commands by name, those of a group as ``neo4j start``."""
    found = {}
    for name, command in typer.main.get_command(app).commands.items():  # type: ignore[attr-defined]
        inner = getattr(command, "commands", None)
        found |= {f"{name} {each}": deeper for each, deeper in inner.items()} if inner else {name: command}
    return found


def modules() -> Iterator[Any]:
    """Import and yield every module of the rooms."""
    for room in ROOMS:
        package = importlib.import_module(room)
        yield package
        for found in pkgutil.walk_packages(package.__path__, f"{room}."):
            if not found.name.endswith("__main__"):
                yield importlib.import_module(found.name)


def test_what_clew_offers_is_exactly_this() -> None:
    assert sorted(clew.__all__) == ["Case", "ClewError", "__version__", "open", "write_sample"]
    assert all(getattr(clew, name) is not None for name in clew.__all__)
    assert dir(clew) == sorted(clew.__all__)


def test_what_a_case_offers_is_exactly_this() -> None:
    public = {name for name in vars(clew.Case) if not name.startswith("_")}
    assert public == VERBS | {
        "path", "id", "judge_all", "cypher", "table", "to_networkx", "rejections", "set_aside", "reading",
        "unknown_subjects", "load_all", "load_graph",
    }  # fmt: skip


def test_a_name_that_clew_has_not_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'opne'"):
        clew.opne  # noqa: B018


def test_help_on_clew_shows_a_first_case_from_files_to_a_question() -> None:
    text = pydoc.plain(pydoc.render_doc(clew))
    for step in ("clew.open(", "case.load(", "case.run(", "case.map(", "case.publish(", "case.query("):
        assert step in text
    assert "likely" in text


def test_help_on_a_case_names_its_verbs_in_the_order_of_the_work() -> None:
    text = inspect.getdoc(clew.Case)
    assert text is not None
    named = [text.index(f"``{verb}``") for verb in ("load", "run", "status", "map", "publish", "query", "export")]
    assert named == sorted(named)


@pytest.mark.parametrize("name", sorted(name for name in vars(clew.Case) if not name.startswith("_")))
def test_every_verb_says_first_what_the_caller_gets(name: str) -> None:
    text = inspect.getdoc(getattr(clew.Case, name))
    assert text is not None
    assert text.partition("\n\n")[0].rstrip().endswith((".", ":"))


def test_every_command_is_a_verb_of_the_case_or_known_not_to_be() -> None:
    assert {name.split()[0] for name in commands()} == VERBS | set(ON_NO_CASE)
    assert all(callable(getattr(clew.Case, verb)) for verb in VERBS)


@pytest.mark.parametrize("name", sorted(commands()))
def test_every_command_and_option_has_words_that_help(name: str) -> None:
    command = commands()[name]
    assert command.help
    assert len(command.help.split()) > 3
    for parameter in command.params:
        words = getattr(parameter, "help", None) or ""
        assert words.strip(), f"clew {name}: {parameter.name}"


@pytest.mark.parametrize("name", sorted(VERBS - {"query", "judge"}))
def test_a_default_is_the_same_at_the_command_line_and_in_python(name: str) -> None:
    in_python = inspect.signature(getattr(clew.Case, name)).parameters
    for parameter in commands()[name].params:
        if parameter.name in in_python and not parameter.required:
            default = in_python[parameter.name].default
            if default not in (inspect.Parameter.empty, None, ()):
                assert parameter.default == default, f"clew {name} --{parameter.name}"


def test_every_threshold_of_a_run_can_be_set_at_the_command_line() -> None:
    options = {parameter.name for parameter in commands()["run"].params}
    wanted = set(inspect.signature(clew.Case.run).parameters) - {"self", "report"}
    assert wanted <= options


def test_every_example_in_the_code_runs_and_gives_what_it_says() -> None:
    """All doctests of all rooms, with warnings as errors like every test."""
    attempted = 0
    for module in modules():
        result = doctest.testmod(module)
        assert result.failed == 0, module.__name__
        attempted += result.attempted
    assert attempted >= 15
