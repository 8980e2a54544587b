"""Rules for all tests: what CI may not skip, and what cannot run everywhere."""

from __future__ import annotations

import os
import signal
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from spikard import reset_default_router

SHARED = Path(__file__).resolve().parents[2] / "shared"
_CI = os.environ.get("CI") == "true"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the fixtures lie anywhere: `--fixtures DIR`. pytest's own option of that name is left as `--funcargs`."""
    own = parser.optparser._option_string_actions.pop("--fixtures")
    own.option_strings = [text for text in own.option_strings if text != "--fixtures"]
    parser.addoption(
        "--fixtures",
        default=str(SHARED / "fixtures"),
        metavar="DIR",
        help="the cases that tests/fixtures runs",
    )


def pytest_configure() -> None:
    """Heed what a shell's `&` or `nohup` ignores: the processes that tests start inherit it, and are to end by it."""
    for number in (signal.SIGHUP, signal.SIGINT):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the suites of ../shared where there are none."""
    if SHARED.is_dir():
        return
    absent = [item for item in items if item.get_closest_marker("shared")]
    if absent:
        config.hook.pytest_deselected(items=absent)
        items[:] = [item for item in items if item not in absent]
        config.get_terminal_writer().line(f"left out: {len(absent)} tests that read ../shared")


@pytest.fixture(autouse=True)
def _no_routes_of_other_tests() -> Iterator[None]:
    reset_default_router()
    yield
    reset_default_router()


def _forbid_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    if _CI and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"CI counts it as a failure. {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skipped test into a failure."""
    report = yield
    _forbid_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Turn a skipped module into a failure."""
    report = yield
    _forbid_skip(report)
    return report
