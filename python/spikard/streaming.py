"""Responses that are made while they are sent."""

from __future__ import annotations

from collections.abc import AsyncIterable, Callable, Iterable
from typing import TYPE_CHECKING, Any

from spikard.responses import Response

if TYPE_CHECKING:
    from spikard.datastructures import Pairs

Content = AsyncIterable[Any] | Iterable[Any]


class StreamingResponse(Response):
    """A body in parts, each sent when it is there and when the client has taken those before.

    A generator is closed when the client goes. What it raises breaks the client's connection, since the status has
    been sent: a client never takes half a body for a whole one, unless `content-length` was left out and it speaks
    HTTP/1.0.

    Attributes:
        content: gives the parts.
    """

    __slots__ = ("content",)

    def __init__(
        self,
        content: Content,
        status_code: int = 200,
        headers: Pairs | None = None,
        media_type: str | None = None,
        background: Callable[[], Any] | None = None,
    ) -> None:
        """Make a response.

        Args:
            content: an (async) generator or any (async) iterable of bytes or text, which goes out as UTF-8. What is
                not async is iterated in a thread and may block.
            status_code: the status, 200 to 599.
            headers: a mapping, or pairs in which a name may come again. With a `content-length`, the parts must have
                exactly so many bytes.
            media_type: the content type, else `application/octet-stream`; `text/...` gets `charset=utf-8`.
            background: called after the last part.

        Raises:
            ValueError: a status, header name or header value that HTTP cannot carry.
            TypeError: content that cannot be iterated.
        """
        iterable = isinstance(content, (AsyncIterable, Iterable))
        if not iterable or isinstance(content, (str, bytes, bytearray, memoryview)):
            raise TypeError(f"content must be a generator or iterable of parts, not {type(content).__name__}")
        super().__init__(None, status_code, headers, media_type or self._default_media_type, background)
        self.content: Content = content

    _default_media_type = "application/octet-stream"

    def _encode(self, part: Any) -> bytes:
        """Give the bytes of a part.

        Raises:
            TypeError: it is of a type that has none.
        """
        if isinstance(part, bytes):
            return part
        if isinstance(part, str):
            return part.encode()
        if isinstance(part, (bytearray, memoryview)):
            return bytes(part)
        raise TypeError(f"a part of a streamed response must be bytes or str, not {type(part).__name__}")

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.status_code}>"
