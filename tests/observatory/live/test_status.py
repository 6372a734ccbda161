"""What is open is what is still being looked at, not what never recovered years ago."""

import pytest

from hashquake.observatory import open_observatory
from hashquake.observatory.live.status import TipAge, WatchStatus, watch_status


def test_history_is_not_open() -> None:
    with open_observatory("bundled") as observatory:
        found = watch_status(observatory.record, observatory.end_s() + 600.0)
        quakes = observatory.quakes()
    assert any(one.end_s is None and one.status == "reviewed" for one in quakes)
    assert found.open_quakes == ()
    assert found.open_outages == ()
    assert found.watching is False
    assert found.healthy is False
    assert found.tip is not None
    assert found.tip.silence_probability is not None
    assert 0.05 < found.tip.silence_probability < 1.0


@pytest.mark.parametrize(("apart_s", "healthy"), [(None, True), (600.0, True), (4000.0, False)])
def test_sources_that_stay_on_different_chains_need_somebody(
    apart_s: float | None, *, healthy: bool
) -> None:
    tip = TipAge(height=1, header_s=0.0, age_s=60.0, silence_probability=0.9, believed_s=9000.0)
    found = WatchStatus(
        watching=True,
        tip=tip,
        sources=(),
        open_quakes=(),
        open_outages=(),
        last_change_id=1,
        apart_s=apart_s,
    )
    assert found.healthy is healthy
