"""Applications by hand, ASGI and WSGI, each behaviour at a path of its own."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from spikard import HTTPException, Provide, Request, ServerConfig, Spikard, get

app = Spikard(config=ServerConfig(request_timeout=20.0))
counts: dict[str, int] = {}


def count(name: str) -> None:
    counts[name] = counts.get(name, 0) + 1


@get("/told")
async def told() -> dict[str, int]:
    return counts


@get("/raw/own")
async def own() -> str:
    return "a route of ours"


def plain(value: Any) -> Any:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


async def whole(send: Any, body: bytes, *headers: tuple[bytes, bytes], status: int = 200) -> None:
    await send({"type": "http.response.start", "status": status, "headers": list(headers)})
    await send({"type": "http.response.body", "body": body})


async def begin(send: Any, body: bytes, *headers: tuple[bytes, bytes]) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": True})


async def lifespan(scope: Any, receive: Any, send: Any) -> None:
    assert (await receive())["type"] == "lifespan.startup"
    scope["state"]["begun"] = "yes"
    count("startup")
    await send({"type": "lifespan.startup.complete"})
    assert (await receive())["type"] == "lifespan.shutdown"
    print("the lifespan has ended", file=sys.stderr)
    await send({"type": "lifespan.shutdown.complete"})


async def raw(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        return await lifespan(scope, receive, send)
    match scope["path"].removeprefix(scope["root_path"]):
        case "/missing":
            await whole(send, b"not here", status=404)
        case "/echo":
            body, more = b"", True
            while more:
                message = await receive()
                body += message["body"]
                more = message["more_body"]
                count("parts of a body")
            await whole(
                send,
                body,
                (b"Content-Type", b"text/x-echo"),
                (b"x-twice", b"1"),
                (b"x-twice", b"2"),
            )
        case "/polls":
            for _ in range(3):
                with contextlib.suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(receive(), 0.01)
            count("polled")
            body, more = b"", True
            while more:
                message = await receive()
                body += message["body"]
                more = message["more_body"]
            await whole(send, body)
        case "/on":
            await whole(send, b"answered")
            await asyncio.sleep(0.5)
            print("worked on behind the answer", file=sys.stderr)
        case "/sized":
            await whole(send, b"12345" if scope["method"] != "HEAD" else b"", (b"Content-Length", b"5"))
        case "/parts":
            await begin(send, b"one,")
            await send({"type": "http.response.body", "body": bytearray(b"two,"), "more_body": True})
            await send({"type": "http.response.body", "body": b"three"})
            assert (await receive())["type"] == "http.request"
            assert (await receive())["type"] == "http.disconnect"
            count("disconnect behind the answer")
        case "/raises":
            raise RuntimeError("a secret")
        case "/silent":
            return None
        case "/wrong-length":
            await whole(send, b"four", (b"content-length", b"5"))
        case "/twice":
            await send({"type": "http.response.start", "status": 200})
            await send({"type": "http.response.start", "status": 200})
        case "/breaks":
            await begin(send, b"half")
            raise RuntimeError("broken behind the beginning")
        case "/unfinished":
            await begin(send, b"half")
        case "/waits":
            await receive()
            count("waiting")
            assert (await receive())["type"] == "http.disconnect"
            count("disconnect")
        case "/endless":
            await begin(send, b"x")
            try:
                while True:
                    await send({"type": "http.response.body", "body": b"x" * 65536, "more_body": True})
                    await asyncio.sleep(0.001)
            except OSError:
                count("endless ended")
                raise
        case "/after":
            await whole(send, b"first")
            count("after begun")
            raise RuntimeError("behind the answer")
        case _:
            shown = {
                k: plain(v)
                for k, v in scope.items()
                if k not in ("headers", "asgi", "client", "server", "state")
            }
            shown |= {"headers": [[plain(k), plain(v)] for k, v in scope["headers"]]}
            shown |= {key: scope[key] for key in ("asgi", "client", "server", "state")}
            await whole(send, json.dumps(shown).encode(), (b"content-type", b"application/json"))
    return None


class Closing:
    """An iterable that tells when it is closed."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self.parts = parts

    def __iter__(self) -> Iterator[bytes]:
        return self.parts

    def close(self) -> None:
        count("closed")


def endless() -> Iterator[bytes]:
    while True:
        yield b"x" * 65536
        time.sleep(0.001)


def failing() -> Iterator[bytes]:
    yield b"half"
    raise RuntimeError("broken behind the beginning")


def wsgi(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
    headers = [("content-type", "text/plain")]
    match environ["PATH_INFO"]:
        case "/echo":
            start_response("201 Created", [*headers, ("X-Length", environ.get("CONTENT_LENGTH", "none"))])
            return [environ["wsgi.input"].read()]
        case "/sized":
            start_response("200 OK", [("Content-Length", "5")])
            return Closing(iter([b"12345"] if environ["REQUEST_METHOD"] != "HEAD" else []))
        case "/parts":
            start_response("200 OK", headers)
            return Closing(iter([b"one,", b"", b"two"]))
        case "/write":
            write = start_response("200 OK", headers)
            write(b"one,")
            write(b"two,")
            return [b"three"]
        case "/late":

            def late() -> Iterator[bytes]:
                start_response("202 Accepted", headers)
                yield b"late"

            return late()
        case "/raises":
            raise RuntimeError("a secret")
        case "/silent":
            return []
        case "/replaced":
            start_response("200 OK", headers)
            try:
                raise ValueError("first")
            except ValueError:
                start_response("503 Down", headers, sys.exc_info())
            return [b"replaced"]
        case "/breaks":
            start_response("200 OK", headers)
            return Closing(failing())
        case "/endless":
            start_response("200 OK", headers)
            return Closing(endless())
    shown = {key: str(value) for key, value in environ.items() if key not in ("wsgi.input", "wsgi.errors")}
    start_response("200 OK", [("content-type", "application/json")])
    return [json.dumps(shown).encode()]


def guard(request: Request) -> None:
    if "x-key" not in request.headers:
        raise HTTPException(401, "who are you?")


app.mount("/raw", raw)
app.mount("/raw/inner", raw)
# On a busy machine, too, it has begun by then.
app.mount("/raw/hurried", raw, timeout=0.8)
app.mount("/wsgi", wsgi)
app.mount("/guarded", raw, dependencies=[Provide(guard)])

if __name__ == "__main__":
    app.run(port=0)
