"""The log beside a case, ``channel.duckdb.wal``: what was committed and does not stand in the file yet.

A killed process leaves one behind, and the next to open the case reads it. What DuckDB does with it (duckdb.org,
Concurrency and Durability; tried out in docs/decisions/0012-crashes.md): a log that ends in the middle of a commit
counts up to the commit before; one whose bytes are not those that were written is refused, and the case with it; one
that does not begin as a log is passed over in silence.

Neither of the latter two may stand: a power cut can leave the end of a file filled with zeros, and a case must not
pretend that it lost nothing. ``set_aside`` keeps such a log under another name, byte for byte, and leaves the case
what the log holds before the damage.
"""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from graph.beside import beside, clear_leftovers, settle
from graph.errors import CaseUnreadable

#: The first entry: the log's version, the sixteen bytes that name its database file, and the file's state.
_HEAD = re.compile(
    rb"d\x00be\x00[\x01-\x7f]"
    rb"(?:f\x00\x10(?:[\x80-\xff]?[\x00-\x7f]){16}g\x00[\x80-\xff]*[\x00-\x7f])?\xff\xff"
)
#: As long as the first entry can be; a shorter log is one whose writing had only begun.
_HEAD_BYTES = 64
_REFUSED = ("Failure while replaying WAL file", "This WAL was created for this database file")
_DAMAGED_FROM = re.compile(r"entry at byte position (\d+)")


def log_of(case: Path) -> Path:
    """Return where a case's log stands, if it has one."""
    return case.with_name(f"{case.name}.wal")


def is_log(case: Path) -> bool:
    """Return whether the case's log, where there is one, begins as a log does."""
    try:
        with log_of(case).open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError:  # none, or one that DuckDB will say it can't read
        return True
    return len(head) < _HEAD_BYTES or _HEAD.match(head) is not None


def is_refusal(text: str) -> bool:
    """Return whether DuckDB's message says that it can't read a case's log."""
    return any(words in text for words in _REFUSED)


def set_aside(case: Path, text: str) -> CaseUnreadable:
    """Keep a damaged log under another name, leave what it holds before the damage, and return what to raise.

    ``text`` is DuckDB's message, which says from which byte on the log is damaged; where it does not, none of it can
    be used. Done twice, or killed in the middle and done again, it ends the same.
    """
    log = log_of(case)
    try:
        data = log.read_bytes()
        aside = log.with_name(f"{log.name}.damaged-{hashlib.sha256(data).hexdigest()[:12]}")
        found = _DAMAGED_FROM.search(text)
        good = min(int(found[1]), len(data)) if found else 0
        clear_leftovers(aside)
        copy = beside(aside)
        with copy.open("wb") as file:
            file.write(data)
            settle(file)
        copy.replace(aside)
        if log.stat().st_size == len(data):  # else somebody else just did this, and goes on with the case
            os.truncate(log, good)
    except OSError as error:
        return CaseUnreadable(
            f"{log}, which holds what {case.name} was last told, is damaged, and can't be set aside "
            f"({error.strerror}): copy both files to where you may write, and try again there"
        )
    return CaseUnreadable(
        f"{log} was damaged from byte {good:,} of {len(data):,} on, as a power cut does, and is now set aside as "
        f"{aside.name}. {case.name} opens again with all that it was told before the damage: see with clew status what "
        "is missing, and load or run that again"
    )
