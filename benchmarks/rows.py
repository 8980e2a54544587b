"""What is measured: a row of the table is one kind of request and one kind of load."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Row:
    """One request, sent over and over.

    Attributes:
        name: its title in the table.
        path: path and query of the request.
        method: of the request.
        connections: how many are kept open, each with one request under way.
        body: of the request.
        headers: of the request.
        status: what every answer must have.
        answer: the JSON value that every answer must hold.
        goals: at most this times the CPU per request of a peer, by the peer's name.
    """

    name: str
    path: str
    connections: int
    answer: object
    method: str = "GET"
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 200
    goals: dict[str, float] = field(default_factory=dict)


ROWS = [
    Row(
        name="GET JSON, 64 connections",
        path="/",
        connections=64,
        answer={"message": "Hello"},
        goals={"uvicorn": 0.55, "fastapi": 0.17},
    ),
]
