"""``clew formats``: what ``clew load`` reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from clew.cli import talk
from clew.cli.options import Json

if TYPE_CHECKING:
    from loaders.contract import Loader

Name = Annotated[
    str | None, typer.Argument(metavar="[NAME]", help="A format, to see what each of its columns or keys means.")
]
_SHAPES = {"table": "table", "json-lines": "JSON lines", "json-document": "JSON document", "text": "text"}
_EVERYWHERE = (
    "A table is CSV with commas, semicolons or tabs, a sheet of a workbook (.xlsx, .xlsm, .xlsb, .xls, .ods), or what "
    "a Neo4j database returns. Gzip, folders and ZIP archives of any of these are read as they are. The format is told "
    "from the content; --as NAME overrides. clew formats NAME shows what is read of each."
)


def formats(name: Name = None, json: Json = False) -> None:
    """List the formats that are read, each with what is read of it."""
    from loaders.formats import known, named

    if name is not None:
        loader = named(name)
        if json:
            talk.show_json(_told(loader))
        else:
            _show(loader)
    elif json:
        talk.show_json([_told(loader) for loader in known()])
    else:
        rows = [_row(loader) for loader in known()]
        talk.show_table(rows, ("name", "what it is", "files", "platform", "columns read"))
        talk.say(_EVERYWHERE)


def _show(loader: Loader) -> None:
    told = _told(loader)
    talk.show(f"{loader.name}: {loader.title}")
    talk.show(f"{_shapes(loader)}; platform: {loader.platform or 'as the file or --platform says'}")
    columns = ("column", "meaning", "also called") if loader.maps else ("column", "meaning")
    rows = [{"column": name, **about} for name, about in told["columns"].items()]
    talk.show_table([row | {"also called": " ".join(row.get("also called", ()))} for row in rows], columns)
    if loader.maps:
        talk.say("Another name is given with --map COLUMN=THEIRS. Case, spaces, _ - and . in names don't matter.")


def _row(loader: Loader) -> dict[str, Any]:
    return {
        "name": loader.name,
        "what it is": loader.title,
        "files": _shapes(loader),
        "platform": loader.platform,
        "columns read": ", ".join(loader.columns),
    }


def _shapes(loader: Loader) -> str:
    return ", ".join(_SHAPES[shape] for shape in loader.shapes)


def _told(loader: Loader) -> dict[str, Any]:
    """Return what there is to know of a format, as JSON has it."""
    from loaders.table_columns import COLUMNS

    columns: dict[str, dict[str, Any]] = {name: {"meaning": meaning} for name, meaning in loader.columns.items()}
    if loader.maps:
        for name, (_, others) in COLUMNS.items():
            columns[name]["also called"] = others.split()
    return {
        "name": loader.name,
        "title": loader.title,
        "shapes": loader.shapes,
        "platform": loader.platform,
        "maps": loader.maps,
        "columns": columns,
    }
