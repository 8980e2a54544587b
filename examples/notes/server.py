"""Notes in SQLite: dependencies, hooks, an exception handler, work behind the answer.

python server.py
curl -H 'x-user: ann' -d '{"text": "buy milk"}' http://127.0.0.1:8000/notes
curl -H 'x-user: ann' http://127.0.0.1:8000/notes
"""

import os
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from typing import Annotated, Any

from msgspec import Meta, Struct

from spikard import BackgroundTask, Header, HTTPException, Provide, Request, Response, Spikard


class Note(Struct):
    id: int
    text: str


class NewNote(Struct):
    text: Annotated[str, Meta(min_length=1, max_length=200)]


class UnknownNote(Exception):
    pass


async def lifespan(app: Spikard) -> AsyncIterator[None]:
    app.state.path = os.environ.get("NOTES", "notes.db")
    with closing(sqlite3.connect(app.state.path)) as connection:
        connection.execute("create table if not exists notes (id integer primary key, user text, text text)")
        connection.execute("create table if not exists log (user text, what text)")
    yield


app = Spikard(lifespan=lifespan)


# Not `async`: it runs in a thread, with the handlers that want it, and may block.
def connect(request: Request) -> Iterator[sqlite3.Connection]:
    """A transaction for each request: kept if it succeeds."""
    connection = sqlite3.connect(request.app.state.path, check_same_thread=False)
    try:
        with connection:
            yield connection
    finally:
        connection.close()


def user(x_user: Annotated[str | None, Header()]) -> str:
    if x_user is None:
        raise HTTPException(401, "who are you? say it in x-user")
    return x_user


Database = Annotated[sqlite3.Connection, Provide(connect)]
User = Annotated[str, Provide(user)]


def log(path: str, name: str, what: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("insert into log values (?, ?)", (name, what))


@app.middleware
async def timing(request: Request, call_next: Any) -> Response:
    begun = time.perf_counter()
    response: Response = await call_next(request)
    response.headers["x-milliseconds"] = f"{(time.perf_counter() - begun) * 1000:.1f}"
    return response


@app.exception_handler(UnknownNote)
async def unknown(error: UnknownNote) -> Response:
    return Response({"detail": f"there is no note {error}"}, 404)


@app.get("/notes")
def list_notes(database: Database, user: User) -> list[Note]:
    rows = database.execute("select id, text from notes where user = ? order by id", (user,))
    return [Note(*row) for row in rows]


@app.post("/notes")
def add(body: NewNote, database: Database, user: User, request: Request) -> Response:
    added = database.execute("insert into notes (user, text) values (?, ?)", (user, body.text))
    # What is behind the answer comes before the end of the dependencies, and writes too.
    database.commit()
    behind = BackgroundTask(log, request.app.state.path, user, f"added {added.lastrowid}")
    return Response({"id": added.lastrowid, "text": body.text}, 201, background=behind)


@app.delete("/notes/{id:int}", status_code=204)
def remove(id: int, database: Database, user: User) -> None:
    if not database.execute("delete from notes where id = ? and user = ?", (id, user)).rowcount:
        raise UnknownNote(id)


@app.get("/log")
def read_log(database: Database) -> list[str]:
    return [f"{name} {what}" for name, what in database.execute("select user, what from log")]


if __name__ == "__main__":
    app.run()
