"""The process of one simulation: a request on standard input, lines of JSON on standard output.

``python -m hashquake.serve.api.job_worker``; the server starts it. Each line but the last says how
much is done, and now and then what the futures drawn so far show, with drawings of them; the last
one is the result or an error. It runs at a lower priority than the server.
"""

import json
import os
import sys
from contextlib import suppress
from functools import partial
from typing import Any

from hashquake.core import clock
from hashquake.core.contracts import Progress
from hashquake.forward.simulation import Simulation
from hashquake.observatory import open_observatory, simulating
from hashquake.observatory.scenario_choice import scenario_named
from hashquake.serve.cli.faults import said_of
from hashquake.serve.cli.output import error_document, finite_document
from hashquake.serve.language import language_named, speaking
from hashquake.serve.simulation.charts import fan_charts
from hashquake.serve.simulation.document import simulation_document
from hashquake.serve.simulation.kept_paths import KEPT_PATHS

_LOWER_PRIORITY = 10
_SHOWN_EVERY_S = 1.0


def main() -> None:
    """Run the simulation that standard input describes."""
    with suppress(OSError):
        os.nice(_LOWER_PRIORITY)
    request = json.load(sys.stdin)
    try:
        run = _run(request)
        document = finite_document(simulation_document(run))
        _say({"result": document, "fans": _fans(run, request)})
    except Exception as error:  # noqa: BLE001  whatever happens is said in the last line
        message, code, hint = said_of(error)
        _say(error_document(message, code, hint))


def _run(request: dict[str, Any]) -> Simulation:
    scenario = scenario_named(request["scenario"])
    if not scenario.pools:
        observatory = open_observatory(request["db"])
        try:
            scenario = observatory.with_pools(scenario)
        finally:
            observatory.close()
    paths = request["paths"]
    return simulating.simulate(
        scenario,
        paths=paths,
        seed=request["seed"],
        settings=request["settings"],
        keep_paths=min(KEPT_PATHS, paths),
        progress=_show,
        so_far=partial(_show_so_far, [], request),
    )


def _show(progress: Progress) -> None:
    if progress.total:
        _say({"done_share": progress.done / progress.total})


def _fans(run: Simulation, request: dict[str, Any]) -> dict[str, Any]:
    """Draw a run; documents are in English, drawings in the language of who asked."""
    with speaking(language_named(request["language"])):
        return fan_charts(run)


def _show_so_far(shown: list[Any], request: dict[str, Any], run: Simulation) -> None:
    """Show a run that goes on, once a second; its kept paths, and so its fans, do not change."""
    now_s = clock.monotonic_s()
    if not shown:
        shown += [now_s, _fans(run, request)]
    elif now_s - shown[0] < _SHOWN_EVERY_S:
        return
    shown[0] = now_s
    _say({"so_far": finite_document(simulation_document(run)), "fans": shown[1]})


def _say(document: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(document, allow_nan=False) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
