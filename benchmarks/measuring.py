"""Measuring one piece of work in a process of its own: rows a second, CPU and wall seconds, peak memory.

A *way* of doing a step is a function named ``module:function``. It is called with keyword arguments, does what is not
to be timed (imports, reading what the step starts from) and returns the work, a function without arguments that
returns how many rows it went through. Nothing but the work is timed; the peak memory is the whole process's.
"""

from __future__ import annotations

import importlib
import json
import os
import platform
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

import psutil

ROOT = Path(__file__).parent.parent
Work: TypeAlias = Callable[[], int]
_MIB = 1 << 20
#: How often the memory of a work's own child processes is looked at.
_LOOK_SECONDS = 0.2
#: By how much they must have grown since the last look at what they share.
_GROWN = 1.005


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a way of doing a step took. ``peer`` is the way beside which it is set, if this is clew's own."""

    step: str
    way: str
    size: int
    rows: int
    wall: float
    cpu: float
    peak_mib: float
    peer: str | None = None
    note: str = ""

    @property
    def rate(self) -> float:
        """Rows a CPU second: wall seconds depend on who else uses the machine."""
        return self.rows / max(self.cpu, 1e-6)


def measure(
    way: str,
    *,
    step: str,
    name: str,
    size: int,
    peer: str | None = None,
    note: str = "",
    repeat: int = 1,
    before_each: Callable[[], None] | None = None,
    **arguments: Any,
) -> Measured:
    """Do the work ``repeat`` times, each in a new process, and return the one with the least CPU time."""
    best: dict[str, Any] | None = None
    for _ in range(repeat):
        if before_each:
            before_each()
        command = [sys.executable, "-m", "benchmarks.measuring", way, json.dumps(arguments, default=str)]
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True, text=True)
        found = json.loads(done.stdout.splitlines()[-1])
        best = found if best is None or found["cpu"] < best["cpu"] else best
    assert best is not None
    measured = Measured(step=step, way=name, size=size, peer=peer, note=note, **best)
    print(f"  {step}, {name}: {measured.rows:,} rows, {measured.cpu:.2f} s CPU", file=sys.stderr)
    return measured


def _measured_here(way: str, arguments: dict[str, Any]) -> dict[str, float]:
    module, _, function = way.partition(":")
    home = importlib.import_module(module)
    work: Work = getattr(home, function)(**arguments)
    # A server that does part of the work is named by its process; its memory is its own affair.
    server = home.server_process(arguments["home"]) if "home" in arguments else None
    with _Memory() as memory:
        cpu, wall = _cpu(server), time.perf_counter()
        rows = work()
        wall, cpu = time.perf_counter() - wall, _cpu(server) - cpu
    return {"rows": rows, "wall": wall, "cpu": cpu, "peak_mib": memory.peak / _MIB}


def _cpu(server: int | None) -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    own = sum(each.ru_utime + each.ru_stime for each in used)
    if server is None:
        return own
    its = psutil.Process(server).cpu_times()
    return float(own + its.user + its.system)


class _Memory:
    """The most memory that this process had, with its children's beside it while it has some.

    Pages that they share (the same libraries, mostly) count once: each has its proportional share (PSS), where the
    system tells it.
    """

    def __init__(self) -> None:
        self.peak = 0
        self._done = threading.Event()
        self._watch = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> _Memory:
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._watch.join()
        self.peak = max(self.peak, _most_held())

    def _look(self) -> None:
        me = psutil.Process()
        most = 0
        while not self._done.wait(_LOOK_SECONDS):
            processes = (me, *me.children(recursive=True))
            # What is shared takes the system milliseconds to tell, which would be measured too: it is asked only where
            # the processes have grown. Each has at least its share.
            held = sum(map(_held_by, processes))
            if held > most * _GROWN:
                most = held
                self.peak = max(self.peak, sum(map(_share_of, processes)))


def _most_held() -> int:
    """Return the most memory that this process ever had.

    Linux hands what the starting process had at most on to the started one (``getrusage``), so its own is asked for.
    """
    status = Path("/proc/self/status")
    if status.exists():
        told = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(told.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _held_by(process: psutil.Process) -> int:
    """Return the memory of a process, with all that it shares; 0 where it ended just now."""
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0


def _share_of(process: psutil.Process) -> int:
    """Return the memory of a process with its share of what it shares, where the system tells that."""
    try:
        told = process.memory_full_info() if sys.platform == "linux" else process.memory_info()
    except psutil.Error:
        return 0
    return int(getattr(told, "pss", told.rss))


def machine() -> str:
    """Return the machine in a line: processor, cores, memory, system, Python."""
    kind = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [line.partition(":")[2].strip() for line in cpuinfo.read_text().splitlines() if "model name" in line]
        kind = names[0] if names else kind
    memory = psutil.virtual_memory().total / (1 << 30)
    return f"{kind}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}, Python {platform.python_version()}"


def table(results: Iterable[Measured]) -> str:
    """Return results as a Markdown table; ``ratio`` is clew's rows a CPU second over its peer's."""
    found = list(results)
    rate = {(each.step, each.way, each.size): each.rate for each in found}
    lines = [
        "| step | way | size | rows | rows/s | CPU s | wall s | peak MiB | ratio |",
        "|---|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for each in found:
        beside = rate.get((each.step, each.peer or "", each.size))
        ratio = f"{each.rate / beside:.2f}" if beside else ""
        way = f"{each.way} ({each.note})" if each.note else each.way
        lines.append(
            f"| {each.step} | {way} | {each.size:,} | {each.rows:,} | {each.rate:,.0f} | {each.cpu:.2f} | "
            f"{each.wall:.2f} | {each.peak_mib:,.0f} | {ratio} |"
        )
    return "\n".join(lines)


def save(results: Sequence[Measured], path: Path) -> None:
    """Write the results as JSON, with the machine they were measured on."""
    path.parent.mkdir(parents=True, exist_ok=True)
    told = {
        "machine": machine(),
        "date": datetime.now(UTC).date().isoformat(),
        "commit": subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, stdout=subprocess.PIPE, check=False, text=True
        ).stdout.strip(),
        "results": [asdict(each) for each in results],
    }
    path.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    print(json.dumps(_measured_here(sys.argv[1], json.loads(sys.argv[2]))))
