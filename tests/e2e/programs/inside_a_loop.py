"""Serves inside a loop that the program has started itself, twice."""

import asyncio
import contextlib
import sys

from spikard import Spikard

app = Spikard()


@app.get("/")
async def root() -> str:
    return "served"


async def main() -> None:
    for turn in ("first", "second"):
        serving = asyncio.create_task(app.serve(port=0))
        line = await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
        assert line == f"{turn}\n", line
        serving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await serving
        print(f"the {turn} is over", file=sys.stderr)


if __name__ == "__main__":
    asyncio.run(main())
