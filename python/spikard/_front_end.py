"""The front end's process as `app.run()` starts it: its binary, its arguments, and where its sockets lie."""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
from pathlib import Path

from spikard._native import FrontEnd
from spikard.config import ServerConfig
from spikard.exceptions import StartError

# A Unix socket's path has at most 107 bytes.
_LONGEST_DIRECTORY = 90


def binary() -> str:
    """Give the path of `spikard-server`: `SPIKARD_SERVER`, or the one that was installed with the package."""
    return os.environ.get("SPIKARD_SERVER") or str(Path(__file__).parent / "_bin" / "spikard-server")


def endpoint_directory() -> str:
    """Name a directory for the channel's sockets that nobody else has; the front end makes and removes it."""
    name = f"spikard-{secrets.token_hex(8)}"
    # Not `tempfile.gettempdir()`, which wants to write a file there, and the disk may be full.
    named = [os.environ.get(variable, "") for variable in ("XDG_RUNTIME_DIR", "TMPDIR")]
    base = next((folder for folder in named if os.path.isdir(folder) and os.access(folder, os.W_OK)), "/tmp")
    base = os.path.abspath(base)
    if len(os.path.join(base, name)) > _LONGEST_DIRECTORY:
        base = "/tmp"  # the directory in it is made with mode 0700, its name is random
    return os.path.join(base, name)


def make(config: ServerConfig, directory: str, listener: int = -1) -> FrontEnd:
    """Prepare the front end's start; `listener` is the descriptor of a socket that it takes instead of the address.

    Raises:
        StartError: there is no such program.
    """
    return FrontEnd(command(config, directory), config.host, config.port, listener)


def command(config: ServerConfig, directory: str) -> list[str]:
    """Give the front end's command, without the port.

    Raises:
        StartError: there is no such program.
    """
    path = binary()
    if not os.access(path, os.X_OK):
        raise StartError(f"the front end is missing: {path} is no program")
    words = [path, "--host", config.host, "--endpoint", f"ipc://{directory}"]
    words += ["--keep-alive", str(config.keep_alive), "--shutdown-timeout", str(config.shutdown_timeout)]
    words += ["--lameduck", str(config.lameduck), "--log-level", config.log_level]
    words += ["--max-uri-length", str(config.max_uri_length)]
    words += ["--max-header-size", str(config.max_header_size)]
    return words


def announce(front_end: FrontEnd) -> None:
    """Tell users where it listens; if nobody can be told, it serves all the same."""
    host = f"[{front_end.host}]" if ":" in front_end.host else front_end.host
    with contextlib.suppress(OSError):
        print(
            f"Spikard serves on http://{host}:{front_end.port} (Ctrl+C stops it)", file=sys.stderr, flush=True
        )


def start(front_end: FrontEnd) -> None:
    """Start the front end and wait until it listens.

    Raises:
        StartError: it cannot, for example because the port is in use; or it was stopped meanwhile.
    """
    try:
        front_end.start()
    except RuntimeError as error:
        raise StartError(str(error)) from None
