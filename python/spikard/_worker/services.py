"""What the functions of one worker share besides its connection: lifespan, singletons, threads, background work."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from spikard import _handler
from spikard._inject import Binder, Singletons
from spikard._inject.scope import Scope
from spikard._inject.steps import before
from spikard._mount.lifespan import running
from spikard._worker.threads import HandlerThreads
from spikard.background import Background
from spikard.exceptions import StartError

if TYPE_CHECKING:
    from spikard._inject import Dependencies
    from spikard.app import Spikard
    from spikard.config import ServerConfig

_log = logging.getLogger("spikard")


class Services:
    """Made with the worker, started before its first exchange, stopped after its last."""

    def __init__(self, app: Spikard, config: ServerConfig) -> None:
        """Start nothing yet."""
        self._app = app
        self.threads = HandlerThreads(config.worker_threads)
        self.background = Background(config.background_tasks, self.threads)
        self.singletons = Singletons()
        self._stack = contextlib.AsyncExitStack()
        self._scope = Scope(None, None, [], self.threads)
        self._rebind: Callable[[], None] | None = None
        self._startup: list[_Hook] = []
        self._shutdown: list[_Hook] = []

    def bind(self, dependencies: Dependencies, rebind: Callable[[], None]) -> None:
        """Bind the functions that run when the worker starts and stops.

        Args:
            dependencies: of the application.
            rebind: to be called when they change.

        Raises:
            StartError: one of them cannot be bound.
        """
        self._rebind = rebind
        hooks = self._app.hooks
        binder = Binder((), None, dependencies, self)
        self._startup = [_Hook(binder, function, self._app) for function in hooks.on_startup]
        self._shutdown = [_Hook(binder, function, self._app) for function in hooks.on_shutdown]

    async def start(self) -> None:
        """Enter the lifespans, the mounted applications' last, then run what was registered for the start.

        Raises:
            StartError: one of them failed; what had begun was ended.
        """
        self.background.start()
        if self._rebind:
            self._app.rebinders.append(self._rebind)
        try:
            if self._app.lifespan is not None:
                await self._enter(self._app.lifespan)
            await self._enter_mounted()
            for hook in self._startup:
                await _started(hook.place, hook.run())
        except BaseException as error:
            await self.background.drain()
            await self._end(error)
            raise

    async def stop(self) -> None:
        """Finish the background work, then run what was registered for the stop, then leave the lifespan."""
        await self.background.drain()
        for hook in self._shutdown:
            await _anyway(hook.place, hook.run())
        await self._end(None)
        self.threads.shutdown()

    async def _end(self, error: BaseException | None) -> None:
        if self._rebind in self._app.rebinders:
            self._app.rebinders.remove(self._rebind)
        await _anyway("the end of a dependency", self.singletons.close(self._scope))
        try:
            await self._stack.__aexit__(type(error) if error else None, error, None)
        except BaseException as raised:
            if raised is error:
                return
            if _is_order(raised):
                raise
            _log.exception("the end of the lifespan failed")

    async def _enter(self, lifespan: Callable[..., Any]) -> None:
        place = _handler.place(lifespan)
        takes_app = len(inspect.signature(lifespan).parameters) > 0
        if inspect.isasyncgenfunction(lifespan):
            lifespan = contextlib.asynccontextmanager(lifespan)
        manager = lifespan(self._app) if takes_app else lifespan()
        if not isinstance(manager, contextlib.AbstractAsyncContextManager):
            raise StartError(f"{place}: lifespan must be an async generator or an async context manager")
        state = await _started(place, self._stack.enter_async_context(manager))
        if isinstance(state, dict):
            vars(self._app.state).update(state)

    async def _enter_mounted(self) -> None:
        states: dict[int, dict[str, Any]] = {}
        for route in self._app.get_routes():
            mounted = route.mounted
            if mounted is None or mounted.interface != "asgi":
                continue
            # However often it is mounted.
            if id(mounted.app) not in states:
                manager = running(mounted.app, route.place)
                states[id(mounted.app)] = await self._stack.enter_async_context(manager)
            mounted.state = states[id(mounted.app)]


class _Hook:
    """A function that is called once per worker."""

    def __init__(self, binder: Binder, function: Callable[..., Any], app: Spikard) -> None:
        part = binder.part(function, "startup", late=True)
        call = before(part.steps, part.call, part.flow == "async")
        self.place = part.place

        async def run() -> None:
            scope = binder.scope(None, None)
            try:
                await call(scope, {"app": app})
            finally:
                await scope.close()

        self.run: Callable[[], Awaitable[None]] = run


def _is_order(error: BaseException) -> bool:
    """Whether somebody wants the end of this task, which before Python 3.11 any CancelledError has to mean.

    Else it is the application's own: `await` of a task that it has cancelled raises one, too.
    """
    if not isinstance(error, asyncio.CancelledError):
        return isinstance(error, GeneratorExit)
    cancelling = getattr(asyncio.current_task(), "cancelling", None)
    return cancelling is None or cancelling() > 0


async def _anyway(place: str, ending: Awaitable[None]) -> None:
    """Do one of the things that end an application; what it raises is no reason to leave the others."""
    try:
        await ending
    except BaseException as error:
        if _is_order(error):
            raise
        _log.exception("%s failed", place)


async def _started(place: str, starting: Awaitable[Any]) -> Any:
    try:
        return await starting
    except BaseException as error:
        if _is_order(error):
            raise
        _log.debug("%s failed", place, exc_info=error)
        at = error.__traceback__
        while at and at.tb_next:
            at = at.tb_next
        where = f" at {at.tb_frame.f_code.co_filename}:{at.tb_lineno}" if at else ""
        text = " ".join(f"{type(error).__name__}: {error}".split())
        raise StartError(f"{place} failed{where}: {text}") from error
