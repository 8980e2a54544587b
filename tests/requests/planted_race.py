"""Shows that a data race in the front end ends a run of these tests.

planted_race.py BUILD_DIRECTORY   Of the preset tsan, built. A counter that the loop and the threads beside it share is
planted into a copy of one file; the requests of `ask` must then end the front end, with a report that names the file.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import raw_front_end
from mutate import ROOT, Build
from raw_client import Connection

FILE = "stage/content"
PLANTED = {
    "base::Task<Verdict> CheckBody(": "int planted = 0;\n\nbase::Task<Verdict> CheckBody(",
    "  Judgement judgement;\n": "  Judgement judgement;\n  ++planted;\n",
    "{ judgement = Judge(": "{ ++planted; judgement = Judge(",
}
CLIENTS = 8
# Most races are seen in the first ten.
REQUESTS = 400
# Too large to be judged on the loop.
ITEM = b'{"name":"' + b"x" * 300_000 + b'","price":1}'


def planted() -> str:
    source = (ROOT / "server" / f"{FILE}.cpp").read_text()
    for before, after in PLANTED.items():
        if source.count(before) != 1:
            raise LookupError(f"{FILE}.cpp has no longer one {before!r}")
        source = source.replace(before, after)
    return source


def ask(front_end: raw_front_end.FrontEnd, requests: int) -> None:
    """Have bodies judged at the same time.

    Raises:
        AssertionError, OSError: one is not answered.
    """
    head = f"POST /item HTTP/1.1\r\nHost: a\r\nContent-Length: {len(ITEM)}\r\n\r\n".encode()

    def post(_: int) -> None:
        with Connection(front_end.address) as connection:
            connection.send(head + ITEM)
            assert connection.read_response().status == 200

    with ThreadPoolExecutor(CLIENTS) as clients:
        list(clients.map(post, range(requests)))


def run(server: Path, reports: Path, requests: int) -> bool:
    """Whether a front end has served all of it and has left as it should."""
    os.environ["SPIKARD_SERVER"] = str(server)
    suppressions = ROOT / "tests" / "tsan.supp"
    os.environ["TSAN_OPTIONS"] = f"halt_on_error=1:suppressions={suppressions}:log_path={reports}/report"
    try:
        with raw_front_end.FrontEnd() as front_end:
            ask(front_end, requests)
    except (AssertionError, OSError, subprocess.SubprocessError) as error:
        print(f"{type(error).__name__}: {error}")
        return False
    return True


def main() -> int:
    build = Build(Path(sys.argv[1]))
    with tempfile.TemporaryDirectory(prefix="spikard-race-") as directory:
        reports, server = Path(directory), Path(directory) / "spikard-server"
        if not run(build.directory / "server" / "spikard-server", reports, CLIENTS):
            print("nothing is planted, and yet it fails")
            return 1
        if not build.make(FILE, planted(), server):
            print("the planted race does not build")
            return 1
        served = run(server, reports, REQUESTS)
        text = "".join(path.read_text() for path in reports.glob("report.*"))
        if served or "ThreadSanitizer: data race" not in text or "spikard-server.cpp" not in text:
            print(f"nobody has noticed the planted race (served: {served}): {text[:3000]}")
            return 1
    print("the planted race is reported, and has ended the front end")
    return 0


if __name__ == "__main__":
    sys.exit(main())
