"""What runs the peers: virtual environments and compiled programs, made once and kept in the build directory."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.peers import APPS, Peer

_HOME = Path(__file__).resolve().parent.parent / "build" / "benchmarks"
_LIST = (
    "import importlib.metadata as m, json; print(json.dumps({d.name: d.version for d in m.distributions()}))"
)
_NOT_SHOWN = {"pip", "setuptools", "wheel"}
_CXX = ("g++", "-std=c++20", "-O2", "-DNDEBUG", "-pthread")


@dataclass(frozen=True)
class Made:
    """What is there to run a peer.

    Attributes:
        python: its interpreter, with its packages installed.
        program: its program, if it is compiled.
        versions: of all that it is made of, by name.
    """

    python: str
    program: str
    versions: dict[str, str]


def prepare(peer: Peer) -> Made:
    """Make what runs a peer, unless it is there."""
    if peer.source:
        return Made(sys.executable, compiled(APPS / peer.source), _compiler(peer.source))
    python = environment(peer.name, peer.packages) if peer.packages else sys.executable
    return Made(python, "", _installed(python))


def environment(name: str, packages: Sequence[str]) -> str:
    """Give the path of an interpreter that has these packages."""
    home = _home(name, f"{sys.version}\n" + "\n".join(packages))
    python = str(home / "bin" / "python")
    whole = home / "whole"
    if not whole.exists():
        print(f"installing {', '.join(packages)} for {name}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", home], check=True)
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages]
        subprocess.run(install, check=True)
        whole.touch()
    return python


def compiled(source: Path) -> str:
    """Give the path of the program that a source file is compiled to."""
    home = _home(source.stem, source.read_text() + repr(_compiler(source.name)))
    program = home / source.stem
    if not program.exists():
        print(f"compiling {source.name}", file=sys.stderr)
        home.mkdir(parents=True, exist_ok=True)
        beside = str(program) + ".new"
        command = ("go", "build") if source.suffix == ".go" else _CXX
        subprocess.run([*command, "-o", beside, source], check=True)
        Path(beside).replace(program)
    return str(program)


def _home(name: str, made_of: str) -> Path:
    return _HOME / f"{name}-{hashlib.sha256(made_of.encode()).hexdigest()[:12]}"


def _compiler(source: str) -> dict[str, str]:
    command = ("go", "version") if source.endswith(".go") else ("g++", "--version")
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return {command[0]: output.splitlines()[0]}


def _installed(python: str) -> dict[str, str]:
    output = subprocess.run([python, "-c", _LIST], check=True, capture_output=True, text=True).stdout
    found = json.loads(output)
    return {name: found[name] for name in sorted(found, key=str.lower) if name not in _NOT_SHOWN}
