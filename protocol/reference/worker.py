"""The reference worker: everything a worker has to do, nothing else. README.md of the folder above is the specification.

    worker.py DIRECTORY                attaches to the front end whose endpoint directory this is
    worker.py --no-attach ENDPOINT     uses the data channel alone, as a worker on another machine does
"""

import argparse
import array
import contextlib
import hashlib
import os
import signal
import socket
import sys
import time
import traceback
import urllib.parse
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import batch
import zmq

SLOTS = 8
MAX_BATCH = 16 * 1024 * 1024
CONTROL_PACKET = 64 * 1024
ANSWER_WITHIN = 5.0  # seconds that the front end has for a Hello
EXIT_REFUSED = 3


class Lost(Exception):
    """The channel is lost, or the front end said goodbye: attach anew."""


class Refused(Exception):
    """The front end will never take this worker as it is."""


def manifest() -> bytes:
    text = batch.enum("ValueType")["Text"]
    path = batch.enum("ParameterSource")["Path"]

    def parameter(name: str, **more: Any) -> Any:
        return batch.table("Parameter", name=name, wire_name=name, source=path, type=text, required=True, **more)

    routes = [
        batch.table("Route", method="GET", path="/", name="hello"),
        batch.table("Route", method="GET", path="/echo/{text}", name="echo_text", parameters=[parameter("text")]),
        batch.table("Route", method="POST", path="/echo", name="echo_body", takes_body=True),
        batch.table("Route", method="GET", path="/wait/{seconds}", name="wait", parameters=[parameter("seconds")]),
    ]
    return batch.pack(batch.table("Manifest", routes=routes, request_ids=True), b"SPKM")


@dataclass
class Exchange:
    number: int
    slot: int
    request: SimpleNamespace
    body: bytes = b""
    due: float | None = None  # None: its body is still coming


class Worker:
    """One connection, from the attach socket to the goodbye."""

    def __init__(self, control: socket.socket | None, endpoint: str, incarnation: int, token: bytes) -> None:
        self.control, self.incarnation, self.token = control, incarnation, token
        self.sent = self.received = 0  # sequence numbers
        self.outbox = batch.BatchWriter()
        self.exchanges: dict[int, Exchange] = {}  # by slot
        self.welcome: SimpleNamespace | None = None
        self.draining = False
        self.heard = time.monotonic()
        self.dealer: zmq.Socket[bytes] = zmq.Context.instance().socket(zmq.DEALER)
        # A reconnected DEALER would never notice what was lost in between.
        self.dealer.setsockopt(zmq.RECONNECT_IVL, -1)
        self.dealer.setsockopt(zmq.ROUTING_ID, b"w" + os.urandom(15))  # the first byte must not be zero
        self.dealer.setsockopt(zmq.LINGER, 0)
        self.dealer.connect(endpoint)

    def close(self, linger_ms: int = 0) -> None:
        self.dealer.close(linger=linger_ms)
        if self.control:
            self.control.close()

    def run(self, wake: socket.socket) -> None:
        """Returns after a drain."""
        self.outbox.add(
            "Hello", token=self.token, pid=os.getpid(), language="python", runtime=sys.version.split()[0], slots=SLOTS,
            manifest_hash=hashlib.sha256(manifest()).digest(), max_batch=MAX_BATCH, epoch="",
        )  # fmt: skip
        poller = zmq.Poller()
        for source in filter(None, (self.dealer, self.control, wake)):
            poller.register(source, zmq.POLLIN)
        while not (self.draining and not self.exchanges):
            self.flush()
            ready = dict(poller.poll(self.milliseconds_until_next()))
            if wake.fileno() in ready and wake.recv(64):  # SIGTERM: ask for a drain, go on until it comes
                self.outbox.add("Leaving")
            if self.control and self.control.fileno() in ready:
                self.on_control(self.control.recv(CONTROL_PACKET))
            while self.dealer.getsockopt(zmq.EVENTS) & zmq.POLLIN:  # type: ignore[operator]
                self.on_batch(self.dealer.recv_multipart())
            self.answer_what_is_due()
        self.outbox.add("Goodbye")
        self.flush()

    def flush(self) -> None:
        """All that is ready in one batch."""
        if not self.outbox:
            return
        self.sent += 1
        frames = self.outbox.seal(self.incarnation, self.sent)
        try:
            self.dealer.send_multipart(frames, zmq.DONTWAIT)
        except zmq.Again:
            raise Lost("the front end does not read") from None

    def milliseconds_until_next(self) -> int:
        times = [exchange.due for exchange in self.exchanges.values() if exchange.due is not None]
        if self.welcome is None:
            times.append(self.heard + ANSWER_WITHIN)
        elif self.welcome.heartbeat_ms:
            times.append(self.heard + 3 * self.welcome.heartbeat_ms / 1000)
        return max(0, round((min(times) - time.monotonic()) * 1000)) + 1 if times else -1

    def on_control(self, packet: bytes) -> None:
        if not packet:
            raise Lost("the attach socket was closed")
        message = batch.decode_message(packet)
        if message.type == "Drain":
            self.draining = True
        elif message.type == "DumpStacks":
            text = "".join(traceback.format_stack())[-CONTROL_PACKET // 2 :]
            assert self.control
            self.control.send(batch.encode_message("Stacks", number=message.value.number, text=text))
        elif message.type == "Die":
            os._exit(1)
        elif message.type != "Interrupt":  # whoever reads it here is not stuck
            raise Lost(f"unexpected on the attach socket: {message.type}")

    def on_batch(self, frames: list[bytes]) -> None:
        incarnation, sequence, messages = batch.read_batch(frames)
        self.incarnation = self.incarnation or incarnation
        if incarnation != self.incarnation:
            return
        self.received += 1
        if sequence != self.received:
            raise Lost(f"sequence {sequence} instead of {self.received}")
        self.heard = time.monotonic()
        for message in messages:
            handler = getattr(self, "on_" + message.type.lower(), None)
            if handler is None:
                raise Lost(f"unexpected on the data channel: {message.type}")
            handler(message)

    def on_manifestwanted(self, message: batch.Message) -> None:
        self.outbox.add("ManifestOffer", manifest=manifest())

    def on_welcome(self, message: batch.Message) -> None:
        self.welcome = message.value
        self.outbox.add("Ready")  # an application would start its lifespan first

    def on_refused(self, message: batch.Message) -> None:
        reasons = {number: name for name, number in batch.enum("RefusalReason").items()}
        reason = reasons.get(message.value.reason)
        if reason in ("Version", "Manifest"):
            raise Refused(f"{reason}: {(message.value.detail or b'').decode()}")
        raise Lost(f"refused: {reason}")

    def on_ping(self, message: batch.Message) -> None:
        self.outbox.add("Pong", number=message.value.number)

    def on_drain(self, message: batch.Message) -> None:
        self.draining = True

    def on_goodbye(self, message: batch.Message) -> None:
        raise Lost("the front end said goodbye")

    def on_request(self, message: batch.Message) -> None:
        if self.welcome is None or message.slot >= self.welcome.slots or message.slot in self.exchanges:
            raise Lost("a request for a slot that is not free")
        exchange = Exchange(message.exchange, message.slot, message.value, message.value.body)
        self.exchanges[message.slot] = exchange
        if message.value.body_kind != batch.enum("BodyKind")["Stream"]:
            self.begin(exchange)

    def on_chunk(self, message: batch.Message) -> None:
        if exchange := self.find(message):
            exchange.body += message.value.body
            if message.value.last:
                self.begin(exchange)
            elif message.value.body:
                self.outbox.add("Window", exchange.number, exchange.slot, bytes=len(message.value.body))

    def on_cancel(self, message: batch.Message) -> None:
        if exchange := self.find(message):
            self.end(exchange, "Returned")

    def on_window(self, message: batch.Message) -> None:
        self.find(message)  # this worker streams no response

    def find(self, message: batch.Message) -> Exchange | None:
        """None: the message crossed the end of its exchange."""
        exchange = self.exchanges.get(message.slot)
        if exchange and exchange.number != message.exchange:
            raise Lost(f"slot {message.slot} belongs to exchange {exchange.number}, not {message.exchange}")
        return exchange

    def begin(self, exchange: Exchange) -> None:
        exchange.due = time.monotonic()
        if exchange.request.route == 3:
            with contextlib.suppress(ValueError):
                exchange.due += float(exchange.request.path_parameters[0])

    def answer_what_is_due(self) -> None:
        for exchange in [e for e in self.exchanges.values() if e.due is not None and e.due <= time.monotonic()]:
            self.answer(exchange)
        silent = time.monotonic() - self.heard
        if self.welcome is None and silent > ANSWER_WITHIN:
            raise Lost("no answer to the hello")
        if self.welcome and 0 < 3 * self.welcome.heartbeat_ms / 1000 < silent:
            raise Lost("no ping")

    def answer(self, exchange: Exchange) -> None:
        request = exchange.request
        body, kind = [
            (b'{"message":"hello"}', "application/json"),
            (b"".join(request.path_parameters or [])[:], "text/plain; charset=utf-8"),
            (exchange.body, "application/octet-stream"),
            (b"waited", "text/plain; charset=utf-8"),
        ][request.route]
        assert self.welcome
        if len(body) + batch.INLINE_LIMIT > self.welcome.max_batch:  # a larger one would have to be streamed
            self.end(exchange, "Problem", status=500, slug="response-too-large", detail="larger than a batch")
            return
        self.end(exchange, "Response", status=200, headers=["content-type", kind], body=body, last=True)

    def end(self, exchange: Exchange, type_name: str, **fields: Any) -> None:
        del self.exchanges[exchange.slot]
        self.outbox.add(type_name, exchange.number, exchange.slot, **fields)


def attach(directory: str) -> Worker:
    control = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    control.settimeout(ANSWER_WITHIN)
    control.connect(os.path.join(directory, "attach.sock"))
    pidfd = os.pidfd_open(os.getpid())
    # slots 0: no flight recorder, so whatever is sent to this worker counts as begun.
    attach_message = batch.encode_message("Attach", pid=os.getpid(), slots=0)
    control.sendmsg([attach_message], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [pidfd]))])
    os.close(pidfd)
    answer = control.recv(CONTROL_PACKET)
    control.settimeout(None)
    if not answer:
        raise Lost("the attach socket was closed")
    message = batch.decode_message(answer)
    if message.type != "Attached":
        raise Lost(f"the attach socket answered {message.type}")
    value = message.value
    return Worker(control, value.endpoint.decode(), value.incarnation, bytes(value.token))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", help="endpoint directory, or endpoint")
    parser.add_argument("--no-attach", action="store_true", help="the target is the endpoint of a data channel")
    parser.add_argument("--generated", help="directory with flatc's Python classes; else flatc is called")
    options = parser.parse_args()
    batch.load_classes(options.generated)
    wake, waker = socket.socketpair()
    waker.setblocking(False)
    signal.signal(signal.SIGTERM, lambda *_: None)
    signal.set_wakeup_fd(waker.fileno())
    pause = 0.1
    while True:
        worker = None
        try:
            worker = Worker(None, options.target, 0, b"") if options.no_attach else attach(options.target)
            worker.run(wake)
            worker.close(linger_ms=1000)
            return 0
        except Refused as refusal:
            print(f"refused, {refusal}", file=sys.stderr)
            return EXIT_REFUSED
        except (Lost, batch.Violation, OSError) as error:
            print(f"attaching anew: {error!r}", file=sys.stderr, flush=True)
        if worker:
            pause = 0.1 if worker.welcome else pause
            worker.close()
        time.sleep(pause)
        pause = min(2 * pause, 5.0)


if __name__ == "__main__":
    sys.exit(main())
