"""Files that clients send."""

from __future__ import annotations

import io
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from spikard.datastructures import Headers, Pairs

if TYPE_CHECKING:
    import tempfile

T = TypeVar("T")

_SPOOL = 1024 * 1024


class UploadFile:
    """One file of a multipart form; its bytes are exact. Large ones lie on disk.

    Attributes:
        filename: as the client named it; never a path to open.
        content_type: as the client declared it.
        size: in bytes.
        headers: of the part.
    """

    def __init__(
        self,
        filename: str,
        content: bytes | memoryview | io.BufferedReader = b"",
        content_type: str | None = None,
        size: int | None = None,
        headers: Pairs | None = None,
        max_spool_size: int = _SPOOL,
    ) -> None:
        """Hold a file.

        Args:
            filename: the client's name for it.
            content: the bytes, or a file that has them, with their size.
            content_type: else `application/octet-stream`.
            size: else the length of the content.
            headers: of the part.
            max_spool_size: bytes kept in memory; more goes to a temporary file.
        """
        self.filename = filename
        self.content_type = content_type or "application/octet-stream"
        self.headers = Headers(headers or ())
        self._limit = max_spool_size
        self._content: bytes | memoryview = b""
        self._file: tempfile.SpooledTemporaryFile[bytes] | io.BufferedReader | None = None
        if isinstance(content, (bytes, bytearray, memoryview)):
            self._content = content
            self.size = len(content) if size is None else size
        else:
            self._file = content
            self.size = size or 0

    @property
    def file(self) -> Any:
        """The content as a file; made when it is first asked for."""
        if self._file is None:
            self._file = self._own()
            self._file.write(self._content)
            self._file.seek(0)
            self._content = b""
        return self._file

    def _own(self) -> tempfile.SpooledTemporaryFile[bytes]:
        import tempfile

        return tempfile.SpooledTemporaryFile(max_size=self._limit)  # closed by close

    def as_bytes_io(self) -> io.BytesIO:
        """Give all of the content in memory, wherever the position is."""
        at = self.file.tell()
        self.file.seek(0)
        copy = io.BytesIO(self.file.read())
        self.file.seek(at)
        return copy

    @property
    def rolled_to_disk(self) -> bool:
        """Whether the content lies on disk."""
        return self._file is not None and bool(getattr(self._file, "_rolled", True))

    def read(self, size: int = -1) -> bytes:
        """Read from where the last read ended; all that is left without a size."""
        content: bytes = self.file.read(size)
        return content

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a position."""
        position: int = self.file.seek(offset, whence)
        return position

    def write(self, data: bytes) -> int:
        """Write at the position."""
        if isinstance(self._file, io.BufferedReader):
            import shutil

            # What has come is a piece of something larger.
            came, at = self._file, self._file.tell()
            self._file = self._own()
            came.seek(0)
            shutil.copyfileobj(came, self._file)
            self._file.seek(at)
        written: int = self.file.write(data)
        self.size = max(self.size, self.file.tell())
        return written

    def close(self) -> None:
        """Give up the content."""
        self._content = b""
        if self._file is not None:
            self._file.close()

    async def aread(self, size: int = -1) -> bytes:
        """Read without blocking the loop."""
        return await self._aside(self.read, size)

    async def aseek(self, offset: int, whence: int = 0) -> int:
        """Go to a position, likewise."""
        return await self._aside(self.seek, offset, whence)

    async def awrite(self, data: bytes) -> int:
        """Write, likewise."""
        return await self._aside(self.write, data)

    async def aclose(self) -> None:
        """Give up the content, likewise."""
        await self._aside(self.close)

    async def _aside(self, function: Callable[..., T], *arguments: Any) -> T:
        # What lies in memory takes no time.
        if self.size <= self._limit:
            return function(*arguments)
        import asyncio

        return await asyncio.to_thread(function, *arguments)

    def __enter__(self) -> UploadFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    async def __aenter__(self) -> UploadFile:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"<UploadFile {self.filename!r}, {self.content_type}, {self.size} bytes>"
