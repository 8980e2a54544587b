"""Signs of life: the loop writes them into the flight recorder, so that a loop that is stuck is found out."""

from __future__ import annotations

import asyncio
import contextvars
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spikard._native import Recorder

# Seconds. A front end that sees none for four times as long takes the loop for stuck.
_INTERVAL = 0.2
# Where debuggers announce themselves from Python 3.12 on.
_monitoring: Any = getattr(sys, "monitoring", None)


class Ticks:
    """Ticks of a connection's loop. Who stands at a breakpoint is not stuck, and is said to be debugging."""

    def __init__(self, loop: asyncio.AbstractEventLoop, recorder: Recorder) -> None:
        """Tick now, and every 200 ms."""
        self._loop = loop
        self._recorder = recorder
        self._context = contextvars.copy_context()
        self._breakpoint = sys.breakpointhook
        sys.breakpointhook = self._break
        self._tick()

    def stop(self) -> None:
        """Tick no more."""
        self._timer.cancel()
        if sys.breakpointhook == self._break:
            sys.breakpointhook = self._breakpoint

    def _tick(self) -> None:
        try:
            self._recorder.tick(_is_debugged())
        finally:
            # Whatever a handler of a signal raises here: who ticks no more gets nothing to do.
            self._timer = self._loop.call_later(_INTERVAL, self._tick, context=self._context)

    def _break(self, *args: Any, **kwargs: Any) -> Any:
        self._recorder.break_in()
        return self._breakpoint(*args, **kwargs)


def _is_debugged() -> bool:
    if sys.gettrace() is not None:
        return True
    return _monitoring is not None and _monitoring.get_tool(_monitoring.DEBUGGER_ID) is not None
