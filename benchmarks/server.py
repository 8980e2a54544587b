"""A peer's processes: started, found answering, ended."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator

from benchmarks.environment import Made
from benchmarks.peers import APPS, Peer
from benchmarks.rows import Request

_STARTS_WITHIN = 20.0
_ENDS_WITHIN = 10.0


class WrongAnswer(Exception):
    """A peer does not do what the row asks for; the text says what it does."""


@contextlib.contextmanager
def serving(peer: Peer, made: Made, workers: int) -> Iterator[tuple[int, int]]:
    """Serve a peer on a free port; give its first process's pid and the port."""
    port = _free_port()
    values = {"python": made.python, "program": made.program, "port": port, "workers": workers}
    command = [part.format(**values) for part in peer.command]
    variables = os.environ | {name: text.format(**values) for name, text in peer.variables.items()}
    if peer.packages:  # Those are all that it shall find.
        variables.pop("PYTHONPATH", None)
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            command,
            cwd=APPS,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
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


def check(peer: Peer, request: Request, port: int) -> None:
    """Ask twice over one connection, and compare status, content type and body.

    Raises:
        WrongAnswer: one of them is not what the request asks for.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_STARTS_WITHIN)
    with contextlib.closing(connection):
        for _ in range(2):
            connection.request(request.method, request.path, request.body or None, request.headers)
            response = connection.getresponse()
            body = response.read()
            judge(peer, request, response.status, response.headers.get("content-type"), body)


def judge(peer: Peer, request: Request, status: int, media_type: str | None, body: bytes) -> None:
    """Compare one answer with what the request asks for.

    Raises:
        WrongAnswer: they differ.
    """
    asked = f"{peer.name}: {request.method} {request.path}"
    if status not in request.statuses:
        raise WrongAnswer(f"{asked}: status {status}: {body!r}")
    if request.answer is None:
        return
    if peer.media_type and not re.match(r"application/(\S*\+)?json\b", media_type or ""):
        raise WrongAnswer(f"{asked}: content type {media_type}")
    if json.loads(body) != request.answer:
        raise WrongAnswer(f"{asked}: body {body!r}")


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
