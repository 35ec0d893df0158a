"""How a map marks things: a shape for each platform, a line for each kind of link, what is labelled first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from visualisations.networks import Member
from visualisations.shown_text import clean

GREY = "#8a97a8"
_FEW_ACROSS = 120
#: A diamond is a shared value and nothing else; the sign in it says of which kind.
_SHAPES = {
    "telegram": "dot",
    "facebook": "square",
    "tiktok": "triangle",
    "instagram": "triangleDown",
    "whatsapp": "hexagon",
    "x": "star",
}
_PLATFORM_NAMES = {
    "x": "X",
    "tiktok": "TikTok",
    "whatsapp": "WhatsApp",
    "youtube": "YouTube",
    "unknown": "Platform not known",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of line: what the legend calls it and how it is drawn.

    ``holds`` tells a value held from reposts, ``across`` what joins networks from what is inside one.
    """

    name: str
    colour: str
    width: float
    opacity: float
    dash: tuple[float, float] | None = None
    holds: bool = False
    across: bool = False


def line_kinds(window: int | None, across: int = 0) -> tuple[Kind, Kind, Kind, Kind]:
    """Return the kinds of line: holds within and across networks, reposts within and across.

    What joins two networks is what an investigator looks for first, so that is drawn strongest; a little less so where
    there are very many such lines (``across``), lest they cover the map.
    """
    strong = across <= _FEW_ACROSS
    within = f" within {window:,} s" if window is not None else ""
    return (
        Kind(name="holds a shared value", colour="#3a4554", width=1.2, opacity=0.7, holds=True),
        Kind(
            name="held across networks",
            across=True,
            colour="#c0202f",
            width=2.6 if strong else 1.5,
            opacity=0.92 if strong else 0.7,
            holds=True,
        ),
        Kind(name=f"reposts{within}", colour=GREY, width=1.0, opacity=0.65, dash=(5, 4)),
        Kind(name="reposts across networks", across=True, colour="#c77d1e", width=1.3, opacity=0.6, dash=(5, 4)),
    )


def repost_opacity(lines: int, accounts: int) -> float:
    """Return how strong a cluster's repost lines are drawn: the more an account has, the fainter, or they hide it."""
    return round(max(0.16, min(0.65, 1.6 * accounts / max(lines, 1))), 2)


def platform_shapes(platforms: Sequence[str]) -> dict[str, str]:
    """Give each platform its shape; one that has none takes a shape that is free on this page, else the dot."""
    shapes = {platform: _SHAPES[platform] for platform in platforms if platform in _SHAPES}
    free = [shape for shape in _SHAPES.values() if shape not in shapes.values()]
    for platform in sorted(set(platforms) - set(shapes)):
        shapes[platform] = free.pop(0) if free else "dot"
    return shapes


def platform_name(platform: str) -> str:
    """Return a platform's name as people write it."""
    return _PLATFORM_NAMES.get(platform, clean(platform, 32).capitalize())


def importance(member: Member) -> float:
    """Order labels: first the account a network hangs on, then other key accounts and bridges, then by score."""
    return member.score + (1.0 if member.rank == 1 else 0.0) + (0.0 if member.role == "member" else 0.4)


def seconds(us: int | None) -> int | None:
    """Return microseconds as whole seconds, as the pages count; absent stays absent."""
    return None if us is None else us // 1_000_000


def node_colour(full: str, border: str) -> dict[str, Any]:
    """Return a node's colours as vis-network takes them, the same when chosen but for a dark rim."""
    return {
        "background": full,
        "border": border,
        "highlight": {"background": full, "border": "#17202e"},
        "hover": {"background": full, "border": border},
    }
