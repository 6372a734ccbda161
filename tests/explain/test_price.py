"""The event study: finds a fall that is there, and says "not shown" where nothing is."""

import numpy as np
import pytest

from hashquake.core.candles import Candles, build_candles
from hashquake.core.confounder import Confounder
from hashquake.core.errors import NoCoverage, UsageError
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.core.window import Window
from hashquake.explain.price import LEAST_PLACEBOS, _structure, price_study
from hashquake.serve.report.price_shape import price_shape
from hashquake.serve.wording import price_because

START_S = 1_577_836_800.0  # Wednesday, 1 January 2020
N_HOURS = 500 * 24
EVENT = Window(
    start_s=START_S + 450 * DAY_S + 10 * HOUR_S, end_s=START_S + 450 * DAY_S + 20 * HOUR_S
)


def walk(seed: int, *, fall: float = 0.0, at_hour: int = 12, wild: bool = True) -> Candles:
    """Make prices that wander, some days wildly, with a fall in one hour of the event's day."""
    rng = np.random.default_rng(seed)
    day_scale = np.exp(0.4 * rng.standard_normal(N_HOURS // 24)) if wild else np.ones(N_HOURS // 24)
    change = 0.005 * np.repeat(day_scale, 24) * rng.standard_normal(N_HOURS)
    change[450 * 24 + at_hour] += np.log1p(fall)
    close = 40_000 * np.exp(np.cumsum(change))
    opened = np.concatenate([[40_000.0], close[:-1]])
    return build_candles(
        START_S + HOUR_S * np.arange(N_HOURS, dtype=np.float64),
        step_s=HOUR_S,
        open_usd=opened,
        high_usd=np.maximum(opened, close),
        low_usd=np.minimum(opened, close),
        close_usd=close,
        volume_btc=np.full(N_HOURS, np.nan),
    )


def confounder(hour: float, *, hours: float = 1.0) -> Confounder:
    start_s = START_S + 450 * DAY_S + hour * HOUR_S
    return Confounder(
        window=Window(start_s=start_s, end_s=start_s + hours * HOUR_S),
        text="the minutes",
        source="https://example.com",
    )


def test_a_fall_far_beyond_ordinary_time_is_supported() -> None:
    study = price_study(walk(1, fall=-0.15), EVENT)
    assert study.call == "supported"
    assert study.clean is not None
    assert study.clean.p_value is not None
    assert study.clean.p_value < 0.02
    assert study.clean.abnormal_share is not None
    assert study.clean.abnormal_share.holds(-0.15)
    assert study.clean.abnormal_share.high < 0


def test_a_rise_contradicts_that_the_quake_lowered_the_price() -> None:
    assert price_study(walk(1, fall=0.2), EVENT).call == "contradicted"


def test_the_same_fall_under_a_confounder_is_not_shown() -> None:
    study = price_study(walk(1, fall=-0.15), EVENT, [confounder(12), confounder(400)])
    assert study.call == "undecidable"
    assert price_shape(study, source="made")["verdict"] == "not shown"
    assert study.clean is not None
    assert study.clean.window == Window(start_s=EVENT.start_s, end_s=EVENT.start_s + 2 * HOUR_S)
    (hour,) = study.confounded
    assert hour.p_value is not None
    assert hour.p_value < 0.02
    assert "the minutes" in price_because(study)
    assert len(study.confounders) == 1


def test_a_fall_before_the_confounder_is_still_shown() -> None:
    assert price_study(walk(1, fall=-0.15), EVENT, [confounder(15)]).call == "supported"


def test_a_window_that_begins_under_a_confounder_has_no_clean_part() -> None:
    study = price_study(walk(1, fall=-0.15), EVENT, [confounder(8, hours=3)])
    assert (study.call, study.clean) == ("undecidable", None)


def test_false_alarms_are_as_rare_as_they_should_be() -> None:
    """Volatility that changes from day to day included; one in twenty is promised."""
    found = [
        price_study(
            walk(seed), Window(start_s=EVENT.start_s + shift, end_s=EVENT.end_s + shift)
        ).call
        for seed in range(20)
        for shift in (0.0, 3 * DAY_S, 7 * DAY_S, -20 * DAY_S)
    ]
    wrong = sum(call != "undecidable" for call in found)
    assert wrong <= 10  # more come up once in 200 times at a rate of 0.05


def test_intervals_hold_the_fall_that_was_put_in() -> None:
    held = [
        part.holds(-0.05)
        for seed in range(40)
        if (part := price_study(walk(seed, fall=-0.05), EVENT).whole.abnormal_share) is not None
    ]
    assert len(held) == 40
    assert sum(held) >= 31  # 36 on average at 90 %


def test_too_few_ordinary_windows_show_nothing() -> None:
    candles = walk(1, fall=-0.5)
    late = candles.between(Window(start_s=EVENT.start_s - 32 * DAY_S, end_s=EVENT.end_s))
    study = price_study(late, EVENT)
    assert study.whole.placebos < LEAST_PLACEBOS
    assert (study.call, study.whole.p_value, study.whole.abnormal_share) == (
        "undecidable",
        None,
        None,
    )


def test_placebos_have_the_same_hours_and_weekend_and_miss_what_is_excluded() -> None:
    saturday = Window(start_s=START_S + 3 * DAY_S + 5 * HOUR_S, end_s=START_S + 6 * DAY_S)
    assert _structure(saturday) == (5.0, 43.0)
    candles = walk(3)
    free = price_study(candles, EVENT).whole
    less = price_study(
        candles,
        EVENT,
        exclude=[Window(start_s=EVENT.start_s - 100 * DAY_S, end_s=EVENT.start_s)],
    ).whole
    assert free.placebos == 260  # the weekdays of 52 weeks
    assert less.placebos == free.placebos - 72


def test_silent_hours_are_told_and_a_silent_end_is_no_coverage() -> None:
    candles = walk(1)
    cut = Window(start_s=EVENT.start_s + HOUR_S, end_s=EVENT.start_s + 2 * HOUR_S)
    kept = (candles.start_s < cut.start_s) | (candles.start_s >= cut.end_s)
    with_gap = Candles(
        step_s=HOUR_S,
        **{
            name: getattr(candles, name)[kept]
            for name in ("start_s", "open_usd", "high_usd", "low_usd", "close_usd", "volume_btc")
        },
    )
    assert price_study(with_gap, EVENT).gaps == (cut,)
    with pytest.raises(NoCoverage):
        price_study(candles, Window(start_s=START_S - 90 * DAY_S, end_s=START_S - 89 * DAY_S))
    with pytest.raises(UsageError):
        price_study(candles, EVENT, level=1.0)


def test_a_window_between_hours_is_widened_to_whole_ones() -> None:
    inner = Window(start_s=EVENT.start_s + 2700, end_s=EVENT.end_s - 60)
    assert price_study(walk(1), inner).whole.window == EVENT
