"""Handlers that leave work to processes, which they fork."""

import asyncio
import multiprocessing
import os
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.synchronize import Event

from spikard import Spikard

app = Spikard()
fork = multiprocessing.get_context("fork")


def square(number: int) -> int:
    return number * number


@app.get("/pid")
async def pid() -> int:
    return os.getpid()


@app.get("/pool")
def pool() -> list[int]:
    with fork.Pool(2) as processes:  # whose end sends them SIGTERM
        return processes.map(square, range(3))


def wait(begun: Event) -> None:
    begun.set()
    time.sleep(60)


@app.get("/terminated")
def terminated() -> int | None:
    begun = fork.Event()
    process = fork.Process(target=wait, args=(begun,))
    process.start()
    assert begun.wait(20)
    process.terminate()
    process.join(20)
    return process.exitcode


@app.get("/executor")
async def executor() -> int:
    app.state.executor = ProcessPoolExecutor(1, mp_context=fork)
    return await asyncio.get_running_loop().run_in_executor(app.state.executor, square, 5)


if __name__ == "__main__":
    app.run(port=0)
