"""What `app.run()` is in this process: decided by the environment and the configuration, then done."""

from __future__ import annotations

import abc
import asyncio
import atexit
import contextlib
import os
import shutil
import signal
import threading
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from spikard import _front_end, _manifest, _native
from spikard._log import log, set_up_log
from spikard._loop import run_loop
from spikard._supervisor.line import (
    ASKED,
    DRAINED,
    FAILED,
    FINISHING,
    LAST,
    LEAVE,
    READY,
    Assignment,
    Line,
)
from spikard._supervisor.rerun import Plan, become_supervisor
from spikard._supervisor.signals import Asked, Wish
from spikard._systemd import Manager
from spikard._worker import Services, Worker, WorkerRefused
from spikard.exceptions import StartError

if TYPE_CHECKING:
    from spikard.app import Spikard
    from spikard.config import ServerConfig

# What the front end may take to leave after its own patience has ended.
_GRACE = 5.0
# What a worker may take to finish when its supervisor is gone.
_ORPHAN_TIME = 5.0


def run(app: Spikard, config: ServerConfig) -> None:
    """Serve until a signal says to stop; see `Spikard.run`."""
    assignment = Assignment.take()
    if assignment is not None:
        _run_supervised(app, config, assignment)
        return
    set_up_log(config.log_level, "worker")
    endpoint = _take_endpoint()
    if config.workers > 1 or config.supervise:
        _supervise(app, config, endpoint)
    _run(_process(app, config, endpoint))


def _run(process: _Process) -> None:
    # Before there is a front end to look after: nothing must be left behind, however early the signal.
    with _signals(process):
        if process.start():
            run_loop(process.run())


def _supervise(app: Spikard, config: ServerConfig, endpoint: str) -> None:
    """Rule 4, and rule 2 with several workers."""
    if config.supervise is False:
        raise StartError(f"workers={config.workers} need a supervisor, and supervise=False forbids it")
    _manifest.build(
        app, config, Services(app, config)
    )  # what is wrong with the application is told once, here
    directory = endpoint or _front_end.endpoint_directory()
    become_supervisor(
        Plan(
            workers=config.workers,
            endpoint=directory,
            front_end=() if endpoint else _front_end.command(config, directory),
            host=config.host,
            port=config.port,
            time_to_stop=config.time_to_stop(),
            time_to_finish=config.time_to_finish(),
            log_level=config.log_level,
        )
    )


def _run_supervised(app: Spikard, config: ServerConfig, assignment: Assignment) -> None:
    """Rule 1: a supervisor has started this process to be a worker."""
    _take_endpoint()
    set_up_log(config.log_level, f"worker {assignment.number}")
    line = Line.of(assignment.line)
    try:
        _run(_Supervised(app, config, assignment.endpoint, line))
    except StartError as error:
        line.say(FAILED, str(error))
        raise SystemExit(1) from None
    except Exception as error:
        line.say(FAILED, f"{type(error).__name__}: {error}")
        raise
    line.say(DRAINED)


async def serve(app: Spikard, config: ServerConfig) -> None:
    """Serve inside a running loop until cancelled; see `Spikard.serve`."""
    if config.workers > 1 or config.supervise:
        raise StartError(
            "app.serve() is one worker inside your own process: several workers, or supervise=True, need app.run()"
        )
    process = _process(app, config, _take_endpoint())
    process.start()
    serving = asyncio.ensure_future(process.run())
    try:
        await asyncio.shield(serving)
    except asyncio.CancelledError:
        process.stop()
        await serving
        raise


class _Process(abc.ABC):
    """A worker, and what else this process has to look after."""

    signals: Sequence[signal.Signals] = (signal.SIGINT, signal.SIGTERM)

    def __init__(self, app: Spikard, config: ServerConfig, directory: str) -> None:
        services = Services(app, config)
        manifest, routes = _manifest.build(app, config, services)
        self.config = config
        self.directory = directory
        self.manager = Manager.take()
        self.has_to_tell = not routes
        self.worker = Worker(
            routes,
            _native.encode_manifest(manifest),
            directory=directory,
            services=services,
            on_ready=self._on_ready,
            on_served=self.on_served,
            config=config,
        )

    def _on_ready(self) -> None:
        self.manager.ready()
        self.on_ready()
        if self.has_to_tell:
            self.has_to_tell = False
            log.warning("the application has no routes: every request is answered by 404")

    @abc.abstractmethod
    def on_ready(self) -> None:
        """The front end has taken the worker in."""

    def on_served(self) -> None:
        """The worker takes no requests any more, and finishes."""
        log.debug("no more requests come")

    def start(self) -> bool:
        """Do what comes before `main`; tells whether there is still anything to do."""
        return True

    @abc.abstractmethod
    def stop(self) -> None:
        """Finish and end; called from the loop's thread, at any time."""

    def abort(self) -> None:
        """End now."""
        os._exit(1)

    async def run(self) -> None:
        """Serve to the end, and give signs of life meanwhile."""
        living = asyncio.ensure_future(self.manager.stay_alive())
        try:
            await self.main()
        finally:
            living.cancel()

    @abc.abstractmethod
    async def main(self) -> None:
        """Serve to the end."""


class _Attached(_Process):
    """Rule 2: a worker of a front end that somebody else has started."""

    def stop(self) -> None:
        self.manager.stopping()
        self.worker.leave()

    async def main(self) -> None:
        try:
            await self.worker.run()
        except WorkerRefused as error:
            raise StartError(f"the front end refuses the application: {error}") from None
        if not self.worker.leaving:
            log.info("not needed any more: the front end has another version of the application")

    def on_ready(self) -> None:
        log.info("attached to the front end at %s", self.directory)


class _Supervised(_Attached):
    """Rule 1: a worker that its supervisor has started, and listens to."""

    # Of Ctrl+C the supervisor is told too.
    signals = (signal.SIGTERM,)

    def __init__(self, app: Spikard, config: ServerConfig, directory: str, line: Line) -> None:
        super().__init__(app, config, directory)
        self.line = line

    def start(self) -> bool:
        # The loop notices it too, unless a handler keeps it.
        _native.end_with_supervisor(self.line.socket.fileno(), _ORPHAN_TIME)
        return True

    def stop(self) -> None:
        # SIGTERM. If it came to the whole group the front end drains this worker when it is time.
        self.line.say(ASKED)

    async def main(self) -> None:
        loop = asyncio.get_running_loop()
        loop.add_reader(self.line.socket, self._on_line)
        try:
            await super().main()
        finally:
            loop.remove_reader(self.line.socket)

    def _on_line(self) -> None:
        heard = self.line.hear()
        if self.line.ended:
            asyncio.get_running_loop().remove_reader(self.line.socket)
        if LAST in heard:
            self.worker.stay_for_none()
        if self.line.ended or LEAVE in heard:
            self.worker.leave()

    def on_ready(self) -> None:
        self.line.say(READY)

    def on_served(self) -> None:
        self.line.say(FINISHING)


class _Parent(_Process):
    """Rule 3: this process is the worker, and the parent of its front end."""

    def __init__(self, app: Spikard, config: ServerConfig) -> None:
        super().__init__(app, config, _front_end.endpoint_directory())
        self.front_end = _front_end.make(config, self.directory, self.manager.listener)
        self.stopping = False
        self.announced = False

    def start(self) -> bool:
        try:
            _front_end.start(self.front_end)
        except StartError:
            shutil.rmtree(self.directory, ignore_errors=True)
            if not self.stopping:
                raise
            return False
        return True

    def stop(self) -> None:
        # The front end lets its clients finish, then drains the worker, then leaves.
        self.stopping = True
        self.manager.stopping()
        self.front_end.stop()

    def abort(self) -> None:
        self.front_end.kill()
        shutil.rmtree(self.directory, ignore_errors=True)
        super().abort()

    def on_ready(self) -> None:
        if not self.announced:
            self.announced = True
            _front_end.announce(self.front_end)

    async def main(self) -> None:
        loop = asyncio.get_running_loop()
        ended = loop.create_future()

        def on_end() -> None:
            if not ended.done():
                ended.set_result(None)

        loop.add_reader(self.front_end.fileno(), on_end)
        working = asyncio.ensure_future(self.worker.run())
        try:
            await asyncio.wait({working, ended}, return_when=asyncio.FIRST_COMPLETED)
            if working.done():
                _raise_failure(working)
            self.front_end.stop()
            await asyncio.wait({ended}, timeout=self.config.time_to_stop() + _GRACE)
            self.front_end.kill()  # if it has not left
            # The application may have more to finish than its requests.
            self.worker.leave()
            await asyncio.wait({working}, timeout=self.config.time_to_finish() + _GRACE)
        finally:
            loop.remove_reader(self.front_end.fileno())
            self.front_end.kill()
            working.cancel()
            try:
                await asyncio.wait({working}, timeout=_GRACE)
            finally:  # this task may have been told to end, too
                # What a front end that was killed could not remove.
                shutil.rmtree(self.directory, ignore_errors=True)
        if not self.stopping:
            raise StartError(f"the front end has ended with status {self.front_end.status}")


def _raise_failure(working: asyncio.Future[None]) -> None:
    error = working.exception()
    if isinstance(error, WorkerRefused):
        raise StartError(str(error)) from None
    if error is not None:
        raise error


def _take_endpoint() -> str:
    # Taken out, so that programs started by a handler do not attach.
    endpoint = os.environ.pop("SPIKARD_ENDPOINT", "")
    directory = endpoint.removeprefix("ipc://")
    if directory and not os.path.isabs(directory):
        raise StartError(f"SPIKARD_ENDPOINT must be ipc:///folder, not {endpoint!r}")
    return directory


def _process(app: Spikard, config: ServerConfig, endpoint: str) -> _Process:
    return _Attached(app, config, endpoint) if endpoint else _Parent(app, config)


@contextlib.contextmanager
def _signals(process: _Process) -> Iterator[None]:
    """Turn the first SIGINT or SIGTERM into `stop`, a second SIGINT into `abort`."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    asked = Asked()
    abort = process.abort
    own = os.getpid()

    def on_signal(number: int, _: object) -> None:
        if os.getpid() != own:  # forked, and `forget` is not done
            forget()
            signal.raise_signal(number)
            return
        match asked.by(number, by_parent=_native.sender(number) == os.getppid()):
            case Wish.STOP:
                process.stop()
            case Wish.ABORT:
                abort()

    def interrupt() -> None:
        signal.signal(signal.SIGINT, before[signal.SIGINT])
        signal.raise_signal(signal.SIGINT)

    def forget() -> None:
        # What a handler has forked is ended by its signals, and ends nobody.
        for number, handler in before.items():
            if signal.getsignal(number) is on_signal:
                signal.signal(number, handler)

    before = {number: signal.signal(number, on_signal) for number in process.signals}
    os.register_at_fork(after_in_child=forget)
    for number in process.signals:
        _native.note_sender(number)
    try:
        yield
    finally:
        # `uv run` passes a Ctrl+C on after 0.2 s: it must not kill a program that is ending as it should. Another one
        # is to end what comes after this, or the wait for a thread.
        keeps = asked.before and signal.SIGINT in before
        abort = interrupt
        for number, handler in before.items():
            if not (keeps and number == signal.SIGINT):
                signal.signal(number, handler)
        if keeps:
            atexit.register(signal.signal, signal.SIGINT, signal.SIG_IGN)
