"""Takes each check of the parser out in turn, and shows that a case then fails.

mutate.py BUILD_DIRECTORY [FILE ...]   BUILD_DIRECTORY is configured, its front end is built. The work tree
is not touched: the check's file is compiled from a copy, as CMake would, and linked in place of the original.

A check is a line that refuses under a condition: `if (...) return <refusal>;` or `if (...) Refuse(...);`.
"""

import argparse
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FILES = ("lines", "request_parser", "chunk_guard", "framing", "target")

_REFUSAL = r"(?:Refuse\(.*\)|Found::kBroken|std::nullopt|false|Fault::k(?!None)\w+|FaultOf\w+\(.*\))"
_CHECK = re.compile(rf"^(\s*)if \((.*)\) (?:return {_REFUSAL}|Refuse\(.*\));$")


def mutants(source: str) -> Iterator[tuple[int, str]]:
    """Line number and source without that line's check."""
    lines = source.splitlines()
    for number, line in enumerate(lines):
        if match := _CHECK.match(line):
            # What the condition does besides must still be done: ++count.
            declaration, _, condition = match[2].rpartition("; ")
            kept = f"{declaration}; " if declaration else ""
            changed = f"{match[1]}if ({kept}{condition}) {{}}"
            yield number + 1, "\n".join([*lines[:number], changed, *lines[number + 1 :]]) + "\n"


class Build:
    """Compiles one file anew and links a front end with it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory.resolve()
        self.commands = {
            Path(entry["file"]).name: shlex.split(entry["command"])
            for entry in json.loads((directory / "compile_commands.json").read_text())
            if "/server/http/" in entry["file"]
        }
        listed = subprocess.run(
            ["ninja", "-C", str(directory), "-t", "commands", "spikard-server"],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        link = listed.stdout.strip().splitlines()[-1]
        self.link = shlex.split(link.removeprefix(": && ").removesuffix(" && :"))

    def make(self, name: str, source: str, target: Path) -> bool:
        copy, compiled = target.with_suffix(".cpp"), target.with_suffix(".o")
        copy.write_text(source)
        command = self.commands[name + ".cpp"]
        command = [*command[: command.index("-o")], "-w", "-o", str(compiled), "-c", str(copy)]
        if subprocess.run(command, cwd=self.directory, capture_output=True).returncode != 0:
            return False
        # Before the library that has the original: the linker then needs it no more.
        at = self.link.index("-o")
        link = [*self.link[:at], str(compiled), "-o", str(target), *self.link[at + 2 :]]
        return subprocess.run(link, cwd=self.directory, capture_output=True).returncode == 0


def is_noticed(server: Path) -> str:
    """The first test that fails, or nothing."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-k", "at-once", "-p", "no:cacheprovider"]
    environment = {**os.environ, "SPIKARD_SERVER": str(server)}
    done = subprocess.run(
        [*command, str(Path(__file__).parent / "test_raw_requests.py")],
        cwd=ROOT, env=environment, capture_output=True, text=True,
    )  # fmt: skip
    failed = re.search(r"^(?:FAILED|ERROR) \S*?\[(.*)\]", done.stdout, re.MULTILINE)
    return failed[1] if failed else "" if done.returncode == 0 else "the run itself"


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("build", type=Path)
    parser.add_argument("files", nargs="*", default=FILES)
    options = parser.parse_args()
    build = Build(options.build)
    unnoticed = total = 0
    for name in options.files:
        source = (ROOT / "server" / "http" / f"{name}.cpp").read_text()
        lines = source.splitlines()
        for number, mutant in mutants(source):
            check = lines[number - 1].strip()
            with tempfile.TemporaryDirectory(prefix="spikard-mutant-") as directory:
                server = Path(directory) / "spikard-server"
                built = build.make(name, mutant, server)
                noticed = is_noticed(server) if built else "does not build"
            total += 1
            unnoticed += not noticed
            print(f"{name}.cpp:{number}: {check}\n    {noticed or 'NOT NOTICED'}", flush=True)
    print(f"{total} checks, {unnoticed} that no case needs")
    return 1 if unnoticed else 0


if __name__ == "__main__":
    sys.exit(main())
