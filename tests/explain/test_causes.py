"""Causes: what is sharp in time and large enough wins; what cannot have done it does not."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.explain.made_outage import made_outage
from tests.made_quake import made_quake

from hashquake.core.interval import Interval
from hashquake.core.quake import CauseName
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.core.window import Window
from hashquake.explain.candidates import (
    Candidate,
    candidate_of_event,
    candidates_of_outage,
    without_repeats,
)
from hashquake.explain.causes import Fall, causes_of, fall_of_quake
from hashquake.explain.window_causes import causes_of_window
from hashquake.serve.wording import cause_because

T0 = 1_750_000_000.0


def interval(median: float, low: float, high: float) -> Interval:
    return Interval(median=median, low=low, high=high, level=0.9)


def fall(**changes: object) -> Fall:
    usual = Fall(
        onset=Window(start_s=T0 - 6 * HOUR_S, end_s=T0 + 6 * HOUR_S),
        remaining_share=interval(0.82, 0.76, 0.88),
        lasted_s=3 * DAY_S,
        watched_s=30 * DAY_S,
        luck_per_year=1.0,
    )
    return replace(usual, **changes)  # type: ignore[arg-type]  # a test's shorthand


def candidate(name: CauseName = "internet", country: str = "KZ", **changes: object) -> Candidate:
    usual = Candidate(
        name=name,
        country=country,
        about="an event",
        window=Window(start_s=T0 - 2 * HOUR_S, end_s=T0 + 3 * DAY_S),
        blur_s=HOUR_S,
        share=interval(0.25, 0.2, 0.3),
    )
    return replace(usual, **changes)  # type: ignore[arg-type]  # a test's shorthand


def chance(causes: object, name: str, country: str | None = None) -> float:
    return sum(
        one.probability
        for one in causes  # type: ignore[attr-defined]  # read by its fields alone
        if one.name == name and (country is None or one.country == country)
    )


@given(
    remaining=st.floats(0.02, 1.3),
    width=st.floats(0.01, 0.4),
    late_s=st.floats(-300 * DAY_S, 300 * DAY_S),
    share=st.floats(0.0005, 0.6),
    n_pools=st.none() | st.integers(0, 8),
    over=st.booleans(),
)
def test_probabilities_sum_to_one_and_hold_luck_and_unknown(
    remaining: float, width: float, late_s: float, share: float, n_pools: int | None, *, over: bool
) -> None:
    seen = fall(
        remaining_share=interval(remaining, remaining * (1 - width), remaining * (1 + width)),
        n_pools=n_pools,
        lasted_s=None if not over else 2 * DAY_S,
    )
    one = candidate(
        window=Window(start_s=T0 + late_s, end_s=T0 + late_s + DAY_S),
        share=interval(share, share / 2, min(1.0, share * 1.5)),
    )
    causes = causes_of(seen, (one, candidate("weather", "US")))
    assert math.isclose(sum(cause.probability for cause in causes), 1.0, abs_tol=1e-9)
    assert {"luck", "unknown"} <= {cause.name for cause in causes}
    assert all(cause_because(cause) for cause in causes)


def test_a_cut_in_time_and_size_is_the_cause() -> None:
    causes = causes_of(fall(), (candidate(),))
    assert causes[0].name == "internet"
    assert causes[0].country == "KZ"
    assert causes[0].probability > 0.9


def test_a_country_cannot_lose_more_than_it_has() -> None:
    small = candidate(country="IR", share=interval(0.03, 0.02, 0.04))
    causes = causes_of(fall(remaining_share=interval(0.83, 0.78, 0.88)), (small,))
    assert chance(causes, "internet", "IR") < 0.05
    reason = next(cause_because(cause) for cause in causes if cause.country == "IR")
    assert "Iran had 3.0 % of hash rate" in reason


def test_june_2025_is_not_irans_blackout() -> None:
    # The fall began on 14 to 16 June and was six times Iran's share; the blackout came on the 18th.
    began_s = 1_750_032_000.0  # 2025-06-16
    june = fall(
        onset=Window(start_s=began_s - 1.5 * DAY_S, end_s=began_s + 1.5 * DAY_S),
        remaining_share=interval(0.82, 0.74, 0.9),
        lasted_s=None,
        n_pools=1,
    )
    blackout = candidate(
        country="IR",
        share=interval(0.03, 0.02, 0.045),
        depth=interval(0.95, 0.9, 0.98),
        window=Window(start_s=began_s + 2.5 * DAY_S, end_s=began_s + 5 * DAY_S),
    )
    assert chance(causes_of(june, (blackout,)), "internet") < 0.01


def test_a_winter_storm_is_weather_and_no_internet_outage() -> None:
    from hashquake.datasets.events import load_events

    known = tuple(one for event in load_events() if (one := candidate_of_event(event)))
    elliott_s = 1_671_800_000.0
    storm = fall(
        onset=Window(start_s=elliott_s - 12 * HOUR_S, end_s=elliott_s + 12 * HOUR_S),
        remaining_share=interval(0.7, 0.6, 0.8),
        lasted_s=2 * DAY_S,
        n_pools=2,
    )
    causes = causes_of(storm, known)
    assert (causes[0].name, causes[0].country) == ("weather", "US")
    assert chance(causes, "internet") < 1e-6


def test_what_came_after_the_fall_did_not_cause_it() -> None:
    late = candidate(window=Window(start_s=T0 + 5 * DAY_S, end_s=T0 + 8 * DAY_S))
    causes = causes_of(fall(), (late,))
    assert chance(causes, "internet") < 1e-6
    assert "before an event" in next(cause_because(one) for one in causes if one.name == "internet")


def test_luck_grows_with_the_rate_of_false_alarms_and_falls_with_pools() -> None:
    small = fall(remaining_share=interval(0.92, 0.85, 0.99))
    assert chance(causes_of(small), "luck") > chance(
        causes_of(replace(small, luck_per_year=0.1)), "luck"
    )
    assert chance(causes_of(replace(small, n_pools=4)), "luck") < chance(
        causes_of(replace(small, n_pools=0)), "luck"
    )
    assert chance(causes_of(replace(small, rejected=True)), "luck") > chance(
        causes_of(small), "luck"
    )


def test_two_pools_that_fell_with_the_network_speak_more_against_luck_than_one() -> None:
    # Luck takes two or more pools along in 14 of 100 alarms, real falls in 40.
    small = fall(remaining_share=interval(0.92, 0.85, 0.99))
    lucks = [chance(causes_of(replace(small, n_pools=n)), "luck") for n in (0, 1, 2, 3)]
    assert lucks[0] > lucks[1] > 1.5 * lucks[2]
    assert lucks[3] == lucks[2]


def test_every_fallen_pool_of_a_quake_is_counted() -> None:
    pools = ("antpool", "f2pool", "poolin")
    for n in range(4):
        quake = made_quake(kind="network+pools" if n else "network", pools=pools[:n])
        assert fall_of_quake(quake).n_pools == n
    assert fall_of_quake(made_quake(), labelled=False).n_pools is None


def test_pools_alone_fall_because_machines_move_or_one_operator_stops() -> None:
    gone = causes_of(fall(pools_only=True, remaining_share=interval(0.05, 0.02, 0.1)))
    assert chance(gone, "operator") + chance(gone, "migration") > 0.8
    assert chance(gone, "internet") == 0.0


def test_luck_behind_a_fall_of_pools_is_as_likely_as_its_review_found() -> None:
    """Poolin, September 2022: its blocks leave no doubt, though chance alarms look as large."""
    remaining = interval(0.46, 0.36, 0.59)
    at_once = causes_of(fall(pools_only=True, remaining_share=remaining))
    assert 0.3 < chance(at_once, "luck") < 0.7
    chances = [
        chance(
            causes_of(
                fall(pools_only=True, remaining_share=remaining, nothing_probability=nothing)
            ),
            "luck",
        )
        for nothing in (0.0, 0.0024, 0.1, 0.5, 0.9, 1.0)
    ]
    assert chances == sorted(chances)
    assert chances[1] < 0.01
    assert 0.3 < chances[3] < 0.7
    assert chances[-1] > 0.999


def test_an_outage_is_a_cut_or_a_power_failure_but_no_artefact() -> None:
    outage = made_outage("country:KZ", kill_switch=0.7, power=0.2, artefact=0.1)
    internet, power = candidates_of_outage(outage, interval(0.18, 0.1, 0.2), now_s=T0)
    assert (internet.name, power.name) == ("internet", "power")
    assert internet.credence + power.credence == pytest.approx(0.9)
    assert candidates_of_outage(replace(outage, subject="asn:9198"), now_s=T0) == ()


def test_an_event_and_the_outage_measured_of_it_count_once() -> None:
    documented = candidate()
    measured = candidate(depth=interval(0.9, 0.8, 0.95))
    assert without_repeats((documented, measured)) == (measured,)
    assert without_repeats((documented, candidate("weather", "US"))) == (
        documented,
        candidate("weather", "US"),
    )


def test_a_window_without_a_fall_is_luck_whatever_happened_in_it() -> None:
    window = Window(start_s=T0, end_s=T0 + 5 * DAY_S)
    baseline = Window(start_s=T0 - 14 * DAY_S, end_s=T0)
    causes = causes_of_window(
        interval(1.03, 0.98, 1.08), window=window, baseline=baseline, candidates=(candidate(),)
    )
    assert causes[0].name == "luck"
    assert "no fall to explain" in next(
        cause_because(one) for one in causes if one.name == "internet"
    )


def test_a_window_with_a_fall_is_its_event() -> None:
    window = Window(start_s=T0, end_s=T0 + 3 * DAY_S)
    baseline = Window(start_s=T0 - 14 * DAY_S, end_s=T0)
    causes = causes_of_window(
        interval(0.8, 0.74, 0.86), window=window, baseline=baseline, candidates=(candidate(),)
    )
    assert causes[0].name == "internet"
    assert math.isclose(sum(one.probability for one in causes), 1.0, abs_tol=1e-9)
