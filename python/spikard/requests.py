"""The request as handlers see it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import msgspec

from spikard import _cookies, _forms, _json
from spikard._exchange import collect
from spikard.datastructures import URL, Address, Headers, QueryParams, State
from spikard.exceptions import RequestValidationError

if TYPE_CHECKING:
    from spikard._exchange import Exchange
    from spikard._pattern import Segment
    from spikard._urls import Urls
    from spikard.app import Spikard

_PART = 64 * 1024
_GIVEN_AWAY = "stream() has given the body away; body() before it would have kept it"


@dataclass(frozen=True, slots=True)
class RouteContext:
    """What all requests of a route have in common.

    Attributes:
        app: the application.
        parameters: the pattern's parameters, in order.
        urls: the application's routes by name.
    """

    app: Spikard
    parameters: tuple[Segment, ...]
    urls: Urls


class Request:
    """One request. Everything is read when it is asked for, and then kept."""

    __slots__ = ("__dict__", "_context", "_exchange")

    def __init__(self, context: RouteContext, exchange: Exchange) -> None:
        """Look at an exchange; made by the worker."""
        self._context = context
        self._exchange = exchange

    # Of a class, so that a request costs no more for it.
    _form: dict[str, Any] | None = None

    @property
    def app(self) -> Spikard:
        """The application that serves the request."""
        return self._context.app

    @property
    def method(self) -> str:
        """The method in upper case; HEAD may arrive at a GET route."""
        return self._exchange.method

    @property
    def scheme(self) -> str:
        """`http` or `https`."""
        return self._exchange.scheme

    @property
    def client(self) -> Address:
        """Where the request came from."""
        return Address(*self._exchange.client)

    @property
    def id(self) -> str:
        """The request's id, as in the response's `x-request-id` and in the log."""
        return self._exchange.request_id

    @property
    def attempt(self) -> int:
        """0, or how often the request was begun before by a worker that was lost."""
        return self._exchange.attempt

    @property
    def path(self) -> str:
        """The path, percent-decoded once."""
        return unquote(self._exchange.target.partition("?")[0])

    @cached_property
    def url(self) -> URL:
        """The absolute URL as the client named it; without a `Host` field only path and query."""
        return URL(self._base + self._exchange.target)

    @cached_property
    def headers(self) -> Headers:
        """The header fields; names in any case."""
        return Headers(self._exchange.headers)

    @cached_property
    def query_params(self) -> QueryParams:
        """The query's parameters, decoded, all of them text."""
        return QueryParams.parse(self._exchange.target.partition("?")[2])

    @cached_property
    def cookies(self) -> dict[str, str]:
        """The cookies by name; of a name sent repeatedly the last counts."""
        return _cookies.parse(self.headers.getlist("cookie"))

    @cached_property
    def path_params(self) -> dict[str, Any]:
        """The path's parameters, typed as the route's pattern says: `{id:int}` is an int, `{id}` text.

        Raises:
            RequestValidationError: a value of the right form that does not exist, like the 30th of February.
        """
        pairs = zip(self._context.parameters, self._exchange.path_parameters, strict=True)
        return {segment.text: _read(segment, text) for segment, text in pairs}

    @cached_property
    def state(self) -> State:
        """Attributes of your own that last as long as the request."""
        return State()

    async def body(self) -> bytes:
        """Give the exact bytes of the body, whatever its content type.

        Raises:
            RuntimeError: `stream` has given a part of it away.
        """
        exchange = self._exchange
        if exchange.given_away:
            raise RuntimeError(_GIVEN_AWAY)
        await collect(exchange)
        exchange.kept = True
        return exchange.body

    async def stream(self) -> AsyncIterator[bytes]:
        """Give the bytes of the body part by part.

        An `async def` handler that declares no body runs while its body still comes, and the client sends no faster
        than the parts are taken. They are given once, unless `body` has kept them before.

        Raises:
            RuntimeError: they were given away before.
        """
        exchange = self._exchange
        if exchange.given_away:
            raise RuntimeError("stream() has given the body away before")
        exchange.given_away = not exchange.kept
        if exchange.incoming is not None:
            async for part in exchange.incoming.parts():
                yield part
            return
        if exchange.spool is not None:
            from asyncio import to_thread

            with exchange.spool.part(0, exchange.spool.size) as file:
                while part := await to_thread(file.read, _PART):
                    yield part
            return
        body = exchange.body
        for at in range(0, len(body), _PART):
            yield body[at : at + _PART]

    async def is_disconnected(self) -> bool:
        """Tell whether nobody waits for the answer any more: the client has gone, or its deadline is past."""
        from asyncio import sleep

        # Otherwise a loop that asks would never hear of it.
        await sleep(0)
        return self._exchange.gone

    async def json(self) -> Any:
        """Read the body as JSON (RFC 8259), whatever its content type.

        Raises:
            MalformedBody: it is not JSON; unhandled, this is answered with 400.
        """
        await self.body()
        return self._json

    async def form(self) -> dict[str, Any]:
        """Read the body as a form, urlencoded or multipart; files are `UploadFile`s, repeated names lists.

        Of a route with a typed body the fields are typed, else they are texts; `a[b]` nests in both. Large forms lie on
        disk, and have the limits of typed ones.

        Raises:
            MalformedBody: it is no form, or a broken one; unhandled, this is answered with 400.
            HTTPException: 413, it has too many parts, or too large ones.
            RuntimeError: `stream` has given a part of it away.
        """
        if self._form is None:
            exchange = self._exchange
            if exchange.given_away:
                raise RuntimeError(_GIVEN_AWAY)
            self._form = await _forms.whole(exchange, self.headers.getlist("content-type"))
            exchange.kept = True
        return self._form

    def url_for(self, name: str, /, **params: object) -> str:
        """Build the absolute URL of a route from its name and the parameters of its path.

        Args:
            name: the route's `name` option, or its function's name.
            params: one value for each parameter of the path; they are percent-encoded.

        Raises:
            LookupError: no route has this name and these parameters, or several paths do.
            ValueError: a parameter is empty, which only a `{name:path}` may be.
        """
        return self._base + self._context.urls.path(name, params)

    @cached_property
    def _json(self) -> Any:
        return _json.decode(self._exchange.body)

    @cached_property
    def _base(self) -> str:
        host = self.headers.get("host")
        return f"{self._exchange.scheme}://{host}" if host else ""

    def __repr__(self) -> str:
        return f"<Request {self.method} {self._exchange.target}>"


def _read(segment: Segment, text: str) -> Any:
    try:
        return segment.scalar.read(text)
    except (ValueError, msgspec.ValidationError) as error:
        item = {"type": "value_error", "loc": ["path", segment.text], "msg": str(error), "input": text}
        raise RequestValidationError([item]) from error
