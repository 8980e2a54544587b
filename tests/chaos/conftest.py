import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "e2e"))

from harness import namespaces
from harness.fixtures import binary, served, server, start

__all__ = ["binary", "served", "server", "start"]

collect_ignore = [] if namespaces.available() else ["test_namespaces.py"]
