"""The exchanges of a connection: their handlers, their responses, and their end."""

from __future__ import annotations

import asyncio
import contextvars
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from spikard._exchange import collect, keep
from spikard._mount.reply import ClientGone
from spikard._native import ChannelLost, begin
from spikard._respond import as_response, is_stream
from spikard._worker import answer, forked
from spikard._worker.reply import Reply
from spikard._worker.result import REVOKED, Result, result_of
from spikard._worker.runner import Runner
from spikard._worker.stream import Stream, close, iterate
from spikard._worker.upload import BodyLost, Upload
from spikard.events import EventSourceResponse
from spikard.files import FileResponse
from spikard.responses import Response
from spikard.streaming import StreamingResponse

if TYPE_CHECKING:
    from spikard._manifest import BoundRoute
    from spikard._native import Exchange, Field, Outbox
    from spikard._worker.services import Services


Run = Callable[[int, "Exchange", "BoundRoute"], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class Application:
    """What a connection needs of the application.

    Attributes:
        routes: in the manifest's order.
        manifest: encoded.
        services: what handlers share.
        on_ready: called when the front end has welcomed the worker.
    """

    routes: Sequence[BoundRoute]
    manifest: bytes
    services: Services
    on_ready: Callable[[], None]


class Exchanges:
    """What runs on behalf of one connection."""

    def __init__(
        self,
        application: Application,
        outbox: Outbox,
        on_result: Callable[[Result], None],
        on_idle: Callable[[], None],
    ) -> None:
        """Begin with none.

        Args:
            application: whose handlers run.
            outbox: of the connection.
            on_result: called in a thread with what is for `finish`.
            on_idle: called when what went on behind the last answers has ended.
        """
        self._application = application
        self._routes: Sequence[BoundRoute] = ()  # none before the Welcome
        self._services = application.services
        self._outbox = outbox
        self._on_result = on_result
        self._context = contextvars.copy_context()
        self._runner = Runner(asyncio.get_running_loop(), on_idle)
        # For threads, when `go` is called.
        self._calls: list[partial[None]] = []
        # Of those that run: what the front end may yet speak of.
        self._begun: dict[int, tuple[Exchange, BoundRoute]] = {}
        self._streams: dict[int, Stream] = {}
        self._uploads: dict[int, Upload] = {}
        self._window = 0
        self._abandoned = False

    def welcome(self, window: int) -> None:
        """Let requests come.

        Args:
            window: bytes of each stream that may be under way.
        """
        self._routes = self._application.routes
        self._window = window

    @property
    def body_limit(self) -> int:
        """How many bytes one body may have."""
        return self._outbox.body_limit

    @property
    def busy(self) -> bool:
        """Whether something has not ended."""
        return len(self._runner) > 0 or len(self._begun) > 0

    def grant(self, number: int, size: int) -> None:
        """Let more of a stream be sent."""
        if (stream := self._streams.get(number)) is not None:
            stream.grant(size)

    def put(self, number: int, part: bytes, last: bool) -> None:
        """Take in more of a request's body.

        Raises:
            ChannelLost: it is not due.
        """
        if (upload := self._uploads.get(number)) is not None:
            upload.put(part, last)
        elif number in self._begun:
            raise ChannelLost("a chunk of a request that is whole")

    def abandon(self) -> None:
        """End all that runs: the connection is lost."""
        self._abandoned = True
        for task in self._runner.cancel_all():
            self._services.background.keep(task)

    def begin(self, exchange: Exchange, number: int, index: int, streams: bool) -> None:
        """Take a request, whose handler `go` runs.

        Args:
            exchange: the request.
            number: its own.
            index: of its route.
            streams: its body comes in chunks.

        Raises:
            ChannelLost: there is no such route.
        """
        try:
            route = self._routes[index]
        except IndexError:
            raise ChannelLost("a request that this worker cannot have") from None
        self._begun[number] = (exchange, route)
        if not (streams or route.is_async):
            self._calls.append(partial(self._call, number, exchange, route))
            return
        run = self._serve if route.serve else self._run if route.is_async else self._run_in_thread
        if streams:
            upload = Upload(self._outbox, exchange, self._window)
            exchange.incoming = self._uploads[number] = upload
        collects = streams and not route.streams_body
        work = self._collect(number, exchange, route, run) if collects else run(number, exchange, route)
        self._runner.start(number, work, exchange)

    def go(self) -> None:
        """Run the handlers of the requests that have begun."""
        if self._calls:
            calls, self._calls = self._calls, []
            self._post(calls)
        self._runner.go()

    def finish(self, results: deque[Result]) -> None:
        """Answer what has come of handlers in threads; takes all away."""
        while results:
            number, exchange, route, json, value, error = results.popleft()
            if self._abandoned:
                continue
            if json is not None:
                if self._outbox.json(exchange, route.status_code, json):
                    self._forget(number)
                    continue
                value = answer.of_json(route, json)
            work = self._finish(number, exchange, route, value, error)
            self._runner.start(number, work, exchange)
        self._runner.go()

    def cancel(self, number: int) -> None:
        """Let an exchange end that the front end wants no answer to any more."""
        if (begun := self._begun.get(number)) is None:
            return  # its last word has crossed this
        exchange, route = begun
        exchange.gone = True
        if (upload := self._uploads.get(number)) is not None:
            upload.close()
        stream = self._streams.get(number)
        if stream is not None:
            stream.abandon()
        if exchange.on_gone is not None:
            exchange.on_gone()
        # What runs in a thread cannot be stopped, and keeps its slot until it has ended.
        if route.route.shield or not (route.is_async or stream is not None):
            return
        if not self._runner.cancel(number):
            self._return(number, exchange)

    def _return(self, number: int, exchange: Exchange) -> None:
        self._forget(number)
        self._outbox.return_(exchange)

    async def _collect(self, number: int, exchange: Exchange, route: BoundRoute, run: Run) -> None:
        # Too large for one message.
        try:
            await (collect if route.declares_body else keep)(exchange)
        except BaseException as error:
            self._fail(number, exchange, route, error)
        else:
            await run(number, exchange, route)

    async def _run(self, number: int, exchange: Exchange, route: BoundRoute) -> None:
        if not begin(exchange):
            return self._return(number, exchange)
        try:
            result = await route.call(exchange)
            if type(result) is dict:  # what most return, by the shortest way
                json = route.encode(result)
                if self._outbox.json(exchange, route.status_code, json):
                    return self._forget(number)
                result = answer.of_json(route, json)
            await self._answer(number, exchange, route, result)
        except BaseException as error:  # a handler's sys.exit() is no reason to leave its neighbours
            self._fail(number, exchange, route, error)

    async def _serve(self, number: int, exchange: Exchange, route: BoundRoute) -> None:
        assert route.serve
        if not begin(exchange):
            return self._return(number, exchange)
        try:
            await route.serve(exchange, Reply(self, exchange))
        except BaseException as error:  # as above
            self._fail(number, exchange, route, error)

    async def _run_in_thread(self, number: int, exchange: Exchange, route: BoundRoute) -> None:
        self._post([partial(self._call, number, exchange, route)])

    def _post(self, calls: Sequence[partial[None]]) -> None:
        try:
            self._services.threads.post(calls)
        except RuntimeError:
            # Another worker may have threads.
            for call in calls:
                number, exchange, _ = call.args
                self._return(number, exchange)

    def _call(self, number: int, exchange: Exchange, route: BoundRoute, thread: int) -> None:
        """Call the handler, in a thread."""
        if not self._abandoned:
            self._on_result(result_of(number, exchange, route, self._context.copy(), thread))

    async def _finish(
        self, number: int, exchange: Exchange, route: BoundRoute, value: Any, error: BaseException | None
    ) -> None:
        if error is not None:
            return self._fail(number, exchange, route, error)
        if value is REVOKED:
            return self._return(number, exchange)
        try:
            if isinstance(value, Awaitable):
                value = await value
            await self._answer(number, exchange, route, value)
        except BaseException as raised:  # as above
            self._fail(number, exchange, route, raised)

    async def _answer(self, number: int, exchange: Exchange, route: BoundRoute, result: Any) -> None:
        if is_stream(result) or isinstance(result, StreamingResponse):
            await self._stream(number, exchange, route, result)
        elif large := self._give(number, exchange, route, result):
            await self._stream(number, exchange, route, large)

    async def _stream(self, number: int, exchange: Exchange, route: BoundRoute, result: Any) -> None:
        response = as_response(result, route.status_code)
        if isinstance(response, FileResponse):
            try:
                response = await self._services.threads.run(response._open, exchange)
            except BaseException:  # no such file
                self._follow(response)
                raise
        if not isinstance(response, StreamingResponse):
            large = self._give(number, exchange, route, response)
            if large is None:
                return
            response = large
        parts = iterate(response.content, self._services.threads)
        stream: Stream | None = None
        try:
            stream = self.begin_stream(exchange, response.status_code, response.raw_headers)
            if isinstance(response, EventSourceResponse):
                stream.keep_alive(response._ping)
            async for part in parts:
                piece = response._encode(part)
                if not stream.offer(piece):
                    await stream.send(piece)
        except BaseException as error:
            self._fail(number, exchange, route, error)
        else:
            self.end_stream(exchange, stream)
        finally:
            if stream is not None:
                stream.close()
            try:
                await close(parts)
            finally:
                self._follow(response)

    # ---- answers

    def give_whole(self, exchange: Exchange, status: int, headers: Sequence[Field], body: bytes) -> None:
        """Put a whole answer into the outbox; REQUIRES: not more than `body_limit`."""
        taken = self._outbox.respond(exchange, status, headers, body)
        assert taken
        self._forget(exchange.number)

    def begin_stream(self, exchange: Exchange, status: int, headers: Sequence[Field]) -> Stream:
        """Put the beginning of an answer into the outbox."""
        self._outbox.begin(exchange, status, headers)
        stream = self._streams[exchange.number] = Stream(self._outbox, exchange, self._window)
        return stream

    def end_stream(self, exchange: Exchange, stream: Stream) -> None:
        """Put the end of an answer into the outbox."""
        self._forget(exchange.number)
        stream.end()

    def _forget(self, number: int) -> None:
        self._begun.pop(number, None)
        if self._streams:
            self._streams.pop(number, None)
        if self._uploads and (upload := self._uploads.pop(number, None)) is not None:
            upload.close()

    def _give(
        self, number: int, exchange: Exchange, route: BoundRoute, result: Any
    ) -> StreamingResponse | None:
        """Answer; what is too large for that is given back as a stream."""
        large = answer.give(self._outbox, exchange, route, result)
        if large is not None:
            return large
        self._forget(number)
        if isinstance(result, Response):
            self._follow(result)
        return None

    def _follow(self, response: Response) -> None:
        if response.background is not None or response._cleanup:
            self._services.background.follow(answer.end(response))

    def _fail(self, number: int, exchange: Exchange, route: BoundRoute, error: BaseException) -> None:
        if self._outbox.forked:
            forked.end(error)
        if self._begun.get(number) is None:
            # Answered before; what came behind the answer has failed, or was given up.
            if not (self._abandoned and isinstance(error, asyncio.CancelledError)):
                answer.log(exchange, route, error)
            return
        streamed = number in self._streams
        self._forget(number)
        if self._abandoned:
            return  # nobody waits for it any more
        if exchange.gone and isinstance(error, (asyncio.CancelledError, BodyLost, ClientGone)):
            self._outbox.return_(exchange)
        elif streamed:
            # The status has been sent: the front end breaks the client's connection.
            self._outbox.problem(exchange, 500)
            answer.log(exchange, route, error)
        else:
            answer.fail(self._outbox, exchange, route, error)
