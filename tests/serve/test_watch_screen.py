"""What the screen says of pools and of what nobody watches."""

from hashquake.core.source_status import SourceStatus
from hashquake.observatory import open_observatory
from hashquake.observatory.live.status import WatchStatus
from hashquake.serve.watch_screen import pool_lines, unwatched_lines


def status(*names: str) -> WatchStatus:
    return WatchStatus(
        watching=True,
        tip=None,
        sources=tuple(SourceStatus(source=name, state="ok", since_s=0.0) for name in names),
        open_quakes=(),
        open_outages=(),
        last_change_id=0,
    )


def test_what_nobody_watches_is_said() -> None:
    (line,) = unwatched_lines(status("bitcoind_rpc:garage", "pool_oceanxyz"))
    assert line == "not watched: countries' connectivity, the price"
    assert unwatched_lines(status("mempool_ws", "ioda", "pool_json", "price")) == []


def test_pools_that_report_nothing_are_not_listed() -> None:
    with open_observatory("bundled") as observatory:
        assert pool_lines(observatory) == []
