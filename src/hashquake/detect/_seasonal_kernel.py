"""The arithmetic of the seasonal detector: a numba kernel over a week of history.

Arrays are changed in place here, and only here: the plugin hands in copies.
"""

from math import inf, isnan, nan

import numpy as np
from numpy.typing import NDArray

from hashquake.core.kernels import kernel

Floats = NDArray[np.float64]

# Entries of `memory`.
HEAD, RESIDUAL_HEAD, OFF, HELD, GAP, SUM_SEEN, SUM_USUAL, LAST_CHANGE, BAND, COUNT = range(10)
MEMORY_ROWS = 10
# Entries of `limits`.
AUTOREGRESSION, BAND_SIGMAS, LEAVE_BAND, LEAST_BAND, CRITICAL_AT, HOLD, LEAST, REFRESH = range(8)
# Levels, as in `hashquake.detect.anomaly_flags`.
UNSEEN, NORMAL, WARNING, CRITICAL, ACCEPTED = -1, 0, 1, 2, 3
MAD_TO_SD = 1.4826


@kernel
def band_of(residuals: Floats, limits: Floats) -> float:
    """Give the half width of the band, infinite until enough is known."""
    known = residuals[~np.isnan(residuals)]
    if len(known) < limits[LEAST]:
        return inf
    return float(limits[BAND_SIGMAS] * MAD_TO_SD * np.median(known))


@kernel
def remember(history: Floats, memory: Floats, value: float, before: float) -> None:
    """Put a value in the place of the one a week before it."""
    memory[LAST_CHANGE] = value - before
    if isnan(memory[LAST_CHANGE]):
        memory[LAST_CHANGE] = 0.0
    head = int(memory[HEAD])
    history[head] = value
    memory[HEAD] = (head + 1) % len(history)


@kernel
def foresee(memory: Floats, before: float, limits: Floats) -> float:
    """Forecast a bin from the one a week before it and the last weekly change."""
    if isnan(before):
        return nan
    return max(0.0, float(before + limits[AUTOREGRESSION] * memory[LAST_CHANGE]))


@kernel
def take_side(residual: float, forecast: float, memory: Floats, limits: Floats) -> float:
    """Tell whether a bin is under the band (-1), over it (1) or in it; leaving takes less."""
    band = max(memory[BAND], limits[LEAST_BAND] * forecast)
    away = abs(residual) > (limits[LEAVE_BAND] * band if memory[OFF] != 0.0 else band)
    side = (-1.0 if residual < 0.0 else 1.0) if away else 0.0
    if side == 0.0 or memory[OFF] == 0.0:
        memory[HELD] = 0.0
        memory[SUM_SEEN] = 0.0
        memory[SUM_USUAL] = 0.0
    memory[OFF] = side
    return side


@kernel
def learn(residual: float, residuals: Floats, memory: Floats) -> None:
    """Keep the size of a usual residual; the band is made of these."""
    at = int(memory[RESIDUAL_HEAD])
    residuals[at] = abs(residual)
    memory[RESIDUAL_HEAD] = (at + 1) % len(residuals)


@kernel
def accept(value: float, before: float, history: Floats, residuals: Floats, memory: Floats) -> None:
    """Take what was off for so long as the new level, and scale the week before to it."""
    scale = memory[SUM_SEEN] / memory[SUM_USUAL] if memory[SUM_USUAL] > 0.0 else 1.0
    history *= scale
    residuals *= scale
    memory[BAND] *= scale
    memory[OFF] = 0.0
    remember(history, memory, value, before * scale)
    memory[LAST_CHANGE] = 0.0


@kernel
def judge_seen(
    value: float,
    forecast: float,
    before: float,
    history: Floats,
    residuals: Floats,
    memory: Floats,
    limits: Floats,
) -> tuple[float, int]:
    """Judge a bin that was seen and foreseen; gives its ratio and level."""
    residual = value - forecast
    side = take_side(residual, forecast, memory, limits)
    ratio, level = nan, UNSEEN
    if memory[BAND] < inf:
        level = NORMAL
        ratio = value / forecast if forecast > 0.0 else nan
    if side == 0.0:
        learn(residual, residuals, memory)
        remember(history, memory, value, before)
        return ratio, level
    # The level of the last hours only: most of the time off may have been an outage.
    fade = 1.0 - 1.0 / limits[REFRESH]
    memory[SUM_SEEN] = fade * memory[SUM_SEEN] + value
    memory[SUM_USUAL] = fade * memory[SUM_USUAL] + forecast
    if memory[HELD] >= limits[HOLD]:
        accept(value, before, history, residuals, memory)
        return ratio, ACCEPTED
    if side < 0.0 and forecast > 0.0:
        level = CRITICAL if ratio < limits[CRITICAL_AT] else WARNING
    remember(history, memory, forecast, before)
    return ratio, level


@kernel
def follow(
    values: Floats, history: Floats, residuals: Floats, memory: Floats, limits: Floats
) -> tuple[Floats, NDArray[np.int8]]:
    """Judge bins one after the other; gives ratio to the forecast, and level, of each."""
    ratio = np.full(len(values), nan)
    level = np.full(len(values), UNSEEN, np.int8)
    for i in range(len(values)):
        if memory[COUNT] % limits[REFRESH] == 0:
            memory[BAND] = band_of(residuals, limits)
        memory[COUNT] += 1
        before = history[int(memory[HEAD])]
        forecast = foresee(memory, before, limits)
        if memory[OFF] != 0.0:
            memory[HELD] += 1
        if isnan(values[i]):
            memory[GAP] += 1
            remember(history, memory, forecast if memory[GAP] <= limits[HOLD] else nan, before)
            continue
        memory[GAP] = 0
        if isnan(forecast):
            memory[OFF] = 0.0
            remember(history, memory, values[i], before)
            continue
        ratio[i], level[i] = judge_seen(
            values[i], forecast, before, history, residuals, memory, limits
        )
    return ratio, level
