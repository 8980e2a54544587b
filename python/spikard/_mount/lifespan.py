"""The lifespan of a mounted ASGI application (ASGI, "Lifespan Protocol")."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from typing import Any

from spikard._mount.asgi import VERSIONS, App, Message
from spikard.exceptions import StartError

_log = logging.getLogger("spikard")


@contextlib.asynccontextmanager
async def running(app: App, place: str) -> AsyncIterator[dict[str, Any]]:
    """Start the application and stop it; gives the state that it has filled.

    An application that raises before it has answered has no lifespan, and is served without.

    Args:
        app: the application.
        place: how messages name it.

    Raises:
        StartError: it says that it cannot start.
    """
    lifespan = _Lifespan()
    task = asyncio.ensure_future(lifespan.run(app))
    try:
        await lifespan.tell("startup", task)
        if lifespan.failure is not None:
            _log.debug("%s: %s", place, lifespan.failure)
            # Some give a whole traceback.
            reason = lifespan.failure.strip().rpartition("\n")[2] or "it does not say why"
            raise StartError(f"{place} failed to start: {reason}")
        yield lifespan.state
        if not task.done():
            await lifespan.tell("shutdown", task)
            if lifespan.failure is not None:
                _log.error("%s failed to stop: %s", place, lifespan.failure)
    finally:
        if not lifespan.complete:
            task.cancel()
        await asyncio.wait({task})
        error = None if task.cancelled() else task.exception()
        if error is not None and lifespan.failure is None:
            if lifespan.started:
                _log.error("the lifespan of %s failed", place, exc_info=error)
            else:
                _log.debug("%s has no lifespan", place, exc_info=error)


class _Lifespan:
    """The messages of one lifespan."""

    def __init__(self) -> None:
        self.state: dict[str, Any] = {}
        self.started = False
        self.complete = False
        self.failure: str | None = None
        self._asked: asyncio.Queue[Message] = asyncio.Queue()
        self._answered = asyncio.Event()

    async def run(self, app: App) -> None:
        scope = {"type": "lifespan", "asgi": VERSIONS.copy(), "state": self.state}
        await app(scope, self._asked.get, self._send)

    async def tell(self, what: str, task: asyncio.Task[None]) -> None:
        """Send a message and wait for the answer, or for the application's end."""
        self._answered.clear()
        self._asked.put_nowait({"type": f"lifespan.{what}"})
        answered = asyncio.ensure_future(self._answered.wait())
        try:
            await asyncio.wait({answered, task}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            answered.cancel()

    async def _send(self, message: Message) -> None:
        kind = message["type"]
        if kind == "lifespan.startup.complete":
            self.started = True
        elif kind == "lifespan.shutdown.complete":
            self.complete = True
        elif kind in ("lifespan.startup.failed", "lifespan.shutdown.failed"):
            self.failure = message.get("message", "")
        else:
            raise RuntimeError(f"{kind} is out of turn")
        self._answered.set()
