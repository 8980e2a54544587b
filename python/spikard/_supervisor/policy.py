"""What is done when a worker has ended: pure, the time and what happened go in, a decision comes out."""

from __future__ import annotations

from dataclasses import dataclass, field

# One that dies this soon after it was ready, again and again, is no better than one that never was.
_SERVED = 1.0
_SUDDEN_ENDS = 5
_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 5.0
# Starts in a row that came to nothing, while nobody serves; and how long that may last where somebody has served: what
# lets no start succeed (a database that is away, a lack of memory) may pass.
_FAILED_STARTS = 5
_OUTAGE = 30.0


@dataclass(frozen=True, slots=True)
class End:
    """The end of a worker's process.

    Attributes:
        ready_at: when it became ready; None: never.
        reason: why it could not start, in its own words; empty if it said nothing.
        status: the exit status, or minus the signal.
        others_ready: how many other workers are ready now.
    """

    ready_at: float | None
    reason: str
    status: int
    others_ready: int


@dataclass(frozen=True, slots=True)
class Replace:
    """Start another one after a pause in seconds."""

    pause: float


@dataclass(frozen=True, slots=True)
class GiveUp:
    """The application cannot be served: stop all."""

    reason: str


@dataclass(slots=True)
class Policy:
    """Remembers what the workers' starts came to.

    Attributes:
        ever_ready: whether the application has been seen to start.
    """

    ever_ready: bool = False
    _failed: int = field(default=0)
    _sudden: int = field(default=0)
    _alone_since: float | None = field(default=None)

    def on_ready(self) -> None:
        """A worker has become ready."""
        self.ever_ready = True
        self._failed = 0
        self._alone_since = None

    def on_end(self, now: float, end: End) -> Replace | GiveUp:
        """Decide about a worker that nobody asked to leave."""
        if end.others_ready > 0:
            self._alone_since = None
        elif self._alone_since is None:
            self._alone_since = now
        if end.ready_at is not None:
            return Replace(self._after_service(now - end.ready_at))
        self._failed += 1
        # An interpreter that ends by itself would do so again; a signal may have come from anywhere.
        hopeless = end.status >= 0 and not self.ever_ready
        if hopeless or self._failed >= _FAILED_STARTS:
            patience = _OUTAGE if self.ever_ready else 0.0
            if self._alone_since is not None and now - self._alone_since >= patience:
                return GiveUp(self._explain(end))
        return Replace(_pause(self._failed))

    def _after_service(self, served: float) -> float:
        self._sudden = 0 if served >= _SERVED else self._sudden + 1
        return _pause(self._sudden - _SUDDEN_ENDS)

    def _explain(self, end: End) -> str:
        if end.reason:
            return end.reason
        times = "" if self._failed == 1 else f" {self._failed} times in a row"
        return f"the application does not start: a worker {how(end.status)} before it was ready{times}"


def how(status: int) -> str:
    """Tell in words how a process has ended."""
    return f"ended with status {status}" if status >= 0 else f"was killed by signal {-status}"


def _pause(failures: int) -> float:
    if failures <= 0:
        return 0.0
    return min(_FIRST_PAUSE * float(2 ** min(failures - 1, 16)), _LONGEST_PAUSE)
