"""Files that are no text: what they are, by their first bytes, and what to do about it."""

from __future__ import annotations

from graph.errors import SourceUnreadable

GZIP = b"\x1f\x8b"
ZIP, EMPTY_ZIP = b"PK\x03\x04", b"PK\x05\x06"
#: Of the files of old Office programs: a workbook (.xls), a letter, or what is encrypted with a password.
OLD_OFFICE = b"\xd0\xcf\x11\xe0"
#: First bytes of files that are often given and hold no rows, with what they are.
_NO_TEXT = (
    (ZIP, "a ZIP archive where one file is wanted: unpack it first"),
    (EMPTY_ZIP, "an empty ZIP archive"),
    (OLD_OFFICE, "an old Office file that is no workbook: save it as CSV"),
    (b"%PDF-", "a PDF: it has no rows"),
    (b"SQLite format 3\0", "a SQLite database: export its tables as CSV"),
    (b"PAR1", "a Parquet file: convert it to CSV"),
    (b"\xfd7zXZ\0", "packed with xz: unpack it first"),
    (b"\x28\xb5\x2f\xfd", "packed with zstd: unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive: unpack it first"),
    (b"Rar!\x1a\x07", "a RAR archive: unpack it first"),
    (GZIP, "packed twice: unpack it first"),
)
#: Where a tar archive says what it is.
_TAR_MARK = slice(257, 262)
#: Text has hardly any control characters; packed or encrypted bytes read as letters have one in nine.
_CONTROLS_SHARE, _CONTROLS_LEAST = 0.04, 8
_CONTROLS = {code: None for code in range(32) if chr(code) not in "\t\n\r"}


def looks_binary(head: str) -> bool:
    """Return whether a file's first characters look like bytes of anything but text."""
    controls = len(head) - len(head.translate(_CONTROLS))
    return controls >= _CONTROLS_LEAST and controls > _CONTROLS_SHARE * len(head)


def refuse_known(called: str, start: bytes) -> None:
    """Raise ``SourceUnreadable`` for what is often given and is no text, with what to do about it.

    ``start`` are its first bytes, unpacked, and ``called`` is what messages call it.
    """
    if start[8:12] == b"DUCK":
        raise SourceUnreadable(f"{called} is a case of clew or another DuckDB file, and no source")
    if start[_TAR_MARK] == b"ustar":
        raise SourceUnreadable(f"{called} is a tar archive: unpack it, and load the folder")
    for first, what in _NO_TEXT:
        if start.startswith(first):
            raise SourceUnreadable(f"{called} is {what}")
