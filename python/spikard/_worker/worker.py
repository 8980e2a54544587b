"""The worker of a process: keeps a connection to its front end until it is drained or stopped."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence

from spikard._manifest import BoundRoute
from spikard._native import ChannelLost
from spikard._worker.attach import attach
from spikard._worker.connection import Application, Connection, Refused
from spikard._worker.threads import HandlerThreads

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
        worker_threads: int,
        on_ready: Callable[[], None],
    ) -> None:
        """Prepare a worker.

        Args:
            routes: in the manifest's order.
            manifest: encoded.
            directory: the front end's endpoint.
            worker_threads: how many handlers that are not `async def` run at once.
            on_ready: called each time the front end has taken the worker in.
        """
        self._directory = directory
        self._threads = HandlerThreads(worker_threads)
        self._application = Application(routes, manifest, self._threads, self._on_ready)
        self._announce = on_ready
        self._connection: Connection | None = None
        self._leaving = False
        self._pause = _FIRST_PAUSE

    async def run(self) -> None:
        """Serve until drained.

        Raises:
            WorkerRefused: the front end does not take the application as it is.
        """
        try:
            while True:
                try:
                    await self._serve()
                    return
                except (ChannelLost, OSError) as error:
                    _log.log(self._severity(), "not connected to the front end: %s", error)
                if self._leaving:
                    return
                await asyncio.sleep(self._pause)
                self._pause = min(2 * self._pause, _LONGEST_PAUSE)
        finally:
            self._threads.shutdown()

    async def _serve(self) -> None:
        attached = await attach(self._directory)
        if self._leaving:
            attached.control.close()
            return
        self._connection = Connection(self._application, attached)
        try:
            await self._connection.run()
        finally:
            self._connection = None

    def leave(self) -> None:
        """Finish what has begun and end `run`: by a drain, or at once if there is no connection."""
        self._leaving = True
        if self._connection is not None:
            self._connection.leave()

    def _on_ready(self) -> None:
        self._pause = _FIRST_PAUSE
        self._announce()

    def _severity(self) -> int:
        # The first tries belong to starting, or to a front end that is started again.
        return logging.WARNING if self._pause >= _LONGEST_PAUSE else logging.DEBUG
