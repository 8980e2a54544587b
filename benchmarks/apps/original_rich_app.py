"""The original Spikard, the last version with its large Python package."""

import sys
from typing import Annotated

from msgspec import Meta, Struct

from spikard import Query, ServerConfig, Spikard

app = Spikard()


class Order(Struct):
    """What a customer wants."""

    name: Annotated[str, Meta(min_length=1, max_length=100)]
    price: Annotated[float, Meta(gt=0)]
    quantity: Annotated[int, Meta(ge=1, le=1000)]
    tags: list[str]


@app.get("/")
async def root():
    """Say hello."""
    return {"message": "Hello"}


@app.get("/def")
def in_thread():
    """Say hello from a thread."""
    return {"message": "Hello"}


@app.post("/orders")
async def order(order: Order):
    """Add up an order."""
    return {"name": order.name, "total": order.price * order.quantity}


@app.get("/items/{item_id}")
async def item(item_id: int, limit: int = Query(default=1), q: str = Query(default="")):
    """Give back what was asked for."""
    return {"id": item_id, "limit": limit, "q": q}


if __name__ == "__main__":
    app.run(config=ServerConfig(port=int(sys.argv[1])))
