"""Waiting for something that happens elsewhere, never for longer than a deadline."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

# What takes a moment takes longer under a sanitizer, or on a machine that has other things to do.
PATIENCE = float(os.environ.get("SPIKARD_TEST_PATIENCE", "1"))
DEADLINE = 15.0 * PATIENCE
# What takes a moment, and less than the shortest of the times, 5 s, that processes of a program give each other to end:
# who is sooner has not waited for one of them in vain.
SOON = 4.0 * PATIENCE

_PAUSE = 0.005


def until(probe: Callable[[], T], what: str, within: float = DEADLINE) -> T:
    """Ask until the answer is true, and give it."""
    end = time.monotonic() + within
    while not (answer := probe()):
        if time.monotonic() > end:
            raise AssertionError(f"not within {within:g} s: {what}")
        time.sleep(_PAUSE)
    return answer
