"""Signals as something to be read, so that each is handled between two other things and not inside one."""

from __future__ import annotations

import contextlib
import enum
import os
import signal
import socket
import struct
import threading


class Wish(enum.Enum):
    """What somebody wants who has sent a signal."""

    STOP = "finish and end"
    ABORT = "end at once"
    NOTHING = "it was said before"


class Asked:
    """Tells the second Ctrl+C from the first one that comes twice.

    Ctrl+C reaches the whole process group, and a parent like `uv run` passes it on besides, a moment later.
    """

    def __init__(self) -> None:
        """Nobody has asked yet."""
        self._first_by_parent: bool | None = None

    @property
    def before(self) -> bool:
        """Whether anybody has."""
        return self._first_by_parent is not None

    def by(self, number: int, *, by_parent: bool) -> Wish:
        """Take in a SIGINT or SIGTERM."""
        if self._first_by_parent is None:
            self._first_by_parent = by_parent
            return Wish.STOP
        if number == signal.SIGINT and (self._first_by_parent or not by_parent):
            return Wish.ABORT
        return Wish.NOTHING


HANDLED = (signal.SIGINT, signal.SIGTERM, signal.SIGTTIN, signal.SIGTTOU)

_FORM = struct.Struct("=i?")


class Signals:
    """Collects the signals of a supervisor; made in the main thread, before other threads, once.

    They stay blocked in all threads but one, which waits for them: that one learns who has sent them.
    """

    def __init__(self) -> None:
        """Begin to collect; what was held back until now comes first."""
        self._read, self._write = socket.socketpair()
        self._read.setblocking(False)
        hold_back()
        for number in HANDLED:
            signal.signal(number, signal.SIG_DFL)  # what is ignored would not even be held back
        threading.Thread(target=self._wait, daemon=True).start()

    def fileno(self) -> int:
        """Give a descriptor that is readable when there is something to take."""
        return self._read.fileno()

    def take(self) -> list[tuple[int, bool]]:
        """Give the signals that have come, in order, and whether the parent process has sent them."""
        with contextlib.suppress(BlockingIOError):
            return list(_FORM.iter_unpack(self._read.recv(_FORM.size * 512)))
        return []

    def _wait(self) -> None:
        while True:
            said = signal.sigwaitinfo(HANDLED)
            self._write.send(_FORM.pack(said.si_signo, said.si_pid == os.getppid()))


def hold_back() -> None:
    """Until `Signals` is made, if need be by another program in this process."""
    signal.pthread_sigmask(signal.SIG_BLOCK, HANDLED)


def let_through() -> None:
    """Undo `hold_back`."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, HANDLED)
