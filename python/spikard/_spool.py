"""Bytes that are too many for memory, in a file without a name."""

from __future__ import annotations

import io
import os
import threading


class Spool:
    """A file in `TMPDIR` that nobody else can open, and that is gone with this object.

    Attributes:
        size: in bytes.
    """

    def __init__(self) -> None:
        """Make it, empty.

        Raises:
            OSError: there is no room for it.
        """
        import tempfile

        self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 (closed at the end)
        # Its number may be that of another file once it is closed.
        self._lock = threading.Lock()
        self.size = 0

    def __del__(self) -> None:
        if hasattr(self, "_lock"):
            self.close()

    def close(self) -> None:
        """Give up the bytes now, even while a thread still writes."""
        with self._lock:
            self._file.close()

    def write(self, data: bytes) -> None:
        """Put bytes behind those that are there.

        Raises:
            OSError: there is no room for them.
            ValueError: it was closed.
        """
        rest = memoryview(data)
        with self._lock:
            while rest:
                written = os.pwrite(self._file.fileno(), rest, self.size)
                self.size += written
                rest = rest[written:]

    def fileno(self) -> int:
        """Give its number, as long as this is there."""
        return self._file.fileno()

    def whole(self) -> bytes:
        """Give all bytes."""
        return self.part(0, self.size).read()

    def part(self, offset: int, size: int) -> io.BufferedReader:
        """Give some of the bytes as a file; several threads may read several of them at once."""
        return io.BufferedReader(_Part(self, offset, size))

    def read_into(self, buffer: memoryview, offset: int) -> int:
        """Read from a place, and tell how many bytes."""
        return os.preadv(self._file.fileno(), [buffer], offset)


class _Part(io.RawIOBase):
    def __init__(self, spool: Spool, offset: int, size: int) -> None:
        self._spool: Spool | None = spool
        self._offset = offset
        self._size = size
        self._at = 0

    def close(self) -> None:
        # Whoever keeps this keeps no file.
        super().close()
        self._spool = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]  # Buffer has no name before Python 3.12
        count = max(0, min(len(view), self._size - self._at))
        if count and self._spool is not None:
            count = self._spool.read_into(view[:count], self._offset + self._at)
        self._at += count
        return count

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        if start + offset < 0:
            raise ValueError(f"a file has no position {start + offset}")
        self._at = start + offset
        return self._at
