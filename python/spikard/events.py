"""Server-sent events (WHATWG HTML, section 9.2)."""

from __future__ import annotations

from collections.abc import AsyncIterable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from spikard import _json
from spikard.streaming import StreamingResponse

if TYPE_CHECKING:
    from spikard.datastructures import Pairs


@dataclass(frozen=True, slots=True)
class SseEvent:
    """One event.

    Attributes:
        data: text as it is, None as nothing, all else as JSON.
        event_type: what listeners are registered for; None is "message".
        id: what a client that comes back sends as `Last-Event-ID`.
        retry: how long it waits before it comes back, in milliseconds.

    Raises:
        ValueError: a type or id of several lines, or a negative time.
    """

    data: Any = None
    event_type: str | None = None
    id: str | None = None
    retry: int | None = None

    def __post_init__(self) -> None:
        if self.event_type is not None:
            _check_line("event_type", self.event_type)
        if self.id is not None:
            _check_line("id", self.id)
        if self.retry is not None and self.retry < 0:
            raise ValueError(f"retry must be milliseconds, not {self.retry!r}")

    def encode(self) -> bytes:
        """Give the event as it is sent."""
        lines: list[str] = []
        if self.event_type is not None:
            lines.append(f"event: {self.event_type}")
        if self.id is not None:
            lines.append(f"id: {self.id}")
        if self.retry is not None:
            lines.append(f"retry: {self.retry}")
        if self.data is not None:
            text = self.data if isinstance(self.data, str) else _json.encode(self.data).decode()
            # What ends a line in this format; str.splitlines knows more ends.
            if "\n" in text or "\r" in text:
                text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\ndata: ")
            lines.append(f"data: {text}")
        return ("\n".join(lines) + "\n\n").encode()


def _check_line(name: str, text: str) -> None:
    if "\n" in text or "\r" in text or "\0" in text:
        raise ValueError(f"{name} must be one line without NUL, not {text!r}")


class EventSourceResponse(StreamingResponse):
    """Events as an async generator gives them: `SseEvent`, text, or what JSON can express."""

    __slots__ = ("_ping",)

    _default_media_type = "text/event-stream"

    def __init__(
        self,
        content: AsyncIterable[Any],
        status_code: int = 200,
        headers: Pairs | None = None,
        background: Callable[[], Any] | None = None,
        ping: float = 15.0,
    ) -> None:
        """Make a response.

        Args:
            content: gives the events.
            status_code: the status, 200 to 599.
            headers: a mapping, or pairs in which a name may come again.
            background: called after the last event.
            ping: after so many seconds without an event, a comment keeps the connection from being given up.

        Raises:
            ValueError: a status, header or time that cannot be.
            TypeError: the content is not async.
        """
        if not isinstance(content, AsyncIterable):
            raise TypeError(f"content must be an async generator of events, not {type(content).__name__}")
        if ping <= 0:
            raise ValueError(f"ping must be seconds above 0, not {ping!r}")
        super().__init__(content, status_code, headers, None, background)
        for name, value in (("cache-control", "no-store"), ("x-accel-buffering", "no")):
            if name not in self.headers:
                self.headers.append(name, value)
        self._ping = ping

    def _encode(self, part: Any) -> bytes:
        return (part if isinstance(part, SseEvent) else SseEvent(part)).encode()
