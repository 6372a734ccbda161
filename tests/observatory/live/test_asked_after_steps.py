"""A series whose steps end on round minutes is read soon after each, whenever watching began."""

import itertools
import threading
from collections.abc import Iterator, Mapping
from typing import Any, cast

import pytest

from hashquake.core.contracts import Batch, SourceContext
from hashquake.core.errors import SourceError
from hashquake.core.times import parse_time
from hashquake.observatory import open_observatory
from hashquake.observatory.live.plan import watched_sources
from hashquake.observatory.live.source_task import SourceTask, WatchedSource

_STEP_S = 300.0
_SHARE = 0.5
_RUN_S = 2.0


class Waiting(threading.Event):
    """A stop whose waits take no time, but move a clock on; set after so many."""

    def __init__(self, now_s: float, waits: int) -> None:
        super().__init__()
        self.now_s, self.left = now_s, waits

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is not None
        self.now_s += timeout
        self.left -= 1
        if not self.left:
            self.set()
        return self.is_set()


def run_times_s(begin_s: float, *, after_steps: bool, failing: int = 0) -> list[float]:
    """Return when the runs of a source begin that takes two seconds for each."""
    stop = Waiting(begin_s, 5)
    begun_s: list[float] = []

    def read(_options: Mapping[str, Any], _context: SourceContext) -> Iterator[Batch]:
        begun_s.append(stop.now_s)
        stop.now_s += _RUN_S
        if len(begun_s) <= failing:
            raise SourceError("the service is away", code="service-failing")
        return iter(())

    watched = WatchedSource(
        name="ioda", options=dict, gives_blocks=False, poll_s=_STEP_S, after_steps=after_steps
    )
    task = SourceTask(
        watched,
        read=read,
        context=cast("Any", type("Context", (), {"now_s": staticmethod(lambda: stop.now_s)})),
        inbox=cast("Any", type("Inbox", (), {"put": staticmethod(lambda *_, **__: None)})),
        stop=stop,
        random_share=lambda: _SHARE,
    )
    task.start()
    assert task.join(60.0)
    return begun_s


@pytest.mark.parametrize("late_s", [0.0, 14.0, 16.0, 140.0, 299.0])
@pytest.mark.parametrize("failing", [0, 2])
def test_runs_begin_soon_after_the_steps(late_s: float, failing: int) -> None:
    begun_s = run_times_s(1.5e9 + late_s, after_steps=True, failing=failing)
    assert len(begun_s) == 5
    regular = begun_s[failing + 1 :]
    # A tenth of the step, times the task's own share of it.
    assert [one % _STEP_S for one in regular] == pytest.approx(
        [0.1 * _SHARE * _STEP_S] * len(regular)
    )
    assert [b - a for a, b in itertools.pairwise(regular)] == pytest.approx(
        [_STEP_S] * (len(regular) - 1)
    )


def test_other_sources_keep_their_own_time() -> None:
    begun_s = run_times_s(1.5e9 + 140.0, after_steps=False)
    assert [b - a for a, b in itertools.pairwise(begun_s)] == [_STEP_S + _RUN_S] * 4


def test_only_series_with_short_steps_are_asked_so(tmp_path: Any) -> None:
    now_s = parse_time("2022-01-05")
    with open_observatory(str(tmp_path / "r.db"), create=True, now_s=lambda: now_s) as observatory:
        planned = watched_sources(
            observatory,
            {"ioda": {"country": "KZ"}, "bitcoind_rpc": {}},
            now_s=lambda: now_s,
        )
    assert {one.name: one.after_steps for one in planned} == {"ioda": True, "bitcoind_rpc": False}
