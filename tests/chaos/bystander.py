"""A well-behaved client: asks again and again, by turns on a kept connection and on a new one, until its stdin ends.

    python tests/chaos/bystander.py HOST PORT PATH

Then it tells as JSON how often it asked, what went wrong, and how long answers took, in milliseconds. It is a process
of its own, so that it measures the server and not the crowd.
"""

from __future__ import annotations

import json
import select
import socket
import sys
import time
from dataclasses import dataclass

PAUSE = 0.005
PATIENCE = 20.0


@dataclass(frozen=True)
class Told:
    """What it has seen.

    Attributes:
        asked: how often.
        failed: what was not the answer, in words.
        worst: milliseconds of the slowest answer.
        p99: those that 1 % were slower than.
    """

    asked: int
    failed: list[str]
    worst: float
    p99: float


def ask(connection: socket.socket, path: str) -> None:
    connection.sendall(f"GET {path} HTTP/1.1\r\nhost: bystander\r\n\r\n".encode())
    received = b""
    while b"\r\n\r\n" not in received:
        received += _more(connection)
    head, _, body = received.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200 "):
        raise ConnectionError(head.decode("latin-1").partition("\r\n")[0])
    length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
    while len(body) < length:
        body += _more(connection)


def _more(connection: socket.socket) -> bytes:
    data = connection.recv(65536)
    if not data:
        raise ConnectionError("closed")
    return data


def watch(address: tuple[str, int], path: str) -> Told:
    times: list[float] = []
    failed: list[str] = []
    kept = socket.create_connection(address, PATIENCE)
    while not select.select([sys.stdin], [], [], PAUSE)[0]:
        start = time.monotonic()
        try:
            if len(times) % 2:
                ask(kept, path)
            else:
                with socket.create_connection(address, PATIENCE) as new:
                    ask(new, path)
        except OSError as error:
            failed.append(f"{type(error).__name__}: {error}")
            kept.close()
            kept = socket.create_connection(address, PATIENCE)
        times.append((time.monotonic() - start) * 1000)
    times.sort()
    return Told(len(times), failed[:20], round(times[-1], 1), round(times[len(times) * 99 // 100], 1))


if __name__ == "__main__":
    print(json.dumps(watch((sys.argv[1], int(sys.argv[2])), sys.argv[3]).__dict__))
