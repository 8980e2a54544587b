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
    parser.add_argument("--version", action="version", version=f"spikard {spikard.__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="say what to type instead: python server.py", add_help=False)
    run.add_argument("rest", nargs=argparse.REMAINDER)
    parser.parse_args(arguments)
    print(_RUN_YOUR_PROGRAM, file=sys.stderr)
    return 2
