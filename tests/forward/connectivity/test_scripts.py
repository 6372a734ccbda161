"""Each script's truth, and that the signals show it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.documented_windows import DARK, ONLINE

from hashquake.core.errors import UsageError
from hashquake.core.times import DAY_S, HOUR_S, MINUTE_S, parse_time
from hashquake.core.window import Window
from hashquake.datasets.events import event_named
from hashquake.forward.connectivity.country import Country, draw_country
from hashquake.forward.connectivity.country_signals import CountrySignals, simulate_country
from hashquake.forward.connectivity.cut import Cut, impose
from hashquake.forward.connectivity.failure_scripts import (
    CollectorFailure,
    NetworkFault,
    PowerFailure,
    UpstreamFailure,
)
from hashquake.forward.connectivity.model import QUANTITIES, ConnectivityModel, Quantity
from hashquake.forward.connectivity.presets import (
    IRAN_2019,
    IRAN_2022,
    KAZAKHSTAN_2022,
    MYANMAR_2021,
)
from hashquake.forward.connectivity.scripts import OutageScript
from hashquake.forward.connectivity.shutdown_scripts import KillSwitch, StaggeredShutdown
from hashquake.forward.connectivity.truth import signal_down

STEADY = ConnectivityModel(faults_per_year=0.0)
DAY = Window(start_s=parse_time("2023-03-06T08:00Z"), end_s=parse_time("2023-03-06T20:00Z"))

MYANMAR_OFFSET_S = 6.5 * HOUR_S


def _country(seed: int = 11) -> Country:
    return draw_country(np.random.default_rng(seed), utc_offset_s=6.0 * HOUR_S)


def _run(*scripts: OutageScript, start: str = "2023-03-01", days: int = 14) -> CountrySignals:
    start_s = parse_time(start)
    window = Window(start_s=start_s, end_s=start_s + days * DAY_S)
    rng = np.random.default_rng(12)
    return simulate_country(_country(), rng, window=window, scripts=scripts, model=STEADY)


def _ratio(signals: CountrySignals, quantity: Quantity, window: Window, *, k: int = -1) -> float:
    """Mean inside a window over the mean of the same hours a week before."""
    signal = signals.signal(quantity)
    values = signal.national if k < 0 else signal.by_network[k].astype(float)
    times = signal.times_s
    inside = (times >= window.start_s) & (times + signal.step_s <= window.end_s)
    before = np.roll(inside, -(7 * DAY_S // signal.step_s))
    return float(np.nanmean(values[inside]) / np.nanmean(values[before]))


def _inner(window: Window, margin_s: float = 15.0 * MINUTE_S) -> Window:
    return Window(start_s=window.start_s + margin_s, end_s=window.end_s - margin_s)


def test_kazakhstan_keeps_its_routes_and_loses_all_else() -> None:
    signals = _run(KAZAKHSTAN_2022, start="2021-12-28")
    truth = signals.outages[0]
    assert truth.cause == "kill_switch"
    assert len(truth.dark) == 6
    for dark in truth.dark:
        assert _ratio(signals, "bgp_slash24s", _inner(dark)) > 0.97
        assert 0.02 < _ratio(signals, "probing_slash24s", _inner(dark)) < 0.05
        assert 0.015 < _ratio(signals, "traffic_share", _inner(dark)) < 0.055
        assert _ratio(signals, "telescope_packets", _inner(dark)) < 0.2
    for online in KAZAKHSTAN_2022.online:
        assert _ratio(signals, "probing_slash24s", _inner(online)) > 0.95
    assert not signal_down(truth, signals.country, quantity="bgp_slash24s", depth_share=0.03)


def test_kazakhstan_s_windows_are_those_of_the_bundled_transcription() -> None:
    assert KAZAKHSTAN_2022.online == ONLINE
    assert KAZAKHSTAN_2022.window == event_named("kazakhstan-2022").window
    dark = _run(KAZAKHSTAN_2022, start="2021-12-28").outages[0].dark
    for true, documented in zip(dark, DARK, strict=True):
        assert 0 <= true.start_s - documented.start_s <= 9 * MINUTE_S
        assert 0 <= true.end_s - documented.end_s <= 9 * MINUTE_S


def test_a_kill_switch_is_synchronous() -> None:
    truth = _run(KillSwitch(window=DAY)).outages[0]
    assert not np.isnan(truth.onset_s).any()
    assert np.ptp(truth.onset_s) < 8 * MINUTE_S
    assert truth.restorations_s == (truth.dark[0].end_s,)
    assert 0.95 <= truth.depth_share[QUANTITIES.index("traffic_share")] <= 0.98


def test_phones_only_leaves_homes_untouched() -> None:
    signals = _run(IRAN_2022, start="2022-09-12")
    mobile, truth = signals.country.mobile, signals.outages[0]
    assert np.array_equal(~np.isnan(truth.onset_s), mobile)
    inner = _inner(IRAN_2022.window)
    for k, is_mobile in enumerate(mobile[:8]):
        ratio = _ratio(signals, "probing_slash24s", inner, k=k)
        assert ratio < 0.1 if is_mobile else ratio > 0.8
    # Its users show in traffic; its shared addresses hardly in counts of blocks.
    down = truth.depth_share
    assert down[QUANTITIES.index("traffic_share")] > down[QUANTITIES.index("probing_slash24s")]
    assert down[QUANTITIES.index("bgp_slash24s")] < 0.05


def test_iran_in_2019_falls_over_five_hours_phones_first() -> None:
    signals = _run(IRAN_2019, start="2019-11-09")
    truth, mobile = signals.outages[0], signals.country.mobile
    assert truth.cause == "kill_switch"
    after_s = truth.onset_s - IRAN_2019.window.start_s
    assert after_s.min() == 0.0
    assert after_s[mobile].max() < after_s[~mobile].min()
    assert 2 * HOUR_S < after_s.max() <= 5 * HOUR_S
    dark = Window(start_s=parse_time("2019-11-17"), end_s=parse_time("2019-11-20"))
    for k in range(6):
        routes = _ratio(signals, "bgp_slash24s", dark, k=k)
        assert routes < 0.25 if mobile[k] else routes > 0.55
    assert _ratio(signals, "traffic_share", dark) < 0.06


def test_iran_in_2019_is_three_quarters_dark_in_the_first_half_of_the_stagger() -> None:
    shares = []
    for seed in range(200):
        country = draw_country(np.random.default_rng(seed))
        cut = IRAN_2019.cuts(country, np.random.default_rng(seed))[0]
        by = cut.start_s + cut.fall_s <= parse_time("2019-11-16T16:45Z")
        shares.append(country.users_shares[by].sum())
    assert 0.65 < np.mean(shares) < 0.85


def test_a_curfew_comes_every_night_at_the_same_hours() -> None:
    script = replace(MYANMAR_2021, nights=5)
    truth = _run(script, start="2021-02-10").outages[0]
    assert truth.cause == "curfew"
    assert len(truth.dark) == 5
    for dark in truth.dark:
        assert (dark.start_s + MYANMAR_OFFSET_S) % DAY_S - HOUR_S < 10 * MINUTE_S
        assert (dark.end_s + MYANMAR_OFFSET_S) % DAY_S - 9 * HOUR_S < 10 * MINUTE_S


def test_a_cable_takes_those_behind_it_together_with_their_routes() -> None:
    signals = _run(UpstreamFailure(window=DAY))
    truth, country = signals.outages[0], signals.country
    fell = ~np.isnan(truth.onset_s)
    behind = {n.upstream_asn for n, down in zip(country.networks, fell, strict=True) if down}
    others = {n.upstream_asn for n, down in zip(country.networks, fell, strict=True) if not down}
    assert len(behind) == 1
    assert not behind & others
    users = dict.fromkeys(behind | others, 0.0)
    for network in country.networks:
        users[network.upstream_asn] += network.users_share
    assert behind == {max(users, key=lambda asn: users[asn])}
    assert np.nanmax(truth.onset_s) - np.nanmin(truth.onset_s) < 3 * MINUTE_S
    k = int(np.flatnonzero(fell)[0])
    assert _ratio(signals, "bgp_slash24s", _inner(DAY), k=k) < 0.11
    assert _ratio(signals, "probing_slash24s", _inner(DAY), k=k) < 0.15


def test_a_named_upstream_is_the_one_that_fails() -> None:
    asn = _country().networks[-1].upstream_asn
    truth = _run(UpstreamFailure(window=DAY, upstream_asn=asn)).outages[0]
    behind = [network.upstream_asn == asn for network in _country().networks]
    assert np.array_equal(~np.isnan(truth.onset_s), behind)


def test_an_upstream_that_nobody_has_is_refused() -> None:
    with pytest.raises(UsageError) as caught:
        _run(UpstreamFailure(window=DAY, upstream_asn=64_496))
    assert caught.value.code == "cut-nobody"


def test_a_grid_failure_decays_with_the_batteries_and_returns_slowly() -> None:
    script = PowerFailure(window=DAY)
    signals = _run(script)
    truth = signals.outages[0]
    first = Window(start_s=DAY.start_s + 10 * MINUTE_S, end_s=DAY.start_s + HOUR_S)
    late = Window(start_s=DAY.end_s - 2 * HOUR_S, end_s=DAY.end_s)
    rise = Window(start_s=DAY.end_s + 2 * HOUR_S, end_s=DAY.end_s + 4 * HOUR_S)
    early = _ratio(signals, "probing_slash24s", first)
    deep = _ratio(signals, "probing_slash24s", late)
    assert 0.3 < early < 0.85
    assert deep < 0.6 * early
    assert deep < _ratio(signals, "probing_slash24s", rise) < 0.95
    assert _ratio(signals, "bgp_slash24s", late) > 0.55
    # The second cut holds the batteries: hours apart, unlike an order's minutes.
    assert np.nanstd(truth.cuts[1].start_s) > HOUR_S


def test_a_regional_power_cut_is_shallow() -> None:
    truth = _run(PowerFailure(window=DAY, area_share=0.2)).outages[0]
    assert truth.dark == ()
    assert 0.1 < truth.depth_share[QUANTITIES.index("traffic_share")] < 0.3


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_a_collector_s_failure_drops_one_signal_and_darkens_nobody(quantity: Quantity) -> None:
    signals = _run(CollectorFailure(window=DAY, quantity=quantity))
    truth = signals.outages[0]
    assert truth.dark == ()
    assert np.isnan(truth.onset_s).all()
    for other in QUANTITIES:
        depth = truth.depth_share[QUANTITIES.index(other)]
        assert depth == pytest.approx(0.6 if other == quantity else 0.0, abs=1e-6)
        ratio = _ratio(signals, other, _inner(DAY))
        assert ratio < 0.65 if other == quantity else ratio > 0.7


def test_one_network_s_fault_is_no_outage_of_the_country() -> None:
    country = _country()
    truth = _run(NetworkFault(window=DAY, asn=country.networks[-1].asn)).outages[0]
    assert truth.dark == ()
    assert (~np.isnan(truth.onset_s)).sum() == 1


def test_scripts_do_not_share_their_random_numbers() -> None:
    later = Window(start_s=DAY.start_s + 2 * DAY_S, end_s=DAY.end_s + 2 * DAY_S)
    one = _run(KillSwitch(window=DAY)).outages[0]
    two = _run(KillSwitch(window=DAY), KillSwitch(window=later)).outages[0]
    assert np.array_equal(one.onset_s, two.onset_s)


def test_an_outage_shorter_than_its_stagger_is_refused() -> None:
    brief = Window(start_s=DAY.start_s, end_s=DAY.start_s + HOUR_S)
    with pytest.raises(UsageError) as caught:
        StaggeredShutdown(window=brief)
    assert caught.value.code == "stagger-long"


@pytest.mark.parametrize("online", [(0, 2), (-1, 2), (9, 12), (2, 4, 4, 6), (5, 6, 2, 3)])
def test_stretches_online_that_part_nothing_are_refused(online: tuple[int, ...]) -> None:
    windows = tuple(
        Window(start_s=DAY.start_s + a * HOUR_S, end_s=DAY.start_s + b * HOUR_S)
        for a, b in zip(online[::2], online[1::2], strict=True)
    )
    with pytest.raises(UsageError) as caught:
        KillSwitch(window=DAY, online=windows)
    assert caught.value.code == "online-windows"


def test_a_cut_that_returns_before_it_falls_is_refused() -> None:
    one = np.zeros(1)
    with pytest.raises(UsageError) as caught:
        Cut(start_s=one, end_s=one, fall_s=one + 1, rise_s=one, remaining_share=np.ones((4, 1)))
    assert caught.value.code == "cut-times"


@settings(max_examples=40, deadline=None)
@given(seconds=st.integers(1, 20_000), seed=st.integers(0, 10_000))
def test_no_length_of_window_is_refused_by_chance(seconds: int, seed: int) -> None:
    country, rng = _country(), np.random.default_rng(seed)
    window = Window(start_s=DAY.start_s, end_s=DAY.start_s + seconds)
    for script in (
        KillSwitch(window=window),
        PowerFailure(window=window),
        UpstreamFailure(window=window),
        StaggeredShutdown(window=window, stagger_s=float(seconds)),
    ):
        for cut in script.cuts(country, rng):
            assert np.nanmin(cut.start_s, initial=np.inf) >= window.start_s


@settings(max_examples=80, deadline=None)
@given(
    start=st.integers(-500, 4000),
    fall=st.integers(0, 900),
    low=st.integers(0, 3000),
    rise=st.integers(0, 900),
    remaining=st.floats(0.0, 1.0),
)
def test_a_cut_leaves_the_mean_of_its_trapezoid(
    start: int, fall: int, low: int, rise: int, remaining: float
) -> None:
    end = start + fall + low
    cut = Cut(
        start_s=np.array([float(start), np.nan]),
        end_s=np.array([float(end), np.nan]),
        fall_s=np.array([float(fall), 0.0]),
        rise_s=np.array([float(rise), 0.0]),
        remaining_share=np.full((4, 2), remaining),
    )
    values = np.ones((2, 12), np.float32)
    impose(values, cut, row=1, start_s=0.0, step_s=300.0)
    at = np.arange(0.05, 3600.0, 0.1)
    knots = [start - 1e-6, start + fall, end + 1e-6, end + rise + 2e-6]
    depth = np.interp(at, knots, [0.0, 1.0, 1.0, 0.0], left=0.0, right=0.0)
    expected = (1.0 - (1.0 - remaining) * depth).reshape(12, 3000).mean(axis=1)
    assert np.allclose(values[0], expected, atol=2e-3)
    assert (values[1] == 1.0).all()
