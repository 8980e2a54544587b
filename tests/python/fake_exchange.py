"""An exchange as `_native` hands it over, without `_native`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass
class FakeExchange:
    number: int = 1
    route: int = 0
    method: str = "GET"
    target: str = "/"
    path_parameters: list[str] = field(default_factory=list)
    arguments: bytes = b"{}"
    form: bytes = b""
    verdict: bytes = b""
    headers: list[tuple[str, str]] = field(default_factory=lambda: [("host", "example.org")])
    body: bytes = b""
    incoming: Any = None
    spool: Any = None
    kept: bool = False
    given_away: bool = False
    request_id: str = "0195"
    scheme: str = "http"
    client: tuple[str, int] = ("127.0.0.1", 40000)
    attempt: int = 0
    gone: bool = False
    on_gone: Callable[[], object] | None = None

    @property
    def raw_headers(self) -> list[tuple[bytes, bytes]]:
        return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in self.headers]
