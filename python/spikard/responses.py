"""What handlers may answer with when a plain value does not say enough."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any
from urllib.parse import quote

from spikard import _cookies, _json
from spikard._cookies import SameSite
from spikard.datastructures import MutableHeaders, Pairs

_EPOCH = datetime.fromtimestamp(0, timezone.utc)


class Response:
    """An answer with status, headers and body of its own.

    Attributes:
        status_code: 200 to 599 (RFC 9110, section 15).
        headers: the header fields; `content-type` among them unless there is no content.
        body: the exact bytes.
        background: called after the last byte was sent.
    """

    __slots__ = ("_cleanup", "background", "body", "headers", "status_code")

    def __init__(
        self,
        content: Any = None,
        status_code: int = 200,
        headers: Pairs | None = None,
        media_type: str | None = None,
        background: Callable[[], Any] | None = None,
    ) -> None:
        """Make a response.

        Args:
            content: bytes go out as they are, text as UTF-8, None as nothing, all else as JSON.
            status_code: the status, 200 to 599.
            headers: a mapping, or pairs in which a name may come again. A `content-type` among them wins.
            background: called after the last byte was sent: a `BackgroundTask`, or an async function.
            media_type: the content type, else the content decides; `text/...` gets `charset=utf-8`.

        Raises:
            ValueError: a status, header name or header value that HTTP cannot carry.
            TypeError: content that JSON cannot express.
        """
        if not 200 <= status_code <= 599:
            raise ValueError(f"status_code must be 200 to 599, not {status_code!r}")
        self.status_code = int(status_code)
        self.background = background
        # What the worker calls after `background`, in this order.
        self._cleanup: list[Callable[[], Any]] = []
        self.headers = MutableHeaders(headers or ())
        self.body, default = _render(content)
        if media_type is not None and media_type.startswith("text/") and "charset=" not in media_type.lower():
            media_type += "; charset=utf-8"
        content_type = media_type or default
        if content_type is not None and "content-type" not in self.headers:
            self.headers.append("content-type", content_type)

    @property
    def content(self) -> Any:
        """The exact bytes; what it is set to becomes bytes as that of the constructor does.

        Raises:
            TypeError: it is set to what JSON cannot express.
        """
        return self.body

    @content.setter
    def content(self, content: Any) -> None:
        self.body, content_type = _render(content)
        if content_type is not None:
            self.headers.setdefault("content-type", content_type)

    @property
    def raw_headers(self) -> list[tuple[str, str]]:
        """All header fields in order, names in lower case."""
        return self.headers.multi_items()

    def set_cookie(
        self,
        key: str,
        value: str = "",
        max_age: int | None = None,
        domain: str | None = None,
        path: str | None = "/",
        secure: bool = False,
        httponly: bool = False,
        samesite: SameSite | None = None,
        *,
        expires: datetime | None = None,
    ) -> None:
        """Ask the client to keep a cookie (RFC 6265, section 4.1); every call is a cookie more.

        Args:
            key: its name.
            value: its text.
            max_age: how long to keep it, in seconds; without `expires` too, until the client is closed.
            domain: also send it to hosts below this one; None: to this host only.
            path: send it to paths below this one.
            secure: send it over TLS only.
            httponly: hide it from scripts.
            samesite: "strict", "lax" or "none" (with `secure`): whether requests from other sites carry it.
            expires: until when to keep it, with a time zone.

        Raises:
            ValueError: a name, value or attribute that a cookie cannot have.
        """
        field = _cookies.render(key, value, max_age, expires, domain, path, secure, httponly, samesite)
        self.headers.append("set-cookie", field)

    def delete_cookie(
        self,
        key: str,
        path: str | None = "/",
        domain: str | None = None,
        secure: bool = False,
        httponly: bool = False,
        samesite: SameSite | None = None,
    ) -> None:
        """Ask the client to forget a cookie; path and domain must be those it was set with.

        Raises:
            ValueError: a name or attribute that a cookie cannot have.
        """
        self.set_cookie(key, "", 0, domain, path, secure, httponly, samesite, expires=_EPOCH)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.status_code}, {len(self.body)} bytes>"


class JSONResponse(Response):
    """Content as JSON, whatever its type."""

    __slots__ = ()

    def __init__(
        self,
        content: Any = None,
        status_code: int = 200,
        headers: Pairs | None = None,
        media_type: str = "application/json",
        background: Callable[[], Any] | None = None,
    ) -> None:
        """Make a response; see `Response`, but text and None are JSON too.

        Raises:
            ValueError: a status, header name or header value that HTTP cannot carry.
            TypeError: content that JSON cannot express.
        """
        super().__init__(_json.encode(content), status_code, headers, media_type, background)


class PlainTextResponse(Response):
    """Text, or bytes that are text."""

    __slots__ = ()

    _media_type = "text/plain"

    def __init__(
        self,
        content: str | bytes = "",
        status_code: int = 200,
        headers: Pairs | None = None,
        media_type: str | None = None,
        background: Callable[[], Any] | None = None,
    ) -> None:
        """Make a response; see `Response`.

        Raises:
            ValueError: a status, header name or header value that HTTP cannot carry.
        """
        super().__init__(content, status_code, headers, media_type or self._media_type, background)


class HTMLResponse(PlainTextResponse):
    """A page, or bytes that are one."""

    __slots__ = ()

    _media_type = "text/html"


class RedirectResponse(Response):
    """Sends the client elsewhere."""

    __slots__ = ()

    def __init__(
        self,
        url: object,
        status_code: int = 307,
        headers: Pairs | None = None,
        background: Callable[[], Any] | None = None,
    ) -> None:
        """Make a response.

        Args:
            url: where to, absolute or not; what a URL cannot have is percent-encoded.
            status_code: 307 and 308 keep the method, 303 asks with GET, 301 and 302 mostly do.
            headers: a mapping, or pairs in which a name may come again.
            background: called after the response.

        Raises:
            ValueError: a status, header name or header value that HTTP cannot carry.
        """
        super().__init__(None, status_code, headers, None, background)
        self.headers["location"] = quote(str(url), safe=":/%#?=@[]!$&'()*+,;~")


def _render(content: Any) -> tuple[bytes, str | None]:
    if content is None:
        return b"", None
    if isinstance(content, (bytes, bytearray, memoryview)):
        return bytes(content), "application/octet-stream"
    if isinstance(content, str):
        return content.encode(), "text/plain; charset=utf-8"
    return _json.encode(content), "application/json"
