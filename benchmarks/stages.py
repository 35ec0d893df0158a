"""A case on its way from files to clusters: each step measured in its own process, on what the step before made."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.measuring import Measured, Work, measure
from benchmarks.worlds import Files, world

if TYPE_CHECKING:
    import clew

STEPS = ("load", "extract", "links", "clusters")


@dataclass(slots=True)
class Stages:
    """The case of a world after each step; made as they are asked for, in ``folder``."""

    size: int
    folder: Path
    repeat: int = 1

    @property
    def files(self) -> Files:
        """The world's files."""
        return world(self.size)

    def case(self, step: str) -> Path:
        """Return the case as it is after ``step``."""
        if not self._path(step).exists():
            self.measured(step)
        return self._path(step)

    def measured(self, step: str) -> Measured:
        """Do ``step`` on the case of the step before, measured, and keep its case."""
        before = self.case(STEPS[STEPS.index(step) - 1]) if step != "load" else None
        files = [(str(path.resolve()), platform) for path, platform in self.files.loads()]
        given: dict[str, Any] = {"case": self._path(step)} | ({"files": files} if step == "load" else {})

        def fresh() -> None:
            self._path(step).unlink(missing_ok=True)
            if before is not None:
                shutil.copy(before, self._path(step))

        return measure(
            f"benchmarks.stages:{step}",
            step=step,
            name="clew",
            size=self.size,
            repeat=self.repeat,
            before_each=fresh,
            **given,
        )

    def _path(self, step: str) -> Path:
        return self.folder / f"{step}.duckdb"


def load(case: str, files: list[tuple[str, str | None]]) -> Work:
    """Load all files; rows are those of the sources."""
    import clew
    from loaders import formats

    formats.known()  # imports the loaders now, so that it is not timed
    opened = clew.open(case)
    return lambda: sum(opened.load(path, platform=platform).added.read for path, platform in files)


def extract(case: str) -> Work:
    """Find numbers; rows are the texts looked at."""
    return _step(case, clew_step=lambda opened: opened.extract(), rows=texts)


def links(case: str) -> Work:
    """Link accounts; rows are what is held and what was passed on."""
    return _step(case, clew_step=lambda opened: opened.links(), rows=holdings_and_shares)


def clusters(case: str) -> Work:
    """Cluster accounts; rows are the links."""
    return _step(case, clew_step=lambda opened: opened.clusters(), rows=link_count)


def _step(case: str, *, clew_step: Callable[[clew.Case], object], rows: Callable[[clew.Case], int]) -> Work:
    import clew
    from loaders import mentions  # noqa: F401  imported now, so that it is not timed

    opened = clew.open(case)
    count = rows(opened)

    def work() -> int:
        clew_step(opened)
        return count

    return work


def texts(case: clew.Case) -> int:
    """Count the texts of accounts and posts."""
    with case.reading(include_collector=True, include_set_aside=True) as db:
        sql = "SELECT (SELECT count(text) + count(contact_phone) FROM posts) + (SELECT count(bio) FROM accounts)"
        return int(db.execute(sql).fetchall()[0][0])


def holdings_and_shares(case: clew.Case) -> int:
    """Count who holds what, and the reposts."""
    with case.reading() as db:
        return int(db.execute("SELECT (SELECT count(*) FROM holds) + (SELECT count(*) FROM reposts)").fetchall()[0][0])


def link_count(case: clew.Case) -> int:
    """Count the links."""
    with case.reading() as db:
        return int(db.execute("SELECT count(*) FROM links").fetchall()[0][0])
