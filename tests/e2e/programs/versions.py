"""An application in the version that VERSION names; each has a route of its own, and so another manifest."""

import asyncio
import os
import sys
from dataclasses import dataclass

from spikard import Request, Spikard

VERSION = os.environ["VERSION"]
app = Spikard()


@dataclass
class Order:
    count: int


@app.get(f"/only/{VERSION}")
@app.get("/version")
@app.post("/version")
async def version() -> str:
    return VERSION


@app.get("/waits")
@app.post("/waits")
async def waits() -> str:
    print("begun", file=sys.stderr)
    await asyncio.sleep(float(os.environ.get("WAIT", "0")))
    return VERSION


@app.get("/waits/attempt")
async def attempt(request: Request) -> str:
    print("begun", file=sys.stderr)
    if request.attempt == 0:
        await asyncio.sleep(60)
    return f"{VERSION}, attempt {request.attempt}"


@app.post("/order/{name}")
async def order(name: str, body: Order, urgent: bool = False) -> str:
    return f"{VERSION}: {body.count} {name}{'!' if urgent else ''}"


@app.on_startup
async def start() -> None:
    if os.environ.get("BROKEN"):
        raise RuntimeError("no database")


if __name__ == "__main__":
    app.run(port=0)
