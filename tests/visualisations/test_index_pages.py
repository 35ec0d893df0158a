"""The index in a real Chromium."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.visualisations.conftest import Watched, Written
from tests.visualisations.world import EVERYBODYS_INVITE, HOSTILE, HOSTILE_VALUES, build_case
from visualisations.maps import write_maps
from visualisations.shown_text import clean

pytestmark = pytest.mark.browser

Opened = Callable[..., Page]
Data = Callable[[str, str], Any]


def column(page: Page, place: int) -> list[str]:
    return page.locator(f"#networks tbody td:nth-child({place})").all_inner_texts()


def test_every_network_stands_in_words_the_largest_first(opened: Opened, written: Written) -> None:
    page = opened("index.html")
    sizes = [int(text) for text in column(page, 3)]
    assert len(sizes) == written.maps.clusters
    assert sizes == sorted(sizes, reverse=True)
    assert "held together by" in page.locator("#networks tbody tr").first.inner_text()
    assert "Hangs most on @" in page.locator("#networks tbody tr").first.inner_text()


def test_columns_sort_both_ways(opened: Opened) -> None:
    page = opened("index.html")
    page.click("[data-sort=size]")
    sizes = [int(text) for text in column(page, 3)]
    assert sizes == sorted(sizes)
    page.click("[data-sort=first]")
    dates = column(page, 6)
    assert dates == sorted(dates, reverse=True)
    page.click("[data-sort=first]")
    assert column(page, 6) == sorted(dates)


def test_search_finds_networks_by_account_number_and_id(opened: Opened, written: Written, data: Data) -> None:
    page = opened("index.html")
    network = data(written.page("index.html"), "networks")[4]
    number = network["shared"][0]["names"][0]
    at_home = "0" + number.partition(" ")[2]
    others = [kind["searched"][0] for kind in network["shared"]]
    assert len(others) > 3
    for query in (network["members"][2], number.replace(" ", ""), at_home, network["id"], *others):
        page.keyboard.press("/")
        page.fill("#search", query)
        assert page.locator(f"#networks tr[data-id={network['id']}]").count() == 1
        assert page.locator("#networks tbody tr").count() < written.maps.clusters
        page.keyboard.press("Escape")
    assert page.locator("#networks tbody tr").count() == written.maps.clusters


def test_a_value_that_is_not_named_is_found_and_said(opened: Opened, written: Written, data: Data) -> None:
    page = opened("index.html")
    network = data(written.page("index.html"), "networks")[0]
    numbers = network["shared"][0]
    assert numbers["inAll"] == len(numbers["searched"]) > len(numbers["names"])
    row = page.locator(f"#networks tr[data-id={network['id']}]")
    assert numbers["searched"][-1] not in row.inner_text()
    page.fill("#search", numbers["searched"][-1])
    assert f"Found among its numbers: {numbers['searched'][-1]}" in row.inner_text()
    page.keyboard.press("m")
    page.fill("#search", "")
    assert "Found among" not in page.locator("#networks").inner_text()


def test_values_across_networks_are_counted_by_kind(opened: Opened) -> None:
    text = opened("index.html").locator("#networks").inner_text()
    assert re.search(r"Shares values with likely networks? \d+ \(1 number\)", text)
    assert re.search(r"\d+ \((\d numbers? and )?1 (invite|e-mail address)\)", text)


def test_columns_sort_by_shared_values(opened: Opened) -> None:
    page = opened("index.html")
    page.click("[data-sort=shared]")
    counts = [int(text) for text in column(page, 4)]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > counts[-1]


def test_hostile_names_are_text_on_the_index_too(opened: Opened) -> None:
    page = opened("index.html")
    for name in (*HOSTILE, *HOSTILE_VALUES):
        page.fill("#search", clean(name))
        assert page.locator("#networks tbody tr").count() >= 1
    assert page.evaluate("window.fired") is None
    assert page.evaluate("document.querySelectorAll('img, iframe, svg').length") == 0
    assert page.locator("h1").inner_text() == "Corridor <b>title</b>"


def test_the_index_leads_to_the_map_and_to_each_network_s_own(opened: Opened, written: Written) -> None:
    page = opened("index.html")
    links = page.locator("#networks a[href^='clusters/']")
    hrefs = {str(links.nth(i).get_attribute("href")) for i in range(links.count())}
    assert {written.folder / href for href in hrefs} == set(written.maps.paths[2:])
    page.click("#whole-map")
    page.wait_for_selector("#network canvas")


def test_masking_hides_names_and_numbers(opened: Opened) -> None:
    page = opened("index.html")
    assert "+33 1 99 00 99 99" in page.locator("#left-out").inner_text()
    assert EVERYBODYS_INVITE in page.locator("#left-out").inner_text()
    page.keyboard.press("m")
    text = page.locator("body").inner_text()
    assert "@" not in text
    assert "7700" not in text
    assert "t.me" not in text
    assert "+33 1 99 00 99 99" not in text
    page.keyboard.press("m")
    assert "+33 1 99 00 99 99" in page.locator("#left-out").inner_text()


def test_a_case_without_networks_opens_and_says_what_to_do(watched: Watched, tmp_path: Path) -> None:
    case = build_case(tmp_path / "a.duckdb", sizes=(), bridges=0, crowd=5)
    page = watched.open(write_maps(case, tmp_path / "out").paths[0])
    assert "clew status CASE" in page.locator("#nothing").inner_text()
