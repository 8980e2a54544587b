"""Has something to do when it ends, and streams that have no end."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator

from spikard import BackgroundTask, Response, Spikard, SseEvent, sse

# Longer than a supervisor waits for a worker that says nothing.
A_WHILE = 1.5


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


async def lifespan() -> AsyncIterator[None]:
    yield
    await asyncio.sleep(A_WHILE)
    say("lifespan ended")


app = Spikard(lifespan=lifespan)


def work() -> None:
    time.sleep(A_WHILE)
    say("work done")


@app.get("/work")
async def begin_work() -> Response:
    return Response("ok", background=BackgroundTask(work))


@sse("/events")
async def events() -> AsyncIterator[SseEvent]:
    while True:
        yield SseEvent({"at": time.time()})
        await asyncio.sleep(0.05)


if __name__ == "__main__":
    app.run(port=0)
