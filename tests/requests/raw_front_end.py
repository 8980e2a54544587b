"""A real front end with a real worker, as a test needs them."""

import contextlib
import importlib.util
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType

from raw_client import Connection

DEADLINE = 20.0
WORKER = Path(__file__).with_name("raw_worker.py")


def find_server() -> str:
    """SPIKARD_SERVER, or what the installed package brings."""
    if named := os.environ.get("SPIKARD_SERVER"):
        return named
    package = importlib.util.find_spec("spikard")
    places = [str(path) for path in package.submodule_search_locations or []] if package else []
    places += [os.path.join(place, "_bin") for place in places] + [os.path.dirname(sys.executable)]
    if found := shutil.which("spikard-server", path=os.pathsep.join(places)):
        return found
    raise RuntimeError("spikard-server: set SPIKARD_SERVER")


class FrontEnd:
    """Serves until the end of the with statement, then checks that it leaves nothing behind."""

    def __init__(self, *flags: str, descriptors: int | None = None) -> None:
        self.directory = tempfile.mkdtemp(prefix="spikard-requests-")
        self.processes: list[subprocess.Popen[bytes]] = []
        try:
            self._start(flags, descriptors)
        except BaseException:
            self._clean_up()
            raise

    def _start(self, flags: tuple[str, ...], descriptors: int | None) -> None:
        listening, ready = os.pipe()
        limit = ["prlimit", f"--nofile={descriptors}:{descriptors}"] if descriptors else []
        command = [find_server(), "--port", "0", "--endpoint", f"ipc://{self.directory}", *flags]
        self.process = self._run([*limit, *command, "--ready-fd", str(ready)], ready)
        os.close(ready)
        with os.fdopen(listening) as lines:
            assert select.select([lines], [], [], DEADLINE)[0], "the front end does not listen"
            line = lines.readline()
        assert line.startswith("listening "), line
        _, host, port = line.split()
        self.address = (host, int(port))
        self.worker = self.start_worker()
        self.await_status("/readyz", 200)
        self.descriptors = self.count_descriptors()

    def start_worker(self) -> "subprocess.Popen[bytes]":
        return self._run([sys.executable, str(WORKER), self.directory])

    def _run(self, command: list[str], *descriptors: int) -> "subprocess.Popen[bytes]":
        # Variables of whoever runs the tests would be settings of what they test.
        environment = {key: value for key, value in os.environ.items() if not key.startswith("SPIKARD_")}
        process = subprocess.Popen(command, pass_fds=descriptors, env=environment)
        self.processes.append(process)
        return process

    def _clean_up(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)

    def __enter__(self) -> "FrontEnd":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self._leave()
        finally:
            self._clean_up()

    def _leave(self) -> None:
        assert self.process.poll() is None, f"the front end has ended with {self.process.poll()}"
        self.await_descriptors(self.descriptors)
        assert not Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        # Told first: one whose front end leaves waits for the next.
        for process in (self.worker, self.process):
            process.send_signal(signal.SIGTERM)
            assert process.wait(DEADLINE) == 0

    def ask(self, path: str) -> int:
        with Connection(self.address) as connection:
            connection.send(f"GET {path} HTTP/1.1\r\nHost: test\r\n\r\n".encode())
            return connection.read_response().status

    def await_status(self, path: str, status: int) -> None:
        end = time.monotonic() + DEADLINE
        while self.ask(path) != status:
            assert self.worker.poll() is None, "the worker has ended"
            assert time.monotonic() < end, f"{path} does not answer {status}"
            time.sleep(0.01)

    def count_descriptors(self) -> int:
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def kinds_of_descriptors(self) -> list[str]:
        kinds = []
        for link in Path(f"/proc/{self.process.pid}/fd").iterdir():
            with contextlib.suppress(FileNotFoundError):  # closed meanwhile
                kinds.append(os.readlink(link))
        return kinds

    def await_descriptors(self, count: int) -> None:
        end = time.monotonic() + DEADLINE
        while (open_now := self.count_descriptors()) > count:
            assert time.monotonic() < end, f"{open_now} descriptors, {count} at the start"
            time.sleep(0.05)

    def resident_bytes(self) -> int:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmRSS:"))
