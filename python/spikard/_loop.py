"""The event loop of a process: uvloop's if it is there, from its making to its end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from spikard._log import log
from spikard.config import CANCELLED_WITHIN


def run_loop(main: Coroutine[Any, Any, None]) -> None:
    """Run to the end on a new loop, uvloop's if there; from Python 3.11 asyncio.Runner does the same."""
    loop = _loop_factory()()
    try:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(main)
    finally:
        try:
            loop.run_until_complete(_end_tasks(asyncio.all_tasks(loop)))
            loop.run_until_complete(loop.shutdown_asyncgens())
        finally:
            asyncio.set_event_loop(None)
            loop.close()


async def _end_tasks(tasks: set[asyncio.Task[Any]]) -> None:
    """End what the application has left, as far as it lets itself be ended."""
    for task in tasks:
        task.cancel()
    if tasks:
        ended, left = await asyncio.wait(tasks, timeout=CANCELLED_WITHIN)
        for task in ended:
            if not task.cancelled():
                task.exception()  # somebody has asked: asyncio says nothing of it
        for task in left:
            log.warning("a task goes on though it was cancelled, and is given up: %r", task.get_coro())


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop
    return uvloop.new_event_loop
