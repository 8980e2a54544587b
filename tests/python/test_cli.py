from __future__ import annotations

import importlib.metadata
import subprocess
import sys

import pytest

from spikard import cli


@pytest.mark.parametrize("arguments", [["run"], ["run", "server:app", "--reload", "--help"]])
def test_run_says_in_one_line_what_to_type(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "`python server.py`" in err
    assert "`uv run server.py`" in err


def test_version(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.metadata, "version", {"spikard": "1.2.3"}.__getitem__)
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == "spikard 1.2.3\n"


def test_it_is_a_module_too() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "spikard", "run"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)


def test_help_names_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(["--help"])
    assert caught.value.code == 0
    assert "run" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [[], ["serve"]])
def test_anything_else_is_an_error(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(arguments)
    assert caught.value.code == 2
    assert "usage: spikard" in capsys.readouterr().err
