"""The sliding median: its kernel against the long way, its law, gaps, and onsets."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hashquake.core.errors import NoCoverage, UsageError
from hashquake.core.reading import Reading
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.core.window import Window
from hashquake.detect import sliding_median as detector
from hashquake.detect.anomaly_flags import ACCEPTED, CRITICAL, NORMAL, UNSEEN, WARNING, dips, join
from hashquake.detect.series import Floats, Series, series_of

STEP_S = 600.0
SMALL = detector.MedianTuning(
    window_s=12 * STEP_S, warning_share=0.8, critical_share=0.5, hold_s=9 * STEP_S
)


def series(values: Floats, *, signal: str = "probing", lag_s: float = 0.0) -> Series:
    return Series(
        subject="country:KZ", signal=signal, start_s=0.0, step_s=STEP_S, values=values, lag_s=lag_s
    )


def steady(days: float, *, seed: int = 1) -> Floats:
    rng = np.random.default_rng(seed)
    return 1000.0 * (1.0 + 0.02 * rng.standard_normal(int(days * DAY_S / STEP_S)))


def twin(values: Floats, tuning: detector.MedianTuning) -> tuple[list[float], list[int]]:
    """The same rule the long way: every median from a list."""
    size = round(tuning.window_s / STEP_S)
    least, hold = max(1.0, tuning.least_share * size), tuning.hold_s / STEP_S
    leave = (1 + tuning.warning_share) / 2
    window: list[float] = [np.nan] * size
    low, since = False, 0
    ratios, levels = [], []
    for value in values:
        frozen = low and hold > 0
        since = since + 1 if frozen else 0
        seen = [x for x in window if not np.isnan(x)]
        usual = float(np.median(seen)) if seen else np.nan
        ratio, level, keep = np.nan, UNSEEN, not frozen
        if not np.isnan(value):
            if len(seen) < least or not usual > 0:
                low, keep = False, True
            else:
                ratio = value / usual
                low = ratio < (leave if low else tuning.warning_share)
                level = NORMAL
                if low and hold > 0 and since >= hold:
                    level, low, window = ACCEPTED, False, [np.nan] * size
                elif low:
                    level = CRITICAL if ratio < tuning.critical_share else WARNING
                keep = not low or hold == 0
        if keep:
            window = [*window[1:], value]
        ratios.append(ratio)
        levels.append(level)
    return ratios, levels


# Counts and shares: nothing lies between nothing and a thousandth, where ratios overflow.
VALUES = st.lists(
    st.one_of(st.just(float("nan")), st.integers(0, 30).map(float), st.floats(0.001, 100.0)),
    max_size=80,
)


@given(values=VALUES, held=st.booleans())
@settings(max_examples=200, deadline=None)
def test_the_kernel_is_the_rule(values: list[float], held: bool) -> None:
    tuning = SMALL if held else detector.MedianTuning(
        window_s=12 * STEP_S, warning_share=0.8, critical_share=0.5, hold_s=0.0
    )  # fmt: skip
    flags = detector.judge(series(np.array(values, float)), tuning=tuning)
    ratios, levels = twin(np.array(values, float), tuning)
    np.testing.assert_allclose(flags.ratio, ratios)
    assert flags.level.tolist() == levels


@given(values=VALUES.filter(len), cuts=st.lists(st.integers(0, 80), max_size=5))
@settings(max_examples=100, deadline=None)
def test_a_whole_is_any_split_of_it(values: list[float], cuts: list[int]) -> None:
    data = np.array(values, float)
    whole = detector.judge(series(data), tuning=SMALL)
    edges = sorted({0, *(cut for cut in cuts if cut < len(data)), len(data)})
    state, parts = detector.start(tuning=SMALL), []
    for first, past in pairwise(edges):
        # Each part comes with a repeat of what was taken before.
        part = series(data[:past]).from_time(max(0, first - 2) * STEP_S)
        state, flags = detector.step(state, part)
        parts.append(flags)
    both = join(parts)
    np.testing.assert_array_equal(both.ratio, whole.ratio)
    np.testing.assert_array_equal(both.level, whole.level)
    assert dips(both) == dips(whole)


@given(order=st.permutations(range(12)), again=st.integers(0, 11))
def test_neither_order_nor_repeats_of_readings_matter(order: list[int], again: int) -> None:
    readings = [
        Reading(
            subject="country:KZ",
            quantity="up_count",
            window=Window(start_s=at * STEP_S, end_s=(at + 1) * STEP_S),
            value=float(-1 if at == 4 else at),
            source="x",
        )
        for at in range(12)
    ]
    shuffled = [*(readings[at] for at in order), readings[again]]
    got = series_of(
        shuffled, subject="country:KZ", signal="probing", quantity="up_count", step_s=STEP_S
    )
    expected = np.arange(12.0)
    expected[4] = np.nan
    np.testing.assert_array_equal(got.values, expected)
    assert got.coverage().gaps(Window(start_s=0.0, end_s=12 * STEP_S)) == (
        Window(start_s=4 * STEP_S, end_s=5 * STEP_S),
    )


def test_no_reading_is_no_coverage() -> None:
    with pytest.raises(NoCoverage, match="country:KZ"):
        series_of([], subject="country:KZ", signal="bgp", quantity="x", step_s=STEP_S)


def test_a_fall_is_found_between_the_last_good_and_the_first_bad_bin() -> None:
    values = steady(10)
    fall, back = 1200, 1260
    values[fall:back] *= 0.03
    (dip,) = dips(detector.judge(series(values, lag_s=300.0)))
    assert dip.onset == Window(start_s=(fall - 1) * STEP_S - 300.0, end_s=(fall + 1) * STEP_S)
    assert dip.onset.holds(fall * STEP_S)
    assert dip.end is not None
    assert dip.end.holds(back * STEP_S)
    assert dip.level == CRITICAL
    assert dip.remaining_share.holds(0.03)


def test_a_gap_is_no_outage_and_widens_the_onset_in_it() -> None:
    values = steady(10)
    values[1200:1260] = np.nan
    assert dips(detector.judge(series(values))) == ()
    values[1260:1300] *= 0.1
    (dip,) = dips(detector.judge(series(values)))
    assert dip.onset == Window(start_s=1199 * STEP_S, end_s=1261 * STEP_S)


def test_a_gap_inside_a_dip_counts_against_its_coverage() -> None:
    values = steady(10)
    values[1200:1260] *= 0.1
    values[1210:1240] = np.nan
    (dip,) = dips(detector.judge(series(values)))
    assert dip.covered_share == pytest.approx(0.5)


def test_noise_at_the_threshold_does_not_chop_a_dip() -> None:
    values = steady(10)
    values[1200:1260] *= np.tile([0.78, 0.84], 30)
    assert len(dips(detector.judge(series(values)))) == 1


def test_a_long_outage_does_not_teach_itself_as_normal() -> None:
    """Five days of seven dark: the published rule takes the dark for usual, this one does not."""
    values = steady(20)
    values[1200:1920] *= 0.05
    (held,) = dips(detector.judge(series(values)))
    assert held.window.duration_s == pytest.approx(5 * DAY_S)
    published = detector.MedianTuning(
        window_s=7 * DAY_S, warning_share=0.8, critical_share=0.5, hold_s=0.0
    )
    taught = dips(detector.judge(series(values), tuning=published))
    assert taught[0].window.duration_s < 4 * DAY_S


def test_a_level_that_stays_is_accepted_after_seven_days() -> None:
    values = steady(30)
    values[1200:] *= 0.4
    flags = detector.judge(series(values))
    (dip,) = dips(flags)
    assert dip.accepted
    assert dip.window.duration_s == pytest.approx(7 * DAY_S, abs=STEP_S)
    assert (flags.level[2800:] == NORMAL).all()


def test_published_thresholds_are_the_published_ones() -> None:
    told = {
        name: (preset.window_s / HOUR_S, preset.warning_share, preset.critical_share)
        for name, preset in detector.PRESETS.items()
    }
    published = {"bgp": (24, 0.99, 0.5), "probing": (168, 0.8, 0.5), "telescope": (168, 0.25, 0.1)}
    assert told.items() >= published.items()


def test_a_signal_without_preset_and_another_series_are_refused() -> None:
    with pytest.raises(UsageError, match="published thresholds"):
        detector.judge(series(steady(1), signal="rumour"))
    state, _ = detector.step(detector.start(), series(steady(1)))
    with pytest.raises(UsageError, match="follows the probing"):
        detector.step(state, series(steady(1), signal="bgp"))
