"""The peers' virtual environments, made once per set of packages and kept in the build directory."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

from benchmarks.peers import Peer

_HOME = Path(__file__).resolve().parent.parent / "build" / "benchmarks"
_LIST = (
    "import importlib.metadata as m, json; print(json.dumps({d.name: d.version for d in m.distributions()}))"
)
_NOT_SHOWN = {"pip", "setuptools", "wheel"}


def prepare(peer: Peer) -> str:
    """Give the path of the interpreter that runs a peer, with its packages installed."""
    if not peer.packages:
        return sys.executable
    base = f"{sys.version}\n" + "\n".join(peer.packages)
    home = _HOME / f"{peer.name}-{hashlib.sha256(base.encode()).hexdigest()[:12]}"
    python = str(home / "bin" / "python")
    whole = home / "whole"
    if not whole.exists():
        print(f"installing {', '.join(peer.packages)} for {peer.name}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", home], check=True)
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *peer.packages]
        subprocess.run(install, check=True)
        whole.touch()
    return python


def versions(python: str) -> dict[str, str]:
    """List all that is installed for an interpreter, by name."""
    output = subprocess.run([python, "-c", _LIST], check=True, capture_output=True, text=True).stdout
    found = json.loads(output)
    return {name: found[name] for name in sorted(found, key=str.lower) if name not in _NOT_SHOWN}
