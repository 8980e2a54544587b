"""With msgspec's types, which Litestar reads and writes by itself."""

from typing import Annotated

from busy import busy
from litestar import Litestar, get, post
from msgspec import Meta, Struct


class Order(Struct):
    """What a customer wants."""

    name: Annotated[str, Meta(min_length=1, max_length=100)]
    price: Annotated[float, Meta(gt=0)]
    quantity: Annotated[int, Meta(ge=1, le=1000)]
    tags: list[str]


@get("/")
async def root() -> dict[str, str]:
    """Say hello."""
    return {"message": "Hello"}


@get("/def", sync_to_thread=True)
def in_thread() -> dict[str, str]:
    """Say hello from a thread."""
    return {"message": "Hello"}


@post("/orders", status_code=200)
async def order(data: Order) -> dict[str, str | float]:
    """Add up an order."""
    return {"name": data.name, "total": data.price * data.quantity}


@get("/items/{item_id:int}")
async def item(item_id: int, limit: int, q: str) -> dict[str, int | str]:
    """Give back what was asked for."""
    return {"id": item_id, "limit": limit, "q": q}


@get("/busy")
async def work() -> dict[str, str]:
    """Compute for a while."""
    busy()
    return {"message": "Hello"}


app = Litestar([root, in_thread, order, item, work], openapi_config=None)
