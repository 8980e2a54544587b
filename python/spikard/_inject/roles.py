"""Parameters that only some functions have: the response of a response hook, the error of an exception handler."""

from __future__ import annotations

import functools
import inspect
import types
import typing
from collections.abc import Callable, Collection
from typing import Any, Literal, Union

from spikard._signature import hints
from spikard.requests import Request
from spikard.responses import Response

Role = Literal["request", "response", "error", "call_next", "app"]
Kind = Literal[
    "handler", "request hook", "response hook", "error hook", "exception handler", "middleware", "startup"
]

# By kind: what a function may ask for, in the order in which parameters without a type get them.
_ROLES: dict[Kind, tuple[Role, ...]] = {
    "handler": (),
    "request hook": ("request",),
    "response hook": ("request", "response"),
    "error hook": ("request", "response", "error"),
    "exception handler": ("request", "error"),
    "middleware": ("request", "call_next"),
    "startup": ("app",),
}
_NAMES: dict[str, Role] = {
    **dict.fromkeys(("request", "req"), "request"),
    **dict.fromkeys(("response", "resp"), "response"),
    **dict.fromkeys(("error", "err", "exception", "exc", "e"), "error"),
    "call_next": "call_next",
    "app": "app",
}


def assign(function: Callable[..., Any], kind: Kind, taken: Collection[str]) -> dict[str, Role]:
    """Say which parameters of a function are for what its kind brings: by type, then by name, then in order.

    Args:
        function: of the application.
        kind: what it was registered as.
        taken: names that have another meaning.
    """
    roles = _ROLES[kind]
    if not roles:
        return {}
    found: dict[str, Role] = {}
    rest: list[str] = []
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        annotation = hints.evaluate(function, parameter)
        untyped = annotation is hints.UNANNOTATED or annotation is Any
        role = _NAMES.get(name) if untyped or name == "call_next" else _by_type(annotation)
        if role in roles and role not in found.values():
            found[name] = role
        elif untyped and name not in taken and parameter.default is parameter.empty:
            rest.append(name)
    # The last ones are what the kind is about: one parameter of a response hook is the response.
    free = [role for role in roles if role not in found.values()]
    rest = rest[: len(free)]
    return found | dict(zip(rest, free[-len(rest) :] if rest else [], strict=True))


def without(function: Callable[..., Any], names: Collection[str]) -> Callable[..., Any]:
    """Give the function as it looks without these parameters; not to be called."""
    if not names:
        return function
    signature = inspect.signature(function)
    rest = [parameter for name, parameter in signature.parameters.items() if name not in names]

    @functools.wraps(function)
    def stand_in() -> None: ...

    stand_in.__signature__ = signature.replace(parameters=rest)  # type: ignore[attr-defined]
    return stand_in


def _by_type(annotation: Any) -> Role | None:
    if typing.get_origin(annotation) in (Union, types.UnionType):
        found = {_by_type(member) for member in typing.get_args(annotation) if member is not types.NoneType}
        return found.pop() if len(found) == 1 else None
    if not isinstance(annotation, type):
        return None
    from spikard.app import Spikard

    types_: tuple[tuple[type, Role], ...] = (
        (Request, "request"),
        (Response, "response"),
        (BaseException, "error"),
        (Spikard, "app"),
    )
    return next((role for base, role in types_ if issubclass(annotation, base)), None)
