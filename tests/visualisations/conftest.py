"""A real Chromium, pages that tell on themselves, and one case with its maps for all tests of this room."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from graph.case import Case
from tests.visualisations.world import build_case
from visualisations.maps import MapsWritten, write_maps

_PLACES = (os.environ.get("CHROMIUM"), "/usr/lib/chromium/chromium", "/usr/bin/chromium", "/usr/bin/google-chrome")
_ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND",
)  # fmt: skip


class Written(NamedTuple):
    """A case and the folder with its maps."""

    case: Case
    folder: Path
    maps: MapsWritten

    def page(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")


class Watched:
    """A browser page that notes every request, console message, error and dialog."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.set_default_timeout(10_000)
        page.on("request", lambda request: self._asked(request.url))
        page.on("console", lambda message: self._said(message.type, message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: (self.complaints.append(f"dialog: {dialog.message}"), dialog.dismiss()))

    def _asked(self, url: str) -> None:
        if not url.startswith(("file:", "data:", "blob:", "about:")):
            self.requests.append(url)

    def _said(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(text)

    def open(self, path: Path, fragment: str = "") -> Page:
        """Open a file anew and wait until it is drawn."""
        self.page.goto("about:blank")
        self.page.goto(path.as_uri() + fragment)
        self.page.wait_for_selector("body[data-ready='1']", timeout=30_000)
        return self.page


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = next((place for place in _PLACES if place and Path(place).exists()), None)
    if found is None:
        pytest.fail("no Chromium: install it (Debian: apt-get install chromium) or name it in CHROMIUM", pytrace=False)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=found, headless=True, args=list(_ARGUMENTS))
        yield launched
        launched.close()


@pytest.fixture
def watched(browser: Browser) -> Iterator[Watched]:
    """Give a page; when the test is over, it must have asked the network for nothing and complained of nothing."""
    context = browser.new_context(
        viewport={"width": 1500, "height": 940}, accept_downloads=True, reduced_motion="reduce"
    )
    watching = Watched(context.new_page())
    yield watching
    context.close()
    assert watching.requests == [], "the page asked the network"
    assert watching.complaints == [], "the page complained"


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """Give a case of fourteen planted networks, hostile names among them, and its maps."""
    root = tmp_path_factory.mktemp("maps")
    case = build_case(root / "channel.duckdb", resolution=0.3)
    maps = write_maps(case, root / "out", title="Corridor <b>title</b>", marking="Official <i>test</i>")
    return Written(case, root / "out", maps)


@pytest.fixture
def opened(watched: Watched, written: Written) -> Callable[..., Page]:
    """Open a page of the written maps: ``opened("map.html", "#…")``."""

    def go(name: str = "map.html", fragment: str = "") -> Page:
        return watched.open(written.folder / name, fragment)

    return go


def data_of(page: str, name: str) -> Any:
    """Return a page's block of data."""
    found = re.search(rf'<script type="application/json" id="data-{name}">(.*?)</script>', page, re.DOTALL)
    assert found, f"the page has no block data-{name}"
    return json.loads(found[1])


@pytest.fixture(scope="session")
def data() -> Callable[[str, str], Any]:
    return data_of
