"""One connection to a front end: from Hello to Goodbye, or until it is lost."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import hashlib
import logging
import os
import platform
import socket
import typing
from collections import deque
from collections.abc import Callable
from typing import Any, ParamSpec

import zmq

from spikard import _native
from spikard._native import ChannelLost, Exchange
from spikard._worker.attach import ANSWER_WITHIN, MAX_PACKET, SLOTS, Attached, Unanswered
from spikard._worker.exchanges import Application, Exchanges
from spikard._worker.mailbox import Mailbox
from spikard._worker.result import Result
from spikard._worker.ticks import Ticks

P = ParamSpec("P")

_log = logging.getLogger("spikard")

# Taken as enumerations they are asked for their values in each call.
_NOBLOCK, _EVENTS, _POLLIN = int(zmq.NOBLOCK), int(zmq.EVENTS), int(zmq.POLLIN)
_MAX_BATCH = 256 * 1024 * 1024
# Safety nets only: what is under way is bounded by the slots.
_HIGH_WATER_MARK = 100_000
_BATCHES_PER_TURN = 16
# How long a front end may take to read a Goodbye.
_CLOSED_WITHIN = 1.0
# Milliseconds for what was sent to leave the process's memory.
_LINGER = 1000


class Refused(Exception):
    """The front end will not take this application; the text says why."""


class Connection:
    """Made when attached; `run` serves until the front end drains it or the connection is lost.

    Attributes:
        front_end_leaves: after `run`: whether it has drained this worker because it leaves itself.
    """

    def __init__(self, application: Application, attached: Attached) -> None:
        """Open the data channel."""
        self._application = application
        self._attached = attached
        self._loop = asyncio.get_running_loop()
        self._inbox = _native.Inbox(attached.incarnation, attached.recorder)
        self._outbox = _native.Outbox(attached.incarnation, self._flush_soon, self._send)
        results = Mailbox(self._loop, self._guarded(self._on_results))
        on_idle = self._guarded(self._finish_drain)
        self._exchanges = Exchanges(application, self._outbox, results.put, on_idle)
        self._ticks = Ticks(self._loop, attached.recorder) if attached.recorder else None
        self._patience: asyncio.TimerHandle | None = None
        self.front_end_leaves = False
        self._draining = False
        self._time_to_leave: float | None = None
        self._said_goodbye = False
        # Callbacks are scheduled from handlers' tasks too, which have context variables of their own.
        self._context = contextvars.copy_context()
        self._flush_due = False
        self._on_flush_due = self._guarded(self._flush)
        self._on_receivable = self._guarded(self._receive)
        # Whether something was sent since it was last seen what has come.
        self._unlooked = False
        self._ended: asyncio.Future[None] = self._loop.create_future()
        self._socket: zmq.Socket[bytes] = zmq.Context.instance().socket(zmq.DEALER)
        self._socket.setsockopt(zmq.LINGER, 0)
        self._socket.setsockopt(zmq.SNDHWM, _HIGH_WATER_MARK)
        self._socket.setsockopt(zmq.RCVHWM, _HIGH_WATER_MARK)
        self._socket.setsockopt(zmq.MAXMSGSIZE, _MAX_BATCH)
        # A peer that comes back by itself would get nothing any more, and not know it.
        self._socket.setsockopt(zmq.RECONNECT_IVL, -1)
        self._socket.setsockopt(zmq.ROUTING_ID, b"w" + os.urandom(15))
        self._descriptor = typing.cast("int", self._socket.getsockopt(zmq.FD))
        # What the thread that reads the attach socket leaves to the loop.
        self._orders, self._passed_on = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)

    async def run(self) -> None:
        """Serve until the front end has drained this worker.

        Raises:
            ChannelLost: the connection is lost; what ran on it was cancelled.
            Unanswered: there never was one.
            Refused: the front end does not take the application as it is.
        """
        control = self._attached.control
        try:
            self._socket.connect(self._attached.endpoint)
            self._wait_for_answer()
            self._loop.add_reader(self._descriptor, self._on_receivable)
            self._loop.add_reader(control, self._guarded(self._on_control))
            self._loop.add_reader(self._orders, self._guarded(self._on_order))
            _native.start_obeying(control.fileno(), self._passed_on.fileno())
            self._say_hello()
            await self._ended
        except zmq.ZMQError as error:
            raise ChannelLost(f"{self._attached.endpoint}: {error}") from None
        finally:
            if self._ticks:
                self._ticks.stop()
            self._stop_waiting()
            for source in (control, self._orders, self._descriptor):
                self._loop.remove_reader(source)
            self._exchanges.abandon()
            self._outbox.close()
            # Not 0, even if nobody wants it: libzmq 4.3.5 ends the process if a connection breaks in the middle of a
            # message whose socket was closed without patience (its issue 3442).
            self._socket.close(linger=_LINGER)
            self._orders.close()
            self._passed_on.close()
            # The thread that obeys has descriptors of its own.
            with contextlib.suppress(OSError):
                control.shutdown(socket.SHUT_RDWR)
            control.close()

    def leave(self, within: float) -> None:
        """Ask the front end for a drain; may be called from a signal's handler.

        Args:
            within: seconds that requests have from the drain on; what has not ended then is given up.
        """
        self._loop.call_soon_threadsafe(self._leave, within)

    def _leave(self, within: float) -> None:
        if self._time_to_leave is not None:
            return
        self._time_to_leave = within
        if self._draining:
            self._limit_drain()
        else:
            self._outbox.leaving()

    def _limit_drain(self) -> None:
        # A front end that leaves has a limit of its own.
        if self._time_to_leave is not None and not self.front_end_leaves:
            self._loop.call_later(self._time_to_leave, self._break_off_drain, context=self._context)

    def _break_off_drain(self) -> None:
        if not self._ended.done():
            _log.warning("what has not ended within %g s is given up", self._time_to_leave)
            self._end(None)

    # ---- what comes

    def _receive(self) -> None:
        if self._flush_due:
            # Handlers run inside of this: what others have answered is not to wait for them.
            self._send_all()
        alone = not self._exchanges.busy
        self._begin_turn()
        try:
            # The descriptor tells only of changes, sends included: everything that is there has to be taken.
            for _ in range(_BATCHES_PER_TURN):
                if self._ended.done():
                    return
                messages = self._inbox.read(self._receive_frames())
                for message in messages:
                    if isinstance(message[0], Exchange):
                        self._exchanges.begin(*message)
                    else:
                        self._on_message(*message)
                if alone and len(messages) == 1:
                    # Nobody else is there to be waited for.
                    self._exchanges.go()
                    self._send()
                alone = False
            self._receive_soon()
        except zmq.Again:
            # To ask instead of trying is cheaper, but has made lone requests slower (docs/performance.md).
            self._unlooked = False
        except (ChannelLost, zmq.ZMQError) as error:
            self._lose(str(error))
            return
        self._exchanges.go()
        self._flush()

    def _receive_frames(self) -> list[bytes]:
        # As `recv_multipart` does, without its many questions.
        frame = self._socket.recv(_NOBLOCK, copy=False)
        frames = [frame.bytes]
        while frame.more:
            frame = self._socket.recv(_NOBLOCK, copy=False)
            frames.append(frame.bytes)
        return frames

    def _on_message(self, name: object, *values: Any) -> None:
        match name:
            case "manifest_wanted":
                self._outbox.manifest(self._application.manifest)
                self._wait_for_answer()
            case "welcome":
                self._stop_waiting()
                _, _, max_batch, window = values
                # What is collected before a body comes, and that body, make one batch.
                self._exchanges.welcome(window)
                self._outbox.limit(max_batch // 4, min(_MAX_BATCH, max_batch) // 2)
                self._outbox.ready()
                self._application.on_ready()
            case "window":
                self._exchanges.grant(*values)
            case "chunk":
                self._exchanges.put(*values)
            case "cancel":
                self._exchanges.cancel(values[0])
            case "refused":
                final, detail = values
                self._end(Refused(detail) if final else ChannelLost(f"refused: {detail}"))
            case "ping":
                self._outbox.pong(*values)
            case "drain":
                (self.front_end_leaves,) = values
                self._draining = True
                self._limit_drain()
                self._finish_drain()
            case "goodbye":
                self._lose("the front end leaves")

    def _on_results(self, results: deque[Result]) -> None:
        if not self._ended.done():
            self._begin_turn()
            self._exchanges.finish(results)
            self._flush()

    def _on_control(self) -> None:
        # What comes is for the thread that reads it; here only the end matters.
        try:
            if self._attached.control.recv(1, socket.MSG_PEEK):
                return
        except BlockingIOError:
            return
        except OSError:
            pass
        self._lose("the front end has closed the connection, or what came over it was no order")

    def _on_order(self) -> None:
        self._on_message(*_native.decode_control(self._orders.recv(MAX_PACKET)))

    # ---- what goes

    def _say_hello(self) -> None:
        self._outbox.hello(
            token=self._attached.token,
            pid=os.getpid(),
            runtime=f"{platform.python_implementation()} {platform.python_version()}",
            slots=SLOTS,
            manifest_hash=hashlib.sha256(self._application.manifest).digest(),
            max_batch=_MAX_BATCH,
        )

    def _stop_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()

    def _wait_for_answer(self) -> None:
        self._stop_waiting()
        self._patience = self._loop.call_later(ANSWER_WITHIN, self._give_up, context=self._context)

    def _give_up(self) -> None:
        self._end(None if self._draining else Unanswered("the front end has not answered"))

    def _begin_turn(self) -> None:
        # What is answered meanwhile leaves behind this, not with the loop's next turn.
        self._flush_due = True
        self._outbox.begin_turn()

    def _flush_soon(self) -> bool:
        if self._flush_due:
            return False
        self._flush_due = True
        # Behind all that this turn of the loop will answer: one batch takes it all.
        self._loop.call_soon(self._on_flush_due, context=self._context)
        return True

    def _flush(self) -> None:
        self._send_all()
        # A send may have swallowed the sign that something has come.
        if self._unlooked and not self._ended.done():
            self._unlooked = False
            if typing.cast("int", self._socket.getsockopt(_EVENTS)) & _POLLIN:
                self._receive_soon()

    def _send_all(self) -> None:
        self._flush_due = False
        self._send()
        self._finish_drain()

    def _send(self) -> None:
        if self._ended.done() or self._outbox.empty:
            return
        try:
            frames = self._outbox.seal()
            if len(frames) == 1:
                self._socket.send(frames[0], _NOBLOCK)
            else:
                self._socket.send_multipart(frames, _NOBLOCK, copy=False)
        except zmq.ZMQError as error:
            self._lose(f"the front end does not read: {error}")
        except Exception as error:  # a handler whose answer has filled it must not take this for its own
            self._fail(error)
        self._unlooked = True

    def _receive_soon(self) -> None:
        self._loop.call_soon(self._on_receivable, context=self._context)

    def _finish_drain(self) -> None:
        if not self._draining or self._exchanges.busy or self._said_goodbye or self._ended.done():
            return
        if not self._outbox.empty:
            return  # it leaves first, and this is asked again
        self._outbox.goodbye()
        self._send()
        # The front end closes the attach socket when it has read this; closed here, it could overtake answers.
        self._said_goodbye = True
        self._loop.call_later(_CLOSED_WITHIN, self._end, None, context=self._context)

    def _guarded(self, act: Callable[P, None]) -> Callable[P, None]:
        """Do something for the loop, which would only log an error: then clients would wait without end."""

        def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
            try:
                act(*args, **kwargs)
            except Exception as error:
                self._fail(error)

        return guarded

    def _fail(self, error: Exception) -> None:
        """Attach anew: what has come of an error here, such as a lack of memory, nobody knows."""
        _log.error("not what the application has done: the worker attaches anew", exc_info=error)
        self._lose(f"{type(error).__name__}: {error}")

    def _lose(self, cause: str) -> None:
        # Whoever has said that it takes nothing more has what it wanted.
        self._end(None if self._draining else ChannelLost(cause))

    def _end(self, error: Exception | None) -> None:
        if self._ended.done():
            return
        if error is None:
            self._ended.set_result(None)
        else:
            self._ended.set_exception(error)
