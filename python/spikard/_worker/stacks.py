"""Where this process stands, told to its front end: as it crashes, and when it is asked.

Both by faulthandler, whose handlers need neither the loop nor the GIL. A crash is written into the flight recorder, for
that outlives it.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import signal
from typing import TYPE_CHECKING

from spikard import _native

if TYPE_CHECKING:
    from spikard._native import Recorder

# Nobody is known to use it.
_ASKED = signal.SIGRTMAX
# Where the stack of a thread that crashes is written to: one descriptor, whatever connection it leads to.
_crash = -1
_may_be_asked = False


def tell(recorder: Recorder) -> None:
    """Have crashes told in this recorder, unless the application has faulthandler tell somebody else."""
    global _crash, _may_be_asked
    if _crash >= 0:
        os.dup2(recorder.fileno(), _crash, inheritable=False)
    elif not faulthandler.is_enabled():
        _crash = os.dup(recorder.fileno())
        faulthandler.enable(_crash, all_threads=False)
        os.register_at_fork(after_in_child=_forget)
    if not _may_be_asked and signal.getsignal(_ASKED) is signal.SIG_DFL:
        _may_be_asked = True
        faulthandler.register(_ASKED, _native.dump_file(), all_threads=False)
        _native.dump_at(_ASKED)


def _forget() -> None:
    # A child's crash is not the worker's.
    with contextlib.suppress(OSError):
        os.dup2(2, _crash, inheritable=False)
