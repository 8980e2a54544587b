"""What pod-test serves: who answers, in which version, and a way to take more memory than there is."""

import os
from typing import Any

from spikard import Spikard

app = Spikard()


@app.get("/")
async def root() -> dict[str, Any]:
    return {"version": os.environ.get("VERSION", "1"), "process": _started()}


@app.get("/hello")
async def hello() -> dict[str, str]:
    return {"message": "Hello"}


@app.post("/grow")
async def grow() -> None:
    taken = []
    while True:
        taken.append(b"\x01" * (16 << 20))


def _started() -> str:
    """Every container's program has the same pid, but none starts at the same time."""
    with open("/proc/self/stat") as file:
        return file.read().rpartition(")")[2].split()[19]


if __name__ == "__main__":
    app.run()
