"""Fusion: January 2022 with its routes up, gaps, collectors that fail, order that must not matter.

No series of January 2022 is at hand: these are made by hand from the documented windows.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.documented_windows import DARK, ONLINE
from tests.made_signals import judged, made

from hashquake.core.errors import UsageError
from hashquake.core.times import DAY_S, HOUR_S, parse_time
from hashquake.core.window import Window
from hashquake.detect.fusion import Fused, fuse
from hashquake.detect.series import BGP, PROBING, TELESCOPE, TRAFFIC

WHOLE = Window(start_s=parse_time("2021-12-15"), end_s=parse_time("2022-01-20"))
DAY = Window(start_s=parse_time("2022-01-05T10:00Z"), end_s=parse_time("2022-01-05T16:00Z"))
SIGNALS = (PROBING, BGP, TELESCOPE, TRAFFIC)


def january() -> dict[str, tuple[Window, ...]]:
    return {PROBING: DARK, TRAFFIC: DARK, TELESCOPE: DARK, BGP: ()}


def fused(dark: dict[str, tuple[Window, ...]], **gaps: tuple[Window, ...]) -> tuple[Fused, ...]:
    return fuse(
        [
            judged(made(signal, WHOLE, dark=windows, gaps=gaps.get(signal, ())))
            for signal, windows in dark.items()
        ]
    )


def test_january_2022_is_found_though_the_routes_stayed() -> None:
    (outage,) = fused(january())
    assert outage.onset.holds(DARK[0].start_s)
    assert outage.onset.duration_s <= 1200.0
    assert len(outage.dark_windows) == len(DARK)
    assert len(outage.restorations) == len(ONLINE)
    for got, told in zip(outage.dark_windows, DARK, strict=True):
        assert abs(got.start_s - told.start_s) <= 600.0
        assert abs(got.end_s - told.end_s) <= 600.0
    assert {witness.signal for witness in outage.seen_by} == {PROBING, TRAFFIC, TELESCOPE}
    (routes,) = outage.not_seen_by
    assert routes.signal == BGP
    assert routes.remaining_share == pytest.approx(1.0, abs=0.01)
    assert routes.covered_share == pytest.approx(1.0)
    assert outage.depth_share.holds(0.97)
    assert outage.end_s == pytest.approx(parse_time("2022-01-10T02:00Z"), abs=600.0)


def test_a_monitor_of_routes_alone_would_have_missed_it() -> None:
    assert fused({BGP: january()[BGP]}) == ()


def test_any_of_the_other_instruments_alone_finds_it() -> None:
    for signal in (PROBING, TRAFFIC):
        (outage,) = fused({BGP: (), signal: DARK})
        assert outage.onset.holds(DARK[0].start_s)
        assert len(outage.dark_windows) == len(DARK)


def test_the_telescope_alone_opens_nothing() -> None:
    assert fused({TELESCOPE: (DAY,)}) == ()


def test_a_collector_that_fell_silent_is_no_outage() -> None:
    assert fused(dict.fromkeys(SIGNALS, ()), probing=(DAY,), bgp=(DAY,)) == ()


def test_a_blind_instrument_is_named_with_no_coverage() -> None:
    (outage,) = fused({PROBING: (DAY,), BGP: (), TRAFFIC: ()}, traffic=(DAY,))
    blind = {witness.signal: witness for witness in outage.not_seen_by}[TRAFFIC]
    assert blind.covered_share == pytest.approx(0.0)
    assert blind.remaining_share is None


def test_one_instrument_stands_in_where_another_is_blind() -> None:
    half = Window(start_s=DAY.start_s + 2 * HOUR_S, end_s=DAY.end_s)
    (outage,) = fused({PROBING: (DAY,), TRAFFIC: (DAY,)}, probing=(half,))
    (dark,) = outage.dark_windows
    assert dark.start_s == pytest.approx(DAY.start_s, abs=600.0)
    assert dark.end_s == pytest.approx(DAY.end_s, abs=1800.0)


def test_a_long_stretch_unseen_is_neither_dark_nor_restored() -> None:
    blind = Window(start_s=DAY.start_s + HOUR_S, end_s=DAY.end_s - HOUR_S)
    (outage,) = fused({PROBING: (DAY,)}, probing=(blind,))
    assert len(outage.dark_windows) == 2
    assert outage.restorations == ()


def test_an_outage_that_goes_on_has_no_end() -> None:
    dark = (Window(start_s=WHOLE.end_s - 3 * HOUR_S, end_s=WHOLE.end_s),)
    (outage,) = fused({PROBING: dark, BGP: ()})
    assert outage.end_s is None


def test_shallow_and_short_dips_are_no_outages() -> None:
    short = Window(start_s=DAY.start_s, end_s=DAY.start_s + 1200.0)
    assert fused({PROBING: (short,)}) == ()
    shallow = judged(made(PROBING, WHOLE, dark=(DAY,), remaining_share=0.76))
    assert (shallow.level > 0).any()
    assert fuse([shallow]) == ()


def test_nights_are_one_outage_and_weeks_apart_are_two() -> None:
    nights = tuple(
        Window(start_s=DAY.start_s + day * DAY_S, end_s=DAY.start_s + day * DAY_S + 8 * HOUR_S)
        for day in range(3)
    )
    (outage,) = fused({PROBING: nights})
    assert len(outage.dark_windows) == 3
    assert len(outage.restorations) == 2
    later = Window(start_s=DAY.start_s + 7 * DAY_S, end_s=DAY.end_s + 7 * DAY_S)
    assert len(fused({PROBING: (DAY, later)})) == 2


def test_onsets_that_disagree_make_a_wide_onset() -> None:
    late = Window(start_s=DAY.start_s + 1.5 * HOUR_S, end_s=DAY.end_s)
    (outage,) = fused({PROBING: (late,), TRAFFIC: (DAY,)})
    assert outage.onset.holds(DAY.start_s)
    assert outage.onset.holds(late.start_s)


@given(order=st.permutations(SIGNALS))
@settings(max_examples=10, deadline=None)
def test_the_order_of_signals_does_not_matter(order: list[str]) -> None:
    assert fused({signal: january()[signal] for signal in order}) == fused(january())


@given(start=st.integers(0, 200), hours=st.floats(1.0, 30.0), depth=st.floats(0.4, 1.0))
@settings(max_examples=30, deadline=None)
def test_every_outage_deep_and_long_enough_is_found_in_its_bin(
    start: int, hours: float, depth: float
) -> None:
    dark = Window(
        start_s=DAY.start_s + start * 600.0, end_s=DAY.start_s + start * 600.0 + hours * HOUR_S
    )
    probing = judged(made(PROBING, WHOLE, dark=(dark,), remaining_share=1.0 - depth))
    (outage,) = fuse([probing, judged(made(BGP, WHOLE))])
    assert outage.onset.holds(dark.start_s)
    assert outage.depth_share.median == pytest.approx(depth, abs=0.02)


def test_two_subjects_or_a_signal_twice_are_refused() -> None:
    here, there = made(PROBING, WHOLE), made(BGP, WHOLE, subject="country:IR")
    with pytest.raises(UsageError, match="cannot be fused"):
        fuse([judged(here), judged(there)])
    with pytest.raises(UsageError, match="cannot be fused"):
        fuse([judged(here), judged(here)])


def test_nothing_gives_nothing() -> None:
    assert fuse([]) == ()
    empty = made(PROBING, WHOLE)
    empty.values[:] = np.nan
    assert fuse([judged(empty)]) == ()


def test_an_outage_of_just_under_a_third_is_found_and_held() -> None:
    """A bin above the threshold does not open it, one just below does not end it."""
    (outage,) = fuse([judged(made(PROBING, WHOLE, dark=(DAY,), remaining_share=0.71))])
    (dark,) = outage.dark_windows
    assert dark == DAY
    series = made(PROBING, WHOLE, dark=(DAY,), remaining_share=0.71)
    first = round((DAY.start_s - WHOLE.start_s) / series.step_s)
    series.values[first + 6 : first + 12] *= 0.77 / 0.71
    (held,) = fuse([judged(series)])
    assert held.dark_windows == (DAY,)


def test_the_onset_is_where_the_fall_began() -> None:
    """An hour's slide before the dark belongs to it; routes that shrank by 2 % days ago do not."""
    probing, routes = made(PROBING, WHOLE, dark=(DAY,)), made(BGP, WHOLE, dark=(DAY,))
    first = round((DAY.start_s - WHOLE.start_s) / probing.step_s)
    probing.values[first - 6 : first] *= np.linspace(0.9, 0.75, 6)
    (outage,) = fuse([judged(probing)])
    assert outage.onset.holds(DAY.start_s - HOUR_S)
    assert outage.onset.duration_s == 1200.0
    days_ago = round((DAY.start_s - WHOLE.start_s - 12 * HOUR_S) / routes.step_s)
    routes.values[days_ago:] *= 0.98
    (by_routes,) = fuse([judged(routes)])
    assert by_routes.onset.holds(DAY.start_s)
    assert by_routes.onset.duration_s == 600.0


def test_a_telescope_that_has_been_dark_for_a_shorter_time_does_not_contradict() -> None:
    start_s = DAY.start_s
    probing = made(
        PROBING, Window(start_s=WHOLE.start_s, end_s=start_s + 0.5 * HOUR_S), dark=(DAY,)
    )
    telescope = made(TELESCOPE, Window(start_s=WHOLE.start_s, end_s=start_s + 1500.0), dark=(DAY,))
    (outage,) = fuse([judged(probing), judged(telescope)])
    assert {witness.signal for witness in outage.seen_by} == {PROBING, TELESCOPE}
    calm = made(TELESCOPE, Window(start_s=WHOLE.start_s, end_s=start_s + 1500.0))
    (alone,) = fuse([judged(probing), judged(calm)])
    assert {witness.signal for witness in alone.not_seen_by} == {TELESCOPE}
