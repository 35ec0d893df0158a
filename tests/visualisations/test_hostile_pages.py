"""Pages made of a case in which every text is hostile: shown as text, and nothing runs, loads or is put in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.oracles.hostile import HOSTILE, build
from visualisations.maps import write_maps
from visualisations.shown_text import clean

#: What none of our pages has, and a text would need to put in to act.
_INTRUDERS = (
    "iframe, object, embed, base, form, meta[http-equiv=refresh], img[src^=http], img[src=x], svg[onload], animate, "
    "[onerror], [onload], [onmouseover], [onfocus], [onbegin], a[href^='javascript:'], a[href^='data:text'], "
    "link[href^=http], script[src]"
)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the maps of the hostile case, under a hostile title and marking."""
    root = tmp_path_factory.mktemp("hostile")
    case = build(root / "channel.duckdb")
    write_maps(case._case, root / "out", title="</title><script>window.fired=20</script>", marking=HOSTILE[0])
    return root / "out"


def _unharmed(page: Page) -> None:
    assert page.evaluate("window.fired") is None
    assert page.evaluate("({}).fired") is None
    assert page.evaluate(f"document.querySelectorAll({_INTRUDERS!r}).length") == 0
    assert page.evaluate("getComputedStyle(document.body).display") != "none"


def test_no_page_is_written_outside_its_folder(pages: Path) -> None:
    names = {str(path.relative_to(pages.parent)) for path in pages.parent.rglob("*") if path.is_file()}
    assert all(name.startswith(("out/", "channel.duckdb")) for name in names)


@pytest.mark.browser
def test_the_index_and_every_map_run_and_load_nothing_of_what_accounts_wrote(pages: Path, watched: Any) -> None:
    found = sorted(pages.rglob("*.html"))
    assert len(found) > 2
    for path in found[:5]:
        _unharmed(watched.open(path))


@pytest.mark.browser
def test_every_hostile_account_is_found_and_shown_as_text_and_does_nothing(pages: Path, watched: Any) -> None:
    page = watched.open(pages / "map.html")
    found = 0
    for text in HOSTILE:
        page.fill("#search", clean(text)[:60])
        hit = page.locator("#hits li")
        if hit.count():
            hit.first.click()
            found += 1
            assert page.locator("#panel h2, #panel .name").count() > 0
        _unharmed(page)
    assert found >= len(HOSTILE) * 0.9
    assert "<script>window.fired=1</script>" in _panel_of(page, "fired=1<")


def _panel_of(page: Page, text: str) -> str:
    page.fill("#search", text)
    page.locator("#hits li").first.click()
    return page.locator("#panel").inner_text()


@pytest.mark.browser
def test_the_index_is_searched_for_hostile_text_without_harm(pages: Path, watched: Any) -> None:
    page = watched.open(pages / "index.html")
    for text in HOSTILE:
        page.fill("#search", text.replace("\0", "")[:200])
        _unharmed(page)
