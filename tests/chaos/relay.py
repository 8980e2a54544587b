"""A man in the middle: workers attach to it, it to the front end, and what it relays it may damage."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import zmq

Frames = list[bytes]
# Gives the frames to be sent instead, or None to send them as they are.
Damage = Callable[["Lane", Frames], "Frames | None"]

_PACKET = 65536
_ENDS_WITHIN = 10.0


class Lane:
    """One connection of a worker through the relay.

    Attributes:
        batches: of the worker, so far.
        damaged: whether one of them was.
        lost: whether the front end has closed the connection.
    """

    def __init__(self, worker: socket.socket, directory: Path, number: int, front_end: Path) -> None:
        self.batches = 0
        self.damaged = False
        self.lost = False
        self._worker = worker
        self._front_end = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        context: zmq.Context[zmq.Socket[bytes]] = zmq.Context.instance()
        self._down: zmq.Socket[bytes] = context.socket(zmq.DEALER)
        self._up: zmq.Socket[bytes] = context.socket(zmq.DEALER)
        # As long as the name that it replaces in a packet.
        self._path = directory / f"{number:04x}.sock"
        self._data = front_end / "data.sock"
        for each in (self._down, self._up):
            each.setsockopt(zmq.RECONNECT_IVL, -1)
            each.setsockopt(zmq.SNDHWM, 0)
            each.setsockopt(zmq.RCVHWM, 0)
        self._up.setsockopt(zmq.ROUTING_ID, b"r" + os.urandom(15))

    def run(self, damage: Damage) -> None:
        try:
            if self._attach():
                self._relay(damage)
        finally:
            # libzmq aborts if a connection breaks while a message is half sent and its socket closed without this.
            self._down.close(linger=1000)
            self._up.close(linger=1000)
            self._worker.close()
            self._front_end.close()

    def _attach(self) -> bool:
        packet, descriptors, _, _ = socket.recv_fds(self._worker, _PACKET, 4)
        try:
            self._front_end.connect(str(self._data.with_name("attach.sock")))
            socket.send_fds(self._front_end, [packet], descriptors)
        finally:
            for descriptor in descriptors:
                os.close(descriptor)
        attached = self._front_end.recv(_PACKET)
        theirs, ours = f"ipc://{self._data}".encode(), f"ipc://{self._path}".encode()
        assert len(theirs) == len(ours)
        assert not attached or attached.count(theirs) == 1
        self._down.bind(ours.decode())
        self._up.connect(theirs.decode())
        self._worker.send(attached.replace(theirs, ours))
        return bool(attached)

    def _relay(self, damage: Damage) -> None:
        poller = zmq.Poller()
        for each in (self._down, self._up, self._worker.fileno(), self._front_end.fileno()):
            poller.register(each, zmq.POLLIN)
        while True:
            ready = dict(poller.poll(1000))
            if self._down in ready:
                self._upwards(damage)
            if self._up in ready:
                self._down.send_multipart(self._up.recv_multipart())
            if self._front_end.fileno() in ready:
                self.lost = True
                return
            if self._worker.fileno() in ready and self._down not in ready:
                return

    def _upwards(self, damage: Damage) -> None:
        frames = self._down.recv_multipart()
        self.batches += 1
        other = damage(self, frames)
        if other is not None:
            self.damaged = True
        self._up.send_multipart(frames if other is None else other)


class Relay:
    """Listens where workers attach, one thread per connection."""

    def __init__(self, directory: Path, front_end: Path, damage: Damage) -> None:
        self.lanes: list[Lane] = []
        self.faults: list[str] = []
        self._directory = directory
        self._front_end = front_end
        self._damage = damage
        self._threads: list[threading.Thread] = []
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._listener.bind(str(directory / "attach.sock"))
        self._listener.listen()

    def __enter__(self) -> Relay:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(_ENDS_WITHIN)
            assert not thread.is_alive()
        self._listener.close()

    def _start(self, target: Callable[..., None], *arguments: object) -> None:
        self._threads.append(threading.Thread(target=target, args=arguments))
        self._threads[-1].start()

    def _accept(self) -> None:
        while True:
            try:
                worker, _ = self._listener.accept()
            except OSError:
                return
            lane = Lane(worker, self._directory, len(self.lanes), self._front_end)
            self.lanes.append(lane)
            self._start(self._run, lane)

    def _run(self, lane: Lane) -> None:
        try:
            lane.run(self._damage)
        except Exception as error:
            self.faults.append(repr(error))

    def damaged(self) -> int:
        return sum(lane.damaged for lane in self.lanes)

    def lost(self) -> int:
        return sum(lane.lost for lane in self.lanes)
