"""The same with FastAPI and sse-starlette, for uvicorn."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated

from fastapi import Depends, FastAPI, Request, Response
from sse_starlette import EventSourceResponse

app = FastAPI()


@app.get("/sync")
def sync() -> dict[str, str]:
    return {"message": "Hello"}


@app.get("/async")
async def plain() -> dict[str, str]:
    return {"message": "Hello"}


@app.get("/events")
async def events() -> EventSourceResponse:
    async def parts() -> AsyncIterator[dict[str, str]]:
        due = time.monotonic()
        while True:
            yield {"data": f"{due:.6f}"}
            due += 0.02
            await asyncio.sleep(due - time.monotonic())

    return EventSourceResponse(parts())


with_hooks = FastAPI()


async def settings() -> dict[str, str]:
    return {"greeting": "Hello"}


async def session(settings: Annotated[dict[str, str], Depends(settings)]) -> dict[str, str]:
    return settings


async def user(session: Annotated[dict[str, str], Depends(session)]) -> str:
    return session["greeting"]


@with_hooks.get("/injected")
async def injected(user: Annotated[str, Depends(user)]) -> dict[str, str]:
    return {"message": user}


Next = Callable[[Request], Awaitable[Response]]


@with_hooks.middleware("http")
async def before(request: Request, call_next: Next) -> Response:
    request.state.seen = True
    return await call_next(request)


@with_hooks.middleware("http")
async def after(request: Request, call_next: Next) -> Response:
    response = await call_next(request)
    response.headers["x-after"] = "yes"
    return response
