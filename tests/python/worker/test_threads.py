from __future__ import annotations

import gc
import threading
import weakref
from concurrent.futures import CancelledError, Future

import pytest
from front_end import DEADLINE

from spikard._worker.threads import HandlerThreads


def test_results_and_exceptions() -> None:
    threads = HandlerThreads(2)
    assert threads.submit(divmod, 7, 2).result(DEADLINE) == (3, 1)
    with pytest.raises(ZeroDivisionError):
        threads.submit(divmod, 7, 0).result(DEADLINE)
    with pytest.raises(SystemExit):
        threads.submit(exit).result(DEADLINE)
    threads.shutdown()


def test_as_many_run_at_once_as_allowed() -> None:
    """Again and again, for a thread that is about to wait must not count as one that does."""
    threads = HandlerThreads(4)
    for _ in range(300):
        together = threading.Barrier(4)
        meeting = [threads.submit(together.wait, DEADLINE) for _ in range(4)]
        assert sorted(call.result(DEADLINE) for call in meeting) == [0, 1, 2, 3]
    threads.shutdown()


def test_no_more_run_at_once_than_allowed() -> None:
    threads = HandlerThreads(2)
    running = threading.Semaphore(2)

    def run() -> bool:
        alone = running.acquire(blocking=False)
        running.release()
        return alone

    assert all(call.result(DEADLINE) for call in [threads.submit(run) for _ in range(200)])
    threads.shutdown()


def test_one_thread_is_enough_for_calls_one_after_the_other() -> None:
    threads = HandlerThreads(40)
    names = {threads.submit(lambda: threading.current_thread().name).result(DEADLINE)}
    assert names == {"spikard-handler-1"}
    threads.shutdown()


def test_what_was_cancelled_is_not_called() -> None:
    threads = HandlerThreads(1)
    go_on, called = threading.Event(), threading.Event()
    first = threads.submit(go_on.wait, DEADLINE)
    second = threads.submit(called.set)
    assert second.cancel()
    go_on.set()
    assert first.result(DEADLINE)
    threads.submit(int).result(DEADLINE)
    assert not called.is_set()
    with pytest.raises(CancelledError):
        second.result()
    threads.shutdown()


def test_threads_keep_nothing_of_what_they_have_done() -> None:
    class Argument:
        pass

    threads = HandlerThreads(1)
    argument = Argument()
    gone = weakref.ref(argument)
    done = threading.Event()
    weakref.finalize(argument, done.set)
    future: Future[str] = threads.submit(repr, argument)
    assert "Argument" in future.result(DEADLINE)
    del argument, future
    gc.collect()
    assert done.wait(DEADLINE)
    assert gone() is None
    threads.shutdown()
