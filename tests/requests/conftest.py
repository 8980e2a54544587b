"""Front ends shared by the tests of this folder."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from raw_front_end import FrontEnd

SHORT = ("--header-timeout", "0.4", "--body-timeout", "0.4", "--keep-alive", "0.6", "--write-timeout", "1")


@pytest.fixture(scope="session")
def front_ends() -> Iterator[dict[str, FrontEnd]]:
    with FrontEnd() as patient, FrontEnd(*SHORT) as impatient:
        yield {"patient": patient, "impatient": impatient}
