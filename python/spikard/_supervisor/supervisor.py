"""Keeps a front end and its workers running until a signal says to stop."""

from __future__ import annotations

import contextlib
import logging
import os
import select
import selectors
import shutil
import signal
import time
from collections.abc import Callable, Sequence

from spikard import _front_end
from spikard._native import FrontEnd
from spikard._supervisor import line, policy
from spikard._supervisor.process import State, WorkerProcess
from spikard._supervisor.rerun import Plan
from spikard._supervisor.signals import Asked, Signals, Wish
from spikard._systemd import Manager
from spikard.exceptions import StartError

_log = logging.getLogger("spikard")

# What processes may take to leave after their patience has ended.
_GRACE = 5.0
# For the workers that are left when the front end is gone to say that they finish: nobody waits for their answers.
_LAST_WORDS = 1.0
# A signal to the whole group comes to this process too, but a worker may be first to tell of it.
_SAME_SIGNAL = 0.1


class Supervisor:
    """Made in the main thread of a process of its own; `run` blocks."""

    def __init__(self, plan: Plan, command: Sequence[str]) -> None:
        """Prepare to run `command` once for each worker."""
        self._plan = plan
        # Exec has kept the process that it speaks to.
        self._manager = Manager.take()
        self._sign_due: float | None = time.monotonic() if self._manager.pause else None
        self._command = command
        self._wanted = plan.workers
        self._workers: dict[int, WorkerProcess] = {}
        # Numbers whose next process is due at a time.
        self._due: dict[int, float] = {}
        self._policy = policy.Policy()
        self._front_end: FrontEnd | None = None
        self._stop_until: float | None = None
        self._asked = Asked()
        self._failure = ""
        self._signals = Signals()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._signals, selectors.EVENT_READ, self._on_signals)

    def run(self) -> None:
        """Supervise until a signal says to stop and all have ended.

        Raises:
            StartError: the front end or the application cannot be started.
        """
        try:
            self._start()
            while self._workers or self._due or self._front_end is not None:
                for key, _ in self._selector.select(self._pause()):
                    handle: Callable[[], None] = key.data
                    handle()
                self._on_time()
        finally:
            self._end()
        if self._failure:
            raise StartError(self._failure)

    def _start(self) -> None:
        if self._plan.front_end:
            front_end = FrontEnd(
                list(self._plan.front_end), self._plan.host, self._plan.port, self._manager.listener
            )
            try:
                _front_end.start(front_end)
            except StartError:
                if self._stopped_with(front_end.status):
                    return
                raise
            self._front_end = front_end
            self._selector.register(front_end.fileno(), selectors.EVENT_READ, self._on_front_end_ended)
        for number in range(1, self._wanted + 1):
            self._start_worker(number)

    def _stopped_with(self, status: int) -> bool:
        # A signal to the whole group ends who has only begun, maybe before it is read here.
        if self._stop_until is None and status in (-signal.SIGINT, -signal.SIGTERM):
            select.select([self._signals], [], [], _LAST_WORDS)
            self._on_signals()
        return self._stop_until is not None

    def _end(self) -> None:
        """Leave nothing, however `run` has ended."""
        if self._front_end is not None:
            self._front_end.kill()
        for worker in self._workers.values():
            worker.send(signal.SIGKILL)
        if self._plan.front_end:
            # What a front end that was killed could not remove.
            shutil.rmtree(self._plan.endpoint, ignore_errors=True)

    # ---- workers

    def _start_worker(self, number: int) -> None:
        self._due.pop(number, None)
        try:
            worker = WorkerProcess(number, self._command, self._plan.endpoint)
        except OSError as error:
            _log.error("worker %d cannot be started: %s", number, error)
            self._due[number] = time.monotonic() + _LAST_WORDS
            return
        self._workers[number] = worker
        self._selector.register(worker.line.socket, selectors.EVENT_READ, lambda: self._hear(worker))
        self._selector.register(worker.pidfd, selectors.EVENT_READ, lambda: self._on_worker_ended(worker))
        _log.debug("%s was started", worker)

    def _hear(self, worker: WorkerProcess) -> None:
        for said in worker.line.hear():
            word, _, rest = said.partition(" ")
            if word == line.READY:
                self._on_ready(worker)
            elif word == line.ASKED:
                worker.asked_until = time.monotonic() + _SAME_SIGNAL
            elif word == line.FINISHING:
                worker.finish(time.monotonic() + self._plan.time_to_finish + _GRACE)
            elif word == line.DRAINED:
                worker.drained = True
                worker.finish(time.monotonic() + _GRACE)
            elif word == line.FAILED:
                worker.reason = rest
        if worker.line.ended:
            with contextlib.suppress(KeyError):
                self._selector.unregister(worker.line.socket)

    def _on_ready(self, worker: WorkerProcess) -> None:
        # Said again whenever it has attached anew.
        if worker.state is not State.BOOTING:
            return
        worker.state = State.READY
        worker.ready_at = time.monotonic()
        self._manager.ready()
        if not self._policy.ever_ready and self._front_end is not None:
            _front_end.announce(self._front_end)
        self._policy.on_ready()
        _log.log(logging.DEBUG if self._front_end else logging.INFO, "%s is ready", worker)

    def _let_leave(self, worker: WorkerProcess) -> None:
        worker.asked_until = None
        if self._stop_until is None and worker.state is not State.LEAVING:
            _log.info("%s was asked to leave; another one is started", worker)
            worker.leave(self._patience())

    def _on_worker_ended(self, worker: WorkerProcess) -> None:
        # What it has said comes before its end.
        self._hear(worker)
        if worker.state is State.BOOTING:
            self._stopped_with(worker.status())
        with contextlib.suppress(KeyError):
            self._selector.unregister(worker.line.socket)
        self._selector.unregister(worker.pidfd)
        del self._workers[worker.number]
        status = worker.reap()
        meant = worker.drained or worker.state is State.LEAVING
        if not meant and self._stop_until is None:
            _log.error("%s %s", worker, policy.how(status))
        if self._stop_until is not None or worker.number > self._wanted:
            return
        if meant:
            self._due[worker.number] = time.monotonic()
            return
        ready = sum(other.state is State.READY for other in self._workers.values())
        end = policy.End(worker.ready_at, worker.reason, status, ready)
        match self._policy.on_end(time.monotonic(), end):
            case policy.Replace(pause):
                self._due[worker.number] = time.monotonic() + pause
            case policy.GiveUp(reason):
                self._failure = reason
                self._stop()

    def _resize(self, wanted: int) -> None:
        if wanted < 1:
            _log.warning("the last worker stays")
            return
        _log.info("from %d to %d workers", self._wanted, wanted)
        self._wanted = wanted
        for number in [number for number in self._due if number > wanted]:
            del self._due[number]
        for number, worker in self._workers.items():
            if number > wanted and worker.state is not State.LEAVING:
                worker.leave(self._patience())
        for number in range(1, wanted + 1):
            if number not in self._workers and number not in self._due:
                self._start_worker(number)

    # ---- the front end, signals, time

    def _on_front_end_ended(self) -> None:
        assert self._front_end is not None
        self._selector.unregister(self._front_end.fileno())
        if self._stop_until is None:
            self._failure = f"the front end has ended with status {self._front_end.status}"
        self._front_end = None
        self._stop_until = time.monotonic() + _LAST_WORDS
        self._leave_all(self._stop_until)

    def _on_signals(self) -> None:
        for number, by_parent in self._signals.take():
            if number in (signal.SIGINT, signal.SIGTERM):
                match self._asked.by(number, by_parent=by_parent):
                    case Wish.STOP:
                        self._stop()
                    case Wish.ABORT:
                        self._end()
                        os._exit(1)
            elif self._stop_until is None:
                self._resize(self._wanted + (1 if number == signal.SIGTTIN else -1))

    def _stop(self) -> None:
        if self._stop_until is not None:
            return
        self._stop_until = self._patience()
        self._manager.stopping()
        self._due.clear()
        if self._front_end is not None:
            # It lets its clients finish, drains the workers, and leaves.
            for worker in self._workers.values():
                worker.line.say(line.LAST)
            self._front_end.stop()
        else:
            self._leave_all(self._stop_until)

    def _leave_all(self, until: float) -> None:
        self._due.clear()
        for worker in self._workers.values():
            worker.leave(until)

    def _patience(self) -> float:
        return time.monotonic() + self._plan.time_to_stop + _GRACE

    def _deadlines(self) -> list[float]:
        own = [
            until for worker in self._workers.values() for until in (worker.leave_until, worker.asked_until)
        ]
        times = [until for until in own if until is not None]
        if self._stop_until is not None and self._front_end is not None:
            times.append(self._stop_until)
        if self._sign_due is not None:
            times.append(self._sign_due)
        return [*times, *self._due.values()]

    def _pause(self) -> float | None:
        times = self._deadlines()
        return max(0.0, min(times) - time.monotonic()) if times else None

    def _on_time(self) -> None:
        now = time.monotonic()
        if self._sign_due is not None and self._sign_due <= now:
            self._manager.alive()
            self._sign_due = now + self._manager.pause
        for number in [number for number, due in self._due.items() if due <= now]:
            self._start_worker(number)
        for worker in self._workers.values():
            if worker.asked_until is not None and worker.asked_until <= now:
                self._let_leave(worker)
            if worker.leave_until is not None and worker.leave_until <= now:
                _log.error("%s has not left in time and is killed", worker)
                worker.leave_until = None
                worker.send(signal.SIGKILL)
        if self._stop_until is not None and self._stop_until <= now and self._front_end is not None:
            self._front_end.kill()
            self._stop_until = now + _GRACE
