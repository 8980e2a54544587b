"""`app.run()` as a process: here the worker of a front end that the test plays."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import batch
import pytest
from front_end import DEADLINE, FrontEnd, Peer
from served import Program

import spikard
from spikard import ServerConfig, Spikard, StartError, _run

PROGRAM = """
import asyncio, os, signal, sys
{prologue}
from spikard import Spikard
app = Spikard()

@app.get("/environment")
async def environment():
    return sorted(name for name in os.environ if name.startswith("SPIKARD"))

@app.get("/wait")
async def wait():
    print("begun", flush=True)
    await asyncio.Event().wait()

@app.get("/interrupt")
async def interrupt():
    os.kill(os.getpid(), signal.SIGINT)

app.run()
try:
    print("after", flush=True)
    sys.stdin.readline()
except KeyboardInterrupt:
    print("interrupted")
"""

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture(params=["", "sys.modules['uvloop'] = None"], ids=["uvloop", "asyncio"])
def process(
    request: pytest.FixtureRequest, front_end: FrontEnd, tmp_path: Path
) -> Iterator[subprocess.Popen[str]]:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM.format(prologue=request.param))
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("SPIKARD")},
        "SPIKARD_ENDPOINT": f"ipc://{tmp_path}",
        "PYTHONPATH": str(Path(spikard.__file__).parent.parent),
    }
    started = subprocess.Popen(
        [sys.executable, program],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with started:
        yield started
        started.kill()


@pytest.fixture
def peer(process: subprocess.Popen[str], front_end: FrontEnd) -> Iterator[Peer]:
    peer = front_end.accept(process.pid)
    yield peer
    peer.hang_up()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_asks_for_the_drain(
    process: subprocess.Popen[str], peer: Peer, number: signal.Signals
) -> None:
    peer.become_ready()
    process.send_signal(number)
    peer.expect("Leaving")
    peer.drain()
    out, err = process.communicate(timeout=DEADLINE)
    assert (process.returncode, out) == (0, "after\n")
    (line,) = err.splitlines()
    assert "attached to the front end at" in line


def _drain(process: subprocess.Popen[str], peer: Peer) -> None:
    peer.expect("Leaving")
    peer.drain()
    assert process.stdout
    assert process.stdout.readline() == "after\n"


def test_a_ctrl_c_that_a_parent_passes_on_is_none_of_what_comes_after(
    process: subprocess.Popen[str], peer: Peer
) -> None:
    peer.become_ready()
    peer.request(1, 0, 2)
    assert peer.expect("Response", 1, 0).body == b"null"
    _drain(process, peer)
    # `uv run` does so a little later.
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=DEADLINE)
    assert (process.returncode, out) == (0, "")


def test_another_ctrl_c_ends_what_comes_after(process: subprocess.Popen[str], peer: Peer) -> None:
    peer.become_ready()
    process.send_signal(signal.SIGTERM)
    _drain(process, peer)
    process.send_signal(signal.SIGINT)
    assert process.stdout
    assert process.stdout.readline() == "interrupted\n"
    assert process.wait(DEADLINE) == 0


def test_ctrl_c_twice_waits_for_nobody(process: subprocess.Popen[str], peer: Peer) -> None:
    peer.become_ready()
    peer.request(1, 0, 1)
    assert process.stdout
    assert process.stdout.readline() == "begun\n"
    process.send_signal(signal.SIGINT)
    peer.expect("Leaving")
    process.send_signal(signal.SIGINT)
    assert process.wait(DEADLINE) == 1


def test_what_handlers_start_does_not_attach(process: subprocess.Popen[str], peer: Peer) -> None:
    peer.become_ready()
    peer.request(1, 0, 0)
    assert peer.expect("Response", 1, 0).body == b"[]"


def test_refused_is_one_line(process: subprocess.Popen[str], peer: Peer) -> None:
    peer.expect("Hello")
    peer.send("Refused", reason=batch.enum("RefusalReason")["Manifest"], detail="GET /x: no pattern")
    out, err = process.communicate(timeout=DEADLINE)
    assert (process.returncode, out) == (1, "")
    assert err == "spikard: the front end refuses the application: GET /x: no pattern\n"


@pytest.mark.parametrize("config", [ServerConfig(workers=2), ServerConfig(supervise=True)])
def test_pytest_is_not_run_again(config: ServerConfig) -> None:
    with pytest.raises(StartError, match=r"run again, but this is pytest$"):
        _run.run(Spikard(), config)


def test_serve_is_one_worker() -> None:
    with pytest.raises(StartError, match=r"need app\.run\(\)$"):
        asyncio.run(Spikard().serve(workers=2))


def test_an_unknown_argument_is_named() -> None:
    with pytest.raises(TypeError, match="no argument 'prot'"):
        Spikard().run(prot=8000)  # type: ignore[call-arg]


def test_a_front_end_that_cannot_start_leaves_no_signal_handlers(monkeypatch: pytest.MonkeyPatch) -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    monkeypatch.setenv("SPIKARD_SERVER", "/absent")
    with pytest.raises(SystemExit, match=r"^spikard: the front end is missing"):
        Spikard().run()
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


GOES_ON = """
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
os.mkdir(sys.argv[sys.argv.index("--endpoint") + 1].removeprefix("ipc://"))
os.write(3, b"listening 127.0.0.1 8123\\n")
os.close(3)
signal.sigwait([signal.SIGTERM])
"""


def test_what_goes_wrong_in_the_worker_is_raised(
    program: Program, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async def fail(_: object) -> None:
        raise LookupError("unexpected")

    program(GOES_ON)
    monkeypatch.setattr("spikard._run.Worker.run", fail)
    monkeypatch.setattr("spikard._front_end.endpoint_directory", lambda: str(tmp_path / "endpoint"))
    with pytest.raises(LookupError, match="unexpected"):
        _run.run(Spikard(), ServerConfig())
    assert not (tmp_path / "endpoint").exists()


def test_serve_until_cancelled(program: Program, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program(GOES_ON)
    monkeypatch.setattr("spikard._front_end.endpoint_directory", lambda: str(tmp_path / "endpoint"))

    async def main() -> None:
        serving = asyncio.create_task(Spikard().serve())
        await asyncio.sleep(0)
        serving.cancel()
        await asyncio.wait_for(serving, DEADLINE)

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(main())
    assert not (tmp_path / "endpoint").exists()


def test_a_front_end_that_does_not_stay_is_an_error(program: Program) -> None:
    program("os.write(3, b'listening ::1 8123\\n')\nsys.exit(3)")
    with pytest.raises(SystemExit, match=r"^spikard: the front end has ended with status 3$"):
        Spikard().run()
