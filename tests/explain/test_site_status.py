"""Sites: dark only behind an outage, up where something sees them, unknown otherwise."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.explain.made_outage import START_S, made_outage

from hashquake.core.interval import Interval
from hashquake.core.reading import Reading
from hashquake.core.site import BEATS, HEARTBEAT, Site, SiteStanding
from hashquake.core.window import Window
from hashquake.explain.site_history import silent_after_s, site_history
from hashquake.explain.site_status import (
    Darkness,
    darkness_at,
    judge_site,
    site_earnings,
)

HOUR_S = 3600.0
SITE = Site(id="a", name="A", country="KZ", grid="KZ", hashrate_hps=1e18)
DARK_S = START_S + 6 * HOUR_S
KZ = frozenset({"country:KZ"})


def beats(*, until_s: float, since_s: float = START_S - 48 * HOUR_S) -> list[Reading]:
    ends_s = [since_s + 60.0 * at for at in range(1, int((until_s - since_s) // 60.0) + 1)]
    return [value(end_s, 1.0, quantity=BEATS, source=HEARTBEAT, span_s=60.0) for end_s in ends_s]


def value(
    end_s: float,
    said: float,
    *,
    quantity: str = "hashrate_hps",
    source: str = "site_pool",
    span_s: float = 300.0,
) -> Reading:
    return Reading(
        subject="site:a",
        quantity=quantity,
        window=Window(start_s=end_s - span_s, end_s=end_s),
        value=said,
        source=source,
    )


def dark(**chances: float) -> Darkness:
    made = made_outage("country:KZ", **(chances or {"kill_switch": 1.0}))
    found = darkness_at(made, DARK_S, watched_until_s=DARK_S)
    assert found is not None
    return found


def judged(
    readings: list[Reading],
    *darkness: Darkness,
    site: Site = SITE,
    at_s: float = DARK_S,
    watched: frozenset[str] = KZ,
    others_seen: bool | None = None,
) -> SiteStanding:
    return judge_site(
        site,
        site_history(readings, at_s),
        darkness=darkness,
        watched=watched,
        others_seen=others_seen,
    )


def test_a_silent_site_in_a_dark_country_is_dark_since_the_onset() -> None:
    found = judged(beats(until_s=START_S - 60.0), dark())
    assert found.status == "network dark"
    assert found.since_s == pytest.approx(START_S, abs=60.0)
    assert found.dark_probability is not None
    assert found.dark_probability > 0.99
    assert found.outage == "ou20220105kza"


def test_a_site_seen_after_the_onset_went_dark_then() -> None:
    last_s = START_S + 2 * HOUR_S
    found = judged(beats(until_s=last_s), dark())
    assert found.status == "network dark"
    assert found.since_s == pytest.approx(last_s, abs=60.0)
    assert found.since_range_s is not None
    assert found.since_s is not None
    assert found.since_range_s[0] <= found.since_s <= found.since_range_s[1]


def test_a_site_that_is_seen_is_up_whatever_its_country_does() -> None:
    found = judged(beats(until_s=DARK_S), dark())
    assert found.status == "up"
    assert found.dark_probability == 0.0
    assert found.reason.code == "seen"


def test_a_power_cut_is_a_dark_grid() -> None:
    assert judged([], dark(power=0.8, kill_switch=0.2)).status == "grid dark"


def test_a_power_cut_on_another_grid_is_a_dark_network() -> None:
    abroad = replace(SITE, grid="RU")
    assert judged([], dark(power=1.0), site=abroad).status == "network dark"


def test_a_power_cut_abroad_darkens_the_grid_and_not_the_network() -> None:
    abroad = replace(SITE, country="XK", grid="KZ")
    found = judged([], dark(power=1.0), site=abroad)
    assert found.status == "grid dark"
    assert found.network_probability == 0.0


@pytest.mark.parametrize("name", ["artefact", "mobile_only"])
def test_what_does_not_reach_a_site_leaves_it_unknown(name: str) -> None:
    found = judged([], dark(**{name: 1.0}))
    assert found.status == "unknown"
    assert found.dark_probability == 0.0


def test_a_silent_site_without_an_outage_is_unknown() -> None:
    found = judged(beats(until_s=START_S - 60.0))
    assert found.status == "unknown"
    assert found.dark_probability == 0.0
    assert found.since_s == pytest.approx(START_S - 60.0, abs=60.0)
    assert judged([], watched=frozenset()).dark_probability is None


def test_a_shallow_outage_and_a_silence_together_say_dark() -> None:
    shallow = dark()
    shallow = replace(
        shallow,
        outage=replace(
            shallow.outage, depth_share=Interval(median=0.3, low=0.2, high=0.4, level=0.9)
        ),
    )
    assert judged([], shallow).status == "unknown"
    heard = beats(until_s=START_S - 60.0)
    assert judged(heard, shallow).status == "network dark"
    # All sites silent at once: who listens may be at fault, and the silence says nothing.
    found = judged(heard, shallow, others_seen=False)
    assert found.status == "unknown"
    assert found.dark_probability == pytest.approx(0.3)


def test_one_network_that_is_up_is_enough() -> None:
    site = replace(SITE, asns=(1, 2))
    one = replace(dark(), outage=made_outage("asn:1", kill_switch=1.0))
    assert judged([], one, site=site, watched=frozenset({"asn:1", "asn:2"})).status == "unknown"
    two = replace(one, outage=made_outage("asn:2", kill_switch=1.0))
    assert judged([], one, two, site=site).status == "network dark"


def test_its_own_network_goes_before_the_country() -> None:
    site = replace(SITE, asns=(1,))
    assert judged([], dark(), site=site).status == "network dark"
    watched = frozenset({"country:KZ", "asn:1"})
    assert judged([], dark(), site=site, watched=watched).status == "unknown"


def test_a_pool_that_answers_zero_sees_no_work() -> None:
    moving = [value(START_S - 300.0 * at, 1e18 + at) for at in range(200, 0, -1)]
    zeros = [value(START_S + 300.0 * at, 0.0) for at in range(12)]
    found = judged([*moving, *zeros], at_s=zeros[-1].window.end_s)
    assert found.status == "unknown"
    assert found.reason.code == "silent"
    assert found.signals[0].state == "zero"
    assert found.hashrate_from == "pool"


def test_a_pool_whose_value_stands_still_sees_nothing() -> None:
    moving = [value(START_S - 300.0 * at, 1e18 + at) for at in range(200, 0, -1)]
    still = [value(START_S + 300.0 * at, 1e18 + 0.5) for at in range(60)]
    found = judged([*moving, *still], at_s=still[-1].window.end_s)
    assert found.signals[0].state != "alive"


def test_readings_after_the_instant_are_not_known() -> None:
    late = beats(until_s=DARK_S + HOUR_S)
    assert judged(late, at_s=DARK_S) == judged(beats(until_s=DARK_S), at_s=DARK_S)


def test_an_outage_is_dark_in_its_dark_windows_and_open_while_it_is_watched() -> None:
    made = made_outage(kill_switch=1.0)
    end_s = made.dark_windows[-1].end_s
    assert darkness_at(made, START_S - 1.0, watched_until_s=end_s) is None
    assert darkness_at(made, end_s + 1.0, watched_until_s=end_s) is None
    going = replace(made, end_s=None)
    assert darkness_at(going, end_s + HOUR_S, watched_until_s=end_s) is not None
    assert darkness_at(going, end_s + 7 * HOUR_S, watched_until_s=end_s) is None
    assert darkness_at(replace(made, status="rejected"), DARK_S, watched_until_s=end_s) is None


def test_money_is_hash_rate_times_what_a_hash_earns() -> None:
    site = replace(SITE, power_mw=10.0, tariff_usd_per_kwh=0.05)
    rate = Interval(median=1e18, low=0.9e18, high=1.1e18, level=0.9)
    found = site_earnings(
        site,
        rate,
        hash_usd=1e-18,
        fee_log_sd=0.0,
        price_usd=1.0,
        price_age_s=0.0,
        price_log_sd=0.0,
    )
    assert found.usd_per_day.median == pytest.approx(86_400.0)
    assert found.usd_per_day.high / found.usd_per_day.low == pytest.approx(11 / 9)
    assert found.power_usd_per_day == pytest.approx(10 * 24 * 1000 * 0.05)


@given(
    ends_s=st.lists(st.floats(START_S - 48 * HOUR_S, DARK_S), max_size=60),
    depth=st.floats(0.0, 1.0),
    power=st.floats(0.0, 1.0),
    is_dark=st.booleans(),
)
def test_probabilities_are_probabilities_and_status_follows_them(
    ends_s: list[float], depth: float, power: float, is_dark: bool
) -> None:
    readings = [value(end_s, 1.0, quantity=BEATS, source=HEARTBEAT) for end_s in sorted(ends_s)]
    one = dark(power=power, kill_switch=1.0 - power)
    share = Interval(median=depth, low=depth, high=depth, level=0.9)
    one = replace(one, outage=replace(one.outage, depth_share=share))
    found = judged(readings, *([one] if is_dark else []))
    assert found.dark_probability is not None
    assert 0.0 <= found.dark_probability <= 1.0
    if found.status in ("network dark", "grid dark"):
        assert is_dark
        assert found.dark_probability >= 0.5
    if found.status == "up":
        assert ends_s
        assert DARK_S - max(ends_s) <= silent_after_s(sorted(set(ends_s)))
