"""Tables that are kept between processes."""

from __future__ import annotations

from pathlib import Path

import platformdirs
import pytest

from loaders.kept_tables import kept


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a folder of the test's own the user's cache."""
    monkeypatch.setattr(platformdirs, "user_cache_path", lambda *_, **__: tmp_path / "cache")
    return tmp_path / "cache"


def test_what_was_made_is_not_made_again_until_its_key_changes(cache: Path) -> None:
    made: list[str] = []

    def make() -> list[object]:
        made.append("once")
        return [len(made), ["ا"]]

    assert [kept("t", "a", make), kept("t", "a", make), kept("t", "b", make)] == [[1, ["ا"]], [1, ["ا"]], [2, ["ا"]]]
    assert [path.name for path in cache.iterdir()] == ["t.json"]


@pytest.mark.parametrize("damage", [b"", b"[", b"[1]", b"null", b"{}", b"\xff"])
def test_a_damaged_file_is_replaced(cache: Path, damage: bytes) -> None:
    cache.mkdir()
    (cache / "t.json").write_bytes(damage)
    assert kept("t", "a", lambda: [1]) == [1]
    assert kept("t", "a", lambda: [2]) == [1]


def test_where_nothing_can_be_kept_it_is_made_each_time(cache: Path) -> None:
    cache.write_text("a file stands where the folder would be")
    assert kept("t", "a", lambda: [1]) == [1]
    assert kept("t", "a", lambda: [2]) == [2]
