"""The house rules that a machine can check: who imports whom, names, sizes, and what no file may contain."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import phonenumbers
import pytest
from phonenumbers import Leniency, PhoneNumberMatcher

from loaders.formats import known
from loaders.reserved_numbers import is_reserved
from queries import reader

ROOT = Path(__file__).resolve().parent.parent

#: Which rooms a room may import; the whole of the architecture in one table.
MAY_IMPORT: dict[str, set[str]] = {
    "queries": set(),
    "graph": {"queries"},
    "loaders": {"graph"},
    "visualisations": {"graph", "queries"},
    "clew": {"graph", "loaders", "queries", "visualisations"},
}
ROOMS = tuple(MAY_IMPORT)
#: Names that say nothing; what is in such a module belongs where it is used, or deserves a name.
NAMELESS = {"utils", "util", "helpers", "helper", "common", "misc", "base", "manager"}
LONGEST_FILE = 399
READ_BY_PEOPLE = (".py", ".js", ".css", ".sql", ".cypher", ".html", ".jinja")
LONGEST_COMMAND = 20


def files(*suffixes: str) -> list[Path]:
    """Return the repository's own files of these kinds, tracked or about to be."""
    places = [*ROOMS, "tests", "benchmarks", "docs", "notebooks", ".ci"]
    found = [path for place in places for path in (ROOT / place).rglob("*") if path.is_file()]
    found += [path for path in ROOT.iterdir() if path.is_file()]
    return sorted(path for path in found if path.suffix in suffixes and "__pycache__" not in path.parts)


def modules(*rooms: str) -> list[Path]:
    """Return the Python modules of some rooms."""
    return sorted(path for room in rooms for path in (ROOT / room).rglob("*.py"))


def named(path: Path) -> str:
    """Return how a test names a file."""
    return path.relative_to(ROOT).as_posix()


def rooms_imported(source: str) -> set[str]:
    """Return the rooms that a module's text imports, wherever in it: at the top, in a function, by name, for types."""
    return {name.partition(".")[0] for name in _imported(ast.parse(source))} & set(ROOMS)


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
        elif isinstance(node, ast.Call) and _name(node.func) in {"import_module", "__import__", "run_module"}:
            yield from (_beginning(argument) for argument in node.args[:1])


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _beginning(node: ast.expr) -> str:
    """Return the literal beginning of a string or f-string."""
    if isinstance(node, ast.JoinedStr) and node.values:
        node = node.values[0]
    return str(node.value) if isinstance(node, ast.Constant) else ""


def test_a_room_imports_only_the_rooms_that_its_arrows_allow() -> None:
    found = {named(path): rooms_imported(path.read_text("utf-8")) - {room} for room in ROOMS for path in modules(room)}
    wrong = {name: rooms for name, rooms in found.items() if not rooms <= MAY_IMPORT[name.partition("/")[0]]}
    assert not wrong


def test_the_arrows_go_one_way() -> None:
    reached = {room: _reach(room) for room in ROOMS}
    assert not [room for room in ROOMS if room in reached[room]]


def _reach(room: str) -> set[str]:
    return MAY_IMPORT[room].union(*(_reach(other) for other in MAY_IMPORT[room]))


@pytest.mark.parametrize(
    "line",
    [
        "import clew.case",
        "from clew import case",
        "def f():\n    from clew.case import Case",
        "if TYPE_CHECKING:\n    import clew as c",
        "importlib.import_module('clew.case')",
        "import_module(f'clew.{name}')",
    ],
)
def test_an_import_is_seen_wherever_and_however_it_is_written(line: str) -> None:
    assert rooms_imported(line) == {"clew"}


def test_a_module_has_a_name_that_says_what_is_in_it() -> None:
    assert not [named(p) for p in files(".py") if {p.stem, *p.relative_to(ROOT).parts[:-1]} & NAMELESS]


def test_a_file_is_short_enough_to_be_read_in_one_go() -> None:
    lengths = {named(p): len(p.read_text("utf-8").splitlines()) for p in files(*READ_BY_PEOPLE)}
    assert not {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE}


def test_no_error_is_swallowed() -> None:
    found = {named(path): list(_swallowed(ast.parse(path.read_text("utf-8")))) for path in files(".py")}
    assert not {name: places for name, places in found.items() if places}


def _swallowed(tree: ast.AST) -> Iterator[str]:
    """Yield where an exception ends in nothing: ``except …: pass``, or everything suppressed."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            if node.type is None:
                yield f"line {node.lineno}: except of everything"
            if all(isinstance(step, ast.Pass) or _is_ellipsis(step) for step in node.body):
                yield f"line {node.lineno}: nothing done"
        if isinstance(node, ast.Call) and _name(node.func) == "suppress" and _takes_everything(node):
            yield f"line {node.lineno}: everything suppressed"


def _takes_everything(call: ast.Call) -> bool:
    return bool({_name(argument) for argument in call.args} & {"Exception", "BaseException"})


def _is_ellipsis(step: ast.stmt) -> bool:
    return isinstance(step, ast.Expr) and isinstance(step.value, ast.Constant) and step.value.value is ...


@pytest.mark.parametrize(
    "text",
    [
        "try:\n    f()\nexcept OSError:\n    pass",
        "try:\n    f()\nexcept:\n    raise",
        "try:\n    f()\nexcept ValueError:\n    ...",
        "with contextlib.suppress(Exception):\n    f()",
    ],
)
def test_a_swallowed_error_is_seen_in_every_shape(text: str) -> None:
    assert list(_swallowed(ast.parse(text)))


def test_no_class_hierarchy_is_begun() -> None:
    found = {named(path): set(_imported(ast.parse(path.read_text("utf-8")))) for path in modules(*ROOMS)}
    assert not [name for name, imported in found.items() if imported & {"abc"}]


#: No suffix: Makefile, LICENSE, .gitignore, .ci/run.
TEXTS = (*READ_BY_PEOPLE, ".md", ".toml", ".txt", ".csv", ".json", ".jsonl", ".lock", ".yml", ".sh", ".ipynb", "")
#: Paths of one machine, and where packages are fetched from: both are other for everybody else. Pieced together, so
#: that this file itself does not match.
OF_ONE_MACHINE = re.compile(
    "|".join(
        (
            r"(?<![\w.])/(?:" + "work|root|home|Users" + r")/\w",
            r"\b(?:pypi|nexus|artifactory|devpi)\.[\w.-]*\w{2}/" + "simple",
            r"(?:extra-)?index-" + r"url\b",
        )
    )
)


def test_no_file_knows_the_machine_it_was_written_on() -> None:
    found = {named(path): OF_ONE_MACHINE.search(path.read_text("utf-8", "replace")) for path in files(*TEXTS)}
    assert not {name: match for name, match in found.items() if match}


def test_paths_of_a_machine_are_seen() -> None:
    assert OF_ONE_MACHINE.search("see /" + "root/x")
    assert OF_ONE_MACHINE.search("--index" + "-url=https://mirror/simple")
    assert not OF_ONE_MACHINE.search("maps/work/index.html, case.py")


#: Textbook numbers, in one test of libphonenumber's own behaviour.
TEXTBOOK = {"+447701234567", "+9647701234567", "+442000000000"}


def test_every_phone_number_in_the_repository_belongs_to_nobody() -> None:
    """Samples, fixtures, tests and docs show only numbers that a regulator keeps for fiction, or dummies."""
    foreign = {named(path): set(_numbers(path.read_text("utf-8", "replace"))) - TEXTBOOK for path in files(*TEXTS)}
    assert not {name: numbers for name, numbers in foreign.items() if numbers}


def _numbers(text: str) -> Iterator[str]:
    for match in PhoneNumberMatcher(text, None, leniency=Leniency.VALID, max_tries=1_000_000):
        number = phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
        if not is_reserved(number):
            yield number


def test_every_loader_kind_of_link_and_question_is_named_by_a_test_or_its_expectations() -> None:
    """What is added as one file comes with an expected result somewhere in the tests."""
    told = "\n".join(p.read_text("utf-8") for p in (ROOT / "tests").rglob("*") if p.suffix in {".py", ".json"})
    added = [*(loader.name for loader in known()), *reader.link_kinds(), *reader.cypher_names()]
    assert len(added) > 10
    assert not [name for name in added if f'"{name}"' not in told]


def test_a_command_is_a_thin_layer() -> None:
    """Its statements, not counting signature and docstring; a call spread over lines is one statement."""
    sizes = {
        f"{named(path)} {node.name}": sum(isinstance(step, ast.stmt) for step in ast.walk(node)) - 2
        for path in modules("clew")
        if "cli" in path.parts
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef)
    }
    assert sizes
    assert not {name: size for name, size in sizes.items() if size > LONGEST_COMMAND}
