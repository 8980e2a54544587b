"""The `spikard` command."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

import spikard

_RUN_YOUR_PROGRAM = (
    "spikard: run your own program, in your own interpreter: `python server.py` or `uv run server.py`"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says.

    Args:
        arguments: without the program's name; None: those of the process.

    Returns:
        The exit status.
    """
    parser = argparse.ArgumentParser(prog="spikard", description="HTTP for Python behind a native front end.")
    parser.add_argument("--version", action="store_true", help="show the version and exit")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    run = commands.add_parser("run", help="say what to type instead: python server.py", add_help=False)
    run.add_argument("rest", nargs=argparse.REMAINDER)
    said = parser.parse_args(arguments)
    if said.version:
        print(f"spikard {spikard.__version__}")
        return 0
    if said.command is None:
        parser.error("say which command")
    print(_RUN_YOUR_PROGRAM, file=sys.stderr)
    return 2
