"""The checks for authors of detectors: the plugins keep them, and each broken promise is named."""

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from hashquake.core.errors import HashquakeError
from hashquake.detect import seasonal, shiryaev_roberts, sliding_median
from hashquake.detect.anomaly_flags import CRITICAL, NORMAL, UNSEEN, AnomalyFlags
from hashquake.detect.series import PROBING, Series
from hashquake.testing import check_detector

STEP_S = 3600.0


def made_up(subject: str = "country:KZ") -> Series:
    """Return four weeks of hours with a fall, a gap and a daily rhythm."""
    hours = np.arange(28 * 24)
    noise = np.random.default_rng(1).standard_normal(len(hours))
    values = 1000.0 + 50.0 * np.sin(hours * np.pi / 12.0) + 5.0 * noise
    values[400:430] *= 0.1
    values[500:510] = np.nan
    return Series(subject=subject, signal=PROBING, start_s=0.0, step_s=STEP_S, values=values)


@pytest.mark.parametrize("detector", [sliding_median, seasonal])
@pytest.mark.parametrize("subject", ["country:KZ", "asn:9198"])
def test_the_detectors_of_readings_keep_the_contract(detector: Any, subject: str) -> None:
    flags = check_detector(detector, made_up(subject))
    assert (flags.level[400:430] == CRITICAL).any()
    assert (flags.level[500:510] == UNSEEN).all()


def honest(state: tuple[str, float], series: Series) -> tuple[tuple[str, float], AnomalyFlags]:
    """Judge each value by itself against 1,000: no more than a contract needs."""
    if state[0] not in {"", series.subject}:
        return sliding_median.step(sliding_median.start(), series)  # type: ignore[return-value]  # a broken plugin on purpose
    fresh = series.from_time(state[1]) if state[0] else series
    return (series.subject, fresh.end_s), marked(fresh, fresh.values / 1000.0)


def marked(series: Series, ratio: Any) -> AnomalyFlags:
    level = np.where(np.isnan(ratio), UNSEEN, np.where(ratio < 0.5, CRITICAL, NORMAL))
    return AnomalyFlags(
        subject=series.subject,
        signal=series.signal,
        start_s=series.start_s,
        step_s=series.step_s,
        lag_s=series.lag_s,
        ratio=ratio,
        level=level.astype(np.int8),
        made_by="plain/1",
    )


CARD = replace(sliding_median.CARD, name="plain")
Step = Callable[[Any, Series], tuple[Any, AnomalyFlags]]


def plugin(step: Step, **changes: Any) -> Any:
    return SimpleNamespace(
        **{"__name__": "plain", "CARD": CARD, "start": lambda: ("", 0.0), "step": step} | changes
    )


def filling(_state: Any, series: Series) -> tuple[Any, AnomalyFlags]:
    return _state, marked(series, np.nan_to_num(series.values) / 1000.0)


def spoiling(state: Any, series: Series) -> tuple[Any, AnomalyFlags]:
    series.values[0] += 1.0
    return honest(state, series)


def foreseeing(state: Any, series: Series) -> tuple[Any, AnomalyFlags]:
    return state, marked(series, series.values / np.nanmean(series.values))


def zeros_as_gaps(state: Any, series: Series) -> tuple[Any, AnomalyFlags]:
    values = np.where(series.values == 0.0, np.nan, series.values)
    return honest(state, replace(series, values=values))


def forgetful(state: Any, series: Series) -> tuple[Any, AnomalyFlags]:
    state, flags = honest(state, series)
    return state, replace(flags, ratio=flags.ratio / np.nanmax(series.values))


def random(state: Any, series: Series) -> tuple[Any, AnomalyFlags]:
    state, flags = honest(state, series)
    return state, replace(flags, ratio=flags.ratio * np.random.default_rng().random())


def shifted(state: Any, series: Series) -> tuple[Any, AnomalyFlags]:
    state, flags = honest(state, series)
    return state, replace(flags, start_s=flags.start_s + 1.0)


@pytest.mark.parametrize(
    ("broken", "problem"),
    [
        (plugin(filling), "does not go on where"),
        (plugin(spoiling), "changes the series"),
        (plugin(foreseeing), "does not go on where"),
        (plugin(zeros_as_gaps), "a zero is taken for a gap"),
        (plugin(forgetful), "a whole differs from its split"),
        (plugin(random), "changes the state"),
        (plugin(shifted), "another grid"),
        (plugin(honest, __name__="other"), "the file is"),
        (plugin(honest, CARD=replace(CARD, source="")), "no version or source"),
        (plugin(honest, CARD=replace(CARD, version=2)), "made_by is not"),
        (plugin(honest, CARD=replace(CARD, subjects=("asn",))), "has no country"),
        (plugin(honest, CARD=shiryaev_roberts.CARD, __name__="shiryaev_roberts"), "takes blocks"),
        (plugin(honest), "takes another series"),
    ],
)
def test_a_broken_promise_is_named(broken: Any, problem: str) -> None:
    with pytest.raises(HashquakeError) as caught:
        check_detector(broken, made_up())
    assert caught.value.code == "plugin-contract"
    assert problem in caught.value.message


def test_a_gap_that_is_judged_is_named() -> None:
    def judging_gaps(state: Any, series: Series) -> tuple[Any, AnomalyFlags]:
        return honest(state, replace(series, values=np.nan_to_num(series.values)))

    with pytest.raises(HashquakeError) as caught:
        check_detector(plugin(judging_gaps), made_up())
    assert "a bin without a value is judged" in caught.value.message


def test_a_series_too_short_to_judge_is_no_check() -> None:
    short = replace(made_up(), values=made_up().values[:3])
    with pytest.raises(HashquakeError) as caught:
        check_detector(sliding_median, short)
    assert "longer series" in caught.value.message
