"""Somebody inside the country, whose node and services are cut off: not observed, and said so."""

from tests.drill.place import wait_until
from tests.drill.programs import Scene
from tests.drill.stories import ONSET_S
from tests.drill.table import Findings

from hashquake.core.times import MINUTE_S, format_time

_DARK = (
    "--since", format_time(ONSET_S + 20.0 * MINUTE_S),
    "--until", format_time(ONSET_S + 40.0 * MINUTE_S),
)  # fmt: skip
"""Twenty minutes of the first hour."""


def while_dark(scene: Scene, found: Findings) -> None:
    """Ask while the country is dark."""
    said = scene.inner.command("rate", *_DARK)
    text = " ".join((said.stdout + said.stderr).split())
    found.add(
        "inside the blackout: the hash rate of dark minutes",
        text[:140],
        "refused as not observed",
        good=said.returncode == 2 and "observed" in text,
    )
    status = scene.inner.command("status")
    down = [one for one in scene.inner.document("status")["sources"] if one["state"] != "ok"]
    found.add(
        "inside: sources that are not well",
        ", ".join(f"{one['source']} {one['state']}" for one in down)[:80],
        "named, and status exits 1",
        good=bool(down) and status.returncode == 1,
    )
    quakes = scene.inner.document("quakes", "list")
    found.add("inside: quakes seen in its own silence", str(len(quakes)), "0", good=not quakes)


def afterwards(scene: Scene, found: Findings) -> None:
    """Ask again once the country is connected: the blocks of the dark hours are read then."""
    wait_until(
        lambda: scene.inner.document("status")["tip"]["height"] >= scene.played - 1,
        "the node inside catches up",
    )
    said = scene.inner.command("rate", *_DARK)
    found.add(
        "inside, connected again: the same minutes",
        " ".join((said.stdout + said.stderr).strip().rpartition("\n")[2].split()),
        "answered",
        good=said.returncode == 0,
    )
