"""What is done to the processes of a supervised program while clients ask; one function per row."""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from harness import processes
from harness.client import fetch
from harness.program import Program
from harness.waiting import DEADLINE, until
from ledger_load import LedgerLoad

Fault = Callable[[Program, LedgerLoad, float], int]
_EVERY = 1.0
_BAD_WORKER = Path(__file__).with_name("bad_worker.py")


def _workers(program: Program) -> list[int]:
    front_end = program.front_end
    return [child.pid for child in processes.children(program.pid) if child.pid != front_end]


def wait_for_two(program: Program) -> None:
    """Both workers are ready."""
    until(
        lambda: b"spikard_workers_ready 2" in fetch(program.address, "GET", "/metrics").body,
        "two workers are ready",
    )


def _each_second(seconds: float, act: Callable[[], None]) -> int:
    """Act once a second; gives how often."""
    end = time.monotonic() + seconds
    for times in itertools.count():
        if time.monotonic() + _EVERY > end:
            return times
        time.sleep(_EVERY)
        act()
    raise AssertionError("never")


def kill_one(number: signal.Signals) -> Fault:
    def fault(program: Program, _: LedgerLoad, seconds: float) -> int:
        def act() -> None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(random.choice(_workers(program)), number)

        return _each_second(seconds, act)

    return fault


def stop_one(program: Program, load: LedgerLoad, seconds: float) -> int:
    """Stop a worker for 5 s, however few seconds there are, then let it go on."""
    times = 0
    end = time.monotonic() + seconds
    while times == 0 or time.monotonic() < end:
        pid = random.choice(_workers(program))
        load.stopped.add(str(pid))
        os.kill(pid, signal.SIGSTOP)
        try:
            time.sleep(5 * _EVERY)
        finally:
            os.kill(pid, signal.SIGCONT)
        time.sleep(_EVERY)
        times += 1
    return times


def kill_all(program: Program, _: LedgerLoad, seconds: float) -> int:
    times = 0
    end = time.monotonic() + seconds
    while times == 0 or time.monotonic() < end:
        for pid in _workers(program):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        times += 1
        wait_for_two(program)
        time.sleep(_EVERY)
    return times


def handler(target: str) -> Fault:
    """A request whose handler ends its process: 502 for whoever asks so."""

    def fault(_: Program, load: LedgerLoad, seconds: float) -> int:
        numbers = itertools.count(1)

        def act() -> None:
            status = load.once("POST", target, f"{target[1:]}{next(numbers)}")
            if status != 502:
                load.outcomes.faults.append(f"POST {target}: {status}")

        return _each_second(seconds, act)

    return fault


def poison(_: Program, load: LedgerLoad, seconds: float) -> int:
    """The same request, which ends its process, 100 times, however few seconds there are."""
    statuses = [load.once("GET", "/poison", "poison") for _ in range(100)]
    if set(statuses) != {500}:
        load.outcomes.faults.append(f"GET /poison: {sorted(set(statuses))}")
    if (deaths := load.runs()["poison"]) > 2:
        load.outcomes.faults.append(f"GET /poison ended {deaths} workers")
    time.sleep(seconds)
    return len(statuses)


def worker_that(misdeed: str) -> Fault:
    """A third worker, which breaks its word: no client gets anything of that."""

    def fault(program: Program, load: LedgerLoad, seconds: float) -> int:
        (attach,) = program.files.glob("*/attach.sock")
        command = [sys.executable, str(_BAD_WORKER), str(attach.parent), misdeed]
        environment = {**os.environ, "LEDGER": str(load.ledger)}
        with subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as worker:
            try:
                assert worker.stdout
                # It takes a while to start.
                first = worker.stdout.readline()
                time.sleep(seconds)
            finally:
                worker.terminate()
            try:
                rest, _ = worker.communicate(timeout=DEADLINE)
            finally:
                worker.kill()
        if worker.returncode != 0:
            load.outcomes.faults.append(f"the bad worker has ended with {worker.returncode}")
        return (first + rest).count("misdeed")

    return fault


FAULTS: dict[str, Fault] = {
    "SIGKILL of a worker each second": kill_one(signal.SIGKILL),
    "SIGSEGV of a worker each second": kill_one(signal.SIGSEGV),
    "SIGKILL of all workers at once": kill_all,
    "SIGSTOP of a worker for 5 s": stop_one,
    "os._exit(0) in a handler": handler("/exit"),
    "abort() in a C call": handler("/abort"),
    "heap overwritten by ctypes": handler("/smash"),
    "a request that ends its worker": poison,
    "a worker that answers twice": worker_that("twice"),
    "a worker that answers for another": worker_that("other"),
    "a worker that answers late": worker_that("late"),
    "a worker that answers after its loss": worker_that("gone"),
    "a worker that sends garbage": worker_that("garbage"),
    "a worker that spoils its recorder": worker_that("scribble"),
}
