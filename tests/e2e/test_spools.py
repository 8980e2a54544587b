"""Bodies that are too many for memory: they lie on disk, exact, and cost no more of it than little ones."""

from __future__ import annotations

import gzip
import hashlib
import itertools
import json
import resource
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from harness.client import Connection, Reply, fetch
from harness.fixtures import Start
from harness.processes import descriptors, resident
from harness.program import Program
from harness.sanitizers import keeps_memory
from harness.waiting import PATIENCE, until

PROGRAM = "spools.py"

MEBIBYTE = 1 << 20
PATTERN = b"".join(hashlib.sha256(str(number).encode()).digest() for number in range(MEBIBYTE // 32))


def text(name: str, value: str) -> bytes:
    return f'--b\r\ncontent-disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()


def file(name: str) -> bytes:
    return f'--b\r\ncontent-disposition: form-data; name="{name}"; filename="f"\r\n\r\n'.encode()


END = b"--b--\r\n"
FORM = [("content-type", "multipart/form-data; boundary=b")]


def form(*parts: tuple[str, str | bytes]) -> bytes:
    pieces = [
        text(name, value) if isinstance(value, str) else file(name) + value + b"\r\n" for name, value in parts
    ]
    return b"".join(pieces) + END


def mebibytes(count: int) -> Iterator[bytes]:
    for number in range(count):
        yield number.to_bytes(4, "big") + PATTERN[4:]


def digest(parts: Iterator[bytes]) -> str:
    whole = hashlib.sha256()
    for part in parts:
        whole.update(part)
    return whole.hexdigest()


class Memory:
    """How much more memory processes have than at the beginning, at most, while this is entered."""

    def __init__(self, *pids: int) -> None:
        self._before = {pid: resident(pid) for pid in pids}
        self.grown = dict.fromkeys(pids, 0)
        self._ended = threading.Event()
        self._watch = threading.Thread(target=self._look)

    def __enter__(self) -> Memory:
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._watch.join()

    def _look(self) -> None:
        while not self._ended.wait(0.002):
            for pid, before in self._before.items():
                self.grown[pid] = max(self.grown[pid], resident(pid) - before)

    def check(self, bound: int) -> None:
        for pid, grown in self.grown.items():
            assert grown <= bound or keeps_memory(pid), (pid, grown)


def spooled(pid: int) -> int:
    """How many files without a name it has open."""
    return sum(what.endswith("(deleted)") and "/memfd:" not in what for what in descriptors(pid).values())


def worker_of(program: Program) -> int:
    return int(fetch(program.address, "GET", "/pid").json())


def test_large_files_cost_no_memory_and_are_exact(server: Program) -> None:
    # What comes with the first large one is there for all.
    fetch(server.address, "POST", "/files", headers=FORM, body=form(("title", "t"), ("files", PATTERN * 2)))
    memory = Memory(server.front_end, worker_of(server))
    size = 100 * MEBIBYTE
    head = text("title", "two files") + file("files")
    length = len(head) + size + len(b"\r\n" + file("files")) + size + len(b"\r\n" + END)
    with memory, Connection(server.address, 60 * PATIENCE) as connection:
        connection.send("POST", "/files", headers=[*FORM, ("content-length", str(length))])
        connection.socket.sendall(head)
        for part in mebibytes(100):
            connection.socket.sendall(part)
        connection.socket.sendall(b"\r\n" + file("files"))
        for part in mebibytes(100):
            connection.socket.sendall(part)
        connection.socket.sendall(b"\r\n" + END)
        told = connection.receive().json()
    expected = [size, digest(mebibytes(100)), True]
    assert told == {"title": "two files", "files": [expected, expected], "attempt": 0}
    memory.check(24 * MEBIBYTE)
    until(lambda: spooled(server.front_end) == 0, "nothing is left of it")


class Sent:
    """A request whose body is sent piece by piece."""

    def __init__(self, program: Program, target: str, pieces: Iterator[bytes], length: int | None) -> None:
        framing = ("transfer-encoding", "chunked") if length is None else ("content-length", str(length))
        self.connection = Connection(program.address, 60 * PATIENCE)
        self.connection.send("POST", target, headers=[*FORM, framing])
        self.digest = hashlib.sha256()
        self.size = 0
        for piece in pieces:
            self.digest.update(piece)
            self.size += len(piece)
            self.connection.socket.sendall(
                piece if length is not None else b"%x\r\n%s\r\n" % (len(piece), piece)
            )
        if length is None:
            self.connection.socket.sendall(b"0\r\n\r\n")

    def receive(self) -> Reply:
        with self.connection:
            return self.connection.receive()


def large(count: int) -> Iterator[bytes]:
    yield text("title", "t") + file("file")
    yield from mebibytes(count)
    yield b"\r\n" + END


def length(pieces: Iterator[bytes]) -> int:
    return sum(len(piece) for piece in pieces)


def test_forms_that_nobody_declared_cost_no_memory_and_are_exact(server: Program) -> None:
    fetch(
        server.address, "POST", "/undeclared", headers=FORM, body=form(("title", "t"), ("file", PATTERN * 2))
    )
    memory = Memory(server.front_end, worker_of(server))
    with memory:
        sent = Sent(server, "/undeclared", large(200), length(large(200)))
        told = sent.receive().json()
    assert told == {"title": "t", "file": [200 * MEBIBYTE, digest(mebibytes(200)), True]}
    memory.check(8 * MEBIBYTE)
    until(lambda: spooled(worker_of(server)) == 0, "nothing is left of it")


@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunks"])
def test_bodies_for_wsgi_cost_no_memory_and_are_exact(server: Program, chunked: bool) -> None:
    fetch(server.address, "POST", "/wsgi/", headers=FORM, body=PATTERN * 2)
    memory = Memory(server.front_end, worker_of(server))
    with memory:
        sent = Sent(server, "/wsgi/", large(200), None if chunked else length(large(200)))
        told = sent.receive().body.decode()
    assert told == f"{sent.size} {sent.size} {sent.digest.hexdigest()}"
    memory.check(8 * MEBIBYTE)
    until(lambda: spooled(worker_of(server)) == 0, "nothing is left of it")


@pytest.mark.parametrize("target", ["/undeclared", "/wsgi/"])
def test_a_client_that_goes_leaves_nothing_in_the_worker(server: Program, target: str) -> None:
    worker = worker_of(server)
    fetch(server.address, "POST", target, headers=FORM, body=form(("title", "t"), ("file", PATTERN * 2)))
    until(lambda: spooled(worker) == 0, "what was answered is gone")
    before = len(descriptors(worker))
    sent = Sent(server, target, itertools.islice(large(20), 15), length(large(20)))
    until(lambda: spooled(worker) == 1, "it lies on disk")
    sent.connection.close()
    until(lambda: (spooled(worker), len(descriptors(worker))) == (0, before), "nothing is left of it")
    assert fetch(server.address, "GET", "/pid").status == 200


def test_the_body_of_an_undeclared_form_can_still_be_had(server: Program) -> None:
    body = form(("title", "t"), ("other", PATTERN * 3))
    reply = fetch(server.address, "POST", "/undeclared/parts", headers=FORM, body=body)
    assert reply.json() == ["t", hashlib.sha256(body).hexdigest()]
    reply = fetch(server.address, "POST", "/threads/title", headers=FORM, body=body)
    assert reply.json() == "t"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (form(("title", "t" * (MEBIBYTE + 1))), 413),
        (form(*[(f"t{number}", "t" * MEBIBYTE) for number in range(9)]), 413),
        (form(*[(f"t{number}", "t") for number in range(1001)]), 413),
        (file("f" * 9000) + b"\r\n" + END, 413),
        (b"--b\r\nno head\r\n\r\n\r\n" + END, 400),
        (form(("title", "t"))[: -len(END)], 400),
        (form(("title", "t"), ("title[x]", "t")), 400),
        (text("title", "t").replace(b"t\r\n", b"\xff\r\n") + END, 400),
        (b"", 400),
    ],
    ids=["text", "texts", "parts", "head", "no head", "no end", "names", "bytes", "empty"],
)
def test_undeclared_forms_are_refused_as_declared_ones(server: Program, body: bytes, status: int) -> None:
    undeclared = fetch(server.address, "POST", "/undeclared", headers=FORM, body=body)
    assert undeclared.status == status
    declared = fetch(server.address, "POST", "/bytes", headers=FORM, body=body)
    if body:
        assert (declared.status, declared.json()["detail"]) == (status, undeclared.json()["detail"])


@pytest.mark.parametrize(
    "headers",
    [
        [*FORM, ("content-type", "text/plain")],
        [("content-type", "multipart/form-data; boundary=b; boundary=c")],
        [("content-type", "multipart/form-data")],
    ],
    ids=["two types", "two boundaries", "no boundary"],
)
def test_undeclared_forms_have_one_type(server: Program, headers: list[tuple[str, str]]) -> None:
    replies = [
        fetch(server.address, "POST", target, headers=headers, body=form(("title", "t")))
        for target in ("/undeclared", "/bytes")
    ]
    assert [reply.status for reply in replies] == [400, 400]


def test_many_at_once_share_what_memory_there_is(start: Start) -> None:
    program = start(PROGRAM, SPIKARD_MAX_BODIES_MEMORY=str(4 * MEBIBYTE)).serving()
    front_end = program.front_end
    memory = Memory(front_end)
    connections = [Connection(program.address) for _ in range(40)]
    for connection in connections:
        connection.send("POST", "/files", headers=[*FORM, ("content-length", str(5 * MEBIBYTE))])
        connection.socket.sendall(text("title", "t") + file("files"))
    with memory:
        for part in mebibytes(4):
            for connection in connections:
                connection.socket.sendall(part)
        until(lambda: spooled(front_end) == len(connections), "all of them lie on disk")
    # Of each, two reads and what is being written.
    memory.check((4 + 16) * MEBIBYTE)
    for connection in connections:
        connection.close()
    until(lambda: spooled(front_end) == 0, "nothing is left of them")
    assert fetch(program.address, "GET", "/pid").status == 200


def test_what_is_wrong_is_told_before_the_rest_comes(server: Program) -> None:
    for target, begin, status, detail in (
        ("/small", file("file") + PATTERN + b"xx", 413, "File too large. Maximum size is 1MB"),
        ("/small", b"--b\r\nno head\r\n\r\n", 400, "Invalid request format"),
        ("/files", text("title", "t" * (MEBIBYTE + 1)), 413, "The body is larger than this route allows"),
    ):
        with Connection(server.address) as connection:
            connection.send("POST", target, headers=[*FORM, ("content-length", str(1 << 29))])
            connection.socket.sendall(begin + PATTERN[: 1 << 17])
            reply = connection.receive()
            assert (reply.status, reply.header("connection")) == (status, "close")
            assert reply.json()["detail"] == detail


def test_files_for_threads(server: Program) -> None:
    body = form(("file", PATTERN * 3))
    reply = fetch(server.address, "POST", "/threads", headers=FORM, body=body)
    assert reply.json() == [PATTERN[:10].hex(), PATTERN[-10:].hex(), (b"changed" + PATTERN[7:10]).hex()]


def test_the_body_itself_can_still_be_had(server: Program) -> None:
    body = form(("title", "t"), ("other", PATTERN * 3))
    reply = fetch(server.address, "POST", "/bytes", headers=FORM, body=body)
    assert reply.json() == {"size": len(body), "sha256": hashlib.sha256(body).hexdigest(), "title": "t"}


def test_large_json_is_judged(server: Program) -> None:
    texts = {str(number): "x" * MEBIBYTE for number in range(3)}
    reply = fetch(server.address, "POST", "/json", body=json.dumps(texts).encode())
    assert reply.json() == dict.fromkeys(texts, MEBIBYTE)
    reply = fetch(server.address, "POST", "/json", body=json.dumps(texts | {"3": 3}).encode())
    assert (reply.status, reply.json()["errors"][0]["loc"]) == (422, ["body", "3"])
    assert fetch(server.address, "POST", "/json", body=json.dumps(texts).encode()[:-1]).status == 400


def test_what_was_compressed_lies_on_disk_as_well(server: Program) -> None:
    body = gzip.compress(form(("title", "t"), ("files", PATTERN * 5)), 1)
    headers = [*FORM, ("content-encoding", "gzip")]
    told = fetch(server.address, "POST", "/files", headers=headers, body=body).json()
    assert told["files"] == [[5 * MEBIBYTE, hashlib.sha256(PATTERN * 5).hexdigest(), True]]


def full(pid: int) -> tuple[int, int]:
    """Let no file of a process be larger than 2 MiB, which says the same as a full disk."""
    return resource.prlimit(pid, resource.RLIMIT_FSIZE, (2 * MEBIBYTE, resource.RLIM_INFINITY))


def refused(reply: Reply) -> Any:
    assert (reply.status, reply.header("retry-after")) == (503, "1")
    return reply.json()["detail"]


def test_a_full_disk_costs_the_request_and_nothing_else(server: Program) -> None:
    front_end, worker = server.front_end, worker_of(server)
    body = form(("title", "t"), ("files", PATTERN * 4))
    for pid in (front_end, worker):
        before = len(server.lines)
        limits = full(pid)
        with Connection(server.address) as connection:
            connection.send("POST", "/files", headers=FORM, body=body)
            assert refused(connection.receive()) == "The server has no room for a body of this size"
        server.said(
            r"a body could not be written to .*: File too large|a body could not be written to disk",
            since=before,
        )
        assert (
            fetch(
                server.address, "POST", "/files", headers=FORM, body=form(("title", "t"), ("files", b"x"))
            ).status
            == 200
        )
        resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)
        until(lambda: spooled(front_end) + spooled(worker) == 0, "nothing is left of it")
        assert fetch(server.address, "POST", "/files", headers=FORM, body=body).status == 200


@pytest.mark.parametrize("target", ["/undeclared", "/wsgi/"])
def test_a_full_disk_costs_an_undeclared_form_and_nothing_else(server: Program, target: str) -> None:
    worker = worker_of(server)
    limits = full(worker)
    body = form(("title", "t"), ("file", PATTERN * 4))
    with Connection(server.address) as connection:
        connection.send("POST", target, headers=FORM, body=body)
        assert refused(connection.receive()) == "The server has no room for a body of this size"
    resource.prlimit(worker, resource.RLIMIT_FSIZE, limits)
    until(lambda: spooled(worker) == 0, "nothing is left of it")
    assert fetch(server.address, "POST", target, headers=FORM, body=body).status == 200


def test_another_worker_gets_all_of_it(start: Start) -> None:
    program = start(PROGRAM, SPIKARD_WORKERS="2").serving()
    body = form(("title", "t"), ("files", PATTERN * 20))
    reply = fetch(program.address, "PUT", "/deadly", headers=FORM, body=body)
    assert reply.json() == {
        "size": 20 * MEBIBYTE,
        "sha256": hashlib.sha256(PATTERN * 20).hexdigest(),
        "attempt": 1,
    }
    until(lambda: spooled(program.front_end) == 0, "nothing is left of it")
