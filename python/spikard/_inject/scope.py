"""What is made for one exchange, and how it is ended."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import AsyncGenerator, Generator
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from spikard._exchange import Exchange
    from spikard._worker.threads import HandlerThreads
    from spikard.requests import Request

_log = logging.getLogger("spikard")


class _Missing:
    """Nothing was made yet."""


MISSING: Any = _Missing()


class Exit(NamedTuple):
    """A generator that waits at its `yield`."""

    generator: Generator[Any, Any, Any] | AsyncGenerator[Any, Any]
    is_async: bool
    at: int
    place: str


class Scope:
    """The values of one exchange, or of a worker.

    Attributes:
        exchange: None in the scope of a worker.
        request: as the functions see it; a hook may put another one in its place.
        values: of the dependencies, `MISSING` until they are made.
        exits: the generators among them, in the order in which they began.
    """

    __slots__ = ("exchange", "exits", "request", "threads", "values")

    def __init__(self, exchange: Any, request: Any, values: list[Any], threads: HandlerThreads) -> None:
        """Begin with what is there from the start."""
        self.exchange: Exchange = exchange
        self.request: Request = request
        self.values = values
        self.exits: list[Exit] = []
        self.threads = threads

    async def close(self) -> None:
        """End the generators, the last first; what they raise goes into the log."""
        while self.exits:
            await self._end(self.exits.pop())

    async def _end(self, exit_: Exit) -> None:
        try:
            await self._step(exit_, None)
        except Exception:
            _log.exception("the end of %s failed", exit_.place)
        except BaseException:  # the others have to be ended too
            await self.close()
            raise

    async def throw(self, error: BaseException) -> BaseException:
        """Raise an error in the generators, the last first; gives it, or what they raised in its place."""
        while self.exits:
            try:
                await self._step(self.exits.pop(), error)
            except BaseException as raised:  # noqa: PERF203 (each is raised in the next)
                error = raised
        return error

    async def _step(self, exit_: Exit, error: BaseException | None) -> None:
        generator, is_async, at, place = exit_
        # Who wants it after this gets another one.
        self.values[at] = MISSING
        if is_async:
            with contextlib.suppress(StopAsyncIteration):
                await (generator.__anext__() if error is None else generator.athrow(error))  # type: ignore[union-attr]
                raise RuntimeError(f"{place} yields more than once")
        elif await self.threads.run(_resume, generator, error):
            raise RuntimeError(f"{place} yields more than once")


def _resume(generator: Generator[Any, Any, Any], error: BaseException | None) -> bool:
    """Tell whether it yields again."""
    try:
        if error is None:
            next(generator)
        else:
            generator.throw(error)
    except StopIteration:
        return False
    return True
