"""Work that only a processor can do, for the rows that ask how workers add up."""

import time

_BUSY_NS = 10_000_000


def busy() -> None:
    """Use 10 ms of CPU time, however long that takes."""
    end = time.thread_time_ns() + _BUSY_NS
    while time.thread_time_ns() < end:
        pass
