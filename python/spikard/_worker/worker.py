"""The worker of a process: keeps a connection to its front end until it is drained or stopped."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence

from spikard._manifest import BoundRoute
from spikard._native import ChannelLost
from spikard._worker.attach import Unanswered, attach
from spikard._worker.connection import Connection, Refused
from spikard._worker.exchanges import Application
from spikard._worker.services import Services
from spikard.config import ServerConfig

_log = logging.getLogger("spikard")

_FIRST_PAUSE = 0.05
_LONGEST_PAUSE = 1.0

WorkerRefused = Refused


class Worker:
    """Attaches to a front end, and again whenever the connection is lost."""

    def __init__(
        self,
        routes: Sequence[BoundRoute],
        manifest: bytes,
        *,
        directory: str,
        services: Services,
        on_ready: Callable[[], None],
        on_served: Callable[[], None],
        config: ServerConfig,
    ) -> None:
        """Prepare a worker.

        Args:
            routes: in the manifest's order.
            manifest: encoded.
            directory: the front end's endpoint.
            services: what the routes' functions share.
            on_ready: called each time the front end has taken the worker in.
            on_served: called when no requests come any more, before the application is stopped.
            config: how long requests have, from the drain on, when the worker was told to leave; and the application
                to stop.
        """
        self._directory = directory
        self._services = services
        self._application = Application(routes, manifest, services, self._on_ready)
        self._announce = on_ready
        self._on_served = on_served
        self._config = config
        self._last = False
        self._connection: Connection | None = None
        self._leaving = False
        self._told_to_leave = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._starting: asyncio.Task[None] | None = None
        self._pause = _FIRST_PAUSE

    async def run(self) -> None:
        """Start the application, serve until drained, stop the application.

        Raises:
            StartError: the application's lifespan or start failed.
            WorkerRefused: the front end does not take the application as it is.
        """
        self._loop = asyncio.get_running_loop()
        try:
            if not await self._start():
                return
            try:
                await self._serve_on()
            finally:
                self._on_served()
                await self._stop()
        finally:
            self._loop = None

    async def _start(self) -> bool:
        """Tell whether the start was not broken off."""
        # In this task, in which the lifespan ends too: what it has opened may depend on that.
        self._starting = asyncio.current_task()
        try:
            if self._leaving:
                return False
            await self._services.start()
        except asyncio.CancelledError:
            if not self._leaving:
                raise
            return False
        finally:
            self._starting = None
        return True

    async def _stop(self) -> None:
        # In this task, as the start.
        task = asyncio.current_task()
        assert task is not None
        late = False

        def end() -> None:
            nonlocal late
            late = True
            task.cancel()

        limit = self._config.time_to_finish()
        timer = asyncio.get_running_loop().call_later(limit, end)
        try:
            await self._services.stop()
        except asyncio.CancelledError:
            if not late:
                raise
            _log.error("the application has not stopped within %g s, and is given up", limit)
        finally:
            timer.cancel()

    async def _serve_on(self) -> None:
        front_end_left = False
        while True:
            try:
                if await self._serve():
                    return
                front_end_left = True
                _log.debug("the front end has left, the next one may come")
            except (ChannelLost, OSError) as error:
                _log.log(self._severity(error), "not connected to the front end: %s", error)
            if self._leaving or (self._last and front_end_left):
                return
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._told_to_leave.wait(), self._pause)
            self._pause = min(2 * self._pause, _LONGEST_PAUSE)

    async def _serve(self) -> bool:
        """Tell whether this worker is not wanted any more."""
        attached = await attach(self._directory, self._services.threads.limit)
        if self._leaving:
            attached.control.close()
            return True
        connection = self._connection = Connection(self._application, attached)
        try:
            await connection.run()
        finally:
            self._connection = None
        return not connection.front_end_leaves

    @property
    def leaving(self) -> bool:
        """Whether it was told to leave, now or with its front end."""
        return self._leaving or self._last

    def leave(self) -> None:
        """Finish what has begun and end `run`: by a drain, or at once if there is no connection."""
        self._leaving = True
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._break_off)
        if self._connection is not None:
            self._connection.leave(self._config.shutdown_timeout)

    def stay_for_none(self) -> None:
        """End `run` when the front end leaves: there will be no other."""
        self._last = True

    def _break_off(self) -> None:
        self._told_to_leave.set()
        if self._starting is not None:
            self._starting.cancel()

    def _on_ready(self) -> None:
        self._pause = _FIRST_PAUSE
        self._announce()

    def _severity(self, error: Exception) -> int:
        # The first tries belong to starting, or to a front end that is started again; but none of that takes seconds.
        worth_it = isinstance(error, Unanswered) or self._pause >= _LONGEST_PAUSE
        return logging.WARNING if worth_it else logging.DEBUG
