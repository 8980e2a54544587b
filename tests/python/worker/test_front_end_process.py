"""How the front end is started, with a program of the test's in its place."""

from __future__ import annotations

import errno
import io
import json
import os
import re
import signal
import stat
import tempfile
from pathlib import Path

import pytest
from served import Program

from spikard import ServerConfig, StartError, _front_end
from spikard._native import FrontEnd

LISTENS = """
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
os.write(3, b"listening %s 8123\\n")
os.close(3)
signal.sigwait([signal.SIGTERM])
"""


def _started(config: ServerConfig, directory: str) -> FrontEnd:
    front_end = _front_end.make(config, directory)
    _front_end.start(front_end)
    return front_end


def test_the_binary_lies_with_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SPIKARD_SERVER", raising=False)
    path = Path(_front_end.binary())
    assert path.name == "spikard-server"
    assert path.is_relative_to(Path(_front_end.__file__).parent)


def test_the_binary_may_be_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPIKARD_SERVER", "/x/front-end")
    assert _front_end.binary() == "/x/front-end"


def test_the_directory_is_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    # Not tmp_path, which may be too long for a socket.
    with tempfile.TemporaryDirectory(dir="/tmp") as base:
        monkeypatch.setenv("XDG_RUNTIME_DIR", base)
        one, other = _front_end.endpoint_directory(), _front_end.endpoint_directory()
        assert one != other
        assert Path(one).parent == Path(base)
        assert not Path(one).exists()


@pytest.mark.parametrize("base", ["", "/absent/folder", "/" + "long" * 30])
def test_the_directory_of_those_who_have_none(
    base: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", base)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    directory = _front_end.endpoint_directory()
    assert len(f"{directory}/attach.sock".encode()) < 108
    assert Path(directory).parent in (tmp_path, Path("/tmp"))


def test_no_directory_is_too_long_for_a_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = tmp_path / ("x" * 100)
    deep.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(deep))
    assert Path(_front_end.endpoint_directory()).parent == Path("/tmp")


def test_a_full_disk_has_a_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    def look() -> str:
        raise FileNotFoundError("No usable temporary directory found")

    monkeypatch.setattr("tempfile.gettempdir", look)
    monkeypatch.setenv("XDG_RUNTIME_DIR", "")
    with tempfile.TemporaryDirectory(dir="/tmp") as base:
        monkeypatch.chdir(base)
        for named in (base, "."):
            monkeypatch.setenv("TMPDIR", named)
            assert Path(_front_end.endpoint_directory()).parent == Path(base)


def test_it_gets_the_settings(program: Program, tmp_path: Path) -> None:
    told = tmp_path / "told"
    program(f"open({str(told)!r}, 'w').write(json.dumps(sys.argv[1:])){LISTENS % '127.0.0.1'}")
    config = ServerConfig(
        host="::",
        port=0,
        max_uri_length=100,
        max_header_size=200,
        keep_alive=7,
        shutdown_timeout=3,
        lameduck=2,
        log_level="debug",
    )
    front_end = _started(config, "/x/directory")
    given = json.loads(told.read_text())
    options = dict(zip(given[::2], given[1::2], strict=True))
    assert options == {
        "--host": "::",
        "--port": "0",
        "--endpoint": "ipc:///x/directory",
        "--keep-alive": "7",
        "--shutdown-timeout": "3",
        "--lameduck": "2",
        "--log-level": "debug",
        "--max-uri-length": "100",
        "--max-header-size": "200",
        "--ready-fd": "3",
        "--parent-pid": str(os.getpid()),
    }
    assert (front_end.host, front_end.port) == ("127.0.0.1", 8123)
    front_end.kill()


def test_an_ipv6_address(program: Program) -> None:
    program(LISTENS % "::1")
    front_end = _started(ServerConfig(), "/x")
    assert (front_end.host, front_end.port) == ("::1", 8123)
    front_end.kill()


class Full(io.StringIO):
    """What stderr is on a disk without space."""

    def write(self, text: str) -> int:
        raise OSError(errno.ENOSPC, "no space")


@pytest.mark.parametrize("stderr", [io.StringIO(), Full(), None])
def test_it_is_announced_to_whom_it_can_be(
    program: Program, monkeypatch: pytest.MonkeyPatch, stderr: io.StringIO | None
) -> None:
    program(LISTENS % "::1")
    front_end = _started(ServerConfig(), "/x")
    monkeypatch.setattr("sys.stderr", stderr)
    _front_end.announce(front_end)
    front_end.kill()
    if stderr is not None and not isinstance(stderr, Full):
        assert stderr.getvalue() == "Spikard serves on http://[::1]:8123 (Ctrl+C stops it)\n"


def test_stop_asks_and_its_end_shows(program: Program) -> None:
    program(LISTENS % "::1" + "sys.exit(4)")
    front_end = _started(ServerConfig(), "/x")
    front_end.stop()
    assert os.read(front_end.fileno(), 1)
    assert front_end.status == 4


def test_kill_does_not_ask(program: Program) -> None:
    program(LISTENS % "::1")
    front_end = _started(ServerConfig(), "/x")
    front_end.kill()
    assert os.read(front_end.fileno(), 1)
    assert front_end.status == -signal.SIGKILL


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_reach_it_whatever_the_parent_ignores(program: Program, number: signal.Signals) -> None:
    program("os.write(3, b'listening ::1 8123\\n')\nsignal.pause()")
    before = signal.signal(number, signal.SIG_IGN)
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, [number])
    try:
        front_end = _started(ServerConfig(), "/x")
        status = Path(f"/proc/{front_end.pid}/status").read_text()
        masks = {name: int(mask, 16) for name, mask in re.findall(r"^(Sig\w+):\t(\w{16})$", status, re.M)}
        assert not (masks["SigIgn"] | masks["SigBlk"]) & 1 << number - 1
        front_end.kill()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        signal.signal(number, before)


def test_its_reason_is_the_error(program: Program) -> None:
    program(r"os.write(3, b'127.0.0.1:80: permission denied\n')")
    with pytest.raises(StartError, match=r"^127\.0\.0\.1:80: permission denied$"):
        _started(ServerConfig(), "/x")


def test_an_end_without_a_reason(program: Program) -> None:
    program("")
    with pytest.raises(StartError, match="did not start"):
        _started(ServerConfig(), "/x")


def test_no_program(program: Program) -> None:
    path = program("")
    path.chmod(stat.S_IRUSR)
    path.unlink()
    with pytest.raises(StartError, match=r"the front end is missing: .*front-end is no program"):
        _started(ServerConfig(), "/x")


def test_stopped_before_it_starts(program: Program) -> None:
    program(LISTENS % "::1")
    front_end = _front_end.make(ServerConfig(), "/x")
    front_end.stop()
    with pytest.raises(StartError):
        _front_end.start(front_end)
    assert front_end.pid == 0
