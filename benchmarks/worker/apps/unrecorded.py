"""ours.py on a worker without a flight recorder, as one on another machine has none: python unrecorded.py PORT KIND."""

from __future__ import annotations

import asyncio
import os
import socket
import typing

import ours

from spikard import _native
from spikard._worker import worker
from spikard._worker.attach import Attached


async def attach(directory: str, threads: int) -> Attached:
    """Do as `spikard._worker.attach.attach` does, but bring no memory."""
    control = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    control.setblocking(False)
    control.connect(os.path.join(directory, "attach.sock"))
    pidfd = os.pidfd_open(os.getpid())
    socket.send_fds(control, [_native.encode_attach(os.getpid(), 0)], [pidfd])
    os.close(pidfd)
    packet = await asyncio.get_running_loop().sock_recv(control, 1 << 16)
    _, *values = _native.decode_control(packet)
    token, incarnation, endpoint = typing.cast("tuple[bytes, int, str]", tuple(values))
    return Attached(control, token, incarnation, endpoint, None)


if __name__ == "__main__":
    worker.attach = attach
    ours.main()
