"""Handlers that read their body while it comes, late, in part, or not at all."""

from __future__ import annotations

import asyncio
import hashlib
import os
import sys
from typing import Any

from spikard import Request, ServerConfig, Spikard, StreamingResponse, get, post, put

app = Spikard(config=ServerConfig(request_timeout=20.0, max_body_size=None))

counts: dict[str, int] = {}
gate = asyncio.Event()


def count(name: str, by: int = 1) -> None:
    counts[name] = counts.get(name, 0) + by


@get("/counts")
async def told() -> dict[str, int]:
    return counts


@get("/open")
async def open_gate() -> None:
    gate.set()


@get("/close")
async def close_gate() -> None:
    gate.clear()


async def summary(request: Request) -> dict[str, Any]:
    size, digest = 0, hashlib.sha256()
    async for part in request.stream():
        count("parts")
        size += len(part)
        digest.update(part)
        if size == int(request.headers.get("x-tell-at", "-1")):
            print(f"{os.getpid()} has read {size}", file=sys.stderr, flush=True)
    return {"size": size, "sha256": digest.hexdigest(), "attempt": request.attempt, "pid": os.getpid()}


@post("/sum")
@put("/sum")
async def get_sum(request: Request) -> dict[str, Any]:
    count("begun")
    try:
        return await summary(request)
    except asyncio.CancelledError:
        count("cancelled")
        raise


@post("/few", max_body_size=1 << 20)
async def few(request: Request) -> dict[str, Any]:
    return await summary(request)


@post("/few/whole", max_body_size=1 << 20)
def few_whole(request: Request) -> int:
    return int(request.headers["content-length"])


@post("/gated")
async def gated(request: Request) -> dict[str, Any]:
    """Reads nothing before it is told to."""
    count("begun")
    await gate.wait()
    return await summary(request)


@post("/body")
async def body(request: Request) -> dict[str, Any]:
    whole = await request.body()
    again = b"".join([part async for part in request.stream()])
    return {"size": len(whole), "same": whole == again == await request.body()}


@post("/json")
async def json(request: Request) -> Any:
    return await request.json()


@post("/form")
async def form(request: Request) -> Any:
    return await request.form()


@post("/echo")
async def echo(request: Request) -> StreamingResponse:
    return StreamingResponse(request.stream())


@post("/twice")
async def twice(request: Request) -> str:
    await summary(request)
    try:
        await request.body()
    except RuntimeError as error:
        return str(error)
    return "read twice"


@post("/ignore")
async def ignore(request: Request) -> str:
    return request.id


@post("/typed")
async def typed(body: dict[str, Any], request: Request) -> Any:
    return {"keys": len(body), "size": len(await request.body())}


@post("/thread")
def thread(request: Request) -> int:
    return int(request.headers["content-length"])


@post("/shielded", shield=True)
async def shielded(request: Request) -> None:
    try:
        await summary(request)
    except ConnectionError:
        count("shielded told")
        raise


@app.on_request
async def look(request: Request) -> None:
    if request.headers.get("x-look"):
        count("looked", len(await request.body()))


if __name__ == "__main__":
    app.run(port=0)
