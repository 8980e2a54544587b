"""What can be told of a handler without calling it."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any


def innermost(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Find the function as written, below partials, methods, callable objects and `functools.wraps`."""
    while True:
        if isinstance(handler, functools.partial):
            handler = handler.func
        elif hasattr(handler, "__wrapped__"):
            handler = handler.__wrapped__
        elif inspect.ismethod(handler):
            handler = handler.__func__
        else:
            return _method_call(handler) or handler


def name(handler: Callable[..., Any]) -> str:
    """Give the name users know the handler by."""
    while isinstance(handler, functools.partial):
        handler = handler.func
    return getattr(handler, "__name__", type(handler).__name__)


def place(handler: Callable[..., Any]) -> str:
    """Name the handler with file and line: `show (server.py:12)`."""
    code = getattr(innermost(handler), "__code__", None)
    return f"{name(handler)} ({code.co_filename}:{code.co_firstlineno})" if code else name(handler)


def is_async(handler: Callable[..., Any]) -> bool:
    """Tell whether calling the handler gives a coroutine and runs nothing of it."""
    return inspect.iscoroutinefunction(handler) or inspect.iscoroutinefunction(_method_call(handler))


def _method_call(handler: object) -> Callable[..., Any] | None:
    """Give the method that makes an object callable; None for functions and classes."""
    method = inspect.getattr_static(type(handler), "__call__", None)
    return method if inspect.isfunction(method) else None
