"""Handlers that crash, or keep the loop."""

import asyncio
import ctypes
import os
import signal
import sys
import threading
import time
from pathlib import Path

from spikard import Spikard, get, post

app = Spikard()
gate = Path(os.environ["GATE"])


@post("/crash/{number:int}")
async def crash(number: int) -> None:
    os.kill(os.getpid(), number)


@get("/child-crashes")
async def child_crashes() -> int:
    if (child := os.fork()) == 0:
        os.kill(os.getpid(), signal.SIGABRT)
    os.waitpid(child, 0)
    return os.getpid()


@get("/crash-behind")
async def crash_behind() -> None:
    threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGSEGV)).start()
    await asyncio.sleep(60)


@get("/asleep")
async def asleep() -> bool:
    while not gate.exists():
        time.sleep(0.01)
    return True


@get("/asleep-with-the-gil")
async def asleep_with_the_gil() -> bool:
    while not gate.exists():
        ctypes.PyDLL(None).usleep(100_000)
    return True


@get("/busy")
async def busy() -> bool:
    while not gate.exists():
        pass
    return True


@get("/hurried", timeout=1.0)
async def hurried() -> bool:
    return await busy()


def debug(*_: object) -> None:
    """Stand in for a debugger, by PYTHONBREAKPOINT."""
    print("at a breakpoint", file=sys.stderr)
    while not gate.exists():
        time.sleep(0.01)


@get("/breakpoint")
async def stop_here() -> bool:
    breakpoint()
    return True


@post("/stopped")
async def stopped() -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


if __name__ == "__main__":
    app.run(port=0, workers=2)
