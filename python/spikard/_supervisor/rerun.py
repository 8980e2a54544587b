"""From a program that has called `app.run()` to its supervisor: the same process, by exec."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from typing import Any, NoReturn

import msgspec

from spikard._supervisor.signals import hold_back, let_through
from spikard.exceptions import StartError


class Plan(msgspec.Struct, frozen=True):
    """What a supervisor has to know.

    Attributes:
        workers: how many to keep running.
        endpoint: the directory of the front end's sockets.
        front_end: the command that starts it, without the port; empty: somebody else does.
        host: that it listens on.
        port: that it listens on.
        time_to_stop: seconds that the front end may take to leave.
        time_to_finish: seconds that a worker may take after its last request.
        log_level: of the supervisor's own lines.
    """

    workers: int
    endpoint: str
    front_end: Sequence[str]
    host: str
    port: int
    time_to_stop: float
    time_to_finish: float
    log_level: str

    @staticmethod
    def read(descriptor: int) -> Plan:
        """Read what `become_supervisor` has written, and close it."""
        with open(descriptor, "rb") as file:
            return msgspec.json.decode(file.read(), type=Plan)


def become_supervisor(plan: Plan) -> NoReturn:
    """Replace this process by a supervisor that starts its command again for each worker.

    Raises:
        StartError: it cannot be started again.
    """
    if reason := why_not():
        raise StartError(f"several workers, or a supervisor, are the same command run again, but {reason}")
    descriptor = os.memfd_create("spikard-plan", 0)
    os.write(descriptor, msgspec.json.encode(plan))
    os.lseek(descriptor, 0, os.SEEK_SET)
    # What is written to a terminal or a file must not be lost with this program's memory.
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):  # closed, full, or none
            stream.flush()
    supervisor = ["-m", "spikard._supervisor", "--plan-fd", str(descriptor), "--", *command()]
    flags: list[str] = subprocess._args_from_interpreter_flags()  # type: ignore[attr-defined]
    # Signals that come before the supervisor can take them must not be lost, nor end it.
    hold_back()
    try:
        os.execv(sys.executable, [sys.executable, *flags, *supervisor])
    except OSError as error:
        let_through()
        raise StartError(f"{sys.executable} cannot be started again: {error.strerror}") from None


def command() -> list[str]:
    """Give the command that has started this process, with this very interpreter."""
    return [sys.executable, *sys.orig_argv[1:]]


def why_not() -> str:
    """Tell why this process cannot be started again; empty if it can."""
    main: Any = sys.modules.get("__main__")
    if threading.current_thread() is not threading.main_thread():
        return "app.run() was not called in the main thread"
    if multiprocessing.parent_process() is not None:
        return "this is a process of multiprocessing"
    if "PYTEST_CURRENT_TEST" in os.environ and "_pytest.runner" in sys.modules:
        return "this is pytest"
    if sys.flags.interactive or hasattr(sys, "ps1"):
        return "this is an interactive interpreter"
    if "ipykernel" in sys.modules:
        return "this is a notebook"
    if not sys.executable:
        return "Python is embedded in another program"
    if getattr(main, "__spec__", None) is not None:
        return ""  # python -m
    if "-c" in sys.argv[:1]:
        return "the program is the text of -c"
    if not getattr(main, "__file__", None) or main.__file__ == "<stdin>":
        return "the program was not read from a file"
    return ""
