"""A watcher over the made world in this process, and what came of it."""

import shutil
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.faults.world import COUNTRY, World
from tests.same_record import blocks_of, changes_of, opinions_of

from hashquake.catalog.ledger import latest
from hashquake.core.columns import BlockColumns
from hashquake.core.contracts import Batch, SourceContext
from hashquake.observatory import open_observatory
from hashquake.observatory.live.source_task import Pauses, WatchedSource
from hashquake.observatory.live.steady_clock import SteadyClock
from hashquake.observatory.live.watcher import Watcher
from hashquake.observatory.observatory import Observatory

if TYPE_CHECKING:
    from collections import Counter

KINDS = ("block", "blocks", "reorg", "quake", "claim")
"""Kinds of change that no fault outside the chain may add to, lose or alter.

Not that a series fell silent: time goes by here a block at a time, so that it would depend on
whether the next block or the readings up to it came first.
"""
SHORT_PAUSES = Pauses(first_s=0.01, longest_s=0.1, refused_s=0.1)
"""Faults come by the block here, so that after ten of them a pause would last for minutes."""
_MOST_TICKS = 200_000
Act = Callable[["Watched"], bool]


def make_base(where: str) -> None:
    """Make a record of all that is there before the live blocks."""
    before = World()
    with open_observatory(where, create=True, now_s=lambda: before.now_s) as observatory:
        observatory.feed_all(
            [
                Batch(blocks=BlockColumns.from_blocks(before.main)),
                Batch(readings=before.due_readings()),
            ],
            source="base",
        )


def copied(base: Path, folder: Path, name: str = "record.db") -> Path:
    """Copy a record that nobody has open."""
    return Path(shutil.copy(base, folder / name))


@dataclass
class Watched:
    """A watcher that can be started again; the world moves on once everything is stored.

    Parameters
    ----------
    where : str
        The record.
    world : World
        What its sources give.
    jump_s : float
        How wrong our clock goes.
    """

    where: str
    world: World = field(default_factory=World)
    jump_s: float = 0.0
    notes: list[str] = field(default_factory=list)
    observatory: Observatory | None = None
    each_tick: Callable[[], None] = lambda: None

    def now_s(self) -> float:
        """Return what our clock shows."""
        return self.world.now_s + self.jump_s

    def watch(self, act: Act) -> None:
        """Watch until `act`, called whenever all there is has been stored, returns True."""
        stop = threading.Event()
        with open_observatory(self.where, now_s=self.now_s) as observatory:
            self.observatory = observatory
            sources = {"node": self.world.read_node, "ioda": self.world.read_instrument}
            with observatory.record.watching() as lock:
                watcher = Watcher(
                    observatory,
                    [
                        WatchedSource(
                            name=name, options=dict, gives_blocks=name == "node", poll_s=0.002
                        )
                        for name in sources
                    ],
                    read=lambda name, options, context: sources[name](options, context),
                    context=lambda _name: SourceContext(
                        record=observatory.record, now_s=self.now_s, sleep=lambda _s: None
                    ),
                    now_s=self.now_s,
                    on_change=lambda _change: None,
                    stop=stop,
                    lock=lock,
                    steady=SteadyClock(
                        self.now_s, lambda: self.world.now_s, on_note=self.notes.append
                    ).steady,
                    on_note=self.notes.append,
                    pauses=SHORT_PAUSES,
                )
                watcher.run(on_tick=partial(self._tick, act, stop, [_MOST_TICKS]))
        self.observatory = None

    def _tick(self, act: Act, stop: threading.Event, left: list[int]) -> None:
        left[0] -= 1
        assert left[0], "the watcher never got so far"
        self.each_tick()
        if self.stored() and act(self):
            stop.set()

    def stored(self) -> bool:
        """Return whether the record has all that the world has."""
        assert self.observatory is not None
        record = self.observatory.record
        newest = self.world.main[-1]
        return record.tip() == (newest.height, newest.hash) and record.counts()["readings"] == len(
            self.world.due_readings()
        )


def to_the_end(watched: Watched) -> bool:
    """Move the world on by a block; whether it is at its end."""
    if watched.world.exhausted:
        return True
    watched.world.grow()
    return False


@dataclass(frozen=True)
class Outcome:
    """What a record holds in the end.

    A fall of hash rate must have the same revisions. An outage is revised with each delivery of
    readings, so that after a fault only what is thought of it in the end must be the same, not
    which delivery led to it.
    """

    blocks: Sequence[tuple[Any, ...]]
    readings: Sequence[str]
    quakes: Sequence[str]
    outages: Sequence[str]
    changes: "Counter[str]"


def outcome_of(where: str | Path) -> Outcome:
    """Read what a record holds in the end."""
    with open_observatory(str(where)) as observatory:
        readings = observatory.record.readings(subject=COUNTRY)
        outages = latest(observatory.record.opinions("outage"))
    return Outcome(
        blocks=blocks_of(where),
        readings=sorted(map(repr, readings)),
        quakes=opinions_of(where, "quake"),
        outages=sorted(
            repr({**one.document, "revision": None, "issued_s": None}) for one in outages
        ),
        changes=changes_of(where, KINDS),
    )
