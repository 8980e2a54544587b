"""The handlers that the guide shows, served with all defaults."""

import sys

from spikard import Spikard, get

app = Spikard()


@get("/")
async def root():
    """Say hello."""
    return {"message": "Hello"}


if __name__ == "__main__":
    app.run(port=int(sys.argv[1]))
