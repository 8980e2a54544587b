"""One function per route: hooks, dependencies and handler in their order, composed at start."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from spikard import _failure, _respond
from spikard._hooks import choose
from spikard._inject import verdict
from spikard._inject.scope import Scope
from spikard._inject.steps import before
from spikard._problem import Problem
from spikard.exceptions import StartError
from spikard.requests import Request
from spikard.responses import Response

if TYPE_CHECKING:
    from spikard._exchange import Exchange
    from spikard._hooks import Hooks
    from spikard._inject.binder import Binder, Part
    from spikard._inject.roles import Kind
    from spikard._inject.steps import Step
    from spikard._route import Route

Act = Callable[[Scope], Awaitable[Any]]
Answering = Callable[[Scope, dict[str, Any]], Awaitable[Response]]
Encode = Callable[[Any], bytes]
Recover = Callable[[Scope, Exception], Awaitable[Response]]


def compose(
    route: Route, hooks: Hooks, binder: Binder, debug: bool, encode: Encode
) -> tuple[Callable[[Exchange], Any], bool]:
    """Bind all functions of a route, in the order in which they run, and make them one.

    Returns: what calls them, and whether it gives a coroutine; else it blocks and belongs into a thread.

    Raises:
        StartError: one of them cannot be bound.
    """
    middleware = [_middleware(binder, function, route.status_code, encode) for function in hooks.middleware]
    early = [_request_hook(binder, function) for function in (*hooks.on_request, *hooks.pre_validation)]
    late = [_request_hook(binder, function) for function in hooks.pre_handler]
    guards = binder.guards(route.dependencies, route.place)
    handler = binder.part(route.handler)
    if not hooks.around_requests and handler.flow == "sync":
        steps = (*guards, *handler.steps)
        if not any(step.is_async or step.ends for step in steps):
            return _in_one_thread(binder, steps, handler), False
    handle = before((*guards, *handler.steps), _calling(handler), handler.flow == "async")
    produce = _in_turn(early, late, handle, hooks.want_verdicts)
    recover = _recovery(binder, hooks, route, debug)
    respond = _responding(
        produce, [_response_hook(binder, f) for f in hooks.on_response], recover, route, encode
    )
    for around in reversed(middleware):
        respond = around(respond)
    make_request = binder.make_request
    assert make_request

    async def call(exchange: Exchange) -> Any:
        scope = binder.scope(exchange, make_request(exchange))
        try:
            result = await respond(scope)
            if scope.exits:
                return _respond.ending(_respond.as_response(result, route.status_code, encode), scope.close)
        except Exception as error:  # of a middleware, or of writing what it gave
            result = await recover(scope, error)
        except BaseException as error:
            instead = await scope.throw(error)
            if instead is error:
                raise
            raise instead from error
        return _respond.ending(result, scope.close) if scope.exits else result

    return call, True


def _in_one_thread(binder: Binder, steps: tuple[Step, ...], handler: Part) -> Callable[[Exchange], Any]:
    """Make one function of a handler and its dependencies where none has to wait on the loop."""
    make_all, handle, make_request = (
        tuple(step.make for step in steps),
        _calling(handler),
        binder.make_request,
    )
    assert make_request

    def call(exchange: Exchange) -> Any:
        scope = binder.scope(exchange, make_request(exchange))
        for make in make_all:
            make(scope)
        return handle(scope)

    return call


def _calling(part: Part) -> Callable[[Scope], Any]:
    function, fill = part.function, part.fill
    return lambda scope: function(**fill(scope))


def _in_turn(early: list[Act], late: list[Act], handle: Act, verdicts: bool) -> Act:
    """Make one function of the hooks before the handler, the verdict between them, and the handler."""
    if not early and not late and not verdicts:
        return handle

    async def produce(scope: Scope) -> Any:
        for hook in early:
            response = await hook(scope)
            if response is not None:
                return response
        if verdicts:
            verdict.check(scope.exchange)
        for hook in late:
            response = await hook(scope)
            if response is not None:
                return response
        return await handle(scope)

    return produce


def _responding(produce: Act, hooks: list[Answering], recover: Recover, route: Route, encode: Encode) -> Act:
    status_code = route.status_code

    async def respond(scope: Scope) -> Any:
        try:
            result = await produce(scope)
            if hooks:
                result = _respond.as_response(result, status_code, encode)
                for hook in hooks:
                    result = _respond.instead(result, await hook(scope, {"response": result}))
        except Exception as error:
            return await recover(scope, error)
        return result

    return respond


# ---- hooks


def _request_hook(binder: Binder, function: Callable[..., Any]) -> Act:
    """Give a function that runs the hook; it gives a Response to end with, or None."""
    part = binder.part(function, "request hook")
    run = before(part.steps, _calling(part), part.flow == "async")

    async def hook(scope: Scope) -> Response | None:
        result = await run(scope)
        if result is None:
            return None
        if isinstance(result, Request):
            scope.request = result
            return None
        if isinstance(result, Response):
            return result
        raise TypeError(f"{part.place} must return None, the request or a Response, not {result!r}")

    return hook


def _response_hook(binder: Binder, function: Callable[..., Any], kind: Kind = "response hook") -> Answering:
    """Give a function that runs the hook, and gives what it returns, else the response as it was."""
    part = binder.part(function, kind, late=True)
    run = before(part.steps, part.call, part.flow == "async")

    async def hook(scope: Scope, given: dict[str, Any]) -> Response:
        result = await run(scope, given)
        if result is None:
            result = given["response"]
        if not isinstance(result, Response):
            raise TypeError(f"{part.place} must return None or a Response, not {result!r}")
        return result

    return hook


def _middleware(
    binder: Binder, function: Callable[..., Any], status_code: int, encode: Encode
) -> Callable[[Act], Act]:
    part = binder.part(function, "middleware")
    if part.flow != "async":
        raise StartError(f"{part.place}: a middleware must be `async def`, since it awaits `call_next`")
    if "call_next" not in part.roles.values():
        raise StartError(f"{part.place}: a middleware needs a parameter `call_next`")

    run = before(part.steps, part.call, is_async=True)

    def around(inner: Act) -> Act:
        async def respond(scope: Scope) -> Response:
            given: list[Response] = []

            async def call_next(request: Request | None = None) -> Response:
                if request is not None:
                    scope.request = request
                given.append(_respond.as_response(await inner(scope), status_code, encode))
                return given[-1]

            result = await run(scope, {"call_next": call_next})
            if not isinstance(result, Response):
                raise TypeError(f"{part.place} must return a Response, not {result!r}")
            for response in given:
                result = _respond.instead(response, result)
            return result

        return respond

    return around


# ---- errors


def _recovery(binder: Binder, hooks: Hooks, route: Route, debug: bool) -> Recover:
    """Give a function that makes the response for what was raised, and tells the log what clients must not see."""
    handlers = {key: _exception_handler(binder, f) for key, f in hooks.exception_handlers.items()}
    changes = [_response_hook(binder, function, "error hook") for function in hooks.on_error]

    def unhandled(scope: Scope, error: Exception) -> Response:
        try:
            reply = _failure.reply(error, scope.exchange, debug)
            response = reply.response(scope.exchange.request_id) if isinstance(reply, Problem) else reply
            if isinstance(error, _failure.ANSWERS):
                return response
        except Exception as worse:  # made by the application, so it can hold anything
            error = worse
            response = Problem(500).response(scope.exchange.request_id)
        _failure.log(error, scope.exchange, route.place)
        return response

    async def recover(scope: Scope, error: Exception) -> Response:
        instead = await scope.throw(error)
        if not isinstance(instead, Exception):
            raise instead from error
        error = instead
        try:
            handle = choose(handlers, error, _failure.status(error))
            response = await handle(scope, error) if handle else unhandled(scope, error)
            if handle and response.status_code >= 500 and not isinstance(error, _failure.ANSWERS):
                _failure.log(error, scope.exchange, route.place)
            for change in changes:
                response = _respond.instead(
                    response, await change(scope, {"response": response, "error": error})
                )
        except Exception as worse:
            if worse.__context__ is None:
                worse.__context__ = error
            return unhandled(scope, worse)
        return response

    return recover


def _exception_handler(
    binder: Binder, function: Callable[..., Any]
) -> Callable[[Scope, Exception], Awaitable[Response]]:
    part = binder.part(function, "exception handler", late=True)
    run = before(part.steps, part.call, part.flow == "async")

    async def handle(scope: Scope, error: Exception) -> Response:
        result = await run(scope, {"error": error})
        return _respond.as_response(result, max(_failure.status(error), 400))

    return handle
