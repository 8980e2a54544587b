"""Handlers in threads, many at once, one of which ends its process; and what ran when, in a ledger.

What is asked for the first time waits for the poison. Then it is answered, unless it runs in the process that the
poison is about to end.
"""

import os
import signal
import time
from pathlib import Path

from spikard import Request, Spikard, get

app = Spikard()
victim = Path(os.environ["VICTIM"])  # names the process that dies, once the poison has begun
death = Path(os.environ["DEATH"])  # is there once the poison may do it
ledger = os.open(os.environ["LEDGER"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
ME = str(os.getpid())
# All suspects one after the other: far less than how long each waits to be alone.
TAKES = 0.03


def note(word: str, number: str, attempt: int) -> None:
    os.write(ledger, f"{time.monotonic()} {ME} {word} {number} {attempt}\n".encode())


@get("/innocent/{number}")
def innocent(number: str, request: Request) -> int:
    note("begin", number, request.attempt)
    while request.attempt == 0 and (not death.exists() or victim.read_text() == ME):
        time.sleep(0.005)
    time.sleep(TAKES)
    note("end", number, request.attempt)
    return request.attempt


@get("/poison")
def poison(request: Request) -> None:
    if request.attempt == 0:
        victim.write_text(ME)
    note("begin", "poison", request.attempt)
    if request.attempt == 0:
        while not death.exists():
            time.sleep(0.005)
        # The others have gone by then.
    time.sleep(3 * TAKES)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    app.run(port=0, workers=2)
