"""FOCuS for exponential intervals, behind the peers' contract.

The exact generalised likelihood ratio for a lasting change of the mean, over every moment it may
have begun and every size, in logarithmic time a block. Source: key ``ward-et-al-2024`` in
``docs/refs.bib``. The arithmetic is that of `Focus(Gamma(scale=1, shape=1), side="right")` of the
library ``changepoint-online``, compiled, since the comparison needs some hundred million blocks; a
test holds the two together.
"""

from dataclasses import replace
from math import log

import numpy as np
from numpy.typing import NDArray

from hashquake.core.kernels import kernel
from hashquake.judge.peers import HOLD_S, Peer, PeerState

Floats = NDArray[np.float64]
_PIECES = 512
_MEAN_BLOCKS = 30.0 * 144.0
_LEAST_BLOCKS = 1000.0

# Rows of the memory: what is kept of each moment a change may have begun at, then running numbers.
_SUM, _COUNT, _NOW = range(3)
# Entries of the last row.
_N_PIECES, _N, _TOTAL, _MEAN, _WEIGHT, _OPEN_AT = range(6)


@kernel
def focus_update(memory: Floats, value: float) -> float:
    """Take one interval, and return the log likelihood ratio of a longer mean since some moment.

    Parameters
    ----------
    memory : array of float, shape (3, pieces)
        Changed in place; zeros at the start.
    value : float
        The interval as a multiple of its mean before any change.
    """
    now = memory[_NOW]
    if now[_N_PIECES] == 0.0:
        now[_N_PIECES] = 1.0
    now[_N] += 1.0
    now[_TOTAL] += value
    n, total, last = now[_N], now[_TOTAL], int(now[_N_PIECES]) - 1
    # A moment since which intervals were no longer than since the one before cannot win any more.
    while last > 0 and (total - memory[_SUM, last]) * (n - memory[_COUNT, last - 1]) <= (
        total - memory[_SUM, last - 1]
    ) * (n - memory[_COUNT, last]):
        last -= 1
    best = 0.0
    for piece in range(last + 1):
        count = n - memory[_COUNT, piece]
        passed = total - memory[_SUM, piece]
        if passed > count:
            best = max(best, passed - count - count * log(passed / count))
    # With ever longer intervals no piece is dropped; the oldest then stands for its neighbour too.
    if last + 2 == memory.shape[1]:
        memory[:2, 1:-1] = memory[:2, 2:].copy()
        last -= 1
    memory[_SUM, last + 1] = total
    memory[_COUNT, last + 1] = n
    now[_N_PIECES] = last + 2
    return best


@kernel
def _follow(
    memory: Floats, interval: Floats, at_s: Floats, threshold: float, found_s: Floats
) -> int:
    """Take intervals in turn, start again after an alarm, and return how many alarms there were."""
    now, alarms = memory[_NOW], 0
    for k in range(len(interval)):
        keep = 1.0 - 1.0 / min(now[_WEIGHT] + 1.0, _MEAN_BLOCKS)
        now[_MEAN] = keep * now[_MEAN] + (1.0 - keep) * interval[k]
        now[_WEIGHT] += 1.0
        if now[_WEIGHT] < _LEAST_BLOCKS:
            continue
        statistic = focus_update(memory, interval[k] / now[_MEAN])
        if statistic >= threshold and at_s[k] >= now[_OPEN_AT]:
            found_s[alarms] = at_s[k]
            alarms += 1
            now[_OPEN_AT] = at_s[k] + HOLD_S
            now[_N_PIECES] = now[_N] = now[_TOTAL] = 0.0
            memory[:2] = 0.0
    return alarms


def _look(state: PeerState, fresh: int) -> tuple[PeerState, list[float]]:
    memory = np.zeros((3, _PIECES)) if state.memory is None else state.memory.copy()
    first = max(len(state.clock_s) - fresh, 1)
    interval = np.diff(state.clock_s)[first - 1 :] / state.work_hashes[first:]
    found_s = np.empty(len(interval))
    n_alarms = _follow(memory, interval, state.clock_s[first:], state.threshold, found_s)
    return replace(state, memory=memory), found_s[:n_alarms].tolist()


def focus_gamma() -> Peer:
    """Return FOCuS on intervals as multiples of the discounted mean of the last month."""
    return Peer(
        name="focus_gamma",
        title="FOCuS, Gamma family",
        look=_look,
        low=4.0,
        high=24.0,
        describe=lambda threshold: f"threshold {threshold:.1f}",
    )
