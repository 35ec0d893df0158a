"""What a kind of node and of relationship in the graph is, as data (``graph/graph_model.py`` has them)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Type = Literal["STRING", "INTEGER", "FLOAT", "BOOLEAN", "DATETIME", "STRINGS"]


@dataclass(frozen=True, slots=True)
class Property:
    """A property: its name, its type (times are UTC), what it means, and the view's column it comes from."""

    name: str
    type: Type
    meaning: str
    column: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A kind of node. ``labels[0]`` and ``key`` identify one; ``sql`` gives the rows; ``own`` as explained above."""

    labels: tuple[str, ...]
    meaning: str
    key: tuple[Property, ...]
    properties: tuple[Property, ...] = ()
    sql: str
    own: bool = False

    @property
    def name(self) -> str:
        """The most special label, unique in the model."""
        return self.labels[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Relationship:
    """A kind of relationship between two kinds of node, which the tuples ``start_columns`` and ``end_columns`` find.

    ``start`` and ``end`` are names of nodes; ``Identifier`` stands for all that have this label. ``key`` tells
    relationships between the same two nodes apart.
    """

    type: str
    start: str
    end: str
    start_columns: tuple[str, ...]
    end_columns: tuple[str, ...]
    meaning: str
    key: tuple[Property, ...] = ()
    properties: tuple[Property, ...] = ()
    sql: str
    own: bool = False

    @property
    def name(self) -> str:
        """Start, type and end; unique in the model."""
        return f"{self.start} {self.type} {self.end}"


def properties(*rows: tuple[str, Type, str, str] | tuple[str, Type, str]) -> tuple[Property, ...]:
    """Make properties; the column has the property's name where none is given."""
    return tuple(Property(row[0], row[1], row[2], row[3] if len(row) > 3 else row[0]) for row in rows)  # noqa: PLR2004
