"""What the harness watches for fails a test that it is planted in."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from harness import program as harness
from harness.client import fetch
from harness.fixtures import PROGRAMS
from harness.program import Program
from harness.sanitizers import SanitizerReport

USE_AFTER_FREE = """\
int main() {
  int* gone = new int(1);
  delete gone;
  return *gone;
}
"""


def _python(directory: Path, code: str) -> Program:
    return Program([sys.executable, "-c", code], directory=directory)


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(harness, "ENDED_WITHIN", 0.5)
    monkeypatch.setattr(harness, "DESCRIPTORS_CLOSED_WITHIN", 0.5)


def test_nothing_wrong(tmp_path: Path) -> None:
    program = _python(tmp_path, "")
    assert program.wait() == 0
    program.close()


def test_use_after_free_in_a_front_end(tmp_path: Path) -> None:
    source, binary = tmp_path / "front_end.cpp", tmp_path / "spikard-server"
    source.write_text(USE_AFTER_FREE)
    plain = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}
    compiler = os.environ.get("CXX", "c++")
    subprocess.run([compiler, "-g", "-fsanitize=address", source, "-o", binary], env=plain, check=True)
    program = Program(
        [sys.executable, PROGRAMS / "slow.py"],
        directory=tmp_path,
        environment={"SPIKARD_SERVER": str(binary)},
    )
    assert program.wait() != 0
    with pytest.raises(SanitizerReport, match=r"heap-use-after-free[\s\S]*front_end\.cpp:4"):
        program.close()


@pytest.mark.parametrize(
    "line",
    ["x.cpp:1:2: runtime error: shift exponent 64", "==1==ERROR: LeakSanitizer: detected memory leaks"],
)
def test_report_on_stderr(tmp_path: Path, line: str) -> None:
    program = _python(tmp_path, f"import sys; print({line!r}, file=sys.stderr)")
    program.wait()
    with pytest.raises(SanitizerReport):
        program.close()


def test_process_left(tmp_path: Path) -> None:
    code = "import subprocess; subprocess.Popen(['sleep', '60'], start_new_session=True, stderr=-3)"
    program = _python(tmp_path, code)
    program.wait()
    with pytest.raises(AssertionError, match="its processes have ended"):
        program.close()


def test_file_left(tmp_path: Path) -> None:
    program = _python(tmp_path, "import tempfile; tempfile.mkdtemp()")
    program.wait()
    with pytest.raises(AssertionError, match="it left files"):
        program.close()


def test_status_that_is_not_zero(tmp_path: Path) -> None:
    program = _python(tmp_path, "import sys; print('ready', file=sys.stderr); input()")
    program.said("ready")
    with pytest.raises(AssertionError, match="KeyboardInterrupt"):
        program.close()


def test_descriptor_left(tmp_path: Path) -> None:
    source = tmp_path / "leaking.py"
    source.write_text(
        "from spikard import Spikard, get\n"
        "kept = []\n"
        "@get('/')\n"
        "async def leak():\n"
        "    kept.append(open('/dev/null'))\n"
        "Spikard().run(port=0)\n"
    )
    program = Program([sys.executable, source], directory=tmp_path).serving()
    fetch(program.address, "GET", "/")
    with pytest.raises(AssertionError, match=r"leaks descriptors: \{.*/dev/null"):
        program.close()
