"""Files as responses: whole, in part, or not at all if the client has them (RFC 9110, sections 13 and 14)."""

from __future__ import annotations

import mimetypes
import os
import re
import stat
from collections.abc import Callable, Iterator
from typing import IO, TYPE_CHECKING, Any, Literal
from urllib.parse import quote

from spikard import _conditions
from spikard.datastructures import Headers
from spikard.responses import Response
from spikard.streaming import StreamingResponse

if TYPE_CHECKING:
    from spikard._exchange import Exchange
    from spikard.datastructures import Pairs

_BLOCK = 64 * 1024
# Of what describes the file's content, what describes neither a problem nor nothing (section 15.4.5).
_OF_CONTENT = {
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-length",
    "content-range",
    "content-type",
}


class FileResponse(StreamingResponse):
    """A file, read in a thread while it is sent.

    To GET and HEAD, with the status 200, it answers as `Range`, `If-Range`, `If-None-Match`, `If-Modified-Since`,
    `If-Match` and `If-Unmodified-Since` ask; of several ranges none counts. Nothing is opened before the handler has
    returned.

    Attributes:
        path: of the file.
    """

    __slots__ = ("path",)

    def __init__(
        self,
        path: str | os.PathLike[str],
        status_code: int = 200,
        headers: Pairs | None = None,
        media_type: str | None = None,
        background: Callable[[], Any] | None = None,
        filename: str | None = None,
        content_disposition_type: Literal["attachment", "inline"] = "attachment",
    ) -> None:
        """Make a response.

        Args:
            path: of the file; a path that a client has any part in has to be checked before.
            status_code: the status, 200 to 599.
            headers: a mapping, or pairs in which a name may come again.
            media_type: the content type, else the name's ending decides.
            background: called after the last byte.
            filename: under which clients are to save it; without one, no `content-disposition` is sent.
            content_disposition_type: whether they are to save it or to show it.

        Raises:
            ValueError: a status, header name or header value that HTTP cannot carry.
        """
        self.path = os.fspath(path)
        guessed, encoding = mimetypes.guess_type(filename or self.path)
        if media_type is None and encoding is None:
            media_type = guessed
        super().__init__((), status_code, headers, media_type, background)
        if filename is not None and "content-disposition" not in self.headers:
            plain = re.sub(r"[^ !#-\[\]-~]", "_", filename)
            field = f'{content_disposition_type}; filename="{plain}"'
            if plain != filename:
                field += f"; filename*=UTF-8''{quote(filename, safe='')}"
            self.headers.append("content-disposition", field)

    def _open(self, exchange: Exchange) -> Response:
        """Open the file and give what answers this request; blocks.

        Raises:
            OSError: there is no such file, or it cannot be read.
        """
        file = open(self.path, "rb")  # noqa: SIM115 - whoever sends it closes it
        try:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise IsADirectoryError(f"{self.path} is no file")
            return self._answer(file, status, exchange)
        except BaseException:
            file.close()
            raise

    def _answer(self, file: IO[bytes], status: os.stat_result, exchange: Exchange) -> Response:
        # Imported when it is needed: the package `email` is a tenth of what `import spikard` takes.
        from email.utils import formatdate

        size = status.st_size
        for name, value in (
            ("etag", f'"{status.st_mtime_ns:x}-{size:x}"'),
            ("last-modified", formatdate(status.st_mtime, usegmt=True)),
            ("accept-ranges", "bytes"),
        ):
            if name not in self.headers:
                self.headers.append(name, value)
        first, last = 0, size - 1
        code = self.status_code
        # For other methods the file is not what a condition would be about.
        if code == 200 and exchange.method in ("GET", "HEAD"):
            request = Headers(exchange.headers)
            changed = _conditions.parse_date(self.headers["last-modified"])
            own = _conditions.Version(
                self.headers["etag"], int(status.st_mtime) if changed is None else changed
            )
            code = _conditions.refusal(request, own) or 200
            if code == 200 and exchange.method == "GET":
                found = _conditions.part(request, size, own)
                if found is not None:
                    first, last = found
                    code = 206 if first <= last else 416
        headers = self.headers.multi_items()
        if code in (304, 412, 416):
            file.close()
            headers = [pair for pair in headers if pair[0] not in _OF_CONTENT]
            if code == 304:
                return self._follow(Response(None, code, headers))
            headers = [pair for pair in headers if pair[0] != "content-location"]
            if code == 416:
                headers.append(("content-range", f"bytes */{size}"))
            from spikard._problem import Problem  # which needs what is native: importing the package does not

            return self._follow(Problem(code, headers=headers).response(exchange.request_id))
        if code == 206:
            headers.append(("content-range", f"bytes {first}-{last}/{size}"))
        headers = [pair for pair in headers if pair[0] != "content-length"]
        headers.append(("content-length", str(last - first + 1)))
        return self._follow(StreamingResponse(_blocks(file, first, last - first + 1), code, headers))

    def _follow(self, response: Response) -> Response:
        response.background, response._cleanup = self.background, self._cleanup
        return response


def _blocks(file: IO[bytes], at: int, left: int) -> Iterator[bytes]:
    with file:
        file.seek(at)
        while left > 0:
            # A file that was cut short meanwhile breaks the response: it lacks what was announced.
            if not (block := file.read(min(left, _BLOCK))):
                return
            left -= len(block)
            yield block
