"""A report takes the hash rate's own drift from months of blocks, not from the weeks around it."""

from hashquake.estimate.drop_prediction import Counts, predict_drop
from hashquake.estimate.volatility import learned
from hashquake.observatory import open_observatory

DAY_S = 86_400.0


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
