"""The reference worker, as a process, against a front end played by the test."""

import hashlib
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import batch
import pytest
from application import ECHO_BODY, ECHO_TEXT, HELLO, WAIT
from conftest import PROTOCOL
from front_end import DEADLINE, TOKEN, WINDOW, FrontEnd, Peer, corrupt

pytestmark = pytest.mark.timeout(60)

Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def front_end(tmp_path: Path) -> Iterator[FrontEnd]:
    with FrontEnd(tmp_path) as front_end:
        yield front_end


@pytest.fixture
def start(generated: Path) -> Iterator[Start]:
    processes = []

    def start(*arguments: str | Path) -> "subprocess.Popen[bytes]":
        command = [sys.executable, PROTOCOL / "reference" / "worker.py", "--generated", generated, *arguments]
        processes.append(subprocess.Popen(command))
        return processes[-1]

    yield start
    for process in processes:
        process.kill()
        process.wait()


@pytest.fixture
def worker(front_end: FrontEnd, start: Start, tmp_path: Path) -> "subprocess.Popen[bytes]":
    return start(tmp_path)


@pytest.fixture
def peer(front_end: FrontEnd, worker: "subprocess.Popen[bytes]") -> Peer:
    return front_end.accept(worker.pid)


@pytest.fixture
def ready(peer: Peer) -> Peer:
    peer.become_ready()
    return peer


def test_hello_and_manifest(peer: Peer, worker: "subprocess.Popen[bytes]") -> None:
    hello = peer.expect("Hello")
    assert (bytes(hello.token), hello.pid, hello.language) == (TOKEN, worker.pid, b"python")
    assert hello.slots > 0
    assert hello.max_batch > 0
    assert len(peer.routing_id) == 16
    peer.send("ManifestWanted")
    manifest = bytes(peer.expect("ManifestOffer").manifest)
    assert hashlib.sha256(manifest).digest() == bytes(hello.manifest_hash)
    peer.send("Welcome", generation=1, slots=4, window=WINDOW, max_batch=1 << 20)
    peer.expect("Ready")


def test_requests(ready: Peer) -> None:
    ready.request(1, 0, HELLO)
    response = ready.expect("Response", 1, 0)
    assert (response.status, response.body, response.last) == (200, b'{"message":"hello"}', True)
    ready.request(2, 0, ECHO_TEXT, "caf\u00e9 / x")
    response = ready.expect("Response", 2, 0)
    assert response.body == "caf\u00e9 / x".encode()
    assert response.headers == [b"content-type", b"text/plain; charset=utf-8"]


def test_a_large_body_is_a_raw_frame(ready: Peer) -> None:
    body = bytes(i % 251 for i in range(100_000))
    ready.request(1, 3, ECHO_BODY, method="POST", body_kind=batch.enum("BodyKind")["Whole"], body=body)
    response = ready.expect("Response", 1, 3)
    assert response.body_frame == 1
    assert response.body == body


def test_a_streamed_body_is_granted_and_collected(ready: Peer) -> None:
    ready.request(1, 0, ECHO_BODY, method="POST", body_kind=batch.enum("BodyKind")["Stream"])
    ready.send("Chunk", 1, 0, body=b"a" * WINDOW)
    assert ready.expect("Window", 1, 0).bytes == WINDOW
    ready.send("Chunk", 1, 0, body=b"b")
    assert ready.expect("Window", 1, 0).bytes == 1
    ready.send("Chunk", 1, 0, last=True)
    assert ready.expect("Response", 1, 0).body == b"a" * WINDOW + b"b"


def test_an_awaited_body_is_asked_for(ready: Peer) -> None:
    ready.request(1, 0, ECHO_BODY, method="POST", body_kind=batch.enum("BodyKind")["Awaited"])
    assert ready.expect("Window", 1, 0).bytes == WINDOW
    ready.send("Chunk", 1, 0, body=b"a", last=True)
    assert ready.expect("Response", 1, 0).body == b"a"


def test_a_response_larger_than_a_batch_is_a_problem(ready: Peer) -> None:
    ready.request(
        1, 0, ECHO_BODY, method="POST", body_kind=batch.enum("BodyKind")["Whole"], body=b"x" * (1 << 20)
    )
    assert ready.expect("Problem", 1, 0).status == 500


def test_exchanges_run_side_by_side(ready: Peer) -> None:
    ready.request(1, 0, WAIT, "3600")
    ready.request(2, 1, HELLO)
    ready.expect("Response", 2, 1)


def test_cancel_ends_the_exchange(ready: Peer) -> None:
    ready.request(1, 0, WAIT, "3600")
    ready.send("Cancel", 1, 0, reason=batch.enum("CancelReason")["ClientGone"])
    ready.expect("Returned", 1, 0)
    ready.request(2, 0, HELLO)
    ready.expect("Response", 2, 0)


def test_cancel_that_crossed_the_answer_is_dropped(ready: Peer) -> None:
    ready.request(1, 0, HELLO)
    ready.expect("Response", 1, 0)
    ready.send("Cancel", 1, 0)  # as if sent before the answer came
    ready.request(2, 0, HELLO)
    ready.expect("Response", 2, 0)


def test_drain_lets_exchanges_finish(ready: Peer, worker: "subprocess.Popen[bytes]") -> None:
    ready.request(1, 0, WAIT, "3600")
    ready.send("Drain", deadline_ms=5000)
    ready.send("Cancel", 1, 0)
    ready.expect("Returned", 1, 0)
    ready.expect("Goodbye")
    assert worker.wait(DEADLINE) == 0


def test_a_front_end_that_leaves_is_followed_by_the_next_one(
    front_end: FrontEnd, ready: Peer, worker: "subprocess.Popen[bytes]"
) -> None:
    ready.drain(leaving=True)
    front_end.accept(worker.pid).become_ready()


def test_drain_over_the_attach_socket(ready: Peer, worker: "subprocess.Popen[bytes]") -> None:
    ready.control_send("Drain", deadline_ms=5000)
    ready.expect("Goodbye")
    assert worker.wait(DEADLINE) == 0


def test_sigterm_asks_for_a_drain(ready: Peer, worker: "subprocess.Popen[bytes]") -> None:
    worker.send_signal(signal.SIGTERM)
    ready.expect("Leaving")
    ready.request(1, 0, HELLO)
    ready.expect("Response", 1, 0)
    ready.send("Drain")
    ready.expect("Goodbye")
    assert worker.wait(DEADLINE) == 0


def test_stacks(ready: Peer) -> None:
    ready.control_send("DumpStacks", number=7)
    stacks = ready.control_expect("Stacks")
    assert stacks.number == 7
    assert b"worker.py" in stacks.text


def test_die(ready: Peer, worker: "subprocess.Popen[bytes]") -> None:
    ready.control_send("Die", detail="test")
    assert worker.wait(DEADLINE) == 1


# Slot 3 is free: a Cancel for it means nothing, so that only what is around it is wrong.
def break_sequence(peer: Peer) -> None:
    peer.send("Cancel", 9, 3, gap=1)


def break_checksum(peer: Peer) -> None:
    writer = batch.BatchWriter()
    writer.add("Cancel", 9, 3)
    peer.send_frames(corrupt(writer.seal(peer.incarnation, peer.sent + 1)))


def break_slot(peer: Peer) -> None:
    peer.request(2, 0, HELLO)  # slot 0 is taken


def break_pair(peer: Peer) -> None:
    peer.send("Cancel", 2, 0)  # slot 0 is that of exchange 1


def break_type(peer: Peer) -> None:
    peer.send("Hello")


def break_stream(peer: Peer) -> None:
    peer.send("Chunk", 1, 0, body=b"x")  # its request has no stream


def break_window(peer: Peer) -> None:
    peer.send("Window", 1, 0, bytes=1)  # its response has not begun


def close_attach_socket(peer: Peer) -> None:
    peer.hang_up()


def say_goodbye(peer: Peer) -> None:
    peer.send("Goodbye")


@pytest.mark.parametrize(
    "end",
    [
        break_sequence,
        break_checksum,
        break_slot,
        break_pair,
        break_type,
        break_stream,
        break_window,
        close_attach_socket,
        say_goodbye,
    ],
)
def test_after_a_lost_channel_it_attaches_anew(
    ready: Peer, front_end: FrontEnd, worker: "subprocess.Popen[bytes]", end: Callable[[Peer], None]
) -> None:
    ready.request(1, 0, WAIT, "3600")
    ready.request(3, 1, HELLO)
    ready.expect("Response", 3, 1)
    end(ready)
    again = front_end.accept(worker.pid)
    again.become_ready()
    assert again.routing_id != ready.routing_id
    again.request(1, 0, HELLO)  # the slot is free: what ran before is gone
    again.expect("Response", 1, 0)


def test_a_batch_of_another_incarnation_is_dropped(ready: Peer) -> None:
    writer = batch.BatchWriter()
    writer.add("Drain")
    ready.send_frames(writer.seal(ready.incarnation + 1, 999))
    ready.request(1, 0, HELLO)
    ready.expect("Response", 1, 0)


def test_refused_for_good(peer: Peer, worker: "subprocess.Popen[bytes]") -> None:
    peer.expect("Hello")
    peer.send("Refused", reason=batch.enum("RefusalReason")["Manifest"], detail="routes[1].path differs")
    assert worker.wait(DEADLINE) == 3


def test_another_version(peer: Peer, worker: "subprocess.Popen[bytes]") -> None:
    peer.expect("Hello")
    writer = batch.BatchWriter()
    writer.add("Refused", reason=batch.enum("RefusalReason")["Version"])
    frames = writer.seal(peer.incarnation, 1)
    peer.send_frames([frames[0][:4] + b"\x02\x00" + frames[0][6:]])
    assert worker.wait(DEADLINE) == 3


def test_a_goodbye_during_a_drain_ends_it(ready: Peer, worker: "subprocess.Popen[bytes]") -> None:
    ready.request(1, 0, WAIT, "3600")
    ready.send("Drain")
    ready.send("Goodbye")
    assert worker.wait(DEADLINE) == 0


def test_refused_for_now(peer: Peer, front_end: FrontEnd, worker: "subprocess.Popen[bytes]") -> None:
    peer.expect("Hello")
    peer.send("Refused", reason=batch.enum("RefusalReason")["Full"])
    front_end.accept(worker.pid).become_ready()


def test_without_an_attach_socket(front_end: FrontEnd, start: Start) -> None:
    worker = start("--no-attach", front_end.endpoint)
    peer = Peer(front_end, None)
    assert not peer.become_ready(heartbeat_ms=60_000).token
    peer.send("Ping", number=5)
    assert peer.expect("Pong").number == 5
    peer.request(1, 0, HELLO)
    peer.expect("Response", 1, 0)
    peer.send("Drain")
    peer.expect("Goodbye")
    assert worker.wait(DEADLINE) == 0


def test_nothing_follows_the_hello_until_the_incarnation_is_known(front_end: FrontEnd, start: Start) -> None:
    worker = start("--no-attach", front_end.endpoint)
    peer = Peer(front_end, None)
    peer.expect("Hello")
    worker.send_signal(signal.SIGTERM)
    peer.send("ManifestWanted")
    assert {peer.expect_any().type, peer.expect_any().type} == {"Leaving", "ManifestOffer"}


def test_without_pings_it_attaches_anew(front_end: FrontEnd, start: Start) -> None:
    start("--no-attach", front_end.endpoint)
    Peer(front_end, None).become_ready(heartbeat_ms=50)
    Peer(front_end, None).become_ready()
