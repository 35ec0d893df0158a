"""Work that other processes of this clew do, so that more cores work: tasks go out, results come back in order.

Python runs on one core a process. A side process is this very Python, started with this very import path; it does one
named function, over and over, and is told and answers in frames of bytes over its own pipes. It ends when its pipe is
closed, so it can't outlive whoever started it, however that one ends.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import queue
import signal
import subprocess
import sys
import traceback
from collections import deque
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from importlib import import_module
from typing import IO, Any, TypeAlias

from graph import errors

#: From a task to its result. A side process calls ``module:name`` once with what it is set up with, to get this.
Work: TypeAlias = Callable[[bytes], bytes]
#: Two side processes and the one that reads and writes keep two cores busy; a third would take 100 MiB more.
MOST = 2
#: Tasks that wait for a process or to be fetched, so that none has nothing to do.
_AHEAD = 2
#: One pool of memory instead of one a thread and one more for Arrow: a sixth less of it, and no slower.
_LEAN = {"ARROW_DEFAULT_MEMORY_POOL": "system", "MALLOC_ARENA_MAX": "1"}
#: Tasks after which the collector of cycles looks once. Left to itself it looks through the thousands of rows of every
#: task, none of which is in a cycle: a twelfth of the time.
_TASKS_A_COLLECTION = 64
_SIZE_BYTES = 8
_DONE, _FAILED = b"+", b"-"
#: What pyarrow imports where it finds it, and rows and texts do without: 0.5 s and 0.2 s of each process.
WITHOUT_NUMBERS = ("pandas", "numpy")
_BOOT = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from graph.side_processes import serve; serve(sys.argv[2], json.loads(sys.argv[3]))"
)


def spare_cores() -> int:
    """Return how many side processes are worth starting; 0 where one core is all there is, or Python can't be found."""
    affinity = getattr(os, "sched_getaffinity", None)  # what a container or taskset leaves of the cores
    cores = len(affinity(0)) if affinity else os.cpu_count() or 1
    return min(cores, MOST) if cores > 1 and sys.executable else 0


def done_aside(
    work: str, setup: bytes, tasks: Iterable[bytes], count: int, *, without: Sequence[str] = ("pandas",)
) -> Generator[bytes, None, None]:
    """Yield the results of tasks in their order, done by ``count`` side processes while ``tasks`` are made here.

    ``work`` is ``module:name`` of a function that takes ``setup`` and returns a ``Work``; ``without`` are packages that
    are hidden from it, because others import them where they find them and it has no use for them. What it raises on
    purpose (a ``ClewError``) is raised here; ``ProcessLost`` says that a process was ended from outside. When the
    generator is closed, or an error or Ctrl-C goes through it, the processes are ended.
    """
    with ThreadPoolExecutor(count, "clew-side") as threads, _started(work, setup, count, without) as do:
        running: deque[Future[bytes]] = deque()
        try:
            for task in tasks:
                running.append(threads.submit(do, task))
                while len(running) >= count + _AHEAD or (running and running[0].done()):
                    yield running.popleft().result()
            while running:
                yield running.popleft().result()
        finally:
            threads.shutdown(wait=False, cancel_futures=True)


@contextlib.contextmanager
def _started(work: str, setup: bytes, count: int, without: Sequence[str]) -> Iterator[Work]:
    """Start the processes; give what has the next free one do a task. All are ended at the end of the block."""
    free: queue.SimpleQueue[subprocess.Popen[bytes]] = queue.SimpleQueue()
    processes: list[subprocess.Popen[bytes]] = []

    def do(task: bytes) -> bytes:
        process = free.get()
        try:
            return _answer_of(process, task)
        finally:
            free.put(process)

    try:
        for _ in range(count):
            processes.append(_start(work, setup, without))
            free.put(processes[-1])
        yield do
    finally:
        for process in processes:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                # A task that was under way leaves bytes that nobody will read.
                with contextlib.suppress(OSError, ValueError):
                    pipe.close()  # type: ignore[union-attr] # both are pipes


def _start(work: str, setup: bytes, without: Sequence[str]) -> subprocess.Popen[bytes]:
    with _interrupts_held_back():
        process = subprocess.Popen(  # noqa: S603 - this Python, and names of our own
            [sys.executable, "-c", _BOOT, json.dumps(sys.path), work, json.dumps(without)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | _LEAN,
        )
    # A process that ends at once is noticed with its first task.
    with contextlib.suppress(BrokenPipeError):
        _send(process.stdin, setup)
    return process


@contextlib.contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """Let a process started in the block never hear Ctrl-C, which the terminal sends to all; its pipe ends it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _answer_of(process: subprocess.Popen[bytes], task: bytes) -> bytes:
    try:
        _send(process.stdin, task)
        answer = _receive(process.stdout)
    except (OSError, ValueError) as problem:  # ValueError: the pipe was closed here, because all of it ends
        raise _lost(process) from problem
    if answer is None:
        raise _lost(process)
    if answer[:1] == _DONE:
        return answer[1:]
    told = json.loads(answer[1:])
    kind = getattr(errors, told["kind"], None)
    if kind is None:
        raise RuntimeError(f"in a side process:\n{told['message']}")
    raise kind(told["message"])


def _lost(process: subprocess.Popen[bytes]) -> errors.ProcessLost:
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(1)
    return errors.ProcessLost(
        f"a process that clew had started to help it was ended from outside (exit code {process.returncode}), perhaps "
        "for want of memory. Nothing was kept; free some memory and do the same again"
    )


def _send(pipe: IO[bytes] | None, frame: bytes) -> None:
    assert pipe is not None  # noqa: S101 - every one of ours is a pipe
    pipe.write(len(frame).to_bytes(_SIZE_BYTES, "little"))
    pipe.write(frame)
    pipe.flush()


def _receive(pipe: IO[bytes] | None) -> bytes | None:
    """Return the next frame; ``None`` where the other end was closed, also in the middle of one."""
    assert pipe is not None  # noqa: S101 - as above
    head = pipe.read(_SIZE_BYTES)
    size = int.from_bytes(head, "little")
    frame = pipe.read(size) if len(head) == _SIZE_BYTES else b""
    return frame if len(head) == _SIZE_BYTES and len(frame) == size else None


class _Hidden:
    """Makes as if packages were not installed: pyarrow imports pandas for its first array, half a second and 50 MB."""

    def __init__(self, names: Collection[str]) -> None:
        self._names = names

    def find_spec(self, name: str, *_: object) -> None:
        if name in self._names:
            raise ImportError(name)


def serve(work: str, without: Collection[str]) -> None:
    """Be a side process: do tasks from the standard input until it is closed."""
    sys.meta_path.insert(0, _Hidden(without))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    tasks, answers = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what is printed by whatever is called must not mix in
    setup = _receive(tasks)
    do: Work | None = None
    gc.disable()
    done = 0
    while setup is not None and (task := _receive(tasks)) is not None:
        try:
            do = do or _made(work, setup)
            answer = _DONE + do(task)
        except errors.ClewError as problem:
            answer = _FAILED + json.dumps({"kind": type(problem).__name__, "message": str(problem)}).encode()
        except Exception:  # noqa: BLE001 - whatever it is, it is told to whoever waits, who raises it
            answer = _FAILED + json.dumps({"kind": "", "message": traceback.format_exc()}).encode()
        with contextlib.suppress(BrokenPipeError):  # nobody waits any more: the next read says so
            _send(answers, answer)
        done += 1
        if done % _TASKS_A_COLLECTION == 0:
            gc.collect()


def _made(work: str, setup: bytes) -> Work:
    made: Work = imported(work)(setup)
    return made


def imported(name: str) -> Any:
    """Return what ``module:name`` is called."""
    module, _, attribute = name.partition(":")
    return getattr(import_module(module), attribute)
