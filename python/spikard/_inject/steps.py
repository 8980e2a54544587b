"""Steps: what is done in a scope, one after the other, with as few changes of thread as can be."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from spikard._inject.scope import Scope


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """Makes one dependency.

    Attributes:
        make: puts it into the scope; a coroutine function if `is_async`.
        is_async: else it may block, and belongs into a thread.
        ends: whether there is something to be done when the scope is closed.
    """

    make: Callable[[Scope], Any]
    is_async: bool
    ends: bool = False


async def _nothing(scope: Scope) -> None:
    pass


def in_order(steps: Iterable[Step]) -> Callable[[Scope], Awaitable[None]]:
    """Make one function of many; neighbours that may block share one visit to a thread."""
    runs = [
        run
        for is_async, group in groupby(steps, lambda step: step.is_async)
        for run in ([step.make for step in group] if is_async else [_in_thread(tuple(group))])
    ]
    if not runs:
        return _nothing
    if len(runs) == 1:
        return runs[0]

    async def run_all(scope: Scope) -> None:
        for run in runs:
            await run(scope)

    return run_all


def before(
    steps: tuple[Step, ...], call: Callable[..., Any], is_async: bool
) -> Callable[..., Awaitable[Any]]:
    """Make one function of steps and the call that they are for; it takes and gives what the call does.

    Args:
        steps: what makes the call's dependencies.
        call: takes the scope first.
        is_async: whether the call gives a coroutine; else it may block.
    """
    if is_async:
        if not steps:
            return call
        make = in_order(steps)

        async def on_loop(scope: Scope, *more: Any) -> Any:
            await make(scope)
            return await call(scope, *more)

        return on_loop
    at = len(steps)
    while at and not steps[at - 1].is_async:
        at -= 1
    first, last = in_order(steps[:at]), tuple(step.make for step in steps[at:])

    def together(scope: Scope, *more: Any) -> Any:
        for make in last:
            make(scope)
        return call(scope, *more)

    async def in_thread(scope: Scope, *more: Any) -> Any:
        if at:
            await first(scope)
        result = await scope.threads.run(together, scope, *more)
        # Of a function that is no `async def`, but gives what can be awaited, like many decorators' products.
        return await result if isinstance(result, Awaitable) else result

    return in_thread


def _in_thread(steps: tuple[Step, ...]) -> Callable[[Scope], Awaitable[None]]:
    def make_all(scope: Scope) -> None:
        for step in steps:
            step.make(scope)

    async def run(scope: Scope) -> None:
        await scope.threads.run(make_all, scope)

    return run
