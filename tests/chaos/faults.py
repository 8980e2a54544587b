"""What is done to the processes of a supervised program while clients ask; one function per row."""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import signal
import time
from collections.abc import Callable

from harness import processes
from harness.program import Program
from ledger_load import LedgerLoad

Fault = Callable[[Program, LedgerLoad, float], int]
_EVERY = 1.0


def _workers(program: Program) -> list[int]:
    front_end = program.front_end
    return [child.pid for child in processes.children(program.pid) if child.pid != front_end]


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


def kill_all(program: Program, _: LedgerLoad, seconds: float) -> int:
    times = 0
    end = time.monotonic() + seconds
    while times == 0 or time.monotonic() < end:
        for pid in _workers(program):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        times += 1
        time.sleep(3 * _EVERY)
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


FAULTS: dict[str, Fault] = {
    "SIGKILL of a worker each second": kill_one(signal.SIGKILL),
    "SIGSEGV of a worker each second": kill_one(signal.SIGSEGV),
    "SIGKILL of all workers at once": kill_all,
    "os._exit(0) in a handler": handler("/exit"),
    "abort() in a C call": handler("/abort"),
    "heap overwritten by ctypes": handler("/smash"),
}
