"""The hash rate's own drift is taken from months of blocks, not from the weeks around a window."""

from pathlib import Path

import pytest

from hashquake.core.window import Window
from hashquake.estimate.block_count import block_count
from hashquake.estimate.drift import POOL_WALK
from hashquake.estimate.drop import drop_of
from hashquake.estimate.drop_prediction import Counts, predict_drop, predicted_p_value
from hashquake.estimate.volatility import learned
from hashquake.explain.incident import default_baseline
from hashquake.observatory import open_observatory
from hashquake.observatory.site_file import read_sites

DAY_S = 86_400.0
SITE = """
[[site]]
id = "ekibastuz"
name = "Ekibastuz 1"
country = "KZ"
asns = [9198]
ths = 750_000
"""


def test_a_report_learns_drift_from_a_year_and_a_half() -> None:
    """With the weeks around it alone, little more than the prior was known of the drift."""
    with open_observatory("bundled") as observatory:
        report = observatory.report("kazakhstan-2022")
        until_s = min(report.window.end_s, report.baseline.end_s)
        blocks = observatory.record.blocks()
    known = blocks.take((blocks.header_s >= until_s - 540.0 * DAY_S) & (blocks.header_s < until_s))
    drift = learned(known, until_s=until_s).without_growth()
    few = learned(known.take(slice(-7_000, None)), until_s=until_s)
    assert drift.walk > 1.2 * few.walk, "else this event cannot show the difference"
    drop = report.network
    counts = Counts(
        n_blocks=drop.n_blocks,
        baseline_n_blocks=drop.baseline_n_blocks,
        exposures=drop.expected_blocks / drop.baseline_n_blocks,
    )
    wanted = predict_drop(counts, report.window, report.baseline, drift).drop_share.interval(0.9)
    shown = drop.shown_share.interval(0.9)
    assert abs(shown.low - wanted.low) < 0.003
    assert abs(shown.high - wanted.high) < 0.003


def test_a_dark_site_learns_the_networks_drift_from_a_year_and_a_half(tmp_path: Path) -> None:
    """The weeks before January 2022 know nothing of how the hash rate moved in 2021."""
    file = tmp_path / "sites.toml"
    file.write_text(SITE, encoding="utf-8")
    at_s = 1_641_556_800.0  # 7 January 2022, 12:00 UTC
    with open_observatory("bundled") as observatory:
        (row,) = observatory.sites(read_sites(file), at=at_s)
        since_s = row.standing.since_s
        assert since_s is not None
        coverage = observatory.record.coverage()
        blocks = observatory.record.blocks()
    window = Window(start_s=since_s, end_s=at_s)
    baseline = default_baseline(window, coverage)
    known = blocks.take(
        (blocks.header_s >= baseline.end_s - 540.0 * DAY_S) & (blocks.header_s < baseline.end_s)
    )
    drift = learned(known, until_s=baseline.end_s).without_growth()
    during, before = (block_count(blocks, one, "network", coverage) for one in (window, baseline))
    wanted = drop_of(during, before, drift=drift).shown_share.interval(0.9)
    shown = row.meanwhile.network_drop_share
    assert shown is not None
    assert abs(shown.low - wanted.low) < 0.003
    assert abs(shown.high - wanted.high) < 0.003


def test_where_a_pools_machines_went_is_judged_by_the_drift_of_a_year() -> None:
    """The weeks before January 2022 know nothing of how the hash rate moved in 2021."""
    with open_observatory("bundled") as observatory:
        moves = observatory.pool("antpool", at="2022-01-12", span_s=10.0 * DAY_S).moves
        blocks = observatory.record.blocks()
    assert moves is not None
    until_s = moves.baseline.end_s
    known = blocks.take((blocks.header_s >= until_s - 365.0 * DAY_S) & (blocks.header_s < until_s))
    drift = learned(known, until_s=until_s)
    assert drift.walk > 1.5 * learned(known.take(slice(-7_000, None)), until_s=until_s).walk
    others = moves.others
    counts = Counts(
        n_blocks=others.n_blocks,
        baseline_n_blocks=others.baseline_n_blocks,
        exposures=others.expected_blocks / others.baseline_n_blocks,
    )
    wanted = predict_drop(counts, moves.window, moves.baseline, drift.without_growth())
    assert others.shown_share.interval(0.9).high == pytest.approx(
        wanted.drop_share.interval(0.9).high, abs=0.003
    )
    assert moves.own.predictive_p_value is not None
    own = Counts(
        n_blocks=moves.own.n_blocks,
        baseline_n_blocks=moves.own.baseline_n_blocks,
        exposures=moves.own.expected_blocks / moves.own.baseline_n_blocks,
    )
    p_value = predicted_p_value(own, moves.window, moves.baseline, drift.with_walk(POOL_WALK))
    assert moves.own.predictive_p_value == pytest.approx(p_value, abs=0.01)
