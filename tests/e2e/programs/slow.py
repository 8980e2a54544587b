"""Handlers that take the time they are told."""

import asyncio
import sys
import time

from spikard import Spikard, get

app = Spikard()


def say(seconds: float) -> None:
    print(f"waits {seconds:g}", file=sys.stderr)


@get("/wait/{seconds:float}")
async def wait(seconds: float) -> float:
    say(seconds)
    await asyncio.sleep(seconds)
    return seconds


@get("/block/{seconds:float}")
def block(seconds: float) -> float:
    say(seconds)
    time.sleep(seconds)
    return seconds


@get("/stuck/{seconds:float}")
async def stuck(seconds: float) -> float:
    say(seconds)
    time.sleep(seconds)
    return seconds


if __name__ == "__main__":
    app.run(port=0)
