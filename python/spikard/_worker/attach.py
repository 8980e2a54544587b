"""The attach socket: how a worker comes to a front end beside it, and how each learns of the other's end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import typing
from dataclasses import dataclass

from spikard import _native
from spikard._worker import interrupts, stacks

# How many exchanges a worker takes at once. What waits in a worker cannot go to another one, so more is no
# better; less, and clients wait in the queue while the loop has nothing to do.
SLOTS = 2048
MAX_PACKET = 64 * 1024
# A front end that has not answered by now has not got what it was sent.
ANSWER_WITHIN = 5.0


class Unanswered(ConnectionError):
    """The front end is there, but says nothing."""


@dataclass(frozen=True, slots=True)
class Attached:
    """A place at a front end.

    Attributes:
        control: the connection; its end tells that the front end is gone or wants the worker to attach anew.
        token: what Hello must carry.
        incarnation: of the front end.
        endpoint: of the data channel.
        recorder: what the front end reads when this process is dead; None: whatever is sent to it counts as begun.
    """

    control: socket.socket
    token: bytes
    incarnation: int
    endpoint: str
    recorder: _native.Recorder | None


async def attach(directory: str, threads: int) -> Attached:
    """Attach to the front end whose endpoint directory this is.

    Args:
        directory: of the endpoint.
        threads: that handlers may run in.

    Raises:
        Unanswered: somebody listens there, but does not answer.
        OSError: nobody listens there, or it will not have this worker.
    """
    loop = asyncio.get_running_loop()
    control = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        control.setblocking(False)
        control.connect(os.path.join(directory, "attach.sock"))
        recorder = _native.Recorder(SLOTS, 1 + threads)
        pidfd = os.pidfd_open(os.getpid())
        try:
            packet = _native.encode_attach(os.getpid(), recorder.slots)
            socket.send_fds(control, [packet], [pidfd, recorder.fileno()])
            stacks.tell(recorder)
            interrupts.allow()
        finally:
            os.close(pidfd)
            recorder.close_descriptor()
        packet = await asyncio.wait_for(_receive(loop, control), ANSWER_WITHIN)
        if not packet:
            raise ConnectionError("the front end closed the attach socket")
        name, *values = _native.decode_control(packet)
        if name != "attached":
            raise ConnectionError(f"the front end refused: {values}")
        token, incarnation, endpoint = typing.cast("tuple[bytes, int, str]", tuple(values))
        return Attached(control, token, incarnation, endpoint, recorder)
    except BaseException as error:
        control.close()
        if isinstance(error, asyncio.TimeoutError):
            raise Unanswered("the front end has not answered") from error
        raise


async def _receive(loop: asyncio.AbstractEventLoop, control: socket.socket) -> bytes:
    readable = loop.create_future()

    def on_readable() -> None:
        if not readable.done():
            readable.set_result(None)

    loop.add_reader(control, on_readable)
    try:
        await readable
    finally:
        loop.remove_reader(control)
    with contextlib.suppress(BlockingIOError):
        return control.recv(MAX_PACKET)
    return b""
