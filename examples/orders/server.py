"""Orders of a small shop: typed parameters, bodies, forms and files, and a model of pydantic's beside msgspec's."""

from __future__ import annotations

import datetime
import itertools
from decimal import Decimal
from enum import Enum
from typing import Annotated, Literal

import msgspec

from spikard import File, Form, Header, HTTPException, Query, Spikard, UploadFile

app = Spikard()


class Item(msgspec.Struct):
    sku: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{2}-\d+$")]
    amount: Annotated[int, msgspec.Meta(ge=1, le=99)]
    price: Decimal


class NewOrder(msgspec.Struct, forbid_unknown_fields=True):
    customer: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    items: Annotated[list[Item], msgspec.Meta(min_length=1)]
    deliver_on: datetime.date | None = None


class State(Enum):
    OPEN = "open"
    SENT = "sent"


class Order(msgspec.Struct):
    id: int
    customer: str
    total: Decimal
    state: State = State.OPEN
    deliver_on: datetime.date | None = None


orders: dict[int, Order] = {}
numbers = itertools.count(1)


@app.post("/orders", status_code=201)
async def create(order: NewOrder, dry_run: bool = False) -> Order:
    total = sum((item.price * item.amount for item in order.items), Decimal(0))
    made = Order(0 if dry_run else next(numbers), order.customer, total, deliver_on=order.deliver_on)
    if not dry_run:
        orders[made.id] = made
    return made


@app.get("/orders")
async def find(
    state: State | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    sort: Literal["id", "-id"] = "id",
) -> list[Order]:
    found = [order for order in orders.values() if state in (None, order.state)]
    return sorted(found, key=lambda order: order.id, reverse=sort == "-id")[:limit]


@app.get("/orders/{id:int}")
async def show(id: int) -> Order:
    if id not in orders:
        raise HTTPException(404, f"There is no order {id}")
    return orders[id]


@app.post("/orders/{id:int}/remark")
async def remark(
    id: int, text: Annotated[str, Form(max_length=200)], x_author: Annotated[str, Header()]
) -> str:
    return f"{x_author} on {(await show(id)).id}: {text}"


@app.post("/orders/{id:int}/invoice")
def attach(
    id: int,
    invoice: Annotated[UploadFile, File(content_types=["application/pdf"], max_size=1 << 20, magic=True)],
) -> dict[str, int | str]:
    return {"order": id, "name": invoice.filename, "bytes": len(invoice.read())}


if __name__ == "__main__":
    app.run()
