"""January 2022: the country is cut off, pools report less, blocks alone say nothing yet."""

import json
from email import message_from_bytes
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page
from tests.drill import faults, inside, pages
from tests.drill.programs import Scene
from tests.drill.repeats import repeats
from tests.drill.settings import FARMS
from tests.drill.stories import ONSET_S, RESTORED_S, STORIES
from tests.drill.table import Findings

from hashquake.core.times import HOUR_S, MINUTE_S, parse_time

OUTAGE = "ou20220105kza"
ARTICLE = Path(__file__).parent / "article.txt"
OUTAGE_MINUTES = 20.0
"""The first probe of ten minutes in the dark is out after fifteen, and read within five."""
_PATIENCE_S = 0.75 * HOUR_S
_CALM_PATIENCE_S = 3.0 * HOUR_S
"""Of the clock with the watcher, while faults are injected after the first hour, and while little
happens."""


def play(
    folder: Path,
    browser: Browser,
    *,
    hosts: Any,
    found: Findings,
    whole: bool = True,
    with_inside: bool = True,
) -> None:
    """Live through it.

    Parameters
    ----------
    folder : Path
        For pictures and the table.
    browser : Browser
        In which the page is read.
    hosts : OneMachine or Namespaces
        Where the programs run.
    found : Findings
        Takes what was asked for and seen, also where the scene fails halfway.
    whole : bool
        Whether to the end; else the first hour alone.
    with_inside : bool
        Whether somebody watches inside the country.
    """
    begin_s = ONSET_S - (25.0 if whole else 11.0) * MINUTE_S
    with (
        Scene(
            story=STORIES["kazakhstan"],
            name="kazakhstan",
            folder=folder / "kazakhstan",
            start_s=begin_s,
            hosts=hosts,
            inside=with_inside,
        ) as scene,
        pages.opened(browser, scene) as page,
    ):
        table = faults.Timetable()
        faults.spoil_services(table, scene, ONSET_S - 10.0 * MINUTE_S)
        if with_inside:
            table.at(ONSET_S, "country cut", lambda: scene.cut(dark=True))
        if not whole:
            faults.kill_watcher(table, scene, ONSET_S + 4.0 * MINUTE_S, away_s=4.0 * MINUTE_S)
        scene.run(ONSET_S + 10.0 * MINUTE_S, rate=150.0, each=table.look)
        # Slowly while the twenty minutes are counted, or a busy machine would add to them.
        scene.run(ONSET_S + 24.0 * MINUTE_S, rate=40.0, each=table.look)
        scene.run(ONSET_S + 56.0 * MINUTE_S, rate=150.0, each=table.look)
        _alerted(scene, found)
        _blocks_alone(scene, found, "in the first hour")
        _farms(scene, found)
        _seen(scene, page, found, folder)
        pages.put_away(page)
        if with_inside:
            inside.while_dark(scene, found)
        if whole:
            _later(scene, page, found, folder, table)
        else:
            _once(scene, found, table)
            if with_inside:
                scene.cut(dark=False)
                inside.afterwards(scene, found)
        _checked(scene, found, folder)


def _raised(scene: Scene, rule: str) -> list[dict[str, Any]]:
    return [one for one in scene.arrivals(rule) if one["state"] == "raised"]


def _alerted(scene: Scene, found: Findings) -> None:
    outages = _raised(scene, "country dark")
    late = (outages[0]["at_s"] - ONSET_S) / MINUTE_S if outages else None
    found.within("outage alert after the cut", late, OUTAGE_MINUTES)
    first = outages[0]["facts"]["classes"][0] if outages else {"name": "-", "probability": 0.0}
    found.add(
        "classed as kill switch in that alert",
        f"{first['name']} {first['probability']:.2f}",
        "most probable class",
        good=first["name"] == "kill_switch",
    )
    reports = _raised(scene, "pools report less")
    late = (reports[0]["at_s"] - ONSET_S) / MINUTE_S if reports else None
    found.within("hash-rate alert from telemetry", late, 60.0)
    causes = reports[-1]["facts"]["causes"] if reports else []
    first = causes[0] if causes else {"name": "-", "probability": 0.0, "country": None}
    found.add(
        "its likeliest cause",
        f"{first['name']} {first['country']} {first['probability']:.2f}",
        "internet, KZ",
        good=(first["name"], first["country"]) == ("internet", "KZ"),
    )
    mails = [message_from_bytes(one.original_content or b"") for one in scene.mailbox.mails]
    keys = {str(one["X-Hashquake-Key"]) for one in mails}
    plain = [one["title"] for one in (*outages, *reports) if "Rehearsal: " not in one["title"]]
    found.add("alerts that do not say it is a rehearsal", str(len(plain)), "0", good=not plain)
    wanted = {one["key"] for one in (*outages, *reports)}
    found.add(
        "the same alerts by mail",
        f"{len(wanted & keys)} of {len(wanted)}",
        "all",
        good=bool(wanted) and wanted <= keys,
    )


def _blocks_alone(scene: Scene, found: Findings, when: str) -> None:
    """Ask what was concluded from blocks without a report of any pool: nothing, in this week."""
    alerts = [*_raised(scene, "network falls"), *_raised(scene, "no blocks")]
    found.add(f"alerts from blocks alone, {when}", str(len(alerts)), "0", good=not alerts)
    quakes = scene.api("/quakes", since="2022-01-01")["items"]
    confident = [
        one
        for one in quakes
        if one["subject"] == "network" and "reports" not in one.get("seen_by", ())
    ]
    found.add(
        f"quakes listed that only blocks saw, {when}",
        ", ".join(one["id"] for one in confident) or "0",
        "0",
        good=not confident,
    )


def _farms(scene: Scene, found: Findings) -> None:
    sites = scene.watching.document("sites")
    dark = sorted(one["site"] for one in sites if one["status"] == "network dark")
    found.add("farms that are dark", ", ".join(dark), "all three", good=dark == sorted(FARMS))


def _seen(scene: Scene, page: Page, found: Findings, folder: Path) -> None:
    live = page.locator("body").inner_text()
    found.add(
        "the page, open since before, says so without a reload",
        "Kazakhstan is on it" if "Kazakhstan" in live else "nothing of Kazakhstan",
        "names the country",
        good="Kazakhstan" in live,
    )
    text = pages.text_of(page, scene, f"/outages/{OUTAGE}").lower()
    found.add(
        "the outage's page says what it probably was",
        "kill switch" if "kill switch" in text else "nothing of a kill switch",
        "kill switch",
        good="kill switch" in text,
    )
    pages.pictures(page, scene, "/", folder, "seismograph")
    pages.pictures(page, scene, f"/outages/{OUTAGE}", folder, "outage")


def raised_again(scene: Scene, rule: str) -> list[str]:
    """Return the threads that were raised while they were open; after a recovery they may be."""
    is_open: set[str] = set()
    again = []
    known: set[str] = set()
    for one in scene.arrivals(rule):
        if one["key"] in known:
            continue  # the same alert once more
        known.add(one["key"])
        if one["state"] == "raised":
            if one["thread"] in is_open:
                again.append(str(one["thread"]))
            is_open.add(one["thread"])
        elif one["state"] == "recovered":
            is_open.discard(one["thread"])
    return again


def _once(scene: Scene, found: Findings, table: faults.Timetable) -> None:
    taken = scene.receiver.taken()
    twice = repeats(taken, table.interruptions_s())
    again = [
        thread for rule in ("country dark", "my farms") for thread in raised_again(scene, rule)
    ]
    found.add(
        f"nothing twice after faults: {', '.join(table.done)}",
        f"{len(taken)} alerts; repeated after a delivery that was cut short: "
        f"{len(twice.explained)}, otherwise: {len(twice.unexplained)}; "
        f"{len(again)} raised while open",
        "none repeated otherwise, none raised while open",
        good=not twice.unexplained and not again,
    )
    healthy = scene.watching.document("status")
    bad = [one["source"] for one in healthy["sources"] if one["state"] in ("down", "refused")]
    found.add("sources down after the faults", ", ".join(bad) or "none", "none", good=not bad)


def _later(
    scene: Scene, page: Page, found: Findings, folder: Path, table: faults.Timetable
) -> None:
    faults.kill_watcher(table, scene, ONSET_S + 2.0 * HOUR_S, away_s=10.0 * MINUTE_S)
    faults.restart_node(table, scene, ONSET_S + 3.0 * HOUR_S, away_s=10.0 * MINUTE_S)
    faults.reorganise(table, scene, ONSET_S + 4.0 * HOUR_S)
    faults.restart_database(table, scene, ONSET_S + 5.0 * HOUR_S)
    table.at(parse_time("2022-01-05T17:30Z"), "country connected", lambda: scene.cut(dark=False))
    scene.patience_s = _PATIENCE_S
    scene.run(parse_time("2022-01-05T21:00Z"), rate=1200.0, each=table.look)
    inside.afterwards(scene, found)
    scene.inner_watch.end()  # it has nothing more to show
    scene.patience_s = _CALM_PATIENCE_S
    scene.run(RESTORED_S - HOUR_S, rate=2400.0, each=table.look)
    scene.patience_s = _PATIENCE_S
    scene.run(RESTORED_S + 3.0 * HOUR_S, rate=1200.0, each=table.look)
    _once(scene, found, table)
    _blocks_alone(scene, found, "to the end")
    for rule, subjects in (("country dark", 1), ("my farms", len(FARMS))):
        over = {one["thread"] for one in scene.arrivals(rule) if one["state"] == "recovered"}
        found.add(
            f"recovery notices, {rule}",
            str(len(over)),
            f"at least {subjects}",
            good=len(over) >= subjects,
        )
    outage = next(one for one in scene.api("/outages")["items"] if one["id"] == OUTAGE)
    n_light = len(outage["restorations"])
    found.add("stretches online that were seen", str(n_light), "5", good=n_light == 5)
    pages.pictures(page, scene, "/", folder, "afterwards")
    out = folder / "kazakhstan-report.html"
    event = scene.watching.document("report", "kazakhstan-2022", "--out", str(out))
    first = event["causes"][0]
    found.add(
        "the report's likeliest cause",
        f"{first['name']} {first['probability']:.2f}, {out.stat().st_size // 1000} kB of page",
        "internet",
        good=first["name"] == "internet",
    )


def _checked(scene: Scene, found: Findings, folder: Path) -> None:
    sheet = folder / "kazakhstan-fact-sheet.html"
    done = scene.watching.document(
        "check", str(ARTICLE), "--published", "2022-01-05", "--out", str(sheet)
    )
    (folder / "kazakhstan-check.json").write_text(json.dumps(done, indent=1))
    calls = {one["text"]: one["call"] for one in done["claims"]}
    seventy = [call for text, call in calls.items() if "70 %" in text]
    found.add(
        "the article's 70 %", ", ".join(seventy) or "not found", "contradicted",
        good=seventy == ["contradicted"],
    )  # fmt: skip
    cut = [one["call"] for one in done["claims"] if one["quantity"].startswith("connectivity")]
    found.add(
        "the article's lost Internet", ", ".join(cut) or "not found", "supported",
        good=bool(cut) and set(cut) == {"supported"},
    )  # fmt: skip
