"""A peer's processes: started, found answering, ended."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator

from benchmarks.peers import APPS, Peer
from benchmarks.rows import Row

_STARTS_WITHIN = 20.0
_ENDS_WITHIN = 10.0


class WrongAnswer(Exception):
    """A peer does not do what the row asks for; the text says what it does."""


@contextlib.contextmanager
def serving(peer: Peer, python: str) -> Iterator[tuple[int, int]]:
    """Serve a peer on a free port; give its first process's pid and the port."""
    port = _free_port()
    command = [part.format(python=python, port=port) for part in peer.command]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            command, cwd=APPS, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
        try:
            try:
                _wait(process, port)
            except WrongAnswer as error:
                log.seek(0)
                raise WrongAnswer(f"{peer.name}: {error}\n{log.read().decode(errors='replace')}") from None
            yield process.pid, port
        finally:
            _end(process)


def check(row: Row, port: int) -> None:
    """Ask twice over one connection, and compare status, content type and body.

    Raises:
        WrongAnswer: one of them is not what the row asks for.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_STARTS_WITHIN)
    with contextlib.closing(connection):
        for _ in range(2):
            connection.request(row.method, row.path, row.body or None, row.headers)
            response = connection.getresponse()
            body = response.read()
            if response.status != row.status:
                raise WrongAnswer(f"{row.name}: status {response.status}: {body!r}")
            media_type = response.headers.get_content_type()
            if not media_type.startswith("application/") or not media_type.endswith("json"):
                raise WrongAnswer(f"{row.name}: content type {media_type}")
            if json.loads(body) != row.answer:
                raise WrongAnswer(f"{row.name}: body {body!r}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + _STARTS_WITHIN
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise WrongAnswer(f"has ended with status {process.returncode}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    raise WrongAnswer(f"does not listen after {_STARTS_WITHIN:.0f} s")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_ENDS_WITHIN)
    # Whatever it left behind, so that the next peer has the machine for itself.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
