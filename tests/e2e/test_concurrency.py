"""Handlers beside each other, on the loop and in threads."""

from __future__ import annotations

from harness.client import Connection, connections, fetch
from harness.program import Program

PROGRAM = "routes.py"
THREADS = 4


def test_def_handlers_run_in_threads_while_the_loop_goes_on(server: Program) -> None:
    with connections(server.address, THREADS) as blocked:
        for connection in blocked:
            connection.send("GET", "/block")
        assert fetch(server.address, "GET", "/release").json() == "MainThread"
        assert [connection.receive().json() for connection in blocked] == ["released"] * THREADS


def test_no_more_threads_than_configured(server: Program) -> None:
    with connections(server.address, 4 * THREADS) as many:
        for connection in many:
            connection.send("GET", "/thread")
        names = {connection.receive().json() for connection in many}
    assert len(names) <= THREADS
    assert "MainThread" not in names


def test_a_connection_answers_in_order(server: Program) -> None:
    with Connection(server.address) as connection:
        for at in range(20):
            connection.send("GET", f"/typed/int/{at}")
        assert [connection.receive().json()[1] for _ in range(20)] == list(range(20))


def test_what_a_client_gives_up_harms_nobody(server: Program) -> None:
    for _ in range(20):
        with Connection(server.address) as connection:
            connection.send("GET", "/thread")
        with Connection(server.address) as connection:
            connection.send("POST", "/echo", headers=[("content-length", "1000")])
    assert fetch(server.address, "GET", "/plain").status == 200


def test_programs_of_a_handler_do_not_attach(server: Program) -> None:
    assert fetch(server.address, "GET", "/environment").json() == {"own": [], "child": []}
