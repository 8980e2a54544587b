"""Clients that hold on to what they have, or take what they can: each is a coroutine."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable

Address = tuple[str, int]
# Does it until it is cancelled, or the server has had enough of it.
Member = Callable[[Address], Awaitable[None]]

HEAD = b"GET /hello HTTP/1.1\r\nhost: crowd\r\n"
MEBIBYTE = b"x" * (1 << 20)


@contextlib.asynccontextmanager
async def connected(address: Address, receive_buffer: int = 0) -> AsyncIterator[socket.socket]:
    client = socket.socket()
    try:
        client.setblocking(False)
        if receive_buffer:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        await asyncio.get_running_loop().sock_connect(client, address)
        yield client
    finally:
        client.close()


async def send(client: socket.socket, data: bytes) -> None:
    await asyncio.get_running_loop().sock_sendall(client, data)


async def receive(client: socket.socket, size: int = 65536) -> bytes:
    return await asyncio.get_running_loop().sock_recv(client, size)


async def until_closed(client: socket.socket) -> None:
    while await receive(client):
        pass


async def silent(address: Address) -> None:
    async with connected(address) as client:
        await until_closed(client)


async def idle(address: Address) -> None:
    async with connected(address) as client:
        await send(client, HEAD + b"\r\n")
        await until_closed(client)


async def slowloris(address: Address) -> None:
    async with connected(address) as client:
        await send(client, HEAD + b"x-")
        while True:
            await asyncio.sleep(0.1)
            await send(client, b"a")


async def slow_body(address: Address) -> None:
    async with connected(address) as client:
        await send(client, b"POST /sum HTTP/1.1\r\nhost: crowd\r\ncontent-length: 100000\r\n\r\n")
        while True:
            await asyncio.sleep(0.1)
            await send(client, b"a")


async def slow_reader(address: Address) -> None:
    async with connected(address, receive_buffer=4096) as client:
        await send(client, b"GET /endless HTTP/1.1\r\nhost: crowd\r\n\r\n")
        while await receive(client, 1024):
            await asyncio.sleep(0.1)


async def half_closed(address: Address) -> None:
    for request in (
        HEAD + b"\r\n",
        HEAD,
        b"",
        b"POST /sum HTTP/1.1\r\nhost: crowd\r\ncontent-length: 9\r\n\r\nx",
    ):
        async with connected(address) as client:
            await send(client, request)
            client.shutdown(socket.SHUT_WR)
            await until_closed(client)


async def endless_head(address: Address) -> None:
    async with connected(address) as client:
        await send(client, HEAD)
        while True:
            await send(client, b"x-field: value\r\n" * 10)
            await asyncio.sleep(0.001)


async def endless_chunks(address: Address) -> None:
    async with connected(address) as client:
        await send(client, b"POST /sum HTTP/1.1\r\nhost: crowd\r\ntransfer-encoding: chunked\r\n\r\n")
        while True:
            await send(client, b"1\r\nx\r\n" * 100)
            await asyncio.sleep(0.001)


async def reset(address: Address) -> None:
    while True:
        async with connected(address) as client:
            await send(client, HEAD + b"\r\n")
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        await asyncio.sleep(0.01)


def large_body(size: int, chunked: bool = False) -> Member:
    """A body whose digest has to come back."""
    framing = "transfer-encoding: chunked" if chunked else f"content-length: {size}"
    head = f"POST /digest HTTP/1.1\r\nhost: crowd\r\n{framing}\r\nconnection: close\r\n\r\n".encode()

    async def act(address: Address) -> None:
        digest = hashlib.sha256()
        async with connected(address) as client:
            await send(client, head)
            for number in range(size >> 20):
                part = number.to_bytes(8, "big") + MEBIBYTE[8:]
                digest.update(part)
                await send(client, b"%x\r\n%s\r\n" % (len(part), part) if chunked else part)
            if chunked:
                await send(client, b"0\r\n\r\n")
            answer = await _until_end(client)
        assert answer.endswith(f'\r\n\r\n"{digest.hexdigest()} {size}"'.encode()), answer

    return act


def refused_body(size: int) -> Member:
    """A body that is too large by its own word, and is not sent."""

    async def act(address: Address) -> None:
        async with connected(address) as client:
            head = f"POST /few HTTP/1.1\r\nhost: crowd\r\ncontent-length: {size}\r\n\r\n"
            await send(client, head.encode())
            answer = await _until_end(client)
        assert answer.startswith(b"HTTP/1.1 413 "), answer

    return act


async def _until_end(client: socket.socket) -> bytes:
    answer = b""
    while data := await receive(client):
        answer += data
    return answer


def post(target: str, body: bytes) -> Member:
    async def act(address: Address) -> None:
        head = f"POST {target} HTTP/1.1\r\nhost: crowd\r\ncontent-length: {len(body)}\r\n\r\n".encode()
        async with connected(address) as client:
            while True:
                await send(client, head + body)
                answer = b""
                while b"\r\n\r\n" not in answer:
                    answer += await _more(client)
                received, _, rest = answer.partition(b"\r\n\r\n")
                assert received.startswith(b"HTTP/1.1 200 "), received
                left = int(received.lower().partition(b"content-length: ")[2].split(b"\r\n")[0]) - len(rest)
                while left > 0:
                    left -= len(await _more(client))

    return act


async def _more(client: socket.socket) -> bytes:
    data = await receive(client, 1 << 20)
    if not data:
        raise ConnectionError("closed")
    return data


def validated() -> Member:
    """10 MiB of JSON that is checked against a schema."""
    return post("/numbers", json.dumps(list(range(1_400_000))).encode())


def echoed() -> Member:
    return post("/echo", MEBIBYTE * 10)
