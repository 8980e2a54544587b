"""Takes each check of a request out in turn, and shows that a case then fails.

mutate.py BUILD_DIRECTORY [FILE ...]   BUILD_DIRECTORY is configured, its front end is built. The work tree
is not touched: the check's file is compiled from a copy, as CMake would, and linked in place of the original.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import raw_client
import raw_front_end
from conftest import SHORT
from mutants import Mutant, mutants
from raw_case import Case, read_all

ROOT = Path(__file__).resolve().parents[2]
FILES = ("lines", "request_parser", "chunk_guard", "framing", "target", "fields", "h1_session")
CASES = read_all(Path(__file__).with_name("cases"))
# Cases at once.
CLIENTS = 8


class Build:
    """Compiles one file anew and links a front end with it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory.resolve()
        self.commands = {
            entry["file"]: shlex.split(entry["command"])
            for entry in json.loads((directory / "compile_commands.json").read_text())
        }
        listed = subprocess.run(
            ["ninja", "-C", str(directory), "-t", "commands", "spikard-server"],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        link = listed.stdout.strip().splitlines()[-1]
        self.link = shlex.split(link.removeprefix(": && ").removesuffix(" && :"))

    def make(self, name: str, source: str, target: Path) -> bool:
        """A front end at `target` with `source` for the file of that name; whether that can be built."""
        copy, compiled = target.with_suffix(".cpp"), target.with_suffix(".o")
        copy.write_text(source)
        command = self.commands[str(ROOT / "server" / f"{name}.cpp")]
        command = [*command[: command.index("-o")], "-w", "-o", str(compiled), "-c", str(copy)]
        if subprocess.run(command, cwd=self.directory, capture_output=True).returncode != 0:
            return False
        # Before the library that has the original: the linker then needs it no more.
        at = self.link.index("-o")
        link = [*self.link[:at], str(compiled), "-o", str(target), *self.link[at + 2 :]]
        return subprocess.run(link, cwd=self.directory, capture_output=True).returncode == 0


def is_noticed(server: Path) -> str:
    """A case that fails, or nothing."""
    os.environ["SPIKARD_SERVER"] = str(server)
    try:
        with raw_front_end.FrontEnd() as patient, raw_front_end.FrontEnd(*SHORT) as impatient:
            front_ends = {"patient": patient, "impatient": impatient}

            def fails(case: Case) -> bool:
                try:
                    raw_client.run(case, front_ends[case.front_end].address, raw_client.send_at_once)
                except (AssertionError, OSError, ValueError):
                    return True
                return False

            with ThreadPoolExecutor(CLIENTS) as clients:
                tried = zip(CASES, clients.map(fails, CASES), strict=True)
                suspects = [case for case, failed in tried if failed]
            # Not only because eight were at it.
            return next((case.name for case in suspects if fails(case)), "")
    except (AssertionError, OSError, subprocess.SubprocessError) as error:
        return f"the front end: {error}"


def verdict(build: Build, name: str, mutant: Mutant) -> tuple[bool, str]:
    """Whether all is well with a mutant, and what is to be said of it."""
    with tempfile.TemporaryDirectory(prefix="spikard-mutant-") as directory:
        server = Path(directory) / "spikard-server"
        if not build.make(f"http/{name}", mutant.source, server):
            return False, "DOES NOT BUILD"
        noticed = is_noticed(server)
    return bool(noticed), noticed or "NOT NOTICED"


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("build", type=Path)
    parser.add_argument("files", nargs="*", default=FILES)
    options = parser.parse_args()
    # Whoever waits longer for an answer has noticed something.
    raw_client.DEADLINE, raw_front_end.DEADLINE = 3.0, 8.0
    build = Build(options.build)
    if failing := is_noticed(build.directory / "server" / "spikard-server"):
        print(f"nothing is taken out, and yet {failing} fails")
        return 1
    wrong = total = 0
    for name in options.files:
        for mutant in mutants((ROOT / "server" / "http" / f"{name}.cpp").read_text()):
            well, said = verdict(build, name, mutant)
            total += 1
            wrong += not well
            print(f"{name}.cpp:{mutant.line}: {mutant.check}\n    {said}", flush=True)
    print(f"{total} checks, {wrong} that no case needs")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
