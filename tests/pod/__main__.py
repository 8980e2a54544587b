"""`python tests/pod`: runs the pod's cases; the last line counts them."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent


class Count:
    """What has become of each case, whichever of its phases decided."""

    def __init__(self) -> None:
        self.outcomes: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember the worst."""
        if report.when == "call" or not report.passed:
            self.outcomes[report.nodeid] = report.outcome

    def of(self, outcome: str) -> int:
        return list(self.outcomes.values()).count(outcome)


def main() -> int:
    """Run them; where there is no podman they are skipped, which is a failure in CI."""
    count = Count()
    without = shutil.which("podman") is None
    if without and os.environ.get("CI") != "true":
        print("podman is not installed")
        print("pod-test: 0 passed, 0 failed, 6 skipped")
        return 0
    sys.path[:0] = [str(HERE), str(HERE.parent / "docker")]
    status = pytest.main(
        [str(HERE / "cases.py"), "-v", "-rA", "--timeout=300", *sys.argv[1:]], plugins=[count]
    )
    passed, failed, skipped = (count.of(outcome) for outcome in ("passed", "failed", "skipped"))
    print(f"pod-test: {passed} passed, {failed} failed, {skipped} skipped")
    return int(status or failed > 0 or skipped > 0)


if __name__ == "__main__":
    raise SystemExit(main())
