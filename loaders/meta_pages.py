"""Facebook pages from Meta's Content Library: a table.

Only what the library's data dictionary says of pages is read; its tables of posts are another format. Its downloads
hold pages of many followers, not the small ones. Columns: developers.facebook.com, Content Library and API, its data
dictionary.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.records import Account, Record, Rejection
from loaders.cells import ABSENT, parts_of, shortened, whole_id
from loaders.contract import Loader
from loaders.json_values import country_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loaders.contract import Head, Row

PLATFORM = "facebook"
COLUMNS = {
    "id": "the page's number",
    "name": "the name it shows",
    "about, description": "what it says of itself: the bio, one under the other",
    "website": "the links that it shows",
    "location.country_code": "its country, two letters",
    "verification_status, page_categories": "known by these two; not kept",
}
_TELLING = ("id", "name", "verification_status", "page_categories")


def _recognises(head: Head) -> str | None:
    missing = [name for name in _TELLING if name not in head.columns]
    return f"its header lacks {', '.join(missing)}" if missing else None


def _records(row: Row) -> Iterator[Record | Rejection]:
    cells = {name: cell for name, cell in row.values.items() if cell.strip() not in ABSENT}
    number = whole_id(cells.get("id", "").strip())
    if not (number.isascii() and number.isdigit()):
        reason = shortened(number) or "is no number" if number else "is empty"
        yield Rejection(line=row.line, reason=f"id {reason}")
        return
    bio = "\n".join(dict.fromkeys(cells[name] for name in ("about", "description") if name in cells))
    yield Account(
        platform=PLATFORM,
        native_id=number,
        display_name=cells.get("name"),
        bio=bio or None,
        country=country_of(cells.get("location.country_code")),
        links=parts_of(cells.get("website")),
    )


LOADER = Loader(
    name="meta-pages",
    title="Meta's Content Library, pages: a table, or one page a line as JSON",
    shapes=("table", "json-lines"),
    recognises=_recognises,
    columns=COLUMNS,
    records=_records,
    rank=30,
    platform=PLATFORM,
)
