"""Answers with the number it was asked with: small or large, soon or late."""

import asyncio
import hashlib
import os

from spikard import Request, Response, ServerConfig, Spikard, get, post

app = Spikard(ServerConfig(port=0, worker_threads=8))


def fill(number: str, size: int) -> bytes:
    return (f"<{number}>".encode() * (size // (len(number) + 2) + 1))[:size]


def answer(number: str, body: bytes) -> Response:
    return Response(body, headers={"x-number": number})


@get("/numbers/{number}")
async def soon(number: str, size: int = 0, milliseconds: int = 0) -> Response:
    if milliseconds:
        await asyncio.sleep(milliseconds / 1000)
    return answer(number, fill(number, size))


@get("/threads/{number}")
def in_thread(number: str, size: int = 0) -> Response:
    return answer(number, fill(number, size))


@post("/numbers/{number}")
async def back(request: Request, number: str, milliseconds: int = 0) -> Response:
    if milliseconds:
        await asyncio.sleep(milliseconds / 1000)
    return answer(number, await request.body())


@post("/digest/{number}")
async def digest(request: Request, number: str) -> Response:
    return answer(number, hashlib.sha256(await request.body()).hexdigest().encode())


@get("/pid")
async def pid() -> int:
    await asyncio.sleep(0.05)
    return os.getpid()


if __name__ == "__main__":
    app.run()
