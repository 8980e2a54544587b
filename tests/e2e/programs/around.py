"""Lifespan, hooks, dependencies, exception handlers and background work, to be seen from outside."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Iterator
from typing import Annotated, Any

from spikard import (
    BackgroundTask,
    HTTPException,
    Provide,
    Request,
    RequestValidationError,
    Response,
    ServerConfig,
    Spikard,
    background,
)


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


async def lifespan(app: Spikard) -> AsyncIterator[dict[str, int]]:
    if how := os.environ.get("FAIL_LIFESPAN"):
        if how == "hang":
            say("lifespan hangs")
            await asyncio.sleep(3600)
        raise ConnectionError("no database\nat all")
    app.state.pool = "pool"
    yield {"opened": 1}
    say("lifespan ends")


app = Spikard(ServerConfig(port=0, debug=bool(os.environ.get("DEBUG"))), lifespan=lifespan)


class Database:
    def __init__(self) -> None:
        self.made = time.monotonic_ns()


app.provide(Database, Provide(Database, singleton=True))


@app.on_startup
def starts(db: Database) -> None:
    say(f"startup {db.made}")


@app.on_shutdown
async def stops(app: Spikard, db: Database) -> None:
    say(f"shutdown {app.state.pool} {db.made}")


def session(db: Database) -> Iterator[str]:
    say("session begins")
    try:
        yield f"session of {db.made}"
    except BaseException as error:
        say(f"session got {type(error).__name__}")
        raise
    finally:
        say("session ends")


@app.get("/state")
async def state(request: Request) -> Any:
    return [request.app.state.pool, request.app.state.opened]


@app.get("/session")
async def with_session(session: Annotated[str, Provide(session)], limit: int = 3) -> Any:
    return [session, limit]


@app.get("/session-in-thread/{how}")
def with_session_in_thread(session: Annotated[str, Provide(session)], how: str) -> Any:
    if how == "fails":
        raise LookupError("the secret text")
    return session


@app.get("/teapot")
async def teapot() -> None:
    raise HTTPException(418, "short and stout", {"x-pot": "tea"})


@app.exception_handler(ZeroDivisionError)
def divided(request: Request, error: ZeroDivisionError) -> Response:
    return Response({"divided": request.path, "text": str(error)}, 409)


@app.get("/divide")
def divide() -> int:
    return 1 // 0


@app.exception_handler(RequestValidationError)
async def invalid(error: RequestValidationError) -> Response:
    return Response({"invalid": [item["loc"] for item in error.errors]}, 400)


@app.middleware
async def timed(request: Request, call_next: Any) -> Response:
    response: Response = await call_next(request)
    response.headers["x-seen"] = str(response.status_code)
    return response


@app.pre_handler
def only_friends(request: Request) -> Any:
    return Response("go away", 403) if "x-foe" in request.headers else None


async def later(name: str, seconds: float = 0.0) -> None:
    await asyncio.sleep(seconds)
    say(f"later {name}")


@app.post("/background/{seconds:float}")
async def in_background(seconds: float) -> Response:
    background.run(later("run", seconds))
    return Response("accepted", 202, background=BackgroundTask(later, "task", seconds))


@app.post("/background-from-thread")
def in_background_from_thread() -> Response:
    background.run(later("thread"))
    return Response(None, 204, background=BackgroundTask(say, "called in a thread"))


if __name__ == "__main__":
    app.run()
