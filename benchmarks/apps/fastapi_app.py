"""With a return type, as FastAPI's page on custom responses advises for speed."""

from busy import busy
from fastapi import FastAPI
from pydantic import BaseModel, Field

app = FastAPI()


class Order(BaseModel):
    """What a customer wants."""

    name: str = Field(min_length=1, max_length=100)
    price: float = Field(gt=0)
    quantity: int = Field(ge=1, le=1000)
    tags: list[str]


@app.get("/")
async def root() -> dict[str, str]:
    """Say hello."""
    return {"message": "Hello"}


@app.get("/def")
def in_thread() -> dict[str, str]:
    """Say hello from a thread."""
    return {"message": "Hello"}


@app.post("/orders")
async def order(order: Order) -> dict[str, str | float]:
    """Add up an order."""
    return {"name": order.name, "total": order.price * order.quantity}


@app.get("/items/{item_id}")
async def item(item_id: int, limit: int, q: str) -> dict[str, int | str]:
    """Give back what was asked for."""
    return {"id": item_id, "limit": limit, "q": q}


@app.get("/busy")
async def work() -> dict[str, str]:
    """Compute for a while."""
    busy()
    return {"message": "Hello"}
