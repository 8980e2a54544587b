"""Writes down what runs, before it does anything; and has handlers that end their process."""

import asyncio
import ctypes
import os

from spikard import Request, Spikard, get, post

app = Spikard()
# One small write with O_APPEND is never torn, and outlives SIGKILL.
ledger = os.open(os.environ["LEDGER"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)


def note(number: str) -> None:
    os.write(ledger, f"{number} {os.getpid()}\n".encode())


@get("/numbers/{number}")
@post("/numbers/{number}")
async def numbered(request: Request, number: str) -> dict[str, str]:
    note(number)
    await asyncio.sleep(0.1)
    return {"number": number, "method": request.method, "filling": "x" * 500}


@post("/exit/{number}")
async def leave(number: str) -> None:
    note(number)
    os._exit(0)


@post("/abort/{number}")
async def abort(number: str) -> None:
    note(number)
    ctypes.CDLL(None).abort()


@get("/poison/{number}")
async def poison(number: str) -> None:
    note(number)
    ctypes.string_at(0)


@post("/smash/{number}")
async def smash(number: str) -> None:
    """Overwrite the heap behind a small block, and have the allocator find out."""
    note(number)
    libc = ctypes.CDLL(None)
    libc.malloc.restype = ctypes.c_void_p
    blocks = [libc.malloc(ctypes.c_size_t(2000)) for _ in range(8)]
    for block in blocks:
        ctypes.memset(block, 0xFF, 4000)
    for block in blocks:
        libc.free(ctypes.c_void_p(block))
    os.abort()


if __name__ == "__main__":
    app.run(port=0, workers=2)
