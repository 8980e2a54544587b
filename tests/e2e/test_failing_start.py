"""What cannot start says so in one line, with a status other than 0, and leaves nothing."""

from __future__ import annotations

import signal
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from harness.client import fetch

if TYPE_CHECKING:
    from harness.fixtures import Start
    from harness.program import Program

PROGRAM = """\
from spikard import Router, ServerConfig, Spikard, get, post
app = Spikard()
{body}
if __name__ == "__main__":
    app.run({arguments})
"""
HANDLER = "@get({path!r})\nasync def show({parameters}): return None\n"


@pytest.fixture
def write(tmp_path: Path) -> str:
    return str(tmp_path / "server.py")


def _program(path: str, body: str = "", arguments: str = "port=0") -> str:
    Path(path).write_text(PROGRAM.format(body=body, arguments=arguments))
    return path


def _fails(program: Program) -> str:
    """Its one line."""
    assert program.wait() not in (0, -signal.SIGTERM, -signal.SIGSEGV, -signal.SIGABRT)
    (line,) = program.lines
    assert line.startswith("spikard: ")
    assert "Traceback" not in line
    return line


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            HANDLER.format(path="/a", parameters="") * 2,
            r"GET /a is defined twice.*server\.py:3.*server\.py:5",
        ),
        (HANDLER.format(path="/{a:int}", parameters="a: bytes"), r"show .*server\.py:3.*'a'.*bytes"),
        (HANDLER.format(path="/{a:nothing}", parameters="a"), r"show .*server\.py:3.*nothing"),
        (HANDLER.format(path="/{a", parameters=""), r"show .*server\.py:3"),
        (HANDLER.format(path="/a", parameters="*rest"), r"show .*server\.py:3.*\*rest"),
        (HANDLER.format(path="/a", parameters="a: complex"), r"show .*server\.py:3.*'a'.*complex"),
    ],
)
def test_bad_routes(start: Start, write: str, body: str, expected: str) -> None:
    program = start(sys.executable, _program(write, body))
    _fails(program)
    program.said(expected)


@pytest.mark.parametrize("endpoint", ["somewhere", "tcp://127.0.0.1:5000", "ipc://folder"])
def test_an_endpoint_that_is_no_folder(start: Start, write: str, endpoint: str) -> None:
    program = start(sys.executable, _program(write), SPIKARD_ENDPOINT=endpoint)
    assert _fails(program) == f"spikard: SPIKARD_ENDPOINT must be ipc:///folder, not {endpoint!r}"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("port=70000", "port must be a whole number from 0 to 65535, not 70000"),
        ("port='8000'", "port must be a whole number"),
        ("port=0, workers=0", "workers must be a whole number from 1"),
        ("port=0, host=''", "host must be"),
        ("port=0, host='nowhere.invalid'", "nowhere.invalid.*unknown host"),
        ("port=0, host='192.0.2.1'", "192.0.2.1"),
    ],
)
def test_bad_arguments(start: Start, write: str, arguments: str, expected: str) -> None:
    program = start(sys.executable, _program(write, arguments=arguments))
    _fails(program)
    program.said(expected)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("SPIKARD_PORT", "many", "SPIKARD_PORT must be a whole number"),
        ("SPIKARD_HEADER_TIMEOUT", "soon", r"\(SPIKARD_HEADER_TIMEOUT\): soon is not a number of seconds"),
        ("SPIKARD_LOG_LEVEL", "loud", "SPIKARD_LOG_LEVEL must be one of"),
        ("SPIKARD_SERVER", "/nowhere/spikard-server", "/nowhere/spikard-server is no program"),
    ],
)
def test_bad_variables(start: Start, write: str, name: str, value: str, expected: str) -> None:
    program = start(
        sys.executable, _program(write, arguments="" if "PORT" in name else "port=0"), **{name: value}
    )
    _fails(program)
    program.said(expected)


@pytest.mark.parametrize("name", ["keep_alive", "shutdown_timeout"])
def test_zero_seconds_are_allowed(start: Start, write: str, name: str) -> None:
    config = f"port=0, config=ServerConfig({name}=0)"
    program = start(
        sys.executable, _program(write, HANDLER.format(path="/", parameters=""), config)
    ).serving()
    assert fetch(program.address, "GET", "/").status == 200


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("import nowhere_to_be_found", "ModuleNotFoundError: No module named 'nowhere_to_be_found'"),
        ("ServerConfig(port=-1)", "port must be a whole number from 0 to 65535, not -1"),
        (
            "@get('/', status_code=99)\ndef show(): ...",
            r"show .*server\.py:\d+.*status_code must be 200 to 599, not 99",
        ),
        ("raise SystemExit('no database')", "no database"),
    ],
)
def test_failing_import(start: Start, write: str, body: str, expected: str) -> None:
    program = start(sys.executable, _program(write, body))
    assert program.wait() == 1
    program.said(expected)
    assert not program.has_front_end()


def test_port_in_use_by_another_server(start: Start, write: str) -> None:
    first = start("slow.py").serving()
    port = first.address[1]
    second = start(sys.executable, _program(write, arguments=f"port={port}"))
    assert f"127.0.0.1:{port}: the port is in use" in _fails(second)
    assert fetch(first.address, "GET", "/wait/0").status == 200


@pytest.mark.parametrize(("mine", "theirs"), [("0.0.0.0", "127.0.0.1"), ("127.0.0.1", "0.0.0.0")])
def test_port_in_use_on_another_address(start: Start, write: str, mine: str, theirs: str) -> None:
    with socket.create_server((theirs, 0)) as listener:
        port = listener.getsockname()[1]
        assert "the port is in use" in _fails(
            start(sys.executable, _program(write, arguments=f"port={port}, host={mine!r}"))
        )


def test_front_end_that_dies_at_once(start: Start, write: str, tmp_path: Path) -> None:
    broken = tmp_path / "spikard-server"
    broken.write_text("#!/bin/sh\nexit 7\n")
    broken.chmod(0o755)
    _fails(start(sys.executable, _program(write), SPIKARD_SERVER=str(broken)))
