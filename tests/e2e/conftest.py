from harness.fixtures import binary, served, server, start

__all__ = ["binary", "served", "server", "start"]
