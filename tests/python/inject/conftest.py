import sys
from pathlib import Path

import pytest

# For fake_exchange.
sys.path.insert(0, str(Path(__file__).parents[1]))

from running import LOG


@pytest.fixture(autouse=True)
def _empty_log() -> None:
    LOG.clear()
