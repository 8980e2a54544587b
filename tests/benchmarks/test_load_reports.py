"""What the load generators write is read rightly."""

from __future__ import annotations

import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from benchmarks.environment import compiled
from benchmarks.load import OPEN_LOOP, Load, of_open_loop, of_wrk

_WRK = """Running 1s test @ http://127.0.0.1:1/
  Requests/sec:  500.00

result 1000 2000000 1 2 3 40 5 100 200 300
"""


def test_wrk_counts_every_kind_of_error() -> None:
    expected = Load(1000, 2.0, 1 + 2 + 3 + 40 + 5, 100, 200, 300, 0.5)
    assert of_wrk(_WRK, failing=False, cpu_seconds=0.5) == expected


def test_where_refusals_are_asked_for_a_success_is_the_error() -> None:
    assert of_wrk(_WRK, failing=True, cpu_seconds=0.5).errors == 1 + 2 + 3 + (1000 - 40) + 5


def test_a_generator_that_fails_is_not_taken_for_nothing() -> None:
    with pytest.raises(RuntimeError, match="unable to connect"):
        of_wrk("unable to connect", failing=False, cpu_seconds=0)


def test_open_loop_is_read() -> None:
    assert of_open_loop("10 1 2000000000 5 6 7\n", cpu_seconds=0.5) == Load(10, 2.0, 1, 5, 6, 7, 0.5)


class _Refuses(BaseHTTPRequestHandler):
    """Answers that are errors, over connections that end after each."""

    def do_GET(self) -> None:
        self.send_error(500)

    def log_message(self, *_: object) -> None:
        pass


def test_open_loop_keeps_its_pace_and_counts_wrong_answers_and_lost_connections() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Refuses) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            command = [compiled(OPEN_LOOP), str(server.server_port), "/", "4", "50", "1"]
            output = subprocess.run(command, check=True, capture_output=True, text=True, timeout=30).stdout
        finally:
            server.shutdown()
            thread.join()
    load = of_open_loop(output, cpu_seconds=0)
    assert load.requests > 0
    assert load.errors >= load.requests
