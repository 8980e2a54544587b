"""The log of the package's own processes, where the program has not set up one."""

from __future__ import annotations

import logging

log = logging.getLogger("spikard")


def set_up_log(level: str, process: str) -> None:
    """Write to stderr, each line with the name of the process, unless the program has its own ideas."""
    if log.handlers or logging.getLogger().handlers:
        return
    handler = logging.StreamHandler()
    form = f"%(asctime)s.%(msecs)03d %(levelname)-7s {process} %(message)s"
    handler.setFormatter(logging.Formatter(form, "%Y-%m-%d %H:%M:%S"))
    log.addHandler(handler)
    log.setLevel(level.upper())
