"""The synthetic world: the same for the same seed, in formats clew reads, with nobody's numbers in it."""

from __future__ import annotations

import csv
import filecmp
import json
import re
from collections import Counter
from pathlib import Path

import phonenumbers
import pytest

import clew
from clew.sample import WorldWritten, sources, write_world
from clew.sample.fictional_numbers import RANGES, numbers
from graph.errors import OutputUnwritable, ParameterRefused

ROLES = {
    "member", "broker", "help_line", "journalist", "asker", "quoter", "agent", "fan", "trader", "innocent",
}  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> WorldWritten:
    return write_world(tmp_path_factory.mktemp("world"), accounts=800, seed=11)


@pytest.fixture(scope="module")
def loaded(world: WorldWritten, tmp_path_factory: pytest.TempPathFactory) -> clew.Case:
    case = clew.open(tmp_path_factory.mktemp("case") / "world.duckdb")
    for source in world.sources:
        found = case.load(source.path, platform=source.platform, region=source.region, timezone=source.timezone)
        assert (found.format, found.added.rejected, found.warnings) == (source.format, 0, ())
    case.extract()
    return case


def truth(world: WorldWritten) -> dict[str, dict]:
    return json.loads((world.directory / "truth.json").read_text(encoding="utf-8"))


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        write_world(tmp_path / name, accounts=300, seed=seed)
    files = sorted(path.relative_to(tmp_path / "a") for path in (tmp_path / "a").rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(tmp_path / "b") for path in (tmp_path / "b").rglob("*") if path.is_file())
    assert filecmp.cmpfiles(tmp_path / "a", tmp_path / "b", files, shallow=False)[0] == files
    assert not filecmp.cmp(tmp_path / "a" / "x_tweets.jsonl", tmp_path / "c" / "x_tweets.jsonl", shallow=False)


def test_every_file_is_recognised_and_every_row_is_a_record(loaded: clew.Case, world: WorldWritten) -> None:
    status = loaded.status()
    assert {source["format"] for source in status["sources"]} == {"csv", "coortweet", "x-jsonl", "telegram-desktop"}
    assert status["rejected"] == status["undecided_numbers"] == 0
    assert status["reposts"] >= world.reposts
    with loaded.reading(include_set_aside=True) as db:
        seen = {row[0] for row in db.execute("SELECT account_id FROM accounts").fetchall()}
    known = set(truth(world)["accounts"])
    assert len(known) == world.accounts == 800
    assert seen <= known
    assert len(seen) > 0.9 * len(known)


def test_what_is_reviewed_stands_in_the_case_under_that_id(loaded: clew.Case, world: WorldWritten) -> None:
    with (world.directory / "reviewed.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["value"] for row in rows} == {"ask", "information", "quotation"}
    with loaded.reading(include_set_aside=True) as db:
        posts = {row[0] for row in db.execute("SELECT post_id FROM posts").fetchall()}
    assert {row["subject"] for row in rows} <= posts
    assert loaded.judge_all([(r["subject"], r["kind"], r["value"], r["note"]) for r in rows]) == len(rows)


def test_the_options_to_load_stand_beside_the_files(world: WorldWritten) -> None:
    assert sources(world.directory) == list(world.sources)
    guide = (world.directory / "README.txt").read_text(encoding="utf-8")
    for source in world.sources:
        assert source.path.relative_to(world.directory).as_posix() in guide


def test_every_number_written_is_reserved_for_fiction_and_all_are_found(loaded: clew.Case, world: WorldWritten) -> None:
    ours = {number.e164 for number in numbers()}
    with loaded.reading(include_set_aside=True) as db:
        found = {row[0] for row in db.execute("SELECT DISTINCT value FROM mentions WHERE kind = 'phone'").fetchall()}
        texts = db.execute("SELECT text FROM posts UNION ALL SELECT bio FROM accounts").fetchall()
    planted = {number for network in truth(world)["networks"].values() for number in network["numbers"]}
    assert found <= ours
    assert len(planted & found) > 0.95 * len(planted)
    for (text,) in texts:
        plain = re.sub(r"(?<=[\d ])O|O(?=[\dO])", "0", text or "")  # some are disguised by letters
        for match in re.findall(r"\+\d[\d \-]{8,}\d", plain):
            assert "+" + "".join(str(int(character)) for character in match if character.isdecimal()) in ours


def test_the_list_of_numbers_is_what_the_house_allows() -> None:
    allowed = re.compile(
        r"\+447700900\d{3}|\+120255501\d\d|\+3319900\d{4}|\+3363998\d{4}|\+614915701\d\d|\+467017406\d\d"
        r"|\+9647700000\d{3}|\+355690000\d{3}|\+849000000\d\d"
    )
    pool = numbers()
    assert len({number.e164 for number in pool}) == len(pool) == sum(each.size for each in RANGES)
    for number in pool:
        assert allowed.fullmatch(number.e164), number
        national = phonenumbers.parse(number.national, number.country)
        assert phonenumbers.format_number(national, phonenumbers.PhoneNumberFormat.E164) == number.e164


def test_everybody_is_in_it_whom_an_investigator_meets(world: WorldWritten) -> None:
    found = truth(world)
    roles = Counter(account["role"] for account in found["accounts"].values())
    assert set(roles) == ROLES
    assert roles["journalist"] >= 5
    assert roles["asker"] >= 40
    sizes = [len(network["members"]) for network in found["networks"].values()]
    assert min(sizes) >= 3
    assert max(sizes) <= 60 + roles["broker"]
    assert any(not network["numbers"] for network in found["networks"].values())
    for name, network in found["networks"].items():
        assert all(name in found["accounts"][member]["networks"] for member in network["members"])
    in_two = {a for a, account in found["accounts"].items() if len(account["networks"]) == 2}
    assert in_two == {a for a, account in found["accounts"].items() if account["role"] == "broker"}


def test_a_fifth_of_the_evidence_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    some = write_world(tmp_path / "some", accounts=500, seed=5)
    monkeypatch.setattr("clew.sample.plot.MISSING", 0.0)
    whole = write_world(tmp_path / "all", accounts=500, seed=5)
    assert (some.posts + some.reposts) / (whole.posts + whole.reposts) == pytest.approx(0.8, abs=0.02)


def test_ids_of_objects_and_the_order_of_accounts_do_not_tell_the_truth(world: WorldWritten) -> None:
    with (world.directory / "facebook_shares.csv").open(encoding="utf-8") as file:
        assert all(re.fullmatch(r"v\d{6}", row["object_id"]) for row in csv.DictReader(file))
    for name in ("x_tweets.jsonl", "tiktok_profiles.csv", "facebook_posts.csv"):
        assert "network" not in (world.directory / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("accounts", [0, 199, 900_001])
def test_a_world_too_small_or_too_large_is_refused(tmp_path: Path, accounts: int) -> None:
    with pytest.raises(ParameterRefused, match="200 to"):
        write_world(tmp_path / "w", accounts=accounts)
    assert not (tmp_path / "w").exists()


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputUnwritable, match="file"):
        write_world(tmp_path / "file", accounts=200)
