"""What tests of loaders share: a file from bytes, and all that was read from it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from loaders.formats import open_source
from tests.clew.conftest import case, clew, files, made  # noqa: F401  - fixtures: the command, and a small case

if TYPE_CHECKING:
    from collections.abc import Callable

    from graph.records import ReadRow, Record

FIXTURES = Path(__file__).parent.parent / "fixtures" / "loaders"


class Read:
    """Everything that one file came to."""

    def __init__(self, path: Path, **said: Any) -> None:
        opened = open_source(path, **said)
        self.rows: list[ReadRow] = list(opened.rows)
        self.source = opened.source
        self.warnings = opened.warnings

    @property
    def records(self) -> list[Record]:
        return [record for row in self.rows for record in row.records]

    def of(self, kind: type) -> list[Any]:
        return [record for record in self.records if type(record) is kind]

    @property
    def reasons(self) -> list[tuple[int, str]]:
        return [(row.line, row.rejection.reason) for row in self.rows if row.rejection]


@pytest.fixture(scope="session")
def read(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Read]:
    """Return a function that writes bytes or text to a file and reads it back as rows."""
    folder = tmp_path_factory.mktemp("sources")
    count = 0

    def write_and_read(content: bytes | str, name: str = "source", **said: Any) -> Read:
        nonlocal count
        count += 1
        path = folder / f"{count % 50}-{name}"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return Read(path, **said)

    return write_and_read


@pytest.fixture(scope="session")
def fixtures() -> Path:
    return FIXTURES
