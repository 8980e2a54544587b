"""The handlers that the guide shows, served with all defaults."""

import sys
from typing import Annotated

from busy import busy
from msgspec import Meta, Struct

from spikard import Spikard, get, post

app = Spikard()


class Order(Struct):
    """What a customer wants."""

    name: Annotated[str, Meta(min_length=1, max_length=100)]
    price: Annotated[float, Meta(gt=0)]
    quantity: Annotated[int, Meta(ge=1, le=1000)]
    tags: list[str]


@get("/")
async def root():
    """Say hello."""
    return {"message": "Hello"}


@get("/def")
def in_thread():
    """Say hello from a thread."""
    return {"message": "Hello"}


@post("/orders")
async def order(order: Order):
    """Add up an order."""
    return {"name": order.name, "total": order.price * order.quantity}


@get("/items/{item_id}")
async def item(item_id: int, limit: int, q: str):
    """Give back what was asked for."""
    return {"id": item_id, "limit": limit, "q": q}


@get("/busy")
async def work():
    """Compute for a while."""
    busy()
    return {"message": "Hello"}


if __name__ == "__main__":
    app.run(port=int(sys.argv[1]), workers=int(sys.argv[2]))
