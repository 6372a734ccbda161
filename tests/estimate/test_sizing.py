"""Sizing: against the exact posterior of a small case, and on falls with a known truth."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal, poisson
from tests.simulated_falls import fall

from hashquake.core.columns import BlockColumns
from hashquake.core.errors import NoCoverage
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.core.window import Window
from hashquake.estimate.intervention import Bins, Fitter, StepModel
from hashquake.estimate.sizing import size_fall


def test_laplace_is_close_to_the_exact_posterior() -> None:
    # No drift worth the name: level and step are all there is, so two integrals are exact.
    model = StepModel(
        drift_log_per_sqrt_day=1e-6, transient_log=0.0, growth_log_per_day=0.0, step_sd_log=0.4
    )
    edges_s = np.arange(11.0) * DAY_S
    counts = np.array([30, 28, 33, 27, 31, 20, 17, 22, 19, 18], float)
    bins = Bins(edges_s=edges_s, n_blocks=counts, exposure_s_per_hash=np.full(10, 2.0))
    fitter = Fitter(bins, model)
    fit = fitter.fit((5 * DAY_S,))
    levels = np.linspace(1.5, 4.0, 401)
    steps = np.linspace(-1.5, 0.8, 461)
    level, step = np.meshgrid(levels, steps, indexing="ij")
    before = np.sum(poisson.logpmf(counts[:5, None, None], 2 * np.exp(level)), axis=0)
    after = np.sum(poisson.logpmf(counts[5:, None, None], 2 * np.exp(level + step)), axis=0)
    centre = float(np.log(counts.sum() + 0.5) - np.log(20.0))
    prior = multivariate_normal([centre, 0.0], np.diag([2.0**2, 0.4**2]))
    mass = np.exp(before + after + prior.logpdf(np.dstack([level, step])) - 0.0)
    mass /= mass.sum()
    mean = float((mass * step).sum())
    sd = float(np.sqrt((mass * (step - mean) ** 2).sum()))
    assert fit.steps_log[0] == pytest.approx(mean, abs=0.05 * sd)
    assert fit.covariance[0, 0] ** 0.5 == pytest.approx(sd, rel=0.03)


def test_evidence_prefers_the_true_moment() -> None:
    rng = np.random.default_rng(2)
    edges_s = np.arange(81.0) * 6 * HOUR_S
    counts = rng.poisson(np.where(np.arange(80) < 40, 36, 20)).astype(float)
    fitter = Fitter(
        Bins(edges_s=edges_s, n_blocks=counts, exposure_s_per_hash=np.ones(80)), StepModel()
    )
    evidence = [fitter.fit((float(at_s),)).log_evidence for at_s in edges_s[30:51]]
    assert abs(int(np.argmax(evidence)) - 10) <= 1
    assert max(evidence) > fitter.fit(()).log_evidence + 5


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_a_fall_that_ends_is_sized_dated_and_ended(seed: int) -> None:
    blocks, onset_s = fall(seed=seed, lasts_d=5.0)
    search = Window(start_s=onset_s - 2 * DAY_S, end_s=onset_s + 12 * HOUR_S)
    sizing = size_fall(blocks, search=search, until_s=onset_s + 15 * DAY_S)
    assert sizing.remaining_share.median == pytest.approx(0.5, abs=0.09)
    assert sizing.onset.start_s - 6 * HOUR_S < onset_s < sizing.onset.end_s + 6 * HOUR_S
    assert sizing.end_s == pytest.approx(onset_s + 5 * DAY_S, abs=DAY_S)
    assert sizing.log_evidence_ratio > 10
    assert sizing.lost_hps.low > 0


def test_nothing_is_found_where_nothing_was() -> None:
    blocks, onset_s = fall(seed=9, drop_share=0.0)
    search = Window(start_s=onset_s - 2 * DAY_S, end_s=onset_s + 2 * DAY_S)
    sizing = size_fall(blocks, search=search, until_s=onset_s + 14 * DAY_S)
    assert sizing.remaining_share.holds(1.0)
    assert sizing.log_evidence_ratio < 3
    assert sizing.onset.duration_s > DAY_S


def test_a_pool_is_sized_on_its_own_blocks() -> None:
    blocks, onset_s = fall(drop_share=0.0, pool_factors=((1, 0.2),))
    search = Window(start_s=onset_s - DAY_S, end_s=onset_s + DAY_S)
    sizing = size_fall(blocks, subject="pool:p01", search=search, until_s=onset_s + 10 * DAY_S)
    assert sizing.remaining_share.high < 0.5
    assert sizing.remaining_share.low < 0.33


def test_blocks_that_do_not_reach_back_are_refused() -> None:
    blocks, onset_s = fall()
    late = blocks.take(blocks.header_s > onset_s - HOUR_S)
    search = Window(start_s=onset_s, end_s=onset_s + DAY_S)
    with pytest.raises(NoCoverage) as refused:
        size_fall(late, search=search, until_s=onset_s + 5 * DAY_S)
    assert refused.value.code == "no-blocks"
    with pytest.raises(NoCoverage):
        size_fall(blocks.take(slice(0, 3)), search=search, until_s=onset_s + 5 * DAY_S)


def test_the_order_of_header_times_inside_a_bin_does_not_matter() -> None:
    blocks, onset_s = fall()
    search = Window(start_s=onset_s - DAY_S, end_s=onset_s + DAY_S)
    whole = size_fall(blocks, search=search, until_s=onset_s + 9 * DAY_S)
    more = size_fall(
        blocks.take(blocks.header_s < onset_s + 9 * DAY_S), search=search,
        until_s=onset_s + 9 * DAY_S,
    )  # fmt: skip
    assert more.remaining_share.median == pytest.approx(whole.remaining_share.median, abs=0.01)
    assert isinstance(blocks, BlockColumns)
