"""The reference worker with routes for these tests. raw_worker.py DIRECTORY."""

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "protocol" / "reference"))

import application
import batch
import worker

HELLO, ECHO_TEXT, ECHO_BODY, SMALL, FIELDS, STATUS, WAIT = range(7)


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
        case 2 | 3:
            return body, "application/octet-stream"
        case 4:
            pairs = zip(request.headers[::2], request.headers[1::2], strict=True)
            return b"".join(name + b"=" + value + b"\n" for name, value in pairs), text
        case 5:
            return b"body", text
        case _:
            return b"hello", text


class Worker(worker.Worker):
    def answer(self, exchange: worker.Exchange) -> None:
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
