"""Orders over the attach socket reach a worker whose loop is stuck."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import batch
import pytest
from front_end import DEADLINE, FrontEnd
from served import Start

from spikard import Spikard

PROGRAM = """
import ctypes
from spikard import Spikard

app = Spikard()

@app.get("/")
async def stuck() -> None:
    ctypes.PyDLL(None).pause()

app.run()
"""


def test_stacks(start: Start) -> None:
    app = Spikard()
    gate = threading.Event()

    @app.get("/")
    async def stuck() -> None:
        gate.wait(DEADLINE)

    served = start(app)
    peer = served.accept()
    peer.become_ready()
    peer.request(1, 0, 0)
    try:
        texts = []
        for number in (7, 8):
            while not texts or b"in stuck" not in texts[-1]:
                peer.control_send("DumpStacks", number=number)
                stacks = peer.control_expect("Stacks")
                assert stacks.number == number
                texts.append(stacks.text)
                time.sleep(0.01)
            texts.append(b"")
    finally:
        gate.set()
    peer.expect("Response", 1, 0)


@pytest.mark.parametrize("order", [b"rubbish", "Leaving", "Attach"])
def test_what_is_no_order_ends_the_connection(start: Start, order: str | bytes) -> None:
    served = start(Spikard())
    peer = served.accept()
    peer.become_ready()
    assert peer.control
    peer.control.send(order if isinstance(order, bytes) else batch.encode_message(order))
    served.attach()


def test_die(front_end: FrontEnd, tmp_path: Path) -> None:
    (tmp_path / "server.py").write_text(PROGRAM)
    environment = {"SPIKARD_ENDPOINT": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, tmp_path / "server.py"],
        env={**os.environ, **environment},
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            peer = front_end.accept(process.pid)
            peer.become_ready()
            peer.request(1, 0, 0)
            peer.control_send("Die", detail="it is stuck")
            _, said = process.communicate(timeout=DEADLINE)
        finally:
            process.kill()
    assert process.returncode == 1
    assert said.splitlines()[-1] == "spikard: the front end has ended this worker: it is stuck"
