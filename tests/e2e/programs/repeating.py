"""One handler for routes that may run again and others: it never answers the first time; under /never, no time."""

import asyncio
import os
import sys

from spikard import Request, Spikard

app = Spikard()


async def hang(request: Request) -> int:
    # When this step has ended: who is killed in it is a suspect.
    begun = f"begun by {os.getpid()}, attempt {request.attempt}\n"
    asyncio.get_running_loop().call_soon(sys.stderr.write, begun)
    if request.attempt == 0 or request.url.path == "/never":
        await asyncio.sleep(60)
    return request.attempt


METHODS = ("GET", "HEAD", "OPTIONS", "PUT", "DELETE", "POST", "PATCH")
for method in METHODS:
    app.register_route(method, "/by-method", hang)
app.register_route("GET", "/once", hang, idempotent=False)
app.register_route("POST", "/always", hang, idempotent=True)
app.register_route("POST", "/key", hang, idempotent="key")
app.register_route("GET", "/never", hang)


if __name__ == "__main__":
    app.run(port=0, workers=2)
