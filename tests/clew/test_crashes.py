"""A command killed, or interrupted, at any moment: the case opens, holds what was said, and nothing half."""

from __future__ import annotations

import random
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import clew as facade
from graph.beside import beside
from graph.neo4j_connection import Neo4jConnection, connect
from graph.neo4j_server import LocalServer
from graph.publish import publish
from tests.clew.disturbed import CASE, Disturber, Step, case_state, check_interrupted, hit_process, undisturbed
from tests.clew.forked import Forking

WORDS: dict[str, tuple[str, ...]] = {
    "load-first": ("load", f"{{folder}}/{CASE}", "{folder}/x_tweets.jsonl"),
    "load": ("load", f"{{folder}}/{CASE}", "{folder}/x_tweets.jsonl"),
    "extract": ("extract", f"{{folder}}/{CASE}"),
    "links": ("links", f"{{folder}}/{CASE}"),
    "clusters": ("clusters", f"{{folder}}/{CASE}"),
    "run": ("run", f"{{folder}}/{CASE}"),
    "map": ("map", f"{{folder}}/{CASE}", "--out", "{folder}/maps"),
    "export": ("export", f"{{folder}}/{CASE}", "--out", "{folder}/tables"),
}


@pytest.fixture(scope="session")
def starts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return, for each step, a folder as it is before that step; what earlier steps acknowledged is in it."""
    root = tmp_path_factory.mktemp("starts")
    facade.write_sample(root / "sample", accounts=400, seed=8)
    here = root / "here"
    here.mkdir()
    shutil.copy(root / "sample" / "x_tweets.jsonl", here)
    found: dict[str, Path] = {}

    def keep(*names: str) -> None:
        for name in names:
            found[name] = Path(shutil.copytree(here, root / f"before-{name}"))

    keep("load-first")
    case = facade.open(here / CASE)
    case.load(root / "sample" / "tiktok_profiles.csv", platform="tiktok")
    case.load(root / "sample" / "tiktok_posts.csv", platform="tiktok")
    case.run()
    case.map(here / "maps")
    case.export(here / "tables")
    keep("load")
    case.load(here / "x_tweets.jsonl")
    keep("extract", "run")
    case.extract()
    keep("links")
    case.links()
    keep("clusters")
    case.clusters()
    keep("map", "export")
    return found


@pytest.fixture(scope="session")
def step(starts: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Step]:
    """Return a step with what an undisturbed one ends with; made when it is first asked for."""
    scratch = tmp_path_factory.mktemp("undisturbed")
    made: dict[str, Step] = {}

    def give(name: str) -> Step:
        if name not in made:
            made[name] = undisturbed(name, WORDS[name], starts[name], scratch)
        return made[name]

    return give


def test_five_kills_at_random_moments_leave_nothing_half_and_the_same_command_ends_the_same(
    step: Callable[[str], Step], clew: Callable[..., object], tmp_path: Path
) -> None:
    killer = Disturber(signal.SIGKILL, random.Random(5), tmp_path / "killed", clew)
    for name in ("load-first", "load", "run", "map", "export"):
        killer.disturb(step(name))


def test_three_interrupts_at_random_moments_are_one_line_each_and_leave_nothing_half(
    step: Callable[[str], Step], clew: Callable[..., object], tmp_path: Path
) -> None:
    interrupter = Disturber(signal.SIGINT, random.Random(3), tmp_path / "interrupted", clew)
    for name in ("load", "run", "map"):
        interrupter.disturb(step(name))


def timed(forking: Forking, step: Step, folder: Path) -> float:
    """Return how long a forked command takes that nobody disturbs."""
    shutil.copytree(step.start, folder)
    return forking.seconds(step.command(folder))


@pytest.mark.long
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_hundred_of_a_hundred_recover(
    how: signal.Signals,
    step: Callable[[str], Step],
    clew: Callable[..., object],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A quarter in a process of their own from its first moment on, the others while the command is at its work."""
    disturber, names = Disturber(how, random.Random(how), tmp_path / "disturbed", clew), list(WORDS)
    at_work: dict[str, float] = {}
    with Forking(tmp_path) as forking:
        for number in range(100):
            name = names[number % len(names)]
            if number // len(names) % 4 == 0:
                disturber.disturb(step(name))
            else:
                if name not in at_work:
                    at_work[name] = min(timed(forking, step(name), tmp_path / f"{name}-{turn}") for turn in (1, 2))
                disturber.disturb(step(name), hit=forking.hit, seconds=at_work[name])
            if (number + 1) % 20 == 0:
                with capsys.disabled():
                    sys.stdout.write(f"\n{how.name}: {disturber.tally}\n")
    assert disturber.tally.disturbed == 100
    if how == signal.SIGKILL:  # an interrupted command takes back what it began
        assert disturber.tally.unchanged < 95, "the moments are badly drawn"
    assert disturber.tally.before_clew_listened <= 15


def test_what_a_killed_command_left_beside_its_output_goes_with_the_next_and_what_lives_stays(
    starts: dict[str, Path], tmp_path: Path
) -> None:
    case = facade.open(shutil.copy(starts["map"] / CASE, tmp_path))
    mark = "clew-999999999-1-00ff00ff"
    dead = [tmp_path / f".maps.{mark}", tmp_path / "tables" / f".links.csv.{mark}"]
    half_made = [tmp_path / f".{CASE}.{mark}", tmp_path / f".{CASE}.{mark}.wal"]  # a case and DuckDB's log of it
    alive = [beside(tmp_path / "maps"), beside(tmp_path / "tables" / "links.csv")]
    theirs = [tmp_path / ".maps.clew-notes", tmp_path / "tables" / ".links.csv"]
    (tmp_path / "tables").mkdir()
    for folder, file in (dead, alive, theirs):
        folder.mkdir()
        file.write_text("text")
    for file in half_made:
        file.write_text("half")
    case.map(tmp_path / "maps")
    case.export(tmp_path / "tables")
    case.judge("x:1", kind="set_aside", value="yes")
    assert [path.exists() for path in (*dead, *half_made, *alive, *theirs)] == [False] * 4 + [True] * 4


@pytest.fixture
def small(starts: dict[str, Path], tmp_path: Path) -> Path:
    """Return a case with everything derived, to publish."""
    return Path(shutil.copy(starts["map"] / CASE, tmp_path))


def held_after_publish(case: Path, server: LocalServer) -> tuple[dict[str, int], int]:
    """Publish and return how many of each kind the graph then holds, and how much had to be written."""
    with connect(server.uri, server.user, server.password) as connection:
        done = publish(facade.open(case)._case, connection)
    return {name: counts.held for name, counts in done.counts.items()}, done.total("created") + done.total("removed")


@pytest.mark.neo4j
@pytest.mark.parametrize(
    ("how", "times"),
    [
        (signal.SIGKILL, 1),
        (signal.SIGINT, 1),
        pytest.param(signal.SIGKILL, 10, marks=pytest.mark.long),
        pytest.param(signal.SIGINT, 10, marks=pytest.mark.long),
    ],
)
def test_a_publish_cut_short_at_a_random_moment_is_finished_by_the_next(
    *, how: signal.Signals, times: int, small: Path, graph: Neo4jConnection, environment: None, server: LocalServer
) -> None:
    chance = random.Random(times)
    state = case_state(small)
    began = time.monotonic()
    assert hit_process(["publish", str(small)], how, 300)[0] == 0
    seconds = time.monotonic() - began
    held, written = held_after_publish(small, server)
    assert written == 0
    cut_short = 0
    while cut_short < times:
        graph.driver.execute_query("MATCH (n) DETACH DELETE n", database_="neo4j")
        began = time.monotonic()
        code, said = hit_process(["publish", str(small)], how, chance.uniform(0.3, 0.9) * seconds)
        if code == 0:  # too late; a server that is warm is quicker than it was at first
            seconds = min(seconds, time.monotonic() - began)
            continue
        cut_short += 1
        if how == signal.SIGINT:
            check_interrupted(code, said, said)
        assert held_after_publish(small, server)[0] == held
        assert held_after_publish(small, server) == (held, 0)
        assert case_state(small) == state
