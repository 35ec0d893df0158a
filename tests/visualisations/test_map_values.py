"""Shared values on the map in a real Chromium: told apart, found, copied, and never more than text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from xml.dom import minidom

import pytest
from playwright.sync_api import Page

from tests.visualisations.conftest import Written
from tests.visualisations.world import HOSTILE_VALUES
from visualisations.shown_text import clean

pytestmark = pytest.mark.browser

Opened = Callable[..., Page]
Data = Callable[[str, str], Any]


def title(page: Page) -> str:
    return page.locator("#panel h3").inner_text().strip()


def row(page: Page, box: str, text: str) -> Any:
    return page.locator(f"#{box} .check", has_text=text).locator("label")


@pytest.mark.parametrize("place", range(5), ids=["phone", "invite", "handle", "email", "payment"])
def test_a_value_of_any_kind_is_found_shown_with_its_evidence_and_copied(
    opened: Opened, written: Written, data: Data, place: int
) -> None:
    file = written.page("map.html")
    facts, legend = data(file, "facts"), data(file, "page")["shared"]
    node = next(node for node in data(file, "nodes") if node.get("shared") == place)
    known = facts[node["id"]]
    page = opened()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    row(page, "shared", legend[place]["name"]).click()
    page.fill("#search", known["value"])
    page.locator(f"#hits [data-id={node['id']}]").click()
    assert title(page) == known["name"]
    assert page.locator("#panel .sub").inner_text().startswith(known["what"])
    assert page.locator("#panel code").inner_text() == known["value"]
    assert page.locator("#panel .piece mark").count() > 0
    page.locator("#panel .exactly button").click()
    page.get_by_text("copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == known["value"]
    assert (
        page.locator("#panel a[href*='t.me'], #panel a[href*='chat.whatsapp'], #panel a[href*='mailto']").count() == 0
    )
    page.locator("#panel .go").first.click()
    assert f"Holds {legend[place]['article']} {legend[place]['one']} that others hold".upper() in (
        page.locator("#panel").inner_text().upper()
    )


def test_a_value_sought_by_its_name_comes_before_accounts_that_write_it(
    opened: Opened, written: Written, data: Data
) -> None:
    facts = data(written.page("map.html"), "facts")
    page = opened()
    for known in [fact for fact in facts.values() if fact.get("value", "").startswith("t.me/")][:3]:
        for sought in (known["value"], known["value"].removeprefix("t.me/"), known["value"].upper()):
            page.fill("#search", sought)
            page.keyboard.press("Enter")
            assert title(page) == known["name"]


def test_hostile_values_are_text_wherever_they_are_shown(opened: Opened, written: Written, data: Data) -> None:
    page = opened()
    facts = data(written.page("map.html"), "facts")
    for value in HOSTILE_VALUES:
        node = next(i for i, fact in facts.items() if fact.get("value") == clean(value))
        page.evaluate("id => clew.select(id, true)", node)
        assert page.locator("#panel code").inner_text() == clean(value)
        page.locator("#panel .go").first.click()
        page.fill("#search", clean(value))
        assert page.locator(f"#hits [data-id={node}]").count() == 1
        page.keyboard.press("Escape")
    with page.expect_download() as download:
        page.click("#save-svg")
    assert not minidom.parse(str(download.value.path())).getElementsByTagName("img")  # noqa: S318  our own file
    assert page.evaluate("window.fired") is None
    assert page.evaluate("document.querySelectorAll('img, iframe, object, a[href^=javascript]').length") == 0
    assert "\u202e" not in page.content()


def test_each_kind_of_value_has_a_sign_of_its_own_in_legend_stage_and_picture(opened: Opened) -> None:
    page = opened()
    signs = page.locator("#shared .check svg").evaluate_all("all => all.map(svg => svg.innerHTML)")
    assert len(set(signs)) == len(signs) == 5
    with page.expect_download() as download:
        page.click("#save-svg")
    drawing = minidom.parse(str(download.value.path()))  # noqa: S318  our own file
    drawn = [path.getAttribute("d") for path in drawing.getElementsByTagName("path")]
    assert len(set(drawn)) == 4  # a phone number has none
    keys = {text.firstChild.nodeValue for text in drawing.getElementsByTagName("text")}
    assert {"Phone number", "Invite", "Handle elsewhere", "E-mail address", "Payment address"} <= keys
    node = next(
        i
        for i in page.evaluate("clew.network.body.nodeIndices")
        if page.evaluate(
            "i => JSON.parse(document.getElementById('data-nodes').textContent).find(n => n.id === i).shared === 1", i
        )
    )
    page.evaluate("id => clew.select(id, true)", node)
    middle = page.evaluate(
        """id => { const canvas = document.querySelector("#network canvas");
            const at = clew.network.canvasToDOM(clew.network.getPositions([id])[id]);
            const ratio = canvas.width / canvas.clientWidth;
            return [...canvas.getContext("2d").getImageData(at.x * ratio, at.y * ratio, 1, 1).data]; }""",
        node,
    )
    assert min(middle[:3]) > 200  # white where the plus of an invite crosses, on a diamond that is nearly black
