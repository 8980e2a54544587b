"""Ours and its rivals under the same load: see README.md."""
