"""The country simulator: same seed same bytes, gaps are NaN, an outage changes nothing else."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.simulated_readings import as_readings

from hashquake.core.coverage import Coverage
from hashquake.core.errors import UsageError
from hashquake.core.times import DAY_S, HOUR_S, parse_time
from hashquake.core.window import Window
from hashquake.forward.connectivity.country import Country, SimulatedNetwork, draw_country
from hashquake.forward.connectivity.country_signals import CountrySignals, simulate_country
from hashquake.forward.connectivity.model import QUANTITIES, ConnectivityModel, SignalModel
from hashquake.forward.connectivity.presets import KAZAKHSTAN_2022
from hashquake.forward.connectivity.shutdown_scripts import KillSwitch

START_S = parse_time("2022-01-01")
WEEK = Window(start_s=START_S, end_s=START_S + 14 * DAY_S)


def _country(seed: int = 1) -> Country:
    return draw_country(np.random.default_rng(seed), code="KZ", utc_offset_s=6.0 * HOUR_S)


def _signals(seed: int = 2, *, cut: bool = False, window: Window = WEEK) -> CountrySignals:
    scripts = (KAZAKHSTAN_2022,) if cut else ()
    return simulate_country(_country(), np.random.default_rng(seed), window=window, scripts=scripts)


def _bytes(signals: CountrySignals) -> list[bytes]:
    return [
        array.tobytes()
        for signal in signals.signals
        for array in (signal.by_network, signal.national, signal.seen_s)
    ]


def test_the_same_seed_gives_the_same_bytes() -> None:
    assert _bytes(_signals(3, cut=True)) == _bytes(_signals(3, cut=True))
    assert _bytes(_signals(3)) != _bytes(_signals(4))


def test_one_generator_gives_one_country_after_another() -> None:
    rng = np.random.default_rng(5)
    one, two = (simulate_country(_country(), rng, window=WEEK) for _ in range(2))
    assert _bytes(one) != _bytes(two)


def test_an_outage_changes_nothing_outside_its_window() -> None:
    quiet, cut = _signals(6), _signals(6, cut=True)
    window = cut.outages[0].window
    for a, b in zip(quiet.signals, cut.signals, strict=True):
        touched = (a.times_s + a.step_s > window.start_s) & (a.times_s < window.end_s)
        assert np.array_equal(a.by_network[:, ~touched], b.by_network[:, ~touched], equal_nan=True)
        assert np.array_equal(np.isnan(a.by_network), np.isnan(b.by_network))
        with np.errstate(invalid="ignore"):
            assert not (b.by_network > a.by_network).any()


def test_grids_are_the_native_steps_and_values_come_late() -> None:
    signals = _signals()
    assert [signal.step_s for signal in signals.signals] == [300, 600, 300, 1800]
    for signal in signals.signals:
        assert signal.by_network.shape == (30, 14 * DAY_S // signal.step_s)
        assert (signal.seen_s > signal.times_s + signal.step_s).all()
    traffic = signals.signal("traffic_share")
    lag_s = traffic.seen_s - traffic.times_s - traffic.step_s
    assert lag_s.min() >= 60 * 60
    assert lag_s.max() <= 90 * 60


def test_the_national_series_is_the_sum_of_the_networks() -> None:
    for signal in _signals().signals:
        whole = ~np.isnan(signal.by_network).any(axis=0)
        total = signal.by_network[:, whole].sum(axis=0, dtype=np.float64)
        assert np.allclose(total, signal.national[whole], rtol=1e-6)
        assert whole.mean() > 0.9


def test_gaps_are_not_a_number_and_never_zero() -> None:
    often = SignalModel(step_s=300, lag_s=0.0, gaps_per_year=200.0, missing_share=0.01)
    model = replace(ConnectivityModel(), bgp=often, faults_per_year=0.0)
    signals = simulate_country(_country(), np.random.default_rng(7), window=WEEK, model=model)
    bgp = signals.signal("bgp_slash24s")
    silent = np.isnan(bgp.national)
    # 7.7 gaps of two hours are expected in a fortnight of 336 hours.
    assert 0.005 < silent.mean() < 0.15
    assert np.isnan(bgp.by_network[:, silent]).all()
    alone = np.isnan(bgp.by_network[:, ~silent]).mean()
    assert alone == pytest.approx(0.01, rel=0.1)
    assert np.nanmin(bgp.by_network) > 0.0
    gaps_s = sum(gap.duration_s for gap in bgp.coverage.gaps(WEEK))
    assert gaps_s == pytest.approx(silent.sum() * 300.0)


def test_an_instrument_that_never_fails_covers_everything() -> None:
    model = ConnectivityModel(bgp=SignalModel(step_s=300, lag_s=0.0, gaps_per_year=0.0))
    signals = simulate_country(_country(), np.random.default_rng(8), window=WEEK, model=model)
    assert signals.signal("bgp_slash24s").coverage == Coverage((WEEK,))


def test_values_cannot_be_written_to() -> None:
    with pytest.raises(ValueError, match="read-only"):
        _signals().signal("traffic_share").national[0] = 1.0


def test_readings_say_that_they_are_simulated_and_skip_what_was_not_covered() -> None:
    signals = _signals(cut=True)
    readings = list(as_readings(signals, by_network=False))
    assert {reading.source for reading in readings} == {"simulated"} == {signals.source}
    assert {reading.subject for reading in readings} == {"country:KZ"}
    assert {reading.quantity for reading in readings} == set(QUANTITIES)
    covered = sum(int((~np.isnan(signal.national)).sum()) for signal in signals.signals)
    assert len(readings) == covered
    assert not any(np.isnan(reading.value) for reading in readings)


def test_readings_of_networks_bear_their_numbers_and_wait_until_they_are_out() -> None:
    signals = _signals()
    until_s = START_S + 3 * HOUR_S
    readings = list(as_readings(signals, until_s=until_s))
    subjects = {f"asn:{network.asn}" for network in signals.country.networks}
    assert {reading.subject for reading in readings} == subjects | {"country:KZ"}
    ends = {
        quantity: max(r.window.end_s for r in readings if r.quantity == quantity)
        for quantity in QUANTITIES
    }
    assert ends["traffic_share"] <= until_s - 3600
    assert ends["bgp_slash24s"] == until_s - 300


def test_faults_fell_small_networks_only() -> None:
    year = Window(start_s=START_S, end_s=START_S + 365 * DAY_S)
    signals = _signals(9, window=year)
    small = {n.asn for n in signals.country.networks if n.users_share < 0.05}
    assert signals.faults
    assert {fault.asn for fault in signals.faults} <= small
    assert len(signals.faults) == pytest.approx(2.0 * len(small), abs=4 * (2 * len(small)) ** 0.5)


def test_a_window_that_cuts_a_day_is_refused() -> None:
    window = Window(start_s=START_S, end_s=START_S + 1.5 * DAY_S)
    with pytest.raises(UsageError, match="day"):
        _signals(window=window)


def test_shares_that_do_not_sum_to_one_are_refused() -> None:
    lone = SimulatedNetwork(asn=1, slash24s=1, users_share=0.9, mobile=False, upstream_asn=2)
    with pytest.raises(UsageError, match="of the country"):
        Country(code="XX", utc_offset_s=0.0, networks=(lone,))


def test_drawn_countries_are_heavy_tailed_with_phones_and_homes_on_top() -> None:
    countries = [draw_country(np.random.default_rng(seed)) for seed in range(200)]
    first = np.mean([country.users_shares[0] for country in countries])
    assert 0.2 < first < 0.4
    for country in countries:
        assert (np.diff(country.users_shares) <= 0.0).all()
        assert country.mobile[:3].any()
        assert not country.mobile[:3].all()
        assert country.slash24s.min() >= 1
        assert country.slash24s.sum() == pytest.approx(10_000, rel=0.01)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    start=st.integers(0, 40),
    length=st.integers(1, 60),
    networks=st.integers(1, 12),
)
def test_whatever_is_cut_values_stay_in_their_bounds(
    seed: int, start: int, length: int, networks: int
) -> None:
    rng = np.random.default_rng(seed)
    country = draw_country(rng, n_networks=networks)
    window = Window(start_s=START_S, end_s=START_S + 2 * DAY_S)
    cut = Window(start_s=START_S + start * HOUR_S, end_s=START_S + start * HOUR_S + length * HOUR_S)
    signals = simulate_country(country, rng, window=window, scripts=(KillSwitch(window=cut),))
    for signal in signals.signals:
        with np.errstate(invalid="ignore"):
            assert not (signal.by_network < 0.0).any()
    probing = signals.signal("probing_slash24s").by_network
    with np.errstate(invalid="ignore"):
        assert not (probing > country.slash24s[:, None]).any()
    truth = signals.outages[0]
    assert len(truth.dark) == 1
    assert truth.dark[0].start_s - cut.start_s <= 10 * 60
    assert truth.window.start_s <= truth.dark[0].start_s < truth.dark[0].end_s
