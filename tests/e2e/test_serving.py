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
        program.write("stop\n")
        program.said(f"the {turn} is over")
        assert refuses(program.address)
        until(lambda: not processes.children(program.pid), "the front end has ended")
        assert not list(program.files.iterdir())
        program.write("go on\n")
    assert program.wait() == 0


def test_an_application_without_routes_is_told(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "server.py"
    path.write_text("from spikard import Spikard\n\nSpikard().run(port=0)\n")
    program = start(path).serving()
    program.said("WARNING .*the application has no routes: every request is answered by 404")
    assert fetch(program.address, "GET", "/").status == 404


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
