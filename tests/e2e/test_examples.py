"""The example of typed handlers, asked as its users would."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
from harness.client import Fields, Reply, fetch
from harness.program import Program

PROGRAM = Path(__file__).parents[2] / "examples" / "orders" / "server.py"

ORDER: dict[str, Any] = {"customer": "Ada", "items": [{"sku": "AB-1", "amount": 2, "price": "9.99"}]}


def _ask(server: Program, method: str, target: str, json: Any = None) -> Reply:
    body = None if json is None else msgspec.json.encode(json)
    return fetch(server.address, method, target, body=body)


def _send(server: Program, target: str, headers: Fields, body: bytes) -> Reply:
    return fetch(server.address, "POST", target, headers=headers, body=body)


def _places(reply: Reply) -> list[tuple[str, ...]]:
    assert reply.status == 422, reply.body
    return sorted(tuple(item["loc"]) for item in reply.json()["errors"])


def test_orders(server: Program) -> None:
    made = _ask(server, "POST", "/orders", json=ORDER)
    assert (made.status, made.json()["total"]) == (201, "19.98")
    number = made.json()["id"]
    assert _ask(server, "GET", f"/orders/{number}").json() == made.json()
    assert made.json() in _ask(server, "GET", "/orders?state=open&sort=-id").json()
    assert _ask(server, "GET", "/orders?state=sent").json() == []


def test_all_errors_come_together(server: Program) -> None:
    wrong = {"customer": "", "items": [{"sku": "x", "amount": 100, "price": "much"}], "more": 1}
    reply = _ask(server, "POST", "/orders?dry_run=perhaps", json=wrong)
    assert _places(reply) == [
        ("body", "customer"),
        ("body", "items", "0", "amount"),
        ("body", "items", "0", "price"),
        ("body", "items", "0", "sku"),
        ("body", "more"),
        ("query", "dry_run"),
    ]
    assert reply.json()["detail"] == "6 validation errors in request"


def test_forms_and_files(server: Program) -> None:
    number = _ask(server, "POST", "/orders", json=ORDER).json()["id"]
    form = ("content-type", "application/x-www-form-urlencoded")
    path = f"/orders/{number}/remark"
    reply = _send(server, path, [form, ("x-author", "Bob")], b"text=in+a+hurry")
    assert reply.json() == f"Bob on {number}: in a hurry"
    assert _places(_send(server, path, [form], b"")) == [("body", "text"), ("headers", "x-author")]

    def attach(content: bytes) -> Reply:
        head = b'--b\r\ncontent-disposition: form-data; name="invoice"; filename="a.pdf"\r\n'
        body = head + b"content-type: application/pdf\r\n\r\n" + content + b"\r\n--b--\r\n"
        kind = ("content-type", "multipart/form-data; boundary=b")
        return _send(server, f"/orders/{number}/invoice", [kind], body)

    content = b"%PDF-1.7\r\n\0\xff--b"
    assert attach(content).json() == {"order": number, "name": "a.pdf", "bytes": len(content)}
    assert _places(attach(b"MZ")) == [("files", "invoice")]
