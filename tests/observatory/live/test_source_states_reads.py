"""States of sources are looked at many times a second; blocks are read once for each tip."""

from types import SimpleNamespace
from typing import Any, cast

from hashquake.core.contracts import Batch
from hashquake.core.record import AppendResult
from hashquake.core.window import Window
from hashquake.observatory.live.source_states import SourceStates
from hashquake.observatory.live.source_task import WatchedSource

NOW_S = 1.6e9
PACE_S = 600.0


class CountedReads:
    """A record of which every read of blocks is counted."""

    def __init__(self) -> None:
        self.n_reads = 0
        self.now: tuple[int, bytes | None] | None = None
        self.newest_s = NOW_S
        self.record = SimpleNamespace(blocks=self.blocks, latest_changes=lambda _kind: ())

    def tip(self) -> tuple[int, bytes | None] | None:
        return self.now

    def blocks(self, *, first_height: int) -> Any:
        assert self.now is not None
        self.n_reads += 1
        n_blocks = self.now[0] - first_height + 1
        return SimpleNamespace(
            header_s=[self.newest_s - PACE_S * at for at in range(n_blocks)][::-1]
        )


def states(counted: CountedReads, clock: list[float]) -> SourceStates:
    node = WatchedSource(name="bitcoind_rpc", options=dict, gives_blocks=True, poll_s=10.0)
    found = SourceStates(cast("Any", counted), {node.name: node}, now_s=lambda: clock[0])
    seen = Batch(observed=(Window(start_s=NOW_S, end_s=clock[0] + 1.0),))
    found.gave(node.name, seen, AppendResult())
    return found


def test_blocks_are_read_once_for_each_tip() -> None:
    counted, clock = CountedReads(), [NOW_S]
    found = states(counted, clock)
    found.look()  # without a block nothing is too old
    for tip, n_reads in (((20, b"a"), 1), ((20, b"b"), 2), ((21, b"c"), 3)):
        counted.now = tip
        for _ in range(5):
            found.look()
        assert counted.n_reads == n_reads
    counted.now = (21, None)  # which block this is cannot be seen
    found.look()
    found.look()
    assert counted.n_reads == 5


def test_the_age_goes_on_between_reads() -> None:
    counted, clock = CountedReads(), [NOW_S]
    found = states(counted, clock)
    counted.now = (20, b"a")
    found.look()
    assert found.turns.news()[-1].document["state"] == "ok"
    clock[0] = NOW_S + 86_400.0
    found.look()
    assert found.turns.news()[-1].document["state"] == "stuck"
    counted.now, counted.newest_s = (21, b"b"), clock[0]
    found.gave(
        "bitcoind_rpc", Batch(observed=(Window(start_s=NOW_S, end_s=clock[0]),)), AppendResult()
    )
    found.look()
    assert found.turns.news()[-1].document["state"] == "ok"
