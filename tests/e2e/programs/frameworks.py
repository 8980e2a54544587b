"""Applications of other frameworks, as their users write them, beneath paths of one."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from typing import Any

import django
import fastapi
import flask
import quart
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.urls import path
from fastapi.responses import StreamingResponse
from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.responses import StreamingResponse as StarletteStream
from starlette.routing import Route

from spikard import Spikard

told: list[str] = []
app = Spikard()


@app.get("/told")
async def get_told() -> list[str]:
    return told


# ---- FastAPI


@contextlib.asynccontextmanager
async def lifespan(_: fastapi.FastAPI) -> AsyncIterator[dict[str, str]]:
    yield {"pool": "a pool"}
    told.append("never seen")


class Item(BaseModel):
    name: str
    price: float = 1.0


fast = fastapi.FastAPI(lifespan=lifespan)


@fast.post("/items/{number}")
async def add(number: int, item: Item, request: fastapi.Request) -> dict[str, Any]:
    return {"number": number, "item": item, "pool": request.state.pool, "url": str(request.url)}


@fast.get("/blocking")
def blocking(q: str = "none") -> dict[str, str]:
    return {"q": q}


@fast.get("/stream")
async def stream() -> StreamingResponse:
    async def parts() -> AsyncIterator[str]:
        for number in range(3):
            await asyncio.sleep(0)
            yield f"{number}\n"

    return StreamingResponse(parts(), media_type="text/plain")


@fast.get("/background")
async def background(tasks: fastapi.BackgroundTasks) -> str:
    tasks.add_task(told.append, "fastapi background")
    return "begun"


@fast.get("/boom")
async def boom() -> None:
    raise RuntimeError("boom in FastAPI")


# ---- Starlette


class Mark(BaseHTTPMiddleware):
    async def dispatch(self, request: Request, call_next: Any) -> Any:
        response = await call_next(request)
        response.headers["x-marked"] = "yes"
        return response


async def show(request: Request) -> JSONResponse:
    body = (await request.body()).decode()
    gone = await request.is_disconnected()
    return JSONResponse({"gone": gone, "url": str(request.url_for("show")), "body": body})


async def wait(request: Request) -> StarletteStream:
    async def parts() -> AsyncIterator[bytes]:
        try:
            yield b"first"
            while not await request.is_disconnected():
                await asyncio.sleep(0.01)
        finally:
            told.append("starlette stream ended")

    return StarletteStream(parts())


routes = [Route("/show", show, methods=["GET", "POST"]), Route("/wait", wait)]
starlette = Starlette(routes=routes, middleware=[Middleware(Mark)])


# ---- Django


def hello(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"path": request.path, "info": request.path_info, "q": request.GET.get("q")})


async def echo(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.body, content_type="text/x-echo")


async def numbers(request: HttpRequest) -> StreamingHttpResponse:
    async def parts() -> AsyncIterator[str]:
        for number in range(3):
            yield f"{number}\n"

    return StreamingHttpResponse(parts())


urlpatterns = [path("hello/", hello), path("echo", echo), path("numbers", numbers)]
settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="of a test", USE_TZ=True)
django.setup()

# ---- Quart

quart_app = quart.Quart(__name__)


@quart_app.route("/echo/<name>", methods=["POST"])
async def quart_echo(name: str) -> dict[str, Any]:
    return {"name": name, "json": await quart.request.get_json(), "url": quart.request.url}


@quart_app.route("/stream")
async def quart_stream() -> Any:
    async def parts() -> AsyncIterator[bytes]:
        for number in range(3):
            yield b"%d\n" % number

    return parts(), 200, {"x-kind": "stream"}


# ---- Flask

flask_app = flask.Flask(__name__)
flask_app.secret_key = "of a test"


@flask_app.route("/count")
def flask_count() -> dict[str, Any]:
    flask.session["count"] = flask.session.get("count", 0) + 1
    return {"count": flask.session["count"], "url": flask.url_for("flask_count", _external=True)}


@flask_app.route("/upload", methods=["POST"])
def flask_upload() -> str:
    return f"{flask.request.form['name']}: {len(flask.request.files['file'].read())}"


@flask_app.route("/stream")
def flask_stream() -> flask.Response:
    @flask.stream_with_context
    def parts() -> Iterator[str]:
        for number in range(3):
            yield f"{number} {flask.request.path}\n"

    return flask.Response(parts(), mimetype="text/plain")


app.mount("/fast", fast)
app.mount("/starlette", starlette)
app.mount("/django", get_asgi_application())
app.mount("/quart", quart_app)
app.mount("/flask", flask_app)

if __name__ == "__main__":
    app.run(port=0)
