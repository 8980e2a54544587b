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
COLLECT, FEW, PUMP, IGNORE, HOLD = range(10, 15)  # take their body as a stream
FIELD, LENGTH, FILES = range(15, 18)

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
        route("POST", "/collect", takes_body=True, streams_body=True),
        route("POST", "/few", takes_body=True, streams_body=True, max_body_size=16),
        # Answers each part with that part.
        route("POST", "/pump", takes_body=True, streams_body=True),
        # Answers before it reads anything.
        route("POST", "/ignore", takes_body=True, streams_body=True),
        # Reads nothing, answers nothing.
        route("POST", "/hold", takes_body=True, streams_body=True, timeout_ms=1500),
        # Answers with that field; "-" is no name.
        route("GET", "/field/{name}/{value}"),
        route("HEAD", "/length/{length}"),
        route("GET", "/files/{path:path}"),
    ]
    manifest = batch.table("Manifest", routes=routes, request_ids=True, max_body_size=10 * 1024 * 1024)
    return batch.pack(manifest, b"SPKM")


def delay(request: SimpleNamespace) -> float:
    return float(request.path_parameters[0]) if request.route == WAIT else 0.0


def answer(request: SimpleNamespace, body: bytes) -> tuple[bytes, str]:
    text = "text/plain; charset=utf-8"
    match request.route:
        case 1 | 17:
            return request.path_parameters[0], text
        case 2 | 3 | 7 | 10 | 11:
            return body, "application/octet-stream"
        case 4:
            pairs = zip(request.headers[::2], request.headers[1::2], strict=True)
            return b"".join(name + b"=" + value + b"\n" for name, value in pairs), text
        case 5:
            return b"body", text
        case _:
            return b"hello", text


class Pumped:
    """What was taken from a request and is not in its answer yet."""

    def __init__(self, window: int) -> None:
        self.room = window
        self.parts: list[bytes] = []
        self.last = False

    def put(self, part: bytes, last: bool) -> None:
        self.parts += [part] if part else []
        self.last = last


class Worker(worker.Worker):
    seen = 0  # requests, this one too

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.pumped: dict[int, Pumped] = {}

    def on_request(self, message: batch.Message) -> None:
        route = message.value.route
        if route not in (PUMP, IGNORE, HOLD):
            return super().on_request(message)
        exchange = worker.Exchange(message.exchange, message.slot, message.value, b"")
        self.exchanges[message.slot] = exchange
        if route == IGNORE:
            self.end(exchange, "Response", status=200, body=b"ignored", last=True)
        elif route == PUMP:
            whole = message.value.body_kind == batch.enum("BodyKind")["Whole"]
            self.outbox.add(
                "Response",
                exchange.number,
                exchange.slot,
                status=200,
                body=message.value.body if whole else b"",
            )
            if whole:
                self.end(exchange, "Chunk", last=True)
            elif message.value.body_kind == batch.enum("BodyKind")["Awaited"]:
                self.outbox.add("Window", exchange.number, exchange.slot, bytes=self.welcome.window)
        return None

    def on_chunk(self, message: batch.Message) -> None:
        exchange = self.find(message)
        if exchange is None or exchange.request.route not in (PUMP, HOLD):
            return super().on_chunk(message)
        body = message.value.body
        if exchange.request.route == PUMP:
            self.pumped.setdefault(exchange.slot, Pumped(self.welcome.window)).put(body, message.value.last)
            self.pump(exchange)
        return None

    def on_window(self, message: batch.Message) -> None:
        exchange = self.find(message)
        if exchange and exchange.request.route == PUMP:
            self.pumped.setdefault(exchange.slot, Pumped(self.welcome.window)).room += message.value.bytes
            self.pump(exchange)

    def pump(self, exchange: worker.Exchange) -> None:
        pumped = self.pumped[exchange.slot]
        while pumped.parts and len(pumped.parts[0]) <= pumped.room:
            part = pumped.parts.pop(0)
            pumped.room -= len(part)
            self.outbox.add("Chunk", exchange.number, exchange.slot, body=part)
            if not pumped.last:
                self.outbox.add("Window", exchange.number, exchange.slot, bytes=len(part))
        if pumped.last and not pumped.parts:
            self.end(exchange, "Chunk", last=True)

    def end(self, exchange: worker.Exchange, type_name: str, **fields: Any) -> None:
        self.pumped.pop(exchange.slot, None)
        super().end(exchange, type_name, **fields)

    def answer(self, exchange: worker.Exchange) -> None:
        self.seen += 1
        if exchange.request.route == SEEN:
            return self.end(exchange, "Response", status=200, body=str(self.seen).encode(), last=True)
        if exchange.request.route in (FIELD, LENGTH):
            *names, value = exchange.request.path_parameters
            name = names[0].decode().strip("-") if names else "content-length"
            headers = [name, value.decode()]
            body = b"" if exchange.request.route == LENGTH else b"body"
            return self.end(exchange, "Response", status=200, headers=headers, body=body, last=True)
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
