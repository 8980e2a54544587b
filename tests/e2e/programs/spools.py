"""Bodies that are too many for memory."""

from __future__ import annotations

import hashlib
import os
import signal
from collections.abc import Callable, Iterable
from typing import Annotated, Any

from spikard import File, Form, Provide, Request, Spikard, UploadFile, get, post, put
from spikard.config import ServerConfig

app = Spikard(ServerConfig(max_body_size=1 << 30))


@get("/pid")
async def pid() -> int:
    return os.getpid()


@post("/files")
async def files(
    request: Request, title: Annotated[str, Form()], files: Annotated[list[UploadFile], File()]
) -> dict[str, Any]:
    sums = []
    for file in files:
        digest = hashlib.sha256()
        while part := await file.aread(1 << 18):
            digest.update(part)
        sums.append([file.size, digest.hexdigest(), file.rolled_to_disk])
    return {"title": title, "files": sums, "attempt": request.attempt}


@post("/threads")
def threads(file: Annotated[UploadFile, File()]) -> list[str]:
    first = file.read(10)
    file.seek(-10, os.SEEK_END)
    last = file.read()
    file.seek(0)
    file.write(b"changed")
    file.seek(0)
    return [text.hex() for text in (first, last, file.read(10))]


@post("/small")
async def small(file: Annotated[UploadFile, File(max_size=1 << 20)]) -> int:
    return file.size


@post("/bytes")
async def exact(request: Request, title: Annotated[str, Form()]) -> dict[str, Any]:
    body = await request.body()
    form = await request.form()
    return {"size": len(body), "sha256": hashlib.sha256(body).hexdigest(), "title": form["title"]}


@post("/json")
async def numbers(body: dict[str, str]) -> dict[str, int]:
    return {key: len(value) for key, value in body.items()}


@post("/undeclared")
async def undeclared(request: Request) -> dict[str, Any]:
    form = await request.form()
    file = form.get("file")
    if not isinstance(file, UploadFile):
        return form
    digest = hashlib.sha256()
    while part := await file.aread(1 << 18):
        digest.update(part)
    return form | {"file": [file.size, digest.hexdigest(), file.rolled_to_disk]}


@post("/undeclared/parts")
async def parts(request: Request) -> list[Any]:
    form = await request.form()
    digest = hashlib.sha256()
    async for part in request.stream():
        digest.update(part)
    return [form["title"], digest.hexdigest()]


async def title(request: Request) -> str:
    return str((await request.form())["title"])


@post("/threads/title")
def title_for_thread(title: Annotated[str, Provide(title)]) -> str:
    return title


def wsgi(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    digest, size = hashlib.sha256(), 0
    while part := environ["wsgi.input"].read(1 << 18):
        digest.update(part)
        size += len(part)
    # As frameworks do, so that only the garbage collector ends it.
    environ["itself"] = environ
    start_response("200 OK", [("content-type", "text/plain")])
    return [f"{size} {environ['CONTENT_LENGTH']} {digest.hexdigest()}".encode()]


app.mount("/wsgi", wsgi, interface="wsgi")


@put("/deadly")
async def deadly(request: Request, files: Annotated[UploadFile, File()]) -> dict[str, Any]:
    if request.attempt == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    digest = hashlib.sha256(files.read()).hexdigest()
    return {"size": files.size, "sha256": digest, "attempt": request.attempt}


if __name__ == "__main__":
    app.run(port=0)
