"""Folders and archives give their files one by one; what is broken, crafted or no file is told, and nothing is left."""

from __future__ import annotations

import io
import os
import stat
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from graph.errors import OutputUnwritable, SourceUnreadable
from loaders import archives, private_folders
from loaders.archives import members_of
from loaders.folders import Given, NotTaken, PassedOver, files_of

TABLE = b"account_id,bio\n1,words\n"
_ENCRYPTED = 0x1


def archive(path: Path, *members: tuple[Any, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    """Write an archive of members by name or ``ZipInfo``."""
    with zipfile.ZipFile(path, "w", method) as written:
        for name, content in members:
            written.writestr(name, content)
    return path


def read(found: Iterator[Any]) -> tuple[dict[str, bytes], dict[str, str], tuple[int, int]]:
    """Return what was given by name with its bytes, what was not taken with the reason, and what was passed over."""
    given: dict[str, bytes] = {}
    left: dict[str, str] = {}
    over = (0, 0)
    for each in found:
        if isinstance(each, Given):
            given[each.called] = each.path.read_bytes()
        elif isinstance(each, NotTaken):
            left[each.source] = each.reason
        else:
            assert isinstance(each, PassedOver)
            over = tuple(each)
    return given, left, over


@pytest.fixture(autouse=True)
def unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give the folder in which things are unpacked, and fail where any is left."""
    place = tmp_path / "unpacked"
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))
    yield place
    assert list(place.iterdir()) == []


def test_a_folder_s_files_are_given_by_path_and_what_is_none_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "given"
    for name in (
        "b.csv",
        "a.csv",
        "sub/c.csv",
        "sub/deeper/d",
        ".hidden",
        ".git/x",
        "__MACOSX/._a.csv",
        "p.JPG",
        "v.opus",
    ):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(TABLE)
    (folder / "outside").symlink_to("/etc/passwd")
    (folder / "loop").symlink_to(folder)
    os.mkfifo(folder / "pipe")
    given, left, over = [], {}, None
    for each in files_of(folder):
        if isinstance(each, Given):
            given.append(each.called)
        elif isinstance(each, NotTaken):
            left[each.source] = each.reason
        else:
            over = each
    assert given == ["given/a.csv", "given/b.csv", "given/pipe", "given/sub/c.csv", "given/sub/deeper/d"]
    assert list(left) == ["given/loop", "given/outside"]
    assert all("is a link" in reason for reason in left.values())
    assert over == (2, 3)


def test_a_folder_that_can_not_be_listed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceUnreadable, match="can't be listed"):
        list(files_of(tmp_path / "gone"))


def test_members_are_given_by_name_and_gone_afterwards(tmp_path: Path, unpacked: Path) -> None:
    path = archive(
        tmp_path / "a.zip", ("sub/b.csv", TABLE), ("a.csv", b"x"), ("sub/", b""), (".DS_Store", b""), ("i/p.webp", b"")
    )
    seen: list[Path] = []
    for each in members_of(path):
        assert not [old for old in seen if old.exists()]
        if isinstance(each, Given):
            seen.append(each.path)
            (folder,) = unpacked.iterdir()
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    given, left, over = read(members_of(path))
    assert given == {"a.zip/a.csv": b"x", "a.zip/sub/b.csv": TABLE}
    assert (left, over) == ({}, (1, 1))


def test_who_stops_half_way_leaves_nothing(tmp_path: Path) -> None:
    members = members_of(archive(tmp_path / "a.zip", ("a", TABLE), ("b", TABLE)))
    next(members)
    members.close()  # type: ignore[attr-defined] # a generator


@pytest.mark.parametrize(
    "name", ["/etc/cron.d/x", "../../../x", "..\\..\\x", "C:\\x", "a" * 5000, "\x1b[2J", "CON", "a/b/../c"]
)
def test_a_member_s_name_says_nothing_of_where_it_is_unpacked(name: str, tmp_path: Path, unpacked: Path) -> None:
    path = archive(tmp_path / "a.zip", (zipfile.ZipInfo(name), TABLE))
    for each in members_of(path):
        if isinstance(each, Given):
            assert each.path.parent.parent == unpacked
            assert each.called == f"a.zip/{name}".replace("\\", "/")
            assert each.path.read_bytes() == TABLE
    assert {each.name for each in tmp_path.iterdir()} == {"a.zip", "unpacked"}


def test_a_name_without_the_mark_of_utf_8_is_utf_8_where_it_can_be(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", ("ab.csv", TABLE), ("cd.csv", TABLE))
    data = path.read_bytes().replace(b"ab.csv", "é.csv".encode()).replace(b"cd.csv", b"\x81d.csv")
    path.write_bytes(data)
    assert sorted(read(members_of(path))[0]) == ["a.zip/é.csv", "a.zip/üd.csv"]


def test_a_name_that_lies_about_utf_8_is_a_damaged_archive(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", ("é.csv", TABLE))
    path.write_bytes(path.read_bytes().replace("é".encode(), b"\xff\xfe"))
    with pytest.raises(SourceUnreadable, match="damaged ZIP archive"):
        list(members_of(path))


def test_links_and_encrypted_and_rare_members_are_told_and_the_others_taken(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link.csv")
    link.create_system = 3
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    path = archive(tmp_path / "a.zip", (link, b"/etc/passwd"), ("good.csv", TABLE), ("secret.csv", TABLE))
    with zipfile.ZipFile(path, "a", zipfile.ZIP_BZIP2) as written:
        written.writestr("rare.csv", TABLE)
    _flag(path, "secret.csv", _ENCRYPTED)
    given, left, _ = read(members_of(path))
    assert given == {"a.zip/good.csv": TABLE}
    assert "is a link" in left["a.zip/link.csv"]
    assert "encrypted" in left["a.zip/secret.csv"]
    assert "rare" in left["a.zip/rare.csv"]


def _flag(path: Path, name: str, flag: int) -> None:
    """Set a flag of a member, in both places where an archive has it."""
    data = bytearray(path.read_bytes())
    for mark, flags_at, name_at in ((b"PK\x03\x04", 6, 30), (b"PK\x01\x02", 8, 46)):
        at = data.find(mark)
        while at >= 0:
            if data[at + name_at : at + name_at + len(name)] == name.encode():
                data[at + flags_at] |= flag
            at = data.find(mark, at + 4)
    path.write_bytes(data)


def test_a_damaged_member_is_told_and_the_others_taken(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", ("a.csv", TABLE), ("b.csv", b"account_id,bio\n1,+44 7700 900123\n"), method=0)
    path.write_bytes(path.read_bytes().replace(b"7700 900123", b"7701 900123"))
    given, left, _ = read(members_of(path))
    assert given == {"a.zip/a.csv": TABLE}
    assert "does not give what was packed" in left["a.zip/b.csv"]


def test_an_archive_cut_anywhere_is_refused_in_one_line_or_read(tmp_path: Path) -> None:
    whole = archive(tmp_path / "a.zip", ("a.csv", TABLE * 50), ("b.csv", TABLE)).read_bytes()
    path = tmp_path / "cut.zip"
    for end in range(4, len(whole), 7):
        path.write_bytes(whole[:end])
        with pytest.raises(SourceUnreadable) as caught:
            list(members_of(path))
        assert "\n" not in str(caught.value)


def test_any_byte_that_is_changed_gives_what_was_packed_or_a_reason(tmp_path: Path) -> None:
    whole = archive(tmp_path / "a.zip", ("a.csv", TABLE * 3), ("b.csv", TABLE)).read_bytes()
    path = tmp_path / "changed.zip"
    for at in range(len(whole)):
        data = bytearray(whole)
        data[at] ^= 0xFF
        path.write_bytes(data)
        try:
            given, _, _ = read(members_of(path))
        except SourceUnreadable:
            continue
        assert set(given.values()) <= {TABLE * 3, TABLE}, at


def _bomb(size: int) -> bytes:
    return b"account_id,bio\n" + b"1,words\n" * (size // 8)


def test_a_member_that_swells_is_a_bomb_before_it_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "BOMB_FREE", 100_000)
    path = archive(
        tmp_path / "a.zip", ("good.csv", TABLE), ("bomb.csv", _bomb(2_000_000)), ("noise", os.urandom(20_000))
    )
    with pytest.raises(SourceUnreadable, match="as ZIP bombs do"):
        next(members_of(path))


def test_many_members_that_swell_a_little_are_a_bomb_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "BOMB_FREE", 500_000)
    path = archive(tmp_path / "a.zip", *((f"{n}.csv", _bomb(400_000)) for n in range(10)))
    with pytest.raises(SourceUnreadable, match="as ZIP bombs do"):
        next(members_of(path))


def test_a_member_gives_no_more_than_it_was_said_to_have(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", ("a.csv", _bomb(5_000_000)))
    data = path.read_bytes().replace(struct.pack("<L", len(_bomb(5_000_000))), struct.pack("<L", 1_000))
    path.write_bytes(data)
    given, left, _ = read(members_of(path))
    assert given == {}
    assert "does not give what was packed" in left["a.zip/a.csv"]


def test_members_that_share_bytes_are_refused(tmp_path: Path) -> None:
    """The list of members names the one twice."""
    whole = archive(tmp_path / "a.zip", ("a.csv", TABLE)).read_bytes()
    central = whole.index(b"PK\x01\x02")
    end = whole.index(b"PK\x05\x06")
    entry = whole[central:end]
    counts = struct.pack("<HHL", 2, 2, 2 * len(entry))
    path = tmp_path / "overlapping.zip"
    path.write_bytes(whole[:central] + entry * 2 + whole[end : end + 8] + counts + whole[end + 16 :])
    with pytest.raises(SourceUnreadable, match="overlap"):
        list(members_of(path))


def test_a_list_of_members_that_is_too_long_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "DIRECTORY_LIMIT", 1_000)
    path = archive(tmp_path / "a.zip", *((f"{n}.csv", b"") for n in range(100)))
    with pytest.raises(SourceUnreadable, match="more members than clew takes"):
        list(members_of(path))


def test_an_archive_of_zip64_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as written, written.open("a.csv", "w", force_zip64=True) as member:
        member.write(TABLE)
    assert read(members_of(path))[0] == {"a.zip/a.csv": TABLE}


def test_the_long_list_of_zip64_is_measured_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 1)
    path = archive(tmp_path / "a.zip", *((f"{n}.csv", TABLE) for n in range(50)))
    assert b"PK\x06\x06" in path.read_bytes()
    assert len(read(members_of(path))[0]) == 50
    data = path.read_bytes()
    end = data.rindex(b"PK\x05\x06")
    path.write_bytes(data[: end + 12] + b"\xff" * 8 + data[end + 20 :])
    assert len(read(members_of(path))[0]) == 50
    monkeypatch.setattr(archives, "DIRECTORY_LIMIT", 1_000)
    with pytest.raises(SourceUnreadable, match="more members than clew takes"):
        list(members_of(path))


def test_bytes_before_an_archive_do_not_matter(tmp_path: Path) -> None:
    whole = archive(tmp_path / "a.zip", ("a.csv", TABLE)).read_bytes()
    (tmp_path / "b.zip").write_bytes(b"#!/bin/sh\n" + whole)
    assert read(members_of(tmp_path / "b.zip"))[0] == {"b.zip/a.csv": TABLE}


def test_an_empty_archive_has_no_files(tmp_path: Path) -> None:
    assert read(members_of(archive(tmp_path / "a.zip"))) == ({}, {}, (0, 0))


def test_a_full_disk_says_where_and_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(io.FileIO):
        def write(self, _: object) -> int:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(archives.io, "FileIO", Full)
    with pytest.raises(OutputUnwritable, match=r"is full\. Make room, or name another folder in TMPDIR"):
        list(members_of(archive(tmp_path / "a.zip", ("a.csv", TABLE))))


def test_a_folder_for_temporary_files_that_is_not_there_is_named(
    tmp_path: Path, unpacked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(unpacked / "gone"))
    with pytest.raises(OutputUnwritable, match="TMPDIR"):
        private_folders.PrivateFolder()


def test_what_a_killed_process_left_is_removed_by_the_next(unpacked: Path) -> None:
    left = unpacked / ".source.clew-999999999-1-00000000"
    left.mkdir()
    (left / "0").write_bytes(TABLE)
    folder = private_folders.PrivateFolder()
    assert list(unpacked.iterdir()) == [folder.path]
    del folder
