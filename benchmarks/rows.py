"""What is measured: a row of the table is one kind of request, from so many connections, to so many workers."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Request:
    """One request, and what must be answered to it.

    Attributes:
        path: path and query.
        method: of the request.
        body: of the request.
        headers: of the request.
        statuses: one of them every answer must have; several, where peers have different customs.
        answer: the JSON value that every answer must hold; None: any that is no success.
    """

    path: str
    method: str = "GET"
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    statuses: tuple[int, ...] = (200,)
    answer: object = None


@dataclass(frozen=True)
class Goal:
    """What ours shall reach: a quantity of ours, divided by another's in the same round.

    Attributes:
        quantity: a name of `quantities.QUANTITIES`.
        bound: what the median of the quotients shall not pass.
        peer: whose quantity ours is divided by; empty: it is not divided.
        row: ours in that row is what ours in this one is divided by.
        at_least: the bound is a lower one.
    """

    quantity: str
    bound: float
    peer: str = ""
    row: str = ""
    at_least: bool = False


@dataclass(frozen=True)
class Row:
    """One request, sent over and over.

    Attributes:
        name: its title in the table.
        request: what is sent.
        peers: who takes part, ours first.
        connections: how many are kept open, each with one request under way.
        workers: processes that run handlers, of peers that can be told.
        open_loop: requests come at half of the rate that the peer reached in the warm-up, ready or not.
        goals: of ours.
    """

    name: str
    request: Request
    peers: tuple[str, ...]
    connections: int = 64
    workers: int = 1
    open_loop: bool = False
    goals: tuple[Goal, ...] = ()


_JSON = {"content-type": "application/json"}
_HELLO = {"message": "Hello"}
_GET = Request("/", answer=_HELLO)
_GET_DEF = Request("/def", answer=_HELLO)
_BUSY = Request("/busy", answer=_HELLO)
_ITEM = Request("/items/42?limit=10&q=oak", answer={"id": 42, "limit": 10, "q": "oak"})
_ORDER = Request(
    "/orders",
    "POST",
    '{"name":"chair","price":12.5,"quantity":4,"tags":["home","oak"]}',
    _JSON,
    answer={"name": "chair", "total": 50.0},
)
_NO_ORDER = Request(
    "/orders",
    "POST",
    '{"name":"","price":-1,"quantity":"4","tags":["home","oak"]}',
    _JSON,
    statuses=(422, 400),
)

_RAW = ("spikard", "uvicorn", "granian")
_FRAMEWORKS = ("fastapi", "litestar", "blacksheep", "robyn", "original-0.13", "original-0.17")
_THREADS = ("spikard", "fastapi", "litestar", "robyn", "original-0.13", "original-0.17")
# Each waits for all before it on its worker.
_FEW = 8
_BUSY_ONE = "GET that computes for 10 ms, 1 worker"

ROWS = [
    Row(
        "GET JSON, 64 connections",
        _GET,
        (*_RAW, *_FRAMEWORKS, "go", "beast", "epoll"),
        goals=(
            Goal("CPU", 0.5, "uvicorn"),
            Goal("CPU", 0.15, "fastapi"),
            Goal("CPU", 1.0, "go"),
            Goal("requests/s", 2.0, "uvicorn", at_least=True),
            Goal("requests/s", 1.2, "granian", at_least=True),
            Goal("requests/s", 1.0, "go", at_least=True),
            Goal("front end's CPU", 1.25, "beast"),
        ),
    ),
    Row("GET JSON from a def handler, 64 connections", _GET_DEF, _THREADS),
    Row(
        "POST validated, 64 connections",
        _ORDER,
        (*_RAW, *_FRAMEWORKS, "go"),
        goals=(Goal("CPU", 0.7, "uvicorn"), Goal("CPU", 0.3, "litestar"), Goal("CPU", 1.1, "go")),
    ),
    Row(
        "GET with typed path and query, 64 connections",
        _ITEM,
        (*_RAW, *_FRAMEWORKS, "go"),
        goals=(Goal("CPU", 0.7, "uvicorn"), Goal("CPU", 0.35, "litestar")),
    ),
    Row(
        "POST that breaks the schema, 64 connections",
        _NO_ORDER,
        ("spikard", "granian", *_FRAMEWORKS, "go"),
        goals=(Goal("requests/s", 8.0, "fastapi", at_least=True), Goal("workers' CPU", 0.5)),
    ),
    Row(
        "GET JSON, 1 connection",
        _GET,
        (*_RAW, "fastapi", "go", "beast"),
        1,
        goals=(Goal("p50", 1.5, "uvicorn"),),
    ),
    Row("GET JSON, 512 connections", _GET, (*_RAW, "fastapi", "go", "beast"), 512),
    Row("GET JSON, open loop at half of capacity", _GET, (*_RAW, "fastapi", "go", "beast"), open_loop=True),
    Row("GET JSON, 2 workers", _GET, (*_RAW, "fastapi"), workers=2),
    Row(_BUSY_ONE, _BUSY, _RAW, _FEW),
    Row(
        "GET that computes for 10 ms, 2 workers",
        _BUSY,
        _RAW,
        _FEW,
        workers=2,
        goals=(Goal("requests/s", 1.8, row=_BUSY_ONE, at_least=True),),
    ),
]
