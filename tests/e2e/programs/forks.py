"""Handlers that leave work to processes, which they fork."""

import asyncio
import multiprocessing
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.synchronize import Event

from spikard import Spikard

app = Spikard()
processes = multiprocessing.get_context("fork")


def square(number: int) -> int:
    return number * number


@app.get("/pid")
async def pid() -> int:
    return os.getpid()


@app.get("/pool")
def squares() -> list[int]:
    with processes.Pool(2) as pool:  # whose end sends them SIGTERM
        return pool.map(square, range(3))


def wait(begun: Event) -> None:
    begun.set()
    time.sleep(60)


@app.get("/terminated")
def terminated() -> int | None:
    begun = processes.Event()
    process = processes.Process(target=wait, args=(begun,))
    process.start()
    assert begun.wait(20)
    process.terminate()
    process.join(20)
    return process.exitcode


@app.get("/executor")
async def executor() -> int:
    app.state.executor = ProcessPoolExecutor(1, mp_context=processes)
    return await asyncio.get_running_loop().run_in_executor(app.state.executor, square, 5)


def fork(how: str) -> int:
    """Give the status of the child, in which the handler comes to its end, too."""
    if child := os.fork():
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if how == "leaves":
        sys.exit(7)
    if how == "raises":
        raise ValueError("in the child")
    return 0


@app.post("/loop/{how}")
async def on_loop(how: str) -> int:
    status = fork(how)
    await asyncio.sleep(0)
    return status


@app.post("/thread/{how}")
def in_thread(how: str) -> int:
    return fork(how)


if __name__ == "__main__":
    app.run(port=0)
