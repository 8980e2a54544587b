"""An application that moves from FastAPI, route by route: what has moved is answered here, the rest as before.

python server.py
curl http://127.0.0.1:8000/shop/items/5    # moved
curl http://127.0.0.1:8000/shop/stock/5    # not yet
curl http://127.0.0.1:8000/shop/docs       # FastAPI's own pages
"""

import contextlib
import time
from collections.abc import AsyncIterator
from typing import Any

import fastapi
from msgspec import Struct

from spikard import HTTPException, Request, Response, Spikard

ITEMS = {5: "spoon", 6: "fork"}


# ---- as it was


@contextlib.asynccontextmanager
async def lifespan(_: fastapi.FastAPI) -> AsyncIterator[dict[str, dict[int, int]]]:
    yield {"stock": {5: 100, 6: 0}}


old = fastapi.FastAPI(title="The shop", lifespan=lifespan)


@old.get("/items/{number}")
async def old_item(number: int) -> dict[str, Any]:
    return {"number": number, "name": ITEMS[number], "answered by": "FastAPI"}


@old.get("/stock/{number}")
async def stock(number: int, request: fastapi.Request) -> dict[str, int]:
    return {"number": number, "stock": request.state.stock.get(number, 0)}


# ---- as it becomes

app = Spikard()
app.mount("/shop", old)


class Item(Struct):
    number: int
    name: str


@app.get("/shop/items/{number:int}")
async def item(number: int) -> Item:
    if number not in ITEMS:
        raise HTTPException(404, f"there is no item {number}")
    return Item(number, ITEMS[number])


@app.middleware
async def timing(request: Request, call_next: Any) -> Response:
    """Around both."""
    begun = time.perf_counter()
    response: Response = await call_next(request)
    response.headers["x-milliseconds"] = f"{(time.perf_counter() - begun) * 1000:.1f}"
    return response


if __name__ == "__main__":
    app.run()
