"""News to everybody who listens, as server-sent events; who comes back gets what was missed.

python server.py
curl -N http://127.0.0.1:8000/news
curl -d '{"text": "rain tomorrow"}' http://127.0.0.1:8000/news
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from typing import Annotated

from msgspec import Struct

from spikard import Header, HTMLResponse, Spikard, SseEvent

app = Spikard()


class News(Struct):
    text: str


class Board:
    """The last hundred news, and those who wait for the next."""

    def __init__(self) -> None:
        self.count = 0
        self.last: deque[tuple[int, News]] = deque(maxlen=100)
        self.changed = asyncio.Condition()

    async def add(self, news: News) -> int:
        async with self.changed:
            self.count += 1
            self.last.append((self.count, news))
            self.changed.notify_all()
        return self.count

    async def after(self, seen: int) -> AsyncIterator[tuple[int, News]]:
        while True:
            async with self.changed:
                while self.count <= seen:
                    await self.changed.wait()
                new = [(number, news) for number, news in self.last if number > seen]
            for seen, news in new:
                yield seen, news


board = Board()


@app.post("/news", status_code=201)
async def publish(body: News) -> dict[str, int]:
    return {"number": await board.add(body)}


@app.sse("/news")
async def listen(last_event_id: Annotated[int | None, Header()] = None) -> AsyncIterator[SseEvent]:
    seen = board.count if last_event_id is None else last_event_id
    yield SseEvent(f"{board.count} news so far", event_type="hello")
    async for number, news in board.after(seen):
        yield SseEvent(news, event_type="news", id=str(number))


@app.get("/")
async def page() -> HTMLResponse:
    return HTMLResponse("""<!doctype html><title>News</title><ul id="news"></ul><script>
      new EventSource("/news").addEventListener("news", event => {
        const item = document.createElement("li");
        item.textContent = JSON.parse(event.data).text;
        document.getElementById("news").prepend(item);
      });
    </script>""")


if __name__ == "__main__":
    app.run()
