"""Colours by which clusters are told apart: twelve that print well, then as many as are needed."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass
from functools import cache

_FIRST = (
    "#2f6db3", "#d5802b", "#36946a", "#b5414d", "#7657a6", "#23939f",
    "#bd5c96", "#86683a", "#57872b", "#4b5b9b", "#bf981f", "#666f7d",
)  # fmt: skip
_GOLDEN = 0.618034
_WHITE = (255, 255, 255)
_NIGHT = (10, 15, 25)

#: A shared value's node, so dark that no cluster's colour comes near it.
VALUE = "#27313f"


@dataclass(frozen=True, slots=True)
class Shades:
    """One cluster's colours: of its nodes, of its disc, of the disc's rim, and of its label."""

    full: str
    tint: str
    rim: str
    ink: str


def cluster_colour(place: int) -> str:
    """Return the colour of the cluster at this place, counted from 0.

    After the twelfth the hue goes on by the golden angle, so that neighbours in the list stay far apart in colour, in
    three depths. Colour alone never tells clusters apart: each also has its number.
    """
    return _FIRST[place] if place < len(_FIRST) else _made(place - len(_FIRST))


def cluster_shades(place: int) -> Shades:
    """Return the cluster's colour in all its shades."""
    full = cluster_colour(place)
    return Shades(full, _mixed(full, _WHITE, 0.9), _mixed(full, _WHITE, 0.6), _mixed(full, _NIGHT, 0.35))


@cache
def softened(colour: str, towards: str, share: float) -> str:
    """Return a colour mixed with another; ``share`` is the other's, 0 to 1."""
    return _mixed(colour, _channels(towards), share)


def _made(place: int) -> str:
    hue = (0.07 + place * _GOLDEN) % 1
    red, green, blue = colorsys.hls_to_rgb(hue, (0.36, 0.46, 0.56)[place % 3], (0.6, 0.5, 0.42)[place % 3])
    return f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}"


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _mixed(colour: str, other: tuple[int, int, int], share: float) -> str:
    mixed = (round(a * (1 - share) + b * share) for a, b in zip(_channels(colour), other, strict=True))
    return "#" + "".join(f"{channel:02x}" for channel in mixed)
