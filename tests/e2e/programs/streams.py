"""Handlers that answer in parts, take long, and tell what has become of others."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

from spikard import EventSourceResponse, Request, ServerConfig, Spikard, SseEvent, StreamingResponse, get, sse

app = Spikard(config=ServerConfig(request_timeout=20.0))
# On a busy machine, too, what is to begin has begun by then, and what takes no time is done.
HURRY = 0.8

running: set[str] = set()
counts: dict[str, int] = {}


def count(name: str) -> None:
    counts[name] = counts.get(name, 0) + 1


@get("/told")
async def told() -> dict[str, Any]:
    return {"running": len(running), "counts": counts}


async def numbers(upto: int) -> AsyncIterator[bytes]:
    try:
        for number in range(upto):
            yield b"%d\n" % number
    finally:
        count("numbers closed")


@get("/numbers/{upto:int}")
async def get_numbers(upto: int) -> StreamingResponse:
    return StreamingResponse(numbers(upto), media_type="text/plain", background=lambda: count("background"))


@get("/sized/{size:int}")
async def sized(size: int) -> StreamingResponse:
    return StreamingResponse(numbers(10), headers={"content-length": str(size)})


def blocking() -> Iterator[str]:
    try:
        for number in range(3):
            time.sleep(0.01)
            yield f"{number}\n"
    finally:
        count("blocking closed")


@get("/blocking")
def get_blocking() -> StreamingResponse:
    return StreamingResponse(blocking())


@get("/endless")
async def endless() -> StreamingResponse:
    async def parts() -> AsyncIterator[bytes]:
        try:
            while True:
                count("endless parts")
                yield b"x" * 65536
        finally:
            count("endless closed")

    return StreamingResponse(parts())


@get("/silent")
async def silent() -> StreamingResponse:
    async def parts() -> AsyncIterator[bytes]:
        try:
            yield b"first"
            await asyncio.sleep(60)
        finally:
            count("silent closed")

    return StreamingResponse(parts())


@get("/slowly")
async def slowly() -> StreamingResponse:
    async def parts() -> AsyncIterator[bytes]:
        yield b"one"
        await asyncio.sleep(0.8)
        yield b"two"

    return StreamingResponse(parts())


@get("/broken")
async def broken() -> StreamingResponse:
    async def parts() -> AsyncIterator[bytes]:
        yield b"half"
        raise RuntimeError("secret")

    return StreamingResponse(parts())


@get("/wait/{seconds:float}")
async def wait(request: Request, seconds: float) -> str:
    running.add(request.id)
    try:
        await asyncio.sleep(seconds)
    except asyncio.CancelledError:
        count("wait cancelled")
        raise
    finally:
        running.discard(request.id)
    return "waited"


@get("/hurried/{seconds:float}", timeout=HURRY)
async def hurried(request: Request, seconds: float) -> str:
    return await wait(request, seconds)


@get("/shielded", timeout=HURRY, shield=True)
async def shielded(request: Request) -> str:
    count("shielded begun")
    while not await request.is_disconnected():
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)
    count("shielded done")
    return "done"


@get("/thread", timeout=HURRY)
def thread() -> str:
    time.sleep(2 * HURRY)
    count("thread done")
    return "done"


@sse("/events")
async def events(request: Request) -> AsyncIterator[Any]:
    first = int(request.headers.get("last-event-id", "0"))
    yield SseEvent({"a": 1}, event_type="tick", id=str(first + 1), retry=500)
    yield "two\nlines"
    yield {"b": [1, 2]}


@get("/quiet")
async def quiet() -> EventSourceResponse:
    async def nothing() -> AsyncIterator[str]:
        try:
            await asyncio.sleep(60)
            yield "late"
        finally:
            count("quiet closed")

    return EventSourceResponse(nothing(), ping=0.1)


if __name__ == "__main__":
    app.run(port=0)
