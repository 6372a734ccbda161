"""What the screen says of pools and of what nobody watches."""

from dataclasses import replace
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from hashquake.core.interval import Interval
from hashquake.core.reported_rate import ReportedState
from hashquake.core.source_status import SourceStatus
from hashquake.core.window import Window
from hashquake.observatory import open_observatory
from hashquake.observatory.live.status import WatchStatus
from hashquake.observatory.pool_standings import PoolStanding
from hashquake.serve.watch_screen import (
    PlainLines,
    pool_table,
    rate_line,
    source_parts,
    unwatched_lines,
)


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


def test_lines_do_not_begin_by_denying_what_they_are_about_to_do(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with open_observatory("bundled") as observatory, PlainLines(observatory):
        begun = capsys.readouterr().out
    assert begun.startswith("block ")
    assert "open quakes" in begun
    assert "not watched now" not in begun
    assert capsys.readouterr().out.startswith("stopped")


def test_a_record_that_ended_long_ago_does_not_give_the_last_24_hours() -> None:
    with open_observatory("bundled") as observatory:
        end_s = observatory.end_s()
    with open_observatory("bundled", now_s=lambda: end_s + 7200.0) as observatory:
        assert "over the 24 hours to 22\N{NO-BREAK SPACE}April" in rate_line(observatory)
    with open_observatory("bundled", now_s=lambda: end_s + 600.0) as observatory:
        assert "over the last 24 hours" in rate_line(observatory)


def test_pools_that_report_nothing_are_not_listed() -> None:
    with open_observatory("bundled") as observatory:
        assert pool_table(observatory) is None


def standing(
    pool: str, *, state: ReportedState, reported: float | None, p_value: float | None
) -> Any:
    reported_hps = (
        None
        if reported is None
        else Interval(median=reported, low=reported, high=reported, level=0.9)
    )
    return PoolStanding(
        pool=pool,
        name=f"\x1b[31m{pool.upper()}",
        window=Window(start_s=0.0, end_s=86_400.0),
        n_blocks=24,
        expected_blocks=None,
        found_hps=Interval(median=120e18, low=83.4e18, high=165.2e18, level=0.9),
        reported_hps=reported_hps,
        luck_share=None,
        luck_p_value=p_value,
        luck_p_value_adjusted=p_value,
        share=None,
        reported_state=state,
        reported_source=None,
        reported_covered_share=1.0,
    )


@pytest.mark.parametrize("width", [80, 120])
def test_pools_that_report_stand_beside_what_they_found(width: int) -> None:
    rows = [
        standing("foundryusa", state="none", reported=None, p_value=None),
        standing("viabtc", state="ok", reported=118.4e18, p_value=0.41),
        standing("braiinspool", state="frozen", reported=31e18, p_value=0.0002),
        standing("oceanxyz", state="silent", reported=None, p_value=None),
    ]
    record_of_pools: Any = SimpleNamespace(pools=lambda: rows)
    table = pool_table(record_of_pools)
    assert table is not None
    console = Console(width=width, record=True, file=StringIO())
    console.print(table)
    lines = console.export_text().replace("\N{NO-BREAK SPACE}", " ").splitlines()
    assert lines[0].split() == ["pool", "reports", "found", "in", "24", "hours", "by", "chance"]
    assert lines[1].split()[1:] == ["118", "EH/s", "120", "EH/s", "[83.4,", "165]", "0.41"]
    assert lines[2].split()[1:] == ["frozen", "120", "EH/s", "[83.4,", "165]", "under", "0.001"]
    assert lines[3].split()[1:] == ["silent", "120", "EH/s", "[83.4,", "165]"]
    assert len(lines) == 4, "a pool that never reported is not listed"
    assert not any("\x1b" in line for line in lines)


def test_a_long_reason_stands_below_its_source_over_the_whole_width() -> None:
    because = "the answer to getblockchaininfo is not JSON (HTTP 200): 'a page' [answer-not-json]"
    found = replace(
        status("ioda"),
        sources=(
            SourceStatus(source="bitcoind_rpc:attic", state="ok", since_s=0.0),
            SourceStatus(source="ioda", state="down", since_s=0.0, because=because),
        ),
    )
    drawn = StringIO()
    console = Console(file=drawn, width=80)
    for part in source_parts(found):
        console.print(part)
    lines = [line.rstrip() for line in drawn.getvalue().splitlines()]
    assert len(lines) == 4
    assert lines[0].startswith("bitcoind_rpc:attic  answers                 since ")
    assert lines[1].startswith("ioda                gives no usable answer  since ")
    assert " ".join(line.strip() for line in lines[2:]) == because
    assert all(len(line) <= 80 for line in lines)
