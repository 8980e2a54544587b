"""`python -m spikard`: the `spikard` command."""

import sys

from spikard.cli import main

if __name__ == "__main__":
    sys.exit(main())
