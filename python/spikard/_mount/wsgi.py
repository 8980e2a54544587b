"""WSGI (PEP 3333): an application that blocks, each request in one thread from the call to `close()`."""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from spikard._exchange import keep
from spikard._mount.listener import listener
from spikard._mount.reply import ClientGone, Headers, Reply

if TYPE_CHECKING:
    from spikard._exchange import Exchange
    from spikard._mount.bridge import Serve
    from spikard._mount.mounted import Mounted
    from spikard._worker.threads import HandlerThreads


def server(
    mounted: Mounted, root: str, address: tuple[str, int], threads: HandlerThreads, several: bool
) -> Serve:
    """Give a function that has the application answer an exchange.

    Args:
        mounted: the application.
        root: the path that it is mounted at, decoded.
        address: where the front end was told to listen, for requests that do not name their host.
        threads: where it runs.
        several: whether other processes serve the same application.
    """
    script = _native(root.encode())

    async def serve(exchange: Exchange, reply: Reply) -> None:
        await keep(exchange)
        body, size = _body(exchange)
        environ = _environ(exchange, script, address, size)
        environ["wsgi.input"] = body
        environ["wsgi.multiprocess"] = several
        call = _Call(exchange, reply)
        try:
            await threads.run(call.run, mounted.app, environ, body)
        except asyncio.CancelledError:
            call.give_up()
            raise
        if call.failure is not None:
            raise call.failure

    return serve


def _native(octets: bytes) -> str:
    """Give what PEP 3333 calls a native string."""
    return octets.decode("latin-1")


def _body(exchange: Exchange) -> tuple[io.BufferedIOBase, int]:
    if exchange.spool is not None:
        return exchange.spool.part(0, exchange.spool.size), exchange.spool.size
    body = exchange.body
    return io.BytesIO(body), len(body)


def _environ(exchange: Exchange, script: str, address: tuple[str, int], size: int) -> dict[str, Any]:
    path, _, query = exchange.target.partition("?")
    client = exchange.client
    environ: dict[str, Any] = {
        "REQUEST_METHOD": exchange.method,
        "SCRIPT_NAME": script,
        "PATH_INFO": _native(unquote_to_bytes(path))[len(script) :],
        "QUERY_STRING": query,
        "RAW_URI": exchange.target,
        "REQUEST_URI": exchange.target,
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": client[0],
        "REMOTE_PORT": str(client[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": exchange.scheme,
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.run_once": False,
    }
    for name, value in exchange.headers:
        # An underscore would make two fields one, and a proxy may have checked only the other. HTTP_PROXY is
        # what programs that an application starts take for a setting of theirs.
        if "_" in name or name in ("transfer-encoding", "content-length", "proxy"):
            continue
        key = "CONTENT_TYPE" if name == "content-type" else "HTTP_" + name.upper().replace("-", "_")
        if key in environ:
            value = environ[key] + ("; " if name == "cookie" else ",") + value
        environ[key] = value
    if size or any(name == "content-length" for name, _ in exchange.headers):
        environ["CONTENT_LENGTH"] = str(size)
    name, port = listener(environ.get("HTTP_HOST"), exchange.scheme) or address
    environ["SERVER_NAME"], environ["SERVER_PORT"] = name, str(port)
    return environ


class _Call:
    """One call of an application, in a thread.

    Attributes:
        failure: why its answer could not be sent.
    """

    def __init__(self, exchange: Exchange, reply: Reply) -> None:
        self._exchange = exchange
        self._is_head = exchange.method == "HEAD"
        self._reply = reply
        self._loop = asyncio.get_running_loop()
        self._head: tuple[int, Headers, int | None] | None = None
        self._begun = False
        self._answered = False
        self._given_up = False
        self._waiting: Future[Any] | None = None
        self.failure: Exception | None = None

    def run(
        self, app: Callable[..., Iterable[bytes]], environ: dict[str, Any], body: io.BufferedIOBase
    ) -> None:
        """Call it, send what it gives, and close that and the body: frameworks keep their environ for long."""
        with body:
            self._run(app, environ)

    def _run(self, app: Callable[..., Iterable[bytes]], environ: dict[str, Any]) -> None:
        given = app(environ, self._start_response)
        try:
            whole = b""
            if isinstance(given, (list, tuple)):
                whole = b"".join(given)
            else:
                for part in given:
                    if part and self._is_head:
                        break
                    if part:
                        self._send(part)
            if self._begun or len(whole) > self._reply.limit:
                self._finish(whole)
            elif not self._answered:
                self._answer(whole)
        finally:
            close = getattr(given, "close", None)
            if close is not None:
                close()

    def give_up(self) -> None:
        """Let the thread wait for nothing any more: there is nobody left to send anything to."""
        self._given_up = True
        if self._waiting is not None:
            self._waiting.cancel()

    def _start_response(
        self, status: str, headers: list[tuple[str, str]], exc_info: Any = None
    ) -> Callable[[bytes], None]:
        if exc_info:
            if self._begun or self._answered:
                raise exc_info[1].with_traceback(exc_info[2])
        elif self._head is not None:
            raise AssertionError("start_response was called before, and there is no exc_info")
        code = int(status[:3])
        if not 200 <= code <= 599:
            raise ValueError(f"the status of a response must be 200 to 599, not {status!r}")
        octets = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        length = next((value for name, value in headers if name.lower() == "content-length"), "")
        self._head = (code, octets, int(length) if length.isdecimal() else None)
        return self._write

    def _write(self, data: bytes) -> None:
        # Sent before it returns, says PEP 3333: even if it is all that the head has announced.
        if not self._begun:
            self._do(self._begin())
        self._do(self._part(data))

    def _finish(self, rest: bytes) -> None:
        if not self._begun:
            self._do(self._begin())
        if rest:
            self._do(self._part(rest))
        self._do(self._end())

    def _send(self, part: bytes) -> None:
        if self._answered:
            raise RuntimeError("the response is longer than its content-length")
        if not self._begun:
            if self._head is None:
                raise AssertionError("start_response has not been called")
            if self._head[2] == len(part) <= self._reply.limit:
                self._answer(part)
                return
            self._do(self._begin())
        self._do(self._part(part))

    def _answer(self, body: bytes) -> None:
        if self._head is None:
            raise AssertionError("start_response has not been called")
        status, headers, length = self._head
        if not self._is_head and status not in (204, 304) and length not in (None, len(body)):
            raise RuntimeError(f"a response of {len(body)} bytes has the content-length {length}")
        self._answered = True
        self._loop.call_soon_threadsafe(self._put, status, headers, body)

    def _put(self, status: int, headers: Headers, body: bytes) -> None:
        if self._given_up:
            return
        assert self._head
        try:
            if self._is_head and (self._head[2] is not None or not body):
                # The length, if one is given, is that of what GET would answer.
                self._reply.begin(status, headers)
                self._reply.end()
            else:
                self._reply.whole(status, headers, body)
        except Exception as error:  # a header field that a hook could not be shown
            self.failure = error

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        """Have the loop do it, and wait until it has."""
        if self._given_up or self._exchange.gone:
            work.close()
            raise ClientGone
        self._waiting = asyncio.run_coroutine_threadsafe(work, self._loop)
        if self._given_up:
            self._waiting.cancel()
        self._waiting.result()

    async def _begin(self) -> None:
        assert self._head
        status, headers, _ = self._head
        self._reply.begin(status, headers)
        self._begun = True

    async def _part(self, data: bytes) -> None:
        if not self._is_head:
            await self._reply.part(data)

    async def _end(self) -> None:
        self._reply.end()
