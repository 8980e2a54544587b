"""What stands around an application that is mounted at the root."""

from __future__ import annotations

import json
from typing import Any

import mounts

from spikard import Request, Response, Spikard

app = Spikard.from_asgi(mounts.raw)
app.mount("/wsgi", mounts.wsgi)


@app.middleware
async def around(request: Request, call_next: Any) -> Response:
    response = await call_next(request)
    response.headers["x-around"] = type(response).__name__
    return response


@app.on_request
async def first(request: Request) -> Response | None:
    return Response("refused", 403) if "x-foe" in request.headers else None


@app.exception_handler(RuntimeError)
async def failed(error: RuntimeError) -> Response:
    return Response(json.dumps({"told": str(error)}), 502)


if __name__ == "__main__":
    app.run(port=0)
