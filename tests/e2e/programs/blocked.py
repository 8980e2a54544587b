"""Blocks the loop of a worker until a file is there; and writes down what runs, before it does anything."""

import asyncio
import os
import sys
import time
from pathlib import Path

from spikard import Request, Spikard, get, post

app = Spikard()
gate = Path(os.environ["GATE"])
ledger = os.open(os.environ["LEDGER"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)


@get("/block/{number}")
@post("/block/{number}")
async def block(number: str) -> int:
    os.write(ledger, f"{number} {os.getpid()}\n".encode())
    while not gate.exists():
        time.sleep(0.01)
    return os.getpid()


@post("/once-more", idempotent="key")
async def once_more(request: Request) -> int:
    if request.attempt == 0:
        print(f"begun by {os.getpid()}", file=sys.stderr)
        await asyncio.sleep(60)
    return request.attempt


@post("/run/{number}")
async def run(number: str, request: Request) -> dict[str, int]:
    os.write(ledger, f"{number} {os.getpid()}\n".encode())
    return {"attempt": request.attempt, "pid": os.getpid()}


if __name__ == "__main__":
    app.run(port=0, workers=2)
