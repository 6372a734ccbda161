"""An open silence raises what it must while it lasts, and a replay says the same of it."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from tests.observatory.live.test_watcher import House, reading
from tests.sources.simulated_chain import NOW_S

from hashquake.core.contracts import Batch, SourceContext
from hashquake.core.opinion import Change
from hashquake.core.reading import Reading
from hashquake.core.window import Window
from hashquake.datasets.bundled import bundled_blocks
from hashquake.observatory import open_observatory
from hashquake.observatory.live.source_task import WatchedSource
from hashquake.observatory.live.watcher import OBSERVED_S, Watcher
from hashquake.observatory.observatory import Observatory
from hashquake.store.schema import observed

HEIGHT = 717_000
TICK_S = 10.0
_SILENCE_S = 5 * 3600.0


def blocks_before() -> Any:
    blocks = bundled_blocks()
    return blocks.take((blocks.height > HEIGHT - 9000) & (blocks.height <= HEIGHT))


def watched(
    observatory: Observatory,
    source: Callable[[SourceContext], Iterator[Batch]],
    time_s: list[float],
) -> list[Change]:
    """Watch one node until it has nothing more; return what was said."""
    said: list[Change] = []
    stop = threading.Event()

    def read(_name: str, _options: Any, context: SourceContext) -> Iterator[Batch]:
        yield from source(context)
        stop.set()

    Watcher(
        observatory,
        [WatchedSource(name="node", options=dict, gives_blocks=True, poll_s=0.005)],
        read=read,
        context=lambda _name: SourceContext(
            record=observatory.record, now_s=lambda: time_s[0], sleep=lambda _s: None
        ),
        now_s=lambda: time_s[0],
        on_change=said.append,
        stop=stop,
    ).run()
    return said


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Change], list[float]]:
    """A record whose node saw no block for five hours, polled every ten seconds."""
    path = tmp_path_factory.mktemp("quiet") / "r.db"
    before = blocks_before()
    last_s = float(before.header_s.max())
    time_s, moments_s = [last_s], []

    def node(_context: SourceContext) -> Iterator[Batch]:
        while time_s[0] < last_s + _SILENCE_S:
            time_s[0] += TICK_S
            moments_s.append(time_s[0])
            yield Batch(observed=(Window(start_s=last_s - 3600.0, end_s=time_s[0]),))

    with open_observatory(str(path), create=True, now_s=lambda: time_s[0]) as observatory:
        observatory.feed_all([Batch(blocks=before)], source="table")
        said = watched(observatory, node, time_s)
        stored = observatory.counts()["batches"]
    assert stored < 2.5 * _SILENCE_S / OBSERVED_S, "what is stored of a silence stays in steps"
    return path, said, moments_s


def test_a_silence_raises_a_quake_within_a_tick(
    quiet: tuple[Path, list[Change], list[float]],
) -> None:
    path, said, _ = quiet
    raised = [one for one in said if one.kind == "quake" and one.document["revision"] == 1]
    assert [one.document["subject"] for one in raised] == ["network"]
    detected_s = raised[0].document["detected_s"]
    with (
        open_observatory(str(path)) as observatory,
        observatory.record._opened.engine.begin() as connection,  # type: ignore[attr-defined]
    ):
        ends_s = connection.execute(select(observed.c.end_s)).scalars().all()
    # It was stored with the first poll after that instant, not with the next minute.
    assert min(end_s for end_s in ends_s if end_s >= detected_s) - detected_s <= TICK_S


def test_a_replay_up_to_any_instant_says_what_a_later_one_says_of_it(
    quiet: tuple[Path, list[Change], list[float]],
) -> None:
    path, said, _ = quiet
    live = {
        (one.document["id"], one.document["revision"]): one.document["detected_s"]
        for one in said
        if one.kind == "quake"
    }
    with open_observatory(str(path)) as observatory:
        whole = observatory.replay()
        assert {one.id for one in whole} >= {name for name, _ in live}
        for quake in whole:
            assert quake.id in {one.id for one in observatory.replay(until_s=quake.detected_s)}, (
                f"{quake.id} was detected at that very instant"
            )
            assert quake.id not in {
                one.id for one in observatory.replay(until_s=quake.detected_s - 1.0)
            }
        (fallen,) = [one for one in whole if (one.id, 1) in live]
        assert fallen.detected_s == live[fallen.id, 1]


def test_hours_in_which_nobody_watched_are_believed_once_a_node_vouches_for_them(
    tmp_path: Path,
) -> None:
    before = blocks_before()
    last_s = float(before.header_s.max())
    time_s = [last_s + _SILENCE_S]
    with open_observatory(str(tmp_path / "r.db"), create=True, now_s=lambda: time_s[0]) as one:
        one.feed_all([Batch(blocks=before)], source="table")

        def node(_context: SourceContext) -> Iterator[Batch]:
            yield Batch(observed=(Window(start_s=last_s - 3600.0, end_s=time_s[0]),))
            for _ in range(500):  # until the writer has taken it
                if one.end_s() >= time_s[0]:
                    break
                time.sleep(0.01)

        said = watched(one, node, time_s)
        (raised,) = [change for change in said if change.kind == "quake"]
        (replayed,) = [q for q in one.replay() if q.id == raised.document["id"]]
        assert raised.document["detected_s"] == replayed.detected_s


def test_a_series_that_falls_silent_is_said_while_it_lasts_and_once(tmp_path: Path) -> None:
    speaks = [True]

    def ioda(_options: Any, _context: SourceContext) -> Iterator[Batch]:
        if speaks[0]:
            yield reading(house.time_s - 600.0)

    house = House(tmp_path / "r.db", {"ioda": ioda}, late_s=None)
    ticks = [0]

    def silent(one: House) -> bool:
        if any(change.kind == "readings" for change in one.said):
            speaks[0] = False
            ticks[0] += 1
            one.time_s += 60.0
        return ticks[0] > 90

    house.watch(silent)
    gaps = [one for one in house.said if one.kind == "gap"]
    (gap,) = gaps
    assert gap.subject == "country:KZ"
    assert gap.document["window"]["end_s"] is None
    start_s = gap.document["window"]["start_s"]
    assert start_s < NOW_S + 60.0 * 90
    # A restart does not say it again; a value that comes ends it.
    ticks[0] = 0
    house.watch(lambda _one: ticks.__setitem__(0, ticks[0] + 1) or ticks[0] > 30)
    assert [one for one in house.said if one.kind == "gap"] == gaps
    speaks[0] = True
    house.watch(lambda one: sum(change.kind == "gap" for change in one.said) == 2)
    ended = [one for one in house.said if one.kind == "gap"][-1]
    assert ended.document["window"]["start_s"] == start_s
    assert ended.document["window"]["end_s"] is not None


def test_a_value_that_is_late_by_the_sources_own_lag_is_no_gap(tmp_path: Path) -> None:
    """IODA's country totals are out ninety minutes late."""

    def late(at_s: float) -> Batch:
        window = Window(start_s=at_s - 5400.0, end_s=at_s - 3600.0)
        return Batch(
            readings=(
                Reading(
                    subject="country:KZ",
                    quantity="ioda_gtr_index",
                    window=window,
                    value=1.0,
                    source="ioda",
                ),
            )
        )

    house = House(tmp_path / "r.db", {"ioda": lambda _o, _c: iter([late(NOW_S)])}, late_s=None)
    ticks = [0]

    def later(one: House) -> bool:
        if any(change.kind == "readings" for change in one.said):
            ticks[0] += 1
            one.time_s += 60.0
        return ticks[0] > 60

    house.watch(later)
    assert not [one for one in house.said if one.kind == "gap"]
