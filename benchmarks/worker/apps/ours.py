"""Handlers of Spikard: python ours.py PORT KIND."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from typing import Annotated, Any

from spikard import Provide, Request, Response, ServerConfig, Spikard, SseEvent

app = Spikard(ServerConfig(request_timeout=60))
running = 0


@app.get("/sync")
def sync() -> dict[str, str]:
    return {"message": "Hello"}


@app.get("/async")
async def plain() -> dict[str, str]:
    return {"message": "Hello"}


@app.get("/sleep/{seconds:float}")
async def sleep(seconds: float) -> dict[str, str]:
    await asyncio.sleep(seconds)
    return {"message": "Hello"}


@app.get("/long", shield=False)
async def long() -> dict[str, str]:
    global running
    running += 1
    try:
        await asyncio.sleep(30)
    finally:
        running -= 1
    return {"message": "Hello"}


@app.get("/running")
async def count() -> int:
    return running


@app.sse("/events")
async def events() -> AsyncIterator[SseEvent]:
    due = time.monotonic()
    while True:
        yield SseEvent(f"{due:.6f}")
        due += 0.02
        await asyncio.sleep(due - time.monotonic())


@app.post("/echo")
async def echo(body: dict[str, Any]) -> dict[str, Any]:
    return body


@app.get("/stream")
async def stream() -> AsyncIterator[str]:
    for number in range(3):
        yield f"{number}"


async def settings() -> dict[str, str]:
    return {"greeting": "Hello"}


async def session(settings: Annotated[dict[str, str], Provide(settings)]) -> dict[str, str]:
    return settings


async def user(session: Annotated[dict[str, str], Provide(session)]) -> str:
    return session["greeting"]


@app.get("/injected")
async def injected(user: Annotated[str, Provide(user)]) -> dict[str, str]:
    return {"message": user}


async def before(request: Request) -> None:
    request.state.seen = True


async def after(response: Response) -> None:
    response.headers["x-after"] = "yes"


def main() -> None:
    port, kind = int(sys.argv[1]), sys.argv[2]
    if kind == "mounted":
        import theirs

        Spikard.from_asgi(theirs.app).run(port=port)
        return
    if kind == "injected":
        app.on_request(before)
        app.on_response(after)
    app.run(port=port)


if __name__ == "__main__":
    main()
