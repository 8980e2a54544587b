"""Writes down what runs and on which worker; by name, since each may be the first process of a container."""

import os
import time
from pathlib import Path

from spikard import Request, Spikard, get, post

app = Spikard()
name = os.environ["NAME"]
gate = Path(os.environ["GATE"])
ledger = os.open(os.environ["LEDGER"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)


def note(number: str) -> None:
    os.write(ledger, f"{number} {name} {os.getpid()}\n".encode())


@get("/block/{number}")
@post("/block/{number}")
async def block(number: str, request: Request) -> dict[str, object]:
    note(number)
    while not gate.exists():
        time.sleep(0.01)
    return {"attempt": request.attempt, "name": name}


@post("/run/{number}")
async def run(number: str, request: Request) -> dict[str, object]:
    note(number)
    return {"attempt": request.attempt, "name": name}


@post("/crash")
async def crash() -> None:
    os.abort()


if __name__ == "__main__":
    app.run(port=0)
