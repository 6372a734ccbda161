"""Measured coverage of the exposure model's intervals, pools and total; figures in its theory page.

The truth is drawn from a little off what the model believes: walks that move at every hour,
pools' moves from 0.01 to 0.04, a place whose share the map tells with an error of its own.
"""

import numpy as np
import pytest
from tests.made_outages import make_outage

from hashquake.core.interval import Interval
from hashquake.explain.pool_exposure import count_episode, fit_exposures

TRIALS = 400


@pytest.mark.slow
@pytest.mark.parametrize(
    ("days", "reported"), [(4.8, False), (4.8, True), (2.0, False), (14.0, False)]
)
def test_nine_intervals_in_ten_hold_the_truth_for_pools_and_total(
    days: float, *, reported: bool
) -> None:
    held: list[bool] = []
    total: list[bool] = []
    widths: list[tuple[float, float]] = []
    for seed in range(TRIALS):
        made = make_outage(np.random.default_rng(7000 + seed), days=days)
        found = fit_exposures(
            [count_episode(made.blocks, (made.intensity,), made.coverage)],
            map_shares={made.intensity.event: made.map_share},
            reports=made.reports if reported else (),
            rng=np.random.default_rng(seed),
        )
        dark = {row.pool: row.dark[0].dark_share for row in found.rows}
        total.append(dark["network"].holds(made.network_dark_share))
        pools = [
            (dark[pool], truth)
            for pool, truth in zip(made.pools, made.dark_shares.tolist(), strict=True)
            if pool in dark
        ]
        held += [interval.holds(truth) for interval, truth in pools]
        network = dark["network"]
        widths += [
            (interval.high - interval.low, network.high - network.low) for interval, _ in pools
        ]
    print(days, reported, np.mean(held), np.mean(total), np.median(widths, axis=0))  # noqa: T201  figures for the theory page
    # Of pools the standard error is under a point, of the total one and a half.
    assert 0.86 < np.mean(held) < 0.94
    assert 0.855 < np.mean(total) < 0.945


def _width(interval: Interval) -> float:
    return interval.high - interval.low
