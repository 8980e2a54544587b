"""The least that an RSGI application can do, its bodies checked as Spikard checks them."""

from typing import Annotated
from urllib.parse import parse_qs

import msgspec
from busy import busy
from msgspec import Meta

HEADERS = [("content-type", "application/json")]


class Order(msgspec.Struct):
    """What a customer wants."""

    name: Annotated[str, Meta(min_length=1, max_length=100)]
    price: Annotated[float, Meta(gt=0)]
    quantity: Annotated[int, Meta(ge=1, le=1000)]
    tags: list[str]


encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder(Order).decode


async def app(scope, protocol):
    """Answer by path."""
    path, status = scope.path, 200
    if path == "/":
        answer = {"message": "Hello"}
    elif path == "/orders":
        try:
            order = decode(await protocol())
            answer = {"name": order.name, "total": order.price * order.quantity}
        except msgspec.ValidationError as error:
            status, answer = 422, {"detail": str(error)}
    elif path == "/busy":
        busy()
        answer = {"message": "Hello"}
    else:
        query = parse_qs(scope.query_string)
        answer = {"id": int(path.rpartition("/")[2]), "limit": int(query["limit"][-1]), "q": query["q"][-1]}
    protocol.response_bytes(status, HEADERS, encode(answer))
