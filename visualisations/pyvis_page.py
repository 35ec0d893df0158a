"""The one wall around pyvis: it holds the network and brings vis-network; template, positions and page are ours.

What is wrong with pyvis 0.3.2's own pages, and so is not used: none of its ``cdn_resources`` modes opens without a
network; text from accounts runs as script in headings, colours, ids and tooltips; ids such as ``constructor`` are
accepted and never drawn; its physics hangs above about 500 nodes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from pyvis.network import Network

from visualisations.offline_page import script, style, template

_SCRIPTS = (
    "dom.js", "shapes.js", "state.js", "drawing.js", "filters.js", "timeline.js",
    "details.js", "search.js", "export.js", "map.js",
)  # fmt: skip
_STYLES = ("page.css", "map.css")

#: Positions come with the nodes: vis-network moves nothing and draws straight lines.
_OPTIONS: Mapping[str, Any] = {
    "physics": {"enabled": False},
    "layout": {"improvedLayout": False},
    "autoResize": True,
    "nodes": {"font": {"size": 0}, "borderWidth": 1.2, "borderWidthSelected": 3},
    "edges": {"smooth": False, "selectionWidth": 1.2, "hoverWidth": 0.4, "arrows": {"to": {"enabled": False}}},
    "interaction": {"tooltipDelay": 150, "multiselect": False, "keyboard": {"enabled": True, "bindToWindow": False}},
}
#: From so many nodes on, lines are hidden while the map is moved, so that it follows the hand.
_MANY_NODES = 1_200


@cache
def vis_network() -> str:
    """Return vis-network 9.1.2 as pyvis brings it, without the comment that would make a debugger ask for its map."""
    text = (files("pyvis") / "templates/lib/vis-9.1.2/vis-network.min.js").read_text(encoding="utf-8")
    return text.partition("//# sourceMappingURL")[0]


class _Filling:
    """What pyvis takes for a template environment: gives our template, which also gets ``values``."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def get_template(self, name: str) -> _Filling:
        """Return what pyvis will render."""
        self._template = template(name, (vis_network(), script(*_SCRIPTS)), (style(*_STYLES),))
        return self

    def render(self, **given: Any) -> str:
        """Fill the template with what pyvis gives and with our values."""
        return self._template.render(**given, **self._values)


class OfflineNetwork(Network):  # type: ignore[misc]  # pyvis has no types
    """A pyvis network whose page stands alone, runs nobody's script and leaves the nodes where they are.

    Names from accounts never become ids: vis-network stores nodes by id in plain objects, where ``__proto__`` is no
    ordinary key. Nodes are ``n0``, ``n1``, … and lines ``e0``, ``e1``, … in the order in which they are added.
    """

    def __init__(self) -> None:
        super().__init__(height="100%", directed=True, cdn_resources="in_line")
        self.path = "map.html"
        self._ids: dict[str, str] = {}

    def add(self, key: str, **options: Any) -> str:
        """Add a node known to us by ``key`` and return its opaque id; ``options`` are vis-network's and the page's."""
        opaque = self._ids.setdefault(key, f"n{len(self._ids)}")
        self.add_node(opaque, **options)
        return opaque

    def opaque(self, key: str) -> str:
        """Return the id of a node that was added."""
        return self._ids[key]

    def join(self, key_a: str, key_b: str, **options: Any) -> str:
        """Add a line between two nodes and return its id.

        Appended directly: pyvis's ``add_edge`` looks through all lines each time and drops a second one of a pair.
        """
        opaque = f"e{len(self.edges)}"
        self.edges.append({"id": opaque, "from": self._ids[key_a], "to": self._ids[key_b], **options})
        return opaque

    def filled_page(self, **values: Any) -> str:
        """Return the page. ``values`` are what the template asks for besides nodes, lines and options."""
        options = dict(_OPTIONS)
        if len(self.nodes) >= _MANY_NODES:
            options["interaction"] = {**options["interaction"], "hideEdgesOnDrag": True, "hideEdgesOnZoom": True}
        self.set_options(json.dumps(options))
        self.templateEnv = _Filling(values)
        page: str = self.generate_html(name="map.html", local=True, notebook=False)
        return page
