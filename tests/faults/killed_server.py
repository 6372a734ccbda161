"""A program whose children are `hashquake serve --watch` and may be killed; run by its test.

It loads everything once, then makes a child for each line that it is given, the arguments as JSON:
starting a program again would take longer than all that the child does.
"""

import json
import os
import sys
from importlib import import_module

from hashquake.serve.alerts import attempts, delivering
from hashquake.serve.cli.app import run

LOADED = (
    "observatory.live.start",
    "observatory.following",
    "serve.alerts.service",
    "serve.alerts.ways.webhook",
    "serve.api.app",
    "serve.api.server",
    "serve.cli.serve",
    "store.open_record",
    "sources.chain.bitcoind_rpc",
)


def main() -> None:
    for name in LOADED:
        import_module(f"hashquake.{name}")
    # What a receiver refuses is tried again at once: the test is about being killed meanwhile.
    attempts.FIRST_WAIT_S = 0.05
    attempts.LONGEST_WAIT_S = 0.2
    delivering.LOOK_S = 0.05
    for line in sys.stdin:
        child = os.fork()
        if not child:
            os._exit(run(json.loads(line)))
        print(child, flush=True)  # noqa: T201  the test kills it by its number
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201  how it ended


if __name__ == "__main__":
    main()
