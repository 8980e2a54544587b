"""The front end's side of the wire, played by a test: real sockets, every wait with a deadline."""

import os
import socket
import struct
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import batch
import flight_recorder
import zmq
from flight_recorder import FlightRecorder

DEADLINE = 10.0
INCARNATION = 0x5EED
TOKEN = b"\x00token"
WINDOW = 65536


@dataclass
class Peer:
    """One connection of a worker: its attach socket, if any, and its data channel."""

    front_end: "FrontEnd"
    control: socket.socket | None
    routing_id: bytes = b""
    incarnation: int = INCARNATION
    sent: int = 0
    received: int = 0
    unread: list[batch.Message] = field(default_factory=list)
    recorder: FlightRecorder | None = None

    def send(self, type_name: str, exchange: int = 0, slot: int = 0, *, gap: int = 0, **fields: Any) -> None:
        """One batch of one message; `gap` skips sequence numbers."""
        self.sent += 1 + gap
        writer = batch.BatchWriter()
        writer.add(type_name, exchange, slot, **fields)
        self.send_frames(writer.seal(self.incarnation, self.sent))

    def send_frames(self, frames: list[bytes]) -> None:
        self.front_end.router.send_multipart([self.routing_id, *frames])

    def request(self, exchange: int, slot: int, route: int, *path_parameters: str, **fields: Any) -> None:
        request: dict[str, Any] = {
            "method": "GET",
            "target": "/",
            "path_parameters": list(path_parameters),
            **fields,
        }
        self.offer(exchange, slot)
        self.send("Request", exchange, slot, generation=1, route=route, **request)

    def offer(self, exchange: int, slot: int) -> None:
        """What the flight recorder must say before the request is sent."""
        if self.recorder:
            self.recorder.put(slot, flight_recorder.OFFERED, exchange)

    def expect(self, type_name: str, exchange: int = 0, slot: int = 0) -> Any:
        """The fields of the next message, which must be this one."""
        message = self.expect_any()
        assert (message.type, message.exchange, message.slot) == (type_name, exchange, slot)
        return message.value

    def expect_any(self) -> batch.Message:
        while not self.unread:
            routing_id, *frames = self.front_end.receive()
            self.routing_id = self.routing_id or routing_id
            assert routing_id == self.routing_id
            incarnation, sequence, self.unread = batch.read_batch(frames)
            self.received += 1
            assert sequence == self.received
            assert incarnation == (self.incarnation if self.control or sequence > 1 else 0)
        return self.unread.pop(0)

    def control_expect(self, type_name: str) -> Any:
        assert self.control
        message = batch.decode_message(self.control.recv(65536))
        assert message.type == type_name
        return message.value

    def control_send(self, type_name: str, **fields: Any) -> None:
        assert self.control
        self.control.send(batch.encode_message(type_name, **fields))

    def hang_up(self) -> None:
        """Close the attach socket."""
        assert self.control
        self.control.close()

    def drain(self, **fields: Any) -> None:
        """Let a worker go that has nothing to answer any more."""
        self.send("Drain", **fields)
        self.expect("Goodbye")
        self.hang_up()

    def become_ready(self, slots: int = 4, heartbeat_ms: int = 0) -> Any:
        """Answers the Hello and returns it."""
        hello = self.expect("Hello")
        self.send("ManifestWanted")
        self.expect("ManifestOffer")
        self.send(
            "Welcome", generation=1, slots=slots, window=WINDOW, max_batch=1 << 20, heartbeat_ms=heartbeat_ms
        )  # fmt: skip
        self.expect("Ready")
        return hello


class FrontEnd:
    def __init__(self, directory: Path) -> None:
        self.endpoint = f"ipc://{directory}/data.sock"
        self.router: zmq.Socket[bytes] = zmq.Context.instance().socket(zmq.ROUTER)
        self.router.setsockopt(zmq.ROUTER_MANDATORY, 1)
        self.router.setsockopt(zmq.LINGER, 0)
        self.router.setsockopt(zmq.RCVTIMEO, int(DEADLINE * 1000))
        self.router.bind(self.endpoint)
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.listener.bind(str(directory / "attach.sock"))
        self.listener.listen()
        self.listener.settimeout(DEADLINE)
        self.accepted: list[socket.socket] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.router.close()
        for connection in [self.listener, *self.accepted]:
            connection.close()

    def receive(self) -> list[bytes]:
        return self.router.recv_multipart()

    def accept(self, pid: int) -> Peer:
        """Answers the next Attach, which must be that of the process `pid`, with its pidfd."""
        control, _ = self.listener.accept()
        self.accepted.append(control)
        control.settimeout(DEADLINE)
        packet, (pidfd, *rest), _, _ = socket.recv_fds(control, 65536, 3)
        message = batch.decode_message(packet)
        assert (message.type, message.value.pid) == ("Attach", pid)
        assert len(rest) == bool(message.value.slots)
        assert pid_of(pidfd) == pid
        os.close(pidfd)
        peer = Peer(self, control, recorder=FlightRecorder(*rest) if rest else None)
        assert not peer.recorder or peer.recorder.header.slots == message.value.slots
        peer.control_send("Attached", token=TOKEN, incarnation=INCARNATION, endpoint=self.endpoint)
        return peer


def pid_of(pidfd: int) -> int:
    info = Path(f"/proc/self/fdinfo/{pidfd}").read_text()
    return next(int(line.split()[1]) for line in info.splitlines() if line.startswith("Pid:"))


def corrupt(frames: list[bytes]) -> list[bytes]:
    """The same batch with another checksum."""
    (checksum,) = struct.unpack_from("<Q", frames[0], 24)
    return [frames[0][:24] + struct.pack("<Q", checksum ^ 1) + frames[0][32:], *frames[1:]]
