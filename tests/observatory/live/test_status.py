"""What is open is what is still being looked at, not what never recovered years ago."""

from hashquake.observatory import open_observatory
from hashquake.observatory.live.status import watch_status


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
