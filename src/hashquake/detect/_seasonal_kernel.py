"""The arithmetic of the seasonal detector: a numba kernel over a week of history.

Arrays are changed in place here, and only here: the plugin hands in copies.
"""

from math import inf, isnan, nan
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hashquake.core.kernels import kernel

Floats = NDArray[np.float64]

# Entries of `Memory.counters`.
HEAD, RESIDUAL_HEAD, OFF, HELD, GAP, SUM_SEEN, SUM_USUAL, LAST_CHANGE, BAND, COUNT = range(10)
MEMORY_ROWS = 10
# Levels, as in `hashquake.detect.anomaly_flags`.
UNSEEN, NORMAL, WARNING, CRITICAL, ACCEPTED = -1, 0, 1, 2, 3
MAD_TO_SD = 1.4826


class SeasonalLimits(NamedTuple):
    """Numbers that do not change.

    Parameters
    ----------
    autoregression_share : float
        Part of the last weekly change that the next one is expected to keep.
    band_sigmas, leave_share, least_band_share : float
        Half width of the band in robust standard deviations; the part of it within which a bin
        is usual again; the narrowest band, as a share of the forecast.
    critical_share : float
        Ratio to the forecast below which a low bin is very low.
    hold_bins : float
        For how many bins forecasts stand in for what was seen.
    least_bins : float
        Residuals needed before a bin is judged.
    refresh_bins : int
        Bins between two estimates of the band.
    """

    autoregression_share: float
    band_sigmas: float
    leave_share: float
    least_band_share: float
    critical_share: float
    hold_bins: float
    least_bins: float
    refresh_bins: int


class SeasonalMemory(NamedTuple):
    """What is remembered between calls; the arrays are changed in place.

    Parameters
    ----------
    history, residuals : array of float, shape (season,)
        A season of values, and of sizes of usual residuals.
    counters : array of float, shape (MEMORY_ROWS,)
        Heads of both rings, the side of the band, and so on.
    """

    history: Floats
    residuals: Floats
    counters: Floats


@kernel
def band_of(residuals: Floats, limits: SeasonalLimits) -> float:
    """Return the half width of the band, infinite until enough is known.

    Parameters
    ----------
    residuals : array of float64, shape (n,)
        Sizes of usual residuals.
    limits : SeasonalLimits
        The detector's constants.
    """
    known = residuals[~np.isnan(residuals)]
    if len(known) < limits.least_bins:
        return inf
    return float(limits.band_sigmas * MAD_TO_SD * np.median(known))


@kernel
def remember(memory: SeasonalMemory, value: float, before: float) -> None:
    """Put a value in the place of the one a week before it.

    Parameters
    ----------
    memory : SeasonalMemory
        The state, overwritten.
    value : float
        Of this bin.
    before : float
        Of the bin a week before.
    """
    counters = memory.counters
    counters[LAST_CHANGE] = value - before
    if isnan(counters[LAST_CHANGE]):
        counters[LAST_CHANGE] = 0.0
    head = int(counters[HEAD])
    memory.history[head] = value
    counters[HEAD] = (head + 1) % len(memory.history)


@kernel
def foresee(memory: SeasonalMemory, before: float, limits: SeasonalLimits) -> float:
    """Forecast a bin from the one a week before it and the last weekly change.

    Parameters
    ----------
    memory : SeasonalMemory
        The state.
    before : float
        Value of the bin a week before.
    limits : SeasonalLimits
        The detector's constants.
    """
    if isnan(before):
        return nan
    change = limits.autoregression_share * memory.counters[LAST_CHANGE]
    return max(0.0, float(before + change))


@kernel
def take_side(
    residual: float, forecast: float, memory: SeasonalMemory, limits: SeasonalLimits
) -> float:
    """Return whether a bin is under the band (-1), over it (1) or in it (0).

    A bin is out of the band once it leaves the whole of it, and in it again within a part of it.

    Parameters
    ----------
    residual : float
        Value less forecast.
    forecast : float
        In the unit of the values.
    memory : SeasonalMemory
        The state, overwritten.
    limits : SeasonalLimits
        The detector's constants.
    """
    counters = memory.counters
    band = max(counters[BAND], limits.least_band_share * forecast)
    away = abs(residual) > (limits.leave_share * band if counters[OFF] != 0.0 else band)
    side = (-1.0 if residual < 0.0 else 1.0) if away else 0.0
    if side == 0.0 or counters[OFF] == 0.0:
        counters[HELD] = 0.0
        counters[SUM_SEEN] = 0.0
        counters[SUM_USUAL] = 0.0
    counters[OFF] = side
    return side


@kernel
def learn(residual: float, memory: SeasonalMemory) -> None:
    """Keep the size of a usual residual; the band is made of these.

    Parameters
    ----------
    residual : float
        Value less forecast.
    memory : SeasonalMemory
        The state, overwritten.
    """
    at = int(memory.counters[RESIDUAL_HEAD])
    memory.residuals[at] = abs(residual)
    memory.counters[RESIDUAL_HEAD] = (at + 1) % len(memory.residuals)


@kernel
def accept(value: float, before: float, memory: SeasonalMemory) -> None:
    """Take what was off for so long as the new level, and scale the week before to it.

    Parameters
    ----------
    value : float
        Of this bin.
    before : float
        Of the bin a week before.
    memory : SeasonalMemory
        The state, overwritten.
    """
    counters = memory.counters
    scale = counters[SUM_SEEN] / counters[SUM_USUAL] if counters[SUM_USUAL] > 0.0 else 1.0
    memory.history[:] *= scale
    memory.residuals[:] *= scale
    counters[BAND] *= scale
    counters[OFF] = 0.0
    remember(memory, value, before * scale)
    counters[LAST_CHANGE] = 0.0


@kernel
def judge_seen(
    value: float, forecast: float, before: float, memory: SeasonalMemory, limits: SeasonalLimits
) -> tuple[float, int]:
    """Judge a bin that was seen and has a forecast; returns its ratio and level.

    Parameters
    ----------
    value : float
        Of this bin.
    forecast : float
        In the unit of the values.
    before : float
        Value of the bin a week before.
    memory : SeasonalMemory
        The state, overwritten.
    limits : SeasonalLimits
        The detector's constants.
    """
    counters = memory.counters
    residual = value - forecast
    side = take_side(residual, forecast, memory, limits)
    ratio, level = nan, UNSEEN
    if counters[BAND] < inf:
        level = NORMAL
        ratio = value / forecast if forecast > 0.0 else nan
    if side == 0.0:
        learn(residual, memory)
        remember(memory, value, before)
        return ratio, level
    # The level of the last hours only: most of the time off may have been an outage.
    fade = 1.0 - 1.0 / limits.refresh_bins
    counters[SUM_SEEN] = fade * counters[SUM_SEEN] + value
    counters[SUM_USUAL] = fade * counters[SUM_USUAL] + forecast
    if counters[HELD] >= limits.hold_bins:
        accept(value, before, memory)
        return ratio, ACCEPTED
    if side < 0.0 and forecast > 0.0:
        level = CRITICAL if ratio < limits.critical_share else WARNING
    remember(memory, forecast, before)
    return ratio, level


@kernel
def follow(
    values: Floats, memory: SeasonalMemory, limits: SeasonalLimits
) -> tuple[Floats, NDArray[np.int8]]:
    """Judge bins one after the other by their ratio to a forecast.

    Parameters
    ----------
    values : array of float, shape (n,)
        NaN where nothing was seen.
    memory : SeasonalMemory
        Changed in place.
    limits : SeasonalLimits
        When a bin is low.

    Returns
    -------
    array of float and array of int8, shape (n,)
        Ratio, NaN where it is not known, and level.
    """
    ratio = np.full(len(values), nan)
    level = np.full(len(values), UNSEEN, np.int8)
    counters = memory.counters
    for i in range(len(values)):
        if counters[COUNT] % limits.refresh_bins == 0:
            counters[BAND] = band_of(memory.residuals, limits)
        counters[COUNT] += 1
        before = memory.history[int(counters[HEAD])]
        forecast = foresee(memory, before, limits)
        if counters[OFF] != 0.0:
            counters[HELD] += 1
        if isnan(values[i]):
            counters[GAP] += 1
            remember(memory, forecast if counters[GAP] <= limits.hold_bins else nan, before)
            continue
        counters[GAP] = 0
        if isnan(forecast):
            counters[OFF] = 0.0
            remember(memory, values[i], before)
            continue
        ratio[i], level[i] = judge_seen(values[i], forecast, before, memory, limits)
    return ratio, level
