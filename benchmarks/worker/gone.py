"""Clients that go."""

from __future__ import annotations

import http.client
import socket
import statistics
import struct
import time

from benchmarks.worker.served import Served, load, ours

_CLIENTS = 1000


def gone() -> str:
    """Let 1,000 clients reset during a handler of 30 s, and count the handlers a second later."""
    with ours("plain") as served:
        clients = [socket.create_connection(("127.0.0.1", served.port)) for _ in range(_CLIENTS)]
        for client in clients:
            client.sendall(b"GET /long HTTP/1.1\r\nhost: a\r\n\r\n")
        while _running(served) < _CLIENTS:
            time.sleep(0.02)
        for client in clients:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.close()
        begun = time.monotonic()
        first_zero = None
        while time.monotonic() < begun + 1:
            if _running(served) == 0 and first_zero is None:
                first_zero = time.monotonic() - begun
            time.sleep(0.01)
        left = _running(served)
    when = f"none after {first_zero * 1000:.0f} ms" if first_zero is not None else "never none"
    return f"{_CLIENTS} clients reset during a handler: {left} run after 1 s ({when}; goal: 0)"


def watch(rounds: int, seconds: float) -> str:
    """Compare handlers that end before their client is watched, and after it, at one rate."""
    spent: dict[tuple[str, int], list[float]] = {("/sleep/0.09", 300): [], ("/sleep/0.15", 500): []}
    with ours("plain") as served:
        for _ in range(rounds):
            for (path, connections), costs in spent.items():
                before = served.cpu()
                requests = load(served, path, connections, seconds).requests
                costs.append((served.cpu() - before) / requests * 1e6)
    plain, watched = (statistics.median(costs) for costs in spent.values())
    return (
        f"watching the client: {plain:.1f} us CPU a request that ends before, {watched:.1f} us one that ends after "
        f"(x {watched / plain:.2f}; nothing is done for requests below 100 ms)"
    )


def _running(served: Served) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=30)
    connection.request("GET", "/running")
    number = int(connection.getresponse().read())
    connection.close()
    return number
