"""What tests do with a socket where a client would be too polite."""

from __future__ import annotations

import socket
import struct


def read_all(client: socket.socket) -> bytes:
    """Until the server closes."""
    received = b""
    with client:
        while data := client.recv(65536):
            received += data
    return received


def read_until(client: socket.socket, end: bytes) -> bytes:
    received = b""
    while end not in received:
        data = client.recv(65536)
        assert data, received
        received += data
    return received


def dechunk(body: bytes) -> tuple[bytes, bool]:
    """The bytes of a chunked body, and whether the last chunk has come."""
    whole = b""
    while body:
        size, _, rest = body.partition(b"\r\n")
        if int(size, 16) == 0:
            return whole, rest == b"\r\n"
        if len(rest) < int(size, 16) + 2:
            return whole, False
        whole, body = whole + rest[: int(size, 16)], rest[int(size, 16) + 2 :]
    return whole, False


def reset(client: socket.socket) -> None:
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()
