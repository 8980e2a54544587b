from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import pytest

from spikard import _handler


def blocking() -> None: ...


async def awaiting() -> None: ...


class Blocking:
    def __call__(self) -> None: ...

    def method(self) -> None: ...


class Awaiting:
    async def __call__(self) -> None: ...

    async def method(self) -> None: ...


class Inheriting(Awaiting):
    pass


@functools.wraps(awaiting)
def wrapping() -> Any:
    return awaiting()


CASES: list[tuple[Any, str, Callable[..., Any], bool]] = [
    (blocking, "blocking", blocking, False),
    (awaiting, "awaiting", awaiting, True),
    (functools.partial(awaiting), "awaiting", awaiting, True),
    (Blocking(), "Blocking", Blocking.__call__, False),
    (Awaiting(), "Awaiting", Awaiting.__call__, True),
    (Inheriting(), "Inheriting", Awaiting.__call__, True),
    (Blocking().method, "method", Blocking.method, False),
    (Awaiting().method, "method", Awaiting.method, True),
    (wrapping, "awaiting", awaiting, False),
    (functools.partial(functools.partial(Awaiting())), "Awaiting", Awaiting.__call__, True),
]


@pytest.mark.parametrize(("handler", "name", "written", "is_async"), CASES)
def test_handler(handler: Any, name: str, written: Callable[..., Any], is_async: bool) -> None:
    assert _handler.innermost(handler) is written
    assert _handler.is_async(handler) is is_async
    assert _handler.place(handler) == f"{name} ({__file__}:{written.__code__.co_firstlineno})"


def test_place_of_what_has_no_line() -> None:
    assert _handler.place(len) == "len"
