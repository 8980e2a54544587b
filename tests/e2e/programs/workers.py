"""Tells which worker answers, and which attempt this is."""

import asyncio
import json
import os
import subprocess
import sys
from typing import Any

from spikard import Request, Spikard, get, post

app = Spikard()


def say(text: str) -> None:
    print(text, file=sys.stderr)


@get("/pid")
async def pid() -> int:
    return os.getpid()


@get("/pid/late")
async def late() -> int:
    """Late enough that requests of the same moment go to different workers."""
    await asyncio.sleep(0.05)
    return os.getpid()


@get("/first-hangs")
@post("/first-hangs")
async def first_hangs(request: Request) -> Any:
    say(f"begun, attempt {request.attempt}")
    try:
        while request.attempt == 0:
            await asyncio.sleep(60)
    except asyncio.CancelledError:
        say("cancelled")
        raise
    return {"pid": os.getpid(), "attempt": request.attempt}


@post("/wait/{seconds:float}")
async def wait(seconds: float) -> int:
    say("begun")
    await asyncio.sleep(seconds)
    return os.getpid()


@get("/environment")
def environment() -> Any:
    show = "import json, os; print(json.dumps(dict(os.environ)))"
    return json.loads(subprocess.run([sys.executable, "-c", show], capture_output=True, check=True).stdout)


if __name__ == "__main__":
    app.run(port=0)
