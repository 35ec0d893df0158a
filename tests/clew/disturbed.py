"""Commands that are disturbed at a random moment, and what a folder holds before, after and in between."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

import clew
from graph.errors import CaseUnreadable

CASE = "channel.duckdb"
#: What of a case depends on when and where it was made.
_WHEN_AND_WHERE = ("case", "case_id")
NO_CASE: dict[str, Any] = {"content_hash": None}
#: How long a process that was killed, or one that it started, may take to be gone.
_GONE_SECONDS = 10.0


def case_state(case: Path) -> dict[str, Any]:
    """Return all that ``clew status --json`` says of a case but when and where; ``NO_CASE`` where there is none."""
    if not case.exists():
        return NO_CASE
    state = clew.open(case).status()
    for load in state["sources"]:
        del load["loaded_at"]
    return {name: value for name, value in state.items() if name not in _WHEN_AND_WHERE}


def opens(case: Path) -> dict[str, Any]:
    """Return ``case_state``; a damaged log may be said once, and no more."""
    try:
        return case_state(case)
    except CaseUnreadable:
        return case_state(case)


def files(folder: Path) -> dict[str, str]:
    """Return the digest of every file below a folder, by its path there."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@dataclass(frozen=True)
class Step:
    """A command, the folder that it begins from, and what an undisturbed one makes of it in how many seconds."""

    name: str
    words: tuple[str, ...]
    start: Path
    seconds: float
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    old: Mapping[str, str]
    new: Mapping[str, str]

    def command(self, folder: Path) -> list[str]:
        """Return the words of the command with the paths of a folder."""
        return [word.replace("{folder}", str(folder)) for word in self.words]


def undisturbed(name: str, words: tuple[str, ...], start: Path, scratch: Path) -> Step:
    """Do a command in a copy of ``start`` and return what it is to end with."""
    folder = scratch / f"undisturbed-{name}"
    shutil.copytree(start, folder)
    began = time.monotonic()
    command = [word.replace("{folder}", str(folder)) for word in words]
    subprocess.run([sys.executable, "-m", "clew", *command], check=True, capture_output=True)
    seconds = time.monotonic() - began
    before, after = case_state(start / CASE), case_state(folder / CASE)
    return Step(name, words, start, seconds, before, after, files(start), files(folder))


@dataclass
class Tally:
    """How the disturbed commands fared."""

    disturbed: int = 0
    too_late: int = 0
    unchanged: int = 0
    already_done: int = 0
    before_clew_listened: int = 0
    by_step: dict[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        return (
            f"{self.disturbed} disturbed ({', '.join(f'{n} {name}' for name, n in self.by_step.items())}), all "
            f"recovered; {self.unchanged} left every byte as it was, {self.already_done} had committed; "
            f"{self.before_clew_listened} interrupts came before clew listened; {self.too_late} were drawn again, as "
            "the command was done"
        )


#: Starts a command, disturbs it after so many seconds, and tells how it ended and what it said.
Hit = Callable[[list[str], signal.Signals, float], tuple[int, str]]


@dataclass(frozen=True)
class Disturber:
    """How commands are started and disturbed, where, and how one is done again."""

    how: signal.Signals
    chance: random.Random
    folder: Path
    again: Callable[..., Any]
    tally: Tally = field(default_factory=Tally)

    def disturb(self, step: Step, *, hit: Hit | None = None, seconds: float | None = None) -> None:
        """Disturb a command at a random moment until one is hit, and hold what is left against what is promised.

        ``hit`` starts a process of its own by default; ``seconds`` is how long the command takes when so started.
        """
        hit, seconds = hit or hit_process, seconds or step.seconds
        while True:
            shutil.rmtree(self.folder, ignore_errors=True)
            shutil.copytree(step.start, self.folder)
            moment = self.chance.uniform(0, seconds)
            code, said = hit(step.command(self.folder), self.how, moment)
            if code != 0:
                break
            self.tally.too_late += 1
        told = f"{step.name} after {moment:.3f} s of {seconds:.3f}: {code}, {said!r}"
        self.tally.disturbed += 1
        self.tally.by_step[step.name] = self.tally.by_step.get(step.name, 0) + 1
        if self.how == signal.SIGINT:
            self.tally.before_clew_listened += check_interrupted(code, said, told)
        else:
            assert code == -self.how, told
        self._check_recovery(step, said, told)

    def _check_recovery(self, step: Step, said: str, told: str) -> None:
        state = case_state(self.folder / CASE)
        _check_nothing_half(step, self.folder, state, said, told)
        if files(self.folder) == step.old:
            self.tally.unchanged += 1
            return  # the same command on the same bytes is the undisturbed one
        self.tally.already_done += state == step.after != step.before
        ended = self.again(*step.command(self.folder))
        assert ended.code == 0, f"{told}; then {ended.err}"
        _check_ended_alike(step, self.folder, state, told)


def hit_process(words: list[str], how: signal.Signals, moment: float) -> tuple[int, str]:
    """Start a command, disturb it after ``moment`` seconds, and return how it ended and what it said."""
    process = subprocess.Popen(
        [sys.executable, "-m", "clew", *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        process.wait(moment)
    except subprocess.TimeoutExpired:
        if how == signal.SIGINT:
            os.killpg(process.pid, how)  # as a terminal does
        else:
            process.send_signal(how)
    said = process.communicate(timeout=60)[1]
    _wait_for_children(process.pid)
    return process.returncode, said


def _wait_for_children(session: int) -> None:
    """Wait until nobody whom the process started is left."""
    deadline = time.monotonic() + _GONE_SECONDS
    while left := [p.pid for p in psutil.process_iter() if _session(p.pid) == session and p.status() != "zombie"]:
        assert time.monotonic() < deadline, f"{left} outlived the process that started them"
        time.sleep(0.05)


def _session(pid: int) -> int | None:
    try:
        return os.getsid(pid)
    except OSError:
        return None


def check_interrupted(code: int, said: str, told: str) -> bool:
    """Hold one line and 130 against an interrupt; return whether it came before a line of clew's was run."""
    if said.endswith("clew: interrupted; a case keeps nothing half done\n"):
        assert code in {130, -signal.SIGINT}, told  # Python may end by the signal; a shell says 130 of both
        assert "Traceback" not in said, told
        assert "Exception" not in said, told
        return False
    assert code in {-signal.SIGINT, 1, 130}, told
    assert "clew/cli/" not in said, told
    return True


def _check_nothing_half(step: Step, folder: Path, state: Mapping[str, Any], said: str, told: str) -> None:
    """Everything is as before the command or as after it; what it had said that it did, it did."""
    empty = step.before == NO_CASE and not state.get("sources") and state.get("runs") == []
    assert state in (step.before, step.after) or empty, told
    if step.name.startswith("load") and "rows read =" in said:
        assert state == step.after, told
    there = {name: digest for name, digest in files(folder).items() if "/" in name and not _hidden(name)}
    for name, digest in there.items():
        assert digest in (step.old.get(name), step.new.get(name)) or name.endswith("clew-maps.json"), f"{told}: {name}"
    missing = {name for name in step.old if "/" in name} & set(step.new) - set(there)
    assert not missing, f"{told}: {missing}"
    index = "maps/index.html"
    if index in there and there[index] == step.new.get(index) != step.old.get(index):
        assert all(there.get(name) == digest for name, digest in step.new.items() if name.endswith(".html")), told


def _hidden(name: str) -> bool:
    return any(part.startswith(".") for part in name.split("/"))


def _check_ended_alike(step: Step, folder: Path, between: Mapping[str, Any], told: str) -> None:
    """Hold what the same command again ends with against an undisturbed one: the case, and all files there are."""
    state, ended = case_state(folder / CASE), files(folder)
    for name in ("content_hash", "derived_hash", "shown_runs" if between == step.before else "stale"):
        assert state.get(name) == step.after.get(name), f"{told}: {name}"
    assert set(ended) == set(step.new), f"{told}: {set(ended) ^ set(step.new)}"
    assert {n: d for n, d in ended.items() if "/" in n} == {n: d for n, d in step.new.items() if "/" in n}, told
