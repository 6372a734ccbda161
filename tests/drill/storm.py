"""Winter Storm Elliott: blocks fall, the Internet stays."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Browser
from tests.drill import faults, pages
from tests.drill.programs import Scene
from tests.drill.stories import STORIES
from tests.drill.table import Findings

from hashquake.core.times import HOUR_S, MINUTE_S, parse_time

_BEGIN_S = parse_time("2022-12-23T00:00Z")
_END_S = parse_time("2022-12-28T06:00Z")


def play(folder: Path, browser: Browser, *, hosts: Any, found: Findings) -> None:
    """Live through it."""
    with (
        Scene(
            story=STORIES["elliott"],
            name="elliott",
            folder=folder / "elliott",
            start_s=_BEGIN_S,
            hosts=hosts,
            patience_s=3.0 * HOUR_S,
        ) as scene,
        pages.opened(browser, scene) as page,
    ):
        pages.put_away(page)
        table = faults.Timetable()
        faults.spoil_services(table, scene, _BEGIN_S + 6.0 * HOUR_S)
        faults.reorganise(table, scene, _BEGIN_S + 9.0 * HOUR_S)
        faults.kill_watcher(table, scene, _BEGIN_S + 30.0 * HOUR_S, away_s=20.0 * MINUTE_S)
        faults.restart_node(table, scene, _BEGIN_S + 36.0 * HOUR_S, away_s=20.0 * MINUTE_S)
        scene.run(_END_S, rate=3600.0, each=table.look)
        alerts = [one for one in scene.arrivals("network falls") if one["state"] == "raised"]
        late_h = (alerts[0]["at_s"] - parse_time("2022-12-23T12:00Z")) / HOUR_S if alerts else None
        found.add(
            "alert of the fall of the network",
            "never" if late_h is None else f"{late_h:.0f} h after noon of 23 December",
            "within 48 h",
            good=late_h is not None and late_h <= 48.0,
        )
        quakes = [one for one in scene.api("/quakes")["items"] if one["subject"] == "network"]
        causes = {one["name"]: one["probability"] for one in quakes[0]["causes"]} if quakes else {}
        ranked = sorted(causes, key=lambda name: -causes[name])
        found.add(
            "its likeliest cause",
            ", ".join(f"{name} {causes[name]:.2f}" for name in ranked),
            "weather or power; an Internet cut last or absent",
            good=bool(ranked)
            and ranked[0] in ("weather", "power")
            and "internet" not in ranked[:-1],
        )
        dark = scene.arrivals("country dark")
        found.add("outage alerts", str(len(dark)), "0", good=not dark)
        if quakes:
            pages.pictures(page, scene, f"/quakes/{quakes[0]['id']}", folder, "quake")
        found.add("faults meanwhile", ", ".join(table.done), "all done", good=not table.acts)
