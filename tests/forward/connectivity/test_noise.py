"""Rhythms, drift and counts: the moments promised, against scipy and against arithmetic."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from hashquake.core.times import DAY_S, HOUR_S, YEAR_S, parse_time
from hashquake.core.window import Window
from hashquake.forward.connectivity.country import Country, draw_country
from hashquake.forward.connectivity.country_signals import SimulatedSignal, simulate_country
from hashquake.forward.connectivity.model import ConnectivityModel, Quantity, SignalModel
from hashquake.forward.connectivity.noise import (
    add_bursts,
    binomial_counts,
    poisson_counts,
    silent_steps,
    slow_drift,
    week_rhythm,
)

START_S = parse_time("2023-01-01")
OFFSET_S = 3.0 * HOUR_S
WINDOW = Window(start_s=START_S, end_s=START_S + 140 * DAY_S)


def _quiet(quantity: Quantity, seed: int = 1) -> tuple[Country, SimulatedSignal]:
    rng = np.random.default_rng(seed)
    country = draw_country(rng, utc_offset_s=OFFSET_S)
    model = ConnectivityModel(faults_per_year=0.0)
    signals = simulate_country(country, rng, window=WINDOW, model=model)
    return country, signals.signal(quantity)


@pytest.mark.parametrize("mean", [0.0, 0.02, 0.7, 4.0, 29.9, 30.1, 80.0, 3000.0])
def test_poisson_counts_are_poisson(mean: float) -> None:
    values = np.full((4, 50_000), mean, np.float32)
    poisson_counts(values, np.random.default_rng(3).standard_normal(values.shape, np.float32))
    assert values.mean() == pytest.approx(mean, abs=4 * np.sqrt(max(mean, 1e-12) / values.size))
    assert values.var() == pytest.approx(mean, rel=0.05 if mean < 0.1 else 0.02, abs=1e-9)
    for level in (0.001, 0.25, 0.5, 0.9, 0.999):
        at = stats.poisson.ppf(level, mean)
        share = (values <= at).mean()
        assert share == pytest.approx(stats.poisson.cdf(at, mean), abs=0.006)


@pytest.mark.parametrize(("n", "p"), [(1, 0.6), (20, 0.02), (50, 0.97), (400, 0.6), (5000, 0.03)])
def test_binomial_counts_are_binomial(n: int, p: float) -> None:
    values = np.full((4, 50_000), p, np.float32)
    variates = np.random.default_rng(4).standard_normal(values.shape, np.float32)
    binomial_counts(values, np.full(4, float(n)), variates)
    assert values.mean() == pytest.approx(n * p, abs=4 * np.sqrt(n * p * (1 - p) / values.size))
    assert values.var() == pytest.approx(n * p * (1 - p), rel=0.02)
    assert values.min() >= 0
    assert values.max() <= n
    for level in (0.01, 0.5, 0.99):
        at = stats.binom.ppf(level, n, p)
        assert (values <= at).mean() == pytest.approx(stats.binom.cdf(at, n, p), abs=0.006)


@settings(max_examples=60, deadline=None)
@given(
    variates=st.floats(-5.0, 5.0),
    mean=st.floats(0.0, 5000.0),
    left=st.floats(0.0, 1.0),
    n=st.integers(1, 3000),
)
def test_less_never_counts_more(variates: float, mean: float, left: float, n: int) -> None:
    z = np.full((1, 2), variates, np.float32)
    packets = np.array([[mean, mean * left]], np.float32)
    poisson_counts(packets, z)
    blocks = np.array([[0.8, 0.8 * left]], np.float32)
    binomial_counts(blocks, np.array([float(n)]), z)
    # Where exact counting hands over to the normal quantile, rounding may cost one count.
    assert packets[0, 1] <= packets[0, 0] + 1.0
    assert blocks[0, 1] <= blocks[0, 0] + 1.0


@pytest.mark.parametrize("offset_h", [-5.0, 0.0, 6.5])
def test_a_week_peaks_in_the_evening_and_rests_at_the_weekend(offset_h: float) -> None:
    model = SignalModel(step_s=1800, lag_s=0.0, daily_share=0.45, weekend_share=0.08)
    rhythm = week_rhythm(model, utc_offset_s=offset_h * HOUR_S)
    assert rhythm.mean() == pytest.approx(1.0)
    local_s = (np.arange(len(rhythm)) + 0.5) * 1800 + offset_h * HOUR_S
    hours = local_s % DAY_S / HOUR_S
    by_hour = [rhythm[(hours >= h) & (hours < h + 1)].mean() for h in range(24)]
    assert int(np.argmax(by_hour)) in (20, 21)
    assert int(np.argmin(by_hour)) in (4, 5)
    # The epoch began on a Thursday: Saturday is day 2 after it, Sunday day 3.
    days = (local_s // DAY_S).astype(int) % 7
    weekend = np.isin(days, [2, 3])
    assert rhythm[weekend].mean() / rhythm[~weekend].mean() == pytest.approx(0.92, abs=0.001)


def test_drift_has_its_deviation_and_its_memory() -> None:
    model = SignalModel(step_s=1800, lag_s=0.0, drift_share=0.1, drift_s=4.0 * DAY_S)
    drift = slow_drift(model, np.random.default_rng(5), (400, 48 * 60))
    assert drift.std() == pytest.approx(0.1, rel=0.05)
    assert drift.mean() == pytest.approx(0.0, abs=0.004)
    day = 48 * 4
    memory = (drift[:, :-day] * drift[:, day:]).mean() / drift.var()
    assert memory == pytest.approx(np.exp(-1.0), abs=0.04)


def test_bursts_come_as_often_as_asked_and_have_a_pareto_tail() -> None:
    values = np.ones((50, 105_192), np.float32)
    add_bursts(values, np.random.default_rng(6), step_s=300.0, per_year=40.0, burst_s=1.0, tail=1.5)
    bursts = values[values > 1.0]
    assert len(bursts) == pytest.approx(50 * 40, abs=4 * np.sqrt(2000))
    # Size over 1 is 1 + Pareto: P(size > 4) = 4 ** -1.5.
    assert (bursts - 1.0 > 4.0).mean() == pytest.approx(4.0**-1.5, abs=0.03)


def test_an_instrument_is_silent_for_as_long_as_asked() -> None:
    model = SignalModel(step_s=300, lag_s=0.0, gaps_per_year=6.0, gap_s=7200.0)
    rng = np.random.default_rng(7)
    shares = [silent_steps(model, rng, 105_192).mean() for _ in range(300)]
    expected = 6.0 * (7200.0 + 300.0) / YEAR_S
    assert np.mean(shares) == pytest.approx(expected, rel=0.15)


def test_routes_are_nearly_constant() -> None:
    country, bgp = _quiet("bgp_slash24s")
    national = bgp.national[~np.isnan(bgp.national)]
    assert national.std() / national.mean() < 0.01
    assert national.mean() == pytest.approx(country.slash24s.sum(), rel=0.02)
    assert (np.abs(np.diff(national)) / national[1:] < 0.01).mean() > 0.999


def test_probing_varies_from_round_to_round_as_a_binomial() -> None:
    country, probing = _quiet("probing_slash24s")
    for k in (0, 5):
        values = probing.by_network[k].astype(float)
        p = np.nanmean(values) / country.slash24s[k]
        jumps = np.nanvar(np.diff(values)) / 2.0
        assert jumps == pytest.approx(country.slash24s[k] * p * (1 - p), rel=0.06)


def test_the_telescope_is_noisier_than_poisson_with_a_heavy_tail() -> None:
    _, telescope = _quiet("telescope_packets")
    values = telescope.by_network[3].astype(float)
    level = np.nanmedian(values)
    assert np.nanvar(values) > 10.0 * level
    assert np.nanmax(values) > 3.0 * level
    assert (values > 2.0 * level).mean() < 0.02


def test_traffic_follows_the_evening_and_the_week() -> None:
    _, traffic = _quiet("traffic_share")
    assert np.nanmean(traffic.national) == pytest.approx(1.0, abs=0.02)
    local_s = traffic.times_s + OFFSET_S
    hours = local_s % DAY_S // HOUR_S
    evening = np.nanmean(traffic.national[(hours >= 20) & (hours < 21)])
    night = np.nanmean(traffic.national[(hours >= 5) & (hours < 6)])
    assert evening == pytest.approx(1.45, abs=0.04)
    assert evening / night == pytest.approx(1.45 / 0.45, rel=0.06)
    weekend = np.isin((local_s // DAY_S + 3) % 7, [5, 6])
    ratio = np.nanmean(traffic.national[weekend]) / np.nanmean(traffic.national[~weekend])
    assert ratio == pytest.approx(0.92, abs=0.01)


def test_a_smaller_network_s_traffic_is_noisier() -> None:
    country, traffic = _quiet("traffic_share")
    for k in (0, 10, 25):
        values = np.log(traffic.by_network[k].astype(float))
        # Second differences a day apart leave the noise alone: rhythm and drift cancel.
        noise = np.diff(values[48:] - values[:-48])
        expected = 0.02 * np.sqrt(0.1 / country.users_shares[k])
        assert np.nanstd(noise) / 2.0 == pytest.approx(expected, rel=0.1)
