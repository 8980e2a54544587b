"""One worker as its supervisor sees it."""

from __future__ import annotations

import contextlib
import enum
import os
import signal
import socket
from collections.abc import Sequence

import msgspec

from spikard import _native
from spikard._supervisor.line import LEAVE, VARIABLE, Assignment, Line


class State(enum.Enum):
    """Where a worker is in its life."""

    BOOTING = "booting"
    READY = "ready"
    LEAVING = "leaving"


class WorkerProcess:
    """A worker that runs; made by starting it.

    Attributes:
        number: small, given again to its successor.
        state: by what it said, and what it was told.
        ready_at: when it became ready; None: not yet.
        reason: why it cannot start, in its words.
        drained: whether it has said that its end is meant.
        asked_until: when it may leave that was asked to by somebody else, unless all do.
        leave_until: when the patience with it ends, if it was told to leave or does so by itself.
    """

    def __init__(self, number: int, command: Sequence[str], endpoint: str) -> None:
        """Start it.

        Raises:
            OSError: there can be no more processes.
        """
        self.number = number
        self.state = State.BOOTING
        self.ready_at: float | None = None
        self.reason = ""
        self.drained = False
        self.leave_until: float | None = None
        self.asked_until: float | None = None
        self._finishing = False
        ours, theirs = socket.socketpair()
        with theirs:
            ours.setblocking(False)
            self.line = Line(ours)
            assignment = msgspec.json.encode(Assignment(number, endpoint, theirs.fileno()))
            environment = {**os.environb, VARIABLE.encode(): assignment}
            self.pid = _native.start_worker(
                [os.fsencode(part) for part in command],
                [name + b"=" + value for name, value in environment.items()],
                theirs.fileno(),
            )
        # Our child, not yet waited for: the number is its own.
        self.pidfd = os.pidfd_open(self.pid)

    def __str__(self) -> str:
        return f"worker {self.number} (pid {self.pid})"

    def leave(self, until: float) -> None:
        """Ask it to finish and go."""
        if self.state is State.BOOTING:
            # It does not listen yet; a signal ends an import.
            self.send(signal.SIGTERM)
        self.state = State.LEAVING
        self.line.say(LEAVE)
        if not self._finishing:
            self.leave_until = until

    def finish(self, until: float) -> None:
        """Let it have so much time for what it has said that it is about."""
        self._finishing = True
        self.leave_until = until

    def send(self, number: signal.Signals) -> None:
        """Send a signal, which can hit no other process."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.pidfd, number)

    def status(self) -> int:
        """Give the exit status, or minus the signal; REQUIRES: `pidfd` is readable, and it was not reaped."""
        end = os.waitid(os.P_PIDFD, self.pidfd, os.WEXITED | os.WNOWAIT)
        assert end
        return end.si_status if end.si_code == os.CLD_EXITED else -end.si_status

    def reap(self) -> int:
        """Give the status for the last time; nothing of it is left."""
        status = self.status()
        os.waitpid(self.pid, 0)
        self.line.close()
        os.close(self.pidfd)
        return status
