"""The map in a real Chromium: what an investigator does with it, and what hostile names can't do."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.dom import minidom

import pytest
from playwright.sync_api import Page

from tests.visualisations.conftest import Watched, Written
from tests.visualisations.world import HOSTILE, build_case
from visualisations.cluster_map import render
from visualisations.shown_text import clean

pytestmark = pytest.mark.browser

Opened = Callable[..., Page]
Data = Callable[[str, str], Any]

#: The share of the canvas that something is drawn on.
INK = """() => {
    const canvas = document.querySelector("#network canvas");
    const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    let inked = 0;
    for (let i = 3; i < pixels.length; i += 4) if (pixels[i]) inked += 1;
    return inked / (pixels.length / 4);
}"""


def shown(page: Page) -> int:
    """Count the nodes on the stage, as vis-network has them."""
    count: int = page.evaluate("clew.network.body.nodeIndices.length")
    return count


def title(page: Page) -> str:
    return page.locator("#panel h3").inner_text().strip()


def row(page: Page, box: str, text: str) -> Any:
    return page.locator(f"#{box} .check", has_text=text).locator("label")


def test_every_node_and_line_is_drawn(opened: Opened, written: Written, data: Data) -> None:
    page = opened()
    assert shown(page) == written.maps.nodes
    assert page.evaluate("clew.network.body.edgeIndices.length") == len(data(written.page("map.html"), "lines"))
    assert page.evaluate(INK) > 0.1
    assert f"{written.maps.nodes:,} of {written.maps.nodes:,} nodes" in page.locator("#count").inner_text()


def test_nothing_moves_the_nodes_from_where_they_were_put(opened: Opened, written: Written, data: Data) -> None:
    page = opened()
    places = page.evaluate("clew.network.getPositions()")
    given = {node["id"]: node for node in data(written.page("map.html"), "nodes")}
    assert all(abs(places[i]["x"] - n["x"]) < 1 and abs(places[i]["y"] - n["y"]) < 1 for i, n in given.items())


def test_hostile_names_and_bios_are_text_wherever_they_are_shown(opened: Opened, written: Written, data: Data) -> None:
    page = opened()
    facts = data(written.page("map.html"), "facts")
    for name in HOSTILE:
        node = next(i for i, fact in facts.items() if fact["name"] == f"@{clean(name)}")
        page.evaluate("id => clew.select(id, true)", node)
        assert title(page) == f"@{clean(name)}"
        assert page.locator("#panel .bio").inner_text() == clean(f"bio {name}")
        x, y = page.evaluate(
            "id => { const p = clew.network.canvasToDOM(clew.network.getPositions([id])[id]);"
            "const r = document.getElementById('network').getBoundingClientRect();"
            "return [r.left + p.x, r.top + p.y]; }",
            node,
        )
        page.mouse.move(x, y)
        page.wait_for_timeout(200)
        page.fill("#search", clean(name)[:20])
        assert page.locator("#hits [data-id]").count() >= 1
        page.keyboard.press("Escape")
    assert page.evaluate("window.fired") is None
    assert page.evaluate("document.querySelectorAll('img, iframe, object, a[href^=javascript]').length") == 0
    assert "\u202e" not in page.content()


def test_the_policy_stops_what_would_get_in_nevertheless(opened: Opened, watched: Watched) -> None:
    page = opened()
    page.evaluate(
        """async () => {
            const inserted = document.createElement("div");
            inserted.innerHTML = '<img src="https://example.invalid/x.png" onerror="window.fired = 1">';
            document.body.append(inserted);
            const script = document.createElement("script");
            script.textContent = "window.fired = 2";
            document.body.append(script);
            await fetch("https://example.invalid/y").catch(() => 0);
        }"""
    )
    page.wait_for_timeout(200)
    assert page.evaluate("window.fired") is None
    refused = [text for text in watched.complaints if "Content Security Policy" in text]
    assert [text for text in refused if "example.invalid/x.png" in text]
    assert [text for text in refused if "example.invalid/y" in text]
    assert [text for text in refused if "inline script" in text]
    # Playwright lists requests that the policy stopped before they left.
    assert all(url.startswith("https://example.invalid/") for url in watched.requests)
    watched.complaints.clear()
    watched.requests.clear()


def test_search_finds_a_number_by_its_digits_with_the_keyboard_alone(opened: Opened) -> None:
    page = opened()
    page.keyboard.press("/")
    page.keyboard.type("7700 900-010")
    page.keyboard.press("Enter")
    assert title(page) == "+44 7700 900010"
    page.keyboard.press("Escape")
    assert page.locator("#panel h3").count() == 0
    page.keyboard.press("/")
    page.keyboard.type("٩٠٠٠١٠")  # the same digits as an Arabic keyboard writes them
    page.keyboard.press("Enter")
    assert title(page) == "+44 7700 900010"
    for dialled in ("07700 900010", "(0)7700 900010", "0044 7700 900010"):
        page.keyboard.press("Escape")
        page.keyboard.press("/")
        page.keyboard.type(dialled)
        page.keyboard.press("Enter")
        assert title(page) == "+44 7700 900010"


def test_search_goes_through_names_and_bios_and_arrows_choose(opened: Opened) -> None:
    page = opened()
    page.fill("#search", "family discount")
    options = page.locator("#hits [data-id]")
    assert options.count() > 3
    second = options.nth(1).locator("span").inner_text()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert title(page) == second
    assert "family discount" in page.locator("#panel .bio").inner_text()
    page.fill("#search", "no such words anywhere")
    assert "Nothing found" in page.locator("#hits").inner_text()


def test_search_leads_to_what_a_filter_hides(opened: Opened) -> None:
    page = opened()
    page.click("#no-clusters")
    assert shown(page) == 0
    page.fill("#search", "7700900010")
    page.keyboard.press("Enter")
    assert title(page) == "+44 7700 900010"
    assert shown(page) > 0


def test_the_legend_is_the_filter(opened: Opened, written: Written, data: Data) -> None:
    page = opened()
    file = written.page("map.html")
    nodes, about = data(file, "nodes"), data(file, "page")
    accounts = [node for node in nodes if node["kind"] == "account"]
    assert page.locator("#shared .check:visible").count() == 5
    invites = sum(node.get("shared") == 1 for node in nodes)
    row(page, "shared", "Invite").click()
    assert 0 < invites == len(nodes) - shown(page)
    for name in ("Phone number", "Handle elsewhere", "E-mail address", "Payment address"):
        row(page, "shared", name).click()
    assert shown(page) == len(accounts)
    row(page, "platforms", "Telegram").click()
    telegram = next(i for i, platform in enumerate(about["platforms"]) if platform["name"] == "Telegram")
    assert shown(page) == sum(node["platform"] != telegram for node in accounts)
    page.click("#no-clusters")
    assert shown(page) == 0
    page.locator("#clusters label").nth(2).click()
    assert shown(page) == sum(node["cluster"] == 2 and node["platform"] != telegram for node in accounts)


def test_values_leave_with_the_links_that_held_them(opened: Opened, written: Written, data: Data) -> None:
    page = opened()
    accounts = sum(node["kind"] == "account" for node in data(written.page("map.html"), "nodes"))
    row(page, "kinds", "holds a shared value").click()
    row(page, "kinds", "held across networks").click()
    assert shown(page) == accounts
    reposts = sum(bool(line.get("reposts")) for line in data(written.page("map.html"), "lines"))
    assert page.evaluate("clew.network.body.edgeIndices.length") == reposts


def test_the_slider_shows_what_was_there_by_then(opened: Opened, written: Written, data: Data) -> None:
    page = opened()
    about, nodes = data(written.page("map.html"), "page"), data(written.page("map.html"), "nodes")
    page.evaluate("() => { const u = document.getElementById('until'); u.value = 60; u.oninput(); }")
    until = about["time"]["from"] + (about["time"]["to"] - about["time"]["from"]) / 4
    there = [n for n in nodes if n["kind"] == "account" and (n["first"] is None or n["first"] <= until)]
    assert page.evaluate("[...clew.network.body.nodeIndices].length") >= len(there)
    assert 0 < len(there) < shown(page) < len(nodes)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", page.locator("#until-day").inner_text())
    assert page.locator("#histogram i").count() == 30


def test_a_node_shows_the_records_behind_its_links(opened: Opened, written: Written, data: Data) -> None:
    page = opened()
    page.fill("#search", "7700900010")
    page.keyboard.press("Enter")
    panel = page.locator("#panel")
    assert "HELD BY" in panel.locator("h2").first.inner_text().upper()
    piece = panel.locator(".piece").first
    assert piece.locator("mark").inner_text() == "+44 7700 900010"
    assert re.search(r"in its post, as written · 20\d\d-.* UTC · posts\.csv, line \d+", piece.inner_text())
    holder = panel.locator(".go").first
    name = holder.locator("span").inner_text()
    holder.click()
    assert title(page) == name
    assert "Holds a number that others hold".upper() in panel.inner_text().upper()
    repost = next(line for line in data(written.page("map.html"), "lines") if line.get("reposts"))
    page.evaluate("id => clew.select(id, true)", repost["from"])
    assert panel.locator(".piece", has_text=re.compile(r"\d+ s apart")).count() > 0
    assert re.search(r"Source\s+accounts\.csv, line \d+", panel.inner_text())


def test_a_network_can_be_opened_from_the_legend_and_leads_to_its_own_map(opened: Opened) -> None:
    page = opened()
    page.locator("#clusters .open").nth(3).click()
    assert title(page).endswith("Likely network 4")
    assert "held together by" in page.locator("#panel .words").inner_text()
    page.get_by_text("Open its own map").click()
    page.wait_for_selector("body[data-ready='1']")
    assert page.url.endswith(".html")
    assert "/clusters/c-" in page.url
    assert page.locator(".title p").inner_text().startswith("Likely network 4 (c-")
    page.get_by_text("All likely networks").click()
    page.wait_for_selector("#networks")


def test_the_permalink_brings_back_the_view_and_has_no_names(opened: Opened) -> None:
    page = opened()
    page.locator("#panel .go").nth(2).click()
    page.locator("#platforms label").nth(1).click()
    page.evaluate("() => { const u = document.getElementById('until'); u.value = 200; u.oninput(); }")
    selected, nodes, fragment = title(page), shown(page), page.evaluate("location.hash")
    assert re.fullmatch(r"#[a-z]=[\w.]+(&[a-z]=[\w.]+)*", fragment)
    assert "7700" not in fragment
    again = opened("map.html", fragment)
    assert (title(again), shown(again), again.evaluate("location.hash")) == (selected, nodes, fragment)


def test_a_permalink_from_elsewhere_does_no_harm(opened: Opened, written: Written) -> None:
    page = opened("map.html", "#s=constructor&c=999.x.-1&p=__proto__&t=1e9&n=99&<img src=x onerror=window.fired=1>")
    assert shown(page) == written.maps.nodes
    assert page.evaluate("window.fired") is None


def test_masking_hides_every_name_text_and_number_on_screen(opened: Opened) -> None:
    page = opened()
    page.keyboard.press("m")
    for selector in ("#panel .go >> nth=0", "#panel .go >> nth=1", "#panel .go >> nth=0"):
        page.locator(selector).click()
        text = page.locator("body").inner_text()
        assert "@" not in text
        assert "7700" not in text
        assert "family" not in text
    assert re.search(r"Account \d+|Phone number \d+|Invite \d+", text)
    assert page.locator("#panel code").count() == 0
    assert "7700" not in page.evaluate("location.hash")


@pytest.mark.parametrize("masked", [False, True])
def test_pictures_are_saved_whole_and_masked_as_on_screen(opened: Opened, tmp_path: Path, masked: bool) -> None:
    page = opened()
    if masked:
        page.keyboard.press("m")
    page.locator("#panel .go").nth(3).click()  # a selection is no part of a picture
    for button, ending, magic in (("#save-png", "png", b"\x89PNG"), ("#save-svg", "svg", b"<svg")):
        with page.expect_download() as download:
            page.click(button)
        file = tmp_path / f"map.{ending}"
        download.value.save_as(file)
        assert file.read_bytes().startswith(magic)
        assert file.stat().st_size > 20_000
        assert download.value.suggested_filename == ("map-masked." if masked else "map.") + ending
    drawing = minidom.parse(str(tmp_path / "map.svg"))  # noqa: S318  our own file
    shapes = len(drawing.getElementsByTagName("polygon")) + len(drawing.getElementsByTagName("circle"))
    assert shapes >= shown(page)
    assert not drawing.getElementsByTagName("script")
    text = " ".join(node.firstChild.nodeValue for node in drawing.getElementsByTagName("text"))
    assert ("+44 7700" in text) is not masked
    assert "OFFICIAL <I>TEST</I>" in text
    assert "Leiden" in text


def test_the_map_prints_on_one_page(opened: Opened) -> None:
    page = opened()
    printed = page.pdf(landscape=True, prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    assert len(printed) > 30_000


def test_labels_do_not_collide(opened: Opened) -> None:
    page = opened()
    with page.expect_download() as download:
        page.click("#save-svg")
    drawing = minidom.parse(str(download.value.path()))  # noqa: S318  our own file
    texts = [t for t in drawing.getElementsByTagName("text") if t.getAttribute("paint-order")]
    boxes = page.evaluate(
        """(labels) => { const c = document.createElement("canvas").getContext("2d");
            return labels.map(([text, x, y, size, weight]) => {
                c.font = `${weight} ${size}px "Noto Sans", sans-serif`;
                const w = c.measureText(text).width * 0.9;
                return [x - w / 2, y - size * 0.7, x + w / 2, y];
            }); }""",
        [
            [t.firstChild.nodeValue, *(float(t.getAttribute(a)) for a in ("x", "y", "font-size", "font-weight"))]
            for t in texts
        ],
    )
    assert len(boxes) > 50
    colliding = [
        (a, b)
        for i, a in enumerate(boxes)
        for b in boxes[:i]
        if a[0] < b[2] and a[2] > b[0] and a[1] < b[3] and a[3] > b[1]
    ]
    assert not colliding


def test_a_page_of_two_thousand_nodes_opens_in_seconds(watched: Watched, tmp_path: Path) -> None:
    sizes = [60] * 8 + [30] * 12 + [12] * 20 + [6] * 8
    page = tmp_path / "map.html"
    page.write_text(render(build_case(tmp_path / "big.duckdb", sizes=sizes, seed=5)), encoding="utf-8")
    started = time.monotonic()
    opened = watched.open(page)
    assert time.monotonic() - started < 10
    assert 1_900 < shown(opened) <= 2_000


def test_only_networks_that_hang_on_an_account_are_said_to(opened: Opened, written: Written, data: Data) -> None:
    firsts = [node for node in data(written.page("map.html"), "nodes") if node.get("rank") == 1]
    keys = [node for node in firsts if node["role"] == "key"]
    assert 0 < len(keys) < len(firsts)
    section = opened().locator("#panel section", has_text="Accounts that networks hang on most")
    assert section.locator("button").count() == min(len(keys), 18)
