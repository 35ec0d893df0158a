"""A case: the ledger of what was observed, where, and what was derived from it. One DuckDB file.

Every verb opens the file, works in one transaction and closes it again, so a killed process leaves the case as it was
before the verb, and an idle notebook locks nobody out.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import duckdb

from graph import steps
from graph.case_file import CaseFile, clew_version
from graph.errors import ParameterRefused
from graph.extraction import Finder
from graph.fetching import count, value
from graph.observing import Merged, merge_rows
from graph.records import STANCES, ReadRow, Source
from graph.runs import install
from graph.staging import Staged
from graph.steps import RunDone

Report = Callable[[str], None]
_NONE: Mapping[str, Any] = MappingProxyType({})


_UNKNOWN_SUBJECTS = """
    SELECT DISTINCT s FROM (SELECT unnest($1::VARCHAR[]) AS s)
    WHERE s NOT IN (
        SELECT id FROM post UNION SELECT id FROM account UNION SELECT account_id FROM repost
        UNION SELECT account_id FROM post WHERE account_id IS NOT NULL
        UNION SELECT object_account_id FROM repost WHERE object_account_id IS NOT NULL
    ) ORDER BY s
"""


def _silent(_: str) -> None:
    """Say nothing."""


def _uncounted(_: int) -> None:
    """Say nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What a load came to. ``read == new + known + rejected``; ``load_id`` counts loads from 1.

    ``contradictions`` counts records of which this one source gives two versions for the same time.
    """

    source: str
    load_id: int
    read: int
    new: int
    known: int
    rejected: int
    contradictions: int


class Case:
    """A case at ``path``; nothing is opened or made before a verb needs it.

    ``wait`` is how many seconds to wait for another process that works on it, before ``CaseLocked``.
    """

    def __init__(self, path: Path | str, *, wait: float = 10.0) -> None:
        self.file = CaseFile(Path(path), wait=wait)

    @property
    def path(self) -> Path:
        """Where the case lies, absolute."""
        return self.file.path

    @property
    def id(self) -> str:
        """What names the case in Neo4j: made at random with the case."""
        with self.file.opened(write=False) as connection:
            return str(value(connection, "SELECT case_id FROM clew_case"))

    @contextlib.contextmanager
    def _writing(self, *, create: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
        """Give a connection whose work is kept whole if the block ends well, and not at all otherwise."""
        with self.file.opened(write=True, create=create) as connection:
            connection.execute("BEGIN")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(duckdb.Error):  # the first error is the one to tell
                    connection.execute("ROLLBACK")
                raise

    @contextlib.contextmanager
    def reading(
        self, *, run: int | None = None, include_set_aside: bool = False, include_collector: bool = False
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        """Give a connection with the views that every output reads (``graph/views.py``), for one run's findings.

        Accounts that are set aside, the collector, their address book and private chats are absent from them unless
        asked for. ``run`` is a run of any step; the latest by default.
        """
        with self.file.opened(write=False) as connection:
            install(connection, run, include_set_aside=include_set_aside, include_collector=include_collector)
            yield connection

    def add(self, source: Source, rows: Iterable[ReadRow | Staged]) -> Added:
        """Take a source's rows, or all of them as batches, into the case, all or nothing, and return how they fared.

        What the case already knows is known, whatever file it came from. Adding the same rows again adds nothing.
        """
        with self._writing(create=True) as connection:
            source_id, load_id = _enter_source(connection, source)
            merged = merge_rows(connection, rows, source_id=source_id, load_id=load_id)
            _enter_counts(connection, load_id, merged)
        return Added(
            source=source.name,
            load_id=load_id,
            read=merged.read,
            new=merged.new,
            known=merged.known,
            rejected=merged.rejected,
            contradictions=merged.contradictions,
        )

    def judge(
        self, subject: str, *, kind: str, value: str | None, by: str | None = None, note: str | None = None
    ) -> None:
        """Enter an analyst's judgement on a post (``kind="stance"``) or an account (``kind="set_aside"``).

        ``value`` is a stance (offer, ask, information, quotation) or yes / no; ``None`` takes it back. The latest
        counts, the earlier stay on record. Links and clusters follow with the next run; outputs at once.
        """
        self.judge_all([(subject, kind, value, note)], by=by)

    def unknown_subjects(self, subjects: Iterable[str]) -> list[str]:
        """Return those of the ids that are no account or post of the case, sorted: a judgement on them does nothing."""
        with self.file.opened(write=False) as connection:
            return [row[0] for row in connection.execute(_UNKNOWN_SUBJECTS, [list(subjects)]).fetchall()]

    def judge_all(self, judgements: Iterable[Sequence[str | None]], *, by: str | None = None) -> int:
        """Enter several judgements (subject, kind, value, note) in one transaction and return how many were new.

        A judgement that says what already counts is not entered again. Raises ``ParameterRefused`` for a kind or value
        that there is not, and enters none then.
        """
        rows = [_checked(*judgement) for judgement in judgements]
        with self._writing() as connection:
            latest: dict[tuple[str, str], tuple[str | None, str | None]] = {
                (subject, kind): (verdict, why)
                for subject, kind, verdict, why in connection.execute(
                    "SELECT subject, kind, value, note FROM judgement ORDER BY judgement_id"
                ).fetchall()
            }
            number = count(connection, "SELECT coalesce(max(judgement_id), 0) FROM judgement")
            now = datetime.now(UTC)
            fresh: list[tuple[Any, ...]] = []
            for subject, kind, verdict, why in rows:
                if latest.get((subject, kind), (None, None)) != (verdict, why):
                    latest[subject, kind] = (verdict, why)
                    fresh.append((number + len(fresh) + 1, subject, kind, verdict, by, why, now))
            if fresh:
                connection.executemany("INSERT INTO judgement VALUES (?, ?, ?, ?, ?, ?, ?)", fresh)
        return len(fresh)

    def extract(
        self, find: Finder, parameters: Mapping[str, Any], report: Callable[[int], None] = _uncounted
    ) -> RunDone:
        """Look for mentions in every text of the case with ``find``, and keep them as a new run.

        ``parameters`` say what ``find`` is (its rules and their version); ``report`` hears how many more were found.
        """
        with self._writing() as connection:
            return steps.extract(connection, find, parameters, report)

    def links(self, *, report: Report = _silent, **parameters: Any) -> RunDone:
        """Derive links of every kind from the latest extraction, and keep them as a new run.

        ``window`` (seconds, 60), ``min_participation`` (2), ``max_holders`` (50), ``help_lines`` (E.164 numbers that
        never link), ``include_collector`` (False). Raises ``ParameterRefused``, ``CaseIncomplete``.
        """
        with self._writing() as connection:
            return steps.links(connection, report, **parameters)

    def clusters(self, **parameters: Any) -> RunDone:
        """Find likely networks among the latest links, and keep them as a new run.

        Takes the options of ``graph.clusters.find_clusters``: ``method``, ``resolution``, ``seed``, ``kind_weights``,
        ``min_size``, ``min_strength``. Raises ``ParameterRefused``, ``CaseIncomplete``.
        """
        with self._writing() as connection:
            return steps.clusters(connection, **parameters)

    def run(
        self,
        find: Finder,
        parameters: Mapping[str, Any],
        *,
        links: Mapping[str, Any] = _NONE,
        clusters: Mapping[str, Any] = _NONE,
        report: Report = _silent,
    ) -> tuple[RunDone, RunDone, RunDone]:
        """Do extract, links and clusters in one transaction: the case shows all three or, if killed, none."""
        with self._writing() as connection:
            report("Looking for numbers and other values in texts")
            extracted = steps.extract(connection, find, parameters, _uncounted)
            linked = steps.links(connection, report, **links)
            report("Finding clusters")
            return extracted, linked, steps.clusters(connection, **clusters)


def _enter_source(connection: duckdb.DuckDBPyConnection, source: Source) -> tuple[int, int]:
    """Enter the file, or what is newly said of it, and return its number and that of this load.

    Raises ``ParameterRefused`` where it was loaded as another platform's: every account would be there twice.
    """
    source_id = value(connection, "SELECT source_id FROM source WHERE sha256 = ?", [source.sha256])
    said = [source.name, source.format, source.region, source.timezone, source.platform]
    if source_id is None:
        source_id = count(connection, "SELECT coalesce(max(source_id), 0) + 1 FROM source")
        name, *rest = said
        connection.execute(
            "INSERT INTO source VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [source_id, source.sha256, name, source.size, *rest],
        )
    else:
        before = value(connection, "SELECT platform FROM source WHERE source_id = ?", [source_id])
        if before != source.platform:
            raise ParameterRefused(
                f"{source.name} is in this case already, loaded with {_platform_option(before)}; loaded again with "
                f"{_platform_option(source.platform)} every account would be there twice. Begin a new case for it"
            )
        # What is not said again stays as it was said.
        connection.execute(
            "UPDATE source SET name = ?, format = ?, region = coalesce(?, region), timezone = coalesce(?, timezone), "
            "platform = ? WHERE source_id = ?",
            [*said, source_id],
        )
    load_id = count(connection, "SELECT coalesce(max(load_id), 0) + 1 FROM load")
    connection.execute(
        "INSERT INTO load VALUES (?, ?, ?, ?, ?, 0, 0, 0, 0, 0)",
        [load_id, source_id, datetime.now(UTC), clew_version(), json.dumps(dict(source.columns), sort_keys=True)],
    )
    return source_id, load_id


def _platform_option(platform: str | None) -> str:
    return "no --platform" if platform is None else f"--platform {platform}"


def _enter_counts(connection: duckdb.DuckDBPyConnection, load_id: int, merged: Merged) -> None:
    connection.execute(
        'UPDATE load SET read = ?, "new" = ?, known = ?, rejected = ?, contradictions = ? WHERE load_id = ?',
        [merged.read, merged.new, merged.known, merged.rejected, merged.contradictions, load_id],
    )


def _checked(subject: str | None, kind: str | None, value: str | None, note: str | None = None) -> tuple[Any, ...]:
    allowed = {"stance": STANCES, "set_aside": ("yes", "no")}.get(kind or "")
    if not subject or allowed is None:
        raise ParameterRefused(
            f"a judgement is of a post's stance or an account's set_aside, not {kind!r} of {subject!r}"
        )
    if value is not None and value not in allowed:
        raise ParameterRefused(f"{kind} can be {', '.join(allowed)}, not {value!r}")
    return subject, kind, value or None, note or None
