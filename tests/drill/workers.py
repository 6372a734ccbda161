"""A what-if run by Dask workers on hosts of their own: the same numbers as without them."""

import json
import sys
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

from tests.drill.place import Place, Program, wait_until
from tests.drill.table import Findings
from tests.free_port import free_port
from tests.running_watcher import SOURCE

_ASKED = ("simulate", "kazakhstan-2022", "--paths", "4000", "--seed", "7")


def play(folder: Path, _browser: Any, *, hosts: Any, found: Findings) -> None:
    """Ask for the same simulation with workers and without."""
    home = folder / "workers"
    home.mkdir(parents=True, exist_ok=True)
    environment = {"PYTHONPATH": SOURCE, "HOME": str(home)}
    scheduler = hosts.host("scheduler")
    port = free_port()
    address = f"tcp://{scheduler.address}:{port}"
    asking = Place(host=hosts.host("watcher"), folder=home, environment=environment)
    plain = asking.document(*_ASKED)
    with ExitStack() as stack:
        lines = {
            "scheduler": [
                "dask_scheduler",
                "--host",
                scheduler.address,
                "--port",
                str(port),
                "--no-dashboard",
            ],
            "worker1": ["dask_worker", address, "--nthreads", "1", "--no-dashboard"],
            "worker2": ["dask_worker", address, "--nthreads", "1", "--no-dashboard"],
        }
        programs = {}
        for name, (module, *options) in lines.items():
            programs[name] = Program(
                host=hosts.host(name),
                line=[sys.executable, "-m", f"distributed.cli.{module}", *options],
                folder=home,
                environment=environment,
                log=home / f"{name}.log",
            )
            programs[name].start()
            stack.callback(programs[name].end)
        for name in ("worker1", "worker2"):
            wait_until(partial(_registered, programs[name]), f"{name} is registered")
        spread = asking.document(*_ASKED, "--cluster", address)
    (folder / "workers.json").write_text(json.dumps({"plain": plain, "spread": spread}))
    same = {key: value for key, value in plain.items() if spread.get(key) != value}
    found.add(
        "4,000 paths by two workers on two hosts",
        "the same document" if not same else f"other {', '.join(same)}",
        "the document of one machine",
        good=bool(plain.get("retargets")) and not same,
    )


def _registered(worker: Program) -> bool:
    return "Registered to" in worker.said
