"""``python -m tests.drill``: the whole drill, its table and its pictures.

``--short`` plays the first hour of the cut of Kazakhstan alone, ``--hosts namespaces`` gives each
program a host of its own, ``--scene NAME`` plays one scene.
"""

import argparse
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser
from rich.console import Console
from tests.drill import kazakhstan, quiet, storm, workers
from tests.drill.hosts import OneMachine
from tests.drill.namespaces import Namespaces
from tests.drill.table import Findings, Row, keep, show
from tests.e2e.browser import started_browser

from hashquake.core.times import MINUTE_S

SCENES: dict[str, tuple[str, Callable[..., None]]] = {
    "kazakhstan": ("Kazakhstan", kazakhstan.play),
    "elliott": ("Elliott", storm.play),
    "quiet": ("quiet month", quiet.play),
    "workers": ("workers", workers.play),
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.drill")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--hosts", choices=["one", "namespaces"], default="one")
    parser.add_argument("--scene", choices=list(SCENES), action="append")
    parser.add_argument("--out", type=Path, default=Path("build/drill"))
    asked = parser.parse_args()
    console = Console()
    hosts: Any = OneMachine()
    if asked.hosts == "namespaces":
        why_not = Namespaces.why_not()
        if why_not:
            console.print(f"skipped: {why_not}")
            return 0
        hosts = Namespaces()
    asked.out.mkdir(parents=True, exist_ok=True)
    rows: list[Row] = []
    with started_browser() as browser, hosts:
        names = ["kazakhstan"] if asked.short else asked.scene or list(SCENES)
        begun_s = time.monotonic()
        for name in names:
            played = _played(name, browser, hosts=hosts, out=asked.out, whole=not asked.short)
            show(played, console)
            rows += played
            keep(rows, asked.out)
    console.print(
        f"{sum(row.good for row in rows)} of {len(rows)} met, after"
        f" {(time.monotonic() - begun_s) / MINUTE_S:.0f} min; kept in {asked.out}"
    )
    return 0 if all(row.good for row in rows) else 1


def _played(name: str, browser: Browser, *, hosts: Any, out: Path, whole: bool) -> list[Row]:
    """Play a scene; what it found before it failed is kept, and that it failed is a row too."""
    shutil.rmtree(out / name, ignore_errors=True)
    begun_s = time.monotonic()
    title, play = SCENES[name]
    found = Findings(title if whole else f"{title}, short")
    more = {"whole": whole} if name == "kazakhstan" else {}
    with found:
        play(out.absolute(), browser, hosts=hosts, found=found, **more)
    Console(stderr=True).print(f"{name}: {time.monotonic() - begun_s:.0f} s")
    return found.rows


if __name__ == "__main__":
    sys.exit(main())
