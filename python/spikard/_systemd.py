"""What a service manager says to its service, and hears of it: a socket that listens already, readiness, watchdog.

The protocols of systemd: sd_listen_fds(3), sd_notify(3), sd_watchdog_enabled(3). Without their variables nothing
happens.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import socket
from dataclasses import dataclass

from spikard.exceptions import StartError

_FIRST_DESCRIPTOR = 3
# Behind the numbers that a front end is given descriptors by.
_OUT_OF_THE_WAY = 64


@dataclass(frozen=True, slots=True)
class Manager:
    """The service manager of this process, if there is one.

    Attributes:
        listener: the descriptor of a socket that listens; -1 if there is none.
        address: where it hears.
        pause: seconds between two signs of life; 0 if it wants none.
    """

    listener: int = -1
    address: str = ""
    pause: float = 0.0

    @staticmethod
    def take() -> Manager:
        """Take it out of the environment: it was said to this process alone.

        Raises:
            StartError: there are several sockets.
        """
        names = (
            "LISTEN_PID",
            "LISTEN_FDS",
            "LISTEN_FDNAMES",
            "NOTIFY_SOCKET",
            "WATCHDOG_USEC",
            "WATCHDOG_PID",
        )
        said = {name: os.environ.pop(name, "") for name in names}
        own = str(os.getpid())
        count = int(said["LISTEN_FDS"] or 0) if said["LISTEN_PID"] == own else 0
        if count > 1:
            raise StartError(f"the service manager passes {count} sockets, and one is what can be served")
        meant = said["WATCHDOG_PID"] in ("", own)
        # Half the time, as sd_watchdog_enabled(3) advises.
        pause = int(said["WATCHDOG_USEC"] or 0) / 2e6 if meant else 0.0
        return Manager(_adopt() if count else -1, said["NOTIFY_SOCKET"], pause)

    def say(self, state: str) -> None:
        """Tell it, if it hears; it may have gone."""
        if not self.address:
            return
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender, contextlib.suppress(OSError):
            sender.sendto(state.encode(), self._path())

    def _path(self) -> str:
        return "\0" + self.address[1:] if self.address.startswith("@") else self.address

    def ready(self) -> None:
        """Tell it that requests are answered."""
        self.say("READY=1")

    def stopping(self) -> None:
        """Tell it that the end has begun."""
        self.say("STOPPING=1")

    def alive(self) -> None:
        """Give a sign of life."""
        self.say("WATCHDOG=1")

    async def stay_alive(self) -> None:
        """Give signs of life as long as the loop turns."""
        while self.pause:
            self.alive()
            await asyncio.sleep(self.pause)


def _adopt() -> int:
    descriptor = fcntl.fcntl(_FIRST_DESCRIPTOR, fcntl.F_DUPFD_CLOEXEC, _OUT_OF_THE_WAY)
    os.close(_FIRST_DESCRIPTOR)
    return descriptor
