"""With orjson, as BlackSheep's page on JSON advises for speed, and pydantic's types."""

import orjson
from blacksheep import Application, FromJSON, get, json, post
from blacksheep.settings.json import json_settings
from pydantic import BaseModel, Field

json_settings.use(loads=orjson.loads, dumps=lambda value: orjson.dumps(value).decode())
app = Application()


class Order(BaseModel):
    """What a customer wants."""

    name: str = Field(min_length=1, max_length=100)
    price: float = Field(gt=0)
    quantity: int = Field(ge=1, le=1000)
    tags: list[str]


@get("/")
async def root():
    """Say hello."""
    return json({"message": "Hello"})


@post("/orders")
async def order(data: FromJSON[Order]):
    """Add up an order."""
    return json({"name": data.value.name, "total": data.value.price * data.value.quantity})


@get("/items/{item_id}")
async def item(item_id: int, limit: int, q: str):
    """Give back what was asked for."""
    return json({"id": item_id, "limit": limit, "q": q})
