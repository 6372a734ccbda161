"""The seasonal detector: rhythm is no outage, an outage does not teach itself, gaps, splits."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hashquake.core.errors import UsageError
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.detect import seasonal as detector
from hashquake.detect.anomaly_flags import CRITICAL, NORMAL, UNSEEN, dips, join
from hashquake.detect.series import Floats, Series

STEP_S = 1800.0
DAY = int(DAY_S / STEP_S)


def series(values: Floats) -> Series:
    return Series(subject="country:KZ", signal="traffic", start_s=0.0, step_s=STEP_S, values=values)


def rhythm(days: int, *, seed: int = 3) -> Floats:
    """Traffic with a day and a week in it: the nights fall to a quarter of the noons."""
    at_s = np.arange(days * DAY) * STEP_S
    day = 1.0 + 0.6 * np.sin(2 * np.pi * at_s / DAY_S)
    week = 1.0 - 0.15 * ((at_s // DAY_S) % 7 >= 5)
    noise = np.random.default_rng(seed).standard_normal(len(at_s))
    return day * week * (1.0 + 0.02 * noise)


def test_the_nights_are_no_outage() -> None:
    found = dips(detector.judge(series(rhythm(60))))
    assert all(dip.remaining_share.median > 0.7 for dip in found)


def test_an_outage_is_found_in_its_bin() -> None:
    values = rhythm(30)
    fall, back = 25 * DAY + 20, 25 * DAY + 33
    values[fall:back] *= 0.02
    deep = [dip for dip in dips(detector.judge(series(values))) if dip.level == CRITICAL]
    (dip,) = deep
    assert dip.onset.holds(fall * STEP_S)
    assert dip.onset.duration_s == pytest.approx(2 * STEP_S)
    assert dip.window.end_s >= back * STEP_S
    assert dip.window.end_s <= back * STEP_S + 2 * HOUR_S
    assert dip.remaining_share.median == pytest.approx(0.02, rel=0.3)


def test_last_weeks_outage_raises_nothing_this_week() -> None:
    values = rhythm(40)
    values[20 * DAY : 23 * DAY] *= 0.05
    flags = detector.judge(series(values))
    a_week_on = flags.ratio[27 * DAY : 30 * DAY]
    assert np.median(a_week_on) == pytest.approx(1.0, abs=0.05)
    assert a_week_on.max() < 2.0


def test_a_new_level_is_accepted_after_seven_days() -> None:
    values = rhythm(60)
    values[25 * DAY :] *= 0.4
    flags = detector.judge(series(values))
    (dip,) = [dip for dip in dips(flags) if dip.window.duration_s > DAY_S]
    assert dip.accepted
    assert dip.window.duration_s == pytest.approx(7 * DAY_S, abs=2 * STEP_S)
    assert (flags.level[34 * DAY :] == NORMAL).mean() > 0.93


def test_the_first_week_says_nothing() -> None:
    flags = detector.judge(series(rhythm(8)))
    assert (flags.level[: 7 * DAY] == UNSEEN).all()


def test_a_gap_is_not_seen_and_does_not_end_the_forecasts() -> None:
    values = rhythm(40)
    values[20 * DAY : 22 * DAY] = np.nan
    flags = detector.judge(series(values))
    assert (flags.level[20 * DAY : 22 * DAY] == UNSEEN).all()
    assert (flags.level[22 * DAY :] != UNSEEN).all()
    assert all(dip.level < CRITICAL for dip in dips(flags))


def test_after_a_gap_longer_than_the_hold_it_learns_anew() -> None:
    values = rhythm(60)
    values[20 * DAY : 30 * DAY] = np.nan
    flags = detector.judge(series(values))
    assert (flags.level[34 * DAY : 36 * DAY] == UNSEEN).all()
    assert (flags.level[46 * DAY :] != UNSEEN).all()


def test_a_routing_table_that_never_moves_has_the_narrowest_band() -> None:
    values = np.full(40 * DAY, 500.0)
    values[30 * DAY + 5] = 495.0
    assert dips(detector.judge(series(values))) == ()
    values[30 * DAY + 5] = 480.0
    assert len(dips(detector.judge(series(values)))) == 1


@given(
    cuts=st.lists(st.integers(0, 30 * DAY), max_size=4),
    lost=st.lists(st.integers(0, 30 * DAY - 1), max_size=40),
)
@settings(max_examples=40, deadline=None)
def test_a_whole_is_any_split_of_it(cuts: list[int], lost: list[int]) -> None:
    values = rhythm(30)
    values[20 * DAY : 21 * DAY] *= 0.1
    values[lost] = np.nan
    whole = detector.judge(series(values))
    edges = sorted({0, *(cut for cut in cuts if cut < len(values)), len(values)})
    state, parts = detector.start(), []
    for first, past in pairwise(edges):
        state, flags = detector.step(state, series(values[:past]).from_time(first * STEP_S))
        parts.append(flags)
    np.testing.assert_array_equal(join(parts).ratio, whole.ratio)
    np.testing.assert_array_equal(join(parts).level, whole.level)


def test_another_series_is_refused() -> None:
    state, _ = detector.step(detector.start(), series(rhythm(1)))
    other = Series(subject="country:IR", signal="traffic", start_s=0.0, step_s=STEP_S,
                   values=rhythm(1))  # fmt: skip
    with pytest.raises(UsageError, match="not the traffic of country:IR"):
        detector.step(state, other)


def test_the_level_taken_is_the_last_one_and_not_the_outages() -> None:
    """Two days dark, then five days a little under the leaving band: the level is the latter's."""
    values = rhythm(70)
    values[25 * DAY : 27 * DAY] *= 0.05
    values[27 * DAY :] *= 0.85
    flags = detector.judge(series(values))
    assert any(dip.accepted for dip in dips(flags))
    assert np.median(flags.ratio[40 * DAY :]) == pytest.approx(1.0, abs=0.03)
    assert np.nanmin(flags.ratio[35 * DAY :]) > 0.7
    assert np.nanmax(flags.ratio[35 * DAY :]) < 1.3
