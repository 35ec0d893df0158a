"""What ``clew load`` says of each source, folder and archive: in words, or as JSON."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from typing import Any

from clew.cli import talk
from clew.loading import Gathered, Loaded
from graph.case import Rehearsed

#: How many files are named that were not taken for one reason.
_NAMED = 10


def tell(*, dry_run: bool, json: bool) -> Callable[[Loaded | Gathered], None]:
    """Return what says aloud what came of a source or folder; a dry run's answer is a result, and goes to stdout."""
    say = talk.show if dry_run else talk.say

    def told(what: Loaded | Gathered) -> None:
        if dry_run and json:
            return
        for line in _lines(what) if isinstance(what, Loaded) else _gathered(what):
            say(line)

    return told


def as_json(what: Loaded | Gathered) -> dict[str, Any]:
    """Return what came of a source, a folder or an archive, for a program."""
    if isinstance(what, Gathered):
        return asdict(what) | {"not_taken": [each._asdict() for each in what.not_taken]}
    return asdict(what.added) | {"format": what.format, "warnings": what.warnings}


def any_taken(done: Iterable[Loaded | Gathered]) -> bool:
    """Return whether any source was taken."""
    return any(isinstance(what, Loaded) for what in done)


def _lines(loaded: Loaded) -> Iterator[str]:
    a = loaded.added
    would = "would be " if isinstance(a, Rehearsed) else ""
    yield (
        f"{a.source} ({loaded.format}): {a.read:,} rows read = "
        f"{a.new:,} {would}new + {a.known:,} known + {a.rejected:,} rejected"
    )
    if isinstance(a, Rehearsed):
        yield from _foreseen(a)
    for warning in loaded.warnings:
        yield f"  note: {warning}"
    if a.contradictions:
        kept = "would be" if would else "are"
        yield f"  note: it says two different things of {a.contradictions:,} accounts or posts; both {kept} kept"
    if a.rejected and not would:
        yield "  clew status CASE --rejections lists each rejected row with line and reason"


def _foreseen(would: Rehearsed) -> Iterator[str]:
    found = would.foreseen
    kinds = ", ".join(_counted(count, kind) for kind, count in found.records.items())
    platforms = ", ".join(found.platforms)
    yield f"  holds {kinds or 'no records'}, of {_counted(found.accounts, 'account')}; platforms: {platforms or 'none'}"
    yield f"  times from {found.first} to {found.last}" if found.first else "  no post or repost has a time"
    for reason, count, line in found.rejections:
        yield f"  rejected {count:,}, first on line {line:,}: {reason}"
    if (more := found.reasons - len(found.rejections)) > 0:
        yield f"  rejected for {more:,} other reasons too"


def _gathered(gathered: Gathered) -> Iterator[str]:
    not_taken = len(gathered.not_taken)
    yield (
        f"{gathered.source}: taken {_files(gathered.taken)}; not taken {_files(not_taken)}{':' if not_taken else ''}"
    )
    by_reason: dict[str, list[str]] = defaultdict(list)
    for each in gathered.not_taken:
        by_reason[each.reason].append(each.source)
    for reason, names in by_reason.items():
        for name in names[:_NAMED]:
            yield f"  {name}: {reason}"
        if len(names) > _NAMED:
            yield f"  {_files(len(names) - _NAMED)} more: {reason}"
    if gathered.media:
        yield f"  {_files(gathered.media)} of pictures, sound and the like: not looked into"
    if gathered.hidden:
        yield f"  {gathered.hidden:,} hidden: not looked into"


def _files(count: int) -> str:
    return _counted(count, "file")


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
