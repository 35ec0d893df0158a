"""Workbooks from nothing: each part as XML, so that a test can have in it what no program would write.

``python -m tests.loaders.workbook_bytes`` writes the fixture anew.
"""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

FIXTURE = Path(__file__).parent.parent / "fixtures" / "loaders" / "posts.xlsx"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_EPOCH = datetime(1899, 12, 30)
#: General, a date and time, a date, a time.
_STYLES = (
    f'{_XML}<styleSheet xmlns="{_MAIN}"><numFmts count="1">'
    '<numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd hh:mm:ss"/></numFmts>'
    '<fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="164"/>'
    '<xf numFmtId="14"/><xf numFmtId="21"/></cellXfs></styleSheet>'
)


class Raw(NamedTuple):
    """A cell as XML: its attributes beside its place, and what is in it."""

    attributes: str
    inside: str


class Sheet(NamedTuple):
    """A sheet: rows by number, each a list of cells from column A on; ``extra`` is XML that follows them."""

    name: str
    rows: Mapping[int, Sequence[Any]]
    state: str = "visible"
    extra: str = ""
    hidden_rows: tuple[int, ...] = ()


ERROR = Raw('t="e"', "<v>#N/A</v>")


def number(text: str) -> Raw:
    """Return a number as its digits stand in the file."""
    return Raw("", f"<v>{text}</v>")


def formula(text: str, cached: str) -> Raw:
    """Return a formula with the text that it gave when the workbook was saved."""
    return Raw('t="str"', f"<f>{escape(text)}</f><v>{escape(cached)}</v>")


def parts_of(sheets: Iterable[Sheet], *, since_1904: bool = False) -> dict[str, str]:
    """Return a workbook's parts by name, as text."""
    sheets = list(sheets)
    strings: list[str] = []
    numbered = list(enumerate(sheets, 1))
    sheet_parts = {f"xl/worksheets/sheet{n}.xml": _sheet(sheet, strings) for n, sheet in numbered}
    listed = "".join(
        f'<sheet name="{escape(s.name, {chr(34): "&quot;"})}" sheetId="{n}" state="{s.state}" r:id="r{n}"/>'
        for n, s in numbered
    )
    related = "".join(
        f'<Relationship Id="r{n}" Type="{_RELATED}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n, _ in numbered
    )
    types = "".join(f'<Override PartName="/{name}" ContentType="{_type("worksheet")}"/>' for name in sheet_parts)
    return {
        "[Content_Types].xml": f'{_XML}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
        f'ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{_type("sheet.main")}"/>'
        f'{types}<Override PartName="/xl/styles.xml" ContentType="{_type("styles")}"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_type("sharedStrings")}"/></Types>',
        "_rels/.rels": f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
        f'Type="{_RELATED}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATED}"><workbookPr '
        f'date1904="{int(since_1904)}"/><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{related}'
        f'<Relationship Id="s1" Type="{_RELATED}/styles" Target="styles.xml"/><Relationship Id="s2" '
        f'Type="{_RELATED}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/styles.xml": _STYLES,
        **sheet_parts,
        "xl/sharedStrings.xml": f'{_XML}<sst xmlns="{_MAIN}">{"".join(strings)}</sst>',
    }


def zipped(parts: Mapping[str, str | bytes], *, packed: bool = True) -> bytes:
    """Return a ZIP archive of parts, the same bytes each time; what is not packed lies open."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
            archive.writestr(info, content)
    return written.getvalue()


def workbook(*sheets: Sheet, since_1904: bool = False) -> bytes:
    """Return a workbook of sheets."""
    return zipped(parts_of(sheets, since_1904=since_1904))


def table(*rows: Sequence[Any], name: str = "Sheet1") -> bytes:
    """Return a workbook of one sheet whose rows begin in A1."""
    return workbook(Sheet(name, dict(enumerate(rows, 1))))


def open_document(*rows: Sequence[str]) -> bytes:
    """Return a workbook of OpenDocument (.ods) with one sheet of texts."""
    office = "urn:oasis:names:tc:opendocument:xmlns"
    cells = (
        "".join(
            f'<table:table-cell office:value-type="string"><text:p>{escape(cell)}</text:p></table:table-cell>'
            for cell in row
        )
        for row in rows
    )
    body = "".join(f"<table:table-row>{row}</table:table-row>" for row in cells)
    mimetype = "application/vnd.oasis.opendocument.spreadsheet"
    return zipped(
        {
            "mimetype": mimetype,
            "META-INF/manifest.xml": f'{_XML}<m:manifest xmlns:m="{office}:manifest:1.0"><m:file-entry m:full-path="/" '
            f'm:media-type="{mimetype}"/></m:manifest>',
            "content.xml": f'{_XML}<office:document-content xmlns:office="{office}:office:1.0" '
            f'xmlns:table="{office}:table:1.0" xmlns:text="{office}:text:1.0"><office:body><office:spreadsheet>'
            f'<table:table table:name="Sheet1">{body}</table:table></office:spreadsheet></office:body>'
            "</office:document-content>",
        }
    )


def _type(part: str) -> str:
    return f"application/vnd.openxmlformats-officedocument.spreadsheetml.{part}+xml"


def _sheet(sheet: Sheet, strings: list[str]) -> str:
    rows = []
    for at, cells in sheet.rows.items():
        hidden = ' hidden="1"' if at in sheet.hidden_rows else ""
        told = "".join(_cell(cell, f"{_letters(n)}{at}", strings) for n, cell in enumerate(cells))
        rows.append(f'<row r="{at}"{hidden}>{told}</row>')
    return f'{_XML}<worksheet xmlns="{_MAIN}"><sheetData>{"".join(rows)}</sheetData>{sheet.extra}</worksheet>'


def _letters(column: int) -> str:
    return (chr(ord("A") + column // 26 - 1) if column >= 26 else "") + chr(ord("A") + column % 26)


def _cell(value: Any, place: str, strings: list[str]) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        strings.append(f'<si><t xml:space="preserve">{escape(value)}</t></si>')
        value = Raw('t="s"', f"<v>{len(strings) - 1}</v>")
    elif isinstance(value, bool):
        value = Raw('t="b"', f"<v>{int(value)}</v>")
    elif isinstance(value, datetime):
        value = Raw('s="1"', f"<v>{(value - _EPOCH).total_seconds() / 86_400!r}</v>")
    elif isinstance(value, date):
        value = Raw('s="2"', f"<v>{value.toordinal() - _EPOCH.toordinal()}</v>")
    elif not isinstance(value, Raw):
        value = number(repr(value))
    return f'<c r="{place}" {value.attributes}>{value.inside}</c>'


def fixture() -> bytes:
    """Return the fixture: every trap of a sheet, in a workbook that has others too."""
    head = ["account_id", "handle", "post_id", "text", "timestamp", "phone", "followers", "checked", None]
    noon = datetime(2024, 1, 5, 12, 30)
    posts = {
        3: head,
        5: [123, "@one", "007", "Safe way over, +44 7700 900123", noon, "+44 7700 900123", 1200, True, None],
        6: ["0012", "@two", 8.0, "line one\nline two", date(2024, 1, 6), None, ERROR, False, None],
        7: [number("1.2345678901234567E+18"), None, 9, "an id without its last digits", noon],
        8: [number("123456789012345"), None, 10, formula('"to "&"night"', "to night"), noon, None, None, None, "stray"],
        9: [None, None, None, "  "],
        10: ["5", "@five", 11, "=cmd|'/C calc'!A1", number("45296.5")],
        11: ["6", "@six", 12, "a hidden row", Raw('s="1"', "<v>45296.5</v>")],
    }
    notes = {1: ["Notes"], 2: ["nobody's table"]}
    secret = {1: ["account_id", "bio"], 2: ["7", "hidden"]}
    return workbook(
        Sheet("Notes", notes),
        Sheet("Posts", posts, hidden_rows=(11,)),
        Sheet("Secret", secret, state="hidden"),
        Sheet("Empty", {}),
    )


def ends(_: bytes) -> None:
    """End the process that calls this, as a library does that finds too little memory."""
    os._exit(3)


if __name__ == "__main__":
    FIXTURE.write_bytes(fixture())
