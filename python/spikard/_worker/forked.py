"""The end of a process that a handler has forked, and that comes back to the worker's code: it is no second worker."""

from __future__ import annotations

import contextlib
import os
import sys
import traceback
from typing import NoReturn


def end(error: BaseException | None) -> NoReturn:
    """End as a program that has come to its end, or has raised; but what its parent is to do at exit is not done."""
    status = 0
    if isinstance(error, SystemExit):
        status = _status(error.code)
    elif error is not None:
        status = 1
        with contextlib.suppress(Exception):
            traceback.print_exception(error)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()
    os._exit(status)


def _status(code: object) -> int:
    if code is None or isinstance(code, int):
        return (code or 0) & 0xFF
    with contextlib.suppress(Exception):
        print(code, file=sys.stderr)
    return 1
