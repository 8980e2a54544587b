"""The two sockets of one connection: batches in order over the data channel, descriptors over the attach socket."""

import os
import socket
import time
from collections.abc import Iterator

import batch
import zmq

MAX_BATCH = 16 * 1024 * 1024
CONTROL_PACKET = 64 * 1024
ANSWER_WITHIN = 5.0  # seconds that the front end has to answer


class Lost(Exception):
    """The channel is lost, or the front end has left: attach anew."""


class Channel:
    def __init__(
        self, endpoint: str, incarnation: int = 0, token: bytes = b"", control: socket.socket | None = None
    ) -> None:
        self.incarnation, self.token, self.control = incarnation, token, control
        self.sent = self.received = 0  # sequence numbers
        self.heard = time.monotonic()
        self.outbox = batch.BatchWriter()
        self.dealer: zmq.Socket[bytes] = zmq.Context.instance().socket(zmq.DEALER)
        self.dealer.setsockopt(zmq.RECONNECT_IVL, -1)
        self.dealer.setsockopt(zmq.ROUTING_ID, b"w" + os.urandom(15))
        self.dealer.setsockopt(zmq.MAXMSGSIZE, MAX_BATCH)
        self.dealer.connect(endpoint)

    def close(self, linger_ms: int) -> None:
        self.dealer.close(linger=linger_ms)
        if self.control:
            self.control.close()

    def flush(self) -> None:
        """Sends all that is ready in one batch; after the first, once the incarnation is known."""
        if not self.outbox or (self.sent and not self.incarnation):
            return
        self.sent += 1
        try:
            self.dealer.send_multipart(self.outbox.seal(self.incarnation, self.sent), zmq.DONTWAIT)
        except zmq.Again:
            raise Lost("the front end does not read") from None

    def receive(self) -> Iterator[batch.Message]:
        """The messages that have arrived."""
        while self.dealer.poll(0):
            incarnation, sequence, messages = batch.read_batch(self.dealer.recv_multipart())
            self.incarnation = self.incarnation or incarnation
            if incarnation != self.incarnation:
                continue
            self.received += 1
            if sequence != self.received:
                raise Lost(f"sequence {sequence} instead of {self.received}")
            self.heard = time.monotonic()
            yield from messages


def attach(directory: str) -> Channel:
    control = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    control.settimeout(ANSWER_WITHIN)
    control.connect(os.path.join(directory, "attach.sock"))
    pidfd = os.pidfd_open(os.getpid())
    # slots 0: no flight recorder, so whatever is sent to this worker counts as begun.
    socket.send_fds(control, [batch.encode_message("Attach", pid=os.getpid(), slots=0)], [pidfd])
    os.close(pidfd)
    packet = control.recv(CONTROL_PACKET)
    message = batch.decode_message(packet) if packet else None
    if message is None or message.type != "Attached":
        raise Lost("not attached")
    value = message.value
    return Channel(value.endpoint.decode(), value.incarnation, bytes(value.token), control)
