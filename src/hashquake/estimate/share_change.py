"""How often a pool's share of the blocks falls so far when no pool breaks.

A share says of a pool what its hash rate does not: when the whole network falls, every pool's hash
rate falls and no share does. The share before is a beta distribution, its log odds drift until the
window, and the blocks of the window are binomial.
"""

from math import sqrt

import numpy as np
from scipy.special import bdtr, betaincinv, expit, logit, roots_hermitenorm

from hashquake.core.times import DAY_S
from hashquake.core.window import Window

SHARE_WALK = 0.035
"""Standard deviation of the drift of a pool's log odds after a day, measured on 2021-2023."""
_NODES = 31


def share_fall_p_value(
    *, hits: int, total: int, hits_before: int, total_before: int, drift_sd: float
) -> float:
    """Return the probability that a pool finds so few of the blocks, or fewer, by chance and drift.

    Parameters
    ----------
    hits, total : int
        The pool's blocks and all labelled blocks in the window.
    hits_before, total_before : int
        The same in the baseline.
    drift_sd : float
        Standard deviation of the log odds' drift from the baseline to the window.
    """
    levels = (np.arange(_NODES) + 0.5) / _NODES
    share = betaincinv(hits_before + 0.5, total_before - hits_before + 0.5, levels)
    nodes, weights = roots_hermitenorm(_NODES)
    moved = expit(logit(share)[:, None] + drift_sd * nodes[None, :])
    return float(np.mean(bdtr(float(hits), total, moved) @ (weights / weights.sum())))


def share_drift_sd(window: Window, baseline: Window) -> float:
    """Return the standard deviation of the drift of log odds between two windows' means.

    Parameters
    ----------
    window, baseline : Window
        Without a common instant.
    """
    gap_s = max(window.start_s - baseline.end_s, 0.0)
    walked_s = gap_s + (window.duration_s + baseline.duration_s) / 3.0
    return SHARE_WALK * sqrt(walked_s / DAY_S)
