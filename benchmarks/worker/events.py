"""Server-sent events: how late they are, and what they cost."""

from __future__ import annotations

import resource
import select
import socket
import time

from benchmarks.worker.served import Served, ours, theirs

_STREAMS = 500
_MARK = b"data: "


def events(seconds: float) -> str:
    """Read 500 streams of 50 events a second, of ours and of theirs in turn."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096) if hard > 0 else 4096, hard))
    lines = [f"{_STREAMS} streams of 50 events/s for {seconds:g} s (goal: p99 < 50 ms, less CPU)"]
    for name, serve in (("ours", lambda: ours("plain")), ("theirs", lambda: theirs("app"))) * 2:
        with serve() as served:
            late, cpu = _listen(served, seconds)
        late.sort()
        p50, p99 = (late[int(len(late) * part)] * 1000 for part in (0.5, 0.99))
        rate = len(late) / seconds
        lines.append(
            f"  {name:7} {rate:7.0f} events/s  late p50 {p50:.1f} ms, p99 {p99:.1f} ms"
            f"  CPU {cpu / seconds:.2f} s/s, {cpu / max(1, len(late)) * 1e6:.1f} us an event"
        )
    return "\n".join(lines)


def _listen(served: Served, seconds: float) -> tuple[list[float], float]:
    clients: dict[int, socket.socket] = {}
    poll = select.epoll()
    for _ in range(_STREAMS):
        client = socket.create_connection(("127.0.0.1", served.port))
        client.sendall(b"GET /events HTTP/1.1\r\nhost: a\r\n\r\n")
        client.setblocking(False)
        clients[client.fileno()] = client
        poll.register(client, select.EPOLLIN)
    late: list[float] = []
    begin = time.monotonic() + 2
    before = None
    while (now := time.monotonic()) < begin + seconds:
        if before is None and now >= begin:
            before = served.cpu()
        for number, _ in poll.poll(0.1, 64):
            data = clients[number].recv(65536)
            now = time.monotonic()
            if now < begin:
                continue
            at = data.find(_MARK)
            while at >= 0:
                end = data.find(b"\r", at) if b"\r" in data[at : at + 30] else data.find(b"\n", at)
                late.append(now - float(data[at + 6 : end].split(b"\n")[0]))
                at = data.find(_MARK, end)
    assert before is not None
    used = served.cpu() - before
    for client in clients.values():
        client.close()
    return late, used
