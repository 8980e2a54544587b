"""With what Robyn makes of a dict."""

import sys

from pydantic import BaseModel, Field
from robyn import Robyn

app = Robyn(__file__)


class Order(BaseModel):
    """What a customer wants."""

    name: str = Field(min_length=1, max_length=100)
    price: float = Field(gt=0)
    quantity: int = Field(ge=1, le=1000)
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
async def order(body: Order):
    """Add up an order."""
    return {"name": body.name, "total": body.price * body.quantity}


@app.get("/items/:item_id")
async def item(item_id: int, limit: int, q: str):
    """Give back what was asked for."""
    return {"id": item_id, "limit": limit, "q": q}


if __name__ == "__main__":
    app.start(host="127.0.0.1", port=int(sys.argv.pop(1)))
