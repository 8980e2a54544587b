"""Front ends shared by the tests of this folder."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from raw_front_end import FrontEnd

# Longer than what is sent at once, or asked of the worker, takes on a busy machine.
SHORT = ("--header-timeout", "1.2", "--body-timeout", "1.2", "--keep-alive", "1.4", "--write-timeout", "2")


@pytest.fixture(scope="session")
def front_ends() -> Iterator[dict[str, FrontEnd]]:
    with FrontEnd() as patient, FrontEnd(*SHORT) as impatient:
        yield {"patient": patient, "impatient": impatient}
