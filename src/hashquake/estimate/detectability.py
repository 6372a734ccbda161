"""How many blocks a comparison of two windows takes to find a given fall.

The root of a Poisson count is nearly normal with a variance of a quarter, whatever the rate. So the
one-sided test of a fall from expected counts ``m`` (window) and ``b`` (baseline) has power
``Phi(2 sqrt(m) (1 - sqrt(1 - d)) / sqrt(1 + m / b) - z)``, which can be solved for each of its
terms. ``docs/theory/drop.md`` compares it with the exact power of the exact test.

Source: key ``brown-cai-dasgupta-2001`` in ``docs/refs.bib``, for the root's behaviour.
"""

from math import inf, sqrt

from scipy.special import ndtri

from hashquake.core.errors import UsageError

ALPHA = 0.05
POWER = 0.8


def blocks_to_detect(
    drop_share: float,
    *,
    baseline_blocks: float = inf,
    alpha: float = ALPHA,
    power: float = POWER,
) -> float:
    """Return the blocks, as expected without the fall, that a window needs to find it.

    Parameters
    ----------
    drop_share : float
        Size of the fall, 0 to 1.
    baseline_blocks : float
        Counted in the baseline.
    alpha : float
        Probability of a false alarm, 0 to 1.
    power : float
        Probability of finding the fall, 0 to 1.

    Returns
    -------
    float
        Infinite when the baseline is too short for any window to do.

    Raises
    ------
    UsageError
        ``drop-over-one`` or ``exposure-empty``.

    Examples
    --------
    >>> round(blocks_to_detect(0.12))
    403
    """
    _check(drop_share, 1.0, baseline_blocks)
    if drop_share <= 0:
        return inf
    spread = 2.0 * (1.0 - sqrt(1.0 - drop_share)) / (_z(alpha) + float(ndtri(power)))
    left = spread**2 - 1.0 / baseline_blocks
    return 1.0 / left if left > 0 else inf


def _z(alpha: float) -> float:
    return float(-ndtri(alpha))


def _check(drop_share: float, expected_blocks: float, baseline_blocks: float) -> None:
    if drop_share > 1:
        raise UsageError(f"a fall must be at most 1, got {drop_share}", code="drop-over-one")
    if not (expected_blocks > 0 and baseline_blocks > 0):
        raise UsageError(
            "window and baseline must have more than 0 expected blocks",
            code="exposure-empty",
            hint="take a longer window or baseline",
        )
