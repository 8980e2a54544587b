"""`python -m spikard._supervisor --plan-fd N -- COMMAND`: only `app.run()` starts it so."""

from __future__ import annotations

import sys

from spikard._log import set_up_log
from spikard._supervisor.rerun import Plan
from spikard._supervisor.supervisor import Supervisor
from spikard.exceptions import StartError


def main() -> None:
    """Supervise until a signal says to stop."""
    option, descriptor, dashes, *command = sys.argv[1:]
    assert (option, dashes) == ("--plan-fd", "--")
    plan = Plan.read(int(descriptor))
    set_up_log(plan.log_level, "supervisor")
    try:
        Supervisor(plan, command).run()
    except StartError as error:
        raise SystemExit(f"spikard: {error}") from None


if __name__ == "__main__":
    main()
