"""What X's words mean, whichever of its interfaces they come from."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from loaders.json_values import text_of
from loaders.times import moment

if TYPE_CHECKING:
    from graph.records import Moment

#: How the text of a retweet begins, and whom it is of.
RETWEET_OF = re.compile(r"RT @(\w{1,20}):")
_UNDETERMINED = frozenset({"und", "zxx", "qme", "qht", "qam", "qct", "qst"})  # X's marks for "no language"


def language_of(value: Any) -> str | None:
    """Return a language's code; ``None`` also where X says that it could not tell."""
    language = text_of(value)
    return None if language in _UNDETERMINED else language


def moment_or_none(value: Any) -> Moment | None:
    """Return a time that is not worth a row where it can't be read; ``None`` then."""
    if value is None:
        return None
    return _moment_once(value) if isinstance(value, str) else _moment_of(value)


def _moment_of(value: Any) -> Moment | None:
    try:
        return moment(value)
    except ValueError:
        return None


#: The time of collection is that of hundreds of tweets.
_moment_once = lru_cache(maxsize=1 << 10)(_moment_of)
