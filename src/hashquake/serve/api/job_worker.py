"""The process of one simulation: a request on standard input, lines of JSON on standard output.

``python -m hashquake.serve.api.job_worker``; the server starts it. Each line but the last says how
much is done; the last one is the result or an error. It runs at a lower priority than the server.
"""

import json
import os
import sys
from contextlib import suppress
from typing import Any

from hashquake.core.contracts import Progress
from hashquake.observatory import open_observatory, simulating
from hashquake.serve.cli.faults import said_of
from hashquake.serve.cli.output import error_document, finite_document
from hashquake.serve.simulation.document import simulation_document
from hashquake.serve.simulation.kept_paths import KEPT_PATHS

_LOWER_PRIORITY = 10


def main() -> None:
    """Run the simulation that standard input describes."""
    with suppress(OSError):
        os.nice(_LOWER_PRIORITY)
    request = json.load(sys.stdin)
    try:
        _say({"result": finite_document(_run(request))})
    except Exception as error:  # noqa: BLE001  whatever happens is said in the last line
        message, code, hint = said_of(error)
        _say(error_document(message, code, hint))


def _run(request: dict[str, Any]) -> dict[str, Any]:
    scenario = simulating.scenario_named(request["scenario"])
    if not scenario.pools:
        observatory = open_observatory(request["db"])
        try:
            scenario = observatory.with_pools(scenario)
        finally:
            observatory.close()
    paths = request["paths"]
    run = simulating.simulate(
        scenario,
        paths=paths,
        seed=request["seed"],
        settings=request["settings"],
        keep_paths=min(KEPT_PATHS, paths),
        progress=_show,
    )
    return simulation_document(run)


def _show(progress: Progress) -> None:
    if progress.total:
        _say({"done_share": progress.done / progress.total})


def _say(document: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(document, allow_nan=False) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
