"""From rows to what they come to: records, a rejection, and what their reader should be told."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from graph.records import UNKNOWN_PLATFORM, Account, Chat, Post, ReadRow, Rejection
from loaders.contract import QUOTED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from graph.records import Moment, Record, Source
    from loaders.contract import Loader, Row, Shape


class Reading:
    """One source on its way from rows to records, in one piece or in several.

    ``warnings`` are what its reader should be told, each kind once; complete when all rows were gone through.
    ``foreseen`` is what the loader's ``foresee`` returned, ``None`` where it has none.
    """

    def __init__(self, loader: Loader, shape: Shape, source: Source, foreseen: Mapping[str, Any] | None = None) -> None:
        self.warnings: list[str] = []
        self._loader = loader
        self._foreseen = foreseen
        self._unit = "item" if shape == "json-document" else "line"
        self._looked_at: Record | None = None
        self._zone_told = source.timezone is not None
        self._platform_told = (source.platform or loader.platform) is not None
        self._prose_told = not loader.maps

    def read(self, found: Iterable[Row | Rejection]) -> Iterator[ReadRow]:
        """Yield what each row comes to."""
        records_of, foreseen = self._loader.records, self._foreseen
        untold = True
        for row in self._split(found):
            if type(row) is Rejection:
                if row.more_lost:
                    self.warnings.append(f"{self._unit} {row.line:,}: {row.reason}")
                yield ReadRow(row.line, (), row)
                continue
            if foreseen is not None:
                row = row._replace(foreseen=foreseen)  # type: ignore[union-attr] # narrowed by the exact type # noqa: PLW2901
            records: list[Record] = []
            rejection: Rejection | None = None
            for record in records_of(row):  # type: ignore[arg-type] # narrowed by the exact type, which is quicker
                if type(record) is Rejection:
                    rejection = rejection or _with_start(record, row)  # type: ignore[arg-type] # as above
                else:
                    records.append(record)  # type: ignore[arg-type] # as above
            if not (records or rejection):
                rejection = Rejection(line=row.line, reason="holds nothing that clew keeps")
            if untold:
                self._look(records)
                untold = not (self._zone_told and self._platform_told and self._prose_told)
            yield ReadRow(row.line, tuple(records), rejection)

    def _split(self, found: Iterable[Row | Rejection]) -> Iterator[Row | Rejection]:
        """Yield the rows of a source; where a line is a page of many, those of the page."""
        split = self._loader.split
        if split is None:
            yield from found
            return
        for row in found:
            if isinstance(row, Rejection):
                yield row
            else:
                yield from split(row)

    def _look(self, records: list[Record]) -> None:
        """Note what the reader should be told of these records and was not yet told."""
        zone_guessed = platform_unknown = False
        words = None
        for record in records:
            kind = type(record)
            at: Moment | None = None
            if kind is Account:
                if record is self._looked_at:
                    continue
                self._looked_at = record
                # An account's second time is read in the same zone as its first.
                at = record.created_at or record.seen_at  # type: ignore[union-attr] # narrowed by the exact type
                words = words or _prose_as_id(record.native_id)  # type: ignore[union-attr] # as above
            elif kind is not Chat:  # chats have no time of their own
                at = record.at  # type: ignore[union-attr] # as above
            zone_guessed = zone_guessed or (at is not None and not at.zone_known)
            if kind is Account or kind is Post:
                platform_unknown = platform_unknown or record.platform == UNKNOWN_PLATFORM  # type: ignore[union-attr] # as above
        if zone_guessed and not self._zone_told:
            self._zone_told = True
            self.warnings.append("times without a zone were read as UTC; say where they belong with --timezone")
        if platform_unknown and not self._platform_told:
            self._platform_told = True
            self.warnings.append("no platform is known: ids begin with unknown:; say which it is with --platform")
        if words and not self._prose_told:
            self._prose_told = True
            self.warnings.append(f"an account's id reads like a sentence, {words!r}: name the columns with --map")


def _with_start(rejection: Rejection, row: Row) -> Rejection:
    """Return a rejection that shows how its row begins, for whoever looks into it."""
    if rejection.row is not None or not row.values or not all(isinstance(cell, str) for cell in row.values.values()):
        return rejection
    return replace(rejection, row=", ".join(row.values.values())[:QUOTED])


def _prose_as_id(name: str | None) -> str | None:
    """Return an account's id that is four words or more, shortened: then columns are swapped, or named wrongly."""
    if name and name.count(" ") >= 3:  # noqa: PLR2004 - four words
        return name if len(name) <= 40 else f"{name[:40]}…"  # noqa: PLR2004 - enough to see what it is
    return None
