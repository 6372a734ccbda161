"""A quiet month with all the faults: no alert about the world."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Browser
from tests.drill import faults, pages
from tests.drill.programs import Scene
from tests.drill.stories import STORIES
from tests.drill.table import Findings

from hashquake.core.times import DAY_S, HOUR_S, MINUTE_S, parse_time

_BEGIN_S = parse_time("2025-12-14T00:00Z")
_END_S = parse_time("2026-01-08T00:00Z")
_ABOUT_THE_WORLD = (
    "country dark", "pools report less", "network falls", "pool falls", "my farms", "no blocks",
)  # fmt: skip


def play(folder: Path, browser: Browser, *, hosts: Any, found: Findings) -> None:
    """Live through it."""
    with (
        Scene(
            story=STORIES["quiet"],
            name="quiet",
            folder=folder / "quiet",
            start_s=_BEGIN_S,
            hosts=hosts,
            patience_s=6.0 * HOUR_S,
        ) as scene,
        pages.opened(browser, scene) as page,
    ):
        pages.put_away(page)
        table = faults.Timetable()
        for day in range(2, 24, 4):
            at_s = _BEGIN_S + day * DAY_S
            faults.spoil_services(table, scene, at_s)
            faults.reorganise(table, scene, at_s + 6.0 * HOUR_S)
            faults.kill_watcher(table, scene, at_s + 24.0 * HOUR_S, away_s=HOUR_S)
            faults.restart_node(table, scene, at_s + 36.0 * HOUR_S, away_s=30.0 * MINUTE_S)
            faults.restart_database(table, scene, at_s + 48.0 * HOUR_S)
        scene.run(_END_S, rate=9000.0, each=table.look)
        said = [one for rule in _ABOUT_THE_WORLD for one in scene.arrivals(rule)]
        found.add(
            f"alerts of {(_END_S - _BEGIN_S) / DAY_S:.0f} days but for those of sources",
            "; ".join(f"{one['rule']}: {one['title']}" for one in said) or "none",
            "none",
            good=not said,
        )
        opinions = [
            *scene.api("/quakes")["items"],
            *scene.api("/outages", since="2025-12-11")["items"],
        ]
        found.add(
            "quakes and outages listed",
            ", ".join(one["id"] for one in opinions) or "none",
            "none",
            good=not opinions,
        )
        found.add("faults meanwhile", f"{len(table.done)}", "all done", good=not table.acts)
        pages.pictures(page, scene, "/", folder, "seismograph")
