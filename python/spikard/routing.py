"""Declaring routes: on a `Router`, or on module level on the default router, which every app takes in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from spikard import _handler
from spikard._mount.options import MountOptions, mount_routes
from spikard._route import Route, RouteOptions, checked_dependencies
from spikard.di import Provide
from spikard.exceptions import StartError

if TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = [
    "Registry",
    "Route",
    "RouteOptions",
    "Router",
    "delete",
    "get",
    "get_default_router",
    "head",
    "options",
    "patch",
    "post",
    "put",
    "reset_default_router",
    "route",
    "sse",
    "trace",
]

Handler = TypeVar("Handler", bound=Callable[..., Any])


class _Included(NamedTuple):
    registry: Registry
    prefix: str


class Registry:
    """What `Spikard` and `Router` have in common: routes are declared on them, and routers included."""

    def __init__(self) -> None:
        """Start without routes."""
        self._entries: list[Route | _Included] = []

    def get(self, path: str, **options: Unpack[RouteOptions]) -> Callable[[Handler], Handler]:
        """Answer GET, and with it HEAD, by the decorated function."""
        return self.route(path, "GET", **options)

    def post(self, path: str, **options: Unpack[RouteOptions]) -> Callable[[Handler], Handler]:
        """Answer POST by the decorated function."""
        return self.route(path, "POST", **options)

    def put(self, path: str, **options: Unpack[RouteOptions]) -> Callable[[Handler], Handler]:
        """Answer PUT by the decorated function."""
        return self.route(path, "PUT", **options)

    def patch(self, path: str, **options: Unpack[RouteOptions]) -> Callable[[Handler], Handler]:
        """Answer PATCH by the decorated function."""
        return self.route(path, "PATCH", **options)

    def delete(self, path: str, **options: Unpack[RouteOptions]) -> Callable[[Handler], Handler]:
        """Answer DELETE by the decorated function."""
        return self.route(path, "DELETE", **options)

    def head(self, path: str, **options: Unpack[RouteOptions]) -> Callable[[Handler], Handler]:
        """Answer HEAD by the decorated function; GET routes do so by themselves."""
        return self.route(path, "HEAD", **options)

    def options(self, path: str, **options: Unpack[RouteOptions]) -> Callable[[Handler], Handler]:
        """Answer OPTIONS by the decorated function; every path does so by itself."""
        return self.route(path, "OPTIONS", **options)

    def trace(self, path: str, **options: Unpack[RouteOptions]) -> Callable[[Handler], Handler]:
        """Answer TRACE by the decorated function."""
        return self.route(path, "TRACE", **options)

    def sse(self, path: str, **options: Unpack[RouteOptions]) -> Callable[[Handler], Handler]:
        """Answer GET with server-sent events, which the decorated async generator gives.

        They are `SseEvent`, text, or what JSON can express. A client that comes back says where it was in the
        field `Last-Event-ID`. A handler may also return a response instead.

        Raises:
            StartError: the function is a generator, but not an async one.
        """
        register: Callable[[Handler], Handler] = self.route(path, "GET", **options)

        def checked(handler: Handler) -> Handler:
            if _handler.is_generator(handler):
                raise StartError(
                    f"{_handler.place(handler)}: server-sent events come from an `async def` generator"
                )
            return register(handler)

        return checked

    def route(
        self,
        path: str,
        method: str = "GET",
        *,
        methods: str | Iterable[str] | None = None,
        **options: Unpack[RouteOptions],
    ) -> Callable[[Handler], Handler]:
        """Answer a method, or each of several `methods`, by the decorated function.

        Args:
            path: `/users/{id}`, `/users/{id:int}`; types str int float bool uuid date datetime path.
            method: in any case.
            methods: instead of `method`.
            options: see `RouteOptions`.

        Returns:
            The function itself.

        Raises:
            StartError: an option has a value that it cannot have.
            TypeError: there is no such option, or the path is none.
        """
        if not isinstance(path, str):
            raise TypeError(f"the path must be text, as in @app.get('/path'), not {path!r}")
        if unknown := options.keys() - RouteOptions.__optional_keys__:
            known = ", ".join(sorted(RouteOptions.__optional_keys__))
            raise TypeError(f"a route has no option {min(unknown)!r}; it has {known}")
        if methods is None:
            methods = method
        names = [methods] if isinstance(methods, str) else list(methods)

        def register(handler: Handler) -> Handler:
            _handler.remember_names(handler)
            self._entries.extend(Route(name, path, handler, **options) for name in names)
            return handler

        return register

    def register_route(
        self,
        method: str,
        path: str,
        handler: Handler | None = None,
        **options: Unpack[RouteOptions],
    ) -> Any:
        """Do what the decorators do, for a function at hand; without one, give the decorator."""
        register: Callable[[Handler], Handler] = self.route(path, method, **options)
        return register if handler is None else register(handler)

    def mount(self, path: str, app: Callable[..., Any], **options: Unpack[MountOptions]) -> None:
        """Have an ASGI or WSGI application answer everything beneath a path that no route here does.

        Hooks and middleware stand around it as around handlers. It is told when its client has gone or its deadline
        is past (`http.disconnect`), not cancelled.

        Args:
            path: literal text; `""` or `/` for everything.
            app: FastAPI, Starlette, Django, Quart, Flask, or whatever else speaks ASGI 3 or WSGI.
            options: see `MountOptions`.

        Raises:
            StartError: it is no application, or an option has a value that it cannot have.
            TypeError: there is no such option.
        """
        prefix = _prefix(path)
        if "{" in prefix:
            raise StartError(f"mount({path!r}): the path must be literal text")
        self._entries += mount_routes(prefix, app, options)

    def include_router(self, router: Router, prefix: str = "") -> None:
        """Take in the routes of a router, also those it is given later.

        Args:
            router: may have included others; including the default router adds nothing.
            prefix: before the router's own prefix.

        Raises:
            TypeError: it is no router.
            ValueError: the router includes this one.
        """
        if not isinstance(router, Registry):
            raise TypeError(f"include_router takes a Router, not {router!r}")
        if self is router or self in router._included():
            raise ValueError("a router cannot include itself")
        self._entries.append(_Included(router, _prefix(prefix)))

    def get_routes(self) -> list[Route]:
        """Give all routes in the order they were declared, those of included routers at their place."""
        return list(dict.fromkeys(self._collect()))

    @property
    def routes(self) -> list[Route]:
        """All routes, as `get_routes` gives them."""
        return self.get_routes()

    def _collect(self) -> Iterator[Route]:
        for entry in self._entries:
            if isinstance(entry, Route):
                yield entry
            else:
                yield from (route.moved(entry.prefix, ()) for route in entry.registry._collect())

    def _included(self) -> Iterator[Registry]:
        for entry in self._entries:
            if isinstance(entry, _Included):
                yield entry.registry
                yield from entry.registry._included()


class Router(Registry):
    """A group of routes that apps and other routers include."""

    def __init__(
        self,
        *,
        prefix: str = "",
        tags: Sequence[str] = (),
        dependencies: Sequence[Provide | type | str] = (),
    ) -> None:
        """Make an empty group.

        Args:
            prefix: of every path: with `/users`, the path `/` is `/users` and `/{id}` is `/users/{id}`.
            tags: of every route, before its own.
            dependencies: of every route, before its own.

        Raises:
            StartError: `dependencies` is no list of keys and `Provide`.
        """
        super().__init__()
        self.prefix = _prefix(prefix)
        self.tags = tuple(tags)
        self.dependencies = checked_dependencies(dependencies, f"Router(prefix={prefix!r})")

    def _collect(self) -> Iterator[Route]:
        return (route.moved(self.prefix, self.tags, self.dependencies) for route in super()._collect())


def _prefix(text: str) -> str:
    stripped = text.strip("/")
    return f"/{stripped}" if stripped else ""


_default_router = Router()

get = _default_router.get
post = _default_router.post
put = _default_router.put
patch = _default_router.patch
delete = _default_router.delete
head = _default_router.head
options = _default_router.options
trace = _default_router.trace
sse = _default_router.sse
route = _default_router.route


def get_default_router() -> Router:
    """Give the router that the decorators on module level declare routes on, and that every app takes in."""
    return _default_router


def reset_default_router() -> None:
    """Forget all routes declared on module level, as between tests."""
    _default_router._entries.clear()
