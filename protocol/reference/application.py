"""What the reference worker serves."""

import contextlib
from types import SimpleNamespace
from typing import Any

import batch

HELLO, ECHO_TEXT, ECHO_BODY, WAIT = range(4)  # indices into the manifest's routes


def manifest() -> bytes:
    def parameter(name: str, type_name: str) -> Any:
        source, value_type = batch.enum("ParameterSource")["Path"], batch.enum("ValueType")[type_name]
        return batch.table(
            "Parameter", name=name, wire_name=name, source=source, type=value_type, required=True
        )

    routes = [
        batch.table("Route", method="GET", path="/", name="hello"),
        batch.table(
            "Route",
            method="GET",
            path="/echo/{text}",
            name="echo_text",
            parameters=[parameter("text", "Text")],
        ),
        batch.table("Route", method="POST", path="/echo", name="echo_body", takes_body=True),
        batch.table(
            "Route",
            method="GET",
            path="/wait/{seconds:float}",
            name="wait",
            parameters=[parameter("seconds", "Number")],
        ),
    ]
    return batch.pack(batch.table("Manifest", routes=routes, request_ids=True), b"SPKM")


def delay(request: SimpleNamespace) -> float:
    """Seconds until the answer is ready."""
    with contextlib.suppress(ValueError):
        return float(request.path_parameters[0]) if request.route == WAIT else 0.0
    return 0.0


def answer(request: SimpleNamespace, body: bytes) -> tuple[bytes, str]:
    """The response's body and its content type."""
    text = "text/plain; charset=utf-8"
    match request.route:
        case 0:
            return b'{"message":"hello"}', "application/json"
        case 1:
            return request.path_parameters[0], text
        case 2:
            return body, "application/octet-stream"
        case _:
            return b"waited", text
