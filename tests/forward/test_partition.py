"""A cut country: two Poisson chains, checked against published figures and against simulation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashquake.core.errors import UsageError
from hashquake.core.interval import Interval
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.forward.double_spend import nakamoto, rosenfeld, share_after_loss
from hashquake.forward.partition import (
    partition,
    reversal_risk,
)
from hashquake.forward.selfish_mining import selfish_revenue_share, simulated_revenue_share


def test_the_minority_is_ahead_after_an_hour_as_skellam_says() -> None:
    assert partition(0.18, HOUR_S).inside_longer == pytest.approx(0.0284, abs=5e-5)
    assert partition(0.30, HOUR_S).inside_longer == pytest.approx(0.111, abs=5e-4)


def test_a_simulation_agrees() -> None:
    rng = np.random.default_rng(1)
    inside = rng.poisson(0.3 * 12, 400_000)
    outside = rng.poisson(0.7 * 12, 400_000)
    whole = partition(0.3, 2 * HOUR_S)
    assert whole.inside_longer == pytest.approx(float(np.mean(inside > outside)), abs=2e-3)
    assert whole.tie == pytest.approx(float(np.mean(inside == outside)), abs=2e-3)
    held = inside >= 3
    lost = (outside > inside) + 0.7 * (outside == inside)
    assert reversal_risk(0.3, 2 * HOUR_S, 3) == pytest.approx(float(np.mean(lost[held])), abs=5e-3)


@given(
    share=st.floats(0.001, 0.49),
    hours=st.floats(0.2, 100.0),
    domestic=st.floats(0.0, 1.0),
)
def test_what_is_undone_is_at_most_what_was_found(
    share: float, hours: float, domestic: float
) -> None:
    whole = partition(share, hours * HOUR_S, domestic_share=domestic)
    assert 0.0 <= whole.inside_longer + whole.tie <= 1.0 + 1e-9
    assert whole.undone_inside.high <= whole.inside_blocks.high
    assert whole.inside_interval_s >= whole.outside_interval_s


def test_an_uncertain_share_widens_what_comes_out() -> None:
    sure = partition(0.18, 5 * DAY_S)
    unsure = partition(Interval(median=0.18, low=0.10, high=0.26, level=0.9), 5 * DAY_S)
    assert unsure.inside_blocks.high - unsure.inside_blocks.low > 1.5 * (
        sure.inside_blocks.high - sure.inside_blocks.low
    )


def test_a_lopsided_share_keeps_its_median_and_its_interval() -> None:
    known = Interval(median=0.028, low=0.001, high=0.165, level=0.9)
    whole = partition(known, 5 * DAY_S)
    assert whole.inside_share.median == pytest.approx(known.median, rel=1e-9)
    assert whole.inside_share.low == pytest.approx(known.low, rel=0.02)
    assert whole.inside_share.high == pytest.approx(known.high, rel=0.02)
    blocks = 5 * DAY_S / whole.inside_interval_s
    assert whole.inside_blocks.median == pytest.approx(blocks, abs=2.0)


def test_without_a_pool_inside_nothing_is_mined_there() -> None:
    idle = partition(0.18, 5 * DAY_S, domestic_share=0.0)
    assert idle.inside_blocks.high == 0.0
    assert idle.inside_longer == 0.0
    assert idle.inside_interval_s == float("inf")


def test_a_long_cut_is_sure() -> None:
    assert partition(0.18, DAY_S).inside_longer < 0.001


def test_double_spends_by_both_formulas() -> None:
    assert nakamoto(0.1, 6) == pytest.approx(0.0002428, abs=5e-8)
    assert rosenfeld(0.1, 6) == pytest.approx(0.0005914, abs=5e-8)
    assert rosenfeld(0.5, 6) == 1.0
    assert share_after_loss(0.3, 0.18) == pytest.approx(0.3659, abs=1e-4)


def test_selfish_mining_earns_what_eyal_and_sirer_say() -> None:
    assert selfish_revenue_share(0.4) == pytest.approx(0.4837, abs=5e-5)
    rng = np.random.default_rng(1)
    for share, ties in ((0.4, 0.0), (0.3, 0.5), (0.2, 1.0)):
        played = simulated_revenue_share(share, rng, tie_share=ties, n_blocks=2_000_000)
        assert played == pytest.approx(selfish_revenue_share(share, tie_share=ties), abs=2e-3)


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: partition(1.2, HOUR_S), "share-range"),
        (lambda: partition(0.2, -1.0), "duration-range"),
        (lambda: partition(0.2, HOUR_S, domestic_share=2.0), "share-range"),
        (lambda: reversal_risk(0.2, HOUR_S, 0), "confirmations-range"),
        (lambda: rosenfeld(-0.1, 6), "share-range"),
        (lambda: nakamoto(0.1, -1), "confirmations-range"),
        (lambda: share_after_loss(0.6, 0.6), "share-range"),
        (lambda: selfish_revenue_share(0.7), "share-range"),
    ],
)
def test_what_cannot_be_is_refused(call: object, code: str) -> None:
    with pytest.raises(UsageError) as error:
        call()  # type: ignore[operator]  # a table of calls
    assert error.value.code == code
