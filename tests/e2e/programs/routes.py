"""One route for each thing that is to be seen from outside."""

import asyncio
import os
import subprocess
import sys
import threading
from datetime import date, datetime
from typing import Any, Optional
from uuid import UUID

from spikard import Request, Response, Router, ServerConfig, Spikard, get, post, put, route

app = Spikard(ServerConfig(port=0, worker_threads=4))
inner = Router(prefix="/inner")
outer = Router(prefix="/outer")
released = threading.Event()


@app.get("/plain")
async def plain() -> str:
    return "plain"


@get("/module")
async def module_level() -> str:
    return "module"


@inner.get("/")
async def inner_root() -> str:
    return "inner root"


@inner.get("/{name}")
async def inner_name(name: str) -> str:
    return name


outer.include_router(inner, prefix="/between")
app.include_router(outer, prefix="/api")


@route("/methods", methods=["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "HEAD", "POST"])
async def methods(request: Request) -> Response:
    return Response(request.method, headers={"x-method": request.method})


@get("/typed/int/{value:int}")
async def typed_int(value: int) -> Any:
    return [type(value).__name__, value]


@get("/typed/float/{value:float}")
async def typed_float(value: float) -> Any:
    return [type(value).__name__, value]


@get("/typed/bool/{value:bool}")
async def typed_bool(value: bool) -> Any:
    return [type(value).__name__, value]


@get("/typed/uuid/{value:uuid}")
async def typed_uuid(value: UUID) -> Any:
    return [type(value).__name__, value]


@get("/typed/date/{value:date}")
async def typed_date(value: date) -> Any:
    return [type(value).__name__, value]


@get("/typed/datetime/{value:datetime}")
async def typed_datetime(value: datetime) -> Any:
    return [type(value).__name__, value]


@get("/typed/path/{value:path}")
async def typed_path(value: str) -> Any:
    return [type(value).__name__, value]


@get("/typed/str/{value}")
async def typed_str(value: str) -> Any:
    return [type(value).__name__, value]


@get("/query")
async def query(count: int, ratio: float = 0.5, on: Optional[bool] = None, tags: list[str] = []) -> Any:  # noqa: B006, UP045
    return {"count": count, "ratio": ratio, "on": on, "tags": tags}


@get("/return/{kind}")
async def returns(kind: str) -> Any:
    values: dict[str, Any] = {
        "dict": {"a": [1, 2.5, "ü", None, True]},
        "list": [1, 2],
        "text": "text",
        "none": None,
        "number": 12345678901234567890,
        "bytes": b"\x00\xff",
        "response": Response(b"\x01", status_code=202, media_type="image/png"),
        "text-response": Response("ü"),
        "tuple": ({"a": 1}, 201),
    }
    return values[kind]


@post("/created", status_code=201)
async def created() -> dict[str, bool]:
    return {"created": True}


@get("/nothing", status_code=204)
async def nothing() -> None:
    return None


@get("/headers")
async def headers(request: Request) -> Response:
    response = Response(
        {"got": request.headers.getlist("x-multi"), "agent": request.headers.get("User-Agent")}
    )
    response.headers.append("x-multi", "one")
    response.headers.append("X-Multi", "two")
    return response


@get("/cookies")
async def cookies(request: Request) -> Response:
    response = Response(dict(request.cookies))
    response.set_cookie("a", "1", httponly=True)
    response.set_cookie("b", "2", path="/cookies", samesite="lax")
    response.delete_cookie("c")
    return response


@post("/echo")
async def echo(request: Request) -> Response:
    return Response(await request.body(), headers={"x-type": request.headers.get("content-type", "none")})


@put("/json")
async def read_json(request: Request) -> Any:
    return await request.json()


@get("/fails/{how}")
async def fails(how: str) -> None:
    fail(how)


@get("/fails-in-thread/{how}")
def fails_in_thread(how: str) -> None:
    fail(how)


def fail(how: str) -> None:
    if how == "exit":
        sys.exit(3)
    if how == "interrupt":
        raise KeyboardInterrupt
    if how == "cancel":
        raise asyncio.CancelledError
    if how == "stop":
        next(iter(()))
    raise LookupError("the secret text")


@get("/unjson")
async def unjson() -> object:
    return object()


@get("/block")
def block() -> str:
    return "released" if released.wait(10) else "nobody came"


@get("/release")
async def release() -> str:
    released.set()
    return threading.current_thread().name


@get("/thread")
def thread() -> str:
    return threading.current_thread().name


@get("/environment")
def environment() -> Any:
    child = subprocess.run(
        [sys.executable, "-c", "import os; print(dict(os.environ))"], capture_output=True, check=True
    )
    names = ("SPIKARD_ENDPOINT", "SPIKARD_WORKER")
    return {
        "own": [n for n in names if n in os.environ],
        "child": [n for n in names if n in child.stdout.decode()],
    }


@get("/url/{name}")
async def url(request: Request, name: str) -> Any:
    return {
        "id": request.id,
        "path": request.path,
        "query": request.query_params.getlist("q"),
        "client": request.client.host,
        "self": request.url_for("url", name="x y"),
        "attempt": request.attempt,
    }


async def registered(request: Request) -> str:
    return request.method


app.register_route("GET", "/registered", registered)
app.register_route("post", "/registered", registered, status_code=202)


@get("/livez")
async def own_livez() -> str:
    return "mine"


if __name__ == "__main__":
    app.run()
