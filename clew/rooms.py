"""Whether Python finds clew's own packages, and not a user's file of the same name.

The rooms have plain names (docs/decisions). A ``graph.py`` beside a notebook would be found first, with a puzzling
error somewhere inside clew; this says plainly which file is in the way.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

ROOMS = ("graph", "loaders", "queries", "visualisations")
_HOME = Path(__file__).resolve().parent.parent


def check_rooms() -> None:
    """Raise ``ImportError``, naming the file in the way, where a room of clew's is not the one Python would import."""
    for room in ROOMS:
        found = _found(room)
        if found != _HOME / room / "__init__.py":
            what = f"{found} is imported as {room!r}" if found else f"Python finds no package {room!r}"
            raise ImportError(
                f"{what}, which is the name of a package of clew's own ({_HOME / room}). "
                "Rename that file or folder, or start Python in another folder, and restart the notebook's kernel."
            )


def _found(room: str) -> Path | None:
    module = sys.modules.get(room)
    if module is not None:
        return _resolved(getattr(module, "__file__", None))
    try:
        spec = importlib.util.find_spec(room)
    except ValueError:  # a module that was put into sys.modules without a spec
        return None
    return _resolved(spec.origin) if spec else None


def _resolved(origin: str | None) -> Path | None:
    return Path(origin).resolve() if origin else None
