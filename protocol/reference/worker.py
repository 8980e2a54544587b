"""The reference worker: all that a worker has to do, and nothing else; see README.md of the folder above.

worker.py DIRECTORY              attaches to the front end whose endpoint directory this is
worker.py --no-attach ENDPOINT   uses the data channel alone, as a worker on another machine does
"""

import argparse
import functools
import hashlib
import os
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import application
import batch
import zmq
from channel import ANSWER_WITHIN, CONTROL_PACKET, MAX_BATCH, Channel, Lost, attach

SLOTS = 8
EXIT_REFUSED = 3

AT_HELLO = {"ManifestWanted", "Welcome", "Refused", "Drain", "Goodbye"}
WHEN_READY = {"Ping", "Drain", "Goodbye", "Request", "Chunk", "Window", "Cancel"}  # no WebSocket routes here


class Refused(Exception):
    """The front end will never take this worker as it is."""


@dataclass
class Exchange:
    number: int
    slot: int
    request: SimpleNamespace
    body: bytes
    due: float | None = None  # when to answer; None: the body is still coming


class Worker:
    """One connection: from Hello to Goodbye, or until it is lost."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.outbox = channel.outbox
        self.exchanges: dict[int, Exchange] = {}  # by slot
        self.welcome: SimpleNamespace | None = None
        self.draining = False
        self.leaving = False
        self.goes_on = False  # after the drain, with the next front end

    def run(self, terminate: socket.socket) -> None:
        """Returns after a drain."""
        self.outbox.add(
            "Hello",
            token=self.channel.token,
            pid=os.getpid(),
            language="python",
            runtime=f"CPython {sys.version.split()[0]}",
            slots=SLOTS,
            manifest_hash=hashlib.sha256(application.manifest()).digest(),
            max_batch=MAX_BATCH,
        )
        poller = zmq.Poller()
        control = self.channel.control
        for source in filter(None, (self.channel.dealer, control, terminate)):
            poller.register(source, zmq.POLLIN)
        while not (self.draining and not self.exchanges):
            self.channel.flush()
            ready = dict(poller.poll(self.milliseconds_to_wait()))
            if terminate.fileno() in ready and terminate.recv(64):
                self.leaving = True
                self.outbox.add("Leaving")  # and go on until the Drain comes
            if control and control.fileno() in ready:
                self.on_control(control, control.recv(CONTROL_PACKET))
            for message in self.channel.receive():
                self.on_message(message)
            self.do_what_is_due()
        self.outbox.add("Goodbye")
        self.channel.flush()

    def patience(self) -> float | None:
        """Seconds of silence after which the channel is lost."""
        if self.welcome is None:
            return ANSWER_WITHIN
        return 3 * self.welcome.heartbeat_ms / 1000 or None

    def milliseconds_to_wait(self) -> int:
        times = [exchange.due for exchange in self.exchanges.values() if exchange.due is not None]
        if patience := self.patience():
            times.append(self.channel.heard + patience)
        return max(0, int((min(times) - time.monotonic()) * 1000)) + 1 if times else -1

    def do_what_is_due(self) -> None:
        now = time.monotonic()
        for exchange in [e for e in self.exchanges.values() if e.due is not None and e.due <= now]:
            self.answer(exchange)
        if (patience := self.patience()) and now - self.channel.heard >= patience:
            raise Lost(f"silence for {patience} s")

    def on_control(self, control: socket.socket, packet: bytes) -> None:
        if not packet:
            raise Lost("the attach socket was closed")
        message = batch.decode_message(packet)
        match message.type:
            case "Drain":
                self.on_drain(message)
            case "DumpStacks":
                text = "".join(reversed(traceback.format_stack()))[: CONTROL_PACKET // 2]
                control.send(batch.encode_message("Stacks", number=message.value.number, text=text))
            case "Die":
                os._exit(1)
            case "Interrupt":
                pass  # a worker whose only thread reads this is not stuck
            case _:
                raise Lost(f"unexpected on the attach socket: {message.type}")

    def on_message(self, message: batch.Message) -> None:
        if message.type not in (AT_HELLO if self.welcome is None else WHEN_READY):
            raise Lost(f"unexpected: {message.type}")
        getattr(self, "on_" + message.type.lower())(message)

    def on_manifestwanted(self, _: batch.Message) -> None:
        self.outbox.add("ManifestOffer", manifest=application.manifest())

    def on_welcome(self, message: batch.Message) -> None:
        self.welcome = message.value
        self.outbox.add("Ready")  # an application would start its lifespan first

    def on_refused(self, message: batch.Message) -> None:
        reasons = {number: name for name, number in batch.enum("RefusalReason").items()}
        reason = reasons.get(message.value.reason, "unknown")
        raise (Refused if reason in ("Version", "Manifest") else Lost)(f"{reason}: {message.value.detail}")

    def on_ping(self, message: batch.Message) -> None:
        self.outbox.add("Pong", number=message.value.number)

    def on_drain(self, message: batch.Message) -> None:
        self.draining = True
        self.goes_on = message.value.leaving and not self.leaving

    def on_goodbye(self, _: batch.Message) -> None:
        if not self.draining:
            raise Lost("the front end leaves")
        self.exchanges.clear()

    def on_request(self, message: batch.Message) -> None:
        assert self.welcome
        if message.slot >= self.welcome.slots or message.slot in self.exchanges:
            raise Lost(f"a request for slot {message.slot}, which is not free")
        exchange = Exchange(message.exchange, message.slot, message.value, message.value.body)
        self.exchanges[message.slot] = exchange
        kinds = batch.enum("BodyKind")
        if message.value.body_kind == kinds["Awaited"]:
            self.outbox.add("Window", exchange.number, exchange.slot, bytes=self.welcome.window)
        elif message.value.body_kind != kinds["Stream"]:
            exchange.due = time.monotonic() + application.delay(exchange.request)

    def on_chunk(self, message: batch.Message) -> None:
        if exchange := self.find(message):
            if exchange.due is not None:
                raise Lost("a chunk after the last")
            exchange.body += message.value.body
            if message.value.last:
                exchange.due = time.monotonic() + application.delay(exchange.request)
            elif message.value.body:
                self.outbox.add("Window", exchange.number, exchange.slot, bytes=len(message.value.body))

    def on_window(self, message: batch.Message) -> None:
        if self.find(message):
            raise Lost("a window for a response that is not streamed")

    def on_cancel(self, message: batch.Message) -> None:
        if exchange := self.find(message):
            self.end(exchange, "Returned")

    def find(self, message: batch.Message) -> Exchange | None:
        """None: the slot is free, for the message crossed the end of its exchange."""
        exchange = self.exchanges.get(message.slot)
        if exchange and exchange.number != message.exchange:
            raise Lost(f"slot {message.slot} belongs to exchange {exchange.number}, not {message.exchange}")
        return exchange

    def answer(self, exchange: Exchange) -> None:
        assert self.welcome
        body, content_type = application.answer(exchange.request, exchange.body)
        if (
            len(body) + batch.INLINE_LIMIT > self.welcome.max_batch
        ):  # to serve it, it would have to be streamed
            self.end(exchange, "Problem", status=500, slug="response-too-large", detail="larger than a batch")
        else:
            headers = ["content-type", content_type]
            self.end(exchange, "Response", status=200, headers=headers, body=body, last=True)

    def end(self, exchange: Exchange, type_name: str, **fields: Any) -> None:
        del self.exchanges[exchange.slot]
        self.outbox.add(type_name, exchange.number, exchange.slot, **fields)


def serve(connect: Callable[[], Channel], terminate: socket.socket) -> int:
    """Connects, again after each loss, until a drain is done."""
    pause = 0.1
    while True:
        worker = None
        try:
            worker = Worker(connect())
            worker.run(terminate)
            worker.channel.close(linger_ms=1000)
            if not worker.goes_on:
                return 0
            continue
        except (Refused, Lost, batch.Violation, OSError) as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
            if isinstance(error, Refused) or str(error) == "OtherVersion":
                return EXIT_REFUSED
        if worker:
            worker.channel.close(linger_ms=100)
        pause = 0.1 if worker and worker.welcome else min(2 * pause, 5.0)
        time.sleep(pause)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("target", help="endpoint directory, or with --no-attach the endpoint")
    parser.add_argument("--no-attach", action="store_true", help="use the data channel alone")
    parser.add_argument("--generated", help="directory with flatc's Python classes; else flatc is called")
    options = parser.parse_args()
    batch.load_classes(options.generated)
    terminate, waker = socket.socketpair()
    waker.setblocking(False)
    signal.signal(signal.SIGTERM, lambda *_: None)
    signal.set_wakeup_fd(waker.fileno())
    connect = (
        functools.partial(Channel, options.target)
        if options.no_attach
        else functools.partial(attach, options.target)
    )
    return serve(connect, terminate)


if __name__ == "__main__":
    sys.exit(main())
