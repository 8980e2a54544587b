"""A step that takes too long is broken off when the front end orders it, by a signal whose handler raises there.

So ends what waits in `time.sleep` or goes round in circles; what has called into C ends once it is back.
"""

from __future__ import annotations

import signal
import threading

from spikard import _native

# Nobody is known to use it.
_SIGNAL = signal.SIGRTMAX - 1


class BrokenOff(BaseException):
    """Raised in a handler whose answer nobody waits for any more."""


def allow() -> None:
    """Let it happen in this process: only in its main thread Python can, and only if the signal is nobody's."""
    if threading.current_thread() is not threading.main_thread():
        return
    if signal.getsignal(_SIGNAL) is signal.SIG_DFL:
        signal.signal(_SIGNAL, _break_off)
        _native.interrupt_by(_SIGNAL)


def _break_off(*_: object) -> None:
    # The step may have ended meanwhile.
    exchange = _native.stepped()
    if exchange is not None and exchange.number == _native.interrupted():
        raise BrokenOff
