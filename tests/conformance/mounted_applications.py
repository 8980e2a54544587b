"""Applications that nobody here wrote, behind `Spikard.from_asgi` and mounted: their pages come as elsewhere.

To be run by hand: `pip install 'spikard[applications]'`, then `python tests/conformance/mounted_applications.py`.
"""

from __future__ import annotations

import contextlib
import http.client
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

DATASETTE = """
from datasette.app import Datasette
from spikard import Spikard
app = Datasette(["books.db"]).app()
"""
NICEGUI = """
from fastapi import FastAPI
from nicegui import ui
from spikard import Spikard
app = FastAPI()
@ui.page("/")
def page():
    ui.label("Hello from NiceGUI")
ui.run_with(app, storage_secret="of a test")
"""
LITESTAR = """
from litestar import Litestar, get, post
from litestar.response import Stream
from spikard import Spikard
@get("/")
async def root() -> dict[str, str]:
    return {"hello": "world"}
@post("/echo")
async def echo(data: dict[str, int]) -> dict[str, int]:
    return data
@get("/stream")
async def stream() -> Stream:
    async def parts():
        for number in range(3):
            yield f"{number}\\n"
    return Stream(parts())
app = Litestar([root, echo, stream])
"""
WHOLE = "Spikard.from_asgi(app).run(port=0)\n"
BENEATH = "top = Spikard()\ntop.mount('/below', app)\ntop.run(port=0)\n"

# Program, how it is served, and pages: method, path, body, status, and what is in it.
Page = tuple[str, str, str, int, str]
CASES: dict[str, tuple[str, str, list[Page]]] = {
    "datasette": (
        DATASETTE,
        WHOLE,
        [
            ("GET", "/", "", 200, "books"),
            ("GET", "/books", "", 200, "novels"),
            ("GET", "/books/novels.json?_shape=array", "", 200, '"title": "Emma"'),
            ("GET", "/books/novels.csv?_stream=1", "", 200, "Persuasion"),
            ("GET", "/-/versions.json", "", 200, '"datasette"'),
            ("GET", "/-/static/app.css", "", 200, "body"),
            ("GET", "/books/nothing", "", 404, "404"),
        ],
    ),
    "nicegui": (
        NICEGUI,
        WHOLE,
        [("GET", "/", "", 200, "Hello from NiceGUI"), ("GET", "/nothing", "", 404, "")],
    ),
    "nicegui mounted": (NICEGUI, BENEATH, [("GET", "/below/", "", 200, "Hello from NiceGUI")]),
    "litestar": (
        LITESTAR,
        BENEATH,
        [
            ("GET", "/below/", "", 200, '{"hello":"world"}'),
            ("POST", "/below/echo", '{"a": 1}', 201, '{"a":1}'),
            ("POST", "/below/echo", '{"a": "x"}', 400, "detail"),
            ("GET", "/below/stream", "", 200, "0\n1\n2\n"),
            ("GET", "/below/schema/openapi.json", "", 200, "openapi"),
        ],
    ),
}


@contextlib.contextmanager
def serving(program: str, directory: Path) -> Iterator[int]:
    """Give the port."""
    (directory / "server.py").write_text(program)
    with sqlite3.connect(directory / "books.db") as books:
        books.execute("create table novels (title)")
        books.executemany("insert into novels values (?)", [("Emma",), ("Persuasion",)])
    command = [sys.executable, "server.py"]
    with subprocess.Popen(command, cwd=directory, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        said = ""
        try:
            while not (found := re.search(r"serves on http://127.0.0.1:(\d+)", said)):
                line = process.stderr.readline()
                assert line, said
                said += line
            yield int(found[1])
        finally:
            process.send_signal(signal.SIGINT)
            rest = process.stderr.read()
    assert process.returncode == 0, rest
    assert "Traceback" not in said + rest, said + rest


def check(name: str) -> None:
    """Ask for every page of a case."""
    program, serve, pages = CASES[name]
    with tempfile.TemporaryDirectory() as directory, serving(program + serve, Path(directory)) as port:
        for method, path, body, status, part in pages:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            headers = {"content-type": "application/json"} if body else {}
            connection.request(method, path, body or None, headers)
            response = connection.getresponse()
            text = response.read().decode()
            assert response.status == status, (name, path, response.status, text)
            assert part in text, (name, path, text)
            for asset in re.findall(r'(?:src|href)="(/[^"/][^"]*\.(?:js|css))"', text)[:20]:
                connection.request("GET", asset)
                got = connection.getresponse()
                assert got.status == 200, (name, asset, got.status)
                got.read()
            connection.close()
    print(f"{name}: {len(pages)} pages as they should be")


if __name__ == "__main__":
    for case in sys.argv[1:] or CASES:
        check(case)
