"""A program as a user starts it, in a process group of its own; and what it must not leave behind."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from harness import processes, sanitizers
from harness.client import Address
from harness.waiting import DEADLINE, SOON, until

_MARK = "SPIKARD_TEST_PROGRAM"
_SERVES = re.compile(r"^Spikard serves on http://(\S+):(\d+) \(Ctrl\+C stops it\)$")
# Settings of whoever runs the tests are not the tests' settings.
_KEPT = ("SPIKARD_SERVER", "SPIKARD_TEST_PATIENCE")


# A front end without a parent may take 5 s.
ENDED_WITHIN = 5.0 + SOON
DESCRIPTORS_CLOSED_WITHIN = DEADLINE
# pyzmq opens these, and never again, when it first sends something large.
_ONCE = Counter({"anon_inode:[eventfd]": 5, "anon_inode:[eventpoll]": 2})


class Program:
    """Started when made; `close` ends it and fails if anything is left of it."""

    def __init__(
        self, command: Sequence[str | Path], *, directory: Path, environment: Mapping[str, str] | None = None
    ) -> None:
        # Short, since a Unix socket's path is; its own, since other programs leave files in /tmp.
        self.files = Path(tempfile.mkdtemp(prefix="e2e-", dir="/tmp"))
        self._reports = Path(tempfile.mkdtemp(prefix="e2e-reports-", dir="/tmp"))
        self._mark = f"{_MARK}={secrets.token_hex(8)}"
        self._descriptors: dict[int, dict[str, str]] = {}
        self._lines: list[str] = []
        self._news = threading.Condition()
        self._ended = False
        self.address: Address = ("", 0)
        self.process = subprocess.Popen(
            [str(part) for part in command],
            cwd=directory,
            env=self._environment(environment or {}),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        self.started = time.monotonic()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _environment(self, more: Mapping[str, str]) -> dict[str, str]:
        name, _, value = self._mark.partition("=")
        kept = {
            key: text for key, text in os.environ.items() if not key.startswith("SPIKARD_") or key in _KEPT
        }
        kept.pop("XDG_RUNTIME_DIR", None)
        kept.pop("PYTHONUNBUFFERED", None)
        environment = {**kept, "TMPDIR": str(self.files), name: value, **more}
        sanitizers.collect(environment, self._reports)
        return environment

    # ---- what it says

    def _read(self) -> None:
        assert self.process.stderr
        for line in self.process.stderr:
            with self._news:
                self._lines.append(line.rstrip("\n"))
                self._news.notify_all()
        with self._news:
            self._ended = True
            self._news.notify_all()

    @property
    def lines(self) -> list[str]:
        """All it has written to stderr."""
        with self._news:
            return list(self._lines)

    def said(self, pattern: str, within: float = DEADLINE, *, since: int = 0) -> re.Match[str]:
        """Wait for a line that matches; `since` passes over earlier lines."""
        end = time.monotonic() + within
        at = since
        with self._news:
            while True:
                for line in self._lines[at:]:
                    if match := re.search(pattern, line):
                        return match
                at = len(self._lines)
                if self._ended or not self._news.wait(max(0, end - time.monotonic())):
                    everything = "\n".join(self._lines)
                    raise AssertionError(f"{pattern!r} was not said within {within:g} s, but:\n{everything}")

    def forget_lines(self) -> None:
        with self._news:
            self._lines.clear()

    def write(self, text: str) -> None:
        """Type something."""
        assert self.process.stdin
        self.process.stdin.write(text)
        self.process.stdin.flush()

    # ---- what it is

    @property
    def pid(self) -> int:
        return self.process.pid

    def serving(self) -> Program:
        """Wait until it has printed its address."""
        match = self.said(_SERVES.pattern)
        self.address = (match[1].strip("[]").replace("0.0.0.0", "127.0.0.1"), int(match[2]))
        # One of several workers is enough to serve; the others still open theirs.
        if "spikard._supervisor" not in processes.command_line(self.pid):
            self.note_descriptors()
        return self

    @property
    def front_end(self) -> int:
        """The pid of its front end."""
        return until(self.front_end_now, "a front end")

    def front_end_now(self) -> int:
        """The pid of its front end, or 0 while it has none."""
        for process in processes.marked(self._mark):
            if processes.command_line(process.pid).split(" ")[0].endswith("/spikard-server"):
                return process.pid
        return 0

    def kill_front_end(self) -> None:
        """Kill the front end that it has now, if any: it may be between two, or end meanwhile."""
        if pid := self.front_end_now():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def has_front_end(self) -> bool:
        return self.front_end_now() != 0

    def note_descriptors(self) -> None:
        """Take what its processes have open now for what they may have open at the end of the test."""
        self._descriptors = {
            process.pid: processes.descriptors(process.pid) for process in processes.marked(self._mark)
        }

    def check_descriptors(self) -> None:
        """Fail if a process that was there before has more open than then."""
        for pid, before in self._descriptors.items():
            _wait_for_descriptors(pid, before)

    # ---- how it ends

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def send_group(self, number: signal.Signals) -> None:
        """What the terminal does for Ctrl+C."""
        os.killpg(self.pid, number)

    def wait(self, within: float = DEADLINE) -> int:
        """Wait for its end, and for all that was written until then."""
        try:
            status = self.process.wait(within)
        except subprocess.TimeoutExpired:
            raise AssertionError(
                f"it has not ended within {within:g} s; it said:\n" + "\n".join(self.lines)
            ) from None
        self._reader.join(within)
        return status

    def check_reports(self) -> None:
        sanitizers.check(self._reports, self.lines)

    def close(self) -> None:
        """End it by Ctrl+C if the test has not, and look for what it left."""
        try:
            self.check_reports()
            if self.process.poll() is None:
                self.check_descriptors()
                self.send_group(signal.SIGINT)
                assert self.wait() == 0, "\n".join(self.lines)
            until(lambda: not processes.marked(self._mark), "its processes have ended", ENDED_WITHIN)
            assert not list(self.files.iterdir()), "it left files"
            self.check_reports()
        finally:
            self._destroy()

    def _destroy(self) -> None:
        for process in processes.marked(self._mark):
            os.kill(process.pid, signal.SIGKILL)
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._reader.join(DEADLINE)
        for stream in (self.process.stdin, self.process.stderr):
            assert stream
            stream.close()
        shutil.rmtree(self.files, ignore_errors=True)
        shutil.rmtree(self._reports, ignore_errors=True)


def _wait_for_descriptors(pid: int, before: dict[str, str]) -> None:
    allowed = _kinds(before) + _ONCE
    try:
        until(
            lambda: _kinds(processes.descriptors(pid)) <= allowed,
            "its descriptors are closed",
            DESCRIPTORS_CLOSED_WITHIN,
        )
    except AssertionError:
        now = processes.descriptors(pid)
        new = {number: what for number, what in now.items() if before.get(number) != what}
        raise AssertionError(f"{processes.command_line(pid)} leaks descriptors: {new}") from None


def _kinds(descriptors: dict[str, str]) -> Counter[str]:
    # "socket:[1234]", "anon_inode:[eventfd]", "/a/file"
    return Counter(
        what if what.startswith("anon_inode") else what.partition(":")[0] for what in descriptors.values()
    )
