"""What is made once per worker."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import TYPE_CHECKING, Any

from spikard._inject.scope import MISSING, Exit, Scope

if TYPE_CHECKING:
    from spikard._inject.binder import Binder


class _Cell:
    def __init__(self) -> None:
        self.value = MISSING
        self.lock = asyncio.Lock()


class Singletons:
    """Made when they are first wanted, ended with the worker."""

    def __init__(self) -> None:
        """Nothing is made yet."""
        self._cells: dict[Hashable, _Cell] = {}
        self._exits: list[Exit] = []

    def getter(
        self, identity: Hashable, binder: Binder, make: Callable[[Scope], Awaitable[None]]
    ) -> Callable[[], Awaitable[Any]]:
        """Give a function that gives the singleton; `make` puts it first among the values of a scope of `binder`."""
        cell = self._cells.setdefault(identity, _Cell())

        async def get() -> Any:
            if cell.value is not MISSING:
                return cell.value
            async with cell.lock:
                if cell.value is MISSING:
                    scope = binder.scope(None, None)
                    try:
                        await make(scope)
                    except BaseException as error:
                        instead = await scope.throw(error)
                        if instead is error:
                            raise
                        raise instead from error
                    self._exits += scope.exits
                    cell.value = scope.values[0]
            return cell.value

        return get

    async def close(self, scope: Scope) -> None:
        """End the generators among them, the last first."""
        scope.exits, self._exits = self._exits, []
        await scope.close()
