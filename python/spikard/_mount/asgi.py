"""ASGI 3: an exchange as scope and messages, and messages as its reply."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from spikard._mount.listener import listener
from spikard._mount.reply import ClientGone, Headers, Reply

if TYPE_CHECKING:
    from spikard._exchange import Exchange
    from spikard._mount.bridge import Serve
    from spikard._mount.mounted import Mounted

Message = MutableMapping[str, Any]
App = Callable[
    [Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]
]

# Not 2.4, though `send` raises an OSError when the client has gone: Starlette would trust in that alone, and a stream
# that is silent would never hear of it.
VERSIONS = {"version": "3.0", "spec_version": "2.3"}


def server(mounted: Mounted, root: str, address: tuple[str, int]) -> Serve:
    """Give a function that has the application answer an exchange.

    Args:
        mounted: the application.
        root: the path that it is mounted at, decoded.
        address: where the front end was told to listen, for requests that do not name their host.
    """
    app: App = mounted.app

    async def serve(exchange: Exchange, reply: Reply) -> None:
        path, _, query = exchange.target.partition("?")
        headers = exchange.raw_headers
        scheme = exchange.scheme
        scope = {
            "type": "http",
            "asgi": VERSIONS.copy(),
            "http_version": "1.1",
            "method": exchange.method,
            "scheme": scheme,
            "path": unquote(path) if "%" in path else path,
            "raw_path": path.encode("latin-1"),
            "query_string": query.encode("latin-1"),
            "root_path": root,
            "headers": headers,
            "client": exchange.client,
            "server": listener(_host(headers), scheme) or address,
            "state": mounted.state.copy(),
        }
        conversation = _Conversation(exchange, reply)
        try:
            await app(scope, conversation.receive, conversation.send)
        except Exception as error:
            if conversation.told and not conversation.ended:
                raise ClientGone from error
            raise
        finally:
            conversation.close()
        if not conversation.ended:
            if exchange.gone:
                raise ClientGone
            raise RuntimeError("the ASGI application returned without a whole response")

    return serve


def _host(headers: Headers) -> str | None:
    for name, value in headers:
        if name == b"host":
            return value.decode("latin-1")
    return None


class _Conversation:
    """The messages of one exchange.

    Attributes:
        ended: the last byte was sent.
        told: the application has heard that the client has gone.
    """

    __slots__ = ("_begun", "_exchange", "_head", "_over", "_read", "_reply", "ended", "told")

    def __init__(self, exchange: Exchange, reply: Reply) -> None:
        self._exchange = exchange
        self._reply = reply
        # Status, header fields, and how long they say that the body is.
        self._head: tuple[int, Headers, int | None] | None = None
        self._begun = False
        self._read = False
        self._over: asyncio.Event | None = None
        self.ended = False
        self.told = False

    async def receive(self) -> Message:
        if not self._read:
            return await self._more()
        if not self.ended and not self._exchange.gone:
            if self._over is None:
                self._over = asyncio.Event()
                self._exchange.on_gone = self._over.set
            await self._over.wait()
        self.told = True
        return {"type": "http.disconnect"}

    async def _more(self) -> Message:
        incoming = self._exchange.incoming
        if incoming is None:
            self._read = True
            return {"type": "http.request", "body": self._exchange.body, "more_body": False}
        try:
            # Applications break it off, to see whether their client is there.
            part = await incoming.part()
        except ConnectionError:
            self._read = self.told = True
            return {"type": "http.disconnect"}
        self._read = part is None
        return {"type": "http.request", "body": part or b"", "more_body": not self._read}

    async def send(self, message: Message) -> None:
        kind = message["type"]
        if kind == "http.response.start" and self._head is None:
            headers = message.get("headers", ())
            if not isinstance(headers, (list, tuple)):
                headers = list(headers)
            status = message["status"]
            if not 200 <= status <= 599:
                raise ValueError(f"the status of a response must be 200 to 599, not {status!r}")
            self._head = (status, headers, _length(headers))
        elif kind == "http.response.body" and self._head is not None and not self.ended:
            body = message.get("body", b"")
            if not isinstance(body, bytes):
                body = bytes(body)
            more = message.get("more_body", False)
            if self._begun:
                await self._go_on(body, more)
            elif more or len(body) > self._reply.limit:
                self._begin()
                await self._go_on(body, more)
            else:
                self._answer(body)
        else:
            raise RuntimeError(f"{kind} is out of turn")

    def close(self) -> None:
        """Let go of the exchange."""
        if self._over is not None:
            self._exchange.on_gone = None

    def _answer(self, body: bytes) -> None:
        assert self._head
        status, headers, length = self._head
        if length is not None and length != len(body) and status not in (204, 304):
            if self._exchange.method != "HEAD":
                raise RuntimeError(f"a response of {len(body)} bytes has the content-length {length}")
            # The length is that of what GET would answer.
            self._begin()
            self._reply.end()
        else:
            self._reply.whole(status, headers, body)
        self._end()

    def _begin(self) -> None:
        assert self._head
        status, headers, _ = self._head
        if self._exchange.gone:
            self.told = True
            raise ClientGone
        self._reply.begin(status, headers)
        self._begun = True

    async def _go_on(self, body: bytes, more: bool) -> None:
        if body and self._exchange.method != "HEAD":
            await self._reply.part(body)
        if not more:
            self._reply.end()
            self._end()
        elif self._exchange.gone:
            self.told = True
            raise ClientGone

    def _end(self) -> None:
        self.ended = True
        if self._over is not None:
            self._over.set()


def _length(headers: Headers) -> int | None:
    """Give the content-length, if one is given and makes sense."""
    for name, value in headers:
        if len(name) == 14 and name.lower() == b"content-length":
            return int(value) if value.isdigit() else None
    return None
