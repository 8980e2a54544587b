"""What the worker promises, measured: python -m benchmarks.worker (see README.md here)."""
