"""Tables that take a second to make, kept in the user's cache folder until what they are made of changes.

Where the folder can't be written they are made anew each time. What is kept is plain JSON: a damaged or tampered file
can say something wrong at worst, and does not if it is no JSON.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import orjson
import platformdirs

from graph.beside import beside, clear_leftovers


def kept(name: str, key: str, make: Callable[[], Any]) -> Any:
    """Return what ``make`` makes, as JSON has it; from the cache where it was kept under this name and key.

    ``key`` is a digest of all that the result depends on. An older result of that name is replaced.
    """
    path = platformdirs.user_cache_path("clew", appauthor=False) / f"{name}.json"
    with contextlib.suppress(OSError, ValueError):
        told = orjson.loads(path.read_bytes())
        if isinstance(told, dict) and told.get("key") == key:
            return told["made"]
    clear_leftovers(path)
    data = orjson.dumps({"key": key, "made": make()})
    made_beside = beside(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        made_beside.write_bytes(data)
        made_beside.replace(path)
    except OSError:  # no place to keep it: it is made again next time
        with contextlib.suppress(OSError):
            made_beside.unlink(missing_ok=True)
    return orjson.loads(data)["made"]
