"""What runs around handlers: hooks, middleware, exception handlers, dependencies (docs/hooks.md)."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar, overload

from spikard import _handler
from spikard._hooks import Hooks
from spikard.di import Provide
from spikard.exceptions import StartError

__all__ = ["Around"]

Function = TypeVar("Function", bound=Callable[..., Any])


class Around:
    """What `Spikard` has besides routes. Decorators give the function itself; all is bound at start."""

    def __init__(self) -> None:
        """Start with nothing around the handlers."""
        self.hooks = Hooks()
        self._provided: dict[Any, Provide] = {}
        self._overrides: list[dict[Any, Provide]] = []
        # Of the workers that run in this process.
        self.rebinders: list[Callable[[], None]] = []

    # ---- hooks

    def on_request(self, function: Function) -> Function:
        """Run first of all; return None or the request to go on, a `Response` to end."""
        return _added(self.hooks.on_request, function)

    def pre_validation(self, function: Function) -> Function:
        """Run before a request that does not fit its route is refused; returns as `on_request` does."""
        return _added(self.hooks.pre_validation, function)

    def pre_handler(self, function: Function) -> Function:
        """Run before the handler and its dependencies; returns as `on_request` does."""
        return _added(self.hooks.pre_handler, function)

    def on_response(self, function: Function) -> Function:
        """Run on the response of a handler; return it, another one, or None to leave it."""
        return _added(self.hooks.on_response, function)

    def on_error(self, function: Function) -> Function:
        """Run on the response to an exception, which a parameter `error` gets; returns as `on_response` does."""
        return _added(self.hooks.on_error, function)

    def on_startup(self, function: Function) -> Function:
        """Run in each worker before its first request, within the lifespan."""
        return _added(self.hooks.on_startup, function)

    def on_shutdown(self, function: Function) -> Function:
        """Run in each worker after its last request, within the lifespan."""
        return _added(self.hooks.on_shutdown, function)

    def get_lifecycle_hooks(self) -> dict[str, list[Callable[..., Any]]]:
        """Give the hooks of requests by name, in the order in which they run."""
        names = ("on_request", "pre_validation", "pre_handler", "on_response", "on_error")
        return {name: list(getattr(self.hooks, name)) for name in names}

    @overload
    def middleware(self, function: Function, /) -> Function: ...
    @overload
    def middleware(self, kind: str = "http", /) -> Callable[[Function], Function]: ...
    def middleware(self, function: Any = "http", /) -> Any:
        """Run `async def m(request, call_next)` around everything else; the first one registered is outermost."""
        if isinstance(function, str):
            return self.middleware
        return _added(self.hooks.middleware, function)

    def exception_handler(self, key: type[Exception] | int) -> Callable[[Function], Function]:
        """Answer an exception by the decorated function, which gets it and, if it likes, the request.

        Args:
            key: the class, also for those below it that have no handler of their own; or the status of an
                `HTTPException` (400 and 422 also of requests that do not fit, 500 of all that nobody handles).

        Raises:
            TypeError: `key` is neither.
        """
        is_status = isinstance(key, int) and not isinstance(key, bool) and 300 <= key <= 599
        if not is_status and not (isinstance(key, type) and issubclass(key, Exception)):
            raise TypeError(
                f"exception_handler takes a class of exceptions or a status of 300 to 599, not {key!r}"
            )

        def register(function: Function) -> Function:
            self.hooks.exception_handlers[key] = _callable(function)
            return function

        return register

    # ---- dependencies

    def provide(self, key: type | str, dependency: Any) -> Any:
        """Fill parameters of this type or name, of handlers, hooks and dependencies.

        Args:
            key: the type or the name.
            dependency: a `Provide`; or what could be given to one.

        Returns:
            The application, so that calls can be chained. A later `provide` of the same key replaces.

        Raises:
            TypeError: `key` is neither a type nor a name.
        """
        if not isinstance(key, (str, type)):
            raise TypeError(f"a dependency's key is a name or a type, not {key!r}")
        self._provided[key] = _provide(dependency).of(key)
        return self

    def get_dependencies(self) -> dict[Any, Provide]:
        """Give what is provided, by key."""
        return dict(self._provided)

    @contextlib.contextmanager
    def override(self, dependencies: Mapping[Any, Any]) -> Iterator[None]:
        """Replace dependencies for the time of a `with`, as in tests; where the application runs too.

        Args:
            dependencies: by name, by type, or by the function that is given in place.

        Raises:
            StartError: a replacement cannot be made; or the application runs, and it wants something of the
                request that nobody wanted before.
        """
        overrides = {key: _provide(dependency) for key, dependency in dependencies.items()}
        self._overrides.append(overrides)
        try:
            self._rebind()
            yield
        finally:
            self._overrides.remove(overrides)
            self._rebind()

    def _rebind(self) -> None:
        for rebind in list(self.rebinders):
            rebind()

    @property
    def overrides(self) -> dict[Any, Provide]:
        """What is overridden now; what was said last counts."""
        return {key: provide for overrides in self._overrides for key, provide in overrides.items()}


def _provide(dependency: Any) -> Provide:
    return dependency if isinstance(dependency, Provide) else Provide(dependency)


def _callable(function: Function) -> Function:
    if not callable(function):
        raise StartError(f"{function!r} is not a function")
    _handler.remember_names(function)
    return function


def _added(hooks: list[Callable[..., Any]], function: Function) -> Function:
    hooks.append(_callable(function))
    return function
