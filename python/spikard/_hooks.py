"""What an application has registered to run around its handlers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from spikard.exceptions import HTTPException, MalformedBody, RequestValidationError

Function = Callable[..., Any]

# What they answer is said by their own class, not by a handler for one of its bases.
_BUILT_IN = (HTTPException, RequestValidationError, MalformedBody)


@dataclass(slots=True)
class Hooks:
    """Functions by when they run, in the order of registration."""

    on_request: list[Function] = field(default_factory=list)
    pre_validation: list[Function] = field(default_factory=list)
    pre_handler: list[Function] = field(default_factory=list)
    on_response: list[Function] = field(default_factory=list)
    on_error: list[Function] = field(default_factory=list)
    middleware: list[Function] = field(default_factory=list)
    on_startup: list[Function] = field(default_factory=list)
    on_shutdown: list[Function] = field(default_factory=list)
    exception_handlers: dict[type[Exception] | int, Function] = field(default_factory=dict)

    @property
    def around_requests(self) -> bool:
        """Whether any of them has to do with requests."""
        return bool(
            self.on_request
            or self.pre_validation
            or self.pre_handler
            or self.on_response
            or self.on_error
            or self.middleware
            or self.exception_handlers
        )

    @property
    def want_verdicts(self) -> bool:
        """Whether they are to hear of requests that do not fit their route."""
        handled = {RequestValidationError, MalformedBody, 400, 422}
        return bool(
            self.on_request
            or self.pre_validation
            or self.middleware
            or handled.intersection(self.exception_handlers)
        )


def choose(handlers: dict[type[Exception] | int, Any], error: Exception, status: int) -> Any:
    """Find what handles an error: by its status, then by its class and the classes above; None if nothing does."""
    expected = isinstance(error, _BUILT_IN)
    if expected and status in handlers:
        return handlers[status]
    for cls in type(error).__mro__:
        if cls in handlers:
            return handlers[cls]
        if cls in _BUILT_IN:
            return None
    return handlers.get(500)
