"""The benchmark is no package that is installed: it is taken from the tree."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
