"""What stands in the pages' data, compared with the case itself."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from graph.case import Case
from graph.errors import CaseIncomplete, MapTooLarge, ParameterRefused
from graph.extraction import Finder
from graph.records import Account, Chat, Mention, Moment, Post, ReadRow, Record, Source
from graph.views import HELD_PLACES
from tests.visualisations.conftest import Written
from tests.visualisations.world import (
    EVERYBODYS_INVITE,
    EVERYBODYS_NUMBER,
    HOSTILE,
    HOSTILE_VALUES,
    build_case,
    find_values,
)
from visualisations.cluster_map import render
from visualisations.evidence import PLACES
from visualisations.maps import write_maps
from visualisations.networks import CoRepost, Pages, read_networks
from visualisations.shared_values import places, shared_kinds
from visualisations.shown_text import clean, read_number

Data = Callable[[str, str], Any]
#: SHA-256 of the data blocks of the whole map and the index. Changes only when what is drawn changes: look at the
#: pictures before putting in a new one.
GOLDEN = "910dbee29ed275d7"


def asked(case: Case, sql: str) -> list[tuple[Any, ...]]:
    with case.reading() as db:
        return db.execute(sql).fetchall()


def drawn(page: str, data: Data, kind: str) -> list[dict[str, Any]]:
    return [node for node in data(page, "nodes") if node["kind"] == kind]


def small_case(path: Path, records: list[Record], find: Finder = find_values) -> Case:
    case = Case(path)
    case.add(
        Source(name="some.csv", sha256="5" * 64, size=1, format="csv"),
        [ReadRow(line, (record,)) for line, record in enumerate(records, 2)],
    )
    case.extract(find, {})
    case.links()
    case.clusters()
    return case


def says(account: str, number: str, text: str, **more: Any) -> Post:
    return Post(platform="x", native_id=f"p{number}", account_id=account, text=text, **more)


def test_every_member_of_a_network_is_drawn_once_in_its_network(written: Written, data: Data) -> None:
    page = written.page("map.html")
    clusters = data(page, "page")["clusters"]
    shown = sorted((clusters[n["cluster"]]["id"], n["rank"]) for n in drawn(page, data, "account"))
    assert shown == sorted(asked(written.case, "SELECT cluster_id, rank FROM memberships"))
    assert len(data(page, "nodes")) == written.maps.nodes


def test_the_numbers_drawn_are_those_that_link_members(written: Written, data: Data) -> None:
    page = written.page("map.html")
    shown = {fact["name"] for fact in data(page, "facts").values() if fact["what"] == "Phone number"}
    linking = asked(written.case, "SELECT DISTINCT unnest(via) FROM links WHERE kind = 'shared_phone'")
    assert shown == {read_number(value) for (value,) in linking}


def test_every_value_that_makes_a_link_is_drawn_once_under_its_kind(written: Written, data: Data) -> None:
    page = written.page("map.html")
    facts, legend = data(page, "facts"), data(page, "page")["shared"]
    nodes = drawn(page, data, "value")
    shown = sorted((node["shared"], facts[node["id"]]["value"]) for node in nodes)
    linking = asked(written.case, "SELECT DISTINCT kind, unnest(via) FROM links WHERE kind <> 'co_repost'")
    assert shown == sorted((places()[kind], clean(value)) for kind, value in linking)
    assert {kind for kind, _ in linking} == {shared.link for shared in shared_kinds()}
    assert [row["count"] for row in legend] == [sum(place == n for place, _ in shown) for n in range(len(legend))]
    assert len({row["sign"] for row in legend}) == len({row["name"] for row in legend}) == len(legend)


def test_an_account_that_is_named_is_joined_to_who_names_it_by_its_own_name(tmp_path: Path, data: Data) -> None:
    records: list[Record] = [
        Account(platform="instagram", native_id="77", handle="@Some_Name"),
        Account(platform="x", native_id="1", bio="instagram:some_name"),
        says("x:2", "2", "now on instagram:some_name", links=("t.me/+AbC",)),
        Account(platform="x", native_id="3", links=("t.me/+AbC",)),
        Account(platform="telegram", native_id="channel5"),
        Chat(platform="telegram", native_id="channel5", kind="channel", title="The channel", invite="t.me/+AbC"),
        Account(platform="telegram", native_id="channel6"),
        Chat(platform="telegram", native_id="channel6", kind="channel", handle="routes"),
        says("x:3", "4", "t.me/routes"),
    ]
    page = render(small_case(tmp_path / "a.duckdb", records))
    facts = data(page, "facts")
    assert {f["name"] for f in facts.values() if "value" in f} == {"@some_name (instagram)", "t.me/+AbC", "t.me/routes"}
    ends = {line["id"]: (facts[line["from"]]["name"], facts[line["to"]]["name"]) for line in data(page, "lines")}
    found = {
        (*ends[line], piece["where"], piece["written"], piece["source"])
        for line, told in data(page, "evidence").items()
        for piece in told["pieces"]
    }
    assert found == {
        ("@Some_Name", "@some_name (instagram)", "its own name", "@Some_Name", "some.csv, line 2"),
        ("1", "@some_name (instagram)", "in its bio", "instagram:some_name", "some.csv, line 3"),
        ("2", "@some_name (instagram)", "in its post", "instagram:some_name", "some.csv, line 4"),
        ("2", "t.me/+AbC", "behind a link in its post", "t.me/+AbC", "some.csv, line 4"),
        ("3", "t.me/+AbC", "among its profile's links", "t.me/+AbC", "some.csv, line 5"),
        ("channel5", "t.me/+AbC", "the way into its own channel", "t.me/+AbC", "some.csv, line 6"),
        ("channel6", "t.me/routes", "its own name", "routes", "some.csv, line 8"),
        ("3", "t.me/routes", "in its post", "t.me/routes", "some.csv, line 10"),
    }


def test_one_text_of_two_kinds_is_two_values(tmp_path: Path, data: Data) -> None:
    def find(text: str, region: str | None, place: str) -> tuple[list[Mention], None]:
        del region, place
        rows = [
            Mention(kind=kind, value="a:b", as_written=kind, start=0, end=len(kind), rule="t") for kind in text.split()
        ]
        return rows, None

    records: list[Record] = [Account(platform="x", native_id=str(n), bio="handle payment crypto") for n in range(3)]
    page = render(small_case(tmp_path / "a.duckdb", records, find=find))
    assert sorted(fact["name"] for fact in data(page, "facts").values() if "value" in fact) == ["@b (a)", "a:b"]
    lines = [(line["from"], line["to"]) for line in data(page, "lines")]
    assert len(lines) == len(set(lines)) == 6  # a payment name and a crypto address of one text are one place to pay to


def test_every_place_in_which_a_value_is_held_has_words() -> None:
    assert set(HELD_PLACES) == set(PLACES)


def test_every_hold_and_every_repost_link_between_members_is_a_line(written: Written, data: Data) -> None:
    lines = data(written.page("map.html"), "lines")
    holds = asked(
        written.case,
        "SELECT count(*) FROM holds SEMI JOIN memberships USING (account_id) "
        "WHERE value IN (SELECT unnest(via) FROM links WHERE kind <> 'co_repost')",
    )
    reposts = asked(written.case, "SELECT count(*) FROM links WHERE kind = 'co_repost'")
    assert sum(not line.get("reposts") for line in lines) == holds[0][0]
    assert sum(bool(line.get("reposts")) for line in lines) == reposts[0][0]


def test_every_line_names_the_records_behind_it_by_file_and_line(written: Written, data: Data) -> None:
    evidence = data(written.page("map.html"), "evidence")
    pieces = [piece for found in evidence.values() for piece in found["pieces"]]
    assert all(found["pieces"] for found in evidence.values())
    own = [piece["source"] for piece in pieces if piece.get("where") == "its own name"]
    stands = [piece["source"] for piece in pieces if "where" in piece and piece["where"] != "its own name"]
    shared = [share["source"] for piece in pieces if "shares" in piece for share in piece["shares"]]
    assert own
    assert all(re.fullmatch(r"accounts\.csv, line [\d,]+", source) for source in own)
    assert all(re.fullmatch(r"posts\.csv, line [\d,]+", source) for source in stands)
    assert all(re.fullmatch(r"reposts\.csv, line [\d,]+", source) for source in shared)
    assert all(piece["apart"] <= 60 for piece in pieces if "shares" in piece)


def test_a_value_left_out_for_its_many_holders_is_headlined_and_on_no_map(written: Written) -> None:
    for shown in (read_number(EVERYBODYS_NUMBER), EVERYBODYS_INVITE):
        assert shown in written.page("index.html")
        assert "too many holders" in written.page("index.html")
        assert shown not in written.page("map.html")


def test_a_number_across_networks_is_drawn_strongest(written: Written, data: Data) -> None:
    page = written.page("map.html")
    kinds = data(page, "page")["kinds"]
    lines = data(page, "lines")
    nodes = {node["id"]: node for node in data(page, "nodes")}
    across = [line for line in lines if kinds[line["kind"]]["name"] == "held across networks"]
    assert across
    assert all(nodes[line["from"]]["cluster"] != nodes[line["to"]]["cluster"] for line in across)
    assert min(line["width"] for line in across) > max(
        line["width"] for line in lines if line not in across and not line.get("reposts")
    )


def test_accounts_that_are_set_aside_are_absent_from_the_bytes_unless_asked_for(tmp_path: Path) -> None:
    records: list[Record] = [
        Account(platform="x", native_id=str(i), handle=f"holder_{i}", bio="call +44 7700 900001") for i in range(4)
    ]
    records.append(Account(platform="x", native_id="9", handle="frightened_asker", bio="call +44 7700 900001"))
    records.append(says("x:9", "1", "how do I get there?", stance="ask"))
    case = small_case(tmp_path / "a.duckdb", records)
    write_maps(case, tmp_path / "maps")
    pages = [path.read_text(encoding="utf-8") for path in (tmp_path / "maps").rglob("*.html")]
    assert len(pages) == 3
    assert all("holder_1" in page for page in pages)
    assert not any("frightened_asker" in page for page in pages)


def test_absent_values_are_shown_as_absent_and_days_as_days(tmp_path: Path, data: Data) -> None:
    records: list[Record] = [says(f"x:{i}", f"{i}", "ring +44 7700 900001") for i in range(2)]
    day = Moment(1_700_006_400_000_000, "day", zone_known=False)
    records.append(says("x:2", "2", "ring +44 7700 900001 now", at=day))
    page = render(small_case(tmp_path / "a.duckdb", records))
    facts = data(page, "facts")
    assert sorted(fact["name"] for fact in facts.values()) == ["+44 7700 900001", "0", "1", "2"]
    first = next(fact for fact in facts.values() if fact["name"] == "0")
    assert ["Active", "no times", False] in first["rows"]
    assert ["Source", "only named by posts and reposts of others", False] in first["rows"]
    pieces = [piece for found in data(page, "evidence").values() for piece in found["pieces"]]
    assert {piece["at"] for piece in pieces} == {None, "2023-11-15 (time zone assumed)"}
    assert data(page, "page")["time"] is None


def test_a_page_says_where_it_comes_from_and_out_of_how_many(written: Written) -> None:
    accounts = asked(written.case, "SELECT count(*) FROM accounts")[0][0]
    for name in ("index.html", "map.html", f"clusters/{written.maps.paths[2].name}"):
        page = written.page(name)
        for said in (
            f"{accounts:,} accounts in the case",
            "Leiden, resolution 0.3, seed 1",
            "within 60 s",
            "3 sources",
        ):
            assert said in page


def test_the_words_of_a_network_are_counted_from_the_case(written: Written, data: Data) -> None:
    with written.case.reading() as db:
        members = dict(db.execute("SELECT account_id, cluster_id FROM memberships").fetchall())
        platforms = dict(db.execute("SELECT account_id, platform FROM accounts").fetchall())
        links = db.execute("SELECT account_a, account_b, kind, pairs, via FROM links").fetchall()
    for network in data(written.page("index.html"), "networks"):
        own = {account for account, cluster in members.items() if cluster == network["id"]}
        inside = [link for link in links if link[0] in own and link[1] in own]
        shared = Counter(kind for kind, _ in {(link[2], value) for link in inside for value in link[4]})
        kinds = [shared[kind.link] for kind in shared_kinds() if shared[kind.link]]
        pairs = sum(link[3] for link in inside if link[2] == "co_repost")
        said = [int(number) for number in re.findall(r"\d+", network["words"])]
        reasons = kinds + [pairs, 60] * bool(pairs)
        assert said == [len(own), len({platforms[account] for account in own}), *reasons]


def test_the_same_case_gives_the_same_bytes(written: Written, tmp_path: Path) -> None:
    again = write_maps(written.case, tmp_path / "out", title="Corridor <b>title</b>", marking="Official <i>test</i>")
    assert [path.name for path in again.paths] == [path.name for path in written.maps.paths]
    for first, second in zip(written.maps.paths, again.paths, strict=True):
        assert first.read_bytes() == second.read_bytes()


def test_a_case_built_again_gives_the_golden_pages(tmp_path: Path, data: Data) -> None:
    case = build_case(tmp_path / "golden.duckdb", sizes=(20, 12, 8), crowd=20, bridges=2)
    maps = write_maps(case, tmp_path / "out")
    index, whole = (maps.paths[i].read_text(encoding="utf-8") for i in (0, 1))
    blocks = {name: data(whole, name) for name in ("nodes", "lines", "facts", "evidence", "page")}
    for node in blocks["nodes"]:
        del node["x"], node["y"]  # the last bit of a sine differs between processors, and a layout magnifies it
    for name in ("footer", "about"):
        del blocks["page"][name]  # the findings' digest is other tests' business
    text = json.dumps([blocks, data(index, "networks")], sort_keys=True)
    assert hashlib.sha256(text.encode()).hexdigest()[:16] == GOLDEN


def test_hostile_names_are_no_ids_and_no_markup_in_the_file(written: Written, data: Data) -> None:
    page = written.page("map.html")
    names = {fact["name"] for fact in data(page, "facts").values()}
    assert {f"@{clean(name)}" for name in HOSTILE} <= names
    assert {clean(value) for value in HOSTILE_VALUES} <= {f.get("value") for f in data(page, "facts").values()}
    assert all(re.fullmatch(r"n\d+", node["id"]) for node in data(page, "nodes"))
    # Outside the data and our own scripts there is no markup of theirs; inside, nothing can end the block.
    for block in re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', page, re.DOTALL):
        assert "<" not in block
    assert "Corridor &lt;b&gt;title&lt;/b&gt;" in page
    assert "<b>title" not in page
    assert "\u202e" not in page


@pytest.mark.parametrize("name", ["index.html", "map.html"])
def test_the_policy_allows_the_page_s_own_scripts_and_styles_and_nothing_else(written: Written, name: str) -> None:
    page = written.page(name)

    def hashes(tag: str) -> str:
        texts = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        digests = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in texts)
        return " ".join(f"'sha256-{digest}'" for digest in digests)

    found = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', page)
    assert found
    assert html.unescape(found[1]).split("; ") == [
        "default-src 'none'",
        f"script-src {hashes('script')}",
        f"style-src {hashes('style')}",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    assert page.index("Content-Security-Policy") < page.index("<style>")


def test_more_nodes_than_a_page_shows_are_refused_and_the_message_says_what_to_do(written: Written) -> None:
    with pytest.raises(MapTooLarge, match="clew map CASE --out DIR"):
        render(written.case, most_nodes=100)


def test_above_the_limit_there_is_an_index_and_each_network_s_own_map_but_no_full_map(
    written: Written, tmp_path: Path, data: Data
) -> None:
    maps = write_maps(written.case, tmp_path / "out", most_nodes=40)
    assert not maps.whole_map
    assert not (tmp_path / "out" / "map.html").exists()
    assert "no map of all networks" in maps.paths[0].read_text(encoding="utf-8")
    for path in maps.paths[1:]:
        page = path.read_text(encoding="utf-8")
        assert len(data(page, "nodes")) <= 40
        about = data(page, "page")
        left_out = about["clusters"][0]["size"] - len(drawn(page, data, "account"))
        assert bool(left_out) == any(f"{left_out:,} of" in note for note in about["notes"])


def test_a_network_that_is_cut_keeps_those_who_rank_highest(written: Written) -> None:
    ((cluster, size),) = asked(written.case, "SELECT cluster_id, size FROM clusters ORDER BY size DESC LIMIT 1")
    with written.case.reading() as db:
        drawing = Pages(read_networks(db, {cluster: size})).drawing([cluster], most_nodes=30)
    assert 20 <= drawing.nodes <= 30
    assert [member.rank for member in drawing.members] == list(range(1, len(drawing.members) + 1))
    assert drawing.members_left_out == size - len(drawing.members)


def test_of_very_many_repost_links_the_strongest_are_drawn_and_the_others_counted(written: Written) -> None:
    clusters = dict(asked(written.case, "SELECT cluster_id, size FROM clusters"))
    in_all = asked(
        written.case,
        "SELECT count(*) FROM links WHERE kind = 'co_repost' AND account_a IN (SELECT account_id FROM memberships) "
        "AND account_b IN (SELECT account_id FROM memberships)",
    )[0][0]
    with written.case.reading() as db:
        everything = Pages(read_networks(db, clusters)).drawing(list(clusters))
        few = Pages(read_networks(db, clusters)).drawing(list(clusters), most_lines=200)
        unread = Pages(read_networks(db, clusters, most_links=10)).drawing(list(clusters), most_lines=200)
    assert (len(everything.co_reposts), everything.co_reposts_left_out) == (in_all, 0)
    assert in_all > 200
    assert (len(few.co_reposts), few.co_reposts_left_out) == (200, in_all - 200)
    assert unread == few

    def ends(links: list[CoRepost]) -> set[str]:
        return {account for link in links for account in (link.account_a, link.account_b)}

    assert ends(few.co_reposts) == ends(everything.co_reposts)
    left_out = [link for link in everything.co_reposts if link not in few.co_reposts]
    assert max(link.strength for link in left_out) <= max(link.strength for link in few.co_reposts)


def test_networks_without_a_page_of_their_own_are_listed_with_their_accounts(
    written: Written, tmp_path: Path, data: Data
) -> None:
    maps = write_maps(written.case, tmp_path / "out", own_pages=2)
    assert maps.own_maps == 2
    assert len(list((tmp_path / "out" / "clusters").iterdir())) == 2
    index = maps.paths[0].read_text(encoding="utf-8")
    networks = data(index, "networks")
    assert [bool(network["page"]) for network in networks] == [True, True] + [False] * (len(networks) - 2)
    assert all(network["members"] for network in networks)
    assert "The 2 largest networks have their own maps" in index


def test_a_case_without_networks_gives_a_page_that_says_what_to_do(tmp_path: Path) -> None:
    untouched = build_case(tmp_path / "a.duckdb", sizes=(), bridges=0, crowd=5, derived=False)
    page = write_maps(untouched, tmp_path / "a").paths[0].read_text(encoding="utf-8")
    assert "Numbers, invites and other values have not been looked for in this case yet" in page
    assert "clew run CASE" in page
    unlinked = build_case(tmp_path / "b.duckdb", sizes=(), bridges=0, crowd=5)
    maps = write_maps(unlinked, tmp_path / "b")
    assert [path.name for path in maps.paths] == ["index.html"]
    assert "None of the 5 accounts holds a number, invite or other value that another holds" in maps.paths[0].read_text(
        encoding="utf-8"
    )
    with pytest.raises(CaseIncomplete, match="no likely networks"):
        render(unlinked)


def test_a_cluster_that_there_is_not_is_refused(written: Written) -> None:
    with pytest.raises(ParameterRefused, match="no cluster c-nothing"):
        render(written.case, cluster_id="c-nothing")
