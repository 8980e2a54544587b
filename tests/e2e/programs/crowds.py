"""What odd clients ask for, and what the well-behaved one beside them does."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator

from spikard import Request, Response, ServerConfig, Spikard, StreamingResponse, get, post

app = Spikard(config=ServerConfig(max_body_size=None))


@get("/hello")
async def hello() -> str:
    return "hello"


@get("/endless")
async def endless() -> StreamingResponse:
    async def parts() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 65536

    return StreamingResponse(parts())


@get("/large")
async def large() -> bytes:
    return b"x" * (1 << 20)


@post("/sum")
async def get_sum(request: Request) -> int:
    size = 0
    async for part in request.stream():
        size += len(part)
    return size


@post("/digest")
async def digest(request: Request) -> str:
    size, found = 0, hashlib.sha256()
    async for part in request.stream():
        size += len(part)
        found.update(part)
    return f"{found.hexdigest()} {size}"


@post("/few", max_body_size=1 << 20)
async def few(request: Request) -> int:
    return len(await request.body())


@post("/numbers")
async def numbers(body: list[int]) -> int:
    return len(body)


@post("/echo")
async def echo(request: Request) -> Response:
    return Response(await request.body())


if __name__ == "__main__":
    app.run(port=0)
