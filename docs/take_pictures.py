"""Take the pictures of ``docs/pictures`` anew, from a synthetic world: ``python docs/take_pictures.py``.

Needs a Chromium (``CHROMIUM``, or one that ``clew doctor`` finds).
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

import clew
from clew.looking import browser

PICTURES = Path(__file__).parent / "pictures"
ACCOUNTS, SEED = 700, 5
_SIZE = {"width": 1500, "height": 940}


def maps_of_a_world(folder: Path) -> Path:
    """Write, load, review, run and map a world in ``folder``; return where its maps are."""
    world = clew.write_sample(folder / "sample", accounts=ACCOUNTS, seed=SEED)
    case = clew.open(folder / "channel.duckdb")
    for source in world.sources:
        case.load(source.path, **source.options)
    case.judge_all(world.reviews())
    case.run(help_lines=world.help_lines())
    case.map(folder / "maps", title="Channel corridor", marking="OFFICIAL – SENSITIVE · SYNTHETIC DATA")
    return folder / "maps"


def take(page: Page, maps: Path) -> None:
    """Take the index, the map of all networks, and what a click on a number shows."""
    for name, address in (("index", "index.html"), ("map", "map.html")):
        page.goto((maps / address).as_uri())
        page.wait_for_selector("body[data-ready='1']")
        page.wait_for_timeout(500)  # labels are placed after the first drawing
        page.screenshot(path=PICTURES / f"{name}.png")
    page.locator("#panel button").first.click()
    page.wait_for_timeout(1000)  # the view glides there
    page.screenshot(path=PICTURES / "evidence.png")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        maps = maps_of_a_world(Path(folder))
        with playwright.chromium.launch(executable_path=browser(), args=["--no-sandbox", "--disable-gpu"]) as chromium:
            take(chromium.new_page(viewport=_SIZE), maps)  # type: ignore[arg-type] # a dict of the two is what it takes
