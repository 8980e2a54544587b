"""What can be told of a handler without calling it."""

from __future__ import annotations
import __future__

import contextlib
import functools
import inspect
import re
import sys
import weakref
from collections.abc import Callable
from typing import Any

# By function: the names in its annotations that were local where it was declared.
_local_names: weakref.WeakKeyDictionary[Any, dict[str, Any]] = weakref.WeakKeyDictionary()


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


def remember_names(handler: Callable[..., Any]) -> None:
    """Keep what the annotations of a function mean in the function that declares it, which calls this package now.

    `from __future__ import annotations` leaves them as text, which the module's names do not explain if a type was made
    in a function, as in `create_app`.
    """
    inner = innermost(handler)
    code = getattr(inner, "__code__", None)
    if code is None or not code.co_flags & __future__.annotations.compiler_flag:
        return
    frame = inspect.currentframe()
    while frame is not None and frame.f_globals.get("__name__", "").partition(".")[0] == "spikard":
        frame = frame.f_back
    if frame is None or frame.f_locals is frame.f_globals:
        return
    words = set(re.findall(r"\w+", " ".join(map(str, inner.__annotations__.values()))))
    _local_names[inner] = {name: value for name, value in frame.f_locals.items() if name in words}


def namespace(handler: Callable[..., Any]) -> dict[str, Any]:
    """Give the names that annotations of the function or class may use."""
    inner = innermost(handler)
    if isinstance(inner, type):
        return vars(sys.modules[inner.__module__]) if inner.__module__ in sys.modules else {}
    names = getattr(inner, "__globals__", {})
    local = _local_names.get(inner) if inspect.isfunction(inner) else None
    return {**names, **local} if local else names


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
