"""The document and the schema that every contestant gets: an order of a dozen fields."""

from __future__ import annotations

import json
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Address(BaseModel):
    street: str = Field(min_length=1, max_length=200)
    city: str = Field(min_length=1, max_length=100)
    postal_code: str = Field(min_length=3, max_length=12)
    country: str = Field(min_length=2, max_length=2)


class Order(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: int = Field(ge=1)
    customer: str = Field(min_length=1, max_length=100)
    email: str = Field(min_length=3, max_length=254)
    status: Literal["new", "paid", "shipped", "done"]
    total: float = Field(gt=0, le=1000000)
    quantity: int = Field(ge=1, le=1000)
    express: bool
    note: str | None = Field(default=None, max_length=500)
    tags: list[str] = Field(max_length=10)
    discount: float | None = Field(default=None, ge=0, le=1)
    address: Address
    reference: str = Field(min_length=8, max_length=40)


DOCUMENT = {
    "id": 48213,
    "customer": "Ada Lovelace",
    "email": "ada@example.com",
    "status": "paid",
    "total": 129.95,
    "quantity": 3,
    "express": True,
    "note": None,
    "tags": ["books", "gift", "fragile"],
    "discount": 0.15,
    "address": {"street": "12 Analytical Row", "city": "London", "postal_code": "W1J 7NT", "country": "GB"},
    "reference": "ORD-2031-000048213",
}

JSON = json.dumps(DOCUMENT).encode()
SCHEMA = Order.model_json_schema()


def wide_schema(number: int, fields: int) -> dict:
    """One of many schemas of many fields, of the kinds that models have."""
    kinds = (
        {"type": "string", "minLength": 1, "maxLength": 100},
        {"type": "integer", "minimum": 0, "maximum": 100000},
        {"type": "number", "exclusiveMinimum": 0},
        {"type": "boolean"},
        {"anyOf": [{"type": "string"}, {"type": "null"}]},
        {"type": "array", "items": {"type": "string"}, "maxItems": 10},
        {"enum": ["a", "b", "c"]},
        {"$ref": "#/$defs/Address"},
    )
    properties = {f"field_{number}_{i}": dict(kinds[i % len(kinds)]) for i in range(fields)}
    return {
        "$defs": {"Address": Address.model_json_schema()},
        "type": "object",
        "properties": properties,
        "required": list(properties)[::2],
        "additionalProperties": False,
    }
