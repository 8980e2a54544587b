"""`app.run()` and `app.serve()` as parts of a program."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING

from harness import processes
from harness.client import fetch, refuses
from harness.waiting import until

if TYPE_CHECKING:
    from harness.fixtures import Start


def test_inside_a_running_loop_and_again(start: Start) -> None:
    program = start("inside_a_loop.py")
    for turn in ("first", "second"):
        program.serving()
        assert fetch(program.address, "GET", "/").json() == "served"
        program.forget_lines()
        program.write(f"{turn}\n")
        program.said(f"the {turn} is over")
        assert refuses(program.address)
        until(lambda: not processes.children(program.pid), "the front end has ended")
        assert not list(program.files.iterdir())
    assert program.wait() == 0


def test_the_program_goes_on_after_run(start: Start) -> None:
    program = start("afterwards.py").serving()
    assert fetch(program.address, "GET", "/").json() == "served"
    program.send(signal.SIGTERM)
    assert program.wait() == 4
    assert program.said("^afterwards: (.*)")[1] == "['MainThread']"


def test_the_runtime_directory_is_used_and_left_clean(start: Start) -> None:
    program = start("afterwards.py", XDG_RUNTIME_DIR="/dev/shm").serving()
    (directory,) = (
        argument.removeprefix("ipc://")
        for argument in processes.command_line(program.front_end).split()
        if argument.startswith("ipc://")
    )
    assert directory.startswith("/dev/shm/spikard-")
    program.send(signal.SIGTERM)
    assert program.wait() == 4
    assert not Path(directory).exists()
