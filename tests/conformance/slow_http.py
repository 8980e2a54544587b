"""Has slowhttptest (Debian) attack a server in each of its ways, and prints in how many it stayed available, as N/M.

    python tests/conformance/slow_http.py [SECONDS]

Available means: in every second of the attack, the tool's own probe got its answer in time. The exit code is 1 if it
did not.
"""

from __future__ import annotations

import csv
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))

from harness.fixtures import starting

CONNECTIONS = 500
# Short deadlines: the tool sees connections closed, opens no others, and ends early.
SETTINGS = {"SPIKARD_HEADER_TIMEOUT": "5", "SPIKARD_BODY_TIMEOUT": "5", "SPIKARD_WRITE_TIMEOUT": "5"}
ATTACKS = {
    "slow heads": ("/hello", ["-H", "-i", "1", "-x", "24"]),
    "slow bodies": ("/sum", ["-B", "-i", "1", "-x", "24", "-t", "POST", "-s", "8192"]),
    "ranges": ("/large", ["-R", "-a", "10", "-b", "3000"]),
    "slow reads": ("/large", ["-X", "-w", "10", "-y", "20", "-n", "1", "-z", "32", "-k", "1"]),
}


def attack(name: str, seconds: int) -> bool:
    """Run one attack, and tell whether the server stayed available."""
    path, flags = ATTACKS[name]
    with tempfile.TemporaryDirectory(prefix="slow-http-") as made, starting(Path(made)) as start:
        directory = Path(made)
        host, port = start("crowds.py", **SETTINGS).serving().address
        url = f"http://{host}:{port}{path}"
        limits = ["-c", str(CONNECTIONS), "-r", "200", "-l", str(seconds), "-p", "3"]
        command = ["slowhttptest", *flags, *limits, "-u", url, "-g", "-o", str(directory / "report")]
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True, timeout=10 * seconds + 60)
        with (directory / "report.csv").open() as report:
            rows = list(csv.DictReader(report))
    held = max(int(row["Connected"]) for row in rows)
    available = [int(row["Service Available"]) > 0 for row in rows]
    good = held > 0 and all(available)
    verdict = "available" if good else "NOT AVAILABLE"
    print(
        f"{name:12} {verdict}, {sum(available)} of {len(available)} seconds, {held} connections at most",
        flush=True,
    )
    return good


def main() -> int:
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    results = [attack(name, seconds) for name in ATTACKS]
    print(f"slowhttptest: {sum(results)}/{len(results)}")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
