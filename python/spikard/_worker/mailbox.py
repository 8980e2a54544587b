"""What threads have to tell the loop, which takes all at once: to be woken costs it more than the news."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Mailbox(Generic[T]):
    """Takes letters from any thread; the loop takes them in the order they came.

    Attributes:
        loop: that takes them.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, take: Callable[[deque[T]], None]) -> None:
        """Begin empty.

        Args:
            loop: that takes them.
            take: called by it with letters, all of which it takes away; what comes meanwhile is among them.
        """
        self.loop = loop
        self._take = take
        self._letters: deque[T] = deque()
        self._told = False

    def put(self, letter: T) -> None:
        """Hand over a letter."""
        self._letters.append(letter)
        # In this order on both sides, so that nothing is left untold.
        if not self._told:
            self._told = True
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
                self.loop.call_soon_threadsafe(self._empty)

    def _empty(self) -> None:
        self._told = False
        self._take(self._letters)
