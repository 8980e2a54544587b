"""Goes on after it has served."""

import sys
import threading

from spikard import Spikard

app = Spikard()


@app.get("/")
async def root() -> str:
    return "served"


if __name__ == "__main__":
    app.run(port=0)
    names = [thread.name for thread in threading.enumerate() if not thread.daemon]
    print(f"afterwards: {names}", file=sys.stderr)
    sys.exit(4)
