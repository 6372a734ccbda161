"""Faults on a timetable: what goes wrong, and when, while a scene is lived through."""

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.drill.programs import Scene
from tests.e2e.real_window import mined_on

MINUTE_S = 60.0
KILLED, RESTARTED = "watcher killed", "database restarted"
INTERRUPTING = (KILLED, RESTARTED)


@dataclass
class Timetable:
    """Acts that are due at times, each once and in order.

    Parameters
    ----------
    acts : list
        Pairs of a time, UTC Unix seconds, and what is done then.
    done : list of str
        What was done.
    """

    acts: list[tuple[float, str, Callable[[], None]]] = field(default_factory=list)
    moments_s: list[float] = field(default_factory=list)
    """When each was done, on the monotonic clock."""
    done: list[str] = field(default_factory=list)

    def at(self, due_s: float, name: str, act: Callable[[], None]) -> None:
        """Plan an act."""
        self.acts.append((due_s, name, act))
        self.acts.sort(key=lambda one: one[0])

    def look(self, now_s: float) -> None:
        """Do what is due."""
        while self.acts and self.acts[0][0] <= now_s:
            _, name, act = self.acts.pop(0)
            self.moments_s.append(time.monotonic())
            act()
            self.done.append(name)

    def interruptions_s(self) -> list[float]:
        """Return when delivery may have been cut short: a kill, or a stop of the database."""
        named = zip(self.moments_s, self.done, strict=False)
        return [at_s for at_s, name in named if name in INTERRUPTING]


def kill_watcher(table: Timetable, scene: Scene, at_s: float, *, away_s: float) -> None:
    """Kill the watcher as a power cut does, and start it again later."""
    table.at(at_s, KILLED, lambda: scene.watch.end(signal.SIGKILL))
    table.at(at_s + away_s, "watcher started again", scene.watch.start)


def restart_node(table: Timetable, scene: Scene, at_s: float, *, away_s: float) -> None:
    """Kill the watched node, and start it again later."""

    def start() -> None:
        scene.node.start()
        scene.node.rpc("setmocktime", int(scene.clock.now_s()))
        scene.connect(scene.node)

    table.at(at_s, "node killed", scene.node.kill)
    table.at(at_s + away_s, "node started again", start)


def spoil_services(table: Timetable, scene: Scene, at_s: float) -> None:
    """Let IODA answer 429, then 500, then half an answer; a pool then HTML."""
    for later, (kind, left, path) in enumerate(
        (("429", 3, "/v2"), ("500", 2, "/v2"), ("half", 2, "/v2"), ("html", 2, "/pools"))
    ):

        def spoil(kind: str = kind, left: int = left, path: str = path) -> None:
            scene.trouble(kind, left=left, path=path)

        table.at(at_s + later * 10.0 * MINUTE_S, f"service: {kind}", spoil)


def restart_database(table: Timetable, scene: Scene, at_s: float) -> None:
    """Stop the database as a power cut does, and start it again."""

    def restart() -> None:
        scene.cluster.stop("immediate")
        scene.cluster.start()

    table.at(at_s, RESTARTED, restart)


def reorganise(table: Timetable, scene: Scene, at_s: float) -> None:
    """Let a rival find two blocks first, which the real chain overtakes."""

    def rival() -> None:
        last = scene.blocks[scene.played - 1]
        branch = mined_on(last, 2, first_s=last.header_s + 1, tag=b"/rival/")
        scene.outside.submit(branch)

    table.at(at_s, "reorganisation", rival)
