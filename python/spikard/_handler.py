"""What can be told of a handler without calling it."""

from __future__ import annotations

import contextlib
import functools
import inspect
import sys
from collections.abc import Callable
from typing import Any


def innermost(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Find the function as written, below partials, methods, callable objects and `functools.wraps`."""
    inner = inspect.unwrap(_called(handler))
    if inspect.ismethod(inner):
        inner = inner.__func__
    inner = _method_call(inner) or inner
    return inner if inner is handler else innermost(inner)


def name(handler: Callable[..., Any]) -> str:
    """Give the name users know the handler by."""
    handler = _called(handler)
    return getattr(handler, "__name__", type(handler).__name__)


def place(handler: Callable[..., Any]) -> str:
    """Name the handler with file and line: `show (server.py:12)`."""
    inner = innermost(handler)
    code = getattr(inner, "__code__", None)
    if code:
        return f"{name(handler)} ({code.co_filename}:{code.co_firstlineno})"
    if isinstance(inner, type):
        with contextlib.suppress(OSError, TypeError):
            return f"{name(handler)} ({inspect.getsourcefile(inner)}:{inspect.getsourcelines(inner)[1]})"
    return name(handler)


def namespace(handler: Callable[..., Any]) -> dict[str, Any]:
    """Give the global names at the place where the function or class was written."""
    inner = innermost(handler)
    if isinstance(inner, type):
        return vars(sys.modules[inner.__module__]) if inner.__module__ in sys.modules else {}
    return getattr(inner, "__globals__", {})


def is_generator(handler: Callable[..., Any]) -> bool:
    """Tell whether calling the handler gives a generator."""
    handler = _called(handler)
    return inspect.isgeneratorfunction(handler) or inspect.isgeneratorfunction(_method_call(handler))


def is_async_generator(handler: Callable[..., Any]) -> bool:
    """Tell whether calling the handler gives an async generator."""
    handler = _called(handler)
    return inspect.isasyncgenfunction(handler) or inspect.isasyncgenfunction(_method_call(handler))


def is_async(handler: Callable[..., Any]) -> bool:
    """Tell whether calling the handler gives a coroutine and runs nothing of it."""
    handler = _called(handler)
    return inspect.iscoroutinefunction(handler) or inspect.iscoroutinefunction(_method_call(handler))


def _called(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Give what a partial calls."""
    return _called(handler.func) if isinstance(handler, functools.partial) else handler


def _method_call(handler: object) -> Callable[..., Any] | None:
    """Give the method that makes an object callable; None for functions and classes."""
    method = inspect.getattr_static(type(handler), "__call__", None)
    return method if inspect.isfunction(method) else None
