"""Clients that hold on to what they have: beside them others get their answers, and what they cost comes back."""

import contextlib
import itertools
import select
import signal
import socket
import struct
import time
from collections.abc import Iterator

import pytest
from raw_client import Connection
from raw_front_end import DEADLINE, FrontEnd

SHORT = ("--header-timeout", "2.5", "--body-timeout", "2.5", "--keep-alive", "3", "--write-timeout", "2.5")
MANY = 150
SOON = 2.0  # seconds: before those who stand still are sent away; who had to wait for them would be later
HEAD = b"GET / HTTP/1.1\r\nHost: a\r\n"


@pytest.fixture
def front_end() -> Iterator[FrontEnd]:
    with FrontEnd(*SHORT) as front_end:
        yield front_end


@contextlib.contextmanager
def connections(front_end: FrontEnd, count: int, first_bytes: bytes) -> Iterator[list[Connection]]:
    with contextlib.ExitStack() as stack:
        opened = [stack.enter_context(Connection(front_end.address)) for _ in range(count)]
        for connection in opened:
            connection.send(first_bytes)
        yield opened


def assert_served(front_end: FrontEnd) -> None:
    start = time.monotonic()
    assert front_end.ask("/echo/text") == 200
    assert time.monotonic() - start < SOON


def read_all(connection: Connection) -> bytes:
    while connection.fill():
        pass
    return connection.unread


@pytest.mark.parametrize(
    ("first_bytes", "answer"),
    [
        (b"", b""),
        (HEAD, b"HTTP/1.1 408 "),
        (b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx", b"HTTP/1.1 408 "),
    ],
    ids=["silent", "head", "body"],
)
def test_who_stands_still_is_sent_away(front_end: FrontEnd, first_bytes: bytes, answer: bytes) -> None:
    with connections(front_end, MANY, first_bytes) as opened:
        assert_served(front_end)
        for connection in opened:
            assert read_all(connection).startswith(answer)


def test_a_trickling_head_has_one_deadline(front_end: FrontEnd) -> None:
    with connections(front_end, MANY, HEAD) as opened:
        end = time.monotonic() + 4.5  # the deadline is 2.5
        while time.monotonic() < end:
            for connection in opened:
                connection.send(b"X")
            assert_served(front_end)
        for connection in opened:
            assert connection.read_response().status == 408


def test_pieces_of_empty_lines_are_silence(front_end: FrontEnd) -> None:
    with connections(front_end, 1, b"") as (connection,):
        pieces = itertools.cycle((b"\r", b"\n"))
        end = time.monotonic() + DEADLINE  # that of silence is 2.5
        while not select.select([connection.socket], [], [], 0)[0]:
            assert time.monotonic() < end, "it is still there"
            connection.send(next(pieces))
            assert_served(front_end)
        assert read_all(connection)[:13] in (b"", b"HTTP/1.1 408 ")


@pytest.mark.parametrize(
    ("first_bytes", "more", "status"),
    [
        (HEAD, b"X: y\r\n" * 500, 431),
        (HEAD + b"X: ", b"y" * 4096, 431),
        (b"POST /small HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 500, 413),
    ],
    ids=["fields", "field", "chunks"],
)
def test_what_has_no_end_is_refused(
    front_end: FrontEnd, first_bytes: bytes, more: bytes, status: int
) -> None:
    with connections(front_end, 1, first_bytes) as (connection,):
        for _ in range(64):
            connection.send(more)
        assert connection.read_response().status == status
    assert_served(front_end)


def test_who_does_not_read_is_cut_off(front_end: FrontEnd) -> None:
    # Answered without the worker: what fills up is the client's side alone.
    requests = b"GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n" * 1_000
    with connections(front_end, 4, b"") as opened:
        for connection in opened:
            connection.socket.settimeout(0.2)
            with contextlib.suppress(OSError):  # nothing more goes out, or it is cut off already
                for _ in range(200):
                    connection.socket.sendall(requests)
        assert_served(front_end)
        front_end.await_descriptors(front_end.descriptors)


def test_who_has_ended_its_side_is_told_of_the_end(front_end: FrontEnd) -> None:
    end = time.monotonic() + DEADLINE
    told = list[str]()
    # It is looked for every now and then, so that an answer may come first.
    while told != ["close"]:
        assert time.monotonic() < end, "no answer says so"
        with Connection(front_end.address) as connection:
            connection.send(b"GET /wait/0.3 HTTP/1.1\r\nHost: a\r\n\r\n")
            connection.half_close()
            response = connection.read_response()
            if response.status == 100:  # on a busy machine it may be asked whether it is still there
                response = connection.read_response()
            told = response.all("connection")
            assert connection.ended()


def test_who_sends_urgent_data_has_not_gone(front_end: FrontEnd) -> None:
    many = 1_000  # so many that the front end watches for errors only
    with Connection(front_end.address) as connection:
        connection.send(b"GET /wait/1 HTTP/1.1\r\nHost: a\r\n\r\n" + many * (HEAD + b"\r\n"))
        end = time.monotonic() + 0.5
        while time.monotonic() < end:
            time.sleep(0.05)
            connection.socket.send(b"!", socket.MSG_OOB)
        for _ in range(1 + many):
            assert connection.read_response().status == 200


def test_resets_cost_nothing(front_end: FrontEnd) -> None:
    for _ in range(20):
        with connections(front_end, 50, HEAD + b"\r\n") as opened:
            for connection in opened:
                linger = struct.pack("ii", 1, 0)  # close resets
                connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        assert_served(front_end)


def test_idle_connections_give_their_memory_back() -> None:
    count = 60
    with FrontEnd() as front_end, connections(front_end, count, b"") as opened:
        # Each has needed room for a large head, body and response.
        head = (
            b"POST /echo HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 60_000 + b"\r\nContent-Length: 500000\r\n\r\n"
        )
        before = front_end.resident_bytes()
        for connection in opened:
            connection.send(head + b"x" * 500_000)
            assert connection.read_response().status == 200
        end = time.monotonic() + DEADLINE  # they count as idle after a second
        while front_end.resident_bytes() - before > count * 200_000:
            assert time.monotonic() < end
            time.sleep(0.1)
        for connection in opened:
            connection.socket.close()


def test_out_of_descriptors_it_waits_and_goes_on() -> None:
    with FrontEnd("--header-timeout", "1", descriptors=300) as front_end:
        with connections(front_end, 400, b"") as opened:
            # 128 stay in reserve: not all were accepted, and the process does not spin on that.
            assert front_end.count_descriptors() < 300 - 100
            for connection in opened[:10]:
                assert read_all(connection) == b""
        assert front_end.ask("/echo/text") == 200


def await_workers(front_end: FrontEnd, count: int) -> None:
    """Until so many are attached: the front end holds a pidfd of each."""
    end = time.monotonic() + DEADLINE
    while front_end.kinds_of_descriptors().count("anon_inode:[pidfd]") != count:
        assert time.monotonic() < end, front_end.kinds_of_descriptors()
        time.sleep(0.01)


def test_out_of_descriptors_workers_come_and_go() -> None:
    with FrontEnd("--header-timeout", "60", descriptors=300) as front_end:
        with connections(front_end, 400, b""):
            for _ in range(3):
                leaving, front_end.worker = front_end.worker, front_end.start_worker()
                await_workers(front_end, 2)
                leaving.send_signal(signal.SIGTERM)
                assert leaving.wait(DEADLINE) == 0
                await_workers(front_end, 1)
        front_end.await_status("/readyz", 200)
        assert front_end.ask("/echo/text") == 200
