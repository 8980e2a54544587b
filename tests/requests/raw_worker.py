"""The reference worker with routes for these tests. raw_worker.py DIRECTORY."""

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "protocol" / "reference"))

import application
import batch

import worker

HELLO, ECHO_TEXT, ECHO_BODY, SMALL, FIELDS, STATUS, WAIT, ITEM, TYPED, SEEN = range(10)

ITEM_SCHEMA = """{"type": "object", "required": ["name", "price"], "properties":
    {"name": {"type": "string"}, "price": {"type": "integer", "minimum": 1}}}"""


def manifest() -> bytes:
    def route(method: str, path: str, **options: Any) -> Any:
        return batch.table("Route", method=method, path=path, name=f"{method} {path}", **options)

    routes = [
        route("GET", "/"),
        route("GET", "/echo/{text}"),
        route("POST", "/echo", takes_body=True),
        route("POST", "/small", takes_body=True, max_body_size=16),
        route("GET", "/fields"),
        route("GET", "/status/{code}"),
        route("GET", "/wait/{seconds}"),
        route(
            "POST",
            "/item",
            takes_body=True,
            body_media=7,
            body_required=True,
            body_schema=ITEM_SCHEMA,
            parameters=[
                batch.table(
                    "Parameter",
                    name="limit",
                    wire_name="limit",
                    source=batch.enum("ParameterSource")["Query"],
                    schema='{"type": "integer"}',
                )
            ],
        ),
        route("GET", "/typed/{number:int}"),
        route("GET", "/seen"),
    ]
    manifest = batch.table("Manifest", routes=routes, request_ids=True, max_body_size=10 * 1024 * 1024)
    return batch.pack(manifest, b"SPKM")


def delay(request: SimpleNamespace) -> float:
    return float(request.path_parameters[0]) if request.route == WAIT else 0.0


def answer(request: SimpleNamespace, body: bytes) -> tuple[bytes, str]:
    text = "text/plain; charset=utf-8"
    match request.route:
        case 1:
            return request.path_parameters[0], text
        case 2 | 3 | 7:
            return body, "application/octet-stream"
        case 4:
            pairs = zip(request.headers[::2], request.headers[1::2], strict=True)
            return b"".join(name + b"=" + value + b"\n" for name, value in pairs), text
        case 5:
            return b"body", text
        case _:
            return b"hello", text


class Worker(worker.Worker):
    seen = 0  # requests, this one too

    def answer(self, exchange: worker.Exchange) -> None:
        self.seen += 1
        if exchange.request.route == SEEN:
            return self.end(exchange, "Response", status=200, body=str(self.seen).encode(), last=True)
        if exchange.request.route != STATUS:
            return super().answer(exchange)
        body, content_type = answer(exchange.request, b"")
        # What an application says about framing does not count.
        headers = ["content-type", content_type, "content-length", "77", "transfer-encoding", "chunked"]
        status = int(exchange.request.path_parameters[0])
        return self.end(exchange, "Response", status=status, headers=headers, body=body, last=True)


application.manifest, application.delay, application.answer = manifest, delay, answer
worker.Worker = Worker  # type: ignore[misc]
sys.exit(worker.main())
