"""The arithmetic of the seasonal detector: a numba kernel over a week of history.

Arrays are changed in place here, and only here: the plugin hands in copies.
"""

from math import inf, isnan, nan

import numba
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Entries of `memory`.
HEAD, RESIDUAL_HEAD, OFF, HELD, GAP, SUM_SEEN, SUM_USUAL, LAST_CHANGE, BAND, COUNT = range(10)
MEMORY_ROWS = 10
# Entries of `limits`.
AUTOREGRESSION, BAND_SIGMAS, LEAVE_BAND, LEAST_BAND, CRITICAL_AT, HOLD, LEAST, REFRESH = range(8)
# Levels, as in `hashquake.detect.marks`.
UNSEEN, NORMAL, WARNING, CRITICAL, ACCEPTED = -1, 0, 1, 2, 3
MAD_TO_SD = 1.4826


@numba.njit(cache=True)
def band_of(residuals: Floats, limits: Floats) -> float:
    """Give the half width of the band, infinite until enough is known."""
    known = residuals[~np.isnan(residuals)]
    if len(known) < limits[LEAST]:
        return inf
    return float(limits[BAND_SIGMAS] * MAD_TO_SD * np.median(known))


@numba.njit(cache=True)
def remember(history: Floats, memory: Floats, value: float, before: float) -> None:
    """Put a value in the place of the one a week before it."""
    memory[LAST_CHANGE] = value - before
    if isnan(memory[LAST_CHANGE]):
        memory[LAST_CHANGE] = 0.0
    head = int(memory[HEAD])
    history[head] = value
    memory[HEAD] = (head + 1) % len(history)


@numba.njit(cache=True)
def follow(  # noqa: C901, PLR0915  one pass; numba would pay for each call
    values: Floats, history: Floats, residuals: Floats, memory: Floats, limits: Floats
) -> tuple[Floats, NDArray[np.int8]]:
    """Judge bins one after the other; gives ratio to the forecast, and level, of each."""
    ratio = np.full(len(values), nan)
    level = np.full(len(values), UNSEEN, np.int8)
    for i in range(len(values)):
        value = values[i]
        if memory[COUNT] % limits[REFRESH] == 0:
            memory[BAND] = band_of(residuals, limits)
        memory[COUNT] += 1
        before = history[int(memory[HEAD])]
        forecast = max(0.0, before + limits[AUTOREGRESSION] * memory[LAST_CHANGE])
        if isnan(before):
            forecast = nan
        if memory[OFF] != 0.0:
            memory[HELD] += 1
        if isnan(value):
            memory[GAP] += 1
            remember(history, memory, forecast if memory[GAP] <= limits[HOLD] else nan, before)
            continue
        memory[GAP] = 0
        if isnan(forecast):
            memory[OFF] = 0.0
            remember(history, memory, value, before)
            continue
        residual = value - forecast
        band = max(memory[BAND], limits[LEAST_BAND] * forecast)
        away = abs(residual) > (limits[LEAVE_BAND] * band if memory[OFF] != 0.0 else band)
        side = (-1.0 if residual < 0.0 else 1.0) if away else 0.0
        if side == 0.0 or memory[OFF] == 0.0:
            memory[HELD] = 0.0
            memory[SUM_SEEN] = 0.0
            memory[SUM_USUAL] = 0.0
        memory[OFF] = side
        if memory[BAND] < inf:
            level[i] = NORMAL
            ratio[i] = value / forecast if forecast > 0.0 else nan
        if side == 0.0:
            at = int(memory[RESIDUAL_HEAD])
            residuals[at] = abs(residual)
            memory[RESIDUAL_HEAD] = (at + 1) % len(residuals)
            remember(history, memory, value, before)
            continue
        # The level of the last hours only: most of the time off may have been an outage.
        fade = 1.0 - 1.0 / limits[REFRESH]
        memory[SUM_SEEN] = fade * memory[SUM_SEEN] + value
        memory[SUM_USUAL] = fade * memory[SUM_USUAL] + forecast
        if memory[HELD] >= limits[HOLD]:
            scale = memory[SUM_SEEN] / memory[SUM_USUAL] if memory[SUM_USUAL] > 0.0 else 1.0
            history *= scale
            residuals *= scale
            memory[BAND] *= scale
            level[i] = ACCEPTED
            memory[OFF] = 0.0
            remember(history, memory, value, before * scale)
            memory[LAST_CHANGE] = 0.0
            continue
        if side < 0.0 and forecast > 0.0:
            level[i] = CRITICAL if ratio[i] < limits[CRITICAL_AT] else WARNING
        remember(history, memory, forecast, before)
    return ratio, level
