"""The line: a socket pair between a supervisor and one worker, words in both directions, a line each.

To the supervisor: `ready`; `asked` (somebody has sent SIGTERM: may I leave?); `finishing` (no request comes any more,
what is left is background work and the end of the lifespan); `drained` (the end that follows is meant);
`failed REASON`. To the worker: `last` (after this front end there is no other); `leave`. Its end tells either of the
other's.
"""

from __future__ import annotations

import contextlib
import os
import socket
from dataclasses import dataclass

import msgspec

from spikard.exceptions import StartError

VARIABLE = "SPIKARD_WORKER"

READY, ASKED, FINISHING, DRAINED, FAILED = "ready", "asked", "finishing", "drained", "failed"
LAST, LEAVE = "last", "leave"


class Assignment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a supervisor says in SPIKARD_WORKER.

    Attributes:
        number: of the worker, for the log.
        endpoint: the directory of the front end's sockets.
        line: the descriptor of the worker's end.
    """

    number: int
    endpoint: str
    line: int

    @staticmethod
    def take() -> Assignment | None:
        """Take it out of the environment, so that what a handler starts does not attach; None if there is none.

        Raises:
            ValueError: no supervisor has written it.
        """
        text = os.environ.pop(VARIABLE, "")
        return msgspec.json.decode(text, type=Assignment) if text else None


@dataclass(slots=True)
class Line:
    """One end of a line.

    Attributes:
        socket: it must not block.
        ended: whether the other end was closed.
    """

    socket: socket.socket
    ended: bool = False
    _read: bytes = b""

    @staticmethod
    def of(descriptor: int) -> Line:
        """Take over an inherited descriptor.

        Raises:
            OSError: it is none, or no socket.
        """
        os.set_inheritable(descriptor, False)
        end = socket.socket(fileno=descriptor)
        end.setblocking(False)
        return Line(end)

    def say(self, *words: str) -> None:
        """Say one thing; whether anybody hears it shows elsewhere."""
        with contextlib.suppress(OSError):
            self.socket.send(" ".join(words).replace("\n", " ").encode(errors="replace") + b"\n")

    def hear(self) -> list[str]:
        """Give what was said since the last time."""
        with contextlib.suppress(BlockingIOError):
            try:
                while data := self.socket.recv(65536):
                    self._read += data
            except ConnectionResetError:
                pass
            self.ended = True
        *heard, self._read = self._read.split(b"\n")
        return [line.decode(errors="replace") for line in heard]

    def close(self) -> None:
        """Close this end."""
        self.socket.close()


def refusal(error: StartError) -> SystemExit:
    """Tell why there is nothing to run: the supervisor, which says it once for all workers, or the user."""
    assignment = Assignment.take()
    if assignment is None:
        return SystemExit(f"spikard: {error}")
    Line.of(assignment.line).say(FAILED, str(error))
    return SystemExit(1)
