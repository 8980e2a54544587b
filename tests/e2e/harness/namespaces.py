"""Processes that are the first of a pid namespace, with mounts of their own, as in a container."""

from __future__ import annotations

import shutil
import subprocess

ALONE = ("unshare", "--pid", "--mount", "--fork", "--kill-child", "--mount-proc")


def available() -> bool:
    """Whether this user may make them: root may, but not in every container."""
    if not shutil.which(ALONE[0]):
        return False
    return subprocess.run([*ALONE, "true"], capture_output=True, check=False).returncode == 0
