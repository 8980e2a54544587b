"""The JSON-Schema-Test-Suite: `format` is an annotation, but for its own cases."""

from __future__ import annotations

import json_schema_suite as suite
import pytest

from spikard import _native


@pytest.mark.shared
@pytest.mark.parametrize(
    ("folder", "format_assertion", "count"),
    [("", False, 1299), ("optional", False, 162), ("optional/format", True, 764)],
    ids=["required", "optional", "format"],
)
def test_suite(folder: str, format_assertion: bool, count: int) -> None:
    root = suite.find_suite()
    passed, total, failures = suite.run(
        _native, root / "tests" / suite.DRAFT / folder, suite.remotes(root), format_assertion=format_assertion
    )
    assert failures == []
    assert passed == total == count
