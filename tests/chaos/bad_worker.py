"""A worker that breaks its word, again and again: bad_worker.py DIRECTORY MISDEED.

It serves what `programs/ledger.py` does, beside workers of that program. It is the reference worker, with a flight
recorder, and prints a line for each misdeed. LEDGER: as for that program.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
import signal
import socket
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "wire"))
sys.path.insert(0, str(Path(__file__).parents[1] / "e2e" / "programs"))
sys.path.insert(0, str(Path(__file__).parents[2] / "protocol" / "reference"))

import application
import batch
import channel
import flips
import ledger
from flight_recorder import ANSWERED, BEGUN, OFFERED, REVOKED, FlightRecorder

import worker
from spikard import ServerConfig, _manifest, _native
from spikard._worker import Services

_TICK = 0.1
_TAKES = 0.1  # as long as the handlers of that program
_PATIENCE = 20.0
# Seconds: more than it takes to be found out.
_LONG_SILENCE = 3.0
told_to_leave: list[int] = []
STOLEN = b'{"number": "stolen"}'
_random = random.Random()


class Channel(channel.Channel):
    """One that has a flight recorder, and the place to spoil it."""

    def __init__(self, directory: str) -> None:
        control = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        control.settimeout(_PATIENCE)
        control.connect(os.path.join(directory, "attach.sock"))
        self.native = _native.Recorder(worker.SLOTS, 1)
        pidfd = os.pidfd_open(os.getpid())
        attach = batch.encode_message("Attach", pid=os.getpid(), slots=worker.SLOTS)
        socket.send_fds(control, [attach], [pidfd, self.native.fileno()])
        os.close(pidfd)
        self.recorder = FlightRecorder(os.dup(self.native.fileno()))
        self.native.close_descriptor()
        packet = control.recv(channel.CONTROL_PACKET)
        if not packet:
            raise channel.Lost("not attached")
        value = batch.decode_message(packet).value
        super().__init__(value.endpoint.decode(), value.incarnation, bytes(value.token), control)
        self.data = value.endpoint.decode().removeprefix("ipc://")
        self.ticking = True
        threading.Thread(target=self._tick, daemon=True).start()

    def _tick(self) -> None:
        while self.control and self.control.fileno() >= 0:
            if self.ticking:
                self.native.tick(False)
            time.sleep(_TICK)

    def send(self, frames: list[bytes]) -> None:
        """Something in the place of a batch."""
        self.dealer.send_multipart(frames)


class Worker(worker.Worker):
    """Answers as it should, a few times; then it does what its class is named after."""

    channel: Channel

    def __init__(self, connection: Channel) -> None:
        super().__init__(connection)
        self.recorder = connection.recorder
        self.left = _random.randint(3, 8)
        self.done = False  # with this connection: it begins nothing more

    def on_request(self, message: batch.Message) -> None:
        super().on_request(message)
        # Whatever comes after a misdeed may have been given to another worker meanwhile.
        if not self.done:
            self.begin(self.exchanges[message.slot])

    def begin(self, exchange: worker.Exchange) -> None:
        if self.recorder.slot(exchange.slot) != (OFFERED, exchange.number):
            self.end(exchange, "Returned")
            return
        self.recorder.put(exchange.slot, BEGUN, exchange.number)
        exchange.due = time.monotonic() + _TAKES
        ledger.note(exchange.request.path_parameters[0].decode())

    def answer(self, exchange: worker.Exchange) -> None:
        if self.done:
            return None
        self.left -= 1
        if self.left <= 0 and not told_to_leave:
            self.left = _random.randint(3, 8)
            return self.misbehave(exchange)
        return self.respond(exchange)

    def misbehave(self, exchange: worker.Exchange) -> None:
        raise NotImplementedError

    def respond(self, exchange: worker.Exchange) -> None:
        self.recorder.put(exchange.slot, ANSWERED, exchange.number)
        self.end(exchange, "Response", **response(body_of(exchange.request)))

    def say(self, number: int, slot: int, body: bytes = STOLEN) -> None:
        """An answer that the recorder does not know of."""
        self.outbox.add("Response", number, slot, **response(body))

    def committed(self) -> None:
        """The front end will close this connection for it."""
        self.done = True
        print("misdeed", flush=True)


class Twice(Worker):
    """Two answers for one exchange, in one batch or in two."""

    def misbehave(self, exchange: worker.Exchange) -> None:
        self.respond(exchange)
        if _random.random() < 0.5:
            self.channel.flush()
        self.say(exchange.number, exchange.slot)
        self.committed()


class Other(Worker):
    """An answer for an exchange that it was not given, or not in that slot."""

    def misbehave(self, exchange: worker.Exchange) -> None:
        number, slot = exchange.number, exchange.slot
        free = next(s for s in itertools.count() if s not in self.exchanges)
        self.say(
            *_random.choice(
                [
                    # Of these some are with another worker, some are over, some have not come yet.
                    *((number + distance, slot) for distance in (-3, -2, -1, 1, 2)),
                    (number - 1, free),
                    (number, free),
                    (number, worker.SLOTS + _random.randint(0, 1 << 20)),
                    (number + (1 << 40), slot),
                ]
            )
        )
        self.committed()


class Garbage(Worker):
    """Bytes that are no batch, no packet, no connection of ZeroMQ."""

    def misbehave(self, exchange: worker.Exchange) -> None:
        way = _random.choice([self._bytes, self._batch, self._frames, self._packet, self._connection])
        way()
        if way == self._connection:
            print("misdeed", flush=True)
            return self.respond(exchange)
        return self.committed()

    def _bytes(self) -> None:
        self.channel.send([_random.randbytes(_random.choice([0, 1, 31, 32, 4096]))])

    def _batch(self) -> None:
        # With a checksum that is right.
        count, content = _random.randint(0, 3), _random.randbytes(8 * _random.randint(1, 64))
        mine = (self.channel.incarnation, self.channel.sent + 1)
        head = batch.HEADER.pack(batch.MAGIC, batch.VERSION, count, *mine, 0)
        self.channel.send(flips.seal([head + len(content).to_bytes(8, "little") + content]))

    def _frames(self) -> None:
        self.channel.send([_random.randbytes(10)] * 2000)

    def _packet(self) -> None:
        assert self.channel.control
        self.channel.control.send(_random.randbytes(_random.randint(1, 1000)))

    def _connection(self) -> None:
        with socket.socket(socket.AF_UNIX) as raw:
            raw.connect(self.channel.data)
            greeting = b"\xff" + bytes(8) + b"\x7f\x03" if _random.random() < 0.5 else b""
            raw.send(greeting + _random.randbytes(_random.randint(1, 500)))


class Late(Worker):
    """Answers for what was taken away from it while it was silent, and given to others."""

    def __init__(self, connection: Channel) -> None:
        super().__init__(connection)
        self.held: list[worker.Exchange] = []
        self.silent_until = 0.0

    def misbehave(self, exchange: worker.Exchange) -> None:
        self.respond(exchange)
        if self.channel.ticking:
            self.channel.ticking = False
            self.silent_until = time.monotonic() + _LONG_SILENCE

    def begin(self, exchange: worker.Exchange) -> None:
        if self.channel.ticking:
            return super().begin(exchange)
        exchange.due = None
        self.held.append(exchange)
        return None

    def milliseconds_to_wait(self) -> int:
        return 20

    def do_what_is_due(self) -> None:
        super().do_what_is_due()
        if self.channel.ticking:
            return
        taken = self.held and all(self.recorder.slot(held.slot)[0] == REVOKED for held in self.held)
        if not taken and time.monotonic() < self.silent_until:
            return
        for held in self.held:
            if taken:
                self.end(held, "Response", **response(STOLEN))
                print("misdeed", flush=True)
            else:
                super().begin(held)
        self.held.clear()
        self.channel.ticking = True


class Gone(Worker):
    """Answers by a connection that is lost, for what others have got since."""

    def misbehave(self, exchange: worker.Exchange) -> None:
        control = self.channel.control
        assert control
        control.shutdown(socket.SHUT_WR)
        while control.recv(channel.CONTROL_PACKET):
            pass
        time.sleep(_random.choice([0, 0.2]))
        for held in self.exchanges.values():
            self.say(held.number, held.slot)
        self.committed()


class Scribble(Worker):
    """Spoils its flight recorder, then goes."""

    def misbehave(self, exchange: worker.Exchange) -> None:
        for held in self.exchanges.values():
            self.recorder.put(held.slot, _random.randrange(5, 256), _random.getrandbits(56))
        assert self.channel.control
        self.committed()
        self.channel.control.shutdown(socket.SHUT_RDWR)


def body_of(request: SimpleNamespace) -> bytes:
    number = request.path_parameters[0].decode()
    return json.dumps({"number": number, "method": request.method.decode(), "filling": "x" * 500}).encode()


def response(body: bytes) -> dict[str, Any]:
    return {"status": 200, "headers": ["content-type", "application/json"], "body": body, "last": True}


MISDEEDS: dict[str, type[Worker]] = {kind.__name__.lower(): kind for kind in Worker.__subclasses__()}


def main() -> int:
    """Misbehave until SIGTERM comes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory")
    parser.add_argument("misdeed", choices=MISDEEDS)
    options = parser.parse_args()
    batch.load_classes()
    config = ServerConfig(port=0, workers=2)
    services = Services(ledger.app, config)
    encoded = _native.encode_manifest(_manifest.build(ledger.app, config, services)[0])
    application.manifest = lambda: encoded
    application.delay = lambda _: _TAKES
    worker.Worker = MISDEEDS[options.misdeed]  # type: ignore[misc]
    terminate, waker = socket.socketpair()
    waker.setblocking(False)
    signal.signal(signal.SIGTERM, lambda number, _: told_to_leave.append(number))
    signal.set_wakeup_fd(waker.fileno())
    return worker.serve(lambda: sys.exit() if told_to_leave else Channel(options.directory), terminate)


if __name__ == "__main__":
    sys.exit(main())
