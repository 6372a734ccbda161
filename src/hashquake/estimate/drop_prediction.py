"""What a fall between two windows shows of an event, when hash rate also moves by itself.

Two counts give the ratio of two mean hash rates exactly. But without any event that ratio is not
one: the hash rate drifts, and how fast is itself only known as a distribution
(`hashquake.estimate.volatility`). The part of a fall that an event may claim is the ratio less the
drift; its interval is wider than that of the ratio, and the p-value larger.
"""

from dataclasses import dataclass
from math import exp, inf, log

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, betaincc, roots_hermitenorm

from hashquake.core.interval import QUANTILE_LEVELS, Quantiles
from hashquake.core.poisson import FEW_BLOCKS, beta_counts, ratio_tails
from hashquake.core.root import root
from hashquake.core.window import Window
from hashquake.estimate.drift import drift_sd
from hashquake.estimate.volatility import Drift

Floats = NDArray[np.float64]
SHOWN_TAIL = 0.05
"""A fall is shown when luck and drift alone leave so few blocks no more often than this: the tail
on one side of a 90 % interval."""
SHOWN_IN = 0.8
"""A fall counts as detectable when it would be shown in this part of cases."""
_NODES = 21
_REACH_LOG = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Blocks and exposures of two windows.

    Parameters
    ----------
    n_blocks, baseline_n_blocks : int
        Blocks of the subject, not both 0.
    exposures : float
        Exposure of the window over that of the baseline.
    """

    n_blocks: int
    baseline_n_blocks: int
    exposures: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DropPrediction:
    """A fall with the hash rate's own drift taken into account.

    Parameters
    ----------
    drop_share : Quantiles
        The part of the hash rate that went beyond what it drifts by itself; negative for a rise.
    p_value : float
        Two-sided: how often the null model alone moves the counts so far apart or further. Under
        0.05 exactly when the 95 % interval of `drop_share` leaves out 0.
    """

    drop_share: Quantiles
    p_value: float


def predict_drop(counts: Counts, window: Window, baseline: Window, drift: Drift) -> DropPrediction:
    """Take the hash rate's own drift off a fall.

    Parameters
    ----------
    counts : Counts
        Of the two windows.
    window, baseline : Window
        Without a common instant.
    drift : Drift
        Of the subject, learned from blocks before both or around them.

    Notes
    -----
    The null model: log rates walk and carry a transient, `hashquake.estimate.drift.drift_sd`; the
    walk's size is a mixture. Given the drift, the ratio is the exact conditional question of
    `hashquake.core.poisson`.
    """
    drifted, chance = _drifted(window, baseline, drift)
    kept = [_quantile(level, counts, drifted, chance) for level in QUANTILE_LEVELS]
    a, b, c, d, e, f, g = (1.0 - ratio for ratio in reversed(kept))
    return DropPrediction(
        drop_share=Quantiles(values=(a, b, c, d, e, f, g)),
        p_value=_p_value(counts, drifted, chance),
    )


def predicted_p_value(counts: Counts, window: Window, baseline: Window, drift: Drift) -> float:
    """Return the p-value of `predict_drop` alone, which takes a tenth of the time.

    Parameters
    ----------
    counts : Counts
        Of the two windows.
    window, baseline : Window
        Without a common instant.
    drift : Drift
        Of the subject.
    """
    return _p_value(counts, *_drifted(window, baseline, drift))


def detectable_fall(
    *,
    expected_blocks: float,
    baseline_blocks: int,
    window: Window,
    baseline: Window,
    drift: Drift,
) -> float:
    """Return the smallest fall that the interval of `predict_drop` shows in four of five cases.

    A fall is shown when the 90 % interval leaves out no change. Luck, and the drift that the hash
    rate makes by itself, decide whether it is.

    Parameters
    ----------
    expected_blocks : float
        In the window, at the baseline's rate.
    baseline_blocks : int
        Found in the baseline, at least 1.
    window, baseline : Window
        Without a common instant.
    drift : Drift
        Of the subject.

    Returns
    -------
    float
        0 to 1; 1 when even a complete stop would be missed too often.
    """
    drifted, chance = _drifted(window, baseline, drift)
    exposures = expected_blocks / baseline_blocks

    def tail(n_blocks: float, left_share: float) -> float:
        """Return the probability of so few blocks when a part of the rate is left."""
        odds = np.exp(drifted) * exposures * left_share
        few = min(n_blocks, baseline_blocks) < FEW_BLOCKS
        a, b = beta_counts(1.0, n_blocks, baseline_blocks, few=few)
        return float(chance @ betaincc(a, b, odds / (1.0 + odds)))

    if tail(0.0, 1.0) >= SHOWN_TAIL:
        return 1.0
    most = root(lambda n: tail(n, 1.0) - SHOWN_TAIL, 0.0, expected_blocks + 1.0)
    return 1.0 - root(lambda left: tail(most, left) - SHOWN_IN, 0.0, 1.0)


def _p_value(counts: Counts, drifted: Floats, chance: Floats) -> float:
    odds = np.exp(drifted) * counts.exposures
    lower, upper = ratio_tails(counts.n_blocks, counts.baseline_n_blocks, odds / (1.0 + odds))
    return min(1.0, 2.0 * min(float(chance @ lower), float(chance @ upper)))


def _drifted(window: Window, baseline: Window, drift: Drift) -> tuple[Floats, Floats]:
    """Return what the log ratio may be without an event, and how likely."""
    nodes, weights = roots_hermitenorm(_NODES)
    apart_s = (window.start_s + window.end_s - baseline.start_s - baseline.end_s) / 2.0
    days = apart_s / 86400.0
    spread = np.array([drift_sd(window, baseline, walk=w) for w in drift.walk_log_per_sqrt_day])
    moved = drift.growth_log_per_day[:, None] * days + spread[:, None] * nodes[None, :]
    chance = drift.chance[:, None] * weights[None, :]
    return moved.ravel(), (chance / chance.sum()).ravel()


def _quantile(level: float, counts: Counts, drifted: Floats, chance: Floats) -> float:
    """Return a quantile of the ratio less the drift."""
    few = min(counts.n_blocks, counts.baseline_n_blocks) < FEW_BLOCKS
    hits, others = beta_counts(level, counts.n_blocks, counts.baseline_n_blocks, few=few)
    if hits == 0.0:
        return 0.0
    if others == 0.0:
        return inf

    def excess(at: float) -> float:
        odds = np.exp(at + drifted) * counts.exposures
        return float(chance @ betainc(hits, others, odds / (1.0 + odds))) - level

    middle = log(hits / others / counts.exposures)
    return exp(root(excess, middle - _REACH_LOG, middle + _REACH_LOG, xtol=1e-12))
