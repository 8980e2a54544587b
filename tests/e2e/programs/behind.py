"""What is done behind an answer, whatever becomes of the answer."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from typing import Annotated, Any

from spikard import BackgroundTask, FileResponse, Provide, Request, Response, Spikard, StreamingResponse

app = Spikard()
counts: dict[str, int] = {}


def count(name: str) -> None:
    counts[name] = counts.get(name, 0) + 1


async def session(request: Request) -> AsyncIterator[str]:
    try:
        yield "session"
    finally:
        count(f"{request.path} closed")


Session = Annotated[str, Provide(session)]


@app.middleware
async def replace(request: Request, call_next: Any) -> Response:
    response: Response = await call_next(request)
    if "x-replace" in request.headers:
        response = Response(
            "another", background=response.background if "x-keep" in request.headers else None
        )
    return response


@app.on_response
async def replace_again(request: Request, response: Response) -> Response | None:
    return Response("a third") if "x-again" in request.headers else None


@app.get("/told")
async def told() -> dict[str, int]:
    return counts | {"left on the shared response": len(ONE_FOR_ALL._cleanup)}


ONE_FOR_ALL = Response("ok", background=lambda: count("/shared behind"))


@app.get("/shared")
async def shared(session: Session) -> Response:
    await asyncio.sleep(0)
    return ONE_FOR_ALL


@app.get("/exits")
async def exits(session: Session) -> Response:
    return Response("ok", background=lambda: sys.exit(3))


@app.get("/missing")
async def missing(session: Session) -> FileResponse:
    return FileResponse("/nonexistent/file", background=lambda: count("/missing behind"))


@app.get("/odd")
async def odd(session: Session) -> Any:
    return object()


@app.get("/stream")
async def stream(session: Session) -> StreamingResponse:
    async def parts() -> AsyncIterator[bytes]:
        yield b"first"
        await asyncio.sleep(60)

    return StreamingResponse(parts(), background=lambda: count("/stream behind"))


async def slow(seconds: float) -> None:
    await asyncio.sleep(seconds)
    print("slow work done", file=sys.stderr, flush=True)


@app.get("/slow")
async def get_slow() -> Response:
    return Response("ok", background=BackgroundTask(slow, 0.5))


if __name__ == "__main__":
    app.run(port=0)
