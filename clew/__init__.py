"""Find the networks behind people-smuggling adverts.

Files of accounts and posts go in; a case, links, likely networks, a Neo4j graph and interactive maps come out::

    import clew

    case = clew.open("channel.duckdb")        # a case is one file; this makes or opens it
    case.load("accounts.csv", platform="tiktok", region="GB")
    case.load("result.json")                  # the format is recognised from the content
    case.run()                                # numbers in texts -> links -> clusters
    case.table("clusters")                    # a pandas DataFrame; also accounts, links, memberships, mentions, …
    case.map("maps")                          # maps/index.html opens without a network
    case.publish()                            # to Neo4j: NEO4J_URI, NEO4J_USER, NEO4J_PASSWORD, or clew neo4j start
    case.query("who_holds_number", number="+44 7700 900123")

A cluster is *likely*: it says which accounts hold the same numbers or pass on the same posts within seconds, and every
link names the records behind it. Whether they are smugglers is for people to judge. Who only asks for help, or only
informs, is set aside and absent from every output (``case.judge``).

``help(clew.Case)`` lists the verbs; each is also a command, ``clew --help``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from clew.case import Case

__all__ = ["Case", "ClewError", "__version__", "open", "write_sample"]


def open(path: str | Path, *, wait: float = 10.0) -> Case:  # noqa: A001  clew.open reads as what it does
    """Return the case at ``path``. The file is made by the first ``load``, and open only while a verb works on it.

    ``wait`` is how many seconds a verb waits for another process that works on the case, before ``CaseLocked``.

    >>> import tempfile, clew
    >>> case = clew.open(tempfile.mkdtemp() + "/channel.duckdb")
    >>> case.path.name
    'channel.duckdb'
    """
    from clew.rooms import check_rooms

    check_rooms()
    from clew.case import Case

    return Case(path, wait=wait)


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for: ``import clew`` itself costs nothing."""
    if name == "__version__":
        from importlib import metadata

        return metadata.version("clew")
    if name not in __all__:
        raise AttributeError(f"module 'clew' has no attribute {name!r}")
    from clew.rooms import check_rooms

    check_rooms()
    if name == "Case":
        from clew.case import Case

        return Case
    if name == "ClewError":
        from graph.errors import ClewError

        return ClewError
    from clew.sample import write_world

    return write_world


def __dir__() -> list[str]:
    return sorted(__all__)
