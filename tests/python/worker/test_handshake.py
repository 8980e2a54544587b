"""From the attach socket to Ready."""

from __future__ import annotations

import hashlib
import os
import platform

import batch
import pytest
from front_end import DEADLINE, INCARNATION, TOKEN, FrontEnd, Peer
from served import Start

from spikard import Spikard
from spikard._worker import WorkerRefused, attach, connection

# Seconds without an answer; those who give one must be sooner, however busy the machine.
SILENCE = 0.5


@pytest.fixture
def app() -> Spikard:
    app = Spikard()
    app.register_route("GET", "/", lambda: {"message": "Hello"})
    return app


def _refuse(peer: Peer, reason: str, detail: str) -> None:
    peer.send("Refused", reason=batch.enum("RefusalReason")[reason], detail=detail)


def test_hello_tells_who_comes(start: Start, app: Spikard) -> None:
    served = start(app)
    hello = served.accept().expect("Hello")
    assert (bytes(hello.token), hello.pid, hello.language) == (TOKEN, os.getpid(), b"python")
    assert hello.runtime == f"CPython {platform.python_version()}".encode()
    assert bytes(hello.manifest_hash) == hashlib.sha256(served.manifest).digest()
    assert hello.slots >= 64
    assert hello.max_batch > 0


def test_the_manifest_follows_when_asked_for(start: Start, app: Spikard) -> None:
    served = start(app)
    peer = served.accept()
    peer.expect("Hello")
    peer.send("ManifestWanted")
    assert bytes(peer.expect("ManifestOffer").manifest) == served.manifest
    peer.send("Welcome", generation=1, slots=4, window=65536, max_batch=1 << 20)
    peer.expect("Ready")


def test_the_manifest_is_not_sent_when_it_is_known(start: Start, app: Spikard) -> None:
    peer = start(app).accept()
    peer.expect("Hello")
    peer.send("Welcome", generation=1, slots=4, window=65536, max_batch=1 << 20)
    peer.expect("Ready")


def test_a_request_in_the_batch_of_the_welcome_is_served(start: Start, app: Spikard) -> None:
    peer = start(app).attach()
    peer.request(1, 0, 0)
    assert peer.expect("Response", 1, 0).body == b'{"message":"Hello"}'


@pytest.mark.parametrize("reason", ["Version", "Manifest"])
def test_refused_for_good_is_the_end(start: Start, app: Spikard, reason: str) -> None:
    served = start(app)
    peer = served.accept()
    peer.expect("Hello")
    _refuse(peer, reason, "GET /x: no such pattern")
    with pytest.raises(WorkerRefused, match=r"^GET /x: no such pattern$"):
        served.ended()


@pytest.mark.parametrize("reason", ["Token", "Full", "Stopping"])
def test_refused_for_now_attaches_anew(start: Start, app: Spikard, reason: str) -> None:
    served = start(app)
    peer = served.accept()
    peer.expect("Hello")
    _refuse(peer, reason, "")
    served.attach()


def test_refused_on_the_attach_socket_attaches_anew(start: Start, app: Spikard, front_end: FrontEnd) -> None:
    served = start(app)
    control, _ = front_end.listener.accept()
    control.send(batch.encode_message("Refused", reason=batch.enum("RefusalReason")["Full"]))
    served.attach()
    control.close()


@pytest.mark.parametrize("packet", [b"", b"no message"], ids=["nothing", "garbage"])
def test_no_proper_answer_on_the_attach_socket(
    start: Start, app: Spikard, front_end: FrontEnd, packet: bytes
) -> None:
    served = start(app)
    control, _ = front_end.listener.accept()
    if packet:
        control.send(packet)
    control.close()
    served.attach()


def test_an_endpoint_that_is_none_attaches_anew(start: Start, app: Spikard, front_end: FrontEnd) -> None:
    served = start(app)
    control, _ = front_end.listener.accept()
    control.send(batch.encode_message("Attached", token=TOKEN, incarnation=INCARNATION, endpoint="nowhere"))
    served.attach()
    control.close()


def test_no_answer_to_attach_attaches_anew(
    start: Start,
    app: Spikard,
    front_end: FrontEnd,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(attach, "ANSWER_WITHIN", SILENCE)
    served = start(app)
    silent, _ = front_end.listener.accept()
    with silent:
        silent.settimeout(DEADLINE)
        while silent.recv(65536):
            pass
    monkeypatch.undo()
    served.attach()
    assert "WARNING" in {record.levelname for record in caplog.records}


@pytest.mark.parametrize("asked", [False, True], ids=["to Hello", "to ManifestOffer"])
def test_no_answer_attaches_anew(
    start: Start, app: Spikard, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, asked: bool
) -> None:
    monkeypatch.setattr(connection, "ANSWER_WITHIN", SILENCE)
    served = start(app)
    silent = served.accept()
    silent.expect("Hello")
    if asked:
        silent.send("ManifestWanted")
        silent.expect("ManifestOffer")
    monkeypatch.undo()
    served.attach()
    assert "WARNING" in {record.levelname for record in caplog.records}


def test_a_ready_worker_waits_for_requests_without_end(start: Start, app: Spikard) -> None:
    served = start(app)
    served.attach()
    assert served.worker._connection
    patience = served.worker._connection._patience
    assert patience
    assert patience.cancelled()


def test_ping_is_answered(start: Start, app: Spikard) -> None:
    peer = start(app).attach()
    peer.send("Ping", number=7)
    assert peer.expect("Pong").number == 7
