"""Sanitizer reports: every process that a test starts is told to write them where the test looks."""

from __future__ import annotations

import re
from collections.abc import Iterable, MutableMapping
from pathlib import Path

_OPTIONS = ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS")
_SIGNS = (
    "ERROR: AddressSanitizer",
    "ERROR: LeakSanitizer",
    "WARNING: ThreadSanitizer",
    "AddressSanitizer:DEADLYSIGNAL",
    "runtime error:",
)


class SanitizerReport(AssertionError):
    """A process has done what no process may, whatever the test was about."""


def collect(environment: MutableMapping[str, str], directory: Path) -> None:
    """Have reports also written into files: a process may have closed its stderr."""
    for name in _OPTIONS:
        before = environment.get(name, "")
        environment[name] = (
            f"{before}:log_path={directory}/report" if before else f"log_path={directory}/report"
        )


def check(directory: Path, lines: Iterable[str]) -> None:
    """Fail if anything was reported, into files or on stderr.

    Raises:
        SanitizerReport: with the text of the reports.
    """
    found = [path.read_text(errors="replace") for path in sorted(directory.iterdir())]
    text = list(lines)
    first = next((at for at, line in enumerate(text) if any(sign in line for sign in _SIGNS)), None)
    if first is not None:
        found.append("\n".join(text[first : first + 60]))
    if found:
        raise SanitizerReport("\n\n".join(found))


def keeps_memory(pid: int) -> bool:
    """Whether a sanitizer is in this process: it keeps much of what was given back."""
    return re.search("lib[at]san", Path(f"/proc/{pid}/maps").read_text()) is not None
