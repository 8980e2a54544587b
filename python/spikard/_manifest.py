"""What a worker tells the front end of its application, and what it keeps for itself to answer by."""

from __future__ import annotations

import dataclasses
import difflib
import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from spikard import _handler, _pattern
from spikard._inject import Binder, Dependencies, compose
from spikard._log import log
from spikard._mount.bind import server
from spikard._mount.bridge import Serve, bridge
from spikard._signature import FilePart, ManifestParameter, bind, schemas
from spikard._signature.answer import Answer
from spikard._types import Walk
from spikard._urls import Urls
from spikard.exceptions import StartError
from spikard.requests import Request, RouteContext

if TYPE_CHECKING:
    from spikard._exchange import Exchange
    from spikard._pattern import Segment
    from spikard._signature.reads import Reads
    from spikard._worker.services import Services
    from spikard.app import Spikard
    from spikard.config import ServerConfig
    from spikard.routing import Route

__all__ = ["BoundRoute", "FilePart", "Manifest", "ManifestParameter", "ManifestRoute", "build"]

Idempotence = Literal["by_method", "never", "always", "by_key"]
BodyMedia = Literal["json", "urlencoded", "multipart"]

_UNLIMITED = 2**64 - 1
_NO_TIMEOUT = 2**32 - 1
_IDEMPOTENCE: dict[bool | str | None, Idempotence] = {
    None: "by_method",
    False: "never",
    True: "always",
    "key": "by_key",
}


@dataclass(frozen=True, slots=True)
class ManifestRoute:
    """Mirrors `Route` of protocol/manifest.hpp; a max_body_size of 0 is the application's, 2**64 - 1 none.

    Attributes:
        streams_body: the body comes as it is read.
        timeout_ms: 0 is the application's, 2**32 - 1 none.
        body_media: what the body may be; nothing: the front end does not look at it.
        body_required: an empty body is an error.
        body_keyed: the members of body_schema are parameters, so that an empty body is an empty object.
        file_parts: what the schema cannot say of files.
        max_json_depth: 0 for the application's.
        wants_verdict: a 400 or 422 of parameters or body comes here as `Exchange.verdict`.
        query_closed: query parameters that nobody declared are errors.
        cookies_closed: likewise.
    """

    kind: Literal["http", "socket"]
    method: str
    path: str
    name: str
    parameters: tuple[ManifestParameter, ...]
    takes_body: bool
    streams_body: bool = False
    body_schema: str = ""
    response_schema: str = ""
    idempotence: Idempotence = "by_method"
    timeout_ms: int = 0
    max_body_size: int = 0
    body_media: tuple[BodyMedia, ...] = ()
    body_required: bool = False
    body_keyed: bool = False
    file_parts: tuple[FilePart, ...] = ()
    max_json_depth: int = 0
    wants_verdict: bool = False
    query_closed: bool = False
    cookies_closed: bool = False


@dataclass(frozen=True, slots=True)
class Manifest:
    """Mirrors `Manifest` of protocol/manifest.hpp; a max_body_size of 0 is none."""

    routes: tuple[ManifestRoute, ...]
    max_body_size: int = 0
    request_timeout_ms: int = 0
    request_ids: bool = True
    redirect_slashes: bool = False
    max_json_depth: int = 0


@dataclass(frozen=True, slots=True)
class BoundRoute:
    """A route as the worker calls it; it has the index of its ManifestRoute.

    Attributes:
        handler: the function as it was declared.
        call: calls it for an exchange.
        is_async: whether `call` gives a coroutine; else it blocks and belongs into a thread.
        status_code: of an answer that is not a `Response`.
        route: the declaration.
        debug: whether clients are shown the traceback of what it raises.
        encode: writes what it returned as JSON, converted to what it said it returns.
        serve: of a mounted application with nothing around it, instead of `call`: it writes its own answer.
        streams_body: whether it is called while the body of the request still comes.
        declares_body: whether its body is read for it, if one is.
    """

    handler: Callable[..., Any]
    call: Callable[[Exchange], Any]
    is_async: bool
    status_code: int
    route: Route
    debug: bool
    encode: Callable[[Any], bytes]
    serve: Serve | None = None
    streams_body: bool = False
    declares_body: bool = True


def build(
    app: Spikard, config: ServerConfig, services: Services | None = None
) -> tuple[Manifest, list[BoundRoute]]:
    """Bind every function of the application and describe its routes.

    Args:
        app: the application.
        config: how it is served.
        services: of the worker that will call the routes; they keep the list current when dependencies are overridden.

    Raises:
        StartError: a function that cannot be bound, or a route that is defined twice.
    """
    from spikard._worker.services import Services

    services = services or Services(app, config)
    routes = app.get_routes()
    _refuse_twins(routes)
    urls = Urls(routes)
    walk = Walk()

    def bind_all() -> tuple[list[ManifestRoute], list[BoundRoute]]:
        dependencies = Dependencies(app.get_dependencies(), app.overrides)
        services.bind(dependencies, rebind)
        pairs = [_bind_route(route, app, urls, dependencies, services, config, walk) for route in routes]
        return [described for described, _ in pairs], [bound for _, bound in pairs]

    def rebind() -> None:
        again, bound[:] = bind_all()
        for route, before, now in zip(routes, described, again, strict=True):
            _refuse_new_parameters(route, before, now)

    described, bound = bind_all()
    manifest = Manifest(
        routes=tuple(described),
        max_body_size=config.max_body_size or 0,
        request_timeout_ms=0 if config.request_timeout is None else _milliseconds(config.request_timeout),
        max_json_depth=config.max_json_depth,
        request_ids=config.enable_request_id,
    )
    return manifest, bound


def _bind_route(
    route: Route,
    app: Spikard,
    urls: Urls,
    dependencies: Dependencies,
    services: Services,
    config: ServerConfig,
    walk: Walk,
) -> tuple[ManifestRoute, BoundRoute]:
    parameters = tuple(segment for segment in route.segments if segment.type)
    make_request = functools.partial(Request, RouteContext(app, parameters, urls))
    serve: Serve | None = None
    if route.mounted:
        serve = server(route.mounted, _root(route), config, services.threads)
        route = dataclasses.replace(route, handler=bridge(serve))
    binding = bind(route.handler, route.segments, make_request, dependencies, method=route.method, walk=walk)
    answer = Answer(route, walk)
    call, is_async, reads = binding.call, _handler.is_async(route.handler), binding.reads
    verdicts = False
    if app.hooks.around_requests or route.dependencies or binding.injected:
        verdicts = app.hooks.want_verdicts
        binder = Binder(
            route.segments,
            make_request,
            dependencies,
            services,
            verdicts=verdicts,
            method=route.method,
            walk=walk,
        )
        call, is_async = compose(route, app.hooks, binder, config.debug, answer.encode)
        reads, serve = binder.reads, None
    body = schemas.body(route, reads)
    # Whoever declares a body wants it checked; a function in a thread cannot wait for it.
    declares = reads.whole_body or bool(body.get("body_media"))
    streams = reads.takes_body and not declares and _handler.is_async(route.handler)
    _tell_of_misspelt(route, reads)
    described = ManifestRoute(
        kind="http",
        method=route.method,
        path=route.path,
        name=route.name,
        parameters=schemas.parameters(route, reads),
        response_schema=answer.schema,
        idempotence=_IDEMPOTENCE[route.idempotent],
        timeout_ms=_milliseconds(route.timeout),
        max_body_size=_body_limit(route.max_body_size),
        wants_verdict=verdicts,
        streams_body=streams,
        query_closed=reads.query_closed,
        cookies_closed=reads.cookies_closed,
        **body,
    )
    bound = BoundRoute(
        route.handler,
        call,
        is_async,
        route.status_code,
        route,
        config.debug,
        answer.encode,
        serve,
        streams_body=streams,
        declares_body=declares,
    )
    return described, bound


def _root(route: Route) -> str:
    """Give the path that a mounted application lies at."""
    *above, last = route.segments
    literal = above if last.type else [*above, last]
    if any(segment.type for segment in literal):
        raise StartError(f"{route.place}: the path of a mounted application must be literal text")
    return "".join(f"/{segment.text}" for segment in literal if segment.text)


def _tell_of_misspelt(route: Route, reads: Reads) -> None:
    """Say so where nothing takes a name of the path, but something very like it is asked for in the query."""
    taken = {parameter.wire_name for parameter in reads.parameters if parameter.source == "path"}
    asked = [parameter.wire_name for parameter in reads.parameters if parameter.source == "query"]
    for segment in route.segments:
        if segment.type and segment.text not in taken:
            for like in difflib.get_close_matches(segment.text, asked, n=1, cutoff=0.8):
                log.warning(
                    "%s: %r is read from the query, and nothing takes {%s} of the path",
                    route.place,
                    like,
                    segment.text,
                )


def _refuse_new_parameters(route: Route, before: ManifestRoute, now: ManifestRoute) -> None:
    new = {parameter.name for parameter in now.parameters} - {
        parameter.name for parameter in before.parameters
    }
    if new:
        raise StartError(
            f"{route.place}: the override wants {', '.join(sorted(new))} of the request, which the running "
            "application has not declared; override before it is started"
        )


def _refuse_twins(routes: list[Route]) -> None:
    first: dict[tuple[str, tuple[Segment, ...]], Route] = {}
    for route in routes:
        twin = first.setdefault((route.method, _pattern.shape(route.segments)), route)
        if twin is not route:
            raise StartError(
                f"{route.method} {route.path} is defined twice: by {twin.place} and by {route.place}"
                + (f" (as {twin.path})" if twin.path != route.path else "")
            )


def _milliseconds(timeout: float | Literal["application"] | None) -> int:
    if timeout is None:
        return _NO_TIMEOUT
    return 0 if timeout == "application" else max(1, round(timeout * 1000))


def _body_limit(limit: int | Literal["application"] | None) -> int:
    if limit == "application":
        return 0
    return _UNLIMITED if limit is None else limit
