"""A first program: a fixed answer, a path with a parameter, a body that comes back."""

from typing import Any

from spikard import Request, Spikard, get, post

app = Spikard()


@get("/")
async def root() -> dict[str, str]:
    return {"message": "Hello"}


@get("/hello/{name}")
async def hello(name: str, times: int = 1) -> dict[str, list[str]]:
    return {"messages": [f"Hello, {name}"] * times}


@post("/echo")
async def echo(request: Request) -> dict[str, Any]:
    return {"echo": await request.json()}


if __name__ == "__main__":
    app.run()
